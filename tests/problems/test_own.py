"""Problems made of a function of one's own, and formulas with names of their own."""

import csv
import io
import math

import numpy as np
import pytest

import optvis
from optvis.foundation.errors import InputError
from optvis.language.expression import FormulaError

VALLEY = optvis.problem("x**2/20 + y**2")


def by_names(w, b):
    return w**2 / 20 + b**2


def by_math(w, b):
    return math.pow(w, 2) / 20 + math.pow(b, 2)


def by_array(point):
    return point[0] ** 2 / 20 + point[1] ** 2


def by_dict(params):
    return params["x"] ** 2 / 20 + params["y"] ** 2


def by_branch(w, b):
    return w**2 / 20 + (b**2 if b > 0 else b * b)


@pytest.mark.parametrize("function", [by_names, by_math, by_array, by_dict, by_branch])
@pytest.mark.parametrize("optimizer", ["sgd:lr=0.9", "adam:lr=0.3", "momentum:lr=0.1 | clip-norm:max_norm=0.4"])
def test_a_function_runs_as_its_formula_does(function, optimizer):
    own = optvis.problem(function, start=(-7, 2))
    expected = optvis.run(VALLEY, optvis.optimizer(optimizer), start=(-7, 2), steps=40)
    found = optvis.run(own, optvis.optimizer(optimizer), steps=40)
    assert own.name == function.__name__
    for name in ("x", "y", "loss"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("function", [by_names, by_math, by_array, by_dict, by_branch])
def test_lanes_are_the_lone_runs(function):
    own = optvis.problem(function)
    starts = np.array([[-7.0, 3.0, 0.5], [2.0, -1.0, -4.0]])
    together = optvis.run(own, optvis.optimizer("adam:lr=0.2"), start=tuple(starts), steps=25)
    for lane, (a, b) in enumerate(starts.T):
        alone = optvis.run(own, optvis.optimizer("adam:lr=0.2"), start=(a, b), steps=25)
        np.testing.assert_allclose(together.x[:, lane], alone.x, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(together.y[:, lane], alone.y, rtol=1e-12, atol=1e-12)


def test_what_only_looks_like_lanes_is_called_one_by_one():
    """The largest over lanes is a number for each of them, but not theirs."""
    own = optvis.problem(lambda x, y: np.max(x**2 + y**2))
    loss = own.loss({"x": np.array([1.0, 2.0]), "y": np.array([0.0, 0.0])})
    np.testing.assert_array_equal(loss, [1.0, 4.0])


def test_names_of_parameters_are_those_of_the_axes():
    own = optvis.problem(by_names)
    assert own.plane.names == ("w", "b")
    assert set(own.plane.point(1.0, 2.0)) == {"w", "b"}
    gradient = optvis.numerical_gradient(own.loss, {"w": 10.0, "b": 3.0})
    assert gradient == pytest.approx({"w": 1.0, "b": 6.0}, abs=1e-7)


def test_a_dict_of_arrays_is_drawn_along_its_first_two_numbers():
    start = {"W": np.array([[3.0, -4.0], [1.0, 2.0]]), "b": 0.5}
    own = optvis.problem(lambda p: np.sum(p["W"] ** 2, axis=(0, 1)) + p["b"] ** 2, start=start)
    assert own.plane.names == ("W[0, 0]", "W[0, 1]")
    assert own.start == (3.0, -4.0)
    found = optvis.run(own, optvis.optimizer("sgd:lr=0.1"), steps=10)
    assert found.params["W"].shape == (11, 2, 2, 1)
    np.testing.assert_allclose(found.params["W"][-1, ..., 0], 0.8**10 * start["W"], rtol=1e-9)
    np.testing.assert_allclose(found.x, found.params["W"][:, 0, 0, 0])
    assert found.loss[0] == pytest.approx(30.25)


def test_outside_the_domain_is_not_a_number():
    own = optvis.problem(lambda x, y: math.sqrt(x) + 1 / y, bounds=(-1, 4, -1, 4), start=(1, 1))
    assert own.loss({"x": 1.0, "y": 1.0}) == 2.0
    assert math.isnan(own.loss({"x": 1.0, "y": 0.0}))


def _fails(x, y):
    return {}["missing"]


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        (3, {}, "function of two numbers, of an array of two or of a dict"),
        (lambda x, y, z: x + y + z, {}, "this one takes 3 numbers"),
        (lambda x, y: "far", {}, "must return a number, not 'far'"),
        (lambda x, y: [x, y], {}, "must return a number"),
        (_fails, {}, "failed at x = .*, y = .* with KeyError: 'missing'"),
        (lambda p: p["a"], {"start": {"a": 1.0}}, "at least two numbers"),
        (lambda p: p["a"], {"start": {"a": "one", "b": 2}}, "made of numbers"),
        (lambda p: p["a"], {"start": {"a": math.nan, "b": 2}}, "must be finite"),
        (by_names, {"bounds": (1, 0, 0, 1)}, "xmin below xmax"),
    ],
)
def test_what_cannot_be_used_is_said(function, options, message):
    with pytest.raises(InputError, match=message) as caught:
        optvis.problem(function, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "names", "shown"),
    [
        ("w**2/20 + b**2", ("w", "b"), "w²/20 + b²"),
        ("x1**2 + x2**2", ("x1", "x2"), "x1² + x2²"),
        ("f(w, b) = w**2 + 3", ("w", "b"), "w² + 3"),
        ("J(weight, bias) = (weight - 1)^2 + bias^2", ("weight", "bias"), "(weight − 1)² + bias²"),
        ("f(b, w) = w**2/20 + b**2", ("b", "w"), "w²/20 + b²"),
        ("f(x, y) = x y", ("x", "y"), "x·y"),
        ("y**2 + x", ("x", "y"), "y² + x"),
        ("3", ("x", "y"), "3"),
    ],
)
def test_a_formula_names_its_variables(text, names, shown):
    found = optvis.problem(text)
    assert (found.plane.names, found.title) == (names, shown)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("x**2 + z", 8),
        ("a + b + c", 1),
        ("f(w) = w", 3),
        ("f(w, w) = w", 3),
        ("f(sin, w) = w", 3),
        ("f(w, b) = w + c", 15),
        ("f(w, b) =", 10),
    ],
)
def test_what_is_no_variable_has_its_column(text, column):
    with pytest.raises(FormulaError) as caught:
        optvis.problem(text)
    assert caught.value.column == column


@pytest.mark.parametrize("gradient", ["central:1e-4", "forward", "complex-step"])
@pytest.mark.parametrize("optimizer", ["adam:lr=0.3", "nesterov:lr=0.1 | weight-decay:rate=0.3 | cosine:T_max=30"])
def test_names_change_no_number(optimizer, gradient):
    for starts in ((-7.0, 2.0), (np.array([-7.0, 3.0]), np.array([2.0, 1.0]))):
        one, other = (
            optvis.run(optvis.problem(text), optvis.optimizer(optimizer), start=starts, steps=30, gradient=gradient)
            for text in ("x**2/20 + y**2", "w**2/20 + b**2")
        )
        for first, second in (("x", "w"), ("y", "b")):
            np.testing.assert_array_equal(one.params[first], other.params[second])
            np.testing.assert_array_equal(one.grad[first], other.grad[second])
        assert one.outcomes == other.outcomes


def test_a_parameter_is_frozen_by_its_own_name():
    found = optvis.run(optvis.problem("w**2 + b**2"), optvis.optimizer("sgd:lr=0.1 | freeze:b"), start=(3, 4), steps=5)
    assert found.params["b"][-1, 0] == 4.0
    assert abs(found.params["w"][-1, 0]) < 3.0
    with pytest.raises(InputError, match="no parameter 'x' to freeze; there are w, b"):
        optvis.run(optvis.problem("w**2 + b**2"), optvis.optimizer("sgd:lr=0.1 | freeze:x"), start=(3, 4), steps=5)


@pytest.mark.parametrize(
    ("text", "x", "y"), [("w**2/20 + b**2", "w", "b"), ("x1**2 + x2**2", "x1", "x2"), ("x**2 + y**2", "x", "y")]
)
def test_columns_have_the_names(text, x, y, capsys):
    from optvis.cli.main import main

    assert main(["run", "-p", text, "-O", "sgd:lr=0.1", "--steps", "2"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0]) == ["run", "optimizer", "step", x, y, "loss", f"grad_{x}", f"grad_{y}"]
    assert float(rows[1][x]) == pytest.approx(float(rows[0][x]) - 0.1 * float(rows[0][f"grad_{x}"]))


@pytest.mark.parametrize("function", [by_names, by_array, by_dict])
def test_complex_step_is_exact_on_numbers_and_on_lanes(function):
    own = optvis.problem(function)
    for start in ((-7.0, 2.0), (np.array([-7.0, 3.0]), np.array([2.0, 1.0]))):
        expected = optvis.run(VALLEY, optvis.optimizer("sgd:lr=0.1"), start=start, steps=5, gradient="complex-step")
        found = optvis.run(own, optvis.optimizer("sgd:lr=0.1"), start=start, steps=5, gradient="complex-step")
        np.testing.assert_allclose(found.x, expected.x, rtol=1e-12)
        np.testing.assert_allclose(found.y, expected.y, rtol=1e-12)
