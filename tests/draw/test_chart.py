import math

import numpy as np
import pytest
from PyQt6.QtCore import QRectF

from optvis.draw.axes import AxesStyle
from optvis.draw.chart import chart_scale, chart_viewport, paint_chart, paint_chart_cursor, step_at
from optvis.draw.theme import DARK, LIGHT, run_style
from tests.draw.pixels import array, is_near

RECT = QRectF(60, 10, 400, 200)
SIZE = (480, 260)


def chart(scene, axis):
    runs = scene.visible_runs
    scale = chart_scale(scene, runs, axis)
    return runs, scale, chart_viewport(scene, scale, RECT)


def test_logarithms_are_of_the_height_above_the_known_minimum(scene_of):
    _, scale, _ = chart(scene_of("goldstein-price", "adam"), "log")
    assert (scale.is_log, scale.base, scale.label) == (True, 3, "f − f*")
    assert scale.shown(103.0) == pytest.approx(2)


@pytest.mark.parametrize(
    ("problem", "axis", "is_log"),
    [
        ("x**2 + y**2 + 1", "log", True),  # positive all along, no minimum known
        ("x*y", "log", False),
        ("x**2 + y**2 - 1", "log", False),
        ("quadratic-valley", "linear", False),
    ],
)
def test_the_axis_says_what_it_shows(scene_of, problem, axis, is_log):
    _, scale, _ = chart(scene_of(problem, ("sgd", {"lr": 0.3}), steps=50), axis)
    assert (scale.is_log, scale.base, scale.label) == (is_log, 0, "f")


@pytest.mark.parametrize("axis", ["log", "linear"])
@pytest.mark.parametrize("lr", [1.05, 1.3, 1e100])
def test_a_run_that_diverges_does_not_flatten_the_others(scene_of, axis, lr):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.9}), ("sgd", {"lr": lr}), steps=60)
    _, scale, view = chart(scene, axis)
    heights = view.y_to_px(scale.shown(scene.runs[0].trajectory.loss))
    assert heights.max() - heights.min() > 0.15 * RECT.height()
    assert RECT.top() <= heights.min()
    assert heights.max() <= RECT.bottom()


def test_a_run_that_falls_without_end_does_not_flatten_the_others(scene_of):
    scene = scene_of("hyperbolic-saddle", ("sgd", {"lr": 0.3}), "adam", start=(1, 0.1), steps=400)
    assert scene.runs[0].trajectory.outcome.kind == "diverged"
    _, scale, _ = chart(scene, "linear")
    assert scale.low > -1e4


@pytest.mark.parametrize("axis", ["log", "linear"])
def test_curves_and_markers_are_where_the_losses_are(scene_of, painted, axis):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.95}), ("sgd", {"lr": 0.5}), steps=30)
    runs, scale, view = chart(scene, axis)
    curves = array(painted(SIZE, lambda p: paint_chart(p, runs[:1], scale, view, LIGHT)))
    ink = is_near(curves, run_style(0, LIGHT).color)
    for step in (2, 12, 29):
        x, y = view.x_to_px(float(step)), view.y_to_px(float(scale.shown(runs[0].trajectory.loss[step])))
        assert ink[int(y) - 2 : int(y) + 3, int(x) - 1 : int(x) + 2].any()
    for run in runs:
        markers = array(painted(SIZE, lambda p, run=run: paint_chart_cursor(p, [run], scale, view, 12, LIGHT)))
        x, y = view.x_to_px(12.0), view.y_to_px(float(scale.shown(run.trajectory.loss[12])))
        assert is_near(markers, run_style(run.spec.style, LIGHT).color)[int(y), int(x)]


def test_a_long_run_keeps_its_peaks(scene_of, painted):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.1}), steps=20_000)
    loss = scene.runs[0].trajectory.loss
    loss[:] = 1.0
    loss[777], loss[12_345] = 3.0, 0.2
    runs, scale, view = chart(scene, "linear")
    ink = is_near(array(painted(SIZE, lambda p: paint_chart(p, runs, scale, view, LIGHT))), run_style(0, LIGHT).color)
    for step in (777, 12_345):
        x, y = int(view.x_to_px(float(step))), int(view.y_to_px(loss[step]))
        assert ink[y - 4 : y + 5, x - 3 : x + 4].any()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("axis", ["log", "linear"])
@pytest.mark.parametrize("problem", ["3", "log(x)", "sphere", "exp(exp(x))*1e200"])
def test_odd_functions_and_no_runs_have_a_chart(scene_of, painted, theme, axis, problem):
    for names in ((), ("sgd", "adam")):
        scene = scene_of(problem, *names, start=(0, 0), steps=5)
        runs, scale, view = chart(scene, axis)
        assert math.isfinite(scale.low)
        assert scale.low < scale.high

        def draw(p, runs=runs, scale=scale, view=view):
            paint_chart(p, runs, scale, view, theme, AxesStyle(x_label="step", y_label=scale.label))
            paint_chart_cursor(p, runs, scale, view, 5, theme)

        assert is_near(array(painted(SIZE, draw)), theme.panel, 3).sum() > 0.8 * RECT.width() * RECT.height()


def test_nothing_is_painted_beside_the_panel_by_curves(scene_of, painted):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 1.3}), ("sgd", {"lr": 0.1}), steps=60)
    runs, scale, view = chart(scene, "linear")
    pixels = array(painted(SIZE, lambda p: paint_chart(p, runs, scale, view, LIGHT)))
    outside = np.ones(pixels.shape[:2], bool)
    outside[10:211, 60:461] = False
    for style in range(2):
        assert not (is_near(pixels, run_style(style, LIGHT).color, 60) & outside).any()


def test_the_step_at_a_pixel(scene_of):
    _, _, view = chart(scene_of("sphere", "sgd", steps=40), "log")
    assert [step_at(view, px) for px in (0, 60, 260, 264, 460, 999)] == [0, 0, 20, 20, 40, 40]
