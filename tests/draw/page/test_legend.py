from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QRectF

from optvis.draw.page.legend import ending, legend_height, paint_legend
from optvis.draw.paint.theme import DARK, LIGHT, run_style
from tests.draw.pixels import array, is_near

NAMES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "lion", "amsgrad")

LONG = "so long a name that nobody would like to read all of it, number {} of those that go on and on"


def named(scene, name):
    return tuple(replace(run, label=name.format(index)) for index, run in enumerate(scene.runs))


def painted_legend(painted, runs, width, height, theme=LIGHT):
    rect = QRectF(20, 15, width, height)
    return array(painted((width + 40, int(height) + 30), lambda p: paint_legend(p, rect, runs, 30, theme)))


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("width", [120, 300, 600, 1160])
@pytest.mark.parametrize(
    "name",
    ["{}", "Adam {}", LONG],
)
@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_every_run_is_in_it_and_nothing_sticks_out(painted, scene_of, theme, width, name, count):
    runs = named(scene_of("rosenbrock", *NAMES[:count], steps=30), name)
    height = legend_height(runs, 30, width, 12.0)
    pixels = painted_legend(painted, runs, width, height, theme)
    outside = np.ones(pixels.shape[:2], bool)
    outside[15 : 15 + int(height), 19 : 22 + width] = False
    assert (pixels[outside][:, :3] == 255).all()
    for run in runs:
        assert is_near(pixels, run_style(run.spec.style, theme).color).sum() > 20


def test_more_room_means_fewer_rows(scene_of):
    runs = scene_of("rosenbrock", *NAMES, steps=30).runs
    heights = [legend_height(runs, 30, width, 12.0) for width in (150, 400, 800, 1600, 4000)]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] == 8 * heights[-1]


def test_no_runs_no_legend(scene_of):
    assert legend_height((), 0, 500, 12.0) == 0


def test_the_ending_is_told_once_the_run_has_ended(scene_of):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.95}), ("sgd", {"lr": 4.0}), steps=30)
    still_moving, diverged = scene.runs
    assert ending(still_moving, 30)[0] == "moving"
    words, loss = ending(still_moving, 12)
    assert words == ""
    assert float(loss.removeprefix("f ")) == pytest.approx(still_moving.trajectory.loss[12], rel=5e-3)
    assert ending(diverged, diverged.trajectory.last)[0] == "diverged"
    assert ending(diverged, diverged.trajectory.last - 1)[0] == ""
