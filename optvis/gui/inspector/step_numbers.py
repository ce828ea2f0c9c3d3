"""The numbers of one step, in a grid."""

from __future__ import annotations

import re

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont, QPalette
from PyQt6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from optvis.foundation.number_text import number
from optvis.gui.inspector.step_record import StepRecord
from optvis.gui.widgets.palette import muted_color
from optvis.gui.widgets.plain_tip import plain_tip

DIGITS = 6
_WIDEST = "−0.12345×10⁻¹⁰"


def with_even_digits(font: QFont) -> QFont:
    """Return a font whose digits are equally wide, where that can be asked for."""
    font = QFont(font)
    if hasattr(font, "setFeature"):  # Qt 6.7 and later
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


class StepNumbers(QWidget):
    """One row for each quantity of a step, one column for each parameter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout: tuple[object, ...] | None = None
        self.values: dict[tuple[str, str], QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(1)

    def show_record(self, record: StepRecord | None) -> None:
        """Show the numbers of a step; nothing for None."""
        known = () if record is None else record.quantities
        params = () if record is None else record.params
        layout = params, tuple((quantity.name, quantity.symbol) for quantity in known), self.palette().cacheKey()
        if layout != self._layout:
            self._lay_out(record)
            self._layout = layout
        for quantity in known:
            for param, value in quantity.values.items():
                label = self.values[quantity.name, param]
                text = number(value, DIGITS)
                if text != label.text():
                    label.setText(text)
                label.setToolTip(plain_tip(f"{quantity.name} {param} = {value!r}".replace("  ", " ")))

    def _lay_out(self, record: StepRecord | None) -> None:
        """Make the labels anew."""
        while (item := self._grid.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.values = {}
        if record is None or not record.quantities:
            return
        params, muted = record.params, muted_color(self.palette()).name()
        for column, param in enumerate(params, 1):
            self._grid.addWidget(self._made_label(param, muted=True), 0, column)
            self._grid.setColumnStretch(column, 1)
            self._grid.setColumnMinimumWidth(column, self.fontMetrics().horizontalAdvance(_WIDEST))
        for row, quantity in enumerate(record.quantities, 1):
            name = QLabel(f"{_shortened(quantity.symbol)}&nbsp; <span style='color: {muted}'>{quantity.meaning}</span>")
            name.setTextFormat(Qt.TextFormat.RichText)
            name.setToolTip(plain_tip(f"{quantity.name}: {quantity.meaning}"))
            name.setMinimumWidth(1)
            self._grid.addWidget(name, row, 0)
            for key in quantity.values:
                label = self._made_label("")
                label.setFont(with_even_digits(label.font()))
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                label.setAccessibleName(f"{quantity.meaning} {quantity.name} {key}".strip())
                self.values[quantity.name, key] = label
                self._grid.addWidget(label, row, params.index(key) + 1 if key in params else 1)

    @staticmethod
    def _made_label(text: str, *, muted: bool = False) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if muted:
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        return label


def _shortened(symbol: str) -> str:
    """A symbol with its long words cut."""
    return re.sub(r"\w{11,}", lambda word: word[0][:9] + "\N{HORIZONTAL ELLIPSIS}", symbol)
