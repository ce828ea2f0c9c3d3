"""The number of steps."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QWheelEvent
from PyQt6.QtWidgets import QSpinBox, QWidget

from optvis.engine.preparation import MAX_STEPS

_ANYTHING = 2_147_483_647


class StepsBox(QSpinBox):
    """A spin box that takes any whole number that is typed; what is legal is said by whoever uses it.

    Its arrows stay within 1 and `MAX_STEPS`, in steps of about a tenth.

    Signals
    -------
    left()
        The keyboard focus has gone elsewhere.
    """

    left = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(-_ANYTHING, _ANYTHING)
        self.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def stepBy(self, steps: int) -> None:
        """Count, and stay within what is legal."""
        super().stepBy(steps)
        self.setValue(min(max(self.value(), 1), MAX_STEPS))

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Count by the wheel only with the focus."""
        assert event is not None
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Tell."""
        super().focusOutEvent(event)
        self.left.emit()
