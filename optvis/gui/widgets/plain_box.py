"""Message boxes for words that come from files: nothing in them is taken for markup."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QMessageBox, QWidget


def plain_box(icon: QMessageBox.Icon, text: str, detail: str, parent: QWidget | None) -> QMessageBox:
    """Return a box with a sentence and a smaller one, both as they stand."""
    box = QMessageBox(icon, "optvis", text, parent=parent)
    box.setInformativeText(detail)
    for label in box.findChildren(QLabel):  # setTextFormat reaches the first sentence alone
        label.setTextFormat(Qt.TextFormat.PlainText)
    return box
