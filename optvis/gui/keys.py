"""The page of keys (F1), made of the table of commands."""

from __future__ import annotations

from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from optvis.gui.command import Command
from optvis.gui.commands import COMMANDS, SECTIONS

_AT_THE_RIGHT = ("Runs", "Program")  # as long together as the others


def key_lines() -> dict[str, list[tuple[str, str]]]:
    """Return the lines of every section of the page: keys, and what they do."""
    keys: dict[str, dict[str, list[str]]] = {section: {} for section in SECTIONS}
    section = help_ = ""
    for command in COMMANDS:
        if not isinstance(command, Command) or not command.key_text:
            continue
        if command.help:
            section, help_ = command.section, command.help
        line = keys[section].setdefault(help_, [])
        if command.key_text not in line:
            line.append(command.key_text)
    return {section: [("  ".join(shown), words) for words, shown in lines.items()] for section, lines in keys.items()}


class KeysDialog(QDialog):
    """The list of keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        layout = QVBoxLayout(self)
        columns = QHBoxLayout()
        columns.setSpacing(40)
        left, right = QVBoxLayout(), QVBoxLayout()
        for title, lines in key_lines().items():
            rows = "".join(
                f"<tr><td style='padding-right: 16px; white-space: nowrap'><b>{key}</b></td><td>{what}</td></tr>"
                for key, what in lines
            )
            group = QLabel(f"<h3>{title}</h3><table cellspacing='3'>{rows}</table>")
            (right if title in _AT_THE_RIGHT else left).addWidget(group)
        for column in (left, right):
            column.setSpacing(12)
            column.addStretch(1)
            columns.addLayout(column)
        layout.addLayout(columns)
        note = QLabel("A single key goes first to the field, slider, button or list that has the focus.")
        note.setWordWrap(True)
        layout.addWidget(note)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
