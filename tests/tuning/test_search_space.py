"""The axes on which tuning looks, and the points that are spread over them."""

import numpy as np
import pytest

from optvis.optimizers.catalogue import CATALOGUE
from optvis.problems.start_sets import spread_points
from optvis.tuning.search_space import axis_of

HYPERS = {
    (hyper.name, hyper.low, hyper.high): hyper
    for optimizer in CATALOGUE.values()
    for hyper in optimizer.hyperparameters
}


@pytest.mark.parametrize("hyper", HYPERS.values(), ids=lambda hyper: f"{hyper.name}-{hyper.high:g}")
def test_an_axis_is_a_slider(hyper):
    axis = axis_of(hyper)
    values = axis.values
    assert (np.diff(values) >= 0).all()
    assert values[-1] == hyper.high
    assert values[0] == (0 if hyper.zero and hyper.scale == "log" else hyper.low)
    for value in values[:: max(1, len(values) // 50)].tolist():
        hyper.check(value)
        rest = 1 - value if hyper.scale == "one-minus" else value
        assert float(f"{rest:.3g}") == pytest.approx(rest, rel=1e-9), "three digits"
        assert axis.at(np.array([axis.share_of(value)]))[0] == value
    assert axis.at(np.array([-1.0, 2.0])).tolist() == [values[0], values[-1]]


@pytest.mark.parametrize("count", [6, 24])
def test_a_fan_reaches_both_ends_and_is_denser_near_its_middle(count):
    axis = axis_of(CATALOGUE["sgd"].hyperparameters[0])
    fan = axis.fan(0.1, count)
    shares = np.array([axis.share_of(value) for value in fan])
    assert fan[[0, -1]].tolist() == [0, 10]
    assert (np.diff(fan) > 0).all()
    right = np.diff(shares[shares > axis.share_of(0.1)][:-1])  # without the end, which is where it is
    assert (np.diff(right) > -1e-3).all()
    inner = axis.between(0.1, 1.0, 5)
    assert len(inner) == 5
    assert inner.min() > 0.1
    assert inner.max() < 1.0


@pytest.mark.parametrize("axes", [1, 2, 3, 5])
def test_spread_points_fill_the_cube_and_share_no_coordinate(axes):
    points = spread_points(0, 512, axes, np.zeros(axes))
    assert points.shape == (512, axes)
    assert points.min() >= 0
    assert points.max() < 1
    for column in points.T:
        gaps = np.diff(np.sort(column))
        assert gaps.min() > 0
        assert gaps.max() < 8 / 512
    cells = {tuple(cell) for cell in (points * 2).astype(int)}
    assert len(cells) == 2**axes, "no corner is left out"
    assert (spread_points(100, 50, axes, np.zeros(axes)) == points[100:150]).all(), "it goes on where it was"
    moved = spread_points(0, 512, axes, np.full(axes, 0.25))
    assert np.allclose((moved - points) % 1, 0.25)
