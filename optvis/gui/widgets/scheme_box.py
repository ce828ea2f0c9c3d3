"""The choice of a gradient scheme."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QComboBox, QWidget

from optvis.problems.gradient import Scheme, parse_scheme

_SCHEMES = {
    "central": "(f(x + h) − f(x − h)) / 2h, the textbook's",
    "forward": "(f(x + h) − f(x)) / h: cheaper and less exact",
    "complex-step": "Im f(x + ih) / h: exact to rounding, for formulas without abs, sign, floor, minimum, maximum",
}


class SchemeBox(QComboBox):
    """The kind of a gradient; its step is a field of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for row, (kind, about) in enumerate(_SCHEMES.items()):
            self.addItem(kind)
            self.setItemData(row, about, Qt.ItemDataRole.ToolTipRole)
        self.setAccessibleName("Gradient scheme")

    def chosen(self) -> Scheme:
        """Return the kind that is shown, with its usual step."""
        return parse_scheme(self.currentText())

    def set_kind(self, scheme: Scheme) -> None:
        """Show a kind."""
        self.setCurrentText(scheme.kind)
        self.setToolTip(f"How gradients are computed: {_SCHEMES[scheme.kind]}")

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Leave the wheel to the panel."""
        if event is not None:
            event.ignore()
