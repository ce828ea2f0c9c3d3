"""Keys that go first to the widget that has the focus, and what they do when it has no use for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent, QKeySequence

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
