"""The message beneath a field."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QLabel, QSizePolicy, QWidget


class ErrorLabel(QLabel):
    """Words in the colour of errors; takes no room while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName("Error")
        self.setForegroundRole(QPalette.ColorRole.BrightText)  # the palettes of this program keep it for errors
        self.hide()

    def show_error(self, message: str) -> None:
        """Show a message; an empty one hides it."""
        self.setText(message)
        self.setAccessibleDescription(message)
        self.setVisible(bool(message))
