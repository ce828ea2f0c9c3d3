"""What a mouse does to maps: it sets the start and the view, and what is under it is told."""

from __future__ import annotations

import math
from dataclasses import replace

from PyQt6.QtCore import QObject, QPointF, Qt, pyqtSignal
from PyQt6.QtWidgets import QApplication

from optvis.foundation.number_text import number
from optvis.gui.state.store import Store
from optvis.gui.views.map_panels import Panel, panel_at
from optvis.problems.gradient import gradient_norm, numerical_gradient

HANDLE_REACH = 12.0
"""Pixels round the start in which it can be taken hold of."""

_WHEEL_NOTCH = 1.2  # zoom factor


class MapMouse(QObject):
    """Follows the mouse over some maps: a click sets the start, a drag moves the start or the view, a wheel zooms.

    It knows places in the pixels of the maps, and of no widget.

    Attributes
    ----------
    is_start_active
        Whether the start can be taken hold of, or is being moved.
    cursor
        The shape that the mouse should have; None for the usual one.

    Signals
    -------
    pointed(str)
        What is under the mouse, in words; empty when it has left.
    viewMoved(Viewport)
        The plane is to lie in every map as in this one.
    changed()
        The start is active or no longer, or the cursor has another shape.
    """

    pointed = pyqtSignal(str)
    viewMoved = pyqtSignal(object)
    changed = pyqtSignal()

    def __init__(self, store: Store, panels: list[Panel], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._panels = panels
        self._press: QPointF | None = None
        self._drag = ""  # "start" or "pan" while the mouse moves something
        self._is_over_start = False
        self.is_start_active = False
        self.cursor: Qt.CursorShape | None = None

    def press(self, at: QPointF) -> None:
        """Begin a click, a drag of the start or a pan."""
        if panel_at(self._panels, at) is not None:
            self._press = at
            self._drag = "start" if self._reaches_start(at) else ""
            self._look(self.cursor)

    def move(self, at: QPointF) -> None:
        """Move the start or the view, or tell what is under the mouse."""
        if self._press is not None and not self._drag:
            far = (at - self._press).manhattanLength() >= QApplication.startDragDistance()
            self._drag = "pan" if far else ""
        if self._drag == "start":
            self._propose_start(at)
        elif self._drag == "pan" and self._press is not None:
            moved = at - self._press
            self._press = at
            self.viewMoved.emit(self._panels[0].viewport.panned(moved.x(), moved.y()))
        self._point_at(at)

    def release(self, at: QPointF) -> None:
        """End a drag; a click without a drag sets the start."""
        if self._press is None:
            return
        if not self._drag:
            self._propose_start(at)
        self._store.seal()
        self._press, self._drag = None, ""
        self._point_at(at)

    def leave(self) -> None:
        """Nothing is under the mouse any more."""
        self._is_over_start = False
        self.pointed.emit("")
        self._look(self.cursor)

    def wheel(self, notches: float, at: QPointF) -> None:
        """Zoom about the mouse."""
        panel = panel_at(self._panels, at)
        if notches and panel is not None:
            self.viewMoved.emit(panel.viewport.zoomed(_WHEEL_NOTCH**notches, at.x(), at.y()))

    def _propose_start(self, at: QPointF) -> None:
        panel = panel_at(self._panels, self._press or at) or self._panels[0]
        rect = panel.viewport.rect
        inside = QPointF(min(max(at.x(), rect.left()), rect.right()), min(max(at.y(), rect.top()), rect.bottom()))
        x, y = panel.viewport.to_data(inside.x(), inside.y())
        per_x, per_y = panel.viewport.scale
        self._store.edit(
            replace(self._store.session, start=(_rounded(x, per_x), _rounded(y, per_y))), key="start on map"
        )

    def _reaches_start(self, at: QPointF) -> bool:
        panel = panel_at(self._panels, at)
        if panel is None:
            return False
        away = at - panel.viewport.point(*self._store.scene.start)
        return math.hypot(away.x(), away.y()) <= HANDLE_REACH

    def _point_at(self, at: QPointF) -> None:
        panel = panel_at(self._panels, at)
        self._is_over_start = self._reaches_start(at)
        if self._drag == "pan":
            self._look(Qt.CursorShape.ClosedHandCursor)
        elif self._is_over_start or self._drag == "start":
            self._look(Qt.CursorShape.SizeAllCursor)
        else:
            self._look(None if panel is None else Qt.CursorShape.CrossCursor)
        self.pointed.emit("" if panel is None else self._words_at(panel, *panel.viewport.to_data(at.x(), at.y())))

    def _look(self, cursor: Qt.CursorShape | None) -> None:
        look = (self._is_over_start or self._drag == "start", cursor)
        if look != (self.is_start_active, self.cursor):
            self.is_start_active, self.cursor = look
            self.changed.emit()

    def _words_at(self, panel: Panel, x: float, y: float) -> str:
        problem = self._store.scene.problem
        point = problem.plane.point(x, y)
        loss = float(problem.loss(point))
        slope = float(gradient_norm(numerical_gradient(problem.loss, point)))
        leads = "" if panel.basins is None else f"   {panel.basins.words_from(x, y)}"
        return f"x {number(x, 4)}   y {number(y, 4)}   f {number(loss, 4)}   |∇f| {number(slope, 4)}{leads}"


def _rounded(value: float, pixels_per_unit: float) -> float:
    """A coordinate with no more digits than a pixel can tell."""
    digits = max(0, math.ceil(math.log10(pixels_per_unit)) + 1) if 0 < pixels_per_unit < 1e300 else 0
    return round(value, min(digits, 300))
