"""Basin maps: every cell tells what a lone run from its middle does."""

import tracemalloc

import numpy as np
import pytest

import optvis
from optvis.engine.outcome import KINDS
from optvis.engine.preparation import run_settings
from optvis.engine.trajectory import run
from optvis.foundation.errors import InputError
from optvis.foundation.slices import finish
from optvis.maps.basins import (
    basin_map,
    basin_map_in_slices,
    basins_in_slices,
    basins_of_run_in_slices,
    sharing_minima,
)
from optvis.optimizers import SGD, Adam, Momentum
from optvis.problems.problem import CATALOGUE as PROBLEMS
from optvis.problems.problem import problem
from optvis.problems.tolerances import tolerances

NAMES = list(KINDS)
HIMMELBLAU = PROBLEMS["himmelblau"]


def nearest(of, x, y, minima):
    """Index of the minimum that a place is at, -1 for none."""
    away = np.hypot(*(np.array(minima).T - np.array([[x], [y]])))
    return int(np.argmin(away)) if away.min() <= 5 * tolerances(of).radius else -1


def test_every_cell_of_himmelblau_reaches_the_minimum_of_a_plain_run(monkeypatch):
    """The known truth: small-step SGD, cell by cell, against runs in the plain Python loop."""
    monkeypatch.setattr("optvis.engine.recording.WORTH_COMPILING", 10**9)
    made = basin_map(HIMMELBLAU, SGD(lr=0.005), (24, 18), 400)
    assert len(made.minima) == 4
    assert set(np.unique(made.minimum)) <= {0, 1, 2, 3, -1}
    assert (made.minimum >= 0).mean() > 0.98
    for row, y in enumerate(made.ys):
        for column, x in enumerate(made.xs):
            t = run(HIMMELBLAU, SGD(lr=0.005), (x, y), 400)
            assert made.minimum[row, column] == nearest(HIMMELBLAU, t.x[-1], t.y[-1], made.minima), (x, y)


def test_the_arrays_have_the_axes_that_they_say():
    made = basin_map(HIMMELBLAU, Adam(lr=0.2), (30, 20), 150, bounds=(-3, 5, -4, 4))
    assert made.xs.shape == (30,)
    assert made.ys.shape == (20,)
    for name in ("minimum", "kind", "steps", "loss", "x", "y"):
        assert getattr(made, name).shape == (20, 30)
    assert made.bounds == (-3, 5, -4, 4)
    half = 8 / 30 / 2
    assert (made.xs[0], made.xs[-1]) == pytest.approx((-3 + half, 5 - half))
    for row, column in ((0, 0), (19, 29), (4, 17)):
        t = run(HIMMELBLAU, Adam(lr=0.2), (made.xs[column], made.ys[row]), 150)
        assert made.loss[row, column] == pytest.approx(t.loss[-1], rel=1e-6, abs=1e-12)
        assert NAMES[made.kind[row, column]] == t.outcome.kind


def test_steps_are_those_until_a_run_stays_near_its_minimum():
    made = basin_map(HIMMELBLAU, Adam(lr=0.2), 12, 200)
    reach = 5 * tolerances(HIMMELBLAU).radius
    for row, column in np.ndindex(made.kind.shape):
        index = made.minimum[row, column]
        if index < 0:
            assert made.steps[row, column] == -1
            continue
        t = run(HIMMELBLAU, Adam(lr=0.2), (made.xs[column], made.ys[row]), 200)
        away = np.flatnonzero(np.hypot(t.x - made.minima[index][0], t.y - made.minima[index][1]) > reach)
        assert made.steps[row, column] == pytest.approx(away[-1] + 1, abs=1)
    settings = run_settings(HIMMELBLAU, Adam(lr=0.2), steps=200)
    without = finish(basins_in_slices(settings, (12, 12), HIMMELBLAU.plane.bounds, has_steps=False))
    assert without.steps is None
    assert np.array_equal(without.minimum, made.minimum)


@pytest.mark.parametrize("name", ["himmelblau", "six-hump-camel", "styblinski-tang"])
def test_steps_are_the_same_whatever_was_guessed(name, monkeypatch):
    """A map as fine as the map itself guesses right everywhere, one of a single cell nearly nowhere."""
    made = []
    for coarser in (1, 8, 1_000):
        monkeypatch.setattr("optvis.maps.basins._COARSER", coarser)
        made.append(basin_map(PROBLEMS[name], Momentum(lr=0.003), (30, 20), 150))
    for other in made[1:]:
        ends = [np.array([*each.minima, (np.nan, np.nan)])[each.minimum] for each in (made[0], other)]
        assert np.allclose(*ends, rtol=0, atol=1e-9, equal_nan=True)
        assert np.array_equal(made[0].steps, other.steps)


def test_a_minimum_far_from_the_origin_is_reached():
    """Single precision has steps of 0.06 there; the window is two wide."""
    of = problem("(x - 1000000.03125)**2 + (y - 1)**2", bounds=(999_999.0, 1_000_001.0, 0.0, 2.0))
    made = basin_map(of, SGD(lr=0.3), 12, 100)
    assert len(made.minima) == 1
    assert made.minima[0] == pytest.approx((1000000.03125, 1.0), abs=1e-6)
    assert (made.minimum == 0).all()


def test_minima_that_are_not_listed_are_found():
    """Six minima of the camel, of which two are listed (Dixon & Szegö, 1978)."""
    of = PROBLEMS["six-hump-camel"]
    made = basin_map(of, SGD(lr=0.02), 48, 300)
    expected = [(0.0898, -0.7127), (1.7036, -0.7961), (1.6071, 0.5687)]
    expected += [(-x, -y) for x, y in expected]
    assert len(made.minima) == 6
    for place in expected:
        assert min(np.hypot(*np.subtract(place, found)) for found in made.minima) < 2e-3
    assert [tuple(m) for m in made.minima[:2]] == [(m.x, m.y) for m in of.minima]
    losses = [of.loss({"x": x, "y": y}) for x, y in made.minima[2:]]
    assert np.all(np.diff(losses) > -1e-9)


def test_a_formula_without_listed_minima():
    made = basin_map(problem("(x**2 - 4)**2 + y**2", bounds=(-4, 4, -3, 3)), SGD(lr=0.01), 20, 400)
    assert sorted(round(x, 6) for x, _ in made.minima) == [-2.0, 2.0]
    assert made.shares()[0] == pytest.approx(0.5, abs=0.01)


def test_minima_found_before_keep_their_place():
    of = PROBLEMS["rastrigin"]
    settings = run_settings(of, SGD(lr=0.001), steps=200)
    coarse = finish(basins_in_slices(settings, (10, 10), of.plane.bounds))
    fine = finish(basins_in_slices(settings, (40, 40), of.plane.bounds, coarse.minima))
    assert fine.minima[: len(coarse.minima)] == coarse.minima
    assert len(fine.minima) > len(coarse.minima)


def test_what_diverges_reaches_nothing():
    made = basin_map(HIMMELBLAU, SGD(lr=0.05), 24, 100)
    gone = made.kind == NAMES.index("diverged")
    assert gone.any()
    assert np.all(made.minimum[gone] == -1)
    total = sum(share for index, share in made.shares().items() if index >= 0) + sum(made.kind_shares().values())
    assert total == pytest.approx(1.0)


def test_a_trajectory_knows_its_basins():
    t = run(HIMMELBLAU, Momentum(lr=0.01, momentum=0.8), steps=80)
    made = finish(basins_of_run_in_slices(t, (16, 12), HIMMELBLAU.plane.bounds))
    again = basin_map(HIMMELBLAU, Momentum(lr=0.01, momentum=0.8), (16, 12), 80)
    assert np.array_equal(made.minimum, again.minimum)
    assert made.hyper == again.hyper


def test_a_class_of_ones_own_has_basins_too():
    class Plain:
        def __init__(self, lr=0.005):
            self.lr = lr

        def update(self, params, grads):
            for k in params:
                params[k] = params[k] - self.lr * grads[k]

    made = basin_map(HIMMELBLAU, Plain(), 12, 100)
    assert np.array_equal(made.minimum, basin_map(HIMMELBLAU, SGD(lr=0.005), 12, 100).minimum)
    with pytest.raises(InputError, match="Plain"):
        basins_of_run_in_slices(run(HIMMELBLAU, Plain(), steps=5), (8, 8), HIMMELBLAU.plane.bounds)


@pytest.mark.slow
def test_memory_is_bounded():
    """A map of 2,048 × 2,048 cells is to take at most 300 MB; a quarter of it at most a quarter."""
    basin_map(HIMMELBLAU, SGD(lr=0.005), 16, 2)
    tracemalloc.start()
    made = basin_map(HIMMELBLAU, SGD(lr=0.005), 1_024, 2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert made.kind.size == 2**20
    assert peak <= 75e6


WRONG = {
    "no resolution": {"resolution": 0},
    "a truth": {"resolution": True},
    "half a cell": {"resolution": 10.5},
    "three sides": {"resolution": (3, 4, 5)},
    "too fine": {"resolution": 5_000},
    "no window": {"bounds": (1, 0, 0, 1)},
    "steps": {"steps": 0},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_cannot_be_used_is_refused_before_anything_is_computed(wrong):
    with pytest.raises(InputError):
        basin_map_in_slices(HIMMELBLAU, SGD(), **wrong)


def test_a_map_is_of_one_optimizer():
    with pytest.raises(InputError, match="one number"):
        basin_map_in_slices(HIMMELBLAU, SGD(lr=np.array([0.1, 0.2])))


def test_it_is_in_the_package():
    assert optvis.basin_map is basin_map


def test_the_share_that_is_done_never_falls():
    shares = list(basin_map_in_slices(PROBLEMS["rastrigin"], SGD(lr=0.001), 40, 60))
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    assert len(shares) > 100  # the minima, too, are found one after the other


@pytest.mark.parametrize("resolution", [1, (1, 1), (1, 5), (7, 1)])
def test_maps_of_few_cells(resolution):
    made = basin_map(HIMMELBLAU, Adam(lr=0.2), resolution, 150)
    columns, rows = (resolution, resolution) if isinstance(resolution, int) else resolution
    assert made.kind.shape == made.steps.shape == (rows, columns)
    t = run(HIMMELBLAU, Adam(lr=0.2), (made.xs[0], made.ys[0]), 150)
    assert made.loss[0, 0] == pytest.approx(t.loss[-1], rel=1e-6, abs=1e-12)


def test_a_name_is_no_problem():
    with pytest.raises(InputError, match="not 'himmelblau'"):
        basin_map("himmelblau", SGD())


def test_maps_that_share_minima_keep_each_its_own():
    """Of two maps with other optimizers every cell names the place where its own runs end."""
    of = PROBLEMS["six-hump-camel"]
    near = basin_map(of, SGD(lr=0.02), (9, 7), 300, bounds=(-0.4, 0.4, -1.2, 1.2))
    wide = basin_map(of, Momentum(lr=0.01), (24, 18), 300)
    for maps in ((near, wide), (wide, near)):
        shared = sharing_minima(maps)
        assert shared[0].minima == shared[1].minima
        for before, after in zip(maps, shared, strict=True):
            reach = 5 * tolerances(of).radius
            there = after.minimum >= 0
            places = np.array(after.minima)[after.minimum[there]]
            assert np.hypot(after.x[there] - places[:, 0], after.y[there] - places[:, 1]).max() <= reach
            assert np.array_equal(after.minimum < 0, before.minimum < 0)
            for index, place in enumerate(before.minima):
                cells = before.minimum == index
                assert np.hypot(*(np.array(after.minima)[after.minimum[cells]] - place).T).max(initial=0) <= reach


def test_steps_stand_only_where_a_minimum_is_reached():
    """Momentum with a large rate ends at no minimum from many starts, though it stays near one for a while."""
    for optimizer in (Momentum(lr=0.02, momentum=0.97), SGD(lr=0.0005), SGD(lr=0.02)):
        made = basin_map(HIMMELBLAU, optimizer, (20, 16), 120)
        nowhere = made.minimum < 0
        assert nowhere.any()
        assert (made.steps[nowhere] == -1).all()
        assert (made.steps[~nowhere] >= 0).all()
