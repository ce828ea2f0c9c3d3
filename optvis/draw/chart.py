"""The loss of all runs against the step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from optvis.draw.axes import AxesStyle, crisp, paint_frame, paint_x_numbers, paint_y_numbers, x_ticks, y_ticks
from optvis.draw.drawable import Drawable, Run
from optvis.draw.markers import draw_marker
from optvis.draw.numbers import Ticks, power_of_ten, ticks
from optvis.draw.strokes import draw_lines, strokes, vertices
from optvis.draw.theme import Theme, run_style
from optvis.draw.viewport import Viewport

Array = NDArray[np.float64]

LINE_WIDTH = 1.8
_HALO_WIDTH = 3.8
_MOST_DECADES = 14
_RUNAWAY = ("diverged", "growing")
_HEADROOM = 4.0  # a run that runs away is followed to so many times the start's loss
_LOG_HEADROOM = 1e3


@dataclass(frozen=True)
class ChartScale:
    """How losses are laid out along the vertical axis.

    Attributes
    ----------
    is_log
        Whether `shown` takes logarithms.
    base
        What is subtracted first: f* or 0.
    label
        What the axis shows: ``f`` or ``f − f*``.
    low, high
        The ends of the axis, as `shown`.
    """

    is_log: bool
    base: float
    label: str
    low: float = 0.0
    high: float = 1.0

    def shown(self, loss: Any) -> Array:
        """Map losses to the axis; clipped to just outside of it, nan where they are nan."""
        with np.errstate(all="ignore"):
            value = np.asarray(loss, dtype=float) - self.base
            if self.is_log:
                value = np.where(
                    value > 0, np.log10(np.where(value > 0, value, 1.0)), np.where(value <= 0, -np.inf, value)
                )
            room = self.high - self.low
            return np.clip(value, self.low - room, self.high + room)


def chart_scale(scene: Drawable, runs: Sequence[Run], axis: Literal["log", "linear"]) -> ChartScale:
    """Choose the vertical axis.

    Logarithms are of f − f* where a minimum is known and of f where it is positive all along; otherwise
    the axis is linear, as its label and numbers say. One run that diverges does not flatten the others.
    """
    minima = scene.problem.minima
    base = min((minimum.value for minimum in minima), default=0.0)
    found = [(run.trajectory.outcome.kind, run.trajectory.loss) for run in runs]
    finite = [(kind, loss[np.isfinite(loss)]) for kind, loss in found]
    finite = [(kind, loss) for kind, loss in finite if loss.size]
    losses = [loss for _, loss in finite]
    if axis == "log" and (minima or all((loss > 0).all() for loss in losses)):
        scale = ChartScale(True, base, "f − f*" if base or minima else "f")
    else:
        scale = ChartScale(False, 0.0, "f")
    heights = []
    for kind, loss in finite:
        value = loss - scale.base
        least, most = float(value.min()), float(value.max())
        if kind in _RUNAWAY:
            first = float(value[0])
            reach = abs(first) * (_LOG_HEADROOM if scale.is_log else _HEADROOM) or scene.scale.high - scene.scale.low
            least, most = max(least, first - reach), min(most, first + reach)
        heights.append((least, most))
    if not heights:
        return scale
    low, high = min(h[0] for h in heights), max(h[1] for h in heights)
    if not scale.is_log:
        room = 0.05 * (high - low) or abs(high) or 1.0
        return replace(scale, low=low - room, high=high + room)
    if high <= 0:  # every run began at the minimum
        return replace(scale, low=-1.0, high=1.0)
    positive = [float(part.min()) for loss in losses if (part := (loss - base)[loss > base]).size]
    top = math.log10(high)
    bottom = max(math.log10(min(positive)), top - _MOST_DECADES)
    room = max(0.05 * (top - bottom), 0.1)
    return replace(scale, low=bottom - room, high=top + room)


def chart_viewport(scene: Drawable, scale: ChartScale, rect: QRectF) -> Viewport:
    """Return where steps and shown losses lie in a rectangle."""
    return Viewport((0.0, float(max(1, scene.steps)), scale.low, scale.high), rect)


def paint_chart(
    painter: QPainter,
    runs: Sequence[Run],
    scale: ChartScale,
    viewport: Viewport,
    theme: Theme,
    axes: AxesStyle | None = None,
) -> None:
    """Paint panel, axes and the whole curves; `paint_chart_cursor` goes over it."""
    axes = axes or AxesStyle(x_label="step", y_label=scale.label)
    rect = viewport.rect
    painter.fillRect(rect, theme.panel)
    _paint_chart_axes(painter, scale, viewport, theme, axes)
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    reach = rect.adjusted(-4, -4, 4, 4)
    for run in runs:
        style = run_style(run.spec.style, theme)
        loss = run.trajectory.loss[: run.trajectory.last + 1]
        points = _thinned(vertices(viewport.to_pixels(np.arange(len(loss)), scale.shown(loss)), rect))
        steps = np.arange(len(points))
        draw_lines(painter, strokes(points, steps, (), reach).lines, style.halo, _HALO_WIDTH, Qt.PenCapStyle.SquareCap)
        draw_lines(painter, strokes(points, steps, style.dash, reach).lines, style.color, LINE_WIDTH)
    painter.restore()


def paint_chart_cursor(
    painter: QPainter, runs: Sequence[Run], scale: ChartScale, viewport: Viewport, step: int, theme: Theme
) -> None:
    """Paint a line at a step and every run's marker on its curve."""
    rect = viewport.rect
    x = viewport.x_to_px(float(step))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.ink, 1))
    painter.drawLine(QPointF(crisp(x), rect.top()), QPointF(crisp(x), rect.bottom()))
    for run in runs:
        at = min(step, run.trajectory.last)
        shown = float(scale.shown(run.trajectory.loss[at]))
        if math.isfinite(shown):
            y = min(max(viewport.y_to_px(shown), rect.top()), rect.bottom())
            draw_marker(painter, QPointF(viewport.x_to_px(float(at)), y), run_style(run.spec.style, theme), 4.5)
    painter.restore()


def step_at(viewport: Viewport, px: float) -> int:
    """Return the step that is drawn nearest to a pixel."""
    low, high, _, _ = viewport.bounds
    return round(min(max(viewport.to_data(px, 0.0)[0], low), high))


def _thinned(points: Array) -> Array:
    """Of more than two points in a column of pixels keep the lowest and the highest."""
    columns = np.floor(points[:, 0])
    begins = np.flatnonzero(np.diff(columns, prepend=-np.inf))
    if len(points) <= 2 * len(begins):
        return points
    x, y = columns[begins] + 0.5, points[:, 1]
    low, high = np.minimum.reduceat(y, begins), np.maximum.reduceat(y, begins)
    is_up = np.arange(len(begins)) % 2 == 1  # to and fro, so that a dense curve is a band
    ends = np.where(is_up[:, None], np.column_stack([high, low]), np.column_stack([low, high]))
    return np.column_stack([np.repeat(x, 2), ends.ravel()])


def _paint_chart_axes(painter: QPainter, scale: ChartScale, viewport: Viewport, theme: Theme, axes: AxesStyle) -> None:
    rect = viewport.rect
    low, high, bottom, top = viewport.bounds
    along = x_ticks(low, high, rect.width(), axes.pixels, whole=True)
    up = _log_ticks(bottom, top, rect.height(), axes.pixels) if scale.is_log else y_ticks(
        bottom, top, rect.height(), axes.pixels)  # fmt: skip
    xs = [crisp(viewport.x_to_px(value)) for value in along.values]
    ys = [crisp(viewport.y_to_px(value)) for value in up.values]
    paint_frame(painter, rect, theme, xs, ys, axes)
    if axes.has_x_numbers:
        paint_x_numbers(painter, rect, theme, xs, along, axes)
    if axes.has_y_numbers:
        paint_y_numbers(painter, rect, theme, ys, up, axes)


def _log_ticks(low: float, high: float, length: float, pixels: float) -> Ticks:
    """Powers of ten; round numbers between them where less than two would be seen."""
    every = max(1, math.ceil((high - low) / max(1.0, length / (pixels * 3))))
    first = math.ceil(low / every) * every
    powers = range(first, math.floor(high) + 1, every)
    if len(powers) >= 2:
        return Ticks(tuple(map(float, powers)), tuple(power_of_ten(power) for power in powers))
    found = ticks(10.0**low, 10.0**high, max(2, round(length / (pixels * 4))))
    pairs = [(math.log10(v), label) for v, label in zip(found.values, found.labels, strict=True) if v > 0]
    return Ticks(tuple(value for value, _ in pairs), tuple(label for _, label in pairs), found.note)
