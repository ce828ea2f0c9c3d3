"""The session's profile line on the maps of the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtCore import QObject, QPoint, pyqtSignal

from optvis.gui.state.store import Store
from optvis.gui.views.map_panels import Panel
from optvis.plot.profile_line import ProfileLine
from optvis.problems.problem import Point, Segment


class ProfileLines(QObject):
    """Lays the one line over every map that is shown, since all maps show the same window of one loss.

    A drag on any of them proposes another line.

    Signals
    -------
    menuRequested(QPoint)
        A right click on the line, at this place of the screen.
    """

    menuRequested = pyqtSignal(QPoint)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._lines: dict[Panel, ProfileLine] = {}

    @property
    def lines(self) -> list[ProfileLine]:
        """One for each map, in their order; none where there is no line."""
        return list(self._lines.values())

    def show(self, panels: Sequence[Panel]) -> None:
        """Show the line of the store's scene on these maps, and on no others."""
        segment = self._store.scene.session.view.profile
        wanted = panels if segment is not None else ()
        for panel in [panel for panel in self._lines if panel not in wanted]:
            panel.plot.removeItem(self._lines.pop(panel))
        for panel in wanted:
            assert segment is not None
            if panel in self._lines:
                self._lines[panel].setSegment(segment)
            else:
                self._add(panel, segment)

    def show_place(self, place: Point | None) -> None:
        """Show a ring at a place of the line; None for none."""
        for line in self.lines:
            line.setPlace(place)

    def _add(self, panel: Panel, segment: Segment) -> None:
        line = self._lines[panel] = ProfileLine(segment)
        line.dragged.connect(self._propose)
        line.released.connect(self._end_drag)
        line.menuRequested.connect(self.menuRequested)
        panel.plot.addItem(line, ignoreBounds=True)

    def _propose(self, segment: Segment) -> None:
        session = self._store.session
        view = replace(session.view, profile=segment)
        self._store.edit(replace(session, view=view), key="profile line")

    def _end_drag(self) -> None:
        self._store.seal()
        for line in self.lines:
            line.setSegment(self._store.session.view.profile or line.segment)
