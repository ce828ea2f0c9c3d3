"""The strip of charts in the window: plots that share their steps, and whose cursor is the step."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QContextMenuEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from optvis.draw.charts.chart import Chart
from optvis.draw.charts.chart_grid import Charts, least_height
from optvis.draw.paint.theme import Theme
from optvis.explain.measures import MEASURES, Against, MeasureName
from optvis.gui.charts.chart_menu import ChartMenu
from optvis.gui.charts.chart_panel import ChartPanel, Range
from optvis.gui.charts.chart_readout import ChartReadout
from optvis.gui.charts.window_menu import WindowMenu
from optvis.gui.state.playback import Playback
from optvis.gui.state.store import Store
from optvis.gui.widgets.palette import theme_of
from optvis.plot import pg
from optvis.plot.strip_item import StripItem


class ChartView(QWidget):
    """The charts that the session's view names, of every run that is switched on.

    A click moves the step, and so does a drag of a cursor; the wheel, other drags and the menu choose a window, of
    which the steps are common to all charts. What was zoomed is no part of the session.

    Attributes
    ----------
    view
        What pyqtgraph paints the plots in.
    menu
        Which charts, linear or logarithmic, against what.
    window_menu
        The same and the window of the chart under the mouse, for a right click.
    readout
        The values of all runs at the step under the mouse.
    """

    def __init__(self, store: Store, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._playback = playback
        self._panels: dict[MeasureName, ChartPanel] = {}  # kept when they are not shown
        self._charts: Charts | None = None
        self._steps: Range | None = None
        self._against: Against = "steps"
        self._drag = "rect"
        self._hover: tuple[Chart, int] | None = None
        self._mouse: QPointF | None = None
        self.menu = ChartMenu(store, self)
        self.window_menu = WindowMenu(self.menu, self)
        self.window_menu.view_all.triggered.connect(self.reset_view)
        for name, action in self.window_menu.drags.items():
            action.triggered.connect(lambda _, name=name: self._set_drag(name))
        self.readout = ChartReadout(self)
        self.view = pg.GraphicsView(self)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._strip = StripItem()
        self.view.addItem(self._strip)
        scene = self.view.scene()
        scene.sigMouseMoved.connect(self._point)
        scene.sigMouseClicked.connect(self._click)
        scene.sigPrepareForPaint.connect(self._arrange)
        self.setAccessibleName("Charts")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        store.sceneChanged.connect(self._forget)
        playback.stepChanged.connect(self._show_step)
        self._forget()

    @property
    def charts(self) -> Charts:
        """The charts with their places, and the windows of them that are seen."""
        self._arrange()
        assert self._charts is not None
        return self._charts

    @property
    def panels(self) -> list[ChartPanel]:
        """The plots that are shown, in the order of the charts."""
        return [self._panels[chart.measure.kind] for chart in self.charts.charts]

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

    def reset_view(self) -> None:
        """Show all steps and values."""
        self._steps = None
        for panel in self._panels.values():
            panel.values = None
        self._forget()

    # --- plots -----------------------------------------------------------------------------------

    def _forget(self, _: Any = None) -> None:
        """Lay the charts out anew."""
        self._charts = None
        kinds = self._store.scene.session.view.charts
        self.setMinimumHeight(least_height(len(kinds), self.width(), self._pixels) + 4)
        titles = ", ".join(MEASURES[kind].title.lower() for kind in kinds)
        self.setAccessibleDescription(f"Of every run: {titles or 'nothing'}. Click or drag the line to move the step.")
        if self.isVisible():
            self._arrange()
            self._point(self._mouse)

    def _arrange(self) -> None:
        """Show the charts of the scene in the plots, unless they are there."""
        if self._charts is not None:
            return
        theme, rect = self._theme, QRectF(self.rect()).adjusted(2, 2, -4, -2)
        self._charts = Charts(self._store.scene, rect, theme, self._pixels)
        self._keep_steps(self._charts.charts)
        panels = [self._panel(chart.measure.kind) for chart in self._charts.charts]
        for panel in self._panels.values():
            if panel not in panels:
                panel.hide()
        for panel, chart in zip(panels, self._charts.charts, strict=True):
            panel.show_chart(chart, theme, self._steps)
        self._show_charts(panels)

    def _show_charts(self, panels: list[ChartPanel]) -> None:
        """Take over the windows that plots show."""
        self.charts.charts = [panel.chart for panel in panels]
        self._strip.show_charts(self.charts.charts, self._theme, self.size())

    def _panel(self, kind: MeasureName) -> ChartPanel:
        if kind not in self._panels:
            panel = self._panels[kind] = ChartPanel(self.view)
            panel.box.setLeftButtonAction(self._drag)
            panel.cursor.set_step(self._playback.step)
            panel.cursor.dragged.connect(self._seek)
            panel.zoomed.connect(lambda: self._share_steps(panel))
        return self._panels[kind]

    def _keep_steps(self, charts: list[Chart]) -> None:
        """Keep the window of steps where there still are such steps."""
        if charts:
            against, last = charts[0].against, charts[0].last
            if self._steps is not None:
                low, high = self._steps
                has_such = against == self._against and low < last
                self._steps = (low, min(high, float(last))) if has_such else None
            self._against = against

    def _share_steps(self, zoomed: ChartPanel) -> None:
        """Show in all charts the steps that the mouse has chosen in one."""
        if zoomed.steps != self._steps:
            self._steps = zoomed.steps
            for panel in self.panels:
                if panel is not zoomed:
                    panel.show_steps(self._steps)
        self._show_charts(self.panels)
        self._point(self._mouse)

    def _set_drag(self, action: str) -> None:
        """Let a drag zoom to a rectangle (``rect``) or move what is seen (``pan``)."""
        self._drag = action
        for panel in self._panels.values():
            panel.box.setLeftButtonAction(action)

    def _show_step(self, step: int) -> None:
        for panel in self._panels.values():
            panel.cursor.set_step(step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        self.view.setGeometry(self.rect())
        self._forget()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has changed meanwhile."""
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._forget()
        super().changeEvent(event)

    # --- the mouse -------------------------------------------------------------------------------

    def leaveEvent(self, event: QEvent) -> None:
        """Take the readout away."""
        self._point(None)

    def hideEvent(self, event: Any) -> None:
        """Take the readout away."""
        self._point(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave the right button to pyqtgraph, where it may also drag."""
        event.accept()

    def _click(self, event: Any) -> None:
        """Show the step under the mouse, or open the menu."""
        at = event.scenePos()
        chart = self.charts.chart_at(at)
        if event.button() == Qt.MouseButton.LeftButton and chart is not None:
            self._seek(chart.step_at(at.x()))
        elif event.button() == Qt.MouseButton.RightButton:
            self._point(None)
            panel = None if chart is None else self._panels[chart.measure.kind]
            self.window_menu.popup_for(panel, event.screenPos().toPoint())

    def _seek(self, step: int) -> None:
        self._playback.pause()
        self._playback.seek(step)

    def _point(self, at: QPointF | None) -> None:
        """Show the values at a place of a panel; none beside the panels."""
        self._mouse = at
        found = None
        if at is not None and self._store.scene.visible_runs:
            dragged = next((panel.chart for panel in self.panels if panel.cursor.is_dragged), None)
            each = dragged or self.charts.chart_at(at)
            if each is not None and (dragged or each.viewport.rect.adjusted(-4, -4, 4, 4).contains(at)):
                found = each, each.step_at(at.x())
        self._hover = found
        for panel in self._panels.values():
            panel.cursor.point_at(None if found is None else found[1])
        if found is None or at is None:
            self.readout.hide()
        else:
            above = self.mapTo(self.window(), QPointF(at.x(), 0).toPoint())  # over the map, not over curves
            self.readout.tell(*found, above)
