"""Painting a part of an image that lies on a page."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QPointF, QRect, QRectF
from PyQt6.QtGui import QImage, QPainter, QPixmap


def paint_part(painter: QPainter, at: QPointF, image: QImage | QPixmap, part: QRect | None) -> None:
    """Paint of an image whose corner is at whole pixels only what lies in a part of the page; None for all of it.

    With a clip of several rectangles alone, Qt goes through all rows of an image, wherever they are.
    """
    draw: Any = painter.drawImage if isinstance(image, QImage) else painter.drawPixmap
    if part is None:
        draw(at, image)
        return
    ratio = image.devicePixelRatio()
    seen = QRectF(at.x(), at.y(), image.width() / ratio, image.height() / ratio) & QRectF(part)
    if not seen.isEmpty():
        corner = (seen.topLeft() - at) * ratio
        draw(seen, image, QRectF(corner.x(), corner.y(), seen.width() * ratio, seen.height() * ratio))
