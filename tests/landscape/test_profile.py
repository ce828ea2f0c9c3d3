"""The loss along a segment, and where ways cross it."""

import numpy as np
import pytest

import optvis
from optvis.foundation.slices import finish
from optvis.landscape.profile import crossings, profile, profile_in_slices


def test_a_profile_is_the_loss_along_the_segment():
    problem = optvis.problem("x**2 + 3*y")
    found = profile(problem, (-2.0, 1.0, 2.0, 5.0), count=101)
    assert found.share[[0, 50, 100]].tolist() == [0, 0.5, 1]
    assert found.loss == pytest.approx((-2 + 4 * found.share) ** 2 + 3 * (1 + 4 * found.share))
    assert found.loss[-1] == problem.loss({"x": 2.0, "y": 5.0})


def test_it_goes_in_slices_to_the_same_end():
    problem = optvis.problem("rosenbrock")
    slices = profile_in_slices(problem, (-1.0, -1.0, 1.0, 1.0), count=300)
    shares = [next(slices) for _ in range(5)]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert np.array_equal(finish(slices_of(problem)).loss, profile(problem, (-1.0, -1.0, 1.0, 1.0), 300).loss)


def slices_of(problem):
    return profile_in_slices(problem, (-1.0, -1.0, 1.0, 1.0), 300)


def test_where_there_is_no_loss_there_is_nan_or_inf():
    found = profile(optvis.problem("log(x) + y**2"), (-1.0, 0.0, 1.0, 0.0), 5)
    assert np.isnan(found.loss[:2]).all()
    assert not np.isfinite(found.loss[2])
    assert found.loss[4] == 0


SEGMENT = (0.0, 0.0, 10.0, 0.0)


def test_a_way_crosses_upwards_and_downwards():
    found = crossings(np.array([1.0, 3.0, 5.0, 7.0]), np.array([-1.0, 3.0, 1.0, -1.0]), SEGMENT)
    assert found.steps.tolist() == [0.25, 2.5]
    assert found.shares == pytest.approx([0.15, 0.6])


@pytest.mark.parametrize(
    ("x", "y", "steps"),
    [
        ([2, 2, 2], [-1, 0, 1], [1.0]),  # a place on the segment counts once
        ([2, 2, 3, 3], [-1, 0, 0, 1], [1.0]),  # along it for a while
        ([2, 2, 2], [1, 0, 1], []),  # touches it
        ([1, 2, 3], [0, 0, 0], []),  # along it
        ([-2, -2], [-1, 1], []),  # beside its begin
        ([12, 12], [-1, 1], []),
        ([0, 0], [-1, 1], [0.5]),  # its ends belong to it
        ([2, 2, np.nan, 2], [-1, -1, np.nan, 1], []),  # a lost way ends
        ([2, np.inf, 2], [-1, 1, 1], []),
        ([2], [0], []),
    ],
)
def test_what_counts_as_a_crossing(x, y, steps):
    assert crossings(np.array(x, float), np.array(y, float), SEGMENT).steps.tolist() == steps


def test_crossings_turn_with_the_plane():
    """Another place, direction and length of all of it changes nothing but rounding."""
    chance = np.random.default_rng(1)
    x, y = chance.normal(size=(2, 200)) * 5
    wanted = crossings(x, y, (-3.0, -1.0, 4.0, 2.0))
    assert len(wanted.steps) > 20
    angle, scale = 1.1, 3.7

    def turned(px, py):
        return (
            scale * (np.cos(angle) * px - np.sin(angle) * py) + 5,
            scale * (np.sin(angle) * px + np.cos(angle) * py) - 2,
        )

    found = crossings(*turned(x, y), (*turned(-3.0, -1.0), *turned(4.0, 2.0)))
    assert found.steps == pytest.approx(wanted.steps)
    assert found.shares == pytest.approx(wanted.shares)


def test_crossings_are_found_in_slices_of_a_long_way():
    count = 150_001
    t = np.linspace(0.0, 40 * np.pi, count)
    found = crossings(t, np.sin(t), (0.0, 0.0, 200.0, 0.0))
    assert found.shares * 200.0 == pytest.approx(np.arange(1, len(found.shares) + 1) * np.pi, abs=1e-5)
    assert len(found.shares) in (39, 40)
