"""A sweep is so many lone runs: every cell agrees with one, and its limits are those of theory."""

import numpy as np
import pytest

from optvis import InputError, problem, run, step_sweep, sweep_map
from optvis.engine.outcome import KINDS
from optvis.foundation.slices import finish
from optvis.maps.sweeps import MAX_CELLS, step_sweep_in_slices, sweep_map_in_slices
from optvis.optimizers import SGD, AdaGrad, Adam, Lion, Momentum, Nesterov, RMSprop
from optvis.optimizers.base import typed_rule
from optvis.problems.tolerances import tolerances, usual_target

KINDS_IN_ORDER = list(KINDS)
LRS = [0.003, 0.05, 0.4, 3.0]
OPTIMIZERS = {
    "sgd": (SGD(), {"lr": LRS, "weight_decay": [0.0, 0.2]}),
    "momentum": (Momentum(), {"momentum": [0.0, 0.7, 0.95], "lr": LRS}),
    "nesterov": (Nesterov(momentum=0.6), {"lr": LRS, "dampening": [0.0, 0.3]}),
    "adagrad": (AdaGrad(), {"lr": LRS, "initial_accumulator": [0.0, 0.1]}),
    "rmsprop": (RMSprop(alpha=0.9), {"lr": LRS, "eps": [1e-8, 0.1]}),
    "adam": (Adam(beta2=0.99), {"lr": LRS, "beta1": [0.0, 0.9, 0.99]}),
    "lion": (Lion(), {"lr": LRS}),
    "rule": (typed_rule("rule{ v = 0.9*v - lr*g; step = k*v }")(), {"lr": LRS, "k": [0.5, 1.0]}),
}
PROBLEMS = {"quadratic-valley": 1e-9, "himmelblau": 1e-6, "x**4 + y**2 + x*y": 1e-6}
"""And how far losses may be apart: large steps on what is not as simple amplify rounding."""


class Textbook:
    """As a learner writes it."""

    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, None

    def update(self, params, grads):
        if self.v is None:
            self.v = {key: np.zeros_like(value) for key, value in params.items()}
        for key in params:
            self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]
            params[key] = params[key] + self.v[key]


def cells(values):
    """Index and settings of every cell; the last axis of arrays is the first hyperparameter."""
    axes = list(values.items())[::-1]
    for index in np.ndindex(*(len(axis) for _, axis in axes)):
        yield index, {name: float(axis[at]) for (name, axis), at in zip(axes, index, strict=True)}


def lone(of, optimizer, settings, **how):
    hyper = optimizer.hyper if hasattr(optimizer, "hyper") else vars(optimizer) | {}
    hyper = {name: value for name, value in hyper.items() if isinstance(value, float)}
    return run(of, type(optimizer)(**(hyper | settings)), **how)


@pytest.mark.parametrize(("name", "tolerance"), PROBLEMS.items())
@pytest.mark.parametrize("case", OPTIMIZERS)
def test_every_cell_is_a_lone_run(case, name, tolerance):
    optimizer, values = OPTIMIZERS[case]
    of = problem(name)
    found = sweep_map(of, optimizer, values, start=(-1.5, 0.8), steps=60)
    assert found.names == tuple(values)
    for index, settings in cells(values):
        t = lone(of, optimizer, settings, start=(-1.5, 0.8), steps=60)
        assert KINDS_IN_ORDER[found.kind[index]] == t.outcome.kind, settings
        assert found.last[index] == t.last
        if t.outcome.kind != "diverged":
            assert found.loss[index] == pytest.approx(float(t.loss[-1]), rel=tolerance, abs=1e-12)
            assert (found.x[index], found.y[index]) == pytest.approx((t.x[-1], t.y[-1]), rel=1e-5, abs=1e-7)
            there = np.flatnonzero(t.loss <= found.target)
            assert found.reached[index] == (there[0] if there.size else -1)


def test_the_table_has_runs_that_diverge_grow_and_get_there():
    kinds = {
        KINDS_IN_ORDER[kind]
        for optimizer, values in OPTIMIZERS.values()
        for kind in np.ravel(sweep_map(problem("quadratic-valley"), optimizer, values, (-1.5, 0.8), 60).kind)
    }
    assert {"diverged", "converged", "oscillating", "moving"} <= kinds


def test_a_class_of_a_learner_s_own_is_swept_as_the_catalogue_s():
    values = {"lr": [0.05, 0.2, 5.0], "momentum": [0.5, 0.9]}
    own = sweep_map(problem("quadratic-valley"), Textbook(), values, steps=40)
    ours = sweep_map(problem("quadratic-valley"), Momentum(), values, steps=40)
    assert (own.kind == ours.kind).all()
    assert own.loss[:, :2] == pytest.approx(ours.loss[:, :2], rel=1e-9)


@pytest.mark.parametrize(
    ("optimizer", "limit"), [(SGD(), 1.0), (Momentum(momentum=0.9), 1.9), (Momentum(momentum=0.5), 1.5)]
)
def test_the_limit_of_the_learning_rate_is_that_of_theory(optimizer, limit):
    """The steepest curvature of the valley is 2; the limit 2(1 + β)/λ (Polyak, 1964)."""
    of, lrs = problem("quadratic-valley"), np.arange(0.5, 2.5, 0.02)
    found = sweep_map(of, optimizer, {"lr": lrs}, steps=2000)
    first = of.loss({"x": of.start[0], "y": of.start[1]})
    stable = lrs[np.nan_to_num(found.loss, nan=np.inf) <= first]
    assert abs(stable.max() - limit) <= 0.02 + 1e-9
    assert (np.diff((found.loss <= first).astype(int)) <= 0).all(), "stable below the limit, and not above"


def test_axes_shapes_and_evaluations():
    values = {"lr": [0.1, 0.2, 0.3, 0.4], "momentum": [0.5, 0.9]}
    found = sweep_map(problem("sphere"), Momentum(), values, steps=10)
    assert found.loss.shape == found.kind.shape == found.reached.shape == (2, 4)
    assert [axis.tolist() for axis in found.axes] == list(values.values())
    assert found.evaluations == 2 * 4 * 10 * 4
    assert found.steps == 10
    assert sweep_map(problem("sphere"), SGD(), {"lr": [0.1]}, steps=10).loss.shape == (1,)


def test_the_usual_target_is_a_thousandth_of_the_height():
    of = problem("quadratic-valley")
    small = tolerances(of)
    assert sweep_map(of, SGD(), {"lr": [0.1]}, steps=1).target == usual_target(of)
    assert usual_target(of) == small.lowest + 1e-3 * small.height
    assert small.height == pytest.approx(small.gradient * 1e4 * np.hypot(20, 10))
    assert sweep_map(of, SGD(), {"lr": [0.1]}, steps=5, target=4.0).reached[0] == 2


def test_the_loss_after_every_step_is_that_of_lone_runs():
    of, values = problem("quadratic-valley"), np.array([0.05, 0.5, 0.99, 1.2, 40.0])
    found = step_sweep(of, SGD(), {"lr": values}, steps=25)
    assert found.loss.shape == (26, 5)
    assert found.at.tolist() == list(range(26))
    for column, lr in enumerate(values):
        t = run(of, SGD(lr=float(lr)), steps=25)
        np.testing.assert_allclose(found.loss[:, column], t.loss, rtol=1e-9)
        assert KINDS_IN_ORDER[found.kind[column]] == t.outcome.kind
        assert found.last[column] == t.last
    some = step_sweep(of, SGD(), {"lr": values}, steps=25, rows=6)
    assert some.at.tolist() == [0, 5, 10, 15, 20, 25]
    np.testing.assert_array_equal(some.loss, found.loss[some.at])


def test_blocks_of_values_make_no_difference(monkeypatch):
    of, values = problem("himmelblau"), {"lr": np.geomspace(1e-4, 1, 50)}
    whole = step_sweep(of, Adam(), values, steps=40)
    monkeypatch.setattr("optvis.maps.sweeps.BLOCK_ROWS", 41 * 9)
    parts = step_sweep(of, Adam(), values, steps=40)
    np.testing.assert_allclose(parts.loss, whole.loss, rtol=1e-9)
    assert (parts.kind == whole.kind).all()


def test_slices_tell_how_far_they_are():
    of = problem("sphere")
    for slices in (
        sweep_map_in_slices(of, Adam(), {"lr": np.geomspace(1e-3, 1, 5000), "beta1": [0.9, 0.5]}, steps=300),
        step_sweep_in_slices(of, Adam(), {"lr": np.geomspace(1e-3, 1, 400)}, steps=1000),
    ):
        shares = [next(slices) for _ in range(3)]
        assert sorted(shares) == shares
        assert 0 <= shares[0] <= shares[-1] < 1
        assert finish(slices).loss.size


@pytest.mark.parametrize(
    ("optimizer", "values", "part"),
    [
        (SGD(), {}, "one or two hyperparameters with their values"),
        (SGD(), [0.1, 0.2], "one or two hyperparameters with their values"),
        (Adam(), {"lr": [1], "beta1": [0.5], "beta2": [0.5]}, "not 3 of them"),
        (SGD(), {"momentum": [0.5]}, "sgd has no hyperparameter 'momentum'; it has lr, weight_decay"),
        (Adam(), {"beta": [0.5]}, "did you mean beta"),
        (SGD(), {"lr": []}, "at least one finite number"),
        (SGD(), {"lr": 0.1}, "the values of lr must be a list"),
        (SGD(), {"lr": [[0.1, 0.2]]}, "the values of lr must be a list"),
        (SGD(), {"lr": [0.1, np.inf]}, "finite"),
        (SGD(), {"lr": ["a"]}, "finite"),
        (SGD(), {"lr": [0.1, -1.0]}, "lr must be a number from 0 up, not -1"),
        (Adam(), {"beta1": [0.5, 1.0]}, "beta1 must be a number from 0 to below 1, not 1"),
        (
            Adam(),
            {"lr": np.ones(5000), "beta1": np.ones(1000)},
            f"at most {MAX_CELLS:,} combinations, not 5,000,000",
        ),
        (SGD(lr=np.array([0.1, 0.2])), {"weight_decay": [0.0, 0.1]}, "one number for each hyperparameter"),
        (SGD, {"lr": [0.1]}, "an optimizer is an object"),
        (Textbook(), {"v": [0.1]}, "Textbook has no hyperparameter 'v'"),
    ],
)
def test_what_cannot_be_swept_is_said(optimizer, values, part):
    with pytest.raises(InputError) as error:
        sweep_map(problem("sphere"), optimizer, values, steps=5)
    assert part in str(error.value)


@pytest.mark.parametrize(
    ("how", "part"),
    [
        ({"start": (np.array([1.0, 2.0]), 1.0)}, "begins at one start"),
        ({"steps": 0}, "steps must be a whole number"),
        ({"target": "low"}, "the target must be a loss"),
        ({"target": np.nan}, "the target must be a loss"),
    ],
)
def test_how_it_cannot_be_swept_is_said(how, part):
    with pytest.raises(InputError) as error:
        sweep_map(problem("sphere"), SGD(), {"lr": [0.1, 0.2]}, **how)
    assert part in str(error.value)


def test_steps_are_of_one_hyperparameter_and_not_too_many():
    with pytest.raises(InputError, match="takes one hyperparameter"):
        step_sweep(problem("sphere"), Adam(), {"lr": [0.1], "beta1": [0.5]}, steps=5)
    with pytest.raises(InputError, match="take fewer"):
        step_sweep(problem("sphere"), SGD(), {"lr": np.ones(100)}, steps=100_000)
    with pytest.raises(InputError, match="lr must be a number"):
        step_sweep(problem("sphere"), SGD(), {"lr": [-1.0]}, steps=5)
