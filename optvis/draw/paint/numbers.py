"""Round numbers along an axis, with labels that tell them apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from optvis.foundation.number_text import number, power_of_ten

_LONGEST_LABEL = 6


@dataclass(frozen=True)
class Ticks:
    """Round numbers along an axis.

    Attributes
    ----------
    values
        Ascending.
    labels
        One per value, all different.
    note
        What the labels are multiplied by and added to, for the end of the axis: ``×10⁵``, ``+1.2345``;
        mostly empty.
    """

    values: tuple[float, ...]
    labels: tuple[str, ...]
    note: str = ""


def ticks(low: float, high: float, about: int = 6, *, whole: bool = False) -> Ticks:
    """Return about so many round numbers from low to high, with labels that tell them apart.

    With ``whole`` they are whole numbers.

    Works down to spans of some thousand floats round any number: what is common to all labels
    goes into the note.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return Ticks((), ())
    least = high / max(about, 1) - low / max(about, 1)  # not their difference, which may be no float
    mantissa, exponent = _step(max(least, 1.0) if whole else least, (10, 20, 50) if whole else (10, 20, 25, 50))
    step = Decimal(mantissa).scaleb(exponent)
    first = math.ceil(Decimal(low) / step - Decimal("1e-9"))
    last = math.floor(Decimal(high) / step + Decimal("1e-9"))
    if last - first > 10 * about + 10:
        return Ticks((), ())
    exact = [Decimal(index * mantissa).scaleb(exponent) for index in range(first, last + 1)]
    labels, note = _labels(exact, exponent, Decimal(high) - Decimal(low))
    return Ticks(tuple(float(value) for value in exact), tuple(labels), note)


def _step(least: float, mantissas: tuple[int, ...]) -> tuple[int, int]:
    """The smallest round number that is not below ``least``, as mantissa and exponent."""
    exponent = math.floor(math.log10(least)) - 1
    for mantissa in mantissas:
        if mantissa * 10.0**exponent >= least * (1 - 1e-9):
            return (mantissa, exponent) if mantissa == 25 else (mantissa // 10, exponent + 1)
    return 1, exponent + 2


def _labels(values: list[Decimal], exponent: int, span: Decimal) -> tuple[list[str], str]:
    """Labels and the note that belongs to them; ``exponent`` is that of the last digit that tells them apart."""
    if not values:
        return [], ""
    plain = [_plain(value, exponent) for value in values]
    if max(map(len, plain)) <= _LONGEST_LABEL:
        return plain, ""
    note = ""
    largest = max(abs(value) for value in values)
    if largest > 1000 * span:
        unit = Decimal(1).scaleb(span.adjusted() + 1)
        offset = math.floor(values[0] / unit) * unit
        values = [value - offset for value in values]
        largest = max(abs(value) for value in values)
        note = f"{'−' if offset < 0 else '+'} {_short(abs(offset))}"
    plain = [_plain(value, exponent) for value in values]
    if max(map(len, plain)) > _LONGEST_LABEL and largest > 0:
        power = largest.adjusted()
        plain = [_plain(value.scaleb(-power), exponent - power) for value in values]
        note = f"×{power_of_ten(power)} {note}".strip()
    return plain, note


def _plain(value: Decimal, exponent: int) -> str:
    return f"{value:.{max(0, -exponent)}f}".replace("-", "−") if value else "0"


def _short(value: Decimal) -> str:
    """The same digits, as a power of ten where that is shorter."""
    text = f"{value.normalize():f}"
    return text if len(text) <= 18 else number(float(value), 15)
