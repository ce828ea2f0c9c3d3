"""The chart of the loss along the profile line, in the window."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QMenu, QWidget

from optvis.draw.charts.profile_chart import ProfileChart, description, profile_chart
from optvis.explain.crossed_profile import CrossedProfile, crossed_profile_in_slices
from optvis.foundation.number_text import number
from optvis.gui.charts.chart_items import StripItem
from optvis.gui.charts.profile_items import PassedItem
from optvis.gui.charts.profile_menu import ProfileMenu
from optvis.gui.state.playback import Playback
from optvis.gui.state.refinement import Refinement
from optvis.gui.state.store import Store
from optvis.gui.widgets.palette import theme_of
from optvis.plot import pg
from optvis.plot.plots import dress, new_plot, place, set_look

_NEAR_A_MARK = 8.0  # pixels from which a click finds it
_LOG_LIMITS = (-324.0, 308.0)  # of what a float can be


class ProfileView(QWidget):
    """A pyqtgraph plot of the loss along the session's line, with a mark where each run has crossed it.

    A click on a mark shows the step of the crossing; the wheel and drags zoom. The last profile stays until the next
    one is computed.

    Attributes
    ----------
    refinement
        Computes the profile.
    menu
        Where the line is laid, and View all.
    plot, box
        The plot and its view box.

    Signals
    -------
    pointed(str)
        What is under the mouse, in words; empty for nothing.
    placed(object)
        The place of the plane under the mouse, x and y; None for none.
    """

    pointed = pyqtSignal(str)
    placed = pyqtSignal(object)

    def __init__(self, store: Store, playback: Playback, line_menu: ProfileMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._playback = store, playback
        self._full: ProfileChart | None = None
        self._is_whole = True
        self._is_placing = False
        self._mouse: QPointF | None = None
        self.refinement: Refinement[CrossedProfile] = Refinement(self)
        self.refinement.changed.connect(self._forget)
        self.menu = QMenu(self)
        self.menu.addActions(line_menu.actions())
        self.menu.addSeparator()
        self.view_all = self.menu.addAction("View &all")
        self.view_all.triggered.connect(self.reset_view)
        self.view = pg.GraphicsView(self)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._strip, self.passed = StripItem(), PassedItem()
        self.plot = new_plot(has_menu=False)
        self.box = self.plot.getViewBox()
        for item in (self.box, self.plot.getAxis("bottom"), self.plot.getAxis("left")):
            item.setFlag(item.GraphicsItemFlag.ItemHasNoContents)
        self.box.setLeftButtonAction("rect")
        self.box.sigRangeChanged.connect(self._take_window)
        for each in (self._strip, self.plot, self.passed):
            self.view.addItem(each)
        scene = self.view.scene()
        scene.sigMouseMoved.connect(self._point)
        scene.sigMouseClicked.connect(self._click)
        scene.sigPrepareForPaint.connect(self._arrange)
        self.setAccessibleName("Loss along the profile line")
        store.sceneChanged.connect(self._follow)
        playback.stepChanged.connect(self.passed.set_step)
        self._follow()

    @property
    def chart(self) -> ProfileChart | None:
        """The chart with the window that is shown; None before the first profile."""
        self._arrange()
        return self.passed.chart

    @property
    def _pixels(self) -> float:
        return self.fontMetrics().height() * 0.72

    def sizeHint(self) -> QSize:
        """As high as the charts beside it."""
        return QSize(300, 180)

    def reset_view(self) -> None:
        """Show all of the line."""
        if self._full is not None:
            self._show_window(*self._full.full_bounds)

    # --- the profile -----------------------------------------------------------------------------

    def _follow(self, _: Any = None) -> None:
        """Compute the profile of the scene's line, or forget what there was."""
        scene = self._store.scene
        segment = scene.session.view.profile
        if segment is None:
            self.refinement.cancel()
            self.refinement.result = None
            return
        trajectories = tuple(run.trajectory for run in scene.visible_runs)
        stage = partial(crossed_profile_in_slices, scene.problem, segment, trajectories)
        self.refinement.want((scene.problem, segment, trajectories), [stage])
        self._forget()

    def _forget(self) -> None:
        """Lay the chart out anew."""
        before, self._full = self._full, None
        if before is not None:
            self._is_whole = self.passed.chart is None or self.passed.chart.viewport.bounds == before.full_bounds
        if self.isVisible():
            self._arrange()
            self._point(self._mouse)

    def _arrange(self) -> None:
        """Show the profile in the plot, unless it is there."""
        crossed = self.refinement.result
        if self._full is not None or crossed is None:
            return
        theme, rect = theme_of(self.palette()), QRectF(self.rect()).adjusted(2, 2, -4, -2)
        seen = None if self._is_whole or self.passed.chart is None else self.passed.chart.viewport.bounds
        full = self._full = profile_chart(self._store.scene, crossed, rect, self._pixels)
        self._is_placing = True
        set_look(self.plot, full.axes)
        place(self.plot, full.viewport.rect)
        self.plot.layout.activate()
        dress(self.plot, theme)
        low, high = _LOG_LIMITS if full.scale.is_log else (None, None)
        self.box.setLimits(xMin=0, xMax=crossed.profile.length, yMin=low, yMax=high)
        self._is_placing = False
        self._show_window(*(full.full_bounds if seen is None else seen))
        self.setAccessibleDescription(description(full))

    def _show_window(self, xmin: float, xmax: float, ymin: float, ymax: float) -> None:
        full = self._full
        assert full is not None
        before, self._is_placing = self._is_placing, True
        # past the limits of `PlotBox`: all of a profile is shown, however narrow or wide it is
        pg.ViewBox.setRange(self.box, xRange=(xmin, xmax), yRange=(ymin, ymax), padding=0)
        self._is_placing = before
        theme, chart = theme_of(self.palette()), full.windowed((xmin, xmax, ymin, ymax))
        self.passed.show_chart(chart, theme)
        self._strip.show_charts([chart], theme, self.size())

    def _take_window(self) -> None:
        """Follow the box when the mouse has moved or zoomed what it shows."""
        if not self._is_placing and self._full is not None:
            (xmin, xmax), (ymin, ymax) = self.box.viewRange()
            self._show_window(xmin, xmax, ymin, ymax)
            self._point(self._mouse)

    # --- for Qt ----------------------------------------------------------------------------------

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

    def leaveEvent(self, event: QEvent) -> None:
        """Take the ring away."""
        self._point(None)

    def hideEvent(self, event: Any) -> None:
        """Take the ring away."""
        self._point(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave the right button to pyqtgraph, where it may also drag."""
        event.accept()

    # --- the mouse -------------------------------------------------------------------------------

    def _click(self, event: Any) -> None:
        """Show the step of the mark under the mouse, or open the menu."""
        at = event.scenePos()
        if event.button() == Qt.MouseButton.RightButton:
            self._point(None)
            self.menu.popup(event.screenPos().toPoint())
        elif self.chart is not None and event.button() == Qt.MouseButton.LeftButton:
            found = self.chart.crossing_at(at, _NEAR_A_MARK)
            if found is not None:
                self._playback.pause()
                self._playback.seek(math.ceil(found[1]))

    def _point(self, at: QPointF | None) -> None:
        """Show a place of the line here and on the map; none beside the panel."""
        self._mouse = at
        chart = self.chart if at is not None else None
        if chart is None or at is None or not chart.viewport.rect.adjusted(-4, -4, 4, 4).contains(at):
            if self.passed.share is not None:
                self.passed.point_at(None)
                self.placed.emit(None)
                self.pointed.emit("")
            return
        share = chart.share_at(at.x())
        self.passed.point_at(share)
        x, y = chart.profile.place(share)
        self.placed.emit((x, y))
        words = f"x {number(x)}   y {number(y)}   loss {number(chart.profile.loss_at(share))}"
        found = chart.crossing_at(at, _NEAR_A_MARK)
        if found is not None:
            words += f"   {found[0].label} crosses at step {math.ceil(found[1])}"
        self.pointed.emit(words)
