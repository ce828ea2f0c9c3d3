"""Export of a picture or an animation: what, how large, in which theme, and where to."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from time import perf_counter

from PyQt6.QtCore import QSettings, QTimer
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optvis.document.picture_spec import Picture
from optvis.document.session import Scene
from optvis.foundation.errors import InputError
from optvis.gui.files.export_form import FORMATS, ExportForm
from optvis.gui.state import stored

Export = Callable[[Scene, Picture], Generator[float, None, None]]
"""Writes a picture in slices; raises `InputError` when it cannot, and leaves no file when it is closed."""

SLICE_SECONDS = 0.02
"""How long drawing may keep the window from its events, if a frame is not longer."""


class ExportDialog(QDialog):
    """Asks for the settings of a picture and writes it; an error stays beside the button.

    While an animation is written the bar shows how far it is, and Cancel stops it and leaves no file.
    """

    def __init__(
        self, scene: Scene, step: int, theme: str, export: Export, settings: QSettings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export picture")
        self._scene, self._export, self._settings = scene, export, settings
        self._slices: Generator[float, None, None] | None = None
        self._agreed = ""  # the file that may be replaced
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)
        self.form = ExportForm(scene, step, theme, settings)
        self.form.formatChanged.connect(self._follow_format)
        folder = stored.folder(settings, "export/folder")
        self.file_field = QLineEdit(str(folder / f"{_file_name(scene)}{self.form.ending}"))
        self.file_field.setAccessibleName("File")
        self._browse_button = QPushButton("Browse…", autoDefault=False, clicked=self._browse)
        self.error_label = QLabel(wordWrap=True, visible=False)
        self.error_label.setObjectName("error")
        self.progress_bar = QProgressBar(maximum=1000, visible=False)
        self.progress_bar.setFormat("%p %")
        self.progress_bar.setAccessibleName("Exporting")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = self._buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        self.export_button.setDefault(True)
        self._buttons.accepted.connect(self._begin)
        self._buttons.rejected.connect(self.reject)

        column = QVBoxLayout(self)
        column.addWidget(self.form)
        row = QHBoxLayout()
        label = QLabel("&File")
        label.setBuddy(self.file_field)
        for widget in (label, self.file_field, self._browse_button):
            row.addWidget(widget, 1 if widget is self.file_field else 0)
        column.addLayout(row)
        column.addStretch(1)
        for widget in (self.error_label, self.progress_bar, self._buttons):
            column.addWidget(widget)
        self.resize(max(self.sizeHint().width(), 540), self.sizeHint().height())

    @property
    def picture(self) -> Picture:
        """What is chosen at the moment."""
        return self.form.picture(self.file_field.text())

    @property
    def is_exporting(self) -> bool:
        """Whether a file is being written."""
        return self._slices is not None

    def reject(self) -> None:
        """Stop writing; when nothing is written, close."""
        if self.is_exporting:
            self._stop()
        else:
            self.form.remember()  # who comes back finds what was chosen
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop writing, and close."""
        self._stop()
        super().closeEvent(event)

    def _follow_format(self, ending: str) -> None:
        """Give the file the ending of the format."""
        file = Path(self.file_field.text())
        if file.suffix.lower() in FORMATS:
            self.file_field.setText(str(file.with_suffix(ending)))
        self._tell("")

    def _browse(self) -> None:
        kinds = {f"{words} (*{ending})": ending for ending, words in self.form.formats.items()}
        chosen = next(kind for kind, ending in kinds.items() if ending == self.form.ending)
        file, kind = QFileDialog.getSaveFileName(
            self, "Export picture", self.file_field.text(), ";;".join(kinds), chosen
        )
        if file:
            ending = Path(file).suffix.lower()
            file, self._agreed = (file, file) if ending else (file + kinds.get(kind, self.form.ending), "")
            self.file_field.setText(file)
            self.form.set_ending(Path(file).suffix.lower())

    def _begin(self) -> None:
        self._tell("")
        ending = Path(self.file_field.text()).suffix.lower()
        self.form.set_ending(ending)  # a name that was typed says its kind too
        picture = self.picture
        if not self._may_replace(str(picture.file)):
            return
        try:
            slices = self._export(self._scene, picture)
            next(slices)
        except InputError as error:
            self._tell(str(error))
            return
        except StopIteration:
            self._finish()
            return
        self._slices = slices
        self._show_exporting(True)
        self._timer.start()

    def _go_on(self) -> None:
        if self._slices is None:
            return
        until = perf_counter() + SLICE_SECONDS
        share = 0.0
        try:
            while perf_counter() < until:
                share = next(self._slices)
        except StopIteration:
            self._stop()
            self._finish()
            return
        except InputError as error:
            self._stop()
            self._tell(str(error))
            return
        except MemoryError:
            self._stop()
            self._tell("there is not enough memory; choose a smaller size or scale")
            return
        except BaseException:
            self._stop()
            raise
        self.progress_bar.setValue(round(1000 * share))

    def _stop(self) -> None:
        self._timer.stop()
        if self._slices is not None:
            self._slices.close()
            self._slices = None
            self._show_exporting(False)

    def _finish(self) -> None:
        self._settings.setValue("export/folder", str(Path(self.picture.file).absolute().parent))
        self.form.remember()
        self.accept()

    def _show_exporting(self, is_exporting: bool) -> None:
        for widget in (self.form, self.file_field, self._browse_button, self.export_button):
            widget.setEnabled(not is_exporting)
        self.progress_bar.setValue(0)
        self.progress_bar.setVisible(is_exporting)
        if is_exporting:
            self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setFocus()

    def _tell(self, error: str) -> None:
        self.error_label.setText(error)
        self.error_label.setVisible(bool(error))

    def _may_replace(self, file: str) -> bool:
        if file == self._agreed or not Path(file).is_file():
            return True
        question = f"{Path(file).name} exists already. Replace it?"
        yes = QMessageBox.StandardButton.Yes
        return QMessageBox.question(self, "Export picture", question) == yes


def _file_name(scene: Scene) -> str:
    name = scene.problem.name
    return name if name.replace("-", "").isalnum() else "optvis"
