"""Lanes of which the end is kept end as lone runs do, compiled or not."""

import numpy as np
import pytest

from optvis.engine import lanes
from optvis.engine.lanes import Goal, run_lanes, run_lanes_in_slices
from optvis.engine.outcome import KINDS
from optvis.engine.preparation import run_settings
from optvis.engine.trajectory import run
from optvis.foundation.errors import InputError
from optvis.optimizers import SGD, Adam, Momentum
from optvis.optimizers.catalogue import CATALOGUE as OPTIMIZERS
from optvis.problems.gradient import Scheme
from optvis.problems.problem import CATALOGUE as PROBLEMS
from optvis.problems.problem import problem

NAMES = list(KINDS)
ENDS = ("x", "y", "loss", "kind", "settled", "reached", "last")

CASES = {
    "smooth": ("himmelblau", SGD(lr=0.005), 150),
    "moments": ("quadratic-valley", Adam(lr=0.3), 60),
    "swings": ("booth", Momentum(lr=0.02), 80),
    "grows and diverges": ("quadratic-valley", SGD(lr=1.3), 90),
    "diverges early": ("rosenbrock", SGD(lr=0.02), 200),
    "saddle": ("monkey-saddle", SGD(lr=0.01), 60),
    "holes": ("log(x) + (y - 1)**2", SGD(lr=0.2), 40),
    "flat": ("floor(x) + 0*y", SGD(lr=0.2), 30),
    "few steps": ("sphere", Adam(lr=0.3), 3),
    "a step": ("sphere", SGD(lr=0.3), 1),
}


def starts_of(of, count=40, seed=3):
    xmin, xmax, ymin, ymax = of.plane.bounds
    return tuple(np.random.default_rng(seed).uniform((xmin, ymin), (xmax, ymax), (count, 2)).T)


@pytest.fixture(params=["compiled", "plain"])
def path(request, monkeypatch):
    if request.param == "plain":

        def none(*args, **options):
            return None
            yield

        monkeypatch.setattr(lanes, "kernel_in_slices", none)
    return request.param


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_lanes_end_as_lone_runs_do(case, path):
    name, optimizer, steps = case
    of = problem(name)
    x, y = starts_of(of)
    target = 0.5
    ends = run_lanes(run_settings(of, optimizer, (x, y), steps), target)
    longest = 2e-4 * np.hypot(*np.diff(np.reshape(of.plane.bounds, (2, 2))).ravel())
    for lane, start in enumerate(zip(x, y, strict=True)):
        t = run(of, optimizer, start, steps)
        assert NAMES[ends.kind[lane]] == t.outcome.kind
        assert ends.last[lane] == t.last
        place = [t.x[t.last], t.y[t.last], t.loss[t.last]]
        assert np.array_equal([ends.x[lane], ends.y[lane], ends.loss[lane]], place, equal_nan=True)
        hit = np.flatnonzero(t.loss <= target)
        assert ends.reached[lane] == (hit[0] if hit.size else -1)
        with np.errstate(invalid="ignore", over="ignore"):
            long = np.flatnonzero(np.hypot(np.diff(t.x), np.diff(t.y)) > longest)
        if t.outcome.kind != "diverged":
            assert ends.settled[lane] == (long[-1] + 1 if long.size else 0)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_ends_the_same_compiled_or_not(name, monkeypatch):
    of = PROBLEMS["quadratic-valley"]
    compiled = run_lanes(run_settings(of, OPTIMIZERS[name](), starts_of(of), 30))
    monkeypatch.setattr(lanes, "kernel_in_slices", lambda *args: (yield from ()))
    plain = run_lanes(run_settings(of, OPTIMIZERS[name](), starts_of(of), 30))
    for field in ENDS:
        assert np.array_equal(getattr(compiled, field), getattr(plain, field)), field


def test_blocks_and_lanes_that_fill_no_vector(path):
    """More lanes than a block, and a number that no width divides."""
    of, count = PROBLEMS["booth"], lanes.BLOCK + 37
    x, y = starts_of(of, count)
    rates = np.linspace(0.001, 0.2, count)
    ends = run_lanes(run_settings(of, SGD(lr=rates), (x, y), 25))
    for lane in (0, 1, lanes.BLOCK - 1, lanes.BLOCK, count - 1):
        t = run(of, SGD(lr=rates[lane]), (x[lane], y[lane]), 25)
        assert ends.loss[lane] == pytest.approx(t.loss[t.last], rel=1e-9)
        assert NAMES[ends.kind[lane]] == t.outcome.kind
    assert ends.evaluations == int(ends.last.sum()) * 4


def test_one_start_and_many_settings(path):
    ends = run_lanes(run_settings(PROBLEMS["quadratic-valley"], SGD(lr=np.array([0.5, 1.5])), (-7.0, 2.0), 400))
    assert [NAMES[kind] for kind in ends.kind] == ["converged", "diverged"]


def test_a_goal_tells_when_a_lane_stays_there(path):
    of, steps, reach = PROBLEMS["quadratic-valley"], 60, 0.3
    x, y = np.array([-7.0, 5.0, 0.1, -7.0]), np.array([2.0, -3.0, 0.0, 2.0])
    goal = Goal(np.array([0.0, 0.0, 0.0, 9.0]), np.zeros(4), reach)
    ends = run_lanes(run_settings(of, SGD(lr=0.8), (x, y), steps), goal=goal)
    for lane in range(3):
        t = run(of, SGD(lr=0.8), (x[lane], y[lane]), steps)
        away = np.flatnonzero(np.hypot(t.x, t.y) > reach)
        assert ends.settled[lane] == (away[-1] + 1 if away.size else 0)
    assert ends.settled[3] == steps  # never near


def test_complex_step_lanes():
    of = PROBLEMS["sphere"]
    ends = run_lanes(run_settings(of, SGD(lr=0.1), starts_of(of), 30, Scheme("complex-step", 1e-20)))
    assert np.all(ends.loss < 1e-4)
    assert ends.evaluations == 40 * 30 * 2


class Mixed:
    """Divides by a norm over everything it gets, as one lane alone may."""

    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, params, grads):
        norm = np.sqrt(sum(np.sum(np.square(g)) for g in grads.values())) + 1e-9
        for k in params:
            params[k] = params[k] - self.lr * grads[k] / norm


class MixedBall:
    """With a velocity, and a norm over everything."""

    def __init__(self, lr=0.1):
        self.lr, self.v = lr, None

    def update(self, params, grads):
        if self.v is None:
            self.v = dict.fromkeys(params, 0.0)
        norm = np.sqrt(sum(np.sum(np.square(g)) for g in grads.values())) + 1e-9
        for k in params:
            self.v[k] = 0.5 * self.v[k] - self.lr * grads[k] / norm
            params[k] = params[k] + self.v[k]


def test_the_inner_state_of_one_instance_a_lane_is_recorded():
    of = PROBLEMS["himmelblau"]
    x, y = starts_of(of, 5)
    t = run(of, MixedBall(), (x, y), 12)
    assert t.state["v"]["x"].shape == (13, 5)
    for lane in range(5):
        alone = run(of, MixedBall(), (x[lane], y[lane]), 12)
        assert np.allclose(t.state["v"]["x"][:, lane], alone.state["v"]["x"][:, 0], equal_nan=True)


class Late:
    """Mixes lanes only after it has warmed up."""

    def __init__(self, lr=0.003):
        self.lr, self.t = lr, 0

    def update(self, params, grads):
        self.t += 1
        norm = 1.0
        if self.t > 60:
            norm = np.sqrt(sum(np.sum(np.square(g)) for g in grads.values())) + 1e-9
        for k in params:
            params[k] = params[k] - self.lr * grads[k] / norm


def test_a_class_that_begins_to_mix_lanes_later_is_found_out():
    of = PROBLEMS["himmelblau"]
    x, y = starts_of(of, 9)
    ends = run_lanes(run_settings(of, Late(), (x, y), 100))
    for lane in range(9):
        assert ends.loss[lane] == pytest.approx(run(of, Late(), (x[lane], y[lane]), 100).loss[-1], rel=1e-9)


class Asking:
    """Asks ``if`` of a gradient, which an array of lanes cannot answer."""

    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, params, grads):
        for k in params:
            params[k] = params[k] - self.lr if grads[k] > 0 else params[k] + self.lr


class HeavyBall:
    """As a learner writes it; works on lanes."""

    def __init__(self, lr=0.02, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, None
        self.calls = CALLS

    def update(self, params, grads):
        self.calls.append(1)
        if self.v is None:
            self.v = {k: np.zeros_like(p) for k, p in params.items()}
        for k in params:
            self.v[k] = self.momentum * self.v[k] - self.lr * grads[k]
            params[k] += self.v[k]

    def __deepcopy__(self, memo):
        return type(self)(np.copy(self.lr) if np.ndim(self.lr) else self.lr, self.momentum)


CALLS = []


@pytest.mark.parametrize("kind", [Mixed, Asking, HeavyBall])
def test_classes_of_ones_own(kind):
    of = PROBLEMS["himmelblau"]
    x, y = starts_of(of, 12)
    rates = np.linspace(0.001, 0.002, 12)
    ends = run_lanes(run_settings(of, kind(lr=rates), (x, y), 40))
    t = run(of, kind(lr=rates), (x, y), 40)
    assert t.optimizer == kind.__name__
    assert np.array_equal(t.hyper["lr"], rates)
    for lane in range(12):
        alone = run(of, kind(lr=rates[lane]), (x[lane], y[lane]), 40)
        assert ends.loss[lane] == pytest.approx(alone.loss[-1], rel=1e-9)
        assert t.loss[-1, lane] == pytest.approx(alone.loss[-1], rel=1e-9)


def test_a_class_that_works_on_lanes_is_called_once_a_step():
    CALLS.clear()
    run_lanes(run_settings(PROBLEMS["himmelblau"], HeavyBall(), starts_of(PROBLEMS["himmelblau"], 500), 40))
    assert len(CALLS) < 1_000  # not once for every lane


def test_it_goes_on_in_slices_and_can_be_dropped():
    of = PROBLEMS["ackley"]
    run_lanes(run_settings(of, Adam(), starts_of(of, 10), 1))  # the kernel is there
    slices = run_lanes_in_slices(run_settings(of, Adam(), starts_of(of, 5_000), 300))
    shares = [next(slices) for _ in range(5)]
    assert 0 < shares[-1] < 1
    assert shares == sorted(shares)
    slices.close()


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"gradient": "up"}, {"start": (np.nan, 1.0)}])
def test_what_cannot_be_used_is_refused_at_once(wrong):
    with pytest.raises(InputError):
        run_settings(PROBLEMS["sphere"], SGD(), **({"start": (np.zeros(3), 1.0)} | wrong))


def test_lanes_that_have_all_ended_are_not_carried_on(monkeypatch):
    """Without a kernel, where every step is one of NumPy's."""
    calls = []

    class Fast:
        def __init__(self, lr=1e9):
            self.lr = lr

        def update(self, params, grads):
            calls.append(1)
            for k in params:
                params[k] = params[k] + self.lr * grads[k]

    ends = run_lanes(run_settings(PROBLEMS["sphere"], Fast(), starts_of(PROBLEMS["sphere"], 7), 50_000))
    assert set(ends.kind) == {NAMES.index("diverged")}
    assert len(calls) < 2_000
    assert ends.last.max() < 20


def test_one_lane_is_carried_alone_however_it_is_asked_for():
    of = PROBLEMS["himmelblau"]
    alone = run(of, Adam(lr=0.1), steps=3_000)
    one = run(of, Adam(lr=np.array([0.1])), steps=3_000)
    assert one.loss.shape == (3_001, 1)
    assert np.array_equal(one.loss[:, 0], alone.loss)
    assert one.loss.base is None or one.loss.base.nbytes < 2 * alone.loss.nbytes * 11
