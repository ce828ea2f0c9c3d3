"""The charts as items of a graphics scene, in its pixels; all is painted by `Chart`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPainterPath, QPixmap
from PyQt6.QtWidgets import QGraphicsItem, QWidget

from optvis.draw.charts.chart import Chart
from optvis.draw.charts.profile_chart import ProfileChart
from optvis.draw.paint.image_part import paint_part
from optvis.draw.paint.theme import LIGHT, Theme
from optvis.plot import pg
from optvis.plot.pixel_item import repaint
from optvis.plot.scene_pixels import scene_pixels

_MARGIN = 12.0  # pixels that markers may reach beyond a panel
_HOLD = 4.0  # pixels beside the cursor in which it can be taken hold of


class StripItem(pg.GraphicsObject):  # type: ignore[misc]
    """All charts of a view but for what belongs to a step, kept as one pixmap; a chart that is another is painted anew.

    It lies below the plots, which paint nothing themselves.
    """

    def __init__(self) -> None:
        super().__init__()
        self._charts: tuple[Chart | ProfileChart, ...] = ()
        self._theme: Theme = LIGHT
        self._size = QSize()
        self._pixmap = QPixmap()
        self._painted: tuple[tuple[Chart | ProfileChart, ...], Theme] = (), LIGHT
        self.setZValue(-100)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_charts(self, charts: Sequence[Chart | ProfileChart], theme: Theme, size: QSize) -> None:
        """Show charts in a view of a size."""
        self.prepareGeometryChange()
        self._charts, self._theme, self._size = tuple(charts), theme, size
        self.update()

    def boundingRect(self) -> QRectF:
        """All of the view."""
        return QRectF(QPointF(), QSizeF(self._size))

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
        self._painted = self._charts, self._theme
        is_new = (self._pixmap.size(), self._pixmap.devicePixelRatio()) != (pixels, ratio)
        if is_new:
            self._pixmap = QPixmap(pixels)
            self._pixmap.setDevicePixelRatio(ratio)
        changed = [chart for chart in self._charts if chart not in charts]
        is_new |= len(changed) == len(self._charts) or len(charts) != len(self._charts) or theme is not self._theme
        if is_new:
            self._pixmap.fill(self._theme.paper)
            changed = list(self._charts)
        painter = QPainter(self._pixmap)
        for chart in changed:
            if not is_new:
                painter.setClipRect(chart.cell)
                painter.fillRect(chart.cell, self._theme.paper)
            chart.paint(painter, self._theme)
        painter.end()


class CursorItem(pg.GraphicsObject):  # type: ignore[misc]
    """The line at the step that is shown, the runs' markers, and a broken line at a step that is pointed at.

    The line can be dragged. Of a change only what was and what is painted is painted anew.

    Signals
    -------
    dragged(int)
        To a step; for whoever moves the cursor.
    """

    dragged = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self.chart: Chart | None = None
        self.theme: Theme = LIGHT
        self.step = 0
        self._reach: list[QRectF] = []
        self.pointed: int | None = None
        self.is_dragged = False
        self.setZValue(100)
        self.setCursor(Qt.CursorShape.SplitHCursor)

    def show_chart(self, chart: Chart, theme: Theme) -> None:
        """Show the cursor of a chart from now on."""
        self.prepareGeometryChange()
        self.chart, self.theme = chart, theme
        self._reach = chart.reach(self.step)
        self.update()

    def set_step(self, step: int) -> None:
        """Move the cursor."""
        before, self.step = self._reach, step
        if self.chart is not None:
            self._reach = self.chart.reach(step)
            same = [rect for rect in before if rect in self._reach]
            self._repaint([rect for rect in (*before, *self._reach) if rect not in same])

    def point_at(self, step: int | None) -> None:
        """Show, or take away, the broken line."""
        if self.chart is not None and step != self.pointed:
            both = [self.chart.line_reach(each) for each in (self.pointed, step) if each is not None]
            self._repaint([rect for rects in both for rect in rects])
        self.pointed = step

    def _repaint(self, rects: list[QRectF]) -> None:
        if self.isVisible() and self.scene() is not None:
            repaint(self.scene(), rects)

    # --- for Qt and pyqtgraph ---------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        """The panel, and as far beyond it as markers reach."""
        rect = QRectF() if self.chart is None else self.chart.viewport.rect
        return rect.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)

    def shape(self) -> QPainterPath:
        """Where the mouse takes hold of the line."""
        path = QPainterPath()
        if self.chart is not None:
            rect = self.chart.viewport.rect
            for x in self.chart.lines_at(self.step):
                path.addRect(QRectF(x - _HOLD, rect.top(), 2 * _HOLD, rect.height()))
        return path

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint the broken line, the line and the markers."""
        if self.chart is None:
            return
        if self.pointed is not None:
            self.chart.paint_hover(painter, self.pointed, self.theme)
        self.chart.paint_cursor(painter, self.step, self.theme)

    def hoverEvent(self, ev: Any) -> None:
        """Ask for drags while the mouse is over the line."""
        if not ev.isExit():
            ev.acceptDrags(Qt.MouseButton.LeftButton)

    def mouseDragEvent(self, ev: Any) -> None:
        """Tell the step under the mouse."""
        if ev.button() != Qt.MouseButton.LeftButton or self.chart is None:
            ev.ignore()
            return
        ev.accept()
        self.is_dragged = not ev.isFinish()
        at: QPointF = ev.scenePos()
        self.dragged.emit(self.chart.step_at(at.x()))
