"""Marks on a map: the heads of runs, minima, the start."""

from __future__ import annotations

import math
from functools import lru_cache

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from optvis.draw.paint.theme import Marker, RunStyle, Theme

HEAD_RADIUS = 6.5
START_RADIUS = 7.0


@lru_cache(maxsize=16)
def marker_path(marker: Marker) -> QPainterPath:
    """Return the outline of a marker about (0, 0), of about the area of a circle of radius 1."""
    path = QPainterPath()
    if marker == "circle":
        path.addEllipse(QPointF(0, 0), 1, 1)
    elif marker == "square":
        path.addRect(QRectF(-0.89, -0.89, 1.78, 1.78))
    elif marker == "hourglass":
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in ((-1, -1.1), (1, -1.1), (-1, 1.1), (1, 1.1))]))
    elif marker == "star":
        path.addPolygon(_around(10, 1.4, 0.62))
    elif marker == "cross":
        arm, half = 1.15, 0.42
        path.addRect(QRectF(-arm, -half, 2 * arm, 2 * half))
        upright = QPainterPath()
        upright.addRect(QRectF(-half, -arm, 2 * half, 2 * arm))
        path = QTransform().rotate(45).map(path.united(upright))
    else:
        corners, turn = {"diamond": (4, 0), "triangle": (3, 0), "triangle-down": (3, 180)}[marker]
        path.addPolygon(_around(corners, 1.25 if corners == 4 else 1.35, None))
        path = QTransform().rotate(turn).map(path)
    path.closeSubpath()
    return path


def _around(corners: int, outer: float, inner: float | None) -> QPolygonF:
    """Corners on a circle, beginning at the top; every second one on the inner circle if there is one."""
    points = []
    for index in range(corners):
        angle = 2 * math.pi * index / corners
        radius = outer if inner is None or index % 2 == 0 else inner
        points.append(QPointF(radius * math.sin(angle), -radius * math.cos(angle)))
    return QPolygonF(points)


def draw_marker(painter: QPainter, at: QPointF, style: RunStyle, radius: float = HEAD_RADIUS) -> None:
    """Draw a run's marker with its halo."""
    path = QTransform().translate(at.x(), at.y()).scale(radius, radius).map(marker_path(style.marker))
    pen = QPen(style.halo, max(1.5, radius * 0.5))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.fillPath(path, style.color)


def draw_minimum(painter: QPainter, at: QPointF, theme: Theme, weight: float = 1.0) -> None:
    """Draw the cross at a known minimum."""
    for color, width, arm in ((theme.halo, 5.5 * weight, 7.5 * weight), (theme.ink, 2.2 * weight, 6.5 * weight)):
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(at - QPointF(arm, 0), at + QPointF(arm, 0))
        painter.drawLine(at - QPointF(0, arm), at + QPointF(0, arm))


def draw_start(painter: QPainter, at: QPointF, theme: Theme, weight: float = 1.0, *, is_active: bool = False) -> None:
    """Draw the ring of the start; larger and in the accent colour while it is pointed at or dragged."""
    radius = (START_RADIUS + (2 if is_active else 0)) * weight
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((theme.halo, 5.0), (theme.accent if is_active else theme.ink, 2.2)):
        painter.setPen(QPen(color, width * weight))
        painter.drawEllipse(at, radius, radius)


def draw_arrow(
    painter: QPainter, tip: QPointF, direction: tuple[float, float], style: RunStyle, weight: float = 1.0
) -> None:
    """Draw an arrow head whose tip is at a point; the direction need not have length 1."""
    path = arrow_head(tip, direction, 15 * weight)
    pen = QPen(style.halo, 3.5 * weight)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.fillPath(path, QBrush(QColor(style.color)))


def arrow_head(tip: QPointF, direction: tuple[float, float], length: float) -> QPainterPath:
    """Return the outline of an arrow head whose tip is at a point."""
    angle = math.degrees(math.atan2(direction[1], direction[0]))
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in ((0, 0), (-1, -0.47), (-0.77, 0), (-1, 0.47))]))
    path.closeSubpath()
    return QTransform().translate(tip.x(), tip.y()).rotate(angle).scale(length, length).map(path)
