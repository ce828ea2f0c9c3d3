"""The step from which nothing is seen to move."""

import numpy as np
import pytest

from optvis import Session, View, optimizers, problem, render, run
from optvis.document.picture_spec import Picture
from optvis.document.session import RunSpec, resolve
from optvis.explain.settled import settled_step
from tests.export.animation.test_write_animation import frames

SPHERE = problem("sphere")
BOX = SPHERE.plane.bounds


def ended(optimizer, steps, **options):
    return run(problem("quadratic-valley"), optimizer, steps=steps, **options)


def test_from_the_settled_step_on_nothing_is_seen_to_move():
    for optimizer in (optimizers.SGD(lr=0.1), optimizers.Momentum(lr=0.1), optimizers.Adam(lr=0.3)):
        t = ended(optimizer, 2_000)
        step = settled_step([t], (-10, 10, -5, 5))
        assert 10 < step < 2_000
        assert np.abs(t.x[step:] - t.x[-1]).max() <= 20 / 2_000
        assert np.abs(t.y[step:] - t.y[-1]).max() <= 10 / 2_000
        before = abs(t.x[step - 1] - t.x[-1]) > 20 / 2_000 or abs(t.y[step - 1] - t.y[-1]) > 10 / 2_000
        assert before


def test_the_last_of_several_counts_and_who_never_rests_is_at_rest_at_the_end():
    fast, slow, never = (ended(optimizers.SGD(lr=lr), 400) for lr in (0.5, 0.05, 1.0))
    assert settled_step([fast, slow], (-10, 10, -5, 5)) == settled_step([slow], (-10, 10, -5, 5))
    assert settled_step([fast, never], (-10, 10, -5, 5)) == 400
    assert settled_step([], (-10, 10, -5, 5)) == 0
    gone = ended(optimizers.SGD(lr=5.0), 400)
    assert settled_step([gone], (-10, 10, -5, 5)) == gone.last < 400
    assert settled_step([run(SPHERE, optimizers.SGD(), start=(0.0, 0.0), steps=20)], BOX) == 0


def test_an_animation_ends_where_all_has_settled_unless_steps_are_said(tmp_path):
    session = Session("sphere", steps=1_000, runs=(RunSpec("sgd", {"lr": 0.1}),), view=View())
    step = settled_step([resolve(session).runs[0].trajectory], BOX)
    assert step < 60
    render(session, tmp_path / "a.gif", (300, 220), steps_per_frame=1, hold=0.0, fps=20)
    shown, times = frames(tmp_path / "a.gif")
    assert sum(times) == pytest.approx(50 * (step + 1), abs=60)
    assert (shown[-1] != shown[-3]).any(), "it moves until its end"
    assert Picture("a.gif", step=(0, 1_000)).frames(1_000, step)[-1] == 1_000
    assert Picture("a.gif", step=7).frames(1_000, step)[-1] == 7
    assert Picture("a.png").frames(1_000, step) == [1_000]
    assert Picture("a.gif").frames(1_000, 0) == [0, 1], "two frames at least"
