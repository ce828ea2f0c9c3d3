"""One chart: a measure of all runs against the step, or against the loss evaluations spent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from optvis.draw.charts.chart_frame import paint_chart_frame, paint_chart_title
from optvis.draw.charts.chart_scale import ChartScale, chart_scale
from optvis.draw.paint.axes import AxesStyle, caption, crisp, x_ticks
from optvis.draw.paint.drawable import Drawable, Run, chosen_last
from optvis.draw.paint.markers import draw_marker
from optvis.draw.paint.numbers import Ticks
from optvis.draw.paint.painting import saved
from optvis.draw.paint.strokes import draw_lines, strokes
from optvis.draw.paint.theme import RunStyle, Theme, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.engine.trajectory import Trajectory
from optvis.explain.measures import (
    BLOCK,
    LONG,
    Against,
    Measure,
    MeasureName,
    lowest_and_highest,
    measure_of,
    missing,
    per_step,
    series,
)
from optvis.problems.problem import Bounds

Array = NDArray[np.float64]

LINE_WIDTH = 1.8
AGAINST_WORDS: dict[Against, str] = {"steps": "step", "evaluations": "loss evaluations"}
_HALO_WIDTH = 3.8
_MARKER = 4.5
_HOVER_DASH = (3.0, 3.0)
_BLOCK = 2048  # rows: a curve is left out in whole ones, so that its dashes stay where they are while it moves


@dataclass(frozen=True, eq=False)
class Chart:
    """A chart with its place; curves and cursor are painted apart, so that the curves can be kept.

    Attributes
    ----------
    scale
        How values are laid out, and how far up and down all of them are shown.
    viewport
        Where steps (or evaluations) and `ChartScale.shown` values lie; all of the steps and of the scale, or a
        window of them.
    title_rect
        A line above the panel; empty for no title.
    missing
        Why there are no curves, in words; mostly empty.
    last
        Where the axis of steps, or of evaluations, ends.
    cell
        Outside of which it paints nothing but markers.
    painted
        The runs in the order in which they are painted.
    """

    measure: Measure
    runs: tuple[Run, ...]
    scale: ChartScale
    viewport: Viewport
    axes: AxesStyle
    title_rect: QRectF
    against: Against
    missing: str
    last: int
    cell: QRectF
    painted: tuple[Run, ...]

    @property
    def full_bounds(self) -> Bounds:
        """The window of steps (or evaluations) and shown values in which everything is seen."""
        return 0.0, float(self.last), self.scale.low, self.scale.high

    def windowed(self, bounds: Bounds) -> Chart:
        """Show a window of steps (or evaluations) and shown values in the same place."""
        return self if bounds == self.viewport.bounds else replace(self, viewport=self.viewport.moved(bounds))

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paint title, panel, axes and the whole curves."""
        right, up = self._ticks()
        paint_chart_frame(painter, self.viewport, theme, self.axes, right, up)
        title, pixels = self.measure.title, self.axes.pixels
        paint_chart_title(painter, self.title_rect, title, self.scale.label, up.note, theme, pixels)
        self._paint_curves(painter, theme)

    def paint_cursor(self, painter: QPainter, step: int, theme: Theme) -> None:
        """Paint a line at a step and every run's marker on its curve, as far as they are in the window."""
        self._paint_lines(painter, step, theme.ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for run, at in sorted(self.markers(step), key=lambda marker: self.painted.index(marker[0])):
            draw_marker(painter, at, run_style(run.spec.style, theme), _MARKER * self.viewport.weight)

    def markers(self, step: int) -> list[tuple[Run, QPointF]]:
        """Return where runs have their markers at a step.

        What is beyond the scale is marked at the edge, and what is beyond the window of the scale is not.
        """
        if not self.runs:
            return []
        rect, scale = self.viewport.rect, self._wide_scale
        rows = [min(step, run.trajectory.last) for run in self.runs]
        each = [per_step(run.trajectory, self.against) for run in self.runs]
        values = [series(run.trajectory, self.measure.kind)[at] for run, at in zip(self.runs, rows, strict=True)]
        shown = scale.shown(values)
        found = []
        places = self.viewport.to_pixels(np.multiply(rows, each), shown).tolist()
        for run, value, (x, y) in zip(self.runs, shown.tolist(), places, strict=True):
            is_beside = not rect.left() - 0.5 <= x <= rect.right() + 0.5
            is_beyond = scale.low <= value <= scale.high and not rect.top() - 0.5 <= y <= rect.bottom() + 0.5
            if math.isfinite(value) and not (is_beside or is_beyond):
                found.append((run, QPointF(x, min(max(y, rect.top()), rect.bottom()))))
        return found

    def lines_at(self, step: int) -> list[float]:
        """Return the pixels along x at which lines stand for a step.

        One line, or one for each scheme of gradients when they do not stand at the same place.
        """
        rect = self.viewport.rect
        places = {per_step(run.trajectory, self.against) for run in self.runs} or {1}
        found = (self.viewport.x_to_px(float(step * each)) for each in places)
        return [crisp(x) for x in found if rect.left() - 0.5 <= x <= rect.right() + 1]

    def line_reach(self, step: int, margin: float = 2.0) -> list[QRectF]:
        """Return rectangles outside of which `paint_hover` paints nothing."""
        rect = self.viewport.rect
        return [
            QRectF(x - margin, rect.top() - margin, 2 * margin, rect.height() + 2 * margin) for x in self.lines_at(step)
        ]

    def reach(self, step: int) -> list[QRectF]:
        """Return rectangles outside of which `paint_cursor` paints nothing: the line's, and of markers beside it."""
        far = 1.7 * _MARKER * self.viewport.weight + 1
        found = self.line_reach(step, far + 1)
        for _, at in self.markers(step):
            around = QRectF(at.x() - far, at.y() - far, 2 * far, 2 * far)
            if not any(rect.contains(around) for rect in found):
                found.append(around)
        return found

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

    @property
    def _wide_scale(self) -> ChartScale:
        """What clips values only where neither the scale nor the window shows them."""
        _, _, low, high = self.viewport.bounds
        return replace(self.scale, low=min(low, self.scale.low), high=max(high, self.scale.high))

    def _ticks(self) -> tuple[Ticks, Ticks]:
        """Of both axes."""
        rect, pixels = self.viewport.rect, self.axes.pixels
        xmin, xmax, ymin, ymax = self.viewport.bounds
        right = x_ticks(xmin, xmax, rect.width(), pixels, whole=True)
        return right, Ticks((), ()) if self.missing else self.scale.ticks(ymin, ymax, rect.height(), pixels)

    def _paint_curves(self, painter: QPainter, theme: Theme) -> None:
        viewport, scale = self.viewport, self._wide_scale
        with saved(painter):
            painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            curves = []
            for run in self.painted:
                x, values = self._seen_of(run.trajectory)
                curves.append((x, scale.shown(values), run_style(run.spec.style, theme)))
            paint_curves(painter, curves, viewport)
            if self.missing:
                caption(painter, viewport.rect.center(), self.missing, theme, self.axes.pixels)

    def _seen_of(self, trajectory: Trajectory) -> tuple[Array, Array]:
        """Where the points of a curve stand that matter in the window, and their values; many by blocks of them."""
        each, values = per_step(trajectory, self.against), series(trajectory, self.measure.kind)
        low, high, _, _ = self.viewport.bounds
        rows = _rows_in(len(values), low / each, high / each)
        if rows.stop - rows.start <= LONG:
            return np.arange(rows.start, rows.stop, dtype=float) * each, values[rows]
        blocks = slice(rows.start // BLOCK, -(-rows.stop // BLOCK))
        middles = (np.arange(blocks.start, blocks.stop) + 0.5) * (BLOCK * each)
        return np.repeat(middles, 2), lowest_and_highest(trajectory, self.measure.kind)[blocks].ravel()

    def _paint_lines(self, painter: QPainter, step: int, color: QColor, dash: Sequence[float] = ()) -> None:
        rect = self.viewport.rect
        pen = QPen(color, max(1.0, self.viewport.weight * 0.9))
        if dash:
            pen.setDashPattern(dash)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen)
        for x in self.lines_at(step):
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))


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
    cell: QRectF | None = None,
) -> Chart:
    """Lay out one chart of the visible runs, as the session's view says, with its panel in a rectangle."""
    view, runs = scene.session.view, tuple(scene.visible_runs)
    scale, last = chart_scale(scene, runs, kind, view.loss_axis), furthest(scene)
    viewport = Viewport((0.0, float(last), scale.low, scale.high), rect, weight)
    return Chart(
        measure_of(scene.problem, kind),
        runs,
        scale,
        viewport,
        axes or AxesStyle(x_label=AGAINST_WORDS[view.against], y_label=""),
        title_rect or QRectF(),
        view.against,
        missing(scene.problem, kind),
        last,
        cell or rect,
        chosen_last(scene, runs),
    )


Curve = tuple[Array, Array, RunStyle]
"""x and y of the points of a line ``(n,)``, broken where y is nan, and how it looks."""


def paint_curves(painter: QPainter, curves: Sequence[Curve], viewport: Viewport) -> None:
    """Paint lines as they are in a viewport, the last on top; clipping is the caller's.

    What sets them off from the grid lies beneath all of them, so that none cuts another to pieces.
    """
    reach, weight = viewport.rect.adjusted(-4, -4, 4, 4), viewport.weight
    lines: list[tuple[Array, RunStyle]] = []
    for x, y, style in curves:
        for rows in _unbroken(y):
            points = _thinned(viewport.to_pixels(x[rows], y[rows]))
            steps = np.arange(len(points))
            halo = strokes(points, steps, (), reach)
            line = strokes(points, steps, style.dash, reach) if style.dash else halo
            draw_lines(painter, halo.lines, style.halo, _HALO_WIDTH * weight, Qt.PenCapStyle.SquareCap)
            lines.append((line.lines, style))
    for each, style in lines:
        draw_lines(painter, each, style.color, LINE_WIDTH * weight)


def _rows_in(count: int, low: float, high: float) -> slice:
    """Which of so many rows matter from one place among them to another, and more where that is less than a block."""
    first, after = (math.ceil(min(max(place, 0.0), count)) for place in (low, high))
    return slice(max(0, first - 1) // _BLOCK * _BLOCK, min(count, after + 2))


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
