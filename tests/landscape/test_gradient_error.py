"""The error of numerical gradients: the orders that theory asks for, and where it cannot be told."""

import numpy as np
import pytest

import optvis
from optvis.foundation.errors import InputError
from optvis.foundation.slices import finish
from optvis.landscape.gradient_error import NO_ERROR, error_curve, gradient_error, gradient_error_in_slices
from optvis.problems.problem import CATALOGUE

ANALYTIC = [name for name, problem in CATALOGUE.items() if not problem.formula.not_analytic]
CURVED = [name for name in ANALYTIC if name not in
          ("quadratic-valley", "sphere", "booth", "matyas", "hyperbolic-saddle")]  # fmt: skip


def test_the_map_has_the_error_of_a_formula_whose_gradient_is_known():
    # central differences of x**3 and y**3 are wrong by h² exactly; forward of x**2 by h
    problem = optvis.problem("x**3 + 2*y**3", bounds=(-2, 2, -1, 3))
    found = gradient_error(problem, "central:1e-2", shape=(5, 9))
    assert found.xs == pytest.approx(np.linspace(-2, 2, 9))
    assert found.ys == pytest.approx(np.linspace(-1, 3, 5))
    assert found.absolute == pytest.approx(np.full((5, 9), np.log10(np.hypot(1e-4, 2e-4))), abs=1e-6)
    x, y = np.meshgrid(found.xs, found.ys)
    with np.errstate(divide="ignore"):
        exact = np.hypot(3 * x**2, 6 * y**2)
        wanted = np.log10(np.hypot(1e-4, 2e-4) / exact)
    here = exact > 0
    assert found.relative[here] == pytest.approx(wanted[here], abs=1e-6)
    assert np.isnan(found.relative[~here]).all()  # a relative error of nothing is none
    forward = gradient_error(optvis.problem("x**2 + y"), "forward:1e-3", (0, 1, 0, 1), (3, 3))
    assert forward.absolute == pytest.approx(np.full((3, 3), -3.0), abs=1e-4)


def test_complex_step_has_no_error_against_itself():
    found = gradient_error(CATALOGUE["rosenbrock"], "complex-step:1e-20", shape=(6, 7))
    assert (found.absolute == NO_ERROR).all()
    coarse = gradient_error(CATALOGUE["rosenbrock"], "complex-step:1e-1", shape=(6, 7))
    assert np.median(coarse.absolute) > -2


def test_where_there_is_no_gradient_there_is_no_error():
    found = gradient_error(optvis.problem("log(x) + y**2", bounds=(-2, 2, -1, 1)), "central:1e-3", shape=(4, 8))
    assert np.isnan(found.absolute[:, :4]).all()
    assert np.isfinite(found.absolute[:, 4:]).all()


@pytest.mark.parametrize("name", sorted(CATALOGUE.keys() - set(ANALYTIC)))
def test_formulas_without_an_answer_are_refused(name):
    for attempt in (
        lambda: gradient_error_in_slices(CATALOGUE[name], "central"),
        lambda: error_curve(CATALOGUE[name], CATALOGUE[name].start, "central"),
    ):
        with pytest.raises(InputError, match="complex-step has no answer here: it cannot differentiate abs"):
            attempt()


def test_slices_say_how_far_they_are_and_give_the_same():
    problem = CATALOGUE["ackley"]
    slices = gradient_error_in_slices(problem, "central:1e-5", (-2, 2, -3, 3), (90, 80))
    shares = []
    while True:
        try:
            shares.append(next(slices))
        except StopIteration as end:
            found = end.value
            break
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    again = finish(gradient_error_in_slices(problem, "central:1e-5", (-2, 2, -3, 3), (90, 80)))
    assert np.array_equal(found.absolute, again.absolute)
    exact = optvis.numerical_gradient(problem.loss, {"x": found.xs[70], "y": found.ys[11]}, scheme="complex-step")
    central = optvis.numerical_gradient(problem.loss, {"x": found.xs[70], "y": found.ys[11]}, h=1e-5)
    error = np.hypot(central["x"] - exact["x"], central["y"] - exact["y"])
    assert 10 ** found.absolute[11, 70] == pytest.approx(error, rel=0.5, abs=1e-11)


# --- against h ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["central", "forward"])
@pytest.mark.parametrize("name", CURVED)
def test_truncation_falls_as_theory_says_and_rounding_stays_below_its_bound(name, kind):
    curve = error_curve(CATALOGUE[name], CATALOGUE[name].start, kind)
    assert curve.h[0] == pytest.approx(0.1)
    assert curve.h[-1] == pytest.approx(1e-13)
    truncated = (curve.truncation > 100 * curve.rounding) & (curve.h < 2e-3)
    assert truncated.sum() >= 3
    assert curve.error[truncated] == pytest.approx(curve.truncation[truncated], rel=0.1)
    rounded = curve.rounding > 100 * curve.truncation
    assert rounded.sum() >= 10
    assert (curve.error[rounded] <= 4 * curve.rounding[rounded]).all()
    assert np.median(curve.error[rounded] / curve.rounding[rounded]) > 1e-3


@pytest.mark.parametrize("kind", ["central", "forward"])
@pytest.mark.parametrize("name", CURVED)
def test_the_predicted_step_is_nearly_the_best(name, kind):
    curve = error_curve(CATALOGUE[name], CATALOGUE[name].start, kind)
    theory = curve.truncation + curve.rounding
    assert abs(np.log10(curve.h[np.argmin(theory)] / curve.best_h)) < 0.2
    near = np.abs(np.log10(curve.h / curve.best_h)) < 0.5
    assert curve.error[near].min() <= 30 * np.median(np.sort(curve.error)[:8])
    assert curve.error[0] > 100 * curve.error[near].min()
    assert curve.error[-6:].max() > 100 * curve.error[near].min()


def test_central_differences_of_a_quadratic_have_no_truncation():
    for name in ("sphere", "booth", "matyas", "quadratic-valley"):
        curve = error_curve(CATALOGUE[name], CATALOGUE[name].start, "central")
        assert curve.best_h == pytest.approx(0.1)
        assert (curve.truncation == 0).all()
        assert curve.error[0] < 1e-11


def test_complex_step_needs_only_be_small_enough():
    for name in CURVED:
        curve = error_curve(CATALOGUE[name], CATALOGUE[name].start, "complex-step")
        small = curve.h < curve.best_h / 3
        assert (curve.error[small] <= 20 * curve.rounding[small]).all()
        large = (curve.h > curve.best_h) & (curve.h < 2e-3)
        assert (curve.error[large] <= 1.1 * curve.truncation[large] + 20 * curve.rounding[large]).all()


def test_complex_step_of_a_formula_in_one_variable():
    curve = error_curve(optvis.problem("x**3"), (2.0, 1.0), "central")
    assert curve.best_h < 1e-3
    found = optvis.numerical_gradient(optvis.problem("y**2").loss, {"x": 1.0, "y": 3.0}, scheme="complex-step")
    assert found == {"x": 0.0, "y": 6.0}
