"""Numbers as people read them: a real minus sign, powers of ten with superscripts, percentages.

What a person copies back, and what a program reads, keeps Python's notation and does not pass here.
"""

from __future__ import annotations

import math
import re

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_WITH_EXPONENT = re.compile(r"-?\b\d+(?:\.\d+)?e[+-]?\d+\b")


def superscript(digits: str) -> str:
    """Raise the digits and the minus sign of a whole number."""
    return digits.translate(_SUPERSCRIPT)


def power_of_ten(exponent: int) -> str:
    """Write ``10⁻³``."""
    return f"10{superscript(str(exponent))}"


def number(value: float, digits: int = 3) -> str:
    """Write a number shortly: ``−0.103``, ``1.2×10⁵``, ``∞``."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if 1000 <= abs(value) < 99_999.5 and digits <= 5:
        return f"{value:.0f}".replace("-", "−")
    text = f"{value:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    if not exponent and len(mantissa.lstrip("-")) > digits + 4:  # 0.000123
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    if exponent:
        return _with_power(mantissa, exponent)
    if float(mantissa) == 0:
        return "0"
    return mantissa.replace("-", "−")


def place_text(names: tuple[str, str], x: float, y: float, digits: int = 3) -> str:
    """Write a place of the plane with the names of its coordinates: ``x 1.5   y −2``."""
    first, second = names
    return f"{first} {number(x, digits)}   {second} {number(y, digits)}"


def typeset(sentence: str) -> str:
    """Write the numbers of a sentence that have an exponent, such as ``1.5e-07``, as ``1.5×10⁻⁷``."""
    return _WITH_EXPONENT.sub(lambda found: _with_power(*found[0].split("e")), sentence)


def percent(share: float, decimals: int = 0) -> str:
    """Write a share of one as ``87 %``.

    Whole percent are 0 and 100 only where the share is so exactly: else ``<1 %`` and ``>99 %``.
    """
    value = 100 * share
    if not decimals and 0 < value < 1:
        return "<1 %"
    if not decimals and 99 < value < 100:
        return ">99 %"
    text = f"{value:.{decimals}f}"
    return "100 %" if float(text) == 100 else f"{text} %"


def _with_power(mantissa: str, exponent: str) -> str:
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}×{power_of_ten(int(exponent))}".replace("-", "−")
