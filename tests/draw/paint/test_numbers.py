import math
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optvis.draw.paint.numbers import ticks

_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


def read_back(label, note):
    """The number that a label and its note stand for."""
    factor = re.search(r"×10(\S+)", note.split("+")[0].split("− ")[0])
    offset = re.search(r"[+−] (.*)$", note)
    value = float(label.translate(_PLAIN)) * 10.0 ** (int(factor[1].translate(_PLAIN)) if factor else 0)
    if offset:
        digits = offset[1].replace("×10", "e").translate(_PLAIN)
        value += (-1 if offset[0][0] == "−" else 1) * float(digits)
    return value


@given(
    middle=st.one_of(st.just(0.0), st.floats(-1e6, 1e6), st.floats(-1e100, 1e100)),
    share=st.floats(1e-10, 1e3),
    about=st.integers(1, 12),
)
def test_labels_tell_ticks_apart_and_say_the_truth(middle, share, about):
    span = share * abs(middle) or share
    assume(span > 1e-290)  # a viewport does not go below it
    low, high = middle - span / 2, middle + span / 2
    found = ticks(low, high, about)
    assert len(found.values) <= 2.5 * about + 2
    assert len(set(found.labels)) == len(found.labels) == len(found.values)
    assert list(found.values) == sorted(set(found.values))
    for value, label in zip(found.values, found.labels, strict=True):
        assert low - 1e-6 * span <= value <= high + 1e-6 * span
        assert len(label) <= 8
        assert "-" not in label
        assert read_back(label, found.note) == pytest.approx(value, abs=1e-3 * span + 1e-14 * abs(value))


@given(low=st.floats(-1e6, 1e6), span=st.floats(0.1, 1e6))
def test_whole_ticks_are_whole(low, span):
    assert all(value == int(value) for value in ticks(low, low + span, 6, whole=True).values)


def test_there_are_about_as_many_as_wanted():
    for about in range(3, 12):
        for high in (1.0, 2.3, 7.7, 30.0, 99.0):
            assert about / 2.6 <= len(ticks(0, high, about).values) <= about + 1


def test_impossible_ranges_have_no_ticks():
    for low, high in ((1, 1), (2, 1), (math.nan, 1), (0, math.inf)):
        assert ticks(low, high).values == ()
