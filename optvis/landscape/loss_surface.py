"""The loss over a window of the plane: sampled, scaled to colours, cut into contour lines.

Nothing here draws. Colours are fixed by the problem's domain, so that a colour means the same loss
however far one zooms; the levels of contour lines follow what is in view.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import lru_cache
from time import perf_counter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from optvis.foundation.slices import eager
from optvis.problems.problem import Bounds, Problem, shortest_range

Array = NDArray[np.float64]
ScaleKind = Literal["linear", "log", "symlog"]

SLICE_SECONDS = 0.0015
NOT_FINITE = 255
"""The tone of a cell whose loss is not a finite number; the others run from 0 to 254."""

_DOMAIN_SHAPE = (161, 161)
_MAX_POINTS = 200_000  # of all contour lines of a view; the most wavy problems have half of it
_DECADES_SHOWN = 5  # of contour lines above the lowest loss in view
_SPREAD_FOR_LOG = 150.0  # ratio of the 98th to the 10th percentile of the heights above f*


@dataclass(frozen=True)
class LossScale:
    """The scale by which losses become colours and contour levels.

    Attributes
    ----------
    kind
        ``log`` is of f − f*, with f* the lowest known minimum; ``symlog`` is logarithmic on both sides
        of 0, for problems without one.
    low, high
        The losses at the two ends of the colour map; robust against a few extreme cells.
    base
        f* or 0: what heights are measured from.
    knee
        The height below which the logarithm turns linear, so that f* itself has a colour.
    is_flat
        Whether the loss is the same number all over the domain.
    """

    kind: ScaleKind
    low: float
    high: float
    base: float = 0.0
    knee: float = 1.0
    is_flat: bool = False

    def normalised(self, loss: Any) -> Array:
        """Map losses to 0..1 along the colour map; what is not finite becomes nan."""
        loss = np.asarray(loss, dtype=float)
        with np.errstate(all="ignore"):
            low, high = self._warp(np.array([self.low, self.high]))
            if not high > low:
                shade = np.full(loss.shape, 0.5)
            else:
                shade = np.clip((self._warp(loss) - low) / (high - low), 0.0, 1.0)
        return np.where(np.isfinite(loss), shade, np.nan)

    def tones(self, loss: Any) -> NDArray[np.uint8]:
        """Map losses to 0..254 along the colour map; what is not finite becomes `NOT_FINITE`."""
        shade = self.normalised(loss)
        with np.errstate(invalid="ignore"):
            return np.where(np.isnan(shade), NOT_FINITE, np.rint(shade * 254)).astype(np.uint8)

    def levels(self, low: float, high: float, count: int = 15) -> Array:
        """Losses for about ``count`` contour lines in a view whose losses run from low to high.

        Round numbers where the scale is linear, or where the view spans less than a decade of a
        logarithmic one; otherwise a geometric series on each side of ``base``.
        """
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            return np.empty(0)
        above, below = max(high - self.base, 0.0), max(self.base - low, 0.0)
        nearest = max(low - self.base, self.base - high, 0.0)
        if self.kind == "linear" or max(above, below) < 10.0 * nearest:
            return _round_levels(low, high, count)
        floor = max(nearest, max(above, below) * 10.0**-_DECADES_SHOWN)
        if self.kind == "symlog":
            floor = max(floor, self.knee)
        spans = [max(math.log10(height / floor), 0.0) if height > floor else 0.0 for height in (above, below)]
        if sum(spans) < 1.0:
            return _round_levels(low, high, count)
        per_decade = count / sum(spans)
        up, down = (_geometric(floor, height, per_decade) for height in (above, below))
        zero = [0.0] if below > 0 and above > 0 else []
        levels = self.base + np.concatenate([-down[::-1], zero, up])
        inside: Array = levels[(levels > low) & (levels < high)]
        return inside

    def robust_range(self, loss: Array) -> tuple[float, float]:
        """Return the range of most losses, so that one steep corner does not take all colours or levels.

        Both are nan when no loss is finite.
        """
        loss = loss[np.isfinite(loss)]
        if loss.size == 0:
            return math.nan, math.nan
        with np.errstate(over="ignore"):
            warped = self._warp(loss[:: max(1, loss.size // 20_000)])
            low, high = (float(q) for q in np.quantile(warped, (0.01, 0.99)))
            ends = self._unwarp(np.array([low - (high - low), high + 0.15 * (high - low)]))
        lowest, highest = float(loss.min()), float(loss.max())
        return (max(lowest, float(ends[0])), min(highest, float(ends[1]))) if high > low else (lowest, highest)

    def _warp(self, loss: Array) -> Array:
        if self.kind == "linear":
            return loss
        height = loss - self.base
        return np.asarray(np.sign(height) * np.log1p(np.abs(height) / self.knee))

    def _unwarp(self, warped: Array) -> Array:
        if self.kind == "linear":
            return warped
        return self.base + np.sign(warped) * np.expm1(np.abs(warped)) * self.knee


def _round_levels(low: float, high: float, count: int) -> Array:
    wanted = high / (count + 1) - low / (count + 1)  # not their difference, which may be no float
    if wanted < shortest_range(low, high):  # beyond the resolution of floats
        return np.empty(0)
    step = round_step(wanted)
    first, last = math.floor(low / step) + 1, math.ceil(high / step) - 1
    return np.arange(first, last + 1, dtype=float) * step


def round_step(wanted: float) -> float:
    """Return the one of 1, 2, 2.5, 5 times a power of ten that is nearest to ``wanted`` in ratio."""
    power = 10.0 ** math.floor(math.log10(wanted))
    return min((part * power for part in (1.0, 2.0, 2.5, 5.0, 10.0)), key=lambda step: abs(math.log(step / wanted)))


def _geometric(low: float, high: float, per_decade: float) -> Array:
    """Powers of ten with equal ratios between them, from low to high; 1, 2, 5 when there are three."""
    if high <= low:
        return np.empty(0)
    if per_decade >= 1:
        parts = max(1, min(10, round(per_decade)))
        mantissas = np.array([1.0, 2.0, 5.0]) if parts == 3 else 10.0 ** (np.arange(parts) / parts)
        every = 1
    else:
        mantissas, every = np.ones(1), math.ceil(1 / per_decade)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    powers = np.arange(first - first % every, last + 1, every, dtype=float)
    levels = (10.0 ** powers[:, None] * mantissas).ravel()
    return levels[(levels >= low * (1 - 1e-9)) & (levels <= high)]


@lru_cache(maxsize=256)
def loss_scale(problem: Problem, levels: Literal["auto", "linear", "log"] = "auto") -> LossScale:
    """Measure the loss on a grid over the problem's domain and choose its scale.

    ``auto`` takes logarithms when the heights above f* spread over more than two decades in most
    of the domain.
    """
    loss = sample(problem, problem.plane.bounds, _DOMAIN_SHAPE).values
    loss = loss[np.isfinite(loss)]
    if loss.size == 0:
        return LossScale("linear", 0.0, 1.0)
    lowest, highest = float(loss.min()), float(loss.max())
    if not highest > lowest:
        return LossScale("linear", lowest, highest, is_flat=True)
    known = [minimum.value for minimum in problem.minima]
    base = min(known, default=0.0)
    with np.errstate(over="ignore"):
        heights = np.abs(loss - base)
    few, some, most = (float(q) for q in np.quantile(heights, (0.02, 0.10, 0.98)))
    is_log = most > _SPREAD_FOR_LOG * some if levels == "auto" else levels == "log"
    scale = LossScale("linear", lowest, highest, base)
    if is_log:
        is_one_sided = lowest >= base or highest <= base
        knee = max(few / 4 if is_one_sided else some, most * 1e-6, 1e-300)
        scale = LossScale("log" if known else "symlog", lowest, highest, base, knee)
    low, high = scale.robust_range(loss)
    return replace(scale, low=low, high=high)


@dataclass(frozen=True, eq=False)
class Grid:
    """Losses at the nodes of a grid that reaches from edge to edge of its bounds.

    Attributes
    ----------
    xs, ys
        Plane coordinates of the nodes, ``(nx,)`` and ``(ny,)``, ascending.
    values
        ``(ny, nx)``; inf and nan where the loss is.
    """

    bounds: Bounds
    xs: Array
    ys: Array
    values: Array


@dataclass(frozen=True)
class ToneKey:
    """The meaning of tones that are not the loss: a title, and log10 of the values at both ends.

    Without ends it is only a message, and the tones are the loss after all.
    """

    title: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss in one window of the plane, ready to be drawn.

    Attributes
    ----------
    tones
        ``(ny, nx)`` uint8, see `LossScale.tones`.
    contours
        Level and lines; a line is ``(n, 2)`` plane coordinates.
    key
        None where the tones are the loss.
    """

    grid: Grid
    scale: LossScale
    tones: NDArray[np.uint8]
    contours: tuple[tuple[float, tuple[Array, ...]], ...]
    key: ToneKey | None = None

    @property
    def bounds(self) -> Bounds:
        """The window: xmin, xmax, ymin, ymax."""
        return self.grid.bounds

    @property
    def has_gaps(self) -> bool:
        """Whether there are cells whose loss is not finite."""
        return bool((self.tones == NOT_FINITE).any())


def sample(problem: Problem, bounds: Bounds, shape: tuple[int, int]) -> Grid:
    """Evaluate the loss at ``shape`` = (ny, nx) nodes."""
    xs, ys = _nodes(bounds, shape)
    return Grid(bounds, xs, ys, _rows(problem, xs, ys))


def _nodes(bounds: Bounds, shape: tuple[int, int]) -> tuple[Array, Array]:
    xmin, xmax, ymin, ymax = bounds
    return np.linspace(xmin, xmax, shape[1]), np.linspace(ymin, ymax, shape[0])


def _rows(problem: Problem, xs: Array, ys: Array) -> Array:
    a, b = np.tile(xs, len(ys)), np.repeat(ys, len(xs))
    with np.errstate(all="ignore"):
        loss = np.asarray(problem.loss(problem.plane.point(a, b)), dtype=float)
    return np.broadcast_to(loss, a.shape).reshape(len(ys), len(xs))


def surface_in_slices(
    problem: Problem, scale: LossScale, bounds: Bounds, shape: tuple[int, int] = (360, 480), count: int = 15
) -> Generator[float, None, Surface]:
    """Sample, colour and contour a window.

    Parameters
    ----------
    shape
        Nodes, (ny, nx).
    count
        About how many contour lines.
    """
    xs, ys = _nodes(bounds, shape)
    values, tones = np.empty(shape), np.empty(shape, dtype=np.uint8)
    row, size = 0, 8
    while row < len(ys):
        began = perf_counter()
        band = slice(row, min(row + size, len(ys)))
        values[band] = _rows(problem, xs, ys[band])
        tones[band] = scale.tones(values[band])
        row = band.stop
        size = max(1, int(size * min(2.0, SLICE_SECONDS / max(perf_counter() - began, 1e-5))))
        yield 0.7 * row / len(ys)
    grid = Grid(bounds, xs, ys, values)
    levels = scale.levels(*scale.robust_range(values), count)
    lines_of = contour_finder(grid)
    contours: list[tuple[float, tuple[Array, ...]]] = []
    points = 0
    for index, level in enumerate(levels):
        contours.append((float(level), lines_of(float(level))))
        points += sum(len(line) for line in contours[-1][1])
        if points > _MAX_POINTS:  # so dense that they would only hide the picture
            contours.clear()
            break
        yield 0.7 + 0.3 * (index + 1) / len(levels)
    return Surface(grid, scale, tones, tuple(contours))


surface = eager(surface_in_slices)


def contour_finder(grid: Grid) -> Any:
    """Return a function from a level to the contour lines there, a tuple of ``(n, 2)`` arrays."""
    from contourpy import LineType, contour_generator

    masked = np.ma.masked_invalid(grid.values) if not np.isfinite(grid.values).all() else grid.values
    generator = contour_generator(grid.xs, grid.ys, masked, name="serial", line_type=LineType.Separate)

    def lines_of(level: float) -> tuple[Array, ...]:
        lines: Any = generator.lines(level)
        return tuple(lines)

    return lines_of


def contour_lines(grid: Grid, level: float) -> tuple[Array, ...]:
    """Return the contour lines of a level, a tuple of ``(n, 2)`` arrays in plane coordinates."""
    lines: tuple[Array, ...] = contour_finder(grid)(level)
    return lines
