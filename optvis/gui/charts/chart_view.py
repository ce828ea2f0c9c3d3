"""The strip of charts in the window; their cursor is the step, and a click or drag moves it."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from optvis.draw.charts.chart import Chart
from optvis.draw.charts.chart_grid import Charts, least_height
from optvis.draw.paint.theme import Theme
from optvis.explain.measures import MEASURES
from optvis.gui.charts.chart_menu import ChartMenu
from optvis.gui.charts.chart_readout import ChartReadout
from optvis.gui.state.playback import Playback
from optvis.gui.state.store import Store
from optvis.gui.widgets.palette import theme_of


class ChartView(QWidget):
    """The charts that the session's view names, of every run that is switched on.

    The curves are kept as a pixmap; a frame of play paints only the cursors over it.

    Attributes
    ----------
    menu
        Which charts, linear or logarithmic, against what; also opened by a right click.
    readout
        The values of all runs at the step under the mouse.
    """

    def __init__(self, store: Store, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._playback = playback
        self._charts: Charts | None = None
        self._curves: QPixmap | None = None
        self._hover: tuple[Chart, int] | None = None
        self._mouse: QPointF | None = None
        self._scrubbed: Chart | None = None
        self.menu = ChartMenu(store, self)
        self.readout = ChartReadout(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAccessibleName("Charts")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        store.sceneChanged.connect(self._forget)
        playback.stepChanged.connect(lambda _: self.update())
        self._forget()

    @property
    def charts(self) -> Charts:
        """The charts with their places."""
        if self._charts is None:
            rect = QRectF(self.rect()).adjusted(2, 2, -4, -2)
            self._charts = Charts(self._store.scene, rect, self._theme, self._pixels)
        return self._charts

    @property
    def hovered(self) -> tuple[Chart, int] | None:
        """The chart and the step that the mouse points at."""
        return self._hover

    @property
    def _theme(self) -> Theme:
        return theme_of(self.palette())

    @property
    def _pixels(self) -> float:
        return self.fontMetrics().height() * 0.72

    def sizeHint(self) -> QSize:
        """A strip under the map."""
        return QSize(600, 180)

    def _forget(self, _: Any = None) -> None:
        """Lay the charts out anew."""
        self._charts = self._curves = None
        kinds = self._store.scene.session.view.charts
        self.setMinimumHeight(least_height(len(kinds), self.width(), self._pixels) + 4)
        titles = ", ".join(MEASURES[kind].title.lower() for kind in kinds)
        self.setAccessibleDescription(f"Of every run: {titles or 'nothing'}. Click or drag to move the step.")
        self._point(self._mouse)
        self.update()

    # --- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the curves and the cursors."""
        ratio, charts, theme = self.devicePixelRatioF(), self.charts, self._theme
        if self._curves is None or self._curves.devicePixelRatio() != ratio:
            self._curves = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            self._curves.setDevicePixelRatio(ratio)
            self._curves.fill(theme.paper)
            painter = QPainter(self._curves)
            charts.paint_curves(painter)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._curves)
        if self._hover is not None:
            for each in charts.charts:
                each.paint_hover(painter, self._hover[1], theme)
        charts.paint_cursors(painter, self._playback.step)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        self._forget()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._forget()
        super().changeEvent(event)

    # --- the mouse -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the step under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._scrubbed = self.charts.chart_at(event.position())
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub; without a button, tell the values."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event)
        self._point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End scrubbing."""
        self._scrubbed = None

    def leaveEvent(self, event: QEvent) -> None:
        """Take the readout away."""
        self._point(None)

    def hideEvent(self, event: Any) -> None:
        """Take the readout away."""
        self._point(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu."""
        self._point(None)
        self.menu.popup(event.globalPos())

    def _seek(self, event: QMouseEvent) -> None:
        if self._scrubbed is not None:
            self._playback.pause()
            self._playback.seek(self._scrubbed.step_at(event.position().x()))

    def _point(self, at: QPointF | None) -> None:
        """Show the values at a place of a panel; none beside the panels."""
        self._mouse = at
        found = None
        if at is not None and self._store.scene.visible_runs:
            each = self._scrubbed or self.charts.chart_at(at)
            if each is not None and (self._scrubbed or each.viewport.rect.adjusted(-4, -4, 4, 4).contains(at)):
                found = each, each.step_at(at.x())
        if found != self._hover:
            self._hover = found
            self.update()
        if found is None or at is None:
            self.readout.hide()
        else:
            above = self.mapTo(self.window(), QPointF(at.x(), 0).toPoint())  # over the map, not over curves
            self.readout.tell(*found, above)
