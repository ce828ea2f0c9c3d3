"""Colours, and what tells runs apart: a colour, a dash pattern and a marker for each of eight styles."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PyQt6.QtGui import QColor

from optvis.foundation import assets
from optvis.landscape.loss_surface import NOT_FINITE

Marker = Literal["circle", "square", "triangle", "diamond", "triangle-down", "hourglass", "star", "cross"]


@dataclass(frozen=True)
class Theme:
    """The colours of everything that is painted.

    Attributes
    ----------
    paper
        Behind everything.
    panel
        Of charts, cards and maps before they have an image.
    ink, muted
        Text, and text of less weight; both readable on paper and panel (contrast of 4.5 or more).
    grid, frame
        Thin lines: across a panel, and around it.
    accent
        Of what is selected or can be dragged.
    contour
        Contour lines.
    halo
        Round trails and marks on the map.
    hatch
        Where the loss is not a finite number.
    map_paper, map_strength
        The colour map is mixed with this colour; its own share is the strength.
    """

    name: Literal["light", "dark"]
    paper: QColor
    panel: QColor
    ink: QColor
    muted: QColor
    grid: QColor
    frame: QColor
    accent: QColor
    contour: QColor
    halo: QColor
    hatch: QColor
    map_paper: QColor
    map_strength: float

    def __hash__(self) -> int:
        return hash(self.name)


LIGHT = Theme(
    name="light",
    paper=QColor("#ffffff"),
    panel=QColor("#f6f7f9"),
    ink=QColor("#1b2330"),
    muted=QColor("#566073"),
    grid=QColor(27, 35, 48, 26),
    frame=QColor("#b4bcc9"),
    accent=QColor("#0b63b5"),
    contour=QColor(24, 32, 58, 92),
    halo=QColor("#ffffff"),
    hatch=QColor("#aab2c0"),
    map_paper=QColor("#ffffff"),
    map_strength=0.72,
)

DARK = Theme(
    name="dark",
    paper=QColor("#14181f"),
    panel=QColor("#1b212b"),
    ink=QColor("#e8ecf2"),
    muted=QColor("#9aa5b6"),
    grid=QColor(232, 236, 242, 24),
    frame=QColor("#465063"),
    accent=QColor("#6cb6ff"),
    contour=QColor(236, 242, 255, 74),
    halo=QColor("#10141a"),
    hatch=QColor("#4a5465"),
    map_paper=QColor("#12161d"),
    map_strength=0.50,
)

THEMES: dict[str, Theme] = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True)
class RunStyle:
    """What one run looks like.

    Attributes
    ----------
    dash
        Lengths of line and gap in turn, in logical pixels; () for a whole line.
    halo
        The colour round it that sets it off from the map.
    """

    color: QColor
    dash: tuple[float, ...]
    marker: Marker
    halo: QColor


# Okabe and Ito (2008), "Color universal design"; in an order in which neighbours are far apart.
_COLORS = ("#0072B2", "#D55E00", "#000000", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#F0E442")
# Black and the deep blue would sink into a dark map; the blue stays the darker of the two blues.
_ON_DARK = {"#000000": "#F2F4F8", "#0072B2": "#2F8FDD"}
_DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (9.0, 4.0),
    (2.5, 3.0),
    (11.0, 3.5, 2.5, 3.5),
    (18.0, 5.0),
    (11.0, 3.0, 2.5, 3.0, 2.5, 3.0),
    (5.0, 3.0),
    (18.0, 4.0, 6.0, 4.0),
)
_MARKERS: tuple[Marker, ...] = (
    "circle",
    "square",
    "triangle",
    "diamond",
    "triangle-down",
    "hourglass",
    "star",
    "cross",
)

COLOR_COUNT = len(_COLORS)
STYLE_COUNT = COLOR_COUNT * len(_DASHES)


@lru_cache(maxsize=2 * STYLE_COUNT)
def run_style(index: int, theme: Theme) -> RunStyle:
    """Return the style of a run by its number, 0 to 63; numbers beyond begin anew.

    The first eight are whole lines in eight colours, the next eight the same colours with a dash pattern, and so on.
    """
    pattern, index = divmod(index % STYLE_COUNT, len(_COLORS))
    text = _COLORS[index]
    color = QColor(_ON_DARK.get(text, text) if theme.name == "dark" else text)
    halo = theme.halo if contrast(color, theme.halo) >= 1.6 else mixed(color, theme.ink, 0.3)
    return RunStyle(color, _DASHES[pattern], _MARKERS[(index + pattern) % len(_COLORS)], halo)


def luminance(color: QColor) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.1)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part) for part in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.1)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """Return a colour with ``share`` of the first and the rest of the second."""
    parts = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)
    return QColor(*(round(share * a + (1 - share) * b) for a, b in parts))


@lru_cache(maxsize=8)
def color_table(colormap: str, theme: Theme) -> tuple[int, ...]:
    """Return 256 ARGB colours for tones: the map toned towards the theme's paper, and clear for gaps."""
    colors = [mixed(color, theme.map_paper, theme.map_strength).rgba() for color in pure_colors(colormap)]
    colors[NOT_FINITE] = 0
    return tuple(colors)


@lru_cache(maxsize=8)
def pure_colors(colormap: str) -> tuple[QColor, ...]:
    """Return the 256 colours of a colour map as they were published."""
    with assets.path(f"colormaps/{colormap}.csv").open(newline="", encoding="ascii") as file:
        return tuple(QColor(int(row["red"]), int(row["green"]), int(row["blue"])) for row in csv.DictReader(file))


OUTCOME_WORDS: dict[str, str] = {
    "diverged": "diverged",
    "growing": "growing ↑",
    "saddle": "at a saddle",
    "plateau": "on a plateau",
    "converged": "converged",
    "stalled": "stalled",
    "oscillating": "oscillating",
    "moving": "moving",
}
"""Outcome kinds as they stand in badges and legends."""


def outcome_color(kind: str, theme: Theme) -> QColor:
    """Return the colour of an outcome's words: good, bad, or in between; readable on paper and panel."""
    group = {"converged": 0, "diverged": 2, "growing": 2, "moving": 3}.get(kind, 1)
    light = ("#0a6b4c", "#855200", "#b3261e", "#566073")
    dark = ("#5fd0a5", "#f0b354", "#ff9186", "#9aa5b6")
    return QColor((light if theme.name == "light" else dark)[group])
