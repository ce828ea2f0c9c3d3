"""What a mouse does to maps besides moving their view.

It sets the start and chooses runs, what is under it is told, and a right click offers what can be done there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QObject, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu

from optvis.draw.maps.trail_hit import TrailHit, trail_at
from optvis.foundation.number_text import number, place_text
from optvis.gui.state import run_edits
from optvis.gui.state.playback import Playback
from optvis.gui.state.store import Store
from optvis.gui.views.map_panels import Panel, panel_at
from optvis.plot.stage import Stage
from optvis.plot.start_handle import REACH, rounded
from optvis.problems.gradient import gradient_norm, numerical_gradient

_OURS = "of the map"
_MOST_MINIMA = 6


class MapMouse(QObject):
    """Follows the mouse over some maps: a click sets the start, as a drag of its ring does, or chooses a run.

    Signals
    -------
    pointed(str)
        What is under the mouse, in words; empty when it has left.
    fitRequested(), resetRequested(), copyRequested()
        Of the menu: show all that the runs reach, show the domain again, copy the picture.
    """

    pointed = pyqtSignal(str)
    fitRequested = pyqtSignal()
    resetRequested = pyqtSignal()
    copyRequested = pyqtSignal()

    def __init__(
        self, store: Store, playback: Playback, panels: list[Panel], stage: Stage, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._playback = store, playback
        self._panels = panels
        stage.scene().sigMouseMoved.connect(self._point_at)
        stage.scene().sigMouseClicked.connect(self._click)

    def follow(self, panel: Panel) -> None:
        """Take a drag of a map's ring for the start."""
        panel.start.dragged.connect(self._propose_start)
        panel.start.released.connect(self._store.seal)
        panel.box.menuOpening.connect(lambda menu, at: self._fill(menu, panel, at))

    def leave(self) -> None:
        """Nothing is under the mouse any more."""
        self.pointed.emit("")

    def _click(self, event: Any) -> None:
        panel = panel_at(self._panels, event.scenePos())
        if panel is None or event.button() != Qt.MouseButton.LeftButton or event.isAccepted():
            return  # a click that something on the map has taken is none for the map
        viewport, at = panel.viewport, event.scenePos()
        away = at - viewport.point(*self._store.scene.start)
        if math.hypot(away.x(), away.y()) <= REACH:  # a drag that has not come far
            return
        hit = self._hit(panel, at)
        if hit is not None:
            index = next(i for i, run in enumerate(self._store.scene.runs) if run is hit.run)
            self._store.edit(run_edits.chosen(self._store.session, index), key="chosen")
        else:
            (x, y), (per_x, per_y) = viewport.to_data(at.x(), at.y()), viewport.scale
            self._propose_start(rounded(x, per_x), rounded(y, per_y))
            self._store.seal()

    def _propose_start(self, x: float, y: float) -> None:
        self._store.edit(replace(self._store.session, start=(x, y)), key="start on map")

    def _point_at(self, at: QPointF) -> None:
        panel = panel_at(self._panels, at)
        if panel is None:
            self.pointed.emit("")
            return
        hit = self._hit(panel, at)
        words = self._words_at(panel, *panel.viewport.to_data(at.x(), at.y())) if hit is None else _words_of(hit)
        self.pointed.emit(words)

    def _hit(self, panel: Panel, at: QPointF) -> TrailHit | None:
        """What of a run is at a pixel; in slow motion and at the start nothing but heads and trails that are seen."""
        if self._store.is_busy:
            return None
        return trail_at(panel.place.runs, panel.viewport, at, self._playback.step)

    def _fill(self, menu: QMenu, panel: Panel, at: QPointF) -> None:
        """Put what can be done at a pixel at the head of a menu, in place of what stood there for another pixel."""
        for action in [each for each in menu.actions() if each.data() == _OURS]:
            menu.removeAction(action)
            action.deleteLater()
        first = next(iter(menu.actions()), None)

        def add(text: str, does: Callable[[], object] | None) -> None:
            action = QAction(text, menu)
            action.setData(_OURS)
            action.setEnabled(does is not None)
            if does is not None:
                action.triggered.connect(lambda: does())
            menu.insertAction(first, action)

        viewport, problem = panel.viewport, self._store.scene.problem
        (x, y), (per_x, per_y) = viewport.to_data(at.x(), at.y()), viewport.scale
        x, y = rounded(x, per_x), rounded(y, per_y)
        add(f"Set the &start here ({number(x, 4)}, {number(y, 4)})", lambda: self._set_start(x, y))
        add("&Fit the view to the runs", self.fitRequested.emit if self._store.scene.visible_runs else None)
        add("&Reset the view", self.resetRequested.emit)
        add("&Copy picture", self.copyRequested.emit)
        for minimum in problem.minima[:_MOST_MINIMA]:
            add(f"Minimum: f({number(minimum.x, 6)}, {number(minimum.y, 6)}) = {number(minimum.value, 6)}", None)
        line = menu.insertSeparator(first)
        if line is not None:
            line.setData(_OURS)

    def _set_start(self, x: float, y: float) -> None:
        self._propose_start(x, y)
        self._store.seal()

    def _words_at(self, panel: Panel, x: float, y: float) -> str:
        scene = self._store.scene
        problem = scene.problem
        point = problem.plane.point(x, y)
        loss = float(problem.loss(point))
        slope = float(gradient_norm(numerical_gradient(problem.loss, point, scheme=scene.gradient)))
        leads = "" if panel.basins is None else f"   {panel.basins.words_from(x, y)}"
        place = place_text(problem.plane.names, x, y, 4)
        return f"{place}   f {number(loss, 4)}   |∇f| {number(slope, 4)}{leads}"


def _words_of(hit: TrailHit) -> str:
    """Name run, step, place and loss."""
    t, step = hit.run.trajectory, hit.step
    place = place_text(t.problem.plane.names, float(t.x[step]), float(t.y[step]), 4)
    return f"{hit.run.label}   step {step}   {place}   f {number(float(t.loss[step]), 4)}   (click to choose it)"
