"""The cursor of a chart as an item of a graphics scene; all is painted by `Chart`."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPainterPath
from PyQt6.QtWidgets import QWidget

from optvis.draw.charts.chart import Chart
from optvis.draw.paint.theme import LIGHT, Theme
from optvis.plot import pg
from optvis.plot.pixel_item import repaint
from optvis.plot.scene_pixels import guarded_item

_MARGIN = 12.0  # pixels that markers may reach beyond a panel
_HOLD = 4.0  # pixels beside the cursor in which it can be taken hold of


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

    @guarded_item
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
