"""A field for one number: what it takes, what it refuses, how it counts."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QLocale, Qt

from optvis.foundation.errors import InputError
from optvis.gui.widgets.number_field import NumberField, nudged, number_text, parsed_number


def not_negative(value):
    if not 0 <= value < math.inf:
        raise InputError(f"must be a number from 0 up, not {value:g}")
    return value


@pytest.fixture
def field(qtbot):
    field = NumberField(not_negative, "log")
    qtbot.addWidget(field)
    field.set_value(0.3)
    field.show()
    field.setFocus()
    field.seen, field.messages = [], []
    field.valueEdited.connect(field.seen.append)
    field.refused.connect(field.messages.append)
    return field


def typed(qtbot, field, text):
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


@given(st.floats(allow_nan=False))
def test_what_is_written_is_read_back(value):
    assert parsed_number(number_text(value)) == value


@pytest.mark.parametrize(
    ("value", "text"), [(0.95, "0.95"), (30.0, "30"), (1e-8, "1e-8"), (-7.0, "-7"), (1e300, "1e300"), (0.0, "0")]
)
def test_numbers_are_short(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("text", "up", "scale", "next_"),
    [
        ("0.3", True, "log", "0.4"),
        ("0.25", False, "log", "0.24"),
        ("0.1", False, "log", "0.09"),
        ("0.01", False, "log", "0.009"),
        ("0", True, "log", "1"),
        ("1e-8", True, "log", "2e-8"),
        ("1e-8", False, "log", "9e-9"),
        ("30", True, "linear", "31"),
        ("1", False, "linear", "0"),
        ("-7", False, "linear", "-8"),
        ("\N{MINUS SIGN}7", True, "linear", "-6"),
        ("0.9", True, "one-minus", "0.91"),
        ("0.99", True, "one-minus", "0.991"),
        ("0.95", False, "one-minus", "0.94"),
        ("1.05", True, "one-minus", "1.06"),
        ("abc", True, "linear", "abc"),
        ("nan", True, "log", "nan"),
    ],
)
def test_arrows_count_in_the_last_digit(text, up, scale, next_):
    assert nudged(text, up, scale) == next_


@given(st.decimals(min_value="1e-12", max_value="1e12", places=12), st.integers(1, 40))
def test_counting_down_on_a_log_scale_never_reaches_zero(number, downs):
    text = str(number)
    for _ in range(downs):
        before, text = Decimal(text), nudged(text, False, "log")
        assert 0 < Decimal(text) < before


def test_a_number_is_taken_with_enter(qtbot, field):
    typed(qtbot, field, "5e-2")
    assert field.seen == [0.05]
    assert field.value() == 0.05


def test_a_number_is_taken_when_the_field_is_left(qtbot, field):
    field.selectAll()
    qtbot.keyClicks(field, "12")
    assert field.seen == []
    field.clearFocus()
    assert field.seen == [12.0]


@pytest.mark.parametrize("text", ["abc", "", "1,5", "nan", "-1", "inf", "1e999", "0x10", "__import__('os')"])
def test_anything_else_is_refused_in_words_and_the_value_stays(qtbot, field, text):
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.seen == []
    assert field.value() == 0.3
    assert "number" in field.messages[-1]
    assert field.text() == text, "what was typed stays, to be corrected"


def test_escape_takes_the_typing_back(qtbot, field):
    typed(qtbot, field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "0.3"
    assert field.messages[-1] == ""
    assert field.seen == []


def test_arrows_propose_at_once_and_stop_at_what_is_legal(qtbot, field):
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.seen == [0.4, 0.5]
    field.set_value(0.0)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.messages[-1] != ""
    assert field.value() == 0.0


def test_a_new_value_replaces_the_text_but_the_same_value_leaves_the_typing(qtbot, field):
    field.selectAll()
    qtbot.keyClicks(field, "0.")
    field.set_value(0.3)
    assert field.text() == "0."
    field.set_value(0.7)
    assert field.text() == "0.7"


def test_width_follows_the_font(field):
    width = field.sizeHint().width()
    font = field.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    field.setFont(font)
    assert field.sizeHint().width() > 1.5 * width


@pytest.fixture
def german():
    before = QLocale()
    QLocale.setDefault(QLocale("de_DE"))
    yield
    QLocale.setDefault(before)


def test_a_comma_is_the_point_where_the_language_has_it_so(german):
    assert parsed_number("0,05") == 0.05
    assert parsed_number("-1,5e-3") == -0.0015
    assert parsed_number("0.05") == 0.05
    assert nudged("0,5", up=True) == "0.6"
    for text in ("1,000.5", "1,2,3", ",", "1.000,5"):
        with pytest.raises(InputError):
            parsed_number(text)


def test_elsewhere_a_comma_is_refused():
    with pytest.raises(InputError, match="'0,05' is not a number"):
        parsed_number("0,05")


@pytest.mark.parametrize("text", ["1e9999999", "-1e9999999", "1e-9999999", "0e9999999", "1e999999999999999999"])
@pytest.mark.parametrize("scale", ["linear", "log", "one-minus"])
def test_a_number_beyond_all_floats_is_not_counted(text, scale):
    for up in (True, False):
        assert nudged(text, up, scale) == text
