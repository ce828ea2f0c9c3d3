"""The line on a map along which a chart shows the loss: its ends are named, and can be dragged in the window."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter, QPen

from optvis.draw.paint.strokes import draw_lines, strokes
from optvis.draw.paint.text import Align, draw_text
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.problems.problem import Point, Segment

Part = Literal["", "line", "A", "B"]
"""Of a profile line; empty for none."""

END_RADIUS = 8.5
_RING = 5.0
_MARGIN = 40.0  # pixels beside the map from where an end may still reach into it


def paint_profile_line(
    painter: QPainter, segment: Segment, viewport: Viewport, theme: Theme, active: Part = ""
) -> None:
    """Paint the line and its ends A and B; clipping is the caller's.

    Parameters
    ----------
    active
        What is pointed at or dragged; all of it where that is the line.
    """
    weight, near = viewport.weight, viewport.rect.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
    points = viewport.to_pixels(segment[::2], segment[1::2])
    line = strokes(points, np.arange(2), (), near).lines
    draw_lines(painter, line, theme.halo, 3.8 * weight)
    draw_lines(painter, line, theme.accent if active == "line" else theme.ink, 1.5 * weight)
    for name, (x, y) in zip("AB", points.tolist(), strict=True):
        if math.isfinite(x) and math.isfinite(y) and near.contains(x, y):
            _paint_end(painter, QPointF(x, y), name, theme, weight, is_active=active in (name, "line"))


def _paint_end(painter: QPainter, at: QPointF, name: str, theme: Theme, weight: float, *, is_active: bool) -> None:
    radius, color = END_RADIUS * weight, theme.accent if is_active else theme.ink
    painter.setBrush(theme.paper)
    for ring, width in ((theme.halo, 4.6), (color, 1.8)):
        painter.setPen(QPen(ring, width * weight))
        painter.drawEllipse(at, radius, radius)
    place = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
    draw_text(painter, place, name, color, 11.0 * weight, Align.AlignCenter, bold=True)


def paint_place(painter: QPainter, place: Point, viewport: Viewport, theme: Theme) -> None:
    """Paint a small ring at a place of the line; clipping is the caller's."""
    if not viewport.shows(*place, _MARGIN):
        return
    radius = _RING * viewport.weight
    painter.setBrush(theme.paper)
    for color, width in ((theme.halo, 4.6), (theme.accent, 2.0)):
        painter.setPen(QPen(color, width * viewport.weight))
        painter.drawEllipse(viewport.point(*place), radius, radius)


def place_reach(place: Point, viewport: Viewport) -> QRectF:
    """Return the rectangle outside of which `paint_place` paints nothing."""
    if not viewport.shows(*place, _MARGIN):
        return QRectF()
    at, far = viewport.point(*place), (_RING + 3.0) * viewport.weight + 2.0
    return QRectF(at.x() - far, at.y() - far, 2 * far, 2 * far)
