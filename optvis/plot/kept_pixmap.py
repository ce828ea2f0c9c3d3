"""A picture that is painted once and kept until something in it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPixmap

from optvis.draw.paint.image_part import paint_part
from optvis.draw.paint.painting import painting

_RIM = 2  # logical pixels all round, for Qt leaves out half of a line that lies on the edge of a pixmap


class KeptPixmap:
    """A pixmap of a part of the scene, so that a changed rectangle over it costs a copy.

    Attributes
    ----------
    painted
        How often it was painted so far; for tests and benchmarks.
    """

    def __init__(self) -> None:
        self.painted = 0
        self._key: Any = None
        self._pixmap = QPixmap()

    def paint(
        self,
        painter: QPainter,
        rect: QRectF,
        part: QRect,
        ratio: float,
        key: Any,
        draw: Callable[[QPainter], None],
        paper: QColor | Qt.GlobalColor = Qt.GlobalColor.transparent,
    ) -> None:
        """Paint a rectangle of the scene as ``draw`` paints it, which is called only for another ``key``.

        Parameters
        ----------
        part
            Of the scene, where paint is wanted.
        rect, ratio
            In logical pixels, and how many device pixels each has.
        key
            All that the picture depends on, besides these.
        paper
            Beneath it; an opaque one is faster.
        """
        area = rect.toAlignedRect().adjusted(-_RIM, -_RIM, _RIM, _RIM)
        if (key, area.getRect(), ratio) != self._key:
            self._key = None  # until it is painted
            self.painted += 1
            self._pixmap = QPixmap(max(1, round(area.width() * ratio)), max(1, round(area.height() * ratio)))
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap.fill(paper)
            with painting(self._pixmap) as inner:
                inner.translate(-area.left(), -area.top())
                draw(inner)
            self._key = (key, area.getRect(), ratio)
        paint_part(painter, QPointF(area.topLeft()), self._pixmap, part)
