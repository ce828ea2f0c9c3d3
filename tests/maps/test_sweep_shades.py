"""What the cells of a sweep map look like."""

import numpy as np
import pytest

from optvis import problem, run
from optvis.engine.outcome import KINDS
from optvis.foundation.slices import finish
from optvis.landscape.loss_surface import NOT_FINITE
from optvis.maps.sweep_plan import STEPS, plan_of
from optvis.maps.sweep_shades import NO_KIND, shades
from optvis.optimizers.catalogue import CATALOGUE
from optvis.problems.tolerances import tolerances

KINDS_IN_ORDER = list(KINDS)
DIVERGED, GROWING = (KINDS_IN_ORDER.index(kind) for kind in ("diverged", "growing"))


@pytest.fixture(scope="module")
def swept():
    plan = plan_of(run(problem("quadratic-valley"), CATALOGUE["momentum"](), steps=200))
    return plan, finish(plan.in_slices((40, 30)))


def test_a_lower_loss_has_a_lower_tone_and_no_number_no_tone(swept):
    plan, found = swept
    made = shades(plan, found, "loss")
    assert ((made.tones == NOT_FINITE) == (found.kind == DIVERGED)).all()
    order = np.argsort(made.value[found.kind != DIVERGED])
    assert (np.diff(made.tones[found.kind != DIVERGED][order].astype(int)) >= 0).all()
    assert len(np.unique(made.tones)) > 50
    lowest = tolerances(plan.problem).lowest
    np.testing.assert_array_equal(made.value, np.where(found.kind == DIVERGED, np.nan, found.loss - lowest))
    row, column = made.best
    assert found.loss[row, column] == np.nanmin(np.where(found.kind == DIVERGED, np.nan, found.loss))


def test_runs_that_run_away_have_patterns_whatever_is_shown(swept):
    plan, found = swept
    assert {DIVERGED, GROWING} <= set(np.unique(found.kind))
    for shows in ("loss", "steps"):
        made = shades(plan, found, shows)
        for kind in (DIVERGED, GROWING):
            assert ((made.kinds == kind) == (found.kind == kind)).all()
        assert set(np.unique(made.kinds)) == {DIVERGED, GROWING, NO_KIND}
    assert (shades(plan, found, "outcome").kinds == found.kind).all()
    assert shades(plan, found, "outcome").low is None


def test_steps_are_those_to_the_target(swept):
    plan, found = swept
    made = shades(plan, found, "steps")
    there = found.reached >= 0
    assert (np.isfinite(made.value) == there).all()
    assert made.value[there].min() == found.reached[there].min() == made.value[made.best]
    assert 10**made.low == pytest.approx(found.reached[there].min())
    assert 10**made.high == pytest.approx(found.reached[there].max())


def test_nothing_reached_and_all_diverged():
    plan = plan_of(run(problem("quadratic-valley"), CATALOGUE["sgd"](), steps=100), "lr", "weight_decay")
    high = plan_of(
        run(problem("quadratic-valley"), CATALOGUE["sgd"](), steps=100), "lr", "weight_decay", {"lr": (8.0, 10.0)}
    )
    made = shades(high, finish(high.in_slices((5, 4))), "loss")
    assert (made.low, made.best) == (None, None)
    assert (made.kinds == DIVERGED).all()
    unreachable = type(plan)(**(vars(plan) | {"target": -1.0}))
    made = shades(unreachable, finish(unreachable.in_slices((5, 4))), "steps")
    assert (made.low, made.best) == (None, None)


def test_along_the_steps_a_run_has_a_pattern_from_where_it_runs_away():
    plan = plan_of(run(problem("quadratic-valley"), CATALOGUE["sgd"](), steps=60), "lr", STEPS)
    found = finish(plan.in_slices((64, 100)))
    assert found.loss.shape == (61, 64)
    made = shades(plan, found, "outcome")
    assert made.title.startswith("loss after every step")
    column = int(np.flatnonzero(found.kind == DIVERGED)[0])
    last = found.last[column]
    assert (made.kinds[last:, column] == DIVERGED).all()
    assert (made.kinds[1:last, column] == GROWING).all()
    assert made.kinds[0, column] == NO_KIND
    assert (made.tones[last:, column] == NOT_FINITE).all()
    calm = int(np.flatnonzero(found.kind == KINDS_IN_ORDER.index("moving"))[0])
    assert (made.kinds[:, calm] == NO_KIND).all()
