"""The column on the right, whose inspector is made when it is first shown."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from optvis.gui.state.playback import Playback
from optvis.gui.state.slow_motion import SlowMotion
from optvis.gui.state.store import Store

if TYPE_CHECKING:
    from optvis.gui.inspector.inspector import Inspector


class InspectorColumn(QWidget):
    """Keeps the place of the inspector, so that a window that does not show it does not load it either.

    Attributes
    ----------
    inspector
        None until the column is first shown.

    Signals
    -------
    said(str)
        As of `Inspector`.
    """

    said = pyqtSignal(str)

    def __init__(
        self, store: Store, playback: Playback, slow_motion: SlowMotion, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._followed = store, playback, slow_motion
        self._state = QByteArray()
        self.inspector: Inspector | None = None
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)
        self.setMinimumWidth(320)

    def sizeHint(self) -> QSize:
        """A column."""
        return QSize(330, 600)

    def save_state(self) -> QByteArray:
        """How the inspector divides its room; what was handed to `restore_state` while there is none."""
        return self._state if self.inspector is None else self.inspector.save_state()

    def restore_state(self, state: QByteArray) -> None:
        """Let the inspector divide its room as it did, now or when it is made."""
        self._state = state
        if self.inspector is not None:
            self.inspector.restore_state(state)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Make the inspector, if there is none yet."""
        super().showEvent(event)
        if self.inspector is None:
            self.inspector = self._made()

    def _made(self) -> Inspector:
        from optvis.gui.inspector.inspector import Inspector  # what few sessions use is no part of the start

        made = Inspector(*self._followed)
        made.said.connect(self.said)
        made.restore_state(self._state)
        stops = filter(_is_tab_stop, _focus_chain(made))
        before = next(filter(_is_tab_stop, reversed(_focus_chain(self))), self)
        self._room.addWidget(made)
        for first, second in pairwise([before, *stops]):  # Tab comes here where the column stands, not last of all
            QWidget.setTabOrder(first, second)
        made.show()
        return made


def _focus_chain(first: QWidget) -> list[QWidget]:
    """All widgets of a window in the order in which Tab goes through them."""
    found = [first]
    while (following := found[-1].nextInFocusChain()) is not None and following is not first:
        found.append(following)
    return found


def _is_tab_stop(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
