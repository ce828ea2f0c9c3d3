"""One chart: a measure of all runs against the step, or against the loss evaluations spent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from optvis.draw.charts.chart_scale import ChartScale, chart_scale
from optvis.draw.paint import text
from optvis.draw.paint.axes import AxesStyle, caption, crisp, paint_frame, paint_x_numbers, paint_y_numbers, x_ticks
from optvis.draw.paint.drawable import Drawable, Run
from optvis.draw.paint.markers import draw_marker
from optvis.draw.paint.numbers import Ticks
from optvis.draw.paint.strokes import draw_lines, strokes
from optvis.draw.paint.text import draw_text
from optvis.draw.paint.theme import RunStyle, Theme, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.explain.measures import MEASURES, Against, Measure, MeasureName, along, missing, per_step, series

Array = NDArray[np.float64]

LINE_WIDTH = 1.8
AGAINST_WORDS: dict[Against, str] = {"steps": "step", "evaluations": "loss evaluations"}
_HALO_WIDTH = 3.8
_MARKER = 4.5
_HOVER_DASH = (3.0, 3.0)


@dataclass(frozen=True, eq=False)
class Chart:
    """A chart with its place; curves and cursor are painted apart, so that the curves can be kept.

    Attributes
    ----------
    scale
        How values are laid out.
    viewport
        Where steps (or evaluations) and `ChartScale.shown` values lie.
    title_rect
        A line above the panel; empty for no title.
    missing
        Why there are no curves, in words; mostly empty.
    """

    measure: Measure
    runs: tuple[Run, ...]
    scale: ChartScale
    viewport: Viewport
    axes: AxesStyle
    title_rect: QRectF
    against: Against
    missing: str

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paint title, panel, axes and the whole curves."""
        rect, viewport = self.viewport.rect, self.viewport
        painter.fillRect(rect, theme.panel)
        self._paint_axes(painter, theme)
        painter.save()
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for run in self.runs:
            x, shown = along(run.trajectory, self.against), self.scale.shown(series(run.trajectory, self.measure.kind))
            paint_curve(painter, x, shown, viewport, run_style(run.spec.style, theme))
        if self.missing:
            caption(painter, rect.center(), self.missing, theme, self.axes.pixels)
        painter.restore()

    def paint_cursor(self, painter: QPainter, step: int, theme: Theme) -> None:
        """Paint a line at a step and every run's marker on its curve."""
        rect, viewport = self.viewport.rect, self.viewport
        self._paint_lines(painter, step, theme.ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for run in self.runs:
            at = min(step, run.trajectory.last)
            shown = float(self.scale.shown(series(run.trajectory, self.measure.kind)[at]))
            if math.isfinite(shown):
                x = viewport.x_to_px(float(at * per_step(run.trajectory, self.against)))
                y = min(max(viewport.y_to_px(shown), rect.top()), rect.bottom())
                draw_marker(painter, QPointF(x, y), run_style(run.spec.style, theme), _MARKER * viewport.weight)

    def paint_hover(self, painter: QPainter, step: int, theme: Theme) -> None:
        """Paint a broken line at a step that is pointed at."""
        self._paint_lines(painter, step, theme.muted, _HOVER_DASH)

    def step_at(self, px: float) -> int:
        """Return the step that is drawn nearest to a pixel."""
        low, high, _, _ = self.viewport.bounds
        each = per_step(self.runs[0].trajectory, self.against) if self.runs else 1
        return round(min(max(self.viewport.to_data(px, 0.0)[0], low), high) / each)

    def value(self, run: Run, step: int) -> float:
        """Return what the axis shows of a run at a step; nan where there is nothing."""
        return float(series(run.trajectory, self.measure.kind)[step]) - self.scale.base

    def _paint_lines(self, painter: QPainter, step: int, color: QColor, dash: Sequence[float] = ()) -> None:
        """One line, or one for each scheme of gradients when they do not stand at the same place."""
        rect = self.viewport.rect
        pen = QPen(color, max(1.0, self.viewport.weight * 0.9))
        if dash:
            pen.setDashPattern(dash)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen)
        for each in {per_step(run.trajectory, self.against) for run in self.runs} or {1}:
            x = self.viewport.x_to_px(float(step * each))
            if x <= rect.right() + 1:
                painter.drawLine(QPointF(crisp(x), rect.top()), QPointF(crisp(x), rect.bottom()))

    def _paint_axes(self, painter: QPainter, theme: Theme) -> None:
        viewport, axes, rect = self.viewport, self.axes, self.viewport.rect
        low, high, _, _ = viewport.bounds
        right = x_ticks(low, high, rect.width(), axes.pixels, whole=True)
        up = Ticks((), ()) if self.missing else self.scale.ticks(rect.height(), axes.pixels)
        xs = [crisp(viewport.x_to_px(value)) for value in right.values]
        ys = [crisp(viewport.y_to_px(value)) for value in up.values]
        paint_frame(painter, rect, theme, xs, ys, axes)
        if axes.has_x_numbers:
            paint_x_numbers(painter, rect, theme, xs, right, axes)
        if axes.has_y_numbers:
            paint_y_numbers(painter, rect, theme, ys, replace(up, note=""), axes)
        if not self.title_rect.isEmpty():
            self._paint_title(painter, theme, up.note)

    def _paint_title(self, painter: QPainter, theme: Theme, note: str) -> None:
        """The name of the measure, its symbol, and what the numbers on the axis are multiplied by."""
        rect, pixels, title = self.title_rect, self.axes.pixels * 1.08, self.measure.title
        draw_text(painter, rect, title, theme.ink, pixels, bold=True)
        used = text.width(title, pixels, bold=True) + pixels * 0.7
        symbol = "" if self.scale.label == title else self.scale.label
        rest = "   ".join(part for part in (symbol, note) if part)
        if rest and used + text.width(rest, pixels) <= rect.width():
            draw_text(painter, rect.adjusted(used, 0, 0, 0), rest, theme.muted, pixels)


def furthest(scene: Drawable) -> int:
    """Return where the axis of steps, or of evaluations, ends."""
    against = scene.session.view.against
    return max((run.trajectory.steps * per_step(run.trajectory, against) for run in scene.runs), default=scene.steps)


def chart(
    scene: Drawable,
    kind: MeasureName,
    rect: QRectF,
    axes: AxesStyle | None = None,
    title_rect: QRectF | None = None,
    weight: float = 1.0,
) -> Chart:
    """Lay out one chart of the visible runs, as the session's view says, with its panel in a rectangle."""
    view, runs = scene.session.view, tuple(scene.visible_runs)
    scale = chart_scale(scene, runs, kind, view.loss_axis)
    viewport = Viewport((0.0, float(furthest(scene)), scale.low, scale.high), rect, weight)
    return Chart(
        MEASURES[kind],
        runs,
        scale,
        viewport,
        axes or AxesStyle(x_label=AGAINST_WORDS[view.against], y_label=""),
        title_rect or QRectF(),
        view.against,
        missing(scene.problem, kind),
    )


def paint_curve(painter: QPainter, x: Array, y: Array, viewport: Viewport, style: RunStyle) -> None:
    """Paint a line through points ``(n,)`` as it is in a viewport, broken where y is nan; clipping is the caller's."""
    reach, weight = viewport.rect.adjusted(-4, -4, 4, 4), viewport.weight
    for rows in _unbroken(y):
        points = _thinned(viewport.to_pixels(x[rows], y[rows]))
        steps = np.arange(len(points))
        halo = strokes(points, steps, (), reach)
        line = strokes(points, steps, style.dash, reach) if style.dash else halo
        draw_lines(painter, halo.lines, style.halo, _HALO_WIDTH * weight, Qt.PenCapStyle.SquareCap)
        draw_lines(painter, line.lines, style.color, LINE_WIDTH * weight)


def _unbroken(values: Array) -> Iterator[NDArray[np.intp]]:
    """The rows of every stretch without a gap."""
    rows = np.flatnonzero(~np.isnan(values))
    if len(rows):
        yield from np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)


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
