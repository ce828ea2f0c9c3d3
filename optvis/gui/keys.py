"""The keys of the window, in one table: for the help page, the menus and the window itself."""

from __future__ import annotations

from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    "Playing": (
        ("Space", "Play or pause"),
        ("← →", "One step back or forward"),
        ("Home  End", "To the start or the end"),
        ("L", "Loop on or off"),
        ("[  ]", "Slower or faster"),
        ("S", "One step in slow motion, then Space, ← →, Esc"),
    ),
    "Map": (
        ("Click", "Set the start; drag its handle to move it"),
        ("Drag", "Pan"),
        ("Wheel, + −", "Zoom"),
        ("Ctrl+Arrows", "Pan"),
        ("R", "Reset the view"),
        ("B", "Basins of attraction, or the map again"),
        ("W", "Swarm: many starts at once, on or off"),
    ),
    "Runs": (
        ("1 … 9", "Switch a run on or off"),
        ("N  Shift+N", "Choose the next run, the one before"),
        ("Alt+↑  Alt+↓", "Move a run up or down in the list"),
        ("Ctrl+U", "Tune: find good hyperparameters"),
        ("Double-click", "Set a slider back to the suggested value"),
    ),
    "Sweep map": (
        ("Click, drag", "Set the two hyperparameters of the inspected run"),
        ("Arrows", "Move them by a cell; with Shift by ten"),
    ),
    "Program": (
        ("Ctrl+Z  Ctrl+Shift+Z", "Undo and redo"),
        ("Ctrl+N  Ctrl+O", "Begin or open a session; or drop a file on the window"),
        ("Ctrl+S  Ctrl+Shift+S", "Save, save under another name"),
        ("Ctrl+C  Ctrl+V", "Copy the session as text, paste one"),
        ("Ctrl+Shift+C", "Copy the picture"),
        ("Ctrl+E  Ctrl+Shift+E", "Export a picture, the data"),
        ("Ctrl+B", "Fold the settings away"),
        ("Ctrl+L", "Fold the charts away"),
        ("Ctrl+I", "Show the inspector"),
        ("F11", "Full screen"),
        ("F1", "This list"),
    ),
}


class KeysDialog(QDialog):
    """The list of keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        layout = QVBoxLayout(self)
        columns = QGridLayout()
        columns.setHorizontalSpacing(40)
        columns.setVerticalSpacing(16)
        for index, (title, keys) in enumerate(KEYS.items()):
            rows = "".join(
                f"<tr><td style='padding-right: 16px; white-space: nowrap'><b>{key}</b></td><td>{what}</td></tr>"
                for key, what in keys
            )
            group = QLabel(f"<h3>{title}</h3><table cellspacing='3'>{rows}</table>")
            columns.addWidget(group, index // 2, index % 2)
        layout.addLayout(columns)
        note = QLabel("A single key goes first to the field, slider, button or list that has the focus.")
        note.setWordWrap(True)
        layout.addWidget(note)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
