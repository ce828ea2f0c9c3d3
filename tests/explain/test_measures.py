"""The numbers of charts, against plain NumPy and the laws they keep."""

import math
from typing import get_args, get_type_hints

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import optvis
from optvis.document.session import View
from optvis.explain.measures import MEASURES, along, evaluations_per_step, missing, series
from optvis.problems.problem import Minimum, Plane, Problem, Suggested

KINDS = tuple(MEASURES)


def ran(name="quadratic-valley", lr=0.9, start=(-7.0, 2.0), steps=20, **options):
    return optvis.run(optvis.problem(name), optvis.optimizers.SGD(lr=lr), start, steps, **options)


def test_there_is_a_measure_for_every_kind_of_chart_that_a_session_knows():
    assert get_args(get_args(get_type_hints(View)["charts"])[0]) == KINDS


def test_numbers_by_hand_on_the_quadratic_valley():
    t = ran(gradient="complex-step")
    x = -7 * (1 - 0.9 * 0.1) ** np.arange(21)
    y = 2 * (1 - 0.9 * 2.0) ** np.arange(21)
    assert series(t, "x") == pytest.approx(x)
    assert series(t, "y") == pytest.approx(y)
    assert series(t, "loss") == pytest.approx(x**2 / 20 + y**2)
    assert series(t, "slope") == pytest.approx(np.sqrt((x / 10) ** 2 + (2 * y) ** 2))
    assert series(t, "distance") == pytest.approx(np.sqrt(x**2 + y**2))
    assert math.isnan(series(t, "length")[0])
    assert series(t, "length")[1:] == pytest.approx(0.9 * series(t, "slope")[:-1])


@given(st.floats(-8, 8), st.floats(-4, 4), st.floats(0.01, 1.2), st.sampled_from(["himmelblau", "beale", "x*y"]))
def test_a_step_is_as_long_as_its_parts_together_and_no_triangle_is_broken(x, y, lr, name):
    t = ran(name, lr, (x, y), 12)
    length, distance = series(t, "length"), series(t, "distance")
    assert np.array_equal(length[1:], np.hypot(np.diff(t.x), np.diff(t.y)), equal_nan=True)
    if name == "x*y":
        assert np.isnan(distance).all()
        return
    with np.errstate(all="ignore"):
        nearest = np.min([np.hypot(t.x - m.x, t.y - m.y) for m in t.problem.minima], axis=0)
        change = np.abs(np.diff(distance))
    assert np.array_equal(distance, nearest, equal_nan=True)
    fine = np.isfinite(change) & np.isfinite(length[1:])
    assert (change <= length[1:] + 1e-9 * (1 + distance[1:]))[fine].all()


def test_distance_is_0_at_every_minimum_and_says_where_none_is_known():
    for minimum in optvis.problem("himmelblau").minima:
        assert series(ran("himmelblau", start=(minimum.x, minimum.y), steps=1), "distance")[0] == 0
    assert not missing(optvis.problem("himmelblau"), "distance")
    assert "minimum" in missing(optvis.problem("x*y"), "distance")
    assert not any(missing(optvis.problem("x*y"), kind) for kind in KINDS if kind != "distance")


@pytest.mark.parametrize(("scheme", "each"), [("central:1e-4", 4), ("forward:1e-6", 3), ("complex-step", 2)])
def test_evaluations_are_those_that_the_run_counted(scheme, each):
    t = ran(gradient=scheme)
    assert evaluations_per_step(t) == each
    assert along(t, "evaluations").tolist() == [each * k for k in range(21)]
    assert along(t, "evaluations")[t.last] == t.evaluations
    assert along(t, "steps").tolist() == list(range(21))


def test_a_run_that_diverged_has_nothing_after_its_end():
    t = ran(lr=5.0, steps=400)
    assert t.outcome.kind == "diverged"
    assert along(t, "evaluations")[t.last] == t.evaluations
    for kind in KINDS:
        assert np.isnan(series(t, kind)[t.last + 1 :]).all()
        assert np.isfinite(series(t, kind)[1 : t.last]).all()


def test_lengths_beyond_the_square_root_of_the_largest_float():
    t = ran("1e60*(x + y)", lr=1e150, start=(0.0, 0.0), steps=3)
    assert series(t, "length")[1] == pytest.approx(math.sqrt(2) * 1e210)


def test_parameters_of_any_shape_and_lanes():
    target = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    u, v = np.zeros((2, 3)), np.zeros((2, 3))
    u[0, 0], v[1, 2] = 2.0, 1.0

    def loss(params):
        return ((params["w"] - target[..., None]) ** 2).sum(axis=(0, 1)) + params["b"] ** 2

    plane = Plane({"w": target, "b": 0.0}, {"w": u, "b": 0.0}, {"w": v, "b": 0.0}, (-3, 3, -3, 3))
    of = Problem("m", "M", loss, (2.0, -1.0), plane, (Minimum(0.0, 0.0, 0.0),), Suggested(5, {}), None, "", "")
    starts = np.array([2.0, 0.5, 0.0]), np.array([-1.0, 1.0, 0.0])
    t = optvis.run(of, optvis.optimizers.SGD(lr=0.1), starts, 5)
    assert evaluations_per_step(t) == 14
    assert along(t, "evaluations")[5] == t.evaluations
    first = np.hypot(2 * starts[0], starts[1])  # u is two units long
    for kind in KINDS:
        assert series(t, kind).shape == (6, 3)
    assert series(t, "distance")[0] == pytest.approx(first)
    assert series(t, "length")[1] == pytest.approx(0.2 * first)


def test_a_series_is_computed_once():
    t = ran()
    assert series(t, "length") is series(t, "length")
