"""Export of a picture: what, how large, in which theme, and where to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from optvis.errors import InputError
from optvis.picture import Picture
from optvis.session import Scene

Export = Callable[[Scene, Picture], None]
"""Writes a picture; raises `InputError` when it cannot."""


class ExportDialog(QDialog):
    """Asks for the settings of a picture and writes it; an error stays beside the button."""

    def __init__(
        self, scene: Scene, step: int, theme: str, export: Export, settings: QSettings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export picture")
        self._scene, self._export, self._settings = scene, export, settings
        self.layout_choice = _choice("Map with all runs", "map", "Small multiples, one panel per run", "multiples")
        self.layout_choice.setCurrentIndex(self.layout_choice.findData(scene.session.view.layout))
        self.width_box, self.height_box = _pixels(1200), _pixels(800)
        self.scale_box = QDoubleSpinBox(minimum=0.5, maximum=8.0, singleStep=0.5, value=2.0, decimals=1, suffix=" ×")
        self.theme_choice = _choice("Light", "light", "Dark", "dark")
        self.theme_choice.setCurrentIndex(self.theme_choice.findData(theme))
        self.step_box = QSpinBox(minimum=0, maximum=scene.steps, value=step)
        self.step_box.setAccelerated(True)
        folder = Path(str(settings.value("export/folder", str(Path.home()))))
        self.file_field = QLineEdit(str(folder / f"{_file_name(scene)}.png"))
        browse = QPushButton("Browse…", clicked=self._browse)
        self.pixels_label = QLabel()
        self.error_label = QLabel(wordWrap=True, visible=False)
        self.error_label.setObjectName("error")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.export_button.setDefault(True)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)

        form = QFormLayout(self)
        form.addRow("&Picture", self.layout_choice)
        form.addRow("&Size", _row(self.width_box, QLabel("×"), self.height_box))
        form.addRow("S&cale", _row(self.scale_box, self.pixels_label))
        form.addRow("&Theme", self.theme_choice)
        form.addRow("St&ep", self.step_box)
        form.addRow("&File", _row(self.file_field, browse))
        form.addRow(self.error_label)
        form.addRow(buttons)
        for box, name in (
            (self.width_box, "Width in pixels"),
            (self.height_box, "Height in pixels"),
            (self.scale_box, "Scale"),
            (self.step_box, "Step"),
            (self.file_field, "File"),
        ):
            box.setAccessibleName(name)
        for box in (self.width_box, self.height_box, self.scale_box):
            box.valueChanged.connect(self._show_pixels)
        self._show_pixels()
        self.resize(max(self.sizeHint().width(), 520), self.sizeHint().height())

    @property
    def picture(self) -> Picture:
        """What is chosen at the moment."""
        return Picture(
            file=self.file_field.text(),
            size=(self.width_box.value(), self.height_box.value()),
            scale=self.scale_box.value(),
            theme=self.theme_choice.currentData(),
            layout=self.layout_choice.currentData(),
            step=self.step_box.value(),
        )

    def _show_pixels(self) -> None:
        width, height = (round(side * self.scale_box.value()) for side in self.picture.size)
        self.pixels_label.setText(f"{width} × {height} pixels")

    def _browse(self) -> None:
        file, _ = QFileDialog.getSaveFileName(self, "Export picture", self.file_field.text(), "PNG pictures (*.png)")
        if file:
            self.file_field.setText(file if Path(file).suffix else f"{file}.png")

    def _accept(self) -> None:
        picture = self.picture
        self.setCursor(Qt.CursorShape.WaitCursor)
        try:
            self._export(self._scene, picture)
        except InputError as error:
            self.error_label.setText(str(error))
            self.error_label.setVisible(True)
            return
        finally:
            self.unsetCursor()
        self._settings.setValue("export/folder", str(Path(picture.file).absolute().parent))
        self.accept()


def _file_name(scene: Scene) -> str:
    name = scene.problem.name
    return name if name.replace("-", "").isalnum() else "optvis"


def _choice(*text_and_data: str) -> QComboBox:
    box = QComboBox()
    for text, data in zip(text_and_data[::2], text_and_data[1::2], strict=True):
        box.addItem(text, data)
    return box


def _pixels(value: int) -> QSpinBox:
    return QSpinBox(minimum=200, maximum=8000, singleStep=100, value=value)


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget, 1 if isinstance(widget, QLineEdit) else 0)
    if not any(isinstance(widget, QLineEdit) for widget in widgets):
        layout.addStretch(1)
    row.setFocusProxy(widgets[0])
    return row
