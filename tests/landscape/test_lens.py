"""The gradient lens: the tones are the errors, and a function without an answer says so."""

import numpy as np
import pytest

from optvis.foundation.slices import finish
from optvis.landscape.gradient_error import gradient_error
from optvis.landscape.lens import map_surface_in_slices
from optvis.landscape.loss_surface import loss_scale, surface
from optvis.problems.gradient import parse_scheme
from optvis.problems.problem import problem

SHAPE = (60, 80)


def through(text, scheme, lens="gradient"):
    of = problem(text)
    return of, finish(map_surface_in_slices(of, loss_scale(of), of.plane.bounds, SHAPE, 10, lens, parse_scheme(scheme)))


def test_without_a_lens_it_is_the_surface():
    of, made = through("himmelblau", "central", lens="none")
    plain = surface(of, loss_scale(of), of.plane.bounds, SHAPE, 10)
    assert made.key is None
    assert np.array_equal(made.tones, plain.tones)


@pytest.mark.parametrize("scheme", ["forward:1e-3", "forward:1e-10", "central:1e-1"])
def test_tones_follow_the_error_and_contours_stay_those_of_the_loss(scheme):
    of, made = through("rosenbrock", scheme)
    error = gradient_error(of, scheme, of.plane.bounds, made.tones.shape).absolute
    assert made.key.low <= error.min() <= error.max() <= made.key.high
    expected = (error - made.key.low) / (made.key.high - made.key.low) * 254
    assert np.abs(made.tones - expected).max() <= 0.51
    assert "rosenbrock" not in made.key.title
    assert scheme.split(":")[0] in made.key.title
    plain = surface(of, loss_scale(of), of.plane.bounds, SHAPE, 10)
    assert [level for level, _ in made.contours] == [level for level, _ in plain.contours]


def test_where_complex_step_has_no_answer_the_key_says_so_and_the_loss_is_shown():
    of, made = through("bukin-6", "central")
    assert made.key.low is None
    assert "complex-step" in made.key.title
    assert np.array_equal(made.tones, surface(of, loss_scale(of), of.plane.bounds, SHAPE, 10).tones)
