"""Laws of the sliders' scales, for every hyperparameter of the catalogue and for any other."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optvis.optimizers.catalogue import CATALOGUE
from optvis.optimizers.hyperparameter import Hyperparameter
from optvis.optimizers.slider_scale import POSITIONS, position_of, value_at

KNOWN = {
    (hyper.name, hyper.low, hyper.high, hyper.scale, hyper.zero): hyper
    for optimizer in CATALOGUE.values()
    for hyper in optimizer.hyperparameters
    if hyper.scale != "switch"
}


@st.composite
def hypers(draw):
    scale = draw(st.sampled_from(["linear", "log", "one-minus"]))
    if scale == "log":
        low = 10.0 ** draw(st.integers(-16, 2))
        high = low * 10.0 ** draw(st.integers(1, 18))
    elif scale == "linear":
        low = draw(st.floats(-100, 100))
        high = low + draw(st.floats(0.1, 1000))
    else:
        low, high = draw(st.sampled_from([0.0, 0.5, 0.9])), draw(st.sampled_from([0.99, 0.9999, 0.999999]))
    zero = scale == "log" and draw(st.booleans())
    return Hyperparameter("name", low, low, high, scale, "meaning", zero=zero)


known = pytest.mark.parametrize("hyper", KNOWN.values(), ids=lambda hyper: f"{hyper.name}-{hyper.high:g}")


@known
def test_the_ends_are_exact(hyper):
    assert value_at(hyper, POSITIONS) == hyper.high
    assert value_at(hyper, 0) == (0.0 if hyper.zero else hyper.low)
    if hyper.zero:
        assert value_at(hyper, 1) == hyper.low


@given(hypers(), st.integers(0, POSITIONS))
def test_values_rise_with_the_position_and_stay_in_range(hyper, position):
    here = value_at(hyper, position)
    assert here <= value_at(hyper, min(position + 1, POSITIONS))
    assert hyper.low <= here <= hyper.high or (hyper.zero and position == 0 and here == 0.0)


@given(hypers(), st.integers(0, POSITIONS))
def test_a_position_is_found_again_from_its_value(hyper, position):
    # On a linear scale that does not begin near 0 the rounding to three digits may join positions.
    value = value_at(hyper, position)
    again = position_of(hyper, value)
    if hyper.scale == "linear":
        step = (hyper.high - hyper.low) / POSITIONS
        assert abs(again - position) * step <= 0.006 * max(abs(value), step) + step
    else:
        decades = math.log10(
            (1 - hyper.low) / (1 - hyper.high) if hyper.scale == "one-minus" else hyper.high / hyper.low
        )
        assert abs(again - position) <= 1 + 0.0022 * POSITIONS / decades


@known
def test_for_the_catalogue_a_key_press_always_changes_the_value(hyper):
    values = [value_at(hyper, position) for position in range(0, POSITIONS + 1, 5)]
    assert len(set(values)) == len(values)


@given(hypers(), st.floats(0, 1))
def test_a_value_comes_back_within_the_width_of_a_position(hyper, share):
    value = hyper.low + share * (hyper.high - hyper.low)
    position = position_of(hyper, value)
    assert 0 <= position <= POSITIONS
    below, above = value_at(hyper, max(position - 1, 0)), value_at(hyper, min(position + 1, POSITIONS))
    slack = 0.006 * max(abs(value), 1 - value if hyper.scale == "one-minus" else 0)
    assert below - slack <= value <= above + slack


@known
def test_values_beyond_the_range_are_at_the_ends(hyper):
    assert position_of(hyper, hyper.high * 2 + 1) == POSITIONS
    assert position_of(hyper, hyper.low - 1) == (0 if hyper.zero or hyper.low == 0 else position_of(hyper, hyper.low))


def test_rounding_is_to_three_digits_of_what_is_spread():
    lr = Hyperparameter("lr", 0.1, 1e-4, 10.0, "log", "", zero=True)
    assert all(float(f"{value_at(lr, p):.3g}") == value_at(lr, p) for p in range(POSITIONS + 1))
    beta = Hyperparameter("beta1", 0.9, 0.0, 0.9999, "one-minus", "")
    for position in range(POSITIONS + 1):
        rest = 1 - value_at(beta, position)
        assert math.isclose(rest, float(f"{rest:.3g}"), rel_tol=1e-9)
        assert len(repr(value_at(beta, position))) <= 9  # no noise such as 0.9899999999999999
