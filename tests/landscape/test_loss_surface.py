import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optvis.landscape.loss_surface import (
    NOT_FINITE,
    LossScale,
    contour_lines,
    loss_scale,
    sample,
    surface,
    surface_in_slices,
)
from optvis.problems.problem import CATALOGUE, problem

SPIKED = "x**2 + y**2 + 1e9*exp(-((x-10)**2 + (y-10)**2)*100)"


@pytest.mark.parametrize(
    ("name", "levels", "kind"),
    [
        ("quadratic-valley", "auto", "linear"),
        ("ackley", "auto", "linear"),
        ("rosenbrock", "auto", "log"),
        ("beale", "auto", "log"),
        ("goldstein-price", "auto", "log"),
        ("hyperbolic-saddle", "auto", "linear"),
        ("rosenbrock", "linear", "linear"),
        ("sphere", "log", "log"),
        ("hyperbolic-saddle", "log", "symlog"),
        ("x**2 + y**2", "log", "symlog"),
    ],
)
def test_the_kind_of_scale_follows_the_range_of_the_function(name, levels, kind):
    assert loss_scale(problem(name), levels).kind == kind


def test_heights_are_measured_from_the_lowest_known_minimum():
    of = problem("goldstein-price")
    assert loss_scale(of).base == min(m.value for m in of.minima) == 3
    assert loss_scale(problem("monkey-saddle"), "log").base == 0


@pytest.mark.parametrize("levels", ["linear", "log"])
@pytest.mark.parametrize("name", [*CATALOGUE, SPIKED, "exp(exp(x))+y", "1e300*x*y", "x**2+y**2+1e9"])
def test_a_higher_loss_is_never_a_lower_colour(name, levels):
    of = problem(name)
    scale = loss_scale(of, levels)
    values = np.sort(sample(of, of.plane.bounds, (40, 40)).values.ravel())
    values = values[np.isfinite(values)]
    shade = scale.normalised(values)
    assert (np.diff(shade) >= 0).all()
    assert shade[0] < 0.35
    assert shade[-1] > 0.65
    assert ((shade >= 0) & (shade <= 1)).all()


def test_what_is_not_finite_has_no_colour():
    scale = loss_scale(problem("rosenbrock"))
    assert np.isnan(scale.normalised([np.nan, np.inf, -np.inf])).all()
    assert (scale.tones([np.nan, np.inf, -np.inf]) == NOT_FINITE).all()
    assert (scale.tones([-1e300, 0.0, 1e300]) < NOT_FINITE).all()


def test_one_steep_corner_does_not_take_all_colours():
    assert loss_scale(problem(SPIKED)).high < 1000


def test_a_colour_means_the_same_loss_at_every_zoom():
    of = problem("himmelblau")
    scale = loss_scale(of)
    whole, part = surface(of, scale, (-6, 6, -6, 6), (121, 121)), surface(of, scale, (-1, 1, -1, 1), (21, 21))
    assert (whole.tones[50:71, 50:71] == part.tones).all()
    assert {level for level, _ in whole.contours} != {level for level, _ in part.contours}


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("levels", ["linear", "log"])
def test_a_view_has_a_readable_number_of_levels(name, levels):
    of = problem(name)
    made = surface(of, loss_scale(of, levels), of.plane.bounds, (80, 80))
    losses = [level for level, _ in made.contours]
    assert 7 <= len(losses) <= 25
    assert losses == sorted(set(losses))
    assert made.grid.values.min() < losses[0]
    assert losses[-1] < made.grid.values.max()


@pytest.mark.parametrize("zoom", [1e-2, 1e-4, 1e-6])
@pytest.mark.parametrize("name", ["rosenbrock", "ackley", "hyperbolic-saddle", "goldstein-price"])
def test_a_deep_zoom_has_levels_too(name, zoom):
    of = problem(name)
    x, y = (of.minima[0].x, of.minima[0].y) if of.minima else of.start
    made = surface(of, loss_scale(of), (x - zoom, x + 3 * zoom, y - zoom, y + 2 * zoom), (60, 60))
    assert 5 <= len(made.contours) <= 25


def test_linear_levels_are_round_numbers():
    levels = LossScale("linear", 0, 30).levels(0, 30, 15)
    assert levels.tolist() == list(range(2, 30, 2))


def test_logarithmic_levels_grow_by_the_same_factor_from_the_minimum():
    levels = LossScale("log", 3, 1e6, base=3, knee=1).levels(3, 1e6 + 3, 5)
    ratios = (levels[1:] - 3) / (levels[:-1] - 3)
    assert np.allclose(ratios, ratios[0])
    assert ratios[0] >= 9


def test_a_saddle_has_levels_on_both_sides_of_0():
    levels = LossScale("symlog", -1e4, 1e4, knee=1).levels(-1e4, 1e4, 15)
    assert 0 in levels
    assert np.allclose(levels, -levels[::-1])
    assert (levels > 0).sum() >= 4


@given(
    low=st.floats(-1e12, 1e12),
    span=st.floats(1e-9, 1e12),
    kind=st.sampled_from(["linear", "log", "symlog"]),
    base=st.floats(-1e6, 1e6),
    knee=st.floats(1e-6, 1e3),
)
def test_levels_are_always_inside_the_view_and_few(low, span, kind, base, knee):
    levels = LossScale(kind, low, low + span, base, knee).levels(low, low + span)
    assert len(levels) <= 60
    assert ((levels > low) & (levels < low + span)).all() or span < 1e-6 * abs(low)
    assert (np.diff(levels) > 0).all() or span < 1e-6 * abs(low)


def test_levels_of_an_impossible_view_are_none():
    for low, high in ((np.nan, 1.0), (1.0, 1.0), (2.0, 1.0), (0.0, np.inf)):
        assert len(LossScale("log", 0, 1).levels(low, high)) == 0


def test_a_flat_function_says_so():
    scale = loss_scale(problem("3"))
    assert scale.is_flat
    assert surface(problem("3"), scale, (-1, 1, -1, 1), (10, 10)).contours == ()
    assert not loss_scale(problem("x")).is_flat


def test_a_function_without_a_finite_value_is_all_gaps():
    of = problem("log(-1 - x**2)")
    made = surface(of, loss_scale(of), of.plane.bounds, (10, 10))
    assert made.has_gaps
    assert (made.tones == NOT_FINITE).all()
    assert made.contours == ()


def test_gaps_are_where_the_loss_is_not_finite_and_contours_keep_out_of_them():
    of = problem("log(x) + y**2")
    made = surface(of, loss_scale(of), (-5, 5, -5, 5), (41, 41))
    assert (made.tones[:, made.grid.xs <= 0] == NOT_FINITE).all()
    assert (made.tones[:, made.grid.xs > 0] != NOT_FINITE).all()
    assert made.contours
    assert all((line[:, 0] > 0).all() for _, lines in made.contours for line in lines)


def test_a_contour_line_is_where_the_loss_has_its_level():
    (line,) = contour_lines(sample(problem("x**2 + y**2"), (-10, 10, -10, 10), (201, 201)), 25.0)
    assert np.hypot(*line.T) == pytest.approx(5.0, abs=1e-3)
    assert np.allclose(line[0], line[-1])


def test_the_grid_reaches_from_edge_to_edge():
    grid = sample(problem("x + 10*y"), (-1, 3, 2, 4), (5, 9))
    assert grid.values.shape == (5, 9)
    assert (grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1]) == (-1, 3, 2, 4)
    assert grid.values[0, -1] == 3 + 20
    assert grid.values[-1, 0] == -1 + 40


def test_slices_are_small_and_make_the_same_surface():
    of = problem("ackley")
    calls = []

    def slow(params):
        calls.append(np.size(params["x"]))
        time.sleep(calls[-1] * 5e-6)
        return of.loss(params)

    scale = loss_scale(of)
    slices = surface_in_slices(replace(of, loss=slow), scale, of.plane.bounds, (200, 100))
    shares = []
    while True:
        try:
            shares.append(next(slices))
        except StopIteration as end:
            made = end.value
            break
    assert sum(calls) == 200 * 100
    assert max(calls) <= 100 * 30
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] == 1
    at_once = surface(of, scale, of.plane.bounds, (200, 100))
    assert (at_once.tones == made.tones).all()
    assert len(shares) > len(at_once.contours) + 5  # levels one by one


def test_neither_qt_nor_contourpy_is_loaded_with_it():
    code = "import sys, optvis.landscape.loss_surface; print([m for m in ('PyQt6', 'contourpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_problem_has_contours_in_its_domain(name):
    of = problem(name)
    assert len(surface(of, loss_scale(of), of.plane.bounds, (400, 640)).contours) >= 8


def test_waves_too_small_to_see_have_no_contours():
    of = problem("sin(x)*cos(y)")
    scale = loss_scale(of)
    assert surface(of, scale, (-20.0, 20.0, -20.0, 20.0)).contours
    assert not surface(of, scale, (-2000.0, 2000.0, -2000.0, 2000.0)).contours
