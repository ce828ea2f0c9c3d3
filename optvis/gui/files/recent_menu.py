"""The files that were open before, as a menu."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QMenu, QWidget

from optvis.gui.files.documents import Documents
from optvis.gui.widgets.plain_tip import plain_tip


class RecentMenu(QMenu):
    """Names the files when it is opened; those that are gone cannot be chosen.

    Signals
    -------
    chosen(str)
        The file.
    """

    chosen = pyqtSignal(str)

    def __init__(self, documents: Documents, parent: QWidget | None = None) -> None:
        super().__init__("Open &recent", parent)
        self._documents = documents
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """List the files as they are now."""
        self.clear()
        recent = self._documents.recent
        for number, file in enumerate(recent, start=1):
            name = file.name.replace("&", "&&")
            action = self.addAction(f"&{number % 10}  {name}", lambda file=file: self.chosen.emit(str(file)))
            action.setToolTip(plain_tip(str(file)))
            action.setEnabled(file.is_file())
        if not recent:
            self.addAction("No files yet").setEnabled(False)
        self.addSeparator()
        self.addAction("&Clear", self._documents.forget_recent).setEnabled(bool(recent))
