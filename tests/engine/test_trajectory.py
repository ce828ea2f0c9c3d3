"""Runs: what is recorded, and that every way to compute it agrees."""

import inspect
import math

import numpy as np
import pytest

import optvis
from optvis import optimizers
from optvis.engine.preparation import MAX_STEPS
from optvis.engine.trajectory import Trajectory, run, run_in_slices
from optvis.foundation.errors import InputError
from optvis.language.formula import parse_formula
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class
from optvis.problems.gradient import numerical_gradient
from optvis.problems.problem import CATALOGUE as PROBLEMS
from optvis.problems.problem import Plane, Problem, Suggested, problem
from optvis.problems.tolerances import in_range

VALLEY = problem("quadratic-valley")

every_optimizer = pytest.mark.parametrize("name", CATALOGUE)
every_problem = pytest.mark.parametrize("of", PROBLEMS.values(), ids=PROBLEMS)


# The two classes of the optimizer protocol as a learner writes them.
# fmt: off


class MomentumMy:
    def __init__(self, lr=0.01, momentum=0.95):
        self.lr = lr; self.momentum = momentum; self.v = None
    def update(self, params, grads):
        if self.v is None:
            self.v = {k: np.zeros_like(p) for k, p in params.items()}
        for k in params:
            self.v[k] = self.momentum * self.v[k] - self.lr * grads[k]
            params[k] = params[k] + self.v[k]


class AdaGradMy:
    def __init__(self, lr=0.01):
        self.h = None; self.lr = lr; self.epsilon = 1e-7
    def update(self, params, grads):
        if self.h is None:
            self.h = {k: 0 for k in params}  # noqa: C420
        for k in params:
            self.h[k] = self.h[k] + grads[k] * grads[k]
            params[k] = params[k] - self.lr * 1 / (np.sqrt(self.h[k]) + self.epsilon) * grads[k]


# fmt: on


class InPlace:
    """Changes the arrays it is handed."""

    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, params, grads):
        for k in params:
            params[k] -= self.lr * grads[k]
            grads[k] *= 0


class Wrapped:
    """Hides that an optimizer is a rule, so that it runs step by step."""

    def __init__(self, inner):
        self.inner = inner

    def update(self, params, grads):
        self.inner.update(params, grads)


def positions(trajectory):
    return np.stack([trajectory.x, trajectory.y], axis=1)


# --- the first check of all ---------------------------------------------------------------------


def test_sgd_on_the_quadratic_valley_is_the_textbooks():
    t = run(problem("x**2/20 + y**2"), optimizers.SGD(lr=0.95), start=(-7, 2), steps=30, gradient="central:1e-4")
    x = [-7.0, -6.334999999999862, -5.7331749999996955, -5.188523375004966]
    y = [2.0, -1.8000000000038003, 1.6200000000017294, -1.4579999999981847]
    np.testing.assert_allclose(t.x[:4], x, rtol=0, atol=1e-9)
    np.testing.assert_allclose(t.y[:4], y, rtol=0, atol=1e-9)
    assert t.x[30] == pytest.approx(-0.350392995752689, abs=1e-9)
    assert t.outcome.kind == "moving"
    assert t.evaluations == 4 * 30


# --- what is recorded ---------------------------------------------------------------------------


@every_optimizer
@every_problem
def test_a_record_is_whole_and_true(of, name):
    """Rows, losses and gradients follow from the positions, and nothing is recorded after a divergence."""
    t = run(of, CATALOGUE[name](), steps=25)
    rows = 26
    assert (t.steps, t.x.shape, t.y.shape, t.loss.shape) == (25, (rows,), (rows,), (rows,))
    for values in (*t.params.values(), *t.grad.values(), *(v for kept in t.state.values() for v in kept.values())):
        assert values.shape == (rows, 1)
    assert t.state.keys() == set(CATALOGUE[name].rule.states)
    assert (t.x[0], t.y[0]) == of.start
    for row in (0, 1, t.last // 2, t.last):
        point = {"x": float(t.x[row]), "y": float(t.y[row])}
        np.testing.assert_allclose(t.loss[row], of.loss(point), rtol=1e-12, atol=1e-12)
        if row < t.last or t.outcome.kind != "diverged":
            expected = numerical_gradient(of.loss, point)
            bound = 4 * 2.3e-16 * max(abs(t.loss[row]), 1.0) / 1e-4 * 100
            np.testing.assert_allclose(t.grad["x"][row, 0], expected["x"], rtol=1e-9, atol=bound)
            np.testing.assert_allclose(t.grad["y"][row, 0], expected["y"], rtol=1e-9, atol=bound)
    inside = in_range(of, t.x, t.y, t.loss)
    assert inside[: t.last].all()
    assert inside[t.last] == (t.outcome.kind != "diverged")
    for values in (t.x, t.y, t.loss, *(g[:, 0] for g in t.grad.values())):
        assert np.isnan(values[t.last + 1 :]).all()
    assert t.evaluations == 4 * t.last


@every_optimizer
def test_inner_state_starts_at_0_and_is_that_of_the_optimizer(name):
    optimizer = CATALOGUE[name](lr=0.01)
    t = run(VALLEY, optimizer, steps=5)
    params = {"x": -7.0, "y": 2.0}
    for row in range(1, 6):
        optimizer.update(params, numerical_gradient(VALLEY.loss, params))
        for state in optimizer.rule.states:
            for key in params:
                assert t.state[state][key][0, 0] == 0.0
                np.testing.assert_allclose(t.state[state][key][row, 0], getattr(optimizer, state)[key], rtol=1e-9)


@every_optimizer
@pytest.mark.parametrize("huge", [1e149, 1e13], ids=["overflow", "far away"])
def test_after_a_divergence_all_is_nan_in_every_way_to_compute(name, huge):
    of = problem("x**4 + y**4", bounds=(-5, 5, -5, 5))
    optimizer = optimizer_class(f"rule{{ n = n + 1; {CATALOGUE[name].rule.text}\n step = step*boost }}")
    kept = {hyper.name: hyper.default for hyper in CATALOGUE[name].hyperparameters}
    alone = run(of, optimizer(**kept, boost=huge), start=(3, 2), steps=20)
    assert alone.outcome.kind == "diverged"
    assert alone.last == alone.outcome.step == 1
    lanes = run(of, optimizer(**kept, boost=np.array([huge, 1e-3])), start=(3, 2), steps=20)
    assert [lanes.outcomes[0].kind, lanes.outcomes[0].step] == ["diverged", 1]
    assert lanes.outcomes[1].kind != "diverged"
    for t in (alone, lanes):
        for values in (*t.params.values(), *t.grad.values(), *(v for kept in t.state.values() for v in kept.values())):
            assert np.isnan(values[2:, 0]).all()
            assert not np.isnan(t.params["x"][1, 0])
    assert np.isnan(lanes.loss[2:, 0]).all()
    for values in (lanes.loss, *lanes.params.values(), *lanes.grad.values()):
        assert np.isfinite(values[:, 1]).all()


@pytest.mark.parametrize("start", [(0.0, 0.0), (np.zeros(2), np.zeros(2))], ids=["alone", "lanes"])
def test_a_first_row_out_of_range_that_is_all_nan_counts_as_computed(start):
    t = run(problem("sqrt(x) + sqrt(y)"), optimizers.SGD(lr=0.1), start=start, steps=5)
    outcome = t.outcomes[0]
    assert (outcome.kind, outcome.step) == ("diverged", 1)
    assert t.evaluations == 4


def test_a_constant_loss_ends_at_the_limit_too():
    """Neither the loss nor the gradient of a constant becomes nan with the position."""
    double = optimizer_class("rule{ step = theta*factor }")
    t = run(problem("3"), double(factor=np.array([1.0, 0.0])), start=(1, 1), steps=40)
    assert t.outcomes[0].kind == "diverged"
    last = t.outcomes[0].step
    assert np.isnan(t.loss[last + 1 :, 0]).all()
    assert np.isnan(t.grad["x"][last + 1 :, 0]).all()
    assert (t.loss[:, 1] == 3).all()


def test_a_start_out_of_range_is_row_0_and_diverged():
    t = run(problem("log(x) + y"), optimizers.SGD(), start=(-1, 1), steps=5)
    assert (t.outcome.kind, t.outcome.step, t.last, t.evaluations) == ("diverged", 0, 0, 0)
    assert np.isnan(t.x[1:]).all()


# --- every way to compute agrees ----------------------------------------------------------------

SMOOTH_RULES = [name for name in CATALOGUE if name != "lion"]  # a sign doubles the smallest difference


@pytest.mark.parametrize("name", SMOOTH_RULES)
@pytest.mark.parametrize(("gradient", "near"), [("central:1e-4", 1e-9), ("forward:1e-6", 1e-7)])
def test_whole_runs_agree_on_the_quadratic_valley(name, gradient, near):
    """Compiled, step by step on floats, and in lanes; rounding in the gradient grows with 1/h."""
    optimizer = CATALOGUE[name](lr=min(0.05, VALLEY.suggested.lr[name]))
    compiled = run(VALLEY, optimizer, steps=100, gradient=gradient)
    stepwise = run(VALLEY, Wrapped(optimizer), steps=100, gradient=gradient)
    lanes = run(VALLEY, optimizer, start=(np.array([3.0, -7.0]), np.array([-1.0, 2.0])), steps=100, gradient=gradient)
    np.testing.assert_allclose(positions(stepwise), positions(compiled), rtol=0, atol=near)
    np.testing.assert_allclose(lanes.x[:, 1], compiled.x, rtol=0, atol=near)
    np.testing.assert_allclose(lanes.y[:, 1], compiled.y, rtol=0, atol=near)
    np.testing.assert_allclose(lanes.loss[:, 1], compiled.loss, rtol=0, atol=near)
    np.testing.assert_allclose(lanes.grad["x"][:, 1], compiled.grad["x"][:, 0], rtol=0, atol=near)
    for state, values in compiled.state.items():
        for key in values:
            scale = max(1.0, np.nanmax(np.abs(values[key])))
            np.testing.assert_allclose(lanes.state[state][key][:, 1], values[key][:, 0], rtol=0, atol=10 * near * scale)
    assert compiled.outcome.kind == stepwise.outcome.kind == lanes.outcomes[1].kind


@every_optimizer
@every_problem
def test_one_update_from_the_same_point_agrees_on_every_problem(of, name):
    """As far as rounding in the gradient allows: 4 eps max|f| / h, through an update whose step it scales."""
    optimizer = CATALOGUE[name](lr=1e-3)
    compiled = run(of, optimizer, steps=1)
    lanes = run(of, optimizer, start=tuple(np.full(2, value) for value in of.start), steps=1)
    xmin, xmax, ymin, ymax = of.plane.bounds
    size = max(abs(of.loss({"x": x, "y": y})) for x, y in (of.start, (compiled.x[1], compiled.y[1])))
    bound = 40 * np.finfo(float).eps * max(size, 1.0) / 1e-4
    for key in "xy":
        np.testing.assert_allclose(lanes.grad[key][0, 0], compiled.grad[key][0, 0], rtol=1e-12, atol=bound)
        np.testing.assert_allclose(lanes.params[key][1, 0], compiled.params[key][1, 0], rtol=1e-9, atol=bound)


@every_optimizer
def test_equal_lanes_stay_equal(name):
    t = run(VALLEY, CATALOGUE[name](), start=(np.full(3, -7.0), np.full(3, 2.0)), steps=50)
    assert (t.x == t.x[:, :1]).all()
    assert (t.loss == t.loss[:, :1]).all()


def test_hyperparameters_in_lanes_are_runs_of_their_own():
    rates = np.array([0.1, 0.95, 1.05])
    together = run(VALLEY, optimizers.SGD(lr=rates), steps=30)
    assert [o.kind for o in together.outcomes] == [
        run(VALLEY, optimizers.SGD(lr=float(lr)), steps=30).outcome.kind for lr in rates
    ]
    for lane, lr in enumerate(rates):
        np.testing.assert_allclose(
            together.y[:, lane], run(VALLEY, optimizers.SGD(lr=float(lr)), steps=30).y, rtol=1e-9
        )


def test_a_trajectory_of_several_lanes_has_an_outcome_for_each_and_none_of_its_own():
    lanes = run(VALLEY, optimizers.SGD(lr=np.array([0.1, 1.05])), steps=30)
    assert isinstance(lanes.outcomes, tuple)
    assert [outcome.kind for outcome in lanes.outcomes] == ["moving", "growing"]
    with pytest.raises(InputError, match=r"2 lanes .*outcomes\[0\]"):
        _ = lanes.outcome
    for start in ((-7.0, 2.0), (np.array([-7.0]), 2.0)):  # on floats, and as one lane
        alone = run(VALLEY, optimizers.SGD(lr=0.1), start, steps=30)
        assert alone.outcomes == (alone.outcome,)


def test_slices_give_the_same_run():
    of, optimizer = problem("rosenbrock"), optimizers.Adam(lr=0.01)
    shares = []

    def watched():
        slices = run_in_slices(of, optimizer, steps=50_000)
        trajectory = None
        while trajectory is None:
            try:
                shares.append(next(slices))
            except StopIteration as end:
                trajectory = end.value
        return trajectory

    trajectory = watched()
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    assert len(shares) > 1
    np.testing.assert_array_equal(trajectory.x, run(of, optimizer, steps=50_000).x)


def test_complex_step_is_exact():
    t = run(VALLEY, optimizers.SGD(lr=0.95), steps=30, gradient="complex-step")
    np.testing.assert_allclose(t.x, -7 * 0.905 ** np.arange(31), rtol=1e-13)
    np.testing.assert_allclose(t.y, 2 * (-0.9) ** np.arange(31), rtol=1e-13)
    assert t.evaluations == 2 * 30


def test_of_several_lanes_the_evaluations_are_those_of_the_longest():
    """The first lane diverges after a few steps, the second never does, the third somewhat later."""
    rates = np.array([30.0, 0.1, 3.0])
    t = run(problem("quadratic-valley"), optimizers.SGD(lr=rates), steps=40)
    last = [outcome.step if outcome.kind == "diverged" else 40 for outcome in t.outcomes]
    assert last[0] < last[2] < last[1] == 40
    assert t.evaluations == 4 * 40
    few = run(problem("quadratic-valley"), optimizers.SGD(lr=rates[[0, 2]]), steps=40)
    assert few.evaluations == 4 * last[2]


@pytest.mark.parametrize(("gradient", "each"), [("central", 4), ("forward", 3), ("complex-step", 2)])
def test_evaluations_are_counted(gradient, each):
    calls = 0
    formula = parse_formula("x**2/20 + y**2")

    def loss(params):
        nonlocal calls
        calls += 1
        return formula(params["x"], params["y"])

    plane = Plane({"x": 0.0, "y": 0.0}, {"x": 1.0, "y": 0.0}, {"x": 0.0, "y": 1.0}, (-10, 10, -10, 10))
    of = Problem("counted", "Counted", loss, (-7.0, 2.0), plane, (), Suggested(10, {}), None, "", "")
    run(of, optimizers.SGD(), steps=1)  # the outcome's grid and ring
    counts = []
    for steps in (10, 20):
        calls = 0
        t = run(of, optimizers.SGD(), steps=steps, gradient=gradient)
        counts.append(calls)
        assert t.evaluations == each * steps
    own = 1  # the loss of the row itself
    assert counts[1] - counts[0] == 10 * (each + own)


# --- a problem that is no formula, with parameters that are arrays ------------------------------


def test_parameters_may_be_arrays_of_any_shape():
    """Least squares over a 2 × 3 matrix, drawn on a plane through two of its entries."""
    target = np.arange(6.0).reshape(2, 3)

    def loss(params):
        w, b = np.asarray(params["w"]), np.asarray(params["b"])
        extra = w.ndim - 2
        wanted = target.reshape(2, 3, *[1] * extra)
        return ((w - wanted) ** 2).sum(axis=(0, 1)) + b**2

    u, v = np.zeros((2, 3)), np.zeros((2, 3))
    u[0, 0] = v[1, 2] = 1.0
    plane = Plane({"w": target, "b": 0.5}, {"w": u, "b": 0.0}, {"w": v, "b": 0.0}, (-3, 3, -3, 3))
    of = Problem("matrix", "Matrix", loss, (2.0, -1.0), plane, (), Suggested(50, {}), None, "", "")
    alone = run(of, optimizers.SGD(lr=0.1), steps=80)
    lanes = run(of, optimizers.SGD(lr=0.1), start=(np.array([2.0, 0.0]), np.array([-1.0, 0.0])), steps=80)
    assert (alone.loss.shape, alone.outcome.kind) == ((81,), "converged")
    assert alone.params["w"].shape == (81, 2, 3, 1)
    assert lanes.params["w"].shape == (81, 2, 3, 2)
    assert lanes.params["b"].shape == (81, 2)
    np.testing.assert_allclose(alone.x, 2 * 0.8 ** np.arange(81), rtol=1e-8)
    np.testing.assert_allclose(lanes.x[:, 0], alone.x, rtol=1e-9)
    np.testing.assert_allclose(lanes.y[:, 0], alone.y, rtol=1e-9)
    np.testing.assert_allclose(alone.params["b"][:, 0], 0.5 * 0.8 ** np.arange(81), rtol=1e-8)
    assert alone.evaluations == 2 * 7 * 80


# --- optimizers of a user's own -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "built_in", "state"),
    [
        (MomentumMy(lr=0.05, momentum=0.9), optimizers.Momentum(lr=0.05, momentum=0.9), "v"),
        (AdaGradMy(lr=1.5), optimizers.AdaGrad(lr=1.5, eps=1e-7), "h"),
    ],
    ids=["MomentumMy", "AdaGradMy"],
)
def test_a_learners_class_runs_as_it_stands(own, built_in, state):
    alone, expected = run(VALLEY, own, steps=30), run(VALLEY, built_in, steps=30)
    np.testing.assert_allclose(positions(alone), positions(expected), rtol=0, atol=1e-9)
    np.testing.assert_allclose(alone.state[state]["x"][1:], expected.state[state]["x"][1:], rtol=1e-9)
    lanes = run(VALLEY, own, start=(np.array([-7.0, 3.0, 1.0]), np.array([2.0, 2.0, 2.0])), steps=30)
    np.testing.assert_allclose(lanes.x[:, 0], expected.x, rtol=0, atol=1e-9)
    assert lanes.state[state]["y"].shape == (31, 3)
    assert alone.optimizer == type(own).__name__
    assert alone.hyper["lr"] == own.lr


def test_a_run_leaves_the_optimizer_as_it_was():
    own, built_in = MomentumMy(), optimizers.Adam()
    built_in.update({"x": 1.0}, {"x": 1.0})
    for optimizer in (own, built_in):
        run(VALLEY, optimizer, steps=3)
    assert own.v is None
    assert built_in.t == 1
    first, second = run(VALLEY, built_in, steps=3), run(VALLEY, optimizers.Adam(), steps=3)
    np.testing.assert_array_equal(first.x, second.x)  # a used one starts afresh


@pytest.mark.parametrize("start", [(-7.0, 2.0), (np.array([-7.0, 1.0]), np.array([2.0, 1.0]))], ids=["alone", "lanes"])
def test_an_optimizer_that_changes_its_arrays_does_not_corrupt_the_record(start):
    handed = [np.copy(value) for value in start]
    t = run(VALLEY, InPlace(lr=0.95), start=start, steps=30)
    expected = run(VALLEY, optimizers.SGD(lr=0.95), start=start, steps=30)
    np.testing.assert_allclose(t.x, expected.x, rtol=0, atol=1e-9)
    np.testing.assert_allclose(t.grad["y"], expected.grad["y"], rtol=0, atol=1e-9)
    assert all((value == copy).all() for value, copy in zip(start, handed, strict=True))


@pytest.mark.parametrize("start", [(-7, 2), (np.array([-7.0, 1.0]), np.array([2.0, 3.0]))], ids=["lone", "lanes"])
def test_what_is_no_state_is_left_out_of_the_record(start):
    """Attributes by parameter that cannot stand beside it, such as a history, do not stop the run."""

    class Remembering:
        def __init__(self, lr=0.1):
            self.lr, self.past, self.notes, self.v = lr, {"x": [], "y": []}, {"x": "a", "y": "b"}, {"x": None, "y": 0}

        def update(self, params, grads):
            for k in params:
                self.past[k].append(grads[k])
                self.v[k] = -self.lr * grads[k]
                params[k] = params[k] + self.v[k]

    t = run(VALLEY, Remembering(), start=start, steps=4)
    assert t.state.keys() == {"v"}
    assert np.isnan(t.state["v"]["x"][0]).all()
    assert (t.state["v"]["y"][0] == 0.0).all()
    np.testing.assert_allclose(t.state["v"]["x"][1:], np.diff(t.params["x"], axis=0), rtol=0, atol=1e-14)


# --- arguments ----------------------------------------------------------------------------------


def test_start_and_steps_default_to_the_problems():
    t = run(VALLEY, optimizers.SGD())
    assert (t.x[0], t.y[0]) == VALLEY.start
    assert t.steps == VALLEY.suggested.steps


def test_a_start_may_be_a_dict_and_whole_numbers():
    by_name, by_place = (run(VALLEY, optimizers.SGD(), start=s, steps=3) for s in ({"x": -7, "y": 2}, [-7, 2]))
    np.testing.assert_array_equal(by_name.x, by_place.x)


BAD = {
    "0 steps": ({"steps": 0}, "steps must be a whole number from 1 to 1,000,000, not 0"),
    "-1 steps": ({"steps": -1}, "not -1"),
    "too many steps": ({"steps": 10**9}, "not 1000000000"),
    "half a step": ({"steps": 1.5}, "not 1.5"),
    "True steps": ({"steps": True}, "not True"),
    "a start beyond floats": ({"start": (10**400, 0)}, "a start must be finite numbers"),
    "an infinite start": ({"start": (math.inf, 0)}, "a start must be finite numbers"),
    "a start of nan": ({"start": (0, math.nan)}, "a start must be finite numbers"),
    "a start without lanes": ({"start": ([], [])}, "a start must be finite numbers"),
    "a start of text": ({"start": ("a", 0)}, "a start must be finite numbers"),
    "a start of one number": ({"start": 3}, "a start is two numbers x, y, not 3"),
    "a start of three numbers": ({"start": (1, 2, 3)}, "a start is two numbers"),
    "another parameter": ({"start": {"x": 1, "z": 2}}, "gives x, y, not x, z"),
    "the name of a problem": ({"of": "sphere"}, "is made by problem.* not 'sphere'"),
    "no gradient": ({"gradient": None}, "no gradient scheme 'none'"),
    "an unknown gradient": ({"gradient": "centrall"}, "no gradient scheme 'centrall'; did you mean central"),
    "a gradient's step of 0": ({"gradient": "central:0"}, "must be a number from"),
    "a class": ({"optimizer": optimizers.SGD}, "an optimizer is an object with update"),
    "a name": ({"optimizer": "sgd"}, "an optimizer is an object with update"),
    "lanes of two lengths": ({"start": (np.zeros(2), np.zeros(3))}, "one value for each lane"),
    "lanes of hyperparameters and starts": (
        {"start": (np.zeros(2), np.zeros(2)), "optimizer": optimizers.SGD(lr=np.ones(3))},
        "one value for each lane",
    ),
    "a start of another shape": ({"start": {"x": np.zeros((2, 2)), "y": 0}}, "x in the start must have the shape"),
    "complex-step through a kink": ({"of": problem("bukin-6"), "gradient": "complex-step"}, "cannot differentiate abs"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_bad_arguments(arguments, message):
    arguments = {"of": VALLEY, "optimizer": optimizers.SGD(), "steps": 3} | arguments
    of = arguments.pop("of")
    with pytest.raises(InputError, match=message):
        run(of, **arguments)


def test_the_most_steps_are_allowed():
    assert run(VALLEY, optimizers.SGD(lr=0.1), steps=MAX_STEPS).steps == MAX_STEPS


def test_a_trajectory_is_what_the_public_name_says():
    assert isinstance(optvis.run(VALLEY, optimizers.SGD(), steps=1), Trajectory)
    assert inspect.signature(optvis.run) == inspect.signature(run)
