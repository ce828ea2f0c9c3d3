"""One row for one hyperparameter: its symbol, a slider whose groove may tell what it does, and a field."""

from __future__ import annotations

from PyQt6.QtCore import QSignalBlocker, pyqtSignal
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QCheckBox, QGridLayout, QSizePolicy, QWidget

from optvis.gui.widgets.elided_label import ElidedLabel
from optvis.gui.widgets.error_label import ErrorLabel
from optvis.gui.widgets.number_field import Nudge, NumberField, number_text
from optvis.gui.widgets.plain_tip import plain_tip
from optvis.gui.widgets.value_groove import ValueGroove
from optvis.maps.slider_sweeps import Groove
from optvis.maps.slider_words import describe
from optvis.optimizers.hyperparameter import BELOW_ONE, HUGE, Hyperparameter, symbol
from optvis.optimizers.slider_scale import position_of, value_at

_WIDEST = "dampening"


class ValueSlider(QWidget):
    """Shows the value of a hyperparameter and proposes others; it never changes by itself.

    Parameters
    ----------
    hyper
        Range, scale, legal values and meaning. A ``switch`` is a check box.
    owner
        Whose hyperparameter it is, for accessible names.

    Signals
    -------
    valueEdited(float)
        The user wants another, legal value; many times during a drag.
    editingFinished()
        A drag or a series of keys has ended, or a number was entered.
    resetRequested()
        Double-click on the label or the slider: back to what is suggested.
    """

    valueEdited = pyqtSignal(float)
    editingFinished = pyqtSignal()
    resetRequested = pyqtSignal()

    def __init__(self, hyper: Hyperparameter, owner: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._declared = self.hyper = hyper
        self._value = hyper.default
        self._by_hand: bool | None = None
        self._suggested = hyper.default
        self._would = ""
        self.label = ElidedLabel(symbol(hyper.name))
        self.label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.error = ErrorLabel()
        self.slider: ValueGroove | None = None
        self.field: NumberField | None = None
        self.box: QCheckBox | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setHorizontalSpacing(6)
        grid.addWidget(self.label, 0, 0)
        if hyper.scale == "switch":
            self.box = self._made_box()
            grid.addWidget(self.box, 0, 1, 1, 2)
            self.label.setBuddy(self.box)
        else:
            self.slider, self.field = self._made_slider(), self._made_field()
            grid.addWidget(self.slider, 0, 1)
            grid.addWidget(self.field, 0, 2)
            self.label.setBuddy(self.field)
        grid.addWidget(self.error, 1, 0, 1, 3)
        grid.setColumnStretch(1, 1)
        self.label.doubleClicked.connect(self.resetRequested)
        self.set_owner(owner)
        self.set_value(hyper.default)

    def value(self) -> float:
        """The value that was set, or last proposed."""
        return self._value

    def set_value(self, value: float, by_hand: bool = False, suggested: float | None = None) -> None:
        """Show a value.

        Parameters
        ----------
        by_hand
            It was set by the user and is marked; else it is what is suggested.
        suggested
            What a reset brings back.
        """
        changed = value != self._value
        self._value = value
        self._suggested = self._declared.default if suggested is None else suggested
        self.hyper = self._declared.reaching(self._suggested)
        if self.groove is not None and self.groove.slider != self.hyper:  # it is of another range
            self.set_groove(None)
        self._show(changed)
        self._mark(by_hand)

    @property
    def groove(self) -> Groove | None:
        """What is painted into the slider."""
        return self.slider.groove if self.slider is not None else None

    def set_groove(self, groove: Groove | None, colormap: str = "viridis") -> None:
        """Show and say what the slider's values would do; None where that is not known."""
        if self.slider is None:
            return
        is_new = groove is not self.groove
        self.slider.set_groove(groove, colormap)
        if is_new:
            self._would = describe(groove) if groove is not None else ""
            self._describe()

    def set_owner(self, owner: str) -> None:
        """Say whose hyperparameter it is."""
        of_owner = f" of {owner}" if owner else ""
        name = self.hyper.name.replace("_", " ")
        for widget, what in ((self.slider, " slider"), (self.field, ""), (self.box, "")):
            if widget is not None:
                widget.setAccessibleName(f"{name}{of_owner}{what}")

    def tab_chain(self) -> list[QWidget]:
        """What the keyboard reaches, in order."""
        return [widget for widget in (self.slider, self.field, self.box) if widget is not None]

    def show_error(self, message: str) -> None:
        """Show why the last proposal cannot be used; the field keeps its text, the value is ``value()``."""
        self.error.show_error(message)

    def refuse(self, message: str, value: float) -> None:
        """Take the last proposal back: it cannot be used."""
        self._value = value
        if self.field is not None:
            self.field.refuse(message, value)
        self.error.show_error(message)

    def changeEvent(self, event: object) -> None:
        """Keep the labels of all rows equally wide."""
        super().changeEvent(event)  # type: ignore[arg-type]
        if hasattr(self, "error"):
            self._measure()

    def _made_box(self) -> QCheckBox:
        box = QCheckBox()
        box.toggled.connect(self._switched)
        return box

    def _made_slider(self) -> ValueGroove:
        slider = ValueGroove()
        slider.valueChanged.connect(self._slid)
        slider.sliderPressed.connect(self.editingFinished)  # what the keys did before is another edit
        slider.sliderReleased.connect(self._released)
        slider.left.connect(self.editingFinished)
        slider.doubleClicked.connect(self.resetRequested)
        return slider

    def _made_field(self) -> NumberField:
        scale: Nudge = "linear"
        if self.hyper.scale in ("log", "one-minus"):
            scale = "log" if self.hyper.scale == "log" else "one-minus"
        field = NumberField(self.hyper.check, scale)
        field.valueEdited.connect(self._propose)
        field.refused.connect(self.show_error)
        field.finished.connect(self.editingFinished)
        return field

    def _slid(self, position: int) -> None:
        self.error.show_error("")
        value = value_at(self.hyper, position)
        if value != self._value:
            self._propose(value)

    def _released(self) -> None:
        self._show(False)
        self.editingFinished.emit()

    def _switched(self, on: bool) -> None:
        self._propose(float(on))
        self.editingFinished.emit()

    def _propose(self, value: float) -> None:
        self._value = value
        self._show(True)
        self.valueEdited.emit(value)

    def _show(self, changed: bool) -> None:
        if self.box is not None:
            with QSignalBlocker(self.box):
                self.box.setChecked(self._value != 0.0)
        if self.slider is not None and not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(position_of(self.hyper, self._value))
        if self.field is not None:
            self.field.set_value(self._value)
            if changed:
                self.error.show_error("")
        self._describe()

    def _mark(self, by_hand: bool) -> None:
        if by_hand == self._by_hand:
            self._describe()
            return
        self._by_hand = by_hand
        font = self.label.font()
        font.setBold(by_hand)
        self.label.setFont(font)
        self._measure()
        self._describe()

    def _measure(self) -> None:
        font = self.label.font()
        font.setBold(True)
        self.label.setFixedWidth(QFontMetrics(font).horizontalAdvance(_WIDEST) + 2)

    def _describe(self) -> None:
        hyper = self.hyper
        shown = f"{hyper.name} = {number_text(self._value)}"
        if hyper.scale == "switch":
            shown = f"{hyper.name} is {'on' if self._value else 'off'}"
        spread = {"log": ", logarithmic", "one-minus": ", 1 − value logarithmic"}.get(hyper.scale, "")
        low = 0.0 if hyper.zero else hyper.low
        range_ = (
            "" if hyper.scale == "switch" else f"slider from {number_text(low)} to {number_text(hyper.high)}{spread}"
        )
        legal = _legal(hyper)
        back = f"set by hand; double-click for {number_text(self._suggested)}" if self._by_hand else ""
        tip = "\n".join(part for part in (hyper.meaning, shown, self._would, range_, legal, back) if part)
        for widget in (self.label, self.slider, self.field, self.box):
            if isinstance(widget, ElidedLabel):
                widget.set_tip(tip)
            elif widget is not None:
                widget.setToolTip(plain_tip(tip))
                widget.setAccessibleDescription(tip.replace("\n", "; "))


def _legal(hyper: Hyperparameter) -> str:
    if hyper.scale == "switch" or (hyper.least >= hyper.low and hyper.most <= hyper.high):
        return ""
    parts = [f"from {number_text(hyper.least)}"] if hyper.least > -HUGE else []
    if hyper.most == BELOW_ONE:
        parts.append("below 1")
    elif hyper.most < HUGE:
        parts.append(f"up to {number_text(hyper.most)}")
    return f"the field takes any number {' '.join(parts)}".rstrip()
