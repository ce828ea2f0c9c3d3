"""The vertical axis of a chart: linear or logarithmic, and from where to where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from optvis.draw.paint.drawable import Drawable, Run
from optvis.draw.paint.numbers import Ticks, ticks
from optvis.explain.measures import MeasureName, in_short, measure_of
from optvis.foundation.number_text import power_of_ten
from optvis.problems.problem import shortest_range

Array = NDArray[np.float64]

_MAX_DECADES = 14
_RUNAWAY = ("diverged", "growing")
_HEADROOM = 2.0  # a run that runs away is followed so many times as far as the others, or as its first value is high
_LOG_HEADROOM = 1e3
_LARGEST = 1e300  # differences of two of them are numbers still
_FEW, _BEYOND_FEW = 0.01, 10.0  # a share of the places, and how many times lower others may lie
_COORDINATE_HEADROOM = 0.5  # of the width that the other runs take, or of the domain, for coordinates


@dataclass(frozen=True)
class ChartScale:
    """How values are laid out along the vertical axis.

    Attributes
    ----------
    is_log
        Whether `shown` takes logarithms.
    base
        What is subtracted first: f* or 0.
    label
        What the axis shows: ``f``, ``f − f*``, ``|∇f|``.
    low, high
        The ends of the axis, as `shown`.
    """

    is_log: bool
    base: float
    label: str
    low: float = 0.0
    high: float = 1.0

    def shown(self, values: Any) -> Array:
        """Map values to the axis; clipped to just outside of it, nan where they are nan."""
        with np.errstate(all="ignore"):
            value = np.asarray(values, dtype=float) - self.base
            if self.is_log:
                value = np.where(
                    value > 0, np.log10(np.where(value > 0, value, 1.0)), np.where(value <= 0, -np.inf, value)
                )
            room = self.high - self.low
            return np.clip(value, self.low - room, self.high + room)

    def ticks(self, low: float, high: float, length: float, pixels: float) -> Ticks:
        """Return ticks for a window of the axis that takes so many pixels, with numbers of that height."""
        if self.is_log:
            return log_ticks(low, high, length, pixels)
        return ticks(low, high, max(3, min(8, round(length / (pixels * 3)))))


def chart_scale(
    scene: Drawable, runs: Sequence[Run], kind: MeasureName = "loss", axis: Literal["log", "linear"] = "log"
) -> ChartScale:
    """Choose the vertical axis.

    Logarithms of the loss are of f − f* where a minimum is known and of f where it is positive all
    along; otherwise the axis is linear, as its label and numbers say. Coordinates are always linear.
    One run that diverges does not flatten the others.
    """
    found = [(run.trajectory.outcome.kind in _RUNAWAY, in_short(run.trajectory, kind)) for run in runs]
    finite = [(is_runaway, values[np.isfinite(values)]) for is_runaway, values in found]
    finite = [(is_runaway, values) for is_runaway, values in finite if values.size]
    scale = _empty_scale(scene, [values for _, values in finite], kind, axis)
    if not finite:
        return scale
    calm = [values - scale.base for is_runaway, values in finite if not is_runaway]
    heights = [(float(values.min()), float(values.max())) for values in calm]
    among = (min(h[0] for h in heights), max(h[1] for h in heights)) if heights else None
    for is_runaway, values in finite:
        if is_runaway:
            bottom, top = _followed(scene, float(values[0]) - scale.base, kind, among, is_log=scale.is_log)
            most = min(float(values.max()) - scale.base, top)
            heights.append((min(max(float(values.min()) - scale.base, bottom), most), most))
    low, high = min(h[0] for h in heights), max(h[1] for h in heights)
    above = [values - scale.base for _, values in finite]
    seen = [float(part.min()) for values in above if (part := values[(values > 0) & (values <= high)]).size]
    return _fitted(scale, low, high, min(seen, default=high))


def profile_scale(scene: Drawable, loss: Array, axis: Literal["log", "linear"]) -> ChartScale:
    """Choose the vertical axis for the loss along a line ``(n,)``, linear or logarithmic as that of the runs' loss.

    Where the line goes through a minimum, logarithms fall without end: they are not followed to where hardly any
    place is.
    """
    loss = loss[np.isfinite(loss)]
    scale = _empty_scale(scene, [loss], "loss", axis)
    if not loss.size:
        return scale
    above = np.clip(loss - scale.base, -_LARGEST, _LARGEST)
    seen = above[above > 0]
    least = max(float(seen.min()), float(np.quantile(seen, _FEW)) / _BEYOND_FEW) if seen.size else 0.0
    return _fitted(scale, float(above.min()), float(above.max()), least)


def _fitted(scale: ChartScale, low: float, high: float, least: float) -> ChartScale:
    """Give a scale the ends that values need; a logarithmic one begins at ``least``, which is above 0."""
    if not scale.is_log:
        room = max(0.05 * (high - low) or abs(high) or 1.0, shortest_range(low, high))
        return replace(scale, low=low - room, high=high + room)
    if high <= 0:  # everything is at the minimum
        return replace(scale, low=-1.0, high=1.0)
    top = math.log10(high)
    bottom = max(math.log10(least), top - _MAX_DECADES)
    room = max(0.05 * (top - bottom), 0.1)
    return replace(scale, low=bottom - room, high=top + room)


def _empty_scale(scene: Drawable, found: list[Array], kind: MeasureName, axis: Literal["log", "linear"]) -> ChartScale:
    measure = measure_of(scene.problem, kind)
    is_log = axis == "log" and measure.has_log
    if kind == "loss" and is_log:
        minima = scene.problem.minima
        if minima:
            return ChartScale(True, min(minimum.value for minimum in minima), "f − f*")
        is_log = all((loss > 0).all() for loss in found)
    return ChartScale(is_log, 0.0, measure.label)


def _followed(
    scene: Drawable, first: float, kind: MeasureName, among: tuple[float, float] | None, *, is_log: bool
) -> tuple[float, float]:
    """How far down and up a run that runs away is followed among others that do not."""
    xmin, xmax, ymin, ymax = scene.bounds
    if kind in ("x", "y"):
        low, high = among or ((xmin, xmax) if kind == "x" else (ymin, ymax))
        room = _COORDINATE_HEADROOM * (high - low)
        return min(low - room, first), max(high + room, first)
    if kind == "length" and among is not None:  # the first step is not common to all, as the start is
        first = min(first, among[1])
    usual = scene.scale.high - scene.scale.low if kind == "loss" else math.hypot(xmax - xmin, ymax - ymin)
    if is_log:
        reach = _LOG_HEADROOM * abs(first) or usual
    else:
        reach = _HEADROOM * ((among[1] - among[0] if among else 0.0) or abs(first)) or usual
    return first - reach, first + reach


def log_ticks(low: float, high: float, length: float, pixels: float) -> Ticks:
    """Return powers of ten, or round numbers between them where less than two would be seen.

    Ends and ticks are log10 of the numbers.
    """
    every = max(1, math.ceil((high - low) / max(1.0, length / (pixels * 3))))
    first = math.ceil(low / every) * every
    powers = range(first, math.floor(high) + 1, every)
    if len(powers) >= 2:
        return Ticks(tuple(map(float, powers)), tuple(power_of_ten(power) for power in powers))
    found = ticks(10.0**low, 10.0**high, max(2, round(length / (pixels * 4))))
    pairs = [(math.log10(v), label) for v, label in zip(found.values, found.labels, strict=True) if v > 0]
    return Ticks(tuple(value for value, _ in pairs), tuple(label for _, label in pairs), found.note)
