"""Which axes a sweep has, and from where to where."""

import math

import numpy as np
import pytest

from optvis import InputError, problem, run
from optvis.foundation.slices import finish
from optvis.maps.sweep_plan import COARSE, FINEST, STEPS, checked_axis, plan_of
from optvis.maps.sweeps import StepSweep, SweepMap
from optvis.optimizers.base import typed_rule
from optvis.optimizers.catalogue import CATALOGUE
from optvis.optimizers.slider_scale import cell_values, share_along, values_along

ONE_HAS_LR = "rule{ step = -lr*g }"


def planned(optimizer="adam", x="", y="", of="quadratic-valley", hyper=None, **more):
    kind = CATALOGUE[optimizer] if optimizer in CATALOGUE else typed_rule(optimizer)
    return plan_of(run(problem(of), kind(**(hyper or {})), steps=7), x, y, **more)


def names(plan):
    return plan.x.name, STEPS if plan.y is None else plan.y.name


@pytest.mark.parametrize(
    ("optimizer", "x", "y", "expected"),
    [
        ("adam", "", "", ("lr", "beta1")),
        ("momentum", "", "", ("lr", "momentum")),
        ("sgd", "", "", ("lr", STEPS)),
        (ONE_HAS_LR, "", "", ("lr", STEPS)),
        ("adam", "beta2", "", ("beta2", "lr")),
        ("adam", "", "lr", ("beta1", "lr")),
        ("sgd", "", "lr", ("weight_decay", "lr")),
        ("adam", "beta1", STEPS, ("beta1", STEPS)),
        ("adam", "momentum", "gone", ("lr", "beta1")),
        ("adam", "lr", "lr", ("lr", "beta1")),
        ("momentum", "momentum", "weight_decay", ("momentum", "weight_decay")),
    ],
)
def test_the_axes_are_what_is_asked_for_or_the_main_ones(optimizer, x, y, expected):
    assert names(planned(optimizer, x, y)) == expected


@pytest.mark.parametrize("optimizer", CATALOGUE)
def test_every_optimizer_has_a_sweep_over_each_of_its_hyperparameters(optimizer):
    for known in CATALOGUE[optimizer].hyperparameters:
        plan = planned(optimizer, known.name)
        found = finish(plan.in_slices((4, 3)))
        kind = StepSweep if plan.y is None else SweepMap
        assert isinstance(found, kind)
        assert known.name not in dict(plan.hyper)
        assert found.loss.shape[1] == (2 if known.scale == "switch" else 4)


def test_what_stays_is_what_the_run_has():
    plan = planned("adam", hyper={"lr": 0.2, "beta1": 0.8, "beta2": 0.95})
    assert dict(plan.hyper)["beta2"] == 0.95
    assert plan.start == problem("quadratic-valley").start
    assert plan.steps == 7
    assert plan == planned("adam", hyper={"lr": 0.7, "beta1": 0.1, "beta2": 0.95}), "the swept ones do not matter"
    assert plan != planned("adam", hyper={"beta2": 0.96})


def test_the_range_is_that_of_the_slider_or_the_one_given():
    plan = planned("sgd")
    assert (plan.x.low, plan.x.high) == (1e-4, 10)
    steep = planned("sgd", of="goldstein-price")
    assert steep.x.low <= 0.01 * problem("goldstein-price").suggested.lr["sgd"]
    given = planned("momentum", ranges={"lr": (0.1, 2.0), "momentum": (0.5, 1.5)})
    assert (given.x.low, given.x.high) == (0.1, 2.0)
    assert given.y.scale == "linear", "beyond 1 there is no 1 − value"


@pytest.mark.parametrize(
    ("ranges", "part"),
    [
        ({"lr": (1.0, 0.1)}, "from a smaller value to a larger one, not 1 to 0.1"),
        ({"lr": (0.0, 0.1)}, "must begin above 0"),
        ({"lr": (-1.0, 0.1)}, "lr must be a number from 0 up"),
        ({"beta1": (0.0, 1.0)}, "beta1 must be a number from 0 to below 1"),
    ],
)
def test_ranges_that_cannot_be_used(ranges, part):
    with pytest.raises(InputError) as error:
        planned("adam", ranges=ranges)
    assert part in str(error.value)


def test_a_switch_has_two_cells_and_no_range():
    plan = planned("adam", "lr", "maximize") if "maximize" in names_of("adam") else planned(*switched())
    assert cell_values(plan.y, 40).tolist() == [0.0, 1.0]
    assert [plan.share_of(plan.y, value) for value in (0.0, 1.0)] == [0.25, 0.75]
    assert [plan.value_at(plan.y, share) for share in (0.0, 0.4, 0.6, 1.0)] == [0, 0, 1, 1]
    with pytest.raises(InputError, match="no other ends"):
        plan_of(run(plan.problem, plan.optimizer(), steps=3), "lr", plan.y.name, ranges={plan.y.name: (0, 1)})


def names_of(optimizer):
    return [known.name for known in CATALOGUE[optimizer].hyperparameters]


def switched():
    return next(
        (name, "lr", known.name)
        for name, optimizer in CATALOGUE.items()
        for known in optimizer.hyperparameters
        if known.scale == "switch"
    )


def test_an_optimizer_that_is_no_rule_and_one_without_numbers():
    class Own:
        def update(self, params, grads):
            pass

    with pytest.raises(InputError, match=r"Own is a class of its own; optvis\.basin_map and optvis\.sweep_map take it"):
        plan_of(run(problem("sphere"), Own(), steps=2))
    with pytest.raises(InputError, match="no hyperparameter to sweep over"):
        planned("rule{ step = -0.1*g }")


def test_the_name_of_an_axis_is_checked():
    assert checked_axis(CATALOGUE["sgd"], "lr") == "lr"
    assert checked_axis(CATALOGUE["sgd"], STEPS, steps=True) == STEPS
    with pytest.raises(InputError, match=r"SGD has no 'steps' for an axis; it has lr, weight_decay"):
        checked_axis(CATALOGUE["sgd"], STEPS)


@pytest.mark.parametrize("size", [(100, 80), (600, 400), (1000, 700), (9000, 9000)])
def test_cells_are_neither_too_coarse_nor_too_many(size):
    across, up = planned("adam").cells_for(*size)
    assert COARSE[0] <= across <= FINEST[0]
    assert COARSE[1] <= up <= FINEST[1]
    if size == (600, 400):
        assert 3 <= 600 / across <= 4
        assert 3 <= 400 / up <= 4


def test_a_map_of_a_million_steps_is_coarser():
    plan = plan_of(run(problem("sphere"), CATALOGUE["adam"](), steps=7))
    long = type(plan)(**(vars(plan) | {"steps": 1_000_000}))
    across, up = long.cells_for(1000, 700)
    assert COARSE[0] <= across < FINEST[0]
    assert across * up * 1e6 <= 4e9


@pytest.mark.parametrize("name", ["lr", "momentum", "dampening"])
def test_cells_are_equally_wide_along_the_scale_and_their_middles_inside(name):
    axis = planned("momentum", name).x
    values = cell_values(axis, 50)
    assert values[0] > axis.low
    assert values[-1] < axis.high
    np.testing.assert_allclose(share_along(axis, values), (np.arange(50) + 0.5) / 50, atol=1e-12)
    for share in np.linspace(0, 1, 11):
        assert share_along(axis, values_along(axis, share)) == pytest.approx(share, abs=1e-9)
        value = planned("momentum", name).value_at(axis, share)
        assert value == float(f"{value:.3g}") or math.isclose(1 - value, float(f"{1 - value:.3g}"))
