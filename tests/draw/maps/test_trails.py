from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QRectF

from optvis.document.session import View, resolve
from optvis.draw.maps.trails import TrailLayer, trail
from optvis.draw.paint.drawable import chosen_last
from optvis.draw.paint.theme import DARK, LIGHT, run_style
from optvis.draw.paint.viewport import Viewport
from tests.draw.pixels import array, is_near

RECT = QRectF(10, 20, 300, 200)
RUNS = (("sgd", {"lr": 0.95}), ("momentum", {"lr": 0.1}), "adam", ("rmsprop", {"lr": 0.5}))


@pytest.fixture(scope="module")
def zigzag(scene_of):
    return scene_of("quadratic-valley", *RUNS, steps=300)


def viewport(scene, bounds=None, rect=RECT):
    return Viewport(bounds or scene.bounds, rect)


def picture(layer, painted, ratio=1.0):
    return array(painted((320, 240), layer.paint, ratio))


def drawn(scene, steps, painted, ratio=1.0, theme=LIGHT, layer=None, bounds=None):
    """The picture after going through these steps."""
    layer = layer or TrailLayer()
    for step in steps:
        layer.update(scene.visible_runs, scene.bounds, viewport(scene, bounds), step, theme, ratio)
    return picture(layer, painted, ratio)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("style", range(8))
def test_one_run_drawn_step_by_step_is_the_run_drawn_at_once(scene_of, painted, ratio, style):
    scene = scene_of("rosenbrock", *["sgd"] * style, "momentum", steps=150)
    layers = TrailLayer(), TrailLayer()
    for steps, layer in (([150], layers[0]), (range(151), layers[1])):
        for step in steps:
            layer.update(scene.runs[style:], scene.bounds, viewport(scene), step, DARK, ratio)
    assert np.array_equal(*(picture(layer, painted, ratio) for layer in layers))


def test_several_runs_drawn_in_pieces_differ_only_where_they_cross(zigzag, painted):
    at_once = drawn(zigzag, [300], painted)
    in_pieces = drawn(zigzag, [0, 1, 2, 7, 30, 31, 200, 300], painted)
    is_inked = (at_once != array(painted((320, 240), lambda _: None))).any(axis=-1)
    assert is_inked.sum() > 2000
    assert (at_once != in_pieces).any(axis=-1).sum() < 0.15 * is_inked.sum()
    assert (is_inked == (in_pieces != array(painted((320, 240), lambda _: None))).any(axis=-1)).all()


def test_going_back_shows_what_was_there(zigzag, painted):
    layer = TrailLayer()
    forward = drawn(zigzag, [20], painted, layer=layer)
    later = drawn(zigzag, [200], painted, layer=layer)
    assert not np.array_equal(forward, later)
    assert np.array_equal(forward, drawn(zigzag, [20], painted, layer=layer))


def test_editing_one_run_rebuilds_one_trail(scene_of, painted):
    specs = [("sgd", {"lr": 0.1 * k}) for k in range(1, 9)]
    scene = scene_of("quadratic-valley", *specs, steps=100)
    layer = TrailLayer()
    layer.update(scene.runs, scene.bounds, viewport(scene), 100, LIGHT)
    assert layer.rebuilt == 8
    changed = scene_of("quadratic-valley", ("sgd", {"lr": 0.15}), steps=100).runs
    runs = (*scene.runs[:3], *changed, *scene.runs[4:])
    layer.update(runs, scene.bounds, viewport(scene), 100, LIGHT)
    assert layer.rebuilt == 9
    fresh = TrailLayer()
    fresh.update(runs, scene.bounds, viewport(scene), 100, LIGHT)
    assert np.array_equal(picture(layer, painted), picture(fresh, painted))


@pytest.mark.parametrize("change", ["bounds", "rect", "theme", "ratio", "runs"])
def test_whatever_is_drawn_from_changes_the_picture(zigzag, painted, change):
    layer = TrailLayer()
    args = {"runs": zigzag.runs, "viewport": viewport(zigzag), "theme": LIGHT, "ratio": 1.0}
    other = {
        "bounds": {"viewport": viewport(zigzag, (-8, 8, -4, 4))},
        "rect": {"viewport": viewport(zigzag, rect=QRectF(10, 20, 250, 180))},
        "theme": {"theme": DARK},
        "ratio": {"ratio": 2.0},
        "runs": {"runs": zigzag.runs[1:]},
    }[change]
    for given in (args, args | other):
        layer.update(given["runs"], zigzag.bounds, given["viewport"], 50, given["theme"], given["ratio"])
    fresh = TrailLayer()
    given = args | other
    fresh.update(given["runs"], zigzag.bounds, given["viewport"], 50, given["theme"], given["ratio"])
    assert np.array_equal(picture(layer, painted, given["ratio"]), picture(fresh, painted, given["ratio"]))


def test_the_trail_goes_through_the_positions(scene_of, painted):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.95}), steps=30)
    pixels = drawn(scene, [30], painted)
    ink = is_near(pixels, run_style(0, LIGHT).color)
    points = viewport(scene).to_pixels(scene.runs[0].trajectory.x, scene.runs[0].trajectory.y)
    between = (points[:-1] + points[1:]) / 2
    for x, y in np.vstack([points, between]):
        row, column = int(y), int(x)
        assert ink[row - 1 : row + 2, column - 1 : column + 2].any()
    assert not ink[:, int(points[:, 0].max()) + 6 :].any()


def test_only_the_steps_so_far_are_drawn(scene_of, painted):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.95}), steps=30)
    assert not is_near(drawn(scene, [3], painted), run_style(0, LIGHT).color)[:, 110:].any()
    assert is_near(drawn(scene, [30], painted), run_style(0, LIGHT).color)[:, 110:].any()


def test_every_step_has_a_dot_when_steps_are_few_and_far_apart(scene_of):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.95}), steps=30)
    of = scene.runs[0].trajectory
    wide = Viewport(scene.bounds, QRectF(0, 0, 3000, 2000))
    assert trail(of, scene.bounds, wide, run_style(0, LIGHT)).dot_steps.tolist() == list(range(31))
    narrow = trail(of, scene.bounds, Viewport(scene.bounds, QRectF(0, 0, 200, 100)), run_style(0, LIGHT))
    assert 2 < len(narrow.dots) < 25
    assert np.hypot(*np.diff(narrow.dots, axis=0).T).min() > 5
    long = scene_of("quadratic-valley", ("sgd", {"lr": 0.95}), steps=500).runs[0].trajectory
    assert len(trail(long, scene.bounds, wide, run_style(0, LIGHT)).dots) == 0


@pytest.mark.parametrize("lr", [1.05, 1.3, 4, 1e10, 1e150])
def test_a_run_that_diverges_is_drawn_until_it_has_left(scene_of, lr):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": lr}), steps=200)
    made = trail(scene.runs[0].trajectory, scene.bounds, viewport(scene), run_style(0, LIGHT))
    left = np.flatnonzero(np.abs(scene.runs[0].trajectory.y) <= 5)[-1] + 1
    assert len(made.line.lines)
    assert made.line.steps.max() == left
    assert np.isfinite(made.line.lines).all()
    assert np.abs(made.line.lines).max() < 400


def test_zoomed_out_more_of_a_diverging_run_is_seen(scene_of):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 1.05}), steps=60)
    style = run_style(0, LIGHT)
    near, far = (
        trail(scene.runs[0].trajectory, scene.bounds, viewport(scene, b), style) for b in (None, (-99, 99, -99, 99))
    )
    assert far.line.steps.max() > near.line.steps.max()


def test_many_steps_on_one_pixel_are_one_point(scene_of):
    scene = scene_of("sphere", ("sgd", {"lr": 0.4}), steps=5000)
    made = trail(scene.runs[0].trajectory, scene.bounds, viewport(scene), run_style(0, LIGHT))
    assert len(made.line.lines) < 20


def test_runs_on_top_of_each_other_stay_distinguishable(scene_of, painted):
    """With a dash pattern for each; else the chosen one is on top."""
    scene = scene_of("quadratic-valley", *[("sgd", {"lr": 0.05})] * 8, steps=200)
    scene = resolve(scene.session.with_patterns())
    layer = TrailLayer()
    layer.update(scene.runs[:2], scene.bounds, viewport(scene, (-8, 1, -1, 3)), 200, LIGHT)
    pixels = picture(layer, painted)
    for style in range(2):
        assert is_near(pixels, run_style(style, LIGHT).color).sum() > 30
    whole = resolve(scene.session.with_patterns(False))
    assert [run.spec.style for run in whole.runs] == list(range(8))
    for chosen in (0, 1):
        on_top = resolve(replace(whole.session, view=View(chosen=chosen)))
        layer.update(chosen_last(on_top, on_top.runs[:2]), scene.bounds, viewport(scene, (-8, 1, -1, 3)), 200, LIGHT)
        counts = [is_near(picture(layer, painted), run_style(style, LIGHT).color).sum() for style in range(2)]
        assert counts[chosen] > 30 > counts[1 - chosen]


def test_the_halo_is_under_the_whole_line_also_between_dashes(scene_of):
    scene = scene_of("quadratic-valley", "sgd", ("momentum", {"lr": 0.1}), steps=30)
    made = trail(scene.runs[1].trajectory, scene.bounds, viewport(scene), run_style(9, LIGHT))
    assert len(made.line.lines) > len(made.halo.lines) == 30
    lengths = [np.hypot(*(cut.lines[:, 2:] - cut.lines[:, :2]).T).sum() for cut in (made.line, made.halo)]
    assert lengths[0] == pytest.approx(lengths[1] * 9 / 13, abs=30)  # a dash reaches a little round each corner
