"""The loss along a line of the plane as a chart, with a mark where a run has crossed the line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from optvis.draw.charts.chart import paint_curves
from optvis.draw.charts.chart_frame import paint_chart_frame, paint_chart_title
from optvis.draw.charts.chart_grid import cells
from optvis.draw.charts.chart_scale import ChartScale, profile_scale
from optvis.draw.charts.profile_marks import Marks, marks_of, step_words
from optvis.draw.paint import text
from optvis.draw.paint.axes import TICK, AxesStyle, caption, x_ticks
from optvis.draw.paint.drawable import Drawable, Run
from optvis.draw.paint.painting import saved
from optvis.draw.paint.text import Align, draw_text
from optvis.draw.paint.theme import RunStyle, Theme
from optvis.draw.paint.viewport import Viewport
from optvis.engine.trajectory import Trajectory
from optvis.explain.crossed_profile import CrossedProfile
from optvis.foundation.number_text import number
from optvis.landscape.profile import Crossings, Profile
from optvis.problems.problem import Bounds

Array = NDArray[np.float64]

TITLE = "Loss along the line"
_PASSED, _LATER = 4.5, 3.2  # radius of marks
_PALE = 0.55
_RING = 4.0


@dataclass(frozen=True, eq=False)
class ProfileChart:
    """A profile with its place; what belongs to a step is painted apart, so that the curve can be kept.

    Attributes
    ----------
    runs
        Whose crossings are marked, as far as they are among ``crossings``.
    viewport
        Where distances from the line's first end and `ChartScale.shown` losses lie; all of the line and of the
        scale, or a window of them.
    title_rect
        A line above the panel.
    cell
        Outside of which it paints nothing but marks.
    """

    profile: Profile
    runs: tuple[Run, ...]
    crossings: Mapping[Trajectory, Crossings]
    scale: ChartScale
    viewport: Viewport
    axes: AxesStyle
    title_rect: QRectF
    cell: QRectF

    @property
    def full_bounds(self) -> Bounds:
        """The window of distances and shown losses in which everything is seen."""
        return 0.0, self.profile.length, self.scale.low, self.scale.high

    def windowed(self, bounds: Bounds) -> ProfileChart:
        """Show a window of distances and shown losses in the same place."""
        return self if bounds == self.viewport.bounds else replace(self, viewport=self.viewport.moved(bounds))

    @cached_property
    def marks(self) -> list[Marks]:
        """The marks of all runs that cross the line in the window."""
        rect = self.viewport.rect.adjusted(-0.5, -0.5, 0.5, 0.5)
        found = [(run, self.crossings[run.trajectory]) for run in self.runs if run.trajectory in self.crossings]
        each = (marks_of(run, at.steps, self._points(at.shares), rect) for run, at in found)
        return [marks for marks in each if marks is not None]

    def share_at(self, px: float) -> float:
        """Return the share of the line that is drawn nearest to a pixel, from 0 to 1."""
        distance = self.viewport.to_data(px, 0.0)[0]
        return min(max(distance / self.profile.length, 0.0), 1.0)

    def crossing_at(self, at: QPointF, near: float) -> tuple[Run, float] | None:
        """Return whose mark is nearest to a pixel, at most so far away, and the step of its crossing."""
        found = None
        for marks in self.marks:
            away = np.hypot(marks.points[:, 0] - at.x(), marks.points[:, 1] - at.y())
            nearest = int(np.argmin(away))
            if away[nearest] <= near:
                near, found = float(away[nearest]), (marks.run, float(marks.steps[nearest]))
        return found

    def point(self, share: float) -> QPointF | None:
        """Return where the curve is at a share of the line; None in a gap, and beside the window."""
        ((x, y),) = self._points(np.array([share])).tolist()
        is_seen = math.isfinite(y) and self.viewport.rect.adjusted(-1, -1, 1, 1).contains(x, y)
        return QPointF(x, y) if is_seen else None

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paint title, panel, axes, the curve, and pale where runs will have crossed the line by their ends."""
        viewport, axes, pixels = self.viewport, self.axes, self.axes.pixels
        xmin, xmax, ymin, ymax = viewport.bounds
        right = x_ticks(xmin, xmax, viewport.rect.width(), pixels)
        up = self.scale.ticks(ymin, ymax, viewport.rect.height(), pixels)
        paint_chart_frame(painter, viewport, theme, replace(axes, x_label=""), replace(right, note=""), up)
        paint_chart_title(painter, self.title_rect, TITLE, self.scale.label, up.note, theme, pixels)
        self._paint_ends(painter, f"{axes.x_label} {right.note}".strip(), theme)
        self._paint_curve(painter, theme)
        before = painter.opacity()
        painter.setOpacity(before * _PALE)
        for marks in self.marks:
            marks.paint(painter, len(marks.steps), _LATER * viewport.weight, theme)
        painter.setOpacity(before)

    def paint_passed(self, painter: QPainter, step: int, theme: Theme) -> None:
        """Paint every run's marker where it has crossed the line up to a step."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for marks in self.marks:
            marks.paint(painter, marks.until(step), _PASSED * self.viewport.weight, theme)

    def reach(self, before: int, step: int) -> list[QRectF]:
        """Return rectangles outside of which `paint_passed` paints the same at two steps."""
        far = 1.7 * _PASSED * self.viewport.weight + 1
        low, high = sorted((before, step))
        return [
            QRectF(x - far, y - far, 2 * far, 2 * far)
            for marks in self.marks
            for x, y in marks.points[marks.until(low) : marks.until(high)].tolist()
        ]

    def hover_reach(self, share: float) -> QRectF:
        """Return the rectangle outside of which `paint_hover` paints nothing."""
        at, far = self.point(share), _RING + 3
        return QRectF() if at is None else QRectF(at.x() - far, at.y() - far, 2 * far, 2 * far)

    def paint_hover(self, painter: QPainter, share: float, theme: Theme) -> None:
        """Paint a ring on the curve at a share of the line."""
        at = self.point(share)
        if at is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(theme.paper)
            painter.setPen(QPen(theme.accent, 2.0))
            painter.drawEllipse(at, _RING, _RING)

    @cached_property
    def _shown(self) -> Array:
        """The curve along the vertical axis; nan where there is no finite loss."""
        _, _, low, high = self.viewport.bounds
        wide = replace(self.scale, low=min(low, self.scale.low), high=max(high, self.scale.high))
        return wide.shown(np.where(np.isfinite(self.profile.loss), self.profile.loss, np.nan))

    def _points(self, shares: Array) -> Array:
        """Pixels of the curve at shares of the line, ``(n, 2)``; at the panel's edge where it leaves the scale."""
        shown = np.interp(shares, self.profile.share, self._shown)
        points = self.viewport.to_pixels(shares * self.profile.length, shown)
        is_beyond = (shown < self.scale.low) | (shown > self.scale.high)
        rect = self.viewport.rect
        points[is_beyond, 1] = np.clip(points[is_beyond, 1], rect.top(), rect.bottom())
        return points

    def _paint_curve(self, painter: QPainter, theme: Theme) -> None:
        with saved(painter):
            painter.setClipRect(self.viewport.rect, Qt.ClipOperation.IntersectClip)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if np.isnan(self._shown).all():
                caption(painter, self.viewport.rect.center(), "no finite loss on the line", theme, self.axes.pixels)
            style = RunStyle(theme.ink, (), "circle", theme.halo)
            paint_curves(painter, [(self.profile.share * self.profile.length, self._shown, style)], self.viewport)

    def _paint_ends(self, painter: QPainter, name: str, theme: Theme) -> None:
        """Paint below the numbers where the line begins and ends, as far as that is seen, and what is along it."""
        rect, pixels = self.viewport.rect, self.axes.pixels
        xmin, xmax, _, _ = self.viewport.bounds
        ax, ay, bx, by = self.profile.segment
        first = f"A ({number(ax)}, {number(ay)})" if xmin <= 0 else ""
        last = f"B ({number(bx)}, {number(by)})" if xmax >= self.profile.length else ""
        line = math.ceil(pixels * 1.45)
        below = QRectF(rect.left(), rect.bottom() + TICK + line - 1, rect.width(), line)
        ends = max(text.width(first, pixels), text.width(last, pixels)) + pixels
        if 2 * ends + text.width(name, pixels) <= below.width():
            draw_text(painter, below, name, theme.muted, pixels, Align.AlignCenter)
        half = below.width() / 2
        draw_text(painter, below.adjusted(0, 0, -half, 0), first, theme.ink, pixels)
        right = Align.AlignRight | Align.AlignVCenter
        draw_text(painter, below.adjusted(half, 0, 0, 0), last, theme.ink, pixels, right)


def profile_chart(
    scene: Drawable, crossed: CrossedProfile, rect: QRectF, pixels: float = 11.0, weight: float = 1.0
) -> ProfileChart:
    """Lay out a profile, with the visible runs' crossings, in a rectangle.

    Parameters
    ----------
    scene
        Its problem, visible runs and view are used; runs that ``crossed`` does not know have no marks.
    rect
        Takes the chart with its title and numbers, in logical pixels.
    pixels
        Height of the numbers.
    weight
        How heavy lines and marks are.
    """
    along, runs = crossed.profile, tuple(scene.visible_runs)
    scale = profile_scale(scene, along.loss, scene.session.view.loss_axis)
    axes = AxesStyle(pixels=pixels, x_label="distance", y_label="", widest="−0.000")
    ((panel, style, title, cell),) = cells(1, rect, axes, 0)
    viewport = Viewport((0.0, along.length, scale.low, scale.high), panel, weight)
    return ProfileChart(along, runs, crossed.crossings, scale, viewport, style, title, cell)


def description(chart: ProfileChart, most: int = 3) -> str:
    """Return the chart in words: the ends of the line, the losses there, and which runs cross it at which steps.

    Parameters
    ----------
    most
        How many crossings of a run are told one by one.
    """
    along = chart.profile
    ax, ay, bx, by = along.segment
    begin, end = (number(float(loss)) for loss in (along.loss[0], along.loss[-1]))
    words = f"From A {number(ax)}, {number(ay)} with loss {begin} to B {number(bx)}, {number(by)} with loss {end}."
    for run in chart.runs:
        if run.trajectory in chart.crossings:
            steps = chart.crossings[run.trajectory].steps
            first, rest = ", ".join(map(step_words, steps[:most].tolist())), max(0, len(steps) - most)
            more = f" and {rest:,} times more" if rest else ""
            words += f" {run.label} {f'crosses at step {first}{more}' if first else 'does not cross'}."
    return words
