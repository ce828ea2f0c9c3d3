"""Sets of starts."""

import numpy as np
import pytest

import optvis
from optvis.problems.start_sets import lattice, random_starts

PROBLEM = optvis.problem("x**2 + y**2", bounds=(-3, 1, 10, 20))


def test_a_lattice_has_the_centres_of_its_cells():
    x, y = lattice(PROBLEM, 2)
    assert sorted(zip(x.tolist(), y.tolist(), strict=True)) == [(-2, 12.5), (-2, 17.5), (0, 12.5), (0, 17.5)]
    x, y = lattice(PROBLEM, 1)
    assert (x.tolist(), y.tolist()) == ([-1], [15])
    assert len(set(zip(*(axis.tolist() for axis in lattice(PROBLEM, 9)), strict=True))) == 81


def test_random_starts_fill_the_domain_and_come_again_with_their_seed():
    x, y = random_starts(PROBLEM, 2000, seed=3)
    assert -3 <= x.min() < -2.9
    assert 0.9 < x.max() <= 1
    assert 10 <= y.min() < 10.1
    assert 19.9 < y.max() <= 20
    assert abs(np.corrcoef(x, y)[0, 1]) < 0.1
    again, other = random_starts(PROBLEM, 2000, seed=3), random_starts(PROBLEM, 2000, seed=4)
    assert (again[0] == x).all()
    assert (again[1] == y).all()
    assert (other[0] != x).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lattice(PROBLEM, 0), "a lattice has from 1 to 100 starts on each side, not 0"),
        (lambda: lattice(PROBLEM, 101), "not 101"),
        (lambda: lattice(PROBLEM, 2.5), r"not 2\.5"),
        (lambda: random_starts(PROBLEM, 10_001), "from 1 to 10,000 starts, not 10001"),
        (lambda: random_starts(PROBLEM, True), "not True"),
        (lambda: random_starts(PROBLEM, 5, seed=-1), "a seed is a whole number from 0 up, not -1"),
        (lambda: random_starts(PROBLEM, 5, seed=0.5), r"not 0\.5"),
    ],
)
def test_what_cannot_be_is_refused(make, message):
    with pytest.raises(optvis.InputError, match=message):
        make()
