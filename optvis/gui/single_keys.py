"""Keys that go first to the widget that has the focus, and what they do when it has no use for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from optvis.gui.command import Command
from optvis.gui.commands import COMMANDS

if TYPE_CHECKING:
    from optvis.gui.window import Window


_NONE, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def _by_key() -> dict[tuple[int, Qt.KeyboardModifier], list[Command]]:
    """The commands of every key that yields, in their order."""
    found: dict[tuple[int, Qt.KeyboardModifier], list[Command]] = {}
    for row in COMMANDS:
        if isinstance(row, Command) and row.yields:
            for key in row.keys.split():
                pressed = QKeySequence(key)[0]
                found.setdefault((pressed.key(), pressed.keyboardModifiers()), []).append(row)
    return found


_COMMANDS = _by_key()


def press(window: Window, event: QKeyEvent) -> bool:
    """Do what a key stands for now; return whether it stands for anything.

    The keypad counts as the other keys, and Shift alone makes no difference where it has no command of its own: ``+``
    is a shifted key on many keyboards.
    """
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    for modifiers in (_SHIFT, _NONE) if held == _SHIFT else (held,):
        for command in _COMMANDS.get((event.key(), modifiers), ()):
            if command.does is not None and command.enabled(window):
                command.does(window)
                return True
    return False


_TEXT = (QLineEdit, QAbstractSpinBox, QTextEdit, QPlainTextEdit)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_OF_LISTS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_F4, Qt.Key.Key_Tab)


class KeysFirst(QObject):
    """Lets the program have keys that buttons and closed lists would take, wherever the focus is in a window.

    Space plays from everywhere but text fields; buttons are pressed, and lists opened, by Enter. A closed list keeps
    the keys that go along it, and no letter chooses anything unseen.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._watch)

    def _watch(self, before: QWidget | None, now: QWidget | None) -> None:
        """See the keys of whatever has the focus in the window."""
        if before is not None:
            before.removeEventFilter(self)
        if now is not None and now.window() is self._window:
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Take a key before the widget does that has the focus."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if not isinstance(watched, QWidget) or isinstance(watched, _TEXT):
            return False
        if event.key() == Qt.Key.Key_Space:
            return press(self._window, event)
        if isinstance(watched, QComboBox) and not watched.isEditable():
            if event.key() in _ENTER:
                watched.showPopup()
                return True
            return event.key() not in _OF_LISTS and press(self._window, event)
        if isinstance(watched, QAbstractButton) and event.key() in _ENTER:
            watched.click()
            return True
        return False
