"""The panel behind curves: its colour, and a grid at the ticks of the plot's axes."""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QPainter

from optvis.draw.paint.axes import AxesStyle, paint_frame
from optvis.draw.paint.strokes import is_vector
from optvis.draw.paint.viewport import Viewport
from optvis.plot.axis import Axis
from optvis.plot.kept_pixmap import KeptPixmap
from optvis.plot.pixel_item import PixelItem

_NO_NUMBERS = AxesStyle(has_x_numbers=False, has_y_numbers=False)


class GridItem(PixelItem):
    """A background that is kept, so that a cursor over it repaints no grid."""

    def __init__(self, bottom: Axis, left: Axis) -> None:
        super().__init__()
        self._bottom, self._left = bottom, left
        self._kept = KeptPixmap()
        self.setZValue(-95)

    def paint_pixels(self, painter: QPainter, viewport: Viewport, ratio: float, part: QRect) -> None:
        """Paint the panel and the grid."""
        theme = self.theme
        (_, xs), (_, ys) = self._bottom.ticks_in(viewport), self._left.ticks_in(viewport)

        def draw(inner: QPainter) -> None:
            inner.fillRect(viewport.rect, theme.panel)
            paint_frame(inner, viewport.rect, theme, xs, ys, _NO_NUMBERS)

        if is_vector(painter):
            draw(painter)
        else:
            painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
            self._kept.paint(painter, viewport.rect, part, ratio, (viewport, theme, xs, ys), draw, theme.panel)
