"""The chart of the loss along the profile line, in the window."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QMenu, QWidget

from optvis.draw.charts.profile_chart import ProfileChart, description, profile_chart
from optvis.explain.crossed_profile import CrossedProfile, crossed_profile_in_slices
from optvis.foundation.number_text import number, place_text
from optvis.gui.charts.profile_items import PassedItem
from optvis.gui.charts.profile_menu import ProfileMenu
from optvis.gui.state.playback import Playback
from optvis.gui.state.refinement import Refinement
from optvis.gui.state.store import Store
from optvis.gui.widgets.palette import theme_of
from optvis.plot.painted_plot import PaintedPlot

_NEAR_A_MARK = 8.0  # pixels from which a click finds it
_LOG_LIMITS = (-324.0, 308.0)  # of what a float can be


class ProfileView(PaintedPlot):
    """The loss along the session's line, with a mark where each run has crossed it.

    A click on a mark shows the step of the crossing. The last profile stays until the next one is computed.

    Attributes
    ----------
    refinement
        Computes the profile.
    menu
        Where the line is laid, and View all.
    passed
        What belongs to a step.

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
        self._is_laid_out = False
        self._mouse: QPointF | None = None
        self.refinement: Refinement[CrossedProfile] = Refinement(self)
        self.refinement.changed.connect(self._forget)
        self.menu = QMenu(self)
        self.menu.addActions(line_menu.actions())
        self.menu.addSeparator()
        view_all = self.menu.addAction("View &all")
        view_all.triggered.connect(self.reset_view)
        self.passed = PassedItem()
        self.view.addItem(self.passed)
        self.moved.connect(self._point)
        self.clicked.connect(self._click)
        self.setAccessibleName("Loss along the profile line")
        store.sceneChanged.connect(self._follow)
        playback.stepChanged.connect(self.passed.set_step)
        self._follow()

    @property
    def chart(self) -> ProfileChart | None:
        """The chart with the window that is shown; None before the first profile."""
        self.arrange()
        return self.passed.chart

    def sizeHint(self) -> QSize:
        """As high as the charts beside it."""
        return QSize(300, 180)

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
        self._is_laid_out = False
        if self.isVisible():
            self.arrange()

    def arrange(self) -> None:
        """Show the profile, unless it is shown."""
        crossed = self.refinement.result
        if self._is_laid_out or crossed is None:
            return
        self._is_laid_out = True
        rect = QRectF(self.rect()).adjusted(2, 2, -4, -2)
        full = profile_chart(self._store.scene, crossed, rect, self.fontMetrics().height() * 0.72)
        low, high = _LOG_LIMITS if full.scale.is_log else (None, None)
        self.show_full(full, theme_of(self.palette()), (0.0, crossed.profile.length, low, high))
        self.setAccessibleDescription(description(full))

    def window_changed(self, chart: ProfileChart) -> None:
        """Show what belongs to the step in this window too."""
        self.passed.show_chart(chart, theme_of(self.palette()))
        self._point(self._mouse)

    # --- for Qt ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._forget()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has changed meanwhile."""
        self.arrange()

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

    # --- the mouse -------------------------------------------------------------------------------

    def _click(self, event: Any) -> None:
        """Show the step of the mark under the mouse, or open the menu."""
        chart = self.chart
        if event.button() == Qt.MouseButton.RightButton:
            self._point(None)
            self.menu.popup(event.screenPos().toPoint())
        elif chart is not None and event.button() == Qt.MouseButton.LeftButton:
            found = chart.crossing_at(event.scenePos(), _NEAR_A_MARK)
            if found is not None:
                self._playback.pause()
                self._playback.seek(math.ceil(found[1]))

    def _point(self, at: QPointF | None) -> None:
        """Show a place of the line here and on the map; none beside the panel."""
        self._mouse = at
        chart = self.passed.chart if at is not None else None
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
        place = place_text(self._store.scene.problem.plane.names, x, y)
        words = f"{place}   loss {number(chart.profile.loss_at(share))}"
        found = chart.crossing_at(at, _NEAR_A_MARK)
        if found is not None:
            words += f"   {found[0].label} crosses at step {math.ceil(found[1])}"
        self.pointed.emit(words)
