"""What the File menu does: dialogs, questions and messages round `Documents`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QSettings, Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QLabel, QMessageBox, QWidget

from optvis.document.opening import pasted_session
from optvis.document.session_file import preset
from optvis.export.data.trajectory_data import write_data
from optvis.export.script import write_script
from optvis.foundation.errors import InputError
from optvis.gui.files.documents import ENDING, ChangedOnDisk, Documents
from optvis.gui.state import stored
from optvis.gui.state.in_background import InBackground
from optvis.gui.state.store import Store

OPENABLE = "Sessions and pictures of optvis (*.json *.png *.svg);;All files (*)"
DATA = {"CSV table (*.csv)": ".csv", "JSON (*.json)": ".json", "NumPy arrays (*.npz)": ".npz"}
Button = QMessageBox.StandardButton


class FileActions(QObject):
    """Opens and saves for a window, and asks before changes are lost.

    Signals
    -------
    said(str)
        A line for the status bar.
    """

    said = pyqtSignal(str)

    def __init__(self, window: QWidget, store: Store, documents: Documents, settings: QSettings) -> None:
        super().__init__(window)
        self._window, self._store, self._documents = window, store, documents
        self._settings = settings
        self._background = InBackground(self)

    def new(self) -> None:
        """Begin a document of its own."""
        self._open(self._documents.begin)

    def open_preset(self, name: str) -> None:
        """Begin with a session that travels with the program."""
        self._open(lambda: self._documents.begin(preset(name)))

    def ask_open(self) -> None:
        """Ask for a file and open it."""
        if self.may_lose():
            file, _ = QFileDialog.getOpenFileName(self._window, "Open", self._folder, OPENABLE)
            if file:
                self._try("This file cannot be opened.", lambda: self._documents.open(file))
                self._settings.setValue("folder", str(Path(file).parent))

    def open_file(self, file: str) -> None:
        """Open a session file or a picture."""
        self._open(lambda: self._documents.open(file))

    def paste(self, text: str) -> None:
        """Begin with a session that was copied as text."""
        try:
            session = pasted_session(text)
        except InputError as error:
            self.tell("The clipboard holds no session.", str(error))
            return
        self._open(lambda: self._documents.begin(session))

    def save(self) -> bool:
        """Save, and return whether the session is in its file now."""
        if self._documents.path is None:
            return self.save_as()
        return self._saved(self._documents.path)

    def save_as(self) -> bool:
        """Ask for a file, save there, and return whether the session is in it now."""
        name = str(self._documents.path or Path(self._folder) / f"{self.suggested_name}{ENDING}")
        file = self.ask_file("Save session", name, {f"Sessions (*{ENDING})": ENDING})
        return bool(file) and self._saved(Path(file))

    def may_lose(self) -> bool:
        """Whether another session may take the place of this one; asks when there are changes."""
        if not self._documents.is_modified:
            return True
        name = self._documents.path.name if self._documents.path is not None else "this session"
        question = f"Save the changes of {name}?"
        box = plain_box(QMessageBox.Icon.Question, question, "They are lost otherwise.", self._window)
        box.setStandardButtons(Button.Save | Button.Discard | Button.Cancel)
        box.setDefaultButton(Button.Save)
        answer = box.exec()
        box.deleteLater()
        return self.save() if answer == Button.Save else answer == Button.Discard

    def export_data(self) -> None:
        """Ask for a file and write the trajectories there."""
        name = str(Path(self._export_folder) / f"{self.suggested_name}.csv")
        if file := self.ask_file("Export data", name, DATA):
            scene = self._store.scene
            self._background.run(lambda: write_data(scene, file), lambda error: self._exported(file, error))

    def export_script(self) -> None:
        """Ask for a file and write a Python script there."""
        name = str(Path(self._export_folder) / f"{self.suggested_name}.py")
        if file := self.ask_file("Export as Python", name, {"Python (*.py)": ".py"}):
            try:
                write_script(self._store.session, file)
            except InputError as error:
                self._exported(file, error)
            else:
                self._exported(file, None)

    @property
    def suggested_name(self) -> str:
        """Of a file, without its ending."""
        if self._documents.path is not None:
            return self._documents.path.stem
        name = self._store.scene.problem.name
        return name if name.replace("-", "").isalnum() else "optvis"

    def tell(self, text: str, detail: str) -> None:
        """Show what went wrong."""
        box = plain_box(QMessageBox.Icon.Warning, text, detail, self._window)
        box.exec()
        box.deleteLater()

    @property
    def _folder(self) -> str:
        return str(stored.folder(self._settings, "folder"))

    @property
    def _export_folder(self) -> str:
        return str(stored.folder(self._settings, "export/folder"))

    def _open(self, show: Callable[[], Any]) -> None:
        if self.may_lose():
            self._try("This session cannot be opened.", show)

    def _saved_where(self, file: Path, what: str) -> bool:
        """Ask which of two versions of a file is to stay, and return whether the session is in a file now."""
        detail = "Another window or program has saved there. Both versions can be kept."
        box = plain_box(QMessageBox.Icon.Question, f"{what}.", detail, self._window)
        elsewhere = box.addButton("Save under another &name…", QMessageBox.ButtonRole.AcceptRole)
        replace = box.addButton("&Replace it", QMessageBox.ButtonRole.DestructiveRole)
        other = box.addButton("&Open the other one", QMessageBox.ButtonRole.ResetRole)
        box.addButton(Button.Cancel)
        box.setDefaultButton(elsewhere)
        box.exec()
        chosen = box.clickedButton()
        box.deleteLater()
        if chosen is elsewhere:
            return self.save_as()
        if chosen is replace:
            save = partial(self._documents.save, file, replaces_others=True)
            return self._try("The session cannot be saved.", save)
        if chosen is other:
            self._try("This file cannot be opened.", lambda: self._documents.open(file))
        return False

    def _try(self, what: str, do: Callable[[], Any]) -> bool:
        try:
            do()
        except ChangedOnDisk:
            raise
        except InputError as error:
            self.tell(what, str(error))
            return False
        return True

    def _saved(self, file: Path) -> bool:
        try:
            is_saved = self._try("The session cannot be saved.", lambda: self._documents.save(file))
        except ChangedOnDisk as error:
            return self._saved_where(file, str(error))
        if not is_saved:
            return False
        self._settings.setValue("folder", str(file.parent))
        self.said.emit(f"Saved {file}")
        return True

    def _exported(self, file: str, error: InputError | None) -> None:
        if error is not None:
            self.tell("The file cannot be written.", str(error))
            return
        self._settings.setValue("export/folder", str(Path(file).absolute().parent))
        self.said.emit(f"Exported {file}")

    def ask_file(self, title: str, name: str, kinds: dict[str, str]) -> str:
        """Ask where to save; a name without an ending gets that of the chosen kind."""
        dialog = QFileDialog(self._window, title, str(Path(name).parent), ";;".join(kinds))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(next(iter(kinds.values())))  # before it asks whether to replace a file
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(kinds[kind]))
        dialog.selectFile(Path(name).name)
        file = dialog.selectedFiles()[0] if dialog.exec() else ""
        dialog.deleteLater()
        return file


def plain_box(icon: QMessageBox.Icon, text: str, detail: str, parent: QWidget | None) -> QMessageBox:
    """Return a box with a sentence and a smaller one, in which nothing is taken for markup: words come from files."""
    box = QMessageBox(icon, "optvis", text, parent=parent)
    box.setInformativeText(detail)
    for label in box.findChildren(QLabel):  # setTextFormat reaches the first sentence alone
        label.setTextFormat(Qt.TextFormat.PlainText)
    return box
