"""Numbers as people read them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optvis.foundation.number_text import number, percent, power_of_ten, typeset


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (-0.10349, "−0.103"),
        (1234.4, "1234"),
        (99999.0, "99999"),
        (123456.0, "1.23×10⁵"),
        (1e5, "1×10⁵"),
        (-1.5e-9, "−1.5×10⁻⁹"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "nan"),
    ],
)
def test_numbers_are_short(value, text):
    assert number(value) == text


def test_powers_of_ten():
    assert [power_of_ten(k) for k in (-12, 0, 3)] == ["10⁻¹²", "10⁰", "10³"]


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        ("the norm is 1.5e-07", "the norm is 1.5×10⁻⁷"),
        ("from -2e+20 to 3.0e5, at most 1e-06", "from −2×10²⁰ to 3×10⁵, at most 1×10⁻⁶"),
        ("0.25 at step 3", "0.25 at step 3"),
        ("rule e-3 and x1e5, 2e", "rule e-3 and x1e5, 2e"),
    ],
)
def test_a_sentence_is_typeset_where_a_number_has_an_exponent(plain, text):
    assert typeset(plain) == text
    assert typeset(text) == text


@given(st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: not 1e3 <= abs(value) < 1e5))
def test_a_typeset_number_is_the_number(value):
    if "e" in (plain := f"{value:.3g}"):
        assert typeset(plain) == number(value)


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (0.0, 0, "0 %"), (1e-9, 0, "<1 %"), (0.0099, 0, "<1 %"), (0.01, 0, "1 %"), (0.95, 0, "95 %"),
        (0.99, 0, "99 %"), (0.9901, 0, ">99 %"), (1.0, 0, "100 %"), (1.5, 0, "150 %"),
        (0.125, 1, "12.5 %"), (0.5, 1, "50.0 %"), (0.9994, 1, "99.9 %"), (0.9996, 1, "100 %"), (1.0, 1, "100 %"),
    ],
)  # fmt: skip
def test_percent(share, decimals, text):
    assert percent(share, decimals) == text
