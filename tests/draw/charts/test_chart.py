import math
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QRectF

import optvis
from optvis.document.session import View
from optvis.draw.charts.chart import chart
from optvis.draw.charts.chart_scale import chart_scale
from optvis.draw.paint.theme import DARK, LIGHT, run_style
from optvis.explain.measures import MEASURES, along, series
from optvis.export.drawn import drawn
from tests.draw.pixels import array, is_near

RECT = QRectF(60, 10, 400, 200)
SIZE = (480, 260)
KINDS = tuple(MEASURES)


def seen(scene, kind="loss", **view):
    """A chart of a scene whose session's view has been changed."""
    session = replace(scene.session, view=replace(scene.session.view, **view))
    return chart(replace(scene, session=session), kind, RECT)


def place(made, run, row):
    """The pixel where a value is drawn."""
    x = along(run.trajectory, made.against)[row]
    return made.viewport.x_to_px(x), made.viewport.y_to_px(
        float(made.scale.shown(series(run.trajectory, made.measure.kind)[row]))
    )


def test_logarithms_are_of_the_height_above_the_known_minimum(scene_of):
    scale = seen(scene_of("goldstein-price", "adam")).scale
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
    scale = seen(scene_of(problem, ("sgd", {"lr": 0.3}), steps=50), loss_axis=axis).scale
    assert (scale.is_log, scale.base, scale.label) == (is_log, 0, "f")


def test_what_is_never_negative_follows_the_choice_and_coordinates_are_linear(scene_of):
    scene = scene_of("x*y", "sgd", steps=20)  # where even the loss has no logarithm
    assert [kind for kind in KINDS if seen(scene, kind, loss_axis="log").scale.is_log] == [
        "slope",
        "length",
        "distance",
    ]
    assert not any(seen(scene, kind, loss_axis="linear").scale.is_log for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("axis", ["log", "linear"])
@pytest.mark.parametrize("lr", [1.05, 1.3, 1e100])
def test_a_run_that_diverges_does_not_flatten_the_others(scene_of, axis, lr, kind):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.9}), ("sgd", {"lr": lr}), steps=60)
    made = seen(scene, kind, loss_axis=axis)
    heights = made.viewport.y_to_px(made.scale.shown(series(scene.runs[0].trajectory, kind)))
    heights = heights[np.isfinite(heights)]
    assert heights.max() - heights.min() > 0.15 * RECT.height()
    assert RECT.top() <= heights.min()
    assert heights.max() <= RECT.bottom()


def test_a_run_that_falls_without_end_does_not_flatten_the_others(scene_of):
    scene = scene_of("hyperbolic-saddle", ("sgd", {"lr": 0.3}), "adam", start=(1, 0.1), steps=400)
    assert scene.runs[0].trajectory.outcome.kind == "diverged"
    assert seen(scene, loss_axis="linear").scale.low > -1e4


@pytest.mark.parametrize("against", ["steps", "evaluations"])
@pytest.mark.parametrize("axis", ["log", "linear"])
@pytest.mark.parametrize("kind", KINDS)
def test_curves_and_markers_are_where_the_numbers_are(scene_of, painted, kind, axis, against):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.95}), ("sgd", {"lr": 0.5}), steps=30)
    made = seen(scene, kind, loss_axis=axis, against=against)
    run = made.runs[0]
    curves = array(painted(SIZE, lambda p: replace(made, runs=(run,)).paint(p, LIGHT)))
    ink = is_near(curves, run_style(0, LIGHT).color)
    for step in (2, 12, 29):
        x, y = place(made, run, step)
        assert ink[int(y) - 2 : int(y) + 3, int(x) - 1 : int(x) + 2].any()
    for run in made.runs:
        alone = replace(made, runs=(run,))
        markers = array(painted(SIZE, lambda p, alone=alone: alone.paint_cursor(p, 12, LIGHT)))
        x, y = place(made, run, 12)
        assert is_near(markers, run_style(run.spec.style, LIGHT).color)[int(y), int(x)]


def test_the_length_of_a_step_begins_at_the_step_that_it_leads_to(scene_of, painted):
    made = seen(scene_of("quadratic-valley", ("sgd", {"lr": 0.5}), steps=4), "length", loss_axis="linear")
    ink = is_near(array(painted(SIZE, lambda p: made.paint(p, LIGHT))), run_style(0, LIGHT).color)
    first = int(made.viewport.x_to_px(1.0))
    assert not ink[:, : first - 2].any()
    assert ink[:, first : first + 3].any()
    at_start = array(painted(SIZE, lambda p: made.paint_cursor(p, 0, LIGHT)))
    assert not is_near(at_start, run_style(0, LIGHT).color).any(), "no marker where there is no value"


def test_a_gap_is_not_bridged(scene_of, painted):
    scene = scene_of("sphere", ("sgd", {"lr": 0.001}), steps=40)
    scene.runs[0].trajectory.loss[15:25] = np.nan
    made = seen(scene, loss_axis="linear")
    ink = is_near(array(painted(SIZE, lambda p: made.paint(p, LIGHT))), run_style(0, LIGHT).color)
    left, right = int(made.viewport.x_to_px(14.0)), int(made.viewport.x_to_px(25.0))
    assert ink[:, :left].any()
    assert not ink[:, left + 3 : right - 2].any()
    assert ink[:, right:].any()


def test_a_long_run_keeps_its_peaks(scene_of, painted):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.1}), steps=20_000)
    loss = scene.runs[0].trajectory.loss
    loss[:] = 1.0
    loss[777], loss[12_345] = 3.0, 0.2
    made = seen(scene, loss_axis="linear")
    ink = is_near(array(painted(SIZE, lambda p: made.paint(p, LIGHT))), run_style(0, LIGHT).color)
    for step in (777, 12_345):
        x, y = map(int, place(made, made.runs[0], step))
        assert ink[y - 4 : y + 5, x - 3 : x + 4].any()


def test_runs_with_different_schemes_stand_where_their_evaluations_are():
    problem = optvis.problem("quadratic-valley")
    runs = [optvis.run(problem, optvis.optimizers.SGD(lr=0.1), steps=10, gradient=g) for g in ("central", "forward")]
    scene = drawn(runs)
    made = chart(replace(scene, session=replace(scene.session, view=View(against="evaluations"))), "loss", RECT)
    assert made.viewport.bounds[1] == 40
    assert [place(made, run, 10)[0] for run in made.runs] == [RECT.right(), RECT.left() + RECT.width() * 30 / 40]
    assert made.axes.x_label == "loss evaluations"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("axis", ["log", "linear"])
@pytest.mark.parametrize("problem", ["3", "log(x)", "sphere", "exp(exp(x))*1e200"])
def test_odd_functions_and_no_runs_have_charts(scene_of, painted, theme, axis, problem):
    for names in ((), ("sgd", "adam")):
        scene = scene_of(problem, *names, start=(0, 0), steps=5)
        for kind in KINDS:
            made = seen(scene, kind, loss_axis=axis)
            assert math.isfinite(made.scale.low)
            assert made.scale.low < made.scale.high

            def draw(p, made=made):
                made.paint(p, theme)
                made.paint_cursor(p, 5, theme)

            assert is_near(array(painted(SIZE, draw)), theme.panel, 3).sum() > 0.8 * RECT.width() * RECT.height()


def test_where_no_minimum_is_known_the_chart_says_so(scene_of, painted):
    for problem, is_known in (("x**2 + y**2", False), ("sphere", True)):
        made = seen(scene_of(problem, steps=5), "distance")
        assert ("no minimum is known" in made.missing) != is_known
        words = is_near(array(painted(SIZE, lambda p, made=made: made.paint(p, LIGHT))), LIGHT.ink, 60)
        assert words[90:130, 160:360].any() != is_known


def test_nothing_is_painted_beside_the_panel_by_curves(scene_of, painted):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 1.3}), ("sgd", {"lr": 0.1}), steps=60)
    made = seen(scene, loss_axis="linear")
    pixels = array(painted(SIZE, lambda p: made.paint(p, LIGHT)))
    outside = np.ones(pixels.shape[:2], bool)
    outside[10:211, 60:461] = False
    for style in range(2):
        assert not (is_near(pixels, run_style(style, LIGHT).color, 60) & outside).any()


@pytest.mark.parametrize("against", ["steps", "evaluations"])
def test_the_step_at_a_pixel(scene_of, against):
    made = seen(scene_of("sphere", "sgd", steps=40), against=against)
    assert [made.step_at(px) for px in (0, 60, 260, 264, 460, 999)] == [0, 0, 20, 20, 40, 40]


def test_values_are_those_that_the_axis_shows(scene_of):
    scene = scene_of("goldstein-price", ("adam", {"lr": 0.1}), steps=10)
    (run,) = scene.runs
    above = run.trajectory.loss[4] - 3
    assert seen(scene, loss_axis="log").value(run, 4) == pytest.approx(above)
    assert seen(scene, loss_axis="linear").value(run, 4) == run.trajectory.loss[4]
    assert math.isnan(seen(scene, "length").value(run, 0))


def test_no_scale_is_longer_than_floats_can_tell_apart(scene_of):
    scene = scene_of("quadratic-valley", "adagrad", steps=2000)
    for kind in ("loss", "slope", "length", "distance"):
        scale = chart_scale(scene, scene.runs, kind)
        assert scale.high - scale.low < 16
