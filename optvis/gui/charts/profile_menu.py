"""The menu of the profile line: where it is laid, and that it goes away."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtWidgets import QMenu, QWidget

from optvis.document.session import Session
from optvis.gui.state.store import Store
from optvis.landscape.profile_lines import Placing, along_x, along_y, through_minimum
from optvis.problems.problem import Segment

_PLACINGS: dict[str, Placing] = {
    "Through start and &minimum": through_minimum,
    "Along &x": along_x,
    "Along &y": along_y,
}


class ProfileMenu(QMenu):
    """Lays the session's profile line; the same menu stands in the menu bar.

    Attributes
    ----------
    remove
        The action that takes the line away.
    """

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__("Profile &line", parent)
        self._store = store
        for words, placing in _PLACINGS.items():
            self.addAction(words).triggered.connect(lambda _, placing=placing: self.lay(placing))
        self.addSeparator()
        self.remove = self.addAction("&Remove")
        self.remove.triggered.connect(lambda: self._set(None))
        store.sessionChanged.connect(self._show)
        self._show(store.session)

    def lay(self, placing: Placing) -> None:
        """Lay the line inside the window that the map of the session's problem has."""
        scene = self._store.scene
        self._set(placing(scene.problem, scene.start, scene.problem.plane.bounds))

    def toggle(self) -> None:
        """Lay the line through start and minimum, or take it away."""
        if self._store.session.view.profile is None:
            self.lay(through_minimum)
        else:
            self._set(None)

    def _set(self, segment: Segment | None) -> None:
        session = self._store.session
        self._store.edit(replace(session, view=replace(session.view, profile=segment)))

    def _show(self, session: Session) -> None:
        self.remove.setEnabled(session.view.profile is not None)
