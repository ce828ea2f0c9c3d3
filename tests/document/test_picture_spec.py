"""What pictures can be asked for."""

from dataclasses import replace

import pytest

from optvis.document.picture_spec import ANIMATIONS, STILLS, Picture, with_view
from optvis.document.session import Session, View
from optvis.foundation.errors import InputError


@pytest.mark.parametrize("ending", STILLS + ANIMATIONS)
def test_every_ending_is_known_however_it_is_written(ending):
    for file in (f"a{ending}", f"A.B{ending.upper()}", f"folder.x/a{ending}"):
        picture = Picture(file)
        picture.check()
        assert picture.is_animation == (ending in ANIMATIONS)


def test_usual_sizes_and_even_ones_for_video():
    assert Picture("a.png").pixels == (1200, 800)
    assert Picture("a.gif").pixels == (800, 600)
    assert Picture("a.webp", (301, 203)).pixels == (301, 203)
    assert Picture("a.mp4", (301, 203)).pixels == (302, 204)
    assert Picture("a.mp4", (300, 202), 1.5).pixels == (450, 304)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"file": "a.jpeg"}, r"the ending \.jpeg is not known; there are \.png, \.svg, .*, \.mp4"),
        ({"file": "a"}, "it has no ending"),
        ({"layout": "mpa"}, "there is no layout 'mpa'; did you mean map"),
        ({"theme": "blue"}, "light and dark"),
        ({"size": (100, 600)}, "width"),
        ({"scale": float("nan")}, "scale"),
        ({"size": (4000, 4001)}, "more than 16 million pixels"),
        ({"size": (10_000, 200), "scale": 2.0}, "16,000 on a side"),
        ({"transparent": True}, "no transparent background"),
        ({"fps": 0.5}, "frames per second .* from 1 to 60, not 0.5"),
        ({"fps": 61}, "not 61"),
        ({"fps": float("nan")}, "frames per second"),
        ({"file": "a.gif", "fps": 60}, "a GIF has at most 50 frames per second"),
        ({"hold": -1}, "is held must be a number from 0 to 60"),
        ({"hold": float("inf")}, "held"),
        ({"steps_per_frame": 0}, "whole number from 1 to 1,000,000, not 0"),
        ({"steps_per_frame": 1.5}, "whole number"),
        ({"file": "a.png", "step": (3, 9)}, "a picture shows one step, not those from 3 to 9"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(changes, part):
    with pytest.raises(InputError, match=part) as caught:
        replace(Picture("a.webp"), **changes).check()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("step", "each", "frames"),
    [
        (None, 1, list(range(13))),
        (None, 5, [0, 5, 10, 12]),
        (7, 5, [0, 5, 7]),
        ((2, 8), 3, [2, 5, 8]),
        ((4, 4), 1, [4]),
        (0, 1, [0]),
        (None, 100, [0, 12]),
    ],
)
def test_frames_go_from_the_first_step_to_the_last(step, each, frames):
    assert Picture("a.gif", step=step, steps_per_frame=each).frames(12) == frames


def test_a_still_has_one_frame():
    assert Picture("a.png").frames(12) == [12]
    assert Picture("a.png", step=3).frames(12) == [3]


@pytest.mark.parametrize("steps", [1, 150, 200, 201, 999, 1_000_000])
def test_a_long_run_does_not_make_a_long_animation(steps):
    frames = Picture("a.gif").frames(steps)
    assert (frames[0], frames[-1]) == (0, steps)
    assert len(frames) == steps + 1 if steps <= 200 else 100 < len(frames) <= 202


@pytest.mark.parametrize(
    ("step", "part"),
    [
        (13, "from 0 to 12, not 13"),
        (-1, "not -1"),
        ((3, 13), "not 13"),
        ((-2, 3), "not -2"),
        ((5, 3), "not from 5 to 3"),
    ],
)
def test_steps_that_are_not_there(step, part):
    with pytest.raises(InputError, match=part):
        Picture("a.gif", step=step).frames(12)


def test_too_many_frames_say_what_would_do():
    picture = Picture("a.gif", steps_per_frame=1)
    with pytest.raises(InputError, match="take at least 11 steps per frame"):
        picture.frames(100_000)
    assert len(replace(picture, steps_per_frame=11).frames(100_000)) <= 10_000


def test_arrows_are_set_and_checked():
    session = Session("sphere", view=View(field="log"))
    assert with_view(session) == session
    assert with_view(session, charts=["x", "loss"]).view == View(field="log", charts=("x", "loss"))
    with pytest.raises(InputError, match="no chart 'z'; there are loss, slope"):
        with_view(session, charts=["z"])
    assert with_view(session, ["step", "gradient"], "off").view == View(arrows=("step", "gradient"))
    with pytest.raises(InputError, match="no kind of arrow 'gradent'; did you mean gradient"):
        with_view(session, ["gradent"], None)
    with pytest.raises(InputError, match="no field of arrows 'x'; there are off, linear, log and equal"):
        with_view(session, None, "x")


def test_a_swarm_is_set_and_checked():
    session = Session("sphere", view=View(swarm=7))
    assert with_view(session).view.swarm == 7
    assert with_view(session, swarm=0).view == View()
    assert with_view(session, swarm=100_000).view.swarm == 100_000
    for swarm in (-1, 100_001, 2.5, True):
        with pytest.raises(InputError, match=rf"swarm must be a whole number from 0 to 100,000, not {swarm}"):
            with_view(session, swarm=swarm)
