"""The loss as a picture: a filled image with contour lines on it, hatched where there is no loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from optvis.draw.maps.contour_labels import paint_contour_labels
from optvis.draw.paint.painting import saved
from optvis.draw.paint.strokes import draw_lines
from optvis.draw.paint.theme import Theme, color_table
from optvis.draw.paint.tone_bar import paint_loss_bar, paint_tone_bar
from optvis.draw.paint.viewport import Viewport
from optvis.landscape.loss_surface import Surface

CONTOUR_WIDTH = 1.0
_HATCH_SPACING = 9.0
_COARSEST = 50.0
_ROOM_FOR_BAR = (420.0, 260.0)


class Relief:
    """A surface made ready for painting in any viewport, so that panning and zooming only paint.

    Attributes
    ----------
    surface
        What it was made of.
    colormap
        The one asked for, or through a lens the other one, so that nobody takes errors for losses.
    has_bar, has_labels
        Whether a key says which colour is which loss, and contour lines say their losses.
    """

    def __init__(
        self,
        surface: Surface,
        theme: Theme,
        colormap: str = "viridis",
        *,
        has_bar: bool = False,
        has_labels: bool = False,
    ) -> None:
        self.surface = surface
        self.has_bar, self.has_labels = has_bar, has_labels
        self.theme = theme
        if surface.key is not None and surface.key.low is not None:
            colormap = "viridis" if colormap == "cividis" else "cividis"
        self.colormap = colormap
        height, width = surface.tones.shape
        self._memory = np.ascontiguousarray(
            surface.tones[::-1]
        )  # the image's first row is the top; QImage copies nothing
        self._image = QImage(self._memory.data, width, height, width, QImage.Format.Format_Indexed8)  # type: ignore[call-overload]
        self._image.setColorTable(list(color_table(colormap, theme)))
        kind = QImage.Format.Format_ARGB32_Premultiplied if surface.has_gaps else QImage.Format.Format_RGB32
        self._image = self._image.convertToFormat(kind)
        self._contours = QPainterPath()
        for _, lines in surface.contours:
            for line in lines:
                self._contours.addPolygon(self._polygon(line))

    def _polygon(self, line: NDArray[np.float64]) -> QPolygonF:
        """A line in shares of the bounds, y down, so that a path keeps its precision at any zoom."""
        xmin, xmax, ymin, ymax = self.surface.bounds
        across, down = (line[:, 0] - xmin) / (xmax - xmin), (ymax - line[:, 1]) / (ymax - ymin)
        return QPolygonF(list(map(QPointF, across.tolist(), down.tolist())))

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint into the viewport's rectangle; where the surface ends nothing is painted."""
        height, width = self.surface.tones.shape
        area = viewport.within(self.surface.bounds)
        if area.width() > _COARSEST * viewport.rect.width() or area.height() > _COARSEST * viewport.rect.height():
            return  # magnified so much that it shows nothing
        # Nodes are the middles of the image's pixels, so the picture is half a pixel larger all round.
        half_x, half_y = area.width() / (width - 1) / 2, area.height() / (height - 1) / 2
        with saved(painter):
            painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
            if self.surface.has_gaps:
                paint_hatching(painter, viewport.rect & area, self.theme)
            paint_picture(
                painter, self._image, viewport, area.adjusted(-half_x, -half_y, half_x, half_y), is_smooth=True
            )
        self.paint_contours(painter, viewport)

    def paint_contours(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint the contour lines alone."""
        area = viewport.within(self.surface.bounds)
        if area.width() > _COARSEST * viewport.rect.width() or area.height() > _COARSEST * viewport.rect.height():
            return
        with saved(painter):
            painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            shares = QTransform(area.width(), 0, 0, area.height(), area.left(), area.top())
            painter.setPen(QPen(self.theme.contour, CONTOUR_WIDTH * viewport.weight))
            painter.drawPath(shares.map(self._contours))
            if self.has_labels:
                paint_contour_labels(painter, self.surface, viewport, self.theme)

    def paint_key(self, painter: QPainter, viewport: Viewport) -> None:
        """Say what the colours mean, where there is room or they are not the loss."""
        if self.surface.key is not None:
            paint_tone_bar(painter, self.surface.key, viewport, self.theme, self.colormap)
        elif self.has_bar and viewport.rect.width() >= _ROOM_FOR_BAR[0] and viewport.rect.height() >= _ROOM_FOR_BAR[1]:
            paint_loss_bar(painter, self.surface.scale, viewport, self.theme, self.colormap)


def paint_picture(
    painter: QPainter, image: QImage, viewport: Viewport, area: QRectF, *, is_smooth: bool = False
) -> None:
    """Paint an image that covers an area of pixels, clipped to the viewport's rectangle."""
    if area.width() > _COARSEST * viewport.rect.width() or area.height() > _COARSEST * viewport.rect.height():
        return  # magnified so much that it shows nothing
    with saved(painter):
        painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        painter.drawImage(area, image)


def paint_hatching(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Fill a rectangle with slanting lines: no loss here."""
    painter.fillRect(rect, theme.panel)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    with saved(painter):
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        at = rect.left() + np.arange(0.0, rect.width() + rect.height(), _HATCH_SPACING)
        tops, bottoms = np.full_like(at, rect.top()), np.full_like(at, rect.bottom())
        draw_lines(painter, np.column_stack([at, tops, at - rect.height(), bottoms]), theme.hatch, 1.2)
