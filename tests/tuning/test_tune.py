"""Tuning: known best values, budgets, equal chances, and numbers that lone runs give as well."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optvis
from optvis import optimizers
from optvis.engine.lanes import run_lanes
from optvis.engine.preparation import run_settings
from optvis.foundation.errors import InputError
from optvis.optimizers.base import typed_rule
from optvis.problems.tolerances import tolerances, usual_target
from optvis.tuning.search import least_candidates
from optvis.tuning.tune import compare_in_slices, tune_in_slices, usual_names

VALLEY = optvis.problem("quadratic-valley")
BOWL = optvis.problem("x**2 + 3*y**2", bounds=(-4, 4, -4, 4), start=(3, 2))
HIMMELBLAU = optvis.problem("himmelblau")


class MomentumMy:
    """As a learner writes it."""

    def __init__(self, lr=0.01, momentum=0.95):
        self.lr, self.momentum, self.v = lr, momentum, None

    def update(self, params, grads):
        if self.v is None:
            self.v = {k: np.zeros_like(p) for k, p in params.items()}
        for k in params:
            self.v[k] = self.momentum * self.v[k] - self.lr * grads[k]
            params[k] = params[k] + self.v[k]


def final_loss(problem, optimizer, start=None, steps=None):
    """What a lone run ends with, inf where it diverges."""
    outcome = optvis.run(problem, optimizer, start=start, steps=steps).outcome
    return math.inf if outcome.kind == "diverged" else outcome.loss


def steps_to(target, problem, optimizer, start, steps=None):
    loss = optvis.run(problem, optimizer, start=start, steps=steps).loss
    there = np.flatnonzero(loss <= target)
    return there[0] if there.size else math.inf


# --- known truths -------------------------------------------------------------------------------


def test_gradient_descent_in_the_valley_is_best_just_below_the_limit_of_stability():
    tuning = optvis.tune(VALLEY, "sgd")
    # The steps multiply x by 1 - lr/10 and y by 1 - 2·lr: y is stable below 1
    best = tuning.best["lr"]
    assert 0.9 < best < 1.0
    exact = min(
        np.linspace(0.5, 1.0, 5001), key=lambda lr: (7 * (1 - lr / 10) ** 30) ** 2 / 20 + (2 * (1 - 2 * lr) ** 30) ** 2
    )
    assert best == pytest.approx(exact, abs=0.002)
    for other in (0.97 * best, 1.03 * best):
        assert tuning.median < final_loss(VALLEY, optimizers.SGD(lr=other))
    curve = tuning.neighbourhood["lr"]
    assert curve.low <= best <= curve.high < 1.0


@pytest.mark.parametrize("name", ["sgd", "adagrad", "adam"])
@pytest.mark.parametrize("problem", [VALLEY, HIMMELBLAU, optvis.problem("rosenbrock")], ids=lambda p: p.name)
def test_no_learning_rate_of_a_sweep_is_much_better(problem, name):
    tuning = optvis.tune(problem, name, ["lr"])
    hyper = tuning.optimizer.hyper | {"lr": 10 ** np.linspace(-4, 1, 1500)}
    ends = run_lanes(run_settings(problem, type(tuning.optimizer)(**hyper)))
    lowest = min(np.nanmin(ends.loss), tuning.median)
    assert tuning.median <= lowest + 0.05 * abs(lowest - tolerances(problem).lowest) + 1e-12


@pytest.mark.parametrize("name", optimizers.CATALOGUE)
def test_every_optimizer_gets_to_the_bottom_of_a_bowl_and_never_does_worse_than_before(name):
    tuning = optvis.tune(BOWL, name, budget=400_000)
    assert tuning.median <= tuning.before
    assert tuning.median < usual_target(BOWL)
    assert tuning.success == 1
    assert tuning.names == usual_names(optimizers.CATALOGUE[name].hyperparameters)
    assert not {"eps", "centered"} & set(tuning.names)


def test_the_range_where_it_is_good_is_true():
    tuning = optvis.tune(BOWL, "adam", steps=40, budget=1_000_000)
    for name, curve in tuning.neighbourhood.items():
        best = tuning.best[name]
        assert best in curve.values
        assert curve.low <= best <= curve.high
        assert (np.diff(curve.values) > 0).all()
        for value, score in list(zip(curve.values.tolist(), curve.scores.tolist(), strict=True))[::5]:
            lone = final_loss(BOWL, type(tuning.optimizer)(**(tuning.optimizer.hyper | {name: value})), steps=40)
            assert score == pytest.approx(lone, rel=1e-3, abs=1e-12)
            if curve.low <= value <= curve.high:
                assert score <= curve.good


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_the_best_by_rounding_alone_is_not_recommended(seed):
    rosenbrock = optvis.problem("rosenbrock")  # chaotic for large steps: a start a hair away ends elsewhere
    tuning = optvis.tune(rosenbrock, "nadam", seed=seed)
    x, y = rosenbrock.start
    for hair in (1e-9, -3e-9, 1e-8):
        moved = final_loss(rosenbrock, tuning.optimizer, (x + hair, y - hair))
        assert moved <= max(1.2 * tuning.median, usual_target(rosenbrock))
    assert tuning.median == tuning.scores.min()


# --- budgets and seeds --------------------------------------------------------------------------


@settings(max_examples=40)
@given(
    budget=st.integers(1, 200_000),
    steps=st.integers(1, 60),
    side=st.integers(1, 4),
    scheme=st.sampled_from([("central", 4), ("forward", 3), ("complex-step", 2)]),
    name=st.sampled_from(["sgd", "momentum", "adam"]),
    aim=st.sampled_from(["loss", "steps"]),
)
def test_the_budget_is_never_exceeded(budget, steps, side, scheme, name, aim):
    gradient, evaluations = scheme
    axes = {"sgd": 1, "momentum": 2, "adam": 3}[name]
    starts = optvis.lattice(BOWL, side)
    least = least_candidates(axes) * side * side * steps * evaluations
    ask = {"starts": starts, "steps": steps, "gradient": gradient, "aim": aim, "budget": budget}
    if budget < least:
        with pytest.raises(optvis.InputError, match=f"is too small: a first sweep .* takes {least:,}; raise it"):
            optvis.tune(BOWL, name, **ask)
        return
    tuning = optvis.tune(BOWL, name, **ask)
    assert 0 < tuning.evaluations <= tuning.budget == budget
    assert tuning.tried.shape == (len(tuning.scores), axes)
    assert len(np.unique(tuning.tried, axis=0)) == len(tuning.tried), "nothing is tried twice"
    assert tuning.median == tuning.scores.min()
    for name, curve in tuning.neighbourhood.items():
        assert tuning.best[name] in curve.values
        assert len(curve.values) >= 3


def test_the_same_seed_finds_the_same_however_busy_the_machine_is(monkeypatch):
    ackley = optvis.problem("ackley")

    def found(seed, seconds):
        monkeypatch.setattr("optvis.engine.lanes.SLICE_SECONDS", seconds)
        return optvis.tune(ackley, "adam", budget=600_000, seed=seed)

    one, again, other = found(1, 0.002), found(1, 1e-5), found(2, 0.002)
    assert one.best == again.best
    assert (one.scores == again.scores).all()
    assert one.evaluations == again.evaluations
    assert one.tried.shape != other.tried.shape or (one.tried != other.tried).any()


def test_all_that_is_compared_has_the_same_budget_and_is_tuned_as_if_alone():
    starts = optvis.random_starts(HIMMELBLAU, 9, seed=5)
    given_ = [optimizers.SGD(lr=0.001), "momentum", optimizers.Adam]
    ask = {"starts": starts, "steps": 30, "budget": 200_000}
    found = optvis.compare(HIMMELBLAU, given_, **ask)
    assert {tuning.budget for tuning in found} == {200_000}
    for optimizer, tuning in zip(given_, found, strict=True):
        alone = optvis.tune(HIMMELBLAU, optimizer, **ask)
        assert (alone.best, alone.median, alone.evaluations) == (tuning.best, tuning.median, tuning.evaluations)


@pytest.mark.parametrize("aim", ["loss", "steps"])
def test_the_numbers_are_those_of_lone_runs(aim):
    starts = optvis.lattice(HIMMELBLAU, 3)
    target = 0.5
    for tuning in optvis.compare(
        HIMMELBLAU, ["sgd", "adam", "adagrad"], starts=starts, aim=aim, target=target, steps=25, budget=300_000
    ):
        places = list(zip(*(axis.tolist() for axis in starts), strict=True))
        steps = [steps_to(target, HIMMELBLAU, tuning.optimizer, place, 25) for place in places]
        losses = [final_loss(HIMMELBLAU, tuning.optimizer, place, 25) for place in places]
        counted = losses if aim == "loss" else steps
        assert tuning.median == pytest.approx(np.median(counted), rel=1e-6, abs=1e-12)
        assert tuning.worst == pytest.approx(max(counted), rel=1e-6, abs=1e-12)
        assert tuning.success == np.mean(np.isfinite(steps))
        assert tuning.starts == 9


def test_slices_yield_shares_that_grow_to_the_end():
    slices = compare_in_slices(VALLEY, ["sgd", "adam"], starts=optvis.lattice(VALLEY, 5), budget=500_000)
    shares = list(slices)
    assert len(shares) > 3
    assert all(0 <= share <= 1 for share in shares)
    assert all(after >= before - 0.5 / 4 for before, after in itertools.pairwise(shares))
    assert max(shares) > 0.75


# --- what may be asked --------------------------------------------------------------------------


def test_what_is_not_tuned_keeps_its_value():
    given_ = optimizers.Adam(lr=0.2, beta1=0.6, eps=1e-3, weight_decay=0.01)
    tuning = optvis.tune(BOWL, given_, "lr", steps=20, budget=50_000)
    assert tuning.names == ("lr",)
    assert tuning.optimizer.hyper == given_.hyper | tuning.best
    assert given_.lr == 0.2, "the given one is left alone"
    assert tuning.tried[0].tolist() == [0.2]
    assert tuning.before == pytest.approx(final_loss(BOWL, given_, steps=20))


def test_a_users_own_class_is_tuned_and_agrees_with_the_built_in():
    mine = optvis.tune(BOWL, MomentumMy(), steps=15, budget=40_000)
    built_in = optvis.tune(BOWL, optimizers.Momentum(lr=0.01, momentum=0.95), steps=15, budget=40_000)
    assert mine.names == ("lr", "momentum")
    assert isinstance(mine.optimizer, MomentumMy)
    assert mine.optimizer.v is None
    assert mine.median == pytest.approx(built_in.median, rel=0.5)
    assert mine.median < 1e-3 < mine.before
    assert final_loss(BOWL, mine.optimizer, steps=15) == pytest.approx(mine.median, rel=1e-6)
    assert optvis.tune(BOWL, MomentumMy, ["lr"], steps=15, budget=20_000).names == ("lr",)


def test_a_rule_of_ones_own_is_tuned():
    tuning = optvis.tune(BOWL, "rule{ v = momentum*v - lr*g; step = v }", steps=30, budget=200_000)
    assert set(tuning.names) == {"lr", "momentum"}
    assert tuning.median < 1e-6


def test_a_rate_is_found_however_large_the_domain_is():
    for size in (1e-6, 1e8):
        bowl = optvis.problem(f"(x/{size!r})**2 + 3*(y/{size!r})**2", bounds=[size * end for end in (-4, 4, -4, 4)])
        for name in ("sgd", "adagrad"):
            tuning = optvis.tune(bowl, name, steps=60, gradient=f"central:{1e-4 * size!r}", budget=500_000)
            assert tuning.median < usual_target(bowl), (size, name)


def test_equal_medians_are_told_apart_by_the_worst_and_then_by_success():
    # From half of the places of this lattice nothing gets to the target within two steps: no median is finite
    starts = optvis.lattice(VALLEY, 4)
    tuning = optvis.tune(VALLEY, "sgd", starts=starts, aim="steps", target=0.3, steps=2, budget=100_000)
    assert tuning.median == math.inf
    assert tuning.success == 0.5
    curve = tuning.neighbourhood["lr"]
    assert curve.low == curve.high == tuning.best["lr"]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        ({"optimizer": "adm"}, "did you mean"),
        ({"names": ["beta1"]}, "sgd has no hyperparameter 'beta1'"),
        ({"names": []}, "there is nothing to tune: sgd has lr, weight_decay"),
        ({"aim": "time"}, "the aim of tuning is loss or steps, not 'time'"),
        ({"target": math.nan}, "the target is a loss, a finite number, not nan"),
        ({"target": "low"}, "not 'low'"),
        ({"budget": 0}, "from 1 to 1e12, not 0"),
        ({"budget": 1e6}, r"not 1000000\.0"),
        ({"budget": True}, "not True"),
        ({"budget": 99}, "99 loss evaluations is too small: .* of 27 candidates, 30 steps from one start, takes 3,240"),
        ({"seed": -1}, "a seed is a whole number from 0 up"),
        ({"steps": 0}, "steps must be a whole number"),
        ({"starts": (1, 2, 3)}, "a start is two numbers"),
        ({"gradient": "middle"}, "there is no gradient scheme"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_before_anything_is_computed(ask, message):
    with pytest.raises(optvis.InputError, match=message):
        tune_in_slices(VALLEY, ask.pop("optimizer", "sgd"), **ask)


def test_names_in_a_comparison_are_taken_where_there_are_such():
    found = optvis.compare(BOWL, ["sgd", "adam"], ["lr", "beta1"], steps=10, budget=20_000)
    assert [tuning.names for tuning in found] == [("lr",), ("lr", "beta1")]
    with pytest.raises(optvis.InputError, match="sgd has no hyperparameter 'beta1'"):
        optvis.compare(BOWL, ["adam", "sgd"], ["beta1"])


def test_the_usual_target_is_a_thousandth_of_the_height_above_the_lowest():
    # Of x² + 3y² the median over the domain is near that over the square; the lowest is 0
    small = tolerances(BOWL)
    x, y = np.meshgrid(np.linspace(-4, 4, 41), np.linspace(-4, 4, 41))
    assert usual_target(BOWL) == pytest.approx(1e-3 * np.median(x**2 + 3 * y**2))
    assert small.gradient == pytest.approx(1e-4 * small.height / math.hypot(8, 8))
    raised = replace(BOWL, loss=lambda params: BOWL.loss(params) + 5)
    assert usual_target(raised) == pytest.approx(5 + usual_target(BOWL))


def test_a_name_that_no_optimizer_of_a_comparison_has_is_refused():
    p = optvis.problem("sphere")
    with pytest.raises(InputError, match="none of these optimizers has a hyperparameter 'momntum'"):
        compare_in_slices(p, ["sgd", "momentum"], ["momntum", "lr"])
    with pytest.raises(InputError, match=r"several optimizers, as in \['sgd', 'adam'\], not of one name"):
        optvis.compare(p, "sgd")
    with pytest.raises(InputError, match="give lr one number, not 2"):
        optvis.tune(p, optimizers.Adam(lr=np.array([0.1, 0.2])))
    with pytest.raises(InputError, match="not 'sphere'"):
        optvis.tune("sphere", "adam")


def test_short_runs_are_not_tried_without_end():
    found = optvis.tune(optvis.problem("sphere"), "adam", steps=1)
    assert len(found.tried) <= 100_000
    assert found.evaluations <= 400_000


def test_a_value_that_is_good_alone_among_bad_ones_is_not_the_best(monkeypatch):
    rule = "rule{ step = where(abs(lr - 0.5) < 0.002, -theta, -lr*0.01*g) }"
    given_ = typed_rule(rule)(lr=0.5)
    tuning = optvis.tune(BOWL, given_, ["lr"], starts=(3.0, 2.0), steps=20, budget=200_000)
    assert tuning.before == 0.0
    assert tuning.best["lr"] > 1.0
    monkeypatch.setattr("optvis.tuning.trials._NUDGES", ())
    assert optvis.tune(BOWL, given_, ["lr"], starts=(3.0, 2.0), steps=20, budget=200_000).best["lr"] == 0.5
