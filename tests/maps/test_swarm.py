"""Swarms: every point is a run of its own, whatever is kept of it."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import optvis
from optvis.document.session import MAX_SWARM
from optvis.engine.lanes import run_lanes
from optvis.engine.outcome import KINDS
from optvis.engine.preparation import run_settings
from optvis.foundation.errors import InputError
from optvis.foundation.slices import finish
from optvis.kernels.kernel import Kernel
from optvis.maps import swarm as module
from optvis.maps.swarm import COARSE, MAX_BYTES, MAX_ROWS, SwarmSpec, swarm_in_slices, swarm_starts, swarms_in_slices

RULE = "rule{ v = momentum*v - lr*g; step = v }"
CASES = {
    "on a bowl": ("sphere", "sgd", {"lr": 0.3}, "central:1e-4"),
    "to four minima": ("himmelblau", "adam", {"lr": 0.2}, "central:1e-4"),
    "with a rule": ("quadratic-valley", RULE, {"lr": 0.05, "momentum": 0.8}, "forward:1e-6"),
    "that partly diverges": ("rosenbrock", "sgd", {"lr": 0.003}, "central:1e-4"),
    "through NumPy": ("booth", "momentum", {"lr": 0.02}, "complex-step"),
    "that wholly diverges": ("sphere", "sgd", {"lr": 3.0}, "central:1e-4"),
    "on a far and narrow domain": ("(x - 1e6)**2 + (y + 2e6)**2", "rmsprop", {"lr": 0.02}, "central:1e-4"),
}
FAR = (999_999.5, 1_000_000.5, -2_000_000.5, -1_999_999.5)


def spec_of(problem, name, hyper, gradient="central:1e-4", count=40, steps=60, **more):
    made = optvis.problem(problem, bounds=FAR if "1e6" in problem else None)
    optimizer = optvis.optimizers.optimizer_class(name)(**hyper)
    return SwarmSpec.of(optvis.run(made, optimizer, steps=steps, gradient=gradient), count, **more)


def swarm_of(*of, **more):
    return finish(swarm_in_slices(spec_of(*of, **more)))


@pytest.mark.parametrize("budget", [MAX_BYTES, 40 * 8 * 12], ids=["every row", "a sixth of the rows"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_point_is_a_run_of_its_own(case, budget, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", budget)
    spec = spec_of(*case, seed=7)
    swarm = finish(swarm_in_slices(spec))
    assert (spec.stride == 1) == (budget == MAX_BYTES)
    xs, ys = swarm_starts(spec.problem.plane.bounds, spec.count, 7)
    rows = [*range(0, spec.steps, spec.stride), spec.steps]
    found = np.array([swarm.at(step) for step in rows])
    size = np.diff(np.reshape(spec.problem.plane.bounds, (2, 2))).max()
    optimizer = optvis.optimizers.optimizer_class(spec.optimizer)(**dict(spec.hyper))
    for lane in range(0, spec.count, 3):
        lone = optvis.run(spec.problem, optimizer, (xs[lane], ys[lane]), spec.steps, spec.gradient)
        wanted = np.column_stack([lone.x, lone.y])[rows]
        np.testing.assert_array_equal(np.isnan(found[:, lane]), np.isnan(wanted))
        # single floats, and central differences that carry rounding along
        np.testing.assert_allclose(found[:, lane], wanted, rtol=3e-7, atol=1e-5 * size if "1e6" in case[0] else 2e-6)
        assert list(KINDS)[swarm.kind[lane]] == lone.outcome.kind


def test_between_kept_rows_points_are_on_straight_lines(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 40 * 8 * 10)
    swarm = swarm_of("sphere", "sgd", {"lr": 0.1}, steps=60)
    stride = swarm.spec.stride
    assert stride == 7, "60 is no multiple of it"
    for first in (0, stride, 56):
        last = min(first + stride, 60)
        for step in range(first, last + 1):
            share = (step - first) / (last - first)
            line = (1 - share) * swarm.at(first) + share * swarm.at(last)
            np.testing.assert_allclose(swarm.at(step), line, atol=1e-6)
    np.testing.assert_array_equal(swarm.at(99), swarm.at(60))


@given(count=st.integers(1, MAX_SWARM), steps=st.integers(1, 1_000_000), maps=st.integers(1, 64))
def test_no_swarm_takes_more_than_it_may(count, steps, maps):
    count = max(1, count // maps)
    spec = replace(spec_of("sphere", "sgd", {}, steps=1), count=count, steps=steps, part=1 / maps)
    assert spec.bytes * maps <= MAX_BYTES
    assert 2 <= spec.rows <= MAX_ROWS
    assert spec.rows == len({*range(0, steps, spec.stride), steps})
    assert spec.stride == 1 or 2 * spec.rows >= min(MAX_ROWS, int(MAX_BYTES / maps) // (8 * count)), "none is wasted"


def test_what_is_planned_is_what_is_kept(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 9_000)
    swarm = swarm_of("sphere", "sgd", {}, count=33, steps=100)
    assert swarm.offsets.nbytes == swarm.spec.bytes <= 9_000
    assert swarm.at(3).shape == (33, 2)


@given(count=st.integers(1, 3_000), seed=st.integers(0, 2**60), low=st.floats(-1e6, 1e6), wide=st.floats(1e-2, 1e6))
def test_starts_are_in_the_domain_and_come_of_the_seed(count, seed, low, wide):
    bounds = (low, low + wide, -1.0, 2.0)
    x, y = swarm_starts(bounds, count, seed)
    assert x.shape == y.shape == (count,)
    assert ((bounds[0] <= x) & (x <= bounds[1]) & (y >= -1) & (y <= 2)).all()
    again = swarm_starts(bounds, count, seed)
    np.testing.assert_array_equal((x, y), again)
    fewer = swarm_starts(bounds, max(1, count // 2), seed)
    np.testing.assert_array_equal(fewer, np.array((x, y))[:, : max(1, count // 2)])
    assert (x != swarm_starts(bounds, count, seed + 1)[0]).any()


@pytest.mark.parametrize("seed", range(4))
def test_starts_are_even(seed):
    x, y = swarm_starts((0, 1, 0, 1), 10_000, seed)
    boxes, _, _ = np.histogram2d(x, y, 10, ((0, 1), (0, 1)))
    assert boxes.min() > 80, "by chance alone a box of 100 would have from 70 to 130"
    assert boxes.max() < 120


def test_shares_grow_to_how_the_points_end():
    swarm = swarm_of("rosenbrock", "sgd", {"lr": 0.003}, count=400, steps=300)
    problem = swarm.spec.problem
    ends = run_lanes(
        run_settings(problem, optvis.optimizers.SGD(lr=0.003), swarm_starts(problem.plane.bounds, 400), 300)
    )
    at_end = swarm.shares(300)
    found = {kind: float((ends.kind == code).mean()) for code, kind in enumerate(KINDS) if (ends.kind == code).any()}
    assert at_end == pytest.approx(found)
    assert list(at_end.values()) == sorted(at_end.values(), reverse=True)
    before = {}
    for step in (0, 1, 4, 30, 299):
        shares = swarm.shares(step)
        assert sum(shares.values()) == pytest.approx(1)
        assert shares.get("diverged", 0) >= before.get("diverged", 0)
        gone = np.isnan(swarm.at(step)).any(axis=1)
        assert gone.mean() <= shares.get("diverged", 0) + 1e-9
        before = shares
    assert swarm.shares(0) == {"moving": 1.0}
    assert 0 < at_end["diverged"] < 1


def test_playing_computes_nothing(monkeypatch):
    swarm = swarm_of("himmelblau", "adam", {"lr": 0.2}, count=500, steps=30)

    def refuse(*_, **__):
        raise AssertionError("a kernel was run")

    monkeypatch.setattr(Kernel, "advance", refuse)
    monkeypatch.setattr(type(swarm.spec.problem.formula), "__call__", refuse)
    for step in range(31):
        swarm.at(step)
        swarm.shares(step)


def test_a_swarm_that_somebody_holds_is_not_computed_again_and_none_is_kept():
    spec = spec_of("sphere", "sgd", {}, seed=11)
    swarm = finish(swarm_in_slices(spec))
    assert finish(swarm_in_slices(replace(spec))) is swarm
    assert finish(swarms_in_slices([None, spec])) == [None, swarm]
    left = weakref.ref(swarm)
    del swarm
    gc.collect()
    assert left() is None


def test_a_coarser_one_is_the_beginning_of_the_full_one():
    spec = spec_of("himmelblau", "adam", {"lr": 0.2}, count=3 * COARSE, steps=20)
    coarse, full = finish(swarm_in_slices(spec.coarser())), finish(swarm_in_slices(spec))
    assert coarse.count == COARSE
    np.testing.assert_array_equal(coarse.at(20), full.at(20)[:COARSE])
    assert spec_of("sphere", "sgd", {}, count=9).coarser().count == 9


def test_slices_are_many_and_rise_and_dropping_them_is_allowed():
    slices = swarms_in_slices([spec_of("ackley", "adam", {}, count=5_000, steps=200, seed=k) for k in (1, 2)])
    shares = list(slices)
    assert len(shares) > 10
    assert shares == sorted(shares)
    assert shares[-1] <= 1
    slices = swarm_in_slices(spec_of("ackley", "adam", {}, count=5_000, seed=3))
    next(slices)
    slices.close()


def test_a_class_of_ones_own_has_no_swarm():
    class Mine:
        def update(self, params, grads):
            for key in params:
                params[key] = params[key] - 0.1 * grads[key]

    run = optvis.run(optvis.problem("sphere"), Mine(), steps=3)
    with pytest.raises(InputError, match=r"need an optimizer of the catalogue or a rule, and Mine is"):
        SwarmSpec.of(run, 10)


@pytest.mark.parametrize(("count", "steps"), [(100_000, 20_000), (100_000, 200), (500, 1_000_000), (3_000, 50)])
def test_few_points_at_once_take_as_many_rows_and_so_little_memory(count, steps):
    trajectory = optvis.run(optvis.problem("sphere"), optvis.optimizers.SGD(lr=0.1), steps=1)
    whole = replace(SwarmSpec.of(trajectory, count), steps=steps)
    coarse = whole.coarser()
    assert coarse.count == min(count, COARSE)
    assert coarse.stride == pytest.approx(whole.stride, abs=1)
    assert coarse.bytes <= 1.05 * whole.bytes * coarse.count / count + 100
