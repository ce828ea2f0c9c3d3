"""The loss along a segment, and where ways cross it."""

import numpy as np
import pytest

import optvis
from optvis.foundation.slices import finish
from optvis.landscape.profile import Crossing, crossings, profile, profile_in_slices


def test_a_profile_is_the_loss_along_the_segment():
    problem = optvis.problem("x**2 + 3*y")
    found = profile(problem, (-2.0, 1.0), (2.0, 5.0), count=101)
    assert found.share[[0, 50, 100]].tolist() == [0, 0.5, 1]
    assert found.loss == pytest.approx((-2 + 4 * found.share) ** 2 + 3 * (1 + 4 * found.share))
    assert found.loss[-1] == problem.loss({"x": 2.0, "y": 5.0})


def test_it_goes_in_slices_to_the_same_end():
    problem = optvis.problem("rosenbrock")
    slices = profile_in_slices(problem, (-1.0, -1.0), (1.0, 1.0), count=300)
    shares = [next(slices) for _ in range(5)]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert np.array_equal(finish(slices_of(problem)).loss, profile(problem, (-1.0, -1.0), (1.0, 1.0), 300).loss)


def slices_of(problem):
    return profile_in_slices(problem, (-1.0, -1.0), (1.0, 1.0), 300)


def test_where_there_is_no_loss_there_is_nan_or_inf():
    found = profile(optvis.problem("log(x) + y**2"), (-1.0, 0.0), (1.0, 0.0), 5)
    assert np.isnan(found.loss[:2]).all()
    assert not np.isfinite(found.loss[2])
    assert found.loss[4] == 0


SEGMENT = (0.0, 0.0), (10.0, 0.0)


def test_a_way_crosses_upwards_and_downwards():
    found = crossings(np.array([1.0, 3.0, 5.0, 7.0]), np.array([-1.0, 3.0, 1.0, -1.0]), *SEGMENT)
    assert found == [Crossing(0.25, pytest.approx(0.15), True), Crossing(2.5, pytest.approx(0.6), False)]


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
    assert [each.step for each in crossings(np.array(x, float), np.array(y, float), *SEGMENT)] == steps


def test_crossings_turn_with_the_plane():
    """Another place, direction and length of all of it changes nothing but rounding."""
    chance = np.random.default_rng(1)
    x, y = chance.normal(size=(2, 200)) * 5
    wanted = crossings(x, y, (-3.0, -1.0), (4.0, 2.0))
    assert len(wanted) > 20
    angle, scale = 1.1, 3.7

    def turned(px, py):
        return (
            scale * (np.cos(angle) * px - np.sin(angle) * py) + 5,
            scale * (np.sin(angle) * px + np.cos(angle) * py) - 2,
        )

    found = crossings(*turned(x, y), turned(-3.0, -1.0), turned(4.0, 2.0))
    assert [each.is_leftward for each in found] == [each.is_leftward for each in wanted]
    assert [each.step for each in found] == pytest.approx([each.step for each in wanted])
    assert [each.share for each in found] == pytest.approx([each.share for each in wanted])


def test_a_segment_of_no_length_is_crossed_by_nothing():
    assert crossings(np.array([0.0, 2.0]), np.array([0.0, 2.0]), (1.0, 1.0), (1.0, 1.0)) == []
