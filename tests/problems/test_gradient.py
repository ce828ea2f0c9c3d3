"""Numerical gradients against derivatives by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optvis.foundation.errors import InputError
from optvis.language.formula import parse_formula
from optvis.problems.gradient import DEFAULT_H, Scheme, numerical_gradient, parse_scheme
from optvis.problems.problem import CATALOGUE

# formula, its derivatives by hand
BY_HAND = {
    "x**2/20 + y**2": ("x/10", "2*y"),
    "(1 - x)**2 + 100*(y - x**2)**2": ("-2*(1 - x) - 400*x*(y - x**2)", "200*(y - x**2)"),
    "sin(3*x)*exp(-y)": ("3*cos(3*x)*exp(-y)", "-sin(3*x)*exp(-y)"),
    "log(x**2 + 1) + log10(y**2 + 1)": ("2*x/(x**2 + 1)", "2*y/(y**2 + 1)/log(10)"),
    "sqrt(x**2 + 1)*arctan(y)": ("x/sqrt(x**2 + 1)*arctan(y)", "sqrt(x**2 + 1)/(1 + y**2)"),
    "tanh(x) + sinh(y)*cosh(x)": ("1 - tanh(x)**2 + sinh(y)*sinh(x)", "cosh(y)*cosh(x)"),
    "x**3 - 3*x*y**2": ("3*x**2 - 3*y**2", "-6*x*y"),
    "arcsin(x/4) - arccos(y/4)": ("1/sqrt(16 - x**2)", "1/sqrt(16 - y**2)"),
    "arctan2(y, x)": ("-y/(x**2 + y**2)", "x/(x**2 + y**2)"),
    "(x**2 + 1)**(y/2)": ("y*x*(x**2 + 1)**(y/2 - 1)", "log(x**2 + 1)*(x**2 + 1)**(y/2)/2"),
    "tan(x/4)*e**-y": ("(1 + tan(x/4)**2)/4*e**-y", "-tan(x/4)*e**-y"),
    "x**7 + 2**y": ("7*x**6", "log(2)*2**y"),
}
# Error of each scheme relative to the size of the loss and its derivatives, for its default step.
BOUNDS = {"central": 1e-5, "forward": 1e-3, "complex-step": 1e-13}

COORDINATE = st.floats(-3, 3).filter(lambda v: abs(v) > 0.5)


def loss_of(text):
    formula = parse_formula(text)
    return lambda params: formula(params["x"], params["y"])


@pytest.mark.parametrize("scheme", BOUNDS)
@pytest.mark.parametrize("text", BY_HAND)
@given(x=COORDINATE, y=COORDINATE)
@settings(max_examples=40)
def test_a_gradient_is_that_by_hand(text, scheme, x, y):
    expected = {k: parse_formula(by_hand).scalar(x, y) for k, by_hand in zip("xy", BY_HAND[text], strict=True)}
    found = numerical_gradient(loss_of(text), {"x": x, "y": y}, scheme=scheme)
    size = 1 + abs(parse_formula(text).scalar(x, y)) + sum(map(abs, expected.values()))
    for key in "xy":
        assert type(found[key]) is float
        assert found[key] == pytest.approx(expected[key], abs=BOUNDS[scheme] * size)


@pytest.mark.parametrize("name", [name for name, known in CATALOGUE.items() if not known.formula.not_analytic])
def test_the_schemes_agree_on_every_analytic_problem(name):
    known = CATALOGUE[name]
    xmin, xmax, ymin, ymax = known.plane.bounds
    random = np.random.default_rng(3)
    points = {"x": random.uniform(xmin, xmax, 200), "y": random.uniform(ymin, ymax, 200)}
    exact = numerical_gradient(known.loss, points, scheme="complex-step")
    central = numerical_gradient(known.loss, points, scheme="central:1e-5")
    largest = np.abs(known.loss(points)).max() + max(np.abs(g).max() for g in exact.values())
    for key in points:
        np.testing.assert_allclose(central[key], exact[key], rtol=1e-6, atol=1e-8 * largest)


def test_a_central_difference_is_exact_on_parabolas_up_to_rounding():
    found = numerical_gradient(loss_of("x**2/20 + y**2"), {"x": -7.0, "y": 2.0})
    assert found == pytest.approx({"x": -0.7, "y": 4.0}, abs=4 * 2.3e-16 * 6.45 / 1e-4)


# --- shapes -------------------------------------------------------------------------------------


@given(arrays(float, (2, 3, 5), elements=st.floats(-3, 3)), st.sampled_from(["central", "forward"]))
@settings(max_examples=30)
def test_every_lane_is_differentiated_by_itself(w, scheme):
    """A parameter (2, 3, L) and another (L,), with a loss (L,)."""

    def loss(params):
        return (np.sin(params["w"]) ** 2).sum(axis=(0, 1)) * params["b"]

    b = np.linspace(1, 2, 5)
    together = numerical_gradient(loss, {"w": w, "b": b}, scheme=scheme)
    assert together["w"].shape == w.shape
    assert together["b"].shape == (5,)
    for lane in range(5):
        alone = numerical_gradient(loss, {"w": w[..., lane : lane + 1], "b": b[lane : lane + 1]}, scheme=scheme)
        np.testing.assert_allclose(together["w"][..., lane], alone["w"][..., 0], rtol=1e-9, atol=1e-8)
        np.testing.assert_allclose(together["b"][lane], alone["b"][0], rtol=1e-9, atol=1e-8)
    by_hand = 2 * np.sin(w) * np.cos(w) * b
    np.testing.assert_allclose(together["w"], by_hand, atol=1e-7 if scheme == "central" else 1e-4)


def test_without_lanes_every_number_of_an_array_is_differentiated():
    """The textbook's way: an array of two and a loss that is one number."""
    found = numerical_gradient(lambda p: (p["w"] ** 2).sum(), {"w": np.array([1.0, -2.0])})
    np.testing.assert_allclose(found["w"], [2.0, -4.0], atol=1e-9)
    found = numerical_gradient(lambda p: float((p["w"] ** 3).sum()), {"w": np.array([[1.0], [-2.0]])})
    np.testing.assert_allclose(found["w"], [[3.0], [12.0]], atol=1e-6)


def test_integers_are_converted():
    found = numerical_gradient(lambda p: (p["w"] ** 2).sum() + p["n"] ** 2, {"w": np.array([1, 2, 3]), "n": 3})
    np.testing.assert_allclose(found["w"], [2.0, 4.0, 6.0], atol=1e-7)
    assert found["n"] == pytest.approx(6.0)


def test_nothing_that_was_handed_in_is_changed():
    w = np.array([[1.0, 2.0]])
    params = {"w": w, "b": 3.0}

    def loss(p):
        assert p["w"] is not w
        return (p["w"] ** 2).sum() + p["b"]

    numerical_gradient(loss, params)
    assert params.keys() == {"w", "b"}
    assert params["w"] is w
    assert w.tolist() == [[1.0, 2.0]]


def test_the_order_of_keys_stays():
    assert list(numerical_gradient(lambda p: p["b"] + p["a"], {"b": 1.0, "a": 2.0})) == ["b", "a"]


@pytest.mark.parametrize(("scheme", "each"), [("central", 2), ("forward", 1), ("complex-step", 1)])
def test_evaluations_are_those_that_the_scheme_promises(scheme, each):
    calls = []
    formula = parse_formula("x**2 + y**2")

    def loss(params):
        calls.append(params)
        return formula(params["x"], params["y"])

    numerical_gradient(loss, {"x": 1.0, "y": 2.0}, scheme=scheme)
    assert len(calls) == parse_scheme(scheme).evaluations(2) == 2 * each + (scheme == "forward")


# --- the step h ---------------------------------------------------------------------------------


def test_h_can_be_given_and_is_used():
    """Of x**3 the central difference is 3 x² + h² exactly, the forward one 3 x² + 3 x h + h²."""
    cube = loss_of("x**3 + 0*y")
    params = {"x": 2.0, "y": 0.0}
    assert numerical_gradient(cube, params, h=0.5)["x"] == pytest.approx(12.25)
    assert numerical_gradient(cube, params, scheme="central:0.5")["x"] == pytest.approx(12.25)
    assert numerical_gradient(cube, params, 0.5, "forward")["x"] == pytest.approx(15.25)
    assert numerical_gradient(cube, params)["x"] == pytest.approx(12 + 1e-8, abs=1e-9)


@pytest.mark.parametrize("number", [3, np.int64(3), np.float32(3), np.array(3), True + 2], ids=repr)
def test_a_number_of_any_type_has_a_float_for_gradient(number):
    found = numerical_gradient(lambda p: p["x"] ** 2, {"x": number})["x"]
    assert type(found) is float
    assert found == pytest.approx(6)


def test_a_number_that_serves_all_lanes_has_a_gradient_in_each():
    found = numerical_gradient(lambda p: p["x"] ** 2 * p["b"], {"x": np.array([1, 2, 3]), "b": 2})
    np.testing.assert_allclose(found["x"], [4, 8, 12])
    np.testing.assert_allclose(found["b"], [1, 4, 9])


def test_a_loss_of_other_lanes_than_the_parameters_is_refused():
    with pytest.raises(InputError, match=r"shape \(1,\) has one value for each lane, the parameters are x \(3,\)"):
        numerical_gradient(lambda p: np.sum(p["x"] ** 2, keepdims=True), {"x": np.arange(3.0)})


def test_where_the_loss_overflows_the_gradient_is_not_finite_and_nothing_is_said():
    found = numerical_gradient(loss_of("exp(x) + log(y)"), {"x": 1000.0, "y": -1.0})
    assert math.isnan(found["x"])
    assert math.isnan(found["y"])


@given(st.sampled_from(list(DEFAULT_H)), st.floats(1e-300, 1e6))
def test_schemes_are_written_as_they_are_read(kind, h):
    assert parse_scheme(str(Scheme(kind, h))) == Scheme(kind, h)
    assert parse_scheme(kind) == Scheme(kind, DEFAULT_H[kind])
    assert parse_scheme(f" {kind.upper()}:{h!r} ") == Scheme(kind, h)


BAD = {
    "": "there is no gradient scheme ''",
    "centrel": "did you mean central",
    "backward": "the schemes are central, forward and complex-step",
    "central:": "must be a number from",
    "central:0": "must be a number from",
    "central:-1e-4": "must be a number from",
    "central:nan": "must be a number from",
    "central:inf": "must be a number from",
    "central:big": "not 'big'",
    "central:1e-4:2": "must be a number from",
}


@pytest.mark.parametrize(("text", "message"), BAD.items())
def test_bad_schemes(text, message):
    with pytest.raises(InputError, match=message):
        parse_scheme(text)


@pytest.mark.parametrize("function", ["abs(x)", "sign(x)", "floor(x)", "minimum(x, y)", "maximum(x, y)"])
def test_complex_step_is_refused_where_a_kink_may_be(function):
    with pytest.raises(InputError, match="choose the gradient central or forward"):
        numerical_gradient(loss_of(f"y + {function}"), {"x": 1.0, "y": 2.0}, scheme="complex-step")


def test_complex_step_is_refused_where_a_loss_drops_the_imaginary_part():
    with pytest.raises(InputError, match="accepts complex numbers"):
        numerical_gradient(lambda p: np.real(p["x"]) ** 2, {"x": 1.0}, scheme="complex-step")


@pytest.mark.parametrize("text", ["sqrt(x)", "log(x)", "log10(x)", "arcsin(x)", "arccos(x)", "x**0.5"])
def test_complex_step_is_nan_where_the_loss_is(text):
    """Beyond the real domain a complex function goes on; the loss does not."""
    found = numerical_gradient(loss_of(f"{text} + y"), {"x": -1.5, "y": 0.0}, scheme="complex-step")
    assert math.isnan(found["x"])
