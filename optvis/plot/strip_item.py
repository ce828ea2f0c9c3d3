"""Charts as one item of a graphics scene, in its pixels; all is painted by the charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF, QSize, QSizeF
from PyQt6.QtGui import QPainter, QPixmap
from PyQt6.QtWidgets import QGraphicsItem, QWidget

from optvis.draw.paint.image_part import paint_part
from optvis.draw.paint.painting import painting
from optvis.draw.paint.theme import LIGHT, Theme
from optvis.plot.scene_pixels import guarded_item, scene_pixels


class PaintedChart(Protocol):
    """What `optvis.draw` paints of a chart that is the same at every step."""

    @property
    def cell(self) -> QRectF:
        """Outside of which it paints nothing."""

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paint it."""


class StripItem(pg.GraphicsObject):  # type: ignore[misc]
    """All charts of a view but for what belongs to a step, kept as one pixmap; a chart that is another is painted anew.

    It lies below the plots, which paint nothing themselves.
    """

    def __init__(self) -> None:
        super().__init__()
        self._charts: tuple[PaintedChart, ...] = ()
        self._theme: Theme = LIGHT
        self._size = QSize()
        self._pixmap = QPixmap()
        self._painted: tuple[tuple[PaintedChart, ...], Theme] = (), LIGHT
        self.setZValue(-100)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_charts(self, charts: Sequence[PaintedChart], theme: Theme, size: QSize) -> None:
        """Show charts in a view of a size."""
        self.prepareGeometryChange()
        self._charts, self._theme, self._size = tuple(charts), theme, size
        self.update()

    def boundingRect(self) -> QRectF:
        """All of the view."""
        return QRectF(QPointF(), QSizeF(self._size))

    @guarded_item
    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint what is kept, where it is exposed."""
        with scene_pixels(painter, self, widget) as ratio:
            self._keep(ratio)
            part = option.exposedRect.adjusted(-2, -2, 2, 2) & self.boundingRect()
            paint_part(painter, QPointF(), self._pixmap, part.toAlignedRect())

    def _keep(self, ratio: float) -> None:
        """Paint what has changed into the pixmap."""
        pixels = QSize(max(1, round(self._size.width() * ratio)), max(1, round(self._size.height() * ratio)))
        charts, theme = self._painted
        is_new = (self._pixmap.size(), self._pixmap.devicePixelRatio()) != (pixels, ratio)
        if is_new:
            self._pixmap = QPixmap(pixels)
            self._pixmap.setDevicePixelRatio(ratio)
        changed = [chart for chart in self._charts if chart not in charts]
        is_new |= len(changed) == len(self._charts) or len(charts) != len(self._charts) or theme is not self._theme
        if is_new:
            self._pixmap.fill(self._theme.paper)
            changed = list(self._charts)
        with painting(self._pixmap) as painter:
            for chart in changed:
                if not is_new:
                    painter.setClipRect(chart.cell)
                    painter.fillRect(chart.cell, self._theme.paper)
                chart.paint(painter, self._theme)
        self._painted = self._charts, self._theme
