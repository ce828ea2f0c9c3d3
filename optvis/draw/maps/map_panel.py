"""The map with the runs on it, in three coats: background, trails, overlay.

The background changes with the problem and the viewport, the trails grow with the step, and only
the overlay is painted anew in every frame. So a canvas caches the first, keeps a
`optvis.draw.maps.trails.TrailLayer` for the second and paints the third over both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from optvis.draw.maps.exits import exit_place, left_at
from optvis.draw.maps.field import paint_field
from optvis.draw.maps.step_arrows import paint_step_arrows
from optvis.draw.paint import text
from optvis.draw.paint.axes import AxesStyle, caption, paint_axes
from optvis.draw.paint.drawable import Drawable, Run
from optvis.draw.paint.markers import HEAD_RADIUS, draw_arrow, draw_marker, draw_minimum, draw_start
from optvis.draw.paint.theme import RunStyle, Theme, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.number_text import number

_MARK = 30.0  # pixels beside the map from where a mark may still reach into it


class Ground(Protocol):
    """A picture of a window of the plane, ready for painting in any viewport."""

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint it into the viewport's rectangle; where it ends nothing is painted."""

    def paint_key(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint over the trails what its colours mean, if that has to be said."""


def paint_background(
    painter: QPainter, scene: Drawable, ground: Ground | None, viewport: Viewport, theme: Theme, axes: AxesStyle
) -> None:
    """Paint the image, contours, gradient field, grid, minima, frame and numbers.

    Parameters
    ----------
    scene
        Its ``problem``, ``scale`` and view are used.
    ground
        The loss, or its basins; may be of another window than the viewport's while a new one is computed, and
        None before the first.
    """
    painter.fillRect(viewport.rect, theme.panel)
    if ground is not None:
        ground.paint(painter, viewport)
    paint_axes(painter, viewport, theme, axes)
    if scene.session.view.field != "off":
        paint_field(painter, scene.problem, viewport, theme, scene.session.view.field)
    painter.save()
    painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
    if scene.scale.is_flat:
        words = f"f = {number(scene.scale.low)} everywhere: there is nothing to minimise"
        caption(painter, QPointF(viewport.rect.center().x(), viewport.rect.top() + 30), words, theme, text.LABEL_PIXELS)
    for minimum in scene.problem.minima:
        if viewport.shows(minimum.x, minimum.y, _MARK):
            draw_minimum(painter, viewport.point(minimum.x, minimum.y), theme, viewport.weight)
    painter.restore()


def paint_overlay(
    painter: QPainter,
    scene: Drawable,
    runs: Sequence[Run],
    ground: Ground | None,
    viewport: Viewport,
    step: int,
    theme: Theme,
    *,
    is_start_active: bool = False,
    has_hints: bool = True,
    arrow_kinds: Collection[str] | None = None,
) -> None:
    """Paint the ground's key, the start, the heads of the runs at a step, and arrows where runs have left the map.

    At the head of the chosen run, if it is among ``runs``, stand the arrows that the view asks for.

    Parameters
    ----------
    scene
        Its ``start``, ``bounds`` and view are used.
    runs
        Usually ``scene.visible_runs``; of each ``label``, ``spec.style`` and ``trajectory`` are used.
    is_start_active
        Whether the start is pointed at or dragged.
    has_hints
        Whether to say what to do when there is no run; pictures do not.
    arrow_kinds
        In place of the view's own; slow motion shows them one after the other.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
    if ground is not None:
        ground.paint_key(painter, viewport)
    if viewport.shows(*scene.start, _MARK):
        draw_start(painter, viewport.point(*scene.start), theme, viewport.weight, is_active=is_start_active)
    taken: list[QRectF] = []
    for run in runs:
        at, style = min(step, run.trajectory.last), run_style(run.spec.style, theme)
        x, y = float(run.trajectory.x[at]), float(run.trajectory.y[at])
        if viewport.shows(x, y):
            draw_marker(painter, viewport.point(x, y), style, HEAD_RADIUS * viewport.weight)
            continue
        tip, direction = exit_place(run.trajectory, at, viewport)
        draw_arrow(painter, tip, direction, style, viewport.weight)
        left = left_at(run.trajectory, scene.bounds)
        if left is not None and 0 < left <= step:
            _paint_left(painter, tip, left, viewport, taken, style, theme)
    kinds = scene.session.view.arrows if arrow_kinds is None else arrow_kinds
    chosen = scene.chosen
    if kinds and chosen is not None and chosen in runs:
        paint_step_arrows(painter, chosen.trajectory, viewport, step, theme, kinds, chosen.label)
    if has_hints and not runs:
        words = "Add an optimizer" if not scene.runs else "All runs are switched off"
        caption(painter, viewport.rect.center(), words, theme, 16)
    painter.restore()


def _paint_left(
    painter: QPainter, tip: QPointF, step: int, viewport: Viewport, taken: list[QRectF], style: RunStyle, theme: Theme
) -> None:
    """Write when a run left beside its arrow, moved along the edge where another label is."""
    words = f"left at step {step}"
    rect, unit = viewport.rect, viewport.weight
    size = max(8.5, text.LABEL_PIXELS * unit)
    width, height = text.width(words, size) + 24 * unit, size + 8 * unit
    x = min(max(tip.x() - width / 2, rect.left() + 4), rect.right() - width - 4)
    y = min(max(tip.y() - height / 2, rect.top() + 4), rect.bottom() - height - 4)
    on_side = min(tip.x() - rect.left(), rect.right() - tip.x()) < min(tip.y() - rect.top(), rect.bottom() - tip.y())
    if on_side:
        x = rect.left() + 20 * unit if tip.x() < rect.center().x() else rect.right() - width - 20 * unit
    else:
        y = rect.top() + 20 * unit if tip.y() < rect.center().y() else rect.bottom() - height - 20 * unit
    box = QRectF(x, y, width, height)
    for turn in range(1, 40):
        if not any(box.adjusted(-2, -2, 2, 2).intersects(other) for other in taken) and rect.contains(box):
            break
        away = (turn + 1) // 2 * (1 if turn % 2 else -1)
        box = QRectF(x, y + away * (height + 3), width, height)
    taken.append(box)
    painter.setPen(QPen(style.color, 1.2))
    painter.setBrush(theme.paper)
    painter.drawRoundedRect(box, 4, 4)
    draw_marker(painter, QPointF(box.left() + 10 * unit, box.center().y()), style, 4 * unit)
    text.draw_text(painter, box.adjusted(19 * unit, 0, -2, 0), words, theme.ink, size)
