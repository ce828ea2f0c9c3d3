"""The parts of a chart as items of a graphics scene, in its pixels; all are painted by `Chart`."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPainterPath, QPixmap
from PyQt6.QtWidgets import QGraphicsItem, QWidget

from optvis.draw.charts.chart import Chart
from optvis.draw.paint.image_part import paint_part
from optvis.draw.paint.theme import LIGHT, Theme
from optvis.plot.pixel_item import repaint
from optvis.plot.scene_pixels import scene_pixels

_MARGIN = 12.0  # pixels that markers may reach beyond a panel
_HOLD = 4.0  # pixels beside the cursor in which it can be taken hold of


class _ChartPart(pg.GraphicsObject):  # type: ignore[misc]
    """A part of a chart: nothing until there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.chart: Chart | None = None
        self.theme: Theme = LIGHT

    def show_chart(self, chart: Chart, theme: Theme) -> None:
        """Paint a chart from now on."""
        self.prepareGeometryChange()
        self.chart, self.theme = chart, theme
        self.update()


class KeptPanels:
    """One pixmap of a view's size with the panels of all its charts, each painted when it is another chart.

    A pixmap for each would be as good, but for the last bit: Qt rounds by where on a page it paints.
    """

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._panels: dict[CurvesItem, tuple[Chart, Theme]] = {}

    def paint(self, painter: QPainter, item: CurvesItem, chart: Chart, part: QRect, size: QSize, ratio: float) -> None:
        """Paint a part of a panel, in the scene's pixels.

        Parameters
        ----------
        size, ratio
            Of the view in logical pixels, and how many device pixels each has.
        """
        pixels = QSize(max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio)))
        if (self._pixmap.size(), self._pixmap.devicePixelRatio()) != (pixels, ratio):
            self._pixmap = QPixmap(pixels)
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap.fill(item.theme.paper)
            self._panels.clear()
        if self._panels.get(item) != (chart, item.theme):
            self._panels[item] = chart, item.theme
            inner = QPainter(self._pixmap)
            chart.paint_panel(inner, item.theme)
            inner.end()
        paint_part(painter, QPointF(), self._pixmap, part)


class CurvesItem(_ChartPart):
    """The panel with grid and curves, in a view box.

    It is a child of the box itself and not of what the box transforms, for Qt cannot invert a transform to very
    large numbers.
    """

    def __init__(self, box: pg.ViewBox, kept: KeptPanels) -> None:
        super().__init__()
        self._kept = kept
        self.setParentItem(box)
        self.setZValue(-50)  # under what the box shows, as its rectangle of zoom
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        """The panel."""
        return QRectF() if self.chart is None else self.mapRectFromScene(self.chart.viewport.rect)

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint what is kept, where it is exposed."""
        if self.chart is not None:
            part = self.mapRectToScene(option.exposedRect).adjusted(-2, -2, 2, 2) & self.chart.viewport.rect
            size = self.scene().views()[0].size()
            with scene_pixels(painter, self, widget) as ratio:
                self._kept.paint(painter, self, self.chart, part.toAlignedRect(), size, ratio)


class TitleItem(_ChartPart):
    """The line above a panel."""

    def boundingRect(self) -> QRectF:
        """Its place."""
        return QRectF() if self.chart is None else self.chart.title_rect.adjusted(0, -2, 0, 2)

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint it."""
        if self.chart is not None:
            self.chart.paint_title(painter, self.theme)


class CursorItem(_ChartPart):
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
        self.step = 0
        self.pointed: int | None = None
        self.is_dragged = False
        self.setZValue(100)
        self.setCursor(Qt.CursorShape.SplitHCursor)

    def set_step(self, step: int) -> None:
        """Move the cursor."""
        if self.chart is not None and step != self.step:
            self._repaint(self.chart.reach(self.step) + self.chart.reach(step))
        self.step = step

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
