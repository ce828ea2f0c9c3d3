"""The nearest place where a loss is defined."""

import numpy as np
import pytest

import optvis
from optvis.landscape.defined import nearest_defined


@pytest.mark.parametrize(
    ("formula", "start", "place"),
    [
        ("sqrt(x) + (y - 1)**2", (-7.0, 6.0), (0.1, 6.0)),
        ("log(y)*x", (2.0, -3.0), (2.0, 0.1)),
        ("log(x - 50)", (0, 0), None),
    ],
)
def test_it_has_a_loss_and_a_gradient(formula, start, place):
    problem = optvis.problem(formula)
    found = nearest_defined(problem, start)
    assert found == place
    if found is not None:
        assert np.isfinite(problem.loss({"x": found[0], "y": found[1]}))
        slopes = optvis.numerical_gradient(problem.loss, {"x": found[0], "y": found[1]})
        assert all(np.isfinite(slope) for slope in slopes.values())
