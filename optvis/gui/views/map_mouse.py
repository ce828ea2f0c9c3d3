"""What a mouse does to maps besides moving their view: it sets the start, and what is under it is told."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QObject, QPointF, Qt, pyqtSignal

from optvis.foundation.number_text import number
from optvis.gui.state.store import Store
from optvis.gui.views.map_panels import Panel, panel_at
from optvis.plot.stage import Stage
from optvis.plot.start_handle import REACH, rounded
from optvis.problems.gradient import gradient_norm, numerical_gradient


class MapMouse(QObject):
    """Follows the mouse over some maps: a click or a drag of the ring sets the start.

    Signals
    -------
    pointed(str)
        What is under the mouse, in words; empty when it has left.
    """

    pointed = pyqtSignal(str)

    def __init__(self, store: Store, panels: list[Panel], stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._panels = panels
        stage.scene().sigMouseMoved.connect(self._point_at)
        stage.scene().sigMouseClicked.connect(self._click)

    def follow(self, panel: Panel) -> None:
        """Take a drag of a map's ring for the start."""
        panel.start.dragged.connect(self._propose_start)
        panel.start.released.connect(self._store.seal)

    def leave(self) -> None:
        """Nothing is under the mouse any more."""
        self.pointed.emit("")

    def _click(self, event: Any) -> None:
        panel = panel_at(self._panels, event.scenePos())
        if panel is None or event.button() != Qt.MouseButton.LeftButton or event.isAccepted():
            return  # a click that something on the map has taken is none for the map
        viewport, at = panel.viewport, event.scenePos()
        away = at - viewport.point(*self._store.scene.start)
        if math.hypot(away.x(), away.y()) > REACH:  # nearer it is a drag that has not come far
            (x, y), (per_x, per_y) = viewport.to_data(at.x(), at.y()), viewport.scale
            self._propose_start(rounded(x, per_x), rounded(y, per_y))
            self._store.seal()

    def _propose_start(self, x: float, y: float) -> None:
        self._store.edit(replace(self._store.session, start=(x, y)), key="start on map")

    def _point_at(self, at: QPointF) -> None:
        panel = panel_at(self._panels, at)
        self.pointed.emit("" if panel is None else self._words_at(panel, *panel.viewport.to_data(at.x(), at.y())))

    def _words_at(self, panel: Panel, x: float, y: float) -> str:
        scene = self._store.scene
        problem = scene.problem
        point = problem.plane.point(x, y)
        loss = float(problem.loss(point))
        slope = float(gradient_norm(numerical_gradient(problem.loss, point, scheme=scene.gradient)))
        leads = "" if panel.basins is None else f"   {panel.basins.words_from(x, y)}"
        return f"x {number(x, 4)}   y {number(y, 4)}   f {number(loss, 4)}   |∇f| {number(slope, 4)}{leads}"
