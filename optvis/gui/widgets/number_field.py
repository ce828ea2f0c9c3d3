"""A field for one number."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Literal

from PyQt6.QtCore import QLocale, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from optvis.foundation.errors import InputError

_MOST_DIGITS = 400
Nudge = Literal["linear", "log", "one-minus"]


def number_text(value: float) -> str:
    """Write a number as short as it can be read back: ``0.95``, ``30``, ``1e-8``."""
    text = repr(float(value)).removesuffix(".0")
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text


def parsed_number(text: str) -> float:
    """Read a number.

    Raises
    ------
    InputError
        When the text is not a number. ``nan`` and ``inf`` are left to the field's own check.
    """
    try:
        return float(_plain(text))
    except ValueError:
        said = f"'{text.strip()}' is not a number" if text.strip() else "a number is missing"
        raise InputError(f"{said}; write for example 0.05 or 5e-2") from None


def _plain(text: str) -> str:
    """As Python writes numbers; a comma stands for the point where the user's language has it so."""
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if QLocale().decimalPoint() == "," and plain.count(",") == 1 and "." not in plain:
        return plain.replace(",", ".")
    return plain


def nudged(text: str, up: bool, scale: Nudge = "linear") -> str:
    """Return a number one up or down in its last digit.

    On a ``log`` scale the step becomes finer before 0 is reached, 0.1 → 0.09; on a ``one-minus``
    scale that holds for the distance to 1, 0.9 → 0.91.
    """
    try:
        number = Decimal(_plain(text))
    except InvalidOperation:
        return text
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or max(abs(exponent), abs(number.adjusted())) > _MOST_DIGITS:
        return text  # nan, inf, and what no float comes near
    if scale == "one-minus":
        rest = Decimal(1) - number
        return _written(Decimal(1) - _moved(rest, rest.as_tuple().exponent, not up)) if rest > 0 else _written(
            _moved(number, exponent, up, to_zero=True)
        )  # fmt: skip
    return _written(_moved(number, exponent, up, to_zero=scale == "linear" or number == 0))


def _moved(number: Decimal, exponent: object, up: bool, *, to_zero: bool = False) -> Decimal:
    assert isinstance(exponent, int)
    step = Decimal(1).scaleb(exponent)
    if not to_zero and abs(number) == step and up == (number < 0):
        step /= 10
    return number + step if up else number - step


def _written(number: Decimal) -> str:
    text = f"{number:f}"
    if number and len(text) > 9 and abs(number) < Decimal("1e-4"):
        text = f"{number:e}"
    mantissa, e, exponent = text.lower().partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text


class NumberField(QLineEdit):
    """A line for one number, typed freely and taken with Enter or when the field is left.

    Esc takes the typing back, the arrows up and down count in the last digit. A text that is not
    legal stays, and the value stays what it was.

    Parameters
    ----------
    check
        Returns the number, or raises `InputError` with the message to show.
    nudge
        How the arrows count, see `nudged`.
    digits
        How wide the field is.

    Signals
    -------
    valueEdited(float)
        A new legal number was entered.
    refused(str)
        The text is no such number; the message for beneath the field. Empty: the text is legal
        again, or was taken back.
    finished()
        Enter was pressed or the field left, after the number was taken.
    """

    valueEdited = pyqtSignal(float)
    refused = pyqtSignal(str)
    finished = pyqtSignal()

    def __init__(
        self,
        check: Callable[[float], float] = float,
        nudge: Nudge = "linear",
        digits: int = 7,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._check = check
        self._nudge: Nudge = nudge
        self._digits = digits
        self._value: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.editingFinished.connect(self._finish)
        self.textEdited.connect(lambda _: self.refused.emit(""))

    def value(self) -> float | None:
        """The number that was set or last entered, whatever stands in the field."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show a number, unless the user is typing another one right now."""
        changed = value != self._value
        self._value = value
        if changed or not self.isModified():
            self._show(number_text(value))

    def pending(self) -> float:
        """Return the number that stands in the field, entered or not.

        Raises
        ------
        InputError
            When it is not a legal one.
        """
        return self._check(parsed_number(self.text()))

    def commit(self) -> None:
        """Take what was typed."""
        if self.isModified():
            self._take(self.text())

    def refuse(self, message: str, value: float) -> None:
        """Say that what was entered cannot be used after all; the value is the old one again."""
        self._value = value
        self.setModified(True)
        self.refused.emit(message)

    def restore(self) -> None:
        """Forget what was typed."""
        if self._value is not None:
            self._show(number_text(self._value))
        self.refused.emit("")

    def sizeHint(self) -> QSize:
        """Wide enough for the digits, in any font."""
        room = super().sizeHint().width() - 17 * self.fontMetrics().horizontalAdvance(
            "x"
        )  # what frame and margins need
        return QSize(
            max(room, 12) + self.fontMetrics().horizontalAdvance("0" * self._digits), super().sizeHint().height()
        )

    def minimumSizeHint(self) -> QSize:
        """The same: a number is not cut."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Count with the arrows, take back with Esc."""
        assert event is not None
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            text = nudged(self.text(), event.key() == Qt.Key.Key_Up, self._nudge)
            if text != self.text():
                self._show(text)
                self._take(text)
            return
        if plain and event.key() == Qt.Key.Key_Escape and self._value is not None and self.isModified():
            self.restore()
            self.selectAll()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Select everything, so that typing replaces it."""
        super().focusInEvent(event)
        if event is not None and event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Take what was typed; counting with the arrows has ended as well."""
        super().focusOutEvent(event)
        self._finish()

    def _finish(self) -> None:
        self.commit()
        self.finished.emit()

    def _take(self, text: str) -> None:
        try:
            value = self._check(parsed_number(text))
        except InputError as error:
            self.setModified(True)
            self.refused.emit(str(error))
            return
        self.setModified(False)
        self.refused.emit("")
        if value != self._value:
            self._value = value
            self.valueEdited.emit(value)

    def _show(self, text: str) -> None:
        self.setText(text)  # also ends being modified
        if not self.hasFocus():
            self.setCursorPosition(0)
