"""Heads: where runs are at a step, or arrows at the edge where they have left the map."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter, QPen

from optvis.draw.maps.exits import exit_place, last_place, left_at
from optvis.draw.paint import text
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.markers import HEAD_RADIUS, draw_arrow, draw_marker
from optvis.draw.paint.theme import Theme, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.problems.problem import Bounds

_MARKER_REACH, _ARROW_REACH = 2.0 * HEAD_RADIUS, 20.0  # pixels from the middle, and from the tip


@dataclass(frozen=True)
class Head:
    """One run at a step, laid out in pixels; two that are equal look the same.

    Attributes
    ----------
    at
        Where its marker is, or the tip of its arrow.
    direction
        Of the arrow; None for a run that is on the map.
    words, box
        When it left the map for good or got nowhere, and where that is written; else empty.
    """

    style: int
    at: QPointF
    direction: tuple[float, float] | None
    words: str
    box: QRectF

    def reach(self, weight: float) -> list[QRectF]:
        """Rectangles of pixels outside of which nothing of it is painted."""
        far = (_MARKER_REACH if self.direction is None else _ARROW_REACH) * weight + 2
        near = QRectF(self.at.x() - far, self.at.y() - far, 2 * far, 2 * far)
        return [near, self.box.adjusted(-2, -2, 2, 2)] if self.words else [near]


def head_of(run: Run, step: int, bounds: Bounds, viewport: Viewport, taken: list[QRectF]) -> Head:
    """Lay out a run at a step.

    Parameters
    ----------
    bounds
        The domain: a run that has left it for good says so.
    taken
        Where words stand already; those of this run are added.
    """
    at, style = last_place(run.trajectory, step), run.spec.style
    x, y = float(run.trajectory.x[at]), float(run.trajectory.y[at])
    if viewport.shows(x, y):
        place, words, box = viewport.point(x, y), "", QRectF()
        if at < min(step, run.trajectory.last):
            words = f"not a number from step {at + 1}"
            taken.append(_box_over(words, place, viewport, taken))
            box = taken[-1]
        return Head(style, place, None, words, box)
    tip, direction = exit_place(run.trajectory, at, viewport)
    left = left_at(run.trajectory, bounds)
    if left is None or not 0 < left <= step:
        return Head(style, tip, direction, "", QRectF())
    words = f"left at step {left}"
    taken.append(_free_box(words, tip, viewport, taken))
    return Head(style, tip, direction, words, taken[-1])


def paint_head(painter: QPainter, head: Head, viewport: Viewport, theme: Theme) -> None:
    """Paint a marker, or an arrow and its words."""
    style, unit = run_style(head.style, theme), viewport.weight
    if head.direction is None:
        draw_marker(painter, head.at, style, HEAD_RADIUS * unit)
    else:
        draw_arrow(painter, head.at, head.direction, style, unit)
    if head.words:
        box = head.box
        painter.setPen(QPen(style.color, 1.2))
        painter.setBrush(theme.paper)
        painter.drawRoundedRect(box, 4, 4)
        draw_marker(painter, QPointF(box.left() + 10 * unit, box.center().y()), style, 4 * unit)
        text.draw_text(painter, box.adjusted(19 * unit, 0, -2, 0), head.words, theme.ink, _text_size(viewport))


def _text_size(viewport: Viewport) -> float:
    return max(8.5, text.LABEL_PIXELS * viewport.weight)


def _free_box(words: str, tip: QPointF, viewport: Viewport, taken: list[QRectF]) -> QRectF:
    """A place for words beside an arrow, moved along the edge where others are."""
    rect, unit = viewport.rect, viewport.weight
    width, height = _box_size(words, viewport)
    x = min(max(tip.x() - width / 2, rect.left() + 4), rect.right() - width - 4)
    y = min(max(tip.y() - height / 2, rect.top() + 4), rect.bottom() - height - 4)
    on_side = min(tip.x() - rect.left(), rect.right() - tip.x()) < min(tip.y() - rect.top(), rect.bottom() - tip.y())
    if on_side:
        x = rect.left() + 20 * unit if tip.x() < rect.center().x() else rect.right() - width - 20 * unit
    else:
        y = rect.top() + 20 * unit if tip.y() < rect.center().y() else rect.bottom() - height - 20 * unit
    return _moved(QRectF(x, y, width, height), rect, taken)


def _box_over(words: str, head: QPointF, viewport: Viewport, taken: list[QRectF]) -> QRectF:
    """A place for words over a marker, below it where there is no room."""
    rect, away = viewport.rect, (HEAD_RADIUS + 6) * viewport.weight
    width, height = _box_size(words, viewport)
    x = min(max(head.x() - width / 2, rect.left() + 4), rect.right() - width - 4)
    above = head.y() - away - height
    return _moved(QRectF(x, above if above > rect.top() + 4 else head.y() + away, width, height), rect, taken)


def _box_size(words: str, viewport: Viewport) -> tuple[float, float]:
    size, unit = _text_size(viewport), viewport.weight
    return text.width(words, size) + 24 * unit, size + 8 * unit


def _moved(box: QRectF, rect: QRectF, taken: list[QRectF]) -> QRectF:
    """A box moved up or down until it is over no other."""
    x, y, width, height = box.getRect()
    for turn in range(1, 40):
        if not any(box.adjusted(-2, -2, 2, 2).intersects(other) for other in taken) and rect.contains(box):
            break
        away = (turn + 1) // 2 * (1 if turn % 2 else -1)
        box = QRectF(x, y + away * (height + 3), width, height)
    return box
