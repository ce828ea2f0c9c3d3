"""The settings of a picture or an animation, as a form that remembers them."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QSettings, QSignalBlocker, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from optvis.document.layouts import LAYOUTS
from optvis.document.picture_spec import ANIMATION_SIZE, ANIMATIONS, HOLDS, MAX_GIF_RATE, RATES, STILL_SIZE, Picture
from optvis.document.session import Scene
from optvis.explain.settled import settled_step
from optvis.foundation.errors import InputError
from optvis.gui.state import stored

FORMATS = {
    ".png": "PNG picture",
    ".svg": "SVG picture, lines and text",
    ".pdf": "PDF page, lines and text",
    ".gif": "GIF animation",
    ".apng": "Animated PNG",
    ".webp": "WebP animation",
    ".mp4": "MP4 video",
}
_THEMES = {"light": "Light", "dark": "Dark"}


def _last_that_moves(scene: Scene) -> int:
    """The step at which an animation may end: from there on nothing is seen to move."""
    return max(1, settled_step((run.trajectory for run in scene.visible_runs), scene.bounds))


class ExportForm(QWidget):
    """Everything about a picture but its file's name.

    Signals
    -------
    formatChanged(str)
        The ending of the format that was chosen.
    """

    formatChanged = pyqtSignal(str)

    def __init__(self, scene: Scene, step: int, theme: str, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene, self._settings = scene, settings
        titles = {name: each.title for name, each in LAYOUTS.items()}
        self.layout_choice = _choice(titles, scene.session.view.layout)
        self.format_choice = _choice(
            self.formats, stored.choice(settings, "export/format", tuple(self.formats), ".png")
        )
        self.width_box, self.height_box = _pixels(), _pixels()
        self.scale_box = QDoubleSpinBox(minimum=0.5, maximum=8.0, singleStep=0.5, decimals=1, suffix=" ×")
        self.pixels_label = QLabel()
        self.theme_choice = _choice(_THEMES, theme)
        self.transparent_box = QCheckBox("Transparent background")
        self.transparent_box.setChecked(stored.number(settings, "export/transparent", 0) > 0)
        self.step_box = QSpinBox(minimum=0, maximum=scene.steps, value=step)
        self.first_box = QSpinBox(minimum=0, maximum=scene.steps, value=0)
        self.last_box = QSpinBox(minimum=0, maximum=scene.steps, value=_last_that_moves(scene))
        self.last_box.setToolTip("By default where nothing moves any more")
        self.rate_box = QDoubleSpinBox(minimum=RATES[0], maximum=RATES[1], decimals=1, suffix=" frames per second")
        self.rate_box.setValue(stored.number(settings, "export/fps", Picture.fps))
        self.stride_box = QSpinBox(minimum=0, maximum=max(1, scene.steps), specialValueText="automatic")
        self.hold_box = QDoubleSpinBox(minimum=HOLDS[0], maximum=HOLDS[1], singleStep=0.5, decimals=1, suffix=" s")
        self.hold_box.setValue(stored.number(settings, "export/hold", Picture.hold))
        self.loop_box = QCheckBox("Begin again at the end")
        self.loop_box.setChecked(stored.number(settings, "export/loop", 1) > 0)
        self.length_label = QLabel()
        for box in (self.step_box, self.first_box, self.last_box, self.stride_box):
            box.setAccelerated(True)
        self._arrange()
        self._kind = self._kind_of_file
        self._load_size()
        self._show_format()
        self.format_choice.currentIndexChanged.connect(self._change_format)
        self.layout_choice.currentIndexChanged.connect(self._offer_formats)
        sizes = self.width_box, self.height_box, self.scale_box
        for number in (*sizes, self.first_box, self.last_box, self.rate_box, self.stride_box, self.hold_box):
            number.valueChanged.connect(self._show_numbers)

    @property
    def formats(self) -> dict[str, str]:
        """Those of `FORMATS` that the chosen layout can be written in: no animation of what never changes."""
        can_be_animated = LAYOUTS[self.layout_choice.currentData()].can_be_animated
        return {ending: words for ending, words in FORMATS.items() if can_be_animated or ending not in ANIMATIONS}

    @property
    def ending(self) -> str:
        """Of the format that is chosen, with its dot."""
        return str(self.format_choice.currentData())

    def set_ending(self, ending: str) -> None:
        """Choose the format of an ending, if it is offered."""
        if ending in self.formats:
            self.format_choice.setCurrentIndex(self.format_choice.findData(ending))

    def picture(self, file: str) -> Picture:
        """Return what is chosen, for a file."""
        picture = Picture(
            file,
            size=(self.width_box.value(), self.height_box.value()),
            scale=self.scale_box.value(),
            theme=self.theme_choice.currentData(),
            layout=self.layout_choice.currentData(),
        )
        if self._kind == "still":
            return replace(picture, step=self.step_box.value(), transparent=self.transparent_box.isChecked())
        return replace(
            picture,
            step=(self.first_box.value(), self.last_box.value()),
            fps=self.rate_box.value(),
            steps_per_frame=self.stride_box.value() or None,
            hold=self.hold_box.value(),
            loop=self.loop_box.isChecked(),
        )

    def remember(self) -> None:
        """Store the choices, for the next time."""
        store = self._settings.setValue
        store("export/format", self.ending)
        for name, value in (
            (f"{self._kind}-width", self.width_box.value()),
            (f"{self._kind}-height", self.height_box.value()),
            (f"{self._kind}-scale", self.scale_box.value()),
            ("transparent", int(self.transparent_box.isChecked())),
            ("fps", self.rate_box.value()),
            ("hold", self.hold_box.value()),
            ("loop", int(self.loop_box.isChecked())),
        ):
            store(f"export/{name}", value)

    @property
    def _kind_of_file(self) -> str:
        return "animation" if self.ending in ANIMATIONS else "still"

    def _arrange(self) -> None:
        form = self._form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        size = _row(self.width_box, QLabel("×"), self.height_box)
        first_to_last = self._range_row = _row(self.first_box, QLabel("to"), self.last_box)
        rate = self._rate_row = _row(self.rate_box, self.length_label)
        form.addRow("F&ormat", self.format_choice)
        form.addRow("&Picture", self.layout_choice)
        form.addRow("&Size", size)
        form.addRow("S&cale", _row(self.scale_box, self.pixels_label))
        form.addRow("&Theme", self.theme_choice)
        form.addRow("", self.transparent_box)
        form.addRow("St&ep", self.step_box)
        form.addRow("St&eps", first_to_last)
        form.addRow("&Rate", rate)
        form.addRow("Steps per fra&me", self.stride_box)
        form.addRow("&Hold the end", self.hold_box)
        form.addRow("", self.loop_box)
        for box, name in (
            (self.format_choice, "Format"),
            (self.layout_choice, "Picture"),
            (self.width_box, "Width in pixels"),
            (self.height_box, "Height in pixels"),
            (self.scale_box, "Scale"),
            (self.theme_choice, "Theme"),
            (self.step_box, "Step"),
            (self.first_box, "First step"),
            (self.last_box, "Last step"),
            (self.rate_box, "Frames per second"),
            (self.stride_box, "Steps per frame"),
            (self.hold_box, "Seconds that the last frame is held"),
        ):
            box.setAccessibleName(name)

    def _offer_formats(self) -> None:
        """Keep the chosen format where the layout has it, else take the first."""
        chosen = self.ending
        with QSignalBlocker(self.format_choice):
            self.format_choice.clear()
            _fill(self.format_choice, self.formats, chosen)
        if self.ending != chosen:
            self._change_format()

    def _change_format(self) -> None:
        if self._kind != self._kind_of_file:
            self._kind = self._kind_of_file
            self._load_size()
        self._show_format()
        self.formatChanged.emit(self.ending)

    def _load_size(self) -> None:
        """Stills and animations have sizes of their own."""
        size, scale = (STILL_SIZE, 2.0) if self._kind == "still" else (ANIMATION_SIZE, 1.0)
        self.width_box.setValue(round(stored.number(self._settings, f"export/{self._kind}-width", size[0])))
        self.height_box.setValue(round(stored.number(self._settings, f"export/{self._kind}-height", size[1])))
        self.scale_box.setValue(stored.number(self._settings, f"export/{self._kind}-scale", scale))

    def _show_format(self) -> None:
        is_still = self._kind == "still"
        for row, has_it in (
            (self.transparent_box, is_still),
            (self.step_box, is_still),
            (self._range_row, not is_still),
            (self._rate_row, not is_still),
            (self.stride_box, not is_still),
            (self.hold_box, not is_still),
            (self.loop_box, not is_still and self.ending != ".mp4"),
        ):
            self._form.setRowVisible(row, has_it)
        self.rate_box.setMaximum(MAX_GIF_RATE if self.ending == ".gif" else RATES[1])
        self._show_numbers()

    def _show_numbers(self) -> None:
        picture = self.picture(f"picture{self.ending}")
        width, height = picture.pixels
        self.pixels_label.setText(f"{width} × {height} pixels")
        try:
            frames = len(picture.frames(self._scene.steps))
        except InputError:
            self.length_label.clear()
            return
        self.length_label.setText(f"{frames:,} frames, {frames / picture.fps + picture.hold:.1f} s")


def _choice(words: dict[str, str], chosen: str) -> QComboBox:
    box = QComboBox()
    _fill(box, words, chosen)
    return box


def _fill(box: QComboBox, words: dict[str, str], chosen: str) -> None:
    for data, text in words.items():
        box.addItem(text, data)
    box.setCurrentIndex(max(0, box.findData(chosen)))


def _pixels() -> QSpinBox:
    return QSpinBox(minimum=200, maximum=8000, singleStep=100)


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    row.setFocusProxy(widgets[0])
    return row
