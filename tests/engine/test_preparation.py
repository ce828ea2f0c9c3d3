"""The settings of a run: complete, its own, and good for any number of runs."""

import numpy as np
import pytest

from optvis.engine.preparation import run_settings
from optvis.engine.trajectory import run, trajectory_in_slices
from optvis.foundation.errors import InputError
from optvis.foundation.slices import finish
from optvis.optimizers import Adam
from optvis.problems.gradient import Scheme
from optvis.problems.problem import CATALOGUE as PROBLEMS

HIMMELBLAU = PROBLEMS["himmelblau"]


class Mixed:
    """Keeps a velocity and takes a norm over all that it gets, so that no array of lanes will do."""

    def __init__(self, lr=0.05):
        self.lr, self.v = lr, None

    def update(self, params, grads):
        if self.v is None:
            self.v = dict.fromkeys(params, 0.0)
        norm = np.sqrt(sum(np.sum(np.square(g)) for g in grads.values())) + 1e-9
        for k in params:
            self.v[k] = 0.5 * self.v[k] - self.lr * grads[k] / norm
            params[k] = params[k] + self.v[k]


def test_they_are_complete():
    settings = run_settings(HIMMELBLAU, Adam(lr=0.2))
    assert (settings.name, settings.hyper["lr"]) == ("adam", 0.2)
    assert settings.start == {"x": HIMMELBLAU.start[0], "y": HIMMELBLAU.start[1]}
    assert (settings.steps, settings.gradient) == (HIMMELBLAU.suggested.steps, Scheme("central", 1e-4))
    assert (settings.lanes, settings.lone) == (None, True)


@pytest.mark.parametrize("optimizer", [Adam(lr=0.1), Mixed()], ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("start", [(1.0, 2.0), (np.array([1.0, -3.0]), 2.0)], ids=["alone", "lanes"])
def test_a_run_leaves_no_trace_in_them(optimizer, start):
    settings = run_settings(HIMMELBLAU, optimizer, start, 20)
    first, again = (finish(trajectory_in_slices(settings)) for _ in range(2))
    np.testing.assert_array_equal(first.loss, again.loss)
    np.testing.assert_array_equal(first.loss, run(HIMMELBLAU, optimizer, start, 20).loss)


def test_what_happens_to_the_optimizer_later_does_not_matter():
    optimizer = Mixed()
    settings = run_settings(HIMMELBLAU, optimizer, steps=20)
    optimizer.lr = 9.0
    optimizer.update({"x": 1.0}, {"x": 1.0})
    np.testing.assert_array_equal(finish(trajectory_in_slices(settings)).loss, run(HIMMELBLAU, Mixed(), steps=20).loss)


@pytest.mark.parametrize("kind", [Adam, Mixed])
def test_over_lanes_they_are_those_of_a_run_with_arrays(kind):
    rates, starts = np.array([0.01, 0.02, 0.03]), (np.array([1.0, -2.0, 3.0]), np.array([0.5, 1.0, 2.0]))
    alone = run_settings(HIMMELBLAU, kind(), (1.0, 1.0), 15)
    many = run_settings(HIMMELBLAU, kind(), starts, 15)  # each class of its own has an optimizer for each lane by then
    for settings, expected in (
        (alone.over_lanes({"lr": rates}), run(HIMMELBLAU, kind(lr=rates), (1.0, 1.0), 15)),
        (alone.over_lanes(start=starts), run(HIMMELBLAU, kind(), starts, 15)),
        (many.over_lanes({"lr": rates}, starts), run(HIMMELBLAU, kind(lr=rates), starts, 15)),
    ):
        found = finish(trajectory_in_slices(settings))
        assert found.loss.shape == (16, 3)
        np.testing.assert_array_equal(found.loss, expected.loss)
    with pytest.raises(InputError):
        alone.over_lanes(start=(np.array([np.nan]), 1.0))
