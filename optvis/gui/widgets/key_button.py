"""A button with a drawn icon that names its key."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QToolButton

from optvis.gui.widgets.icons import icon


def key_button(name: str, text: str, key: str, clicked: Callable[[], object]) -> QToolButton:
    """Make a flat button; a click of the mouse does not take the focus, so that keys go on working.

    Parameters
    ----------
    name
        Of the icon.
    text
        What it does, for the tooltip and as accessible name.
    key
        What does the same on the keyboard.
    """
    button = QToolButton()
    button.setIcon(icon(name))
    button.setAutoRaise(True)
    button.setToolTip(f"{text}  ({key})")
    button.setAccessibleName(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda: clicked())
    return button
