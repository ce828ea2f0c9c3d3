"""How runs end, and that the verdict does not depend on units."""

import math
import re

import numpy as np
import pytest

import optvis
from optvis import optimizers
from optvis.engine.outcome import KIND_NAMES, KINDS, WINDOW, Tail, first_rows_at_rest, judge
from optvis.engine.trajectory import run
from optvis.kernels.lane_layout import TAIL
from optvis.optimizers import SGD
from optvis.optimizers.base import typed_rule
from optvis.optimizers.catalogue import optimizer_class
from optvis.problems.problem import CATALOGUE, problem
from optvis.problems.tolerances import tolerances

VALLEY = problem("quadratic-valley")
WELLS = problem("(y**2 - 1)**2 + x**2", bounds=(-2, 2, -2, 2))
INFLECTION = problem("x**3 + y**2", bounds=(-2, 2, -2, 2))
HILL = problem("-x**2 - y**2", bounds=(-2, 2, -2, 2))

# kind: problem, optimizer, start, steps
ENDS = {
    "diverged at once": ("diverged", problem("rosenbrock"), optimizers.SGD(lr=1.0), (-1.2, 1), 30),
    "diverged to inf": ("diverged", problem("-exp(x**2) - y", bounds=(-5, 5, -5, 5)), optimizers.SGD(lr=1), (3, 0), 30),
    "diverged to nan": ("diverged", problem("log(x) + y**2"), optimizers.SGD(lr=1), (0.5, 0), 30),
    "diverged far out": ("diverged", VALLEY, optimizers.SGD(lr=3.0), (-7, 2), 500),
    "growing": ("growing", VALLEY, optimizers.SGD(lr=1.05), (-7, 2), 30),
    "growing after a fall": ("growing", VALLEY, optimizers.SGD(lr=1.01), (-7, 2), 60),
    "a saddle": ("saddle", problem("hyperbolic-saddle"), optimizers.SGD(lr=0.1), (-1.5, 0), 80),
    "the monkey saddle": ("saddle", problem("monkey-saddle"), optimizers.SGD(lr=0.1), (1.2, 0), 2000),
    "the monkey saddle, still coming": ("saddle", problem("monkey-saddle"), optimizers.SGD(lr=0.1), (1.2, 0), 150),
    "a saddle between wells": ("saddle", WELLS, optimizers.Momentum(lr=0.01), (1.5, 0), 300),
    "the top of a hill": ("saddle", HILL, optimizers.SGD(lr=0.1), (0, 0), 30),
    "a plateau": ("plateau", problem("easom"), optimizers.Adam(lr=0.01), (-0.9, -0.9), 100),
    "a plateau within the domain": ("plateau", problem("easom"), optimizers.SGD(lr=0.1), (0.3, 0.2), 100),
    "a slope although the loss is far steeper elsewhere": (
        "stalled",
        problem("exp(x**2) + y**2"),
        optimizers.SGD(lr=0.0),
        (5, 1),
        30,
    ),
    "a quartic well": ("converged", problem("(x**2 + y**2)**2"), optimizers.Adam(lr=0.1), (0.5, 0.4), 1000),
    "a flat function": ("plateau", problem("3"), optimizers.Adam(), (1, 1), 30),
    "converged": ("converged", problem("sphere"), optimizers.SGD(lr=0.1), (-4, 3), 200),
    "converged with momentum": ("converged", VALLEY, optimizers.Momentum(lr=0.1), (-7, 2), 400),
    "converged in a local minimum": ("converged", problem("rastrigin"), optimizers.SGD(lr=0.001), (-3.4, 2.6), 300),
    "converged on a floor": ("converged", problem("himmelblau"), optimizers.SGD(lr=0.005), (0, -1), 200),
    "converged where it is steep": ("converged", problem("himmelblau"), optimizers.SGD(lr=0.005), (0, -1), 80),
    "an inflection": ("converged", INFLECTION, optimizers.SGD(lr=0.1), (0, 0), 30),
    "started in the minimum": ("converged", problem("rosenbrock"), optimizers.SGD(lr=1e-4), (1, 1), 30),
    "stalled": ("stalled", VALLEY, optimizers.AdaGrad(lr=1e-3), (-7, 2), 30),
    "no learning rate": ("stalled", VALLEY, optimizers.SGD(lr=0.0), (-7, 2), 30),
    "oscillating": ("oscillating", VALLEY, optimizers.SGD(lr=1.0), (-7, 2), 400),
    "oscillating about a kink": ("oscillating", problem("abs(x) + abs(y)"), optimizers.Lion(lr=0.5), (-7, 2), 100),
    "moving": ("moving", VALLEY, optimizers.SGD(lr=0.95), (-7, 2), 30),
    "moving down a slope": ("moving", problem("x + y"), optimizers.SGD(lr=0.1), (5, 5), 50),
    "one step": ("moving", VALLEY, optimizers.SGD(lr=0.1), (-7, 2), 1),
}


@pytest.mark.parametrize(("kind", "of", "optimizer", "start", "steps"), ENDS.values(), ids=ENDS)
def test_every_way_to_end(kind, of, optimizer, start, steps):
    t = run(of, optimizer, start, steps)
    assert t.outcome.kind == kind, t.outcome.reason
    assert 0 <= t.outcome.step <= steps
    assert t.outcome.loss == t.loss[t.last] or math.isnan(t.outcome.loss)
    assert re.search(r"\d", t.outcome.reason), "the reason has the numbers that decided"
    assert "\n" not in t.outcome.reason


def test_every_kind_is_met_by_an_example_and_explained():
    assert {kind for kind, *_ in ENDS.values()} == KINDS.keys()
    assert all(KINDS.values())


@pytest.mark.parametrize(("kind", "of", "optimizer", "start", "steps"), ENDS.values(), ids=ENDS)
def test_lanes_end_as_a_lone_run_does(kind, of, optimizer, start, steps):
    lanes = run(of, optimizer, ([start[0], of.start[0]], [start[1], of.start[1]]), steps)
    assert lanes.outcomes[0].kind == kind, lanes.outcomes[0].reason


# --- units --------------------------------------------------------------------------------------


def scaled(of, optimizer, start, *, length=1.0, height=1.0, shift=0.0):
    """The same problem in other units: millimetres for metres, cents for euros, another origin."""
    text = re.sub(r"\bx\b", f"((x - {shift})/{length})", of.formula.text)
    text = re.sub(r"\by\b", f"((y - {shift})/{length})", text)
    bounds = [shift + length * value for value in of.plane.bounds]
    typed = problem(f"{height}*({text})", bounds=bounds)
    rates = {
        "sgd": length**2 / height,
        "momentum": length**2 / height,
        "adagrad": length,
        "adam": length,
        "lion": length,
    }
    hyper = optimizer.hyper | {"lr": optimizer.lr * rates[optimizer.name]}
    if "eps" in hyper:
        hyper["eps"] *= height / length
    return typed, type(optimizer)(**hyper), [shift + length * value for value in start], f"central:{1e-4 * length!r}"


@pytest.mark.parametrize(
    "units",
    [
        {"length": 1000.0},
        {"length": 1e-3},
        {"height": 1000.0},
        {"height": 1e-3},
        {"length": 100.0, "height": 0.01},
        {"shift": 3.0},
    ],
    ids=str,
)
@pytest.mark.parametrize(("kind", "of", "optimizer", "start", "steps"), ENDS.values(), ids=ENDS)
def test_the_kind_is_the_same_in_other_units(kind, of, optimizer, start, steps, units):
    here = run(*scaled(of, optimizer, start)[:3], steps)
    typed, rescaled, from_there, gradient = scaled(of, optimizer, start, **units)
    there = run(typed, rescaled, from_there, steps, gradient)
    assert there.outcome.kind == here.outcome.kind == kind, (there.outcome.reason, here.outcome.reason)


def test_tolerances_scale_with_the_domain_and_the_range_of_the_function():
    small = tolerances(problem("x**2 + y**2", bounds=(-1, 1, -1, 1)))
    large = tolerances(problem("(x**2 + y**2)*5", bounds=(-10, 10, -10, 10)))
    assert large.limit == pytest.approx(10 * small.limit)
    assert large.movement == pytest.approx(10 * small.movement)
    assert large.radius == pytest.approx(10 * small.radius)
    assert large.gradient == pytest.approx(50 * small.gradient)
    assert large.flat == pytest.approx(500 * small.flat)


# --- steps and order ----------------------------------------------------------------------------


def test_diverged_names_the_first_step_out_of_range():
    t = run(VALLEY, optimizers.SGD(lr=3.0), steps=500)
    beyond = np.hypot(t.x, t.y) > 1e6 * math.hypot(20, 10)
    assert abs(t.outcome.step - np.argmax(beyond)) <= 1  # the limit is a box
    assert np.isfinite(t.loss[t.outcome.step])


def test_growing_names_the_step_from_which_the_loss_rises():
    t = run(VALLEY, optimizers.SGD(lr=1.01), steps=60)
    assert t.outcome.step == np.argmin(t.loss)
    assert 0 < t.outcome.step < 60


def test_converged_names_the_first_step_from_which_it_holds():
    t = run(problem("sphere"), optimizers.SGD(lr=0.1), steps=200)
    small = tolerances(problem("sphere"))
    moves = np.hypot(np.diff(t.x), np.diff(t.y))
    since = t.outcome.step
    assert 20 < since < 100
    assert (moves[since:] <= small.movement / WINDOW).all()
    assert (t.slope[since:] <= 1e-3 * t.slope[0]).all()
    assert moves[since - 1] > small.movement / WINDOW or t.slope[since - 1] > small.gradient
    longer = run(problem("sphere"), optimizers.SGD(lr=0.1), steps=400)
    assert longer.outcome.step == t.outcome.step


def test_a_run_that_passes_a_minimum_at_speed_has_not_converged():
    """Momentum along one axis; it is cut off at every step, of which some are very near the minimum."""
    of = problem("x**2 + y**2", bounds=(-5, 5, -5, 5))
    whole = run(of, optimizers.Momentum(lr=0.05, momentum=0.95), (-4, 0), 120)
    small = tolerances(of)
    for steps in range(1, 121):
        kind = run(of, optimizers.Momentum(lr=0.05, momentum=0.95), (-4, 0), steps).outcome.kind
        moved = np.abs(np.diff(whole.x[max(0, steps - WINDOW) : steps + 1])).sum()
        assert moved > small.movement, "every stretch of ten steps is fast"
        assert kind not in ("converged", "stalled", "plateau", "saddle"), steps


def test_diverged_comes_before_growing_and_saddle_before_converged():
    assert run(VALLEY, optimizers.SGD(lr=1.5), steps=400).outcome.kind == "diverged"
    assert run(VALLEY, optimizers.SGD(lr=1.5), steps=10).outcome.kind == "growing"
    standing = run(problem("hyperbolic-saddle"), optimizers.SGD(lr=0.1), (0, 0), 30)
    assert standing.outcome.kind == "saddle"
    assert list(KINDS) == ["diverged", "growing", "saddle", "plateau", "converged", "stalled", "oscillating", "moving"]


def test_a_run_that_has_left_a_saddle_is_not_at_it():
    t = run(WELLS, optimizers.SGD(lr=0.05), (1.5, 1e-3), 400)
    assert t.outcome.kind == "converged"
    assert abs(t.y[-1]) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    "name", [name for name, known in CATALOGUE.items() if any(m.kind == "smooth" for m in known.minima)]
)
def test_a_run_that_stands_in_a_known_minimum_has_converged(name):
    of = CATALOGUE[name]
    for minimum in of.minima:
        t = run(of, optimizer_class("rule{ step = 0*g }")(), (minimum.x, minimum.y), 20)
        assert t.outcome.kind == "converged", t.outcome.reason


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_run_that_stands_on_a_slope_has_stalled(name):
    """Somewhere in the domain where the slope is as steep as it typically is."""
    of = CATALOGUE[name]
    xmin, xmax, ymin, ymax = of.plane.bounds
    random = np.random.default_rng(5)
    start = random.uniform(xmin, xmax, 40), random.uniform(ymin, ymax, 40)
    t = run(of, optimizer_class("rule{ step = 0*g }")(), start, 20)
    steep = t.slope[0] >= np.median(t.slope[0])
    assert {outcome.kind for outcome, is_steep in zip(t.outcomes, steep, strict=True) if is_steep} == {"stalled"}


@pytest.mark.parametrize("rows", [2, 3, 100, 2_048, 2_049, 2_050, 5_000])
def test_the_row_from_which_a_lane_is_still_is_found_across_pieces(rows):
    """Against going through all rows from the front, one after the other."""
    chance = np.random.default_rng(rows)
    a, b = np.zeros((2, rows, 40))
    for lane in range(40):
        for row in chance.integers(1, rows, chance.integers(0, 4)):
            a[row:, lane] += chance.choice([-3.0, 3.0])
    if rows > 10:
        b[rows // 2, 0] = np.nan
    found = first_rows_at_rest(a, b, 1.0)
    for lane in range(40):
        since = 0
        for row in range(1, rows):
            if not np.hypot(a[row, lane] - a[row - 1, lane], b[row, lane] - b[row - 1, lane]) <= 1.0:
                since = row
        assert found[lane] == since


NOWHERE = "rule{ h = h + g**2; step = -lr*g/sqrt(h) }"  # 0/0 where an axis has no slope


def test_a_position_that_is_no_number_has_not_reached_a_loss():
    t = optvis.run(optvis.problem("x**2/20 + y**2"), typed_rule(NOWHERE)(lr=1.0), start=(-7, 0), steps=5)
    assert (t.outcome.kind, t.outcome.words, t.outcome.step) == ("diverged", "not a number", 1)
    assert t.outcome.reason == "the position is not a number from step 1"


def test_where_f_is_not_defined_at_the_start_nothing_has_diverged():
    t = optvis.run(optvis.problem("sqrt(x) + (y - 1)**2"), SGD(lr=0.1), start=(-7, 6), steps=5)
    assert (t.outcome.kind, t.outcome.words, t.outcome.step) == ("diverged", "undefined at the start", 0)
    assert t.outcome.reason == "f is not defined at the start; the nearest place where it is: 0.1, 6"
    far = optvis.run(optvis.problem("log(x - 50)"), SGD(lr=0.1), start=(0, 0), steps=5)
    assert far.outcome.reason == "f is not defined at the start"


def test_a_run_that_gets_to_where_f_is_not_defined_says_so():
    t = optvis.run(optvis.problem("sqrt(x) + y**2"), SGD(lr=1.0), start=(0.2, 1.0), steps=5)
    assert t.outcome.words == "undefined"
    assert t.outcome.reason == f"f is not defined where it got to at step {t.last}"


def fixed(losses, late):
    """The judgement of lanes with such losses, at a place that is neither at rest nor flat."""
    count = len(losses["end"])
    lanes = {name: np.full(count, value) for name, value in late.items()}
    lanes = {name: np.zeros(count) for name in TAIL} | lanes | {"end_loss": losses["end"]}
    lanes |= {"path": np.full(count, 1e6), "last_step": np.full(count, 1e6), "end_slope": np.full(count, 1e6)}
    lanes |= {name: losses[name] for name in losses if name in TAIL}
    place = np.full(count, 3.0)
    tail = Tail(place, place, losses["end"], losses["first"], losses["peak"], lanes)
    return [KIND_NAMES[kind] for kind in judge(VALLEY, tail).kind]


def test_only_a_run_that_is_near_its_highest_loss_is_growing():
    """The loss is above that of the start and rises, but was higher in between in the first of two lanes."""
    losses = {
        "first": np.array([1.0, 1.0, 1.0, 1.0]),
        "end": np.array([5.0, 5.0, 0.5, 5.0]),
        "peak": np.array([9.0, 5.0, 5.0, 5.0]),
        "late_peak": np.array([5.0, 5.0, 5.0, 5.0]),
        "before_loss": np.array([4.0, 4.0, 0.1, 6.0]),
    }
    assert fixed(losses, {"late_sum": np.nan, "earlier_sum": np.nan, "before_x": 1e9}) == [
        "moving", "growing", "moving", "moving",
    ]  # fmt: skip


def test_to_and_fro_is_oscillating_only_while_the_loss_hardly_falls():
    """The mean loss of the last ten rows may be a hundredth below that of the ten before."""
    ones = np.ones(6)
    losses = {
        "first": 9 * ones,
        "end": ones,
        "peak": 9 * ones,
        "late_sum": np.array([1.02, 1.0, 0.991, 0.989, 0.95, 0.901]),
        "earlier_sum": ones,
    }
    found = fixed(losses, {"before_x": 3.0, "before_y": 3.0})
    assert found == ["oscillating"] * 3 + ["moving"] * 3
    assert set(fixed(losses, {"before_x": 3.0 + 1e9, "before_y": 3.0})) == {"moving"}, "on and on"
