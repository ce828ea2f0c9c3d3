"""A rectangle of a graphics scene that is painted by a function of `optvis.draw`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QGraphicsItem, QWidget

from optvis.draw.paint.theme import Theme
from optvis.plot.scene_pixels import guarded_item
from optvis.plot.themed import Themed

Draw = Callable[[QPainter, QRectF, Theme], None]


class PaintedItem(Themed, QGraphicsItem):
    """Words beside or over the plots of a scene, in its pixels; the mouse does not see them."""

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self._shown: tuple[Any, ...] = ()
        self._draw: Draw | None = None
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(10)

    def show_in(self, rect: QRectF, draw: Draw | None, *shown: Any) -> None:
        """Paint something in a rectangle, or nothing; again only if what is shown differs.

        Parameters
        ----------
        shown
            All that the picture depends on, besides the rectangle and the theme.
        """
        self._draw = draw
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = QRectF(rect)
        if shown != self._shown:
            self._shown = shown
            self.update()

    # --- for Qt ------------------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        """The rectangle."""
        return self._rect

    @guarded_item
    def paint(self, painter: QPainter | None, option: Any, widget: QWidget | None = None) -> None:
        """Paint what is shown."""
        if self._draw is not None and painter is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(painter, self._rect, self.theme)
