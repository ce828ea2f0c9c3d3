"""The colours of a basin map, cell by cell.

The hue says which minimum is reached, or the tone how fast or how low; what reaches no minimum is grey,
with a pattern for every outcome, so that nothing is told by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor

from optvis.draw.paint.cell_hatching import Pattern
from optvis.draw.paint.outcome_looks import outcome_look
from optvis.draw.paint.theme import Theme, color_table, mixed
from optvis.engine.outcome import KIND_CODES, KINDS
from optvis.maps.basins import BasinMap
from optvis.problems.tolerances import tolerances

Shows = Literal["minimum", "steps", "loss"]
Pixels = NDArray[np.uint32]
Ends = tuple[float, float]

# Okabe and Ito (2008) without black, which is for what diverges, and the wine of Tol (2021)
_MINIMA = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#0072B2", "#D55E00", "#882255")
COLORED_MINIMA = len(_MINIMA)
_STRENGTH = 0.62
_LEAST_PIXELS = 600
_LEAST_DECADES = 3.0
_PERIOD = 10  # of all patterns, in pixels


def minimum_color(index: int, theme: Theme) -> QColor:
    """Return the colour of a minimum; from the ninth on there are three greys in turn."""
    if index < COLORED_MINIMA:
        return mixed(QColor(_MINIMA[index]), theme.map_paper, _STRENGTH)
    return mixed(theme.ink, theme.map_paper, (0.30, 0.42, 0.54)[index % 3])


def tones_range(basins: BasinMap, shows: Shows) -> Ends:
    """Return what the two ends of the colour map stand for: steps, or powers of ten of the loss above the lowest."""
    if shows == "steps":
        counts = np.zeros(1) if basins.steps is None else _sample(basins.steps[basins.minimum >= 0])
        low, high = (float(round(end)) for end in np.quantile(counts if counts.size else np.zeros(1), (0.01, 0.99)))
        return low, max(high, low + 1.0)
    losses = _sample(basins.loss[np.isfinite(basins.loss) & (basins.kind > KIND_CODES["growing"])])
    if losses.size == 0:
        return 0.0, _LEAST_DECADES
    low, high = (float(end) for end in np.quantile(np.log10(_heights(basins, losses)), (0.02, 0.98)))
    return math.floor(low), max(float(math.ceil(high)), math.floor(low) + _LEAST_DECADES)


def common_range(maps: Sequence[BasinMap], shows: Shows) -> Ends:
    """Return one range for maps that stand side by side, so that a colour means the same on all of them."""
    ranges = [tones_range(basins, shows) for basins in maps]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def basin_pixels(basins: BasinMap, shows: Shows, theme: Theme, colormap: str, ends: Ends | None = None) -> Pixels:
    """Return an opaque ARGB picture, the top row first; a coarse map is magnified by a whole number.

    Parameters
    ----------
    ends
        As of `tones_range`; None for the map's own.
    """
    rows, columns = basins.kind.shape
    factor = max(1, -(-_LEAST_PIXELS // max(rows, columns)))

    def magnified(cells: Any) -> Any:
        return np.repeat(np.repeat(cells[::-1], factor, axis=0), factor, axis=1)

    minimum, kind = magnified(basins.minimum), magnified(basins.kind)
    if shows == "minimum":
        table = [minimum_color(index, theme).rgba() for index in range(len(basins.minima))]
        pixels = np.array([*table, 0], np.uint32)[minimum]  # -1 is the last one, painted below
    else:
        tones = magnified(_tones(basins, shows, ends or tones_range(basins, shows)))
        pixels = np.array(color_table(colormap, theme), np.uint32)[tones] | np.uint32(0xFF000000)
    elsewhere = minimum < 0
    if shows == "loss":  # which every run has that has not diverged; those on their way need no pattern
        elsewhere &= (kind == KIND_CODES["diverged"]) | (kind == KIND_CODES["growing"])
    if elsewhere.any():
        down, across = (np.arange(length) % _PERIOD for length in minimum.shape)
        pixels = np.where(elsewhere, _outcome_tiles(theme)[kind, down[:, None], across[None, :]], pixels)
    made: Pixels = np.ascontiguousarray(pixels)
    return made


def swatch_pixels(kind: str, shape: tuple[int, int], theme: Theme) -> Pixels:
    """Return a sample of how an outcome without a minimum is painted."""
    down, across = (np.arange(length) % _PERIOD for length in shape)
    sample: Pixels = _outcome_tiles(theme)[KIND_CODES[kind]][down[:, None], across[None, :]]
    return sample


@lru_cache(maxsize=4)
def _outcome_tiles(theme: Theme) -> Pixels:
    """A tile for every outcome without a minimum, ``(kinds, period, period)``."""
    tiles = []
    for kind in KINDS:
        ground, lines = (np.uint32(color.rgba()) for color in _outcome_colors(kind, theme))
        tiles.append(np.where(_pattern(kind, theme), lines, ground))
    return np.stack(tiles)


def _outcome_colors(kind: str, theme: Theme) -> tuple[QColor, QColor]:
    """Return the ground and the lines of an outcome without a minimum."""
    if kind in ("diverged", "growing"):
        dark = QColor("#3a4150") if theme.name == "light" else QColor("#05070a")
        return dark, QColor("#596274") if theme.name == "light" else QColor("#2b323e")
    if kind == "moving":  # unfinished: paper that is not painted yet
        return QColor(theme.map_paper), mixed(theme.ink, theme.map_paper, 0.30)
    return mixed(theme.ink, theme.map_paper, 0.20), mixed(theme.ink, theme.map_paper, 0.45)


def _pattern(kind: str, theme: Theme) -> NDArray[np.bool_]:
    """Where the lines of an outcome's pattern are on a tile; the same patterns as on a sweep map."""
    down, across = np.indices((_PERIOD, _PERIOD))
    half = _PERIOD // 2
    masks: dict[Pattern, NDArray[np.bool_]] = {
        "/": (across + down) % _PERIOD < 2,
        "\\": (across - down) % _PERIOD < 2,
        "x": ((across + down) % _PERIOD < 1) | ((across - down) % _PERIOD < 1),
        "-": down % half == 0,
        "|": across % half == 0,
        "+": (down % half == 0) | (across % half == 0),
        ".": (across % half < 2) & (down % half < 2),
        "": np.zeros((_PERIOD, _PERIOD), bool),
    }
    if kind == "moving":
        return (across < 2) & (down < 2)
    return masks[outcome_look(kind, theme).pattern]


def _sample(values: NDArray[Any]) -> NDArray[Any]:
    """Some thousands of many values, enough for quantiles."""
    return values[:: max(1, values.size // 20_000)]


def _heights(basins: BasinMap, losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Losses above the lowest that is known, at least what counts as none: the same for every map of a problem."""
    small = tolerances(basins.problem)
    with np.errstate(all="ignore"):
        return np.maximum(losses - small.lowest, small.flat)


def _tones(basins: BasinMap, shows: Shows, ends: Ends) -> NDArray[np.uint8]:
    low, high = ends
    with np.errstate(all="ignore"):
        steps = basins.steps if shows == "steps" else None
        value = np.log10(_heights(basins, basins.loss)) if steps is None else steps
        share = (value - low) / (high - low)
        tones: NDArray[np.uint8] = np.rint(np.clip(np.nan_to_num(share, nan=1.0), 0.0, 1.0) * 254).astype(np.uint8)
    return tones
