from itertools import combinations

import numpy as np
import pytest
from PyQt6.QtCore import QRectF

from optvis.draw.maps import map_panel
from optvis.draw.maps.exits import exit_place, left_at
from optvis.draw.maps.map_panel import paint_background, paint_overlay
from optvis.draw.maps.relief import Relief
from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.markers import draw_start
from optvis.draw.paint.theme import DARK, LIGHT, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.landscape.loss_surface import surface
from tests.draw.pixels import array, is_near

SIZE = (500, 400)
RECT = QRectF(60, 20, 420, 320)


def overlay(painted, scene, step, runs=None, bounds=None, theme=LIGHT, **options):
    view = Viewport(bounds or scene.bounds, RECT)
    runs = scene.visible_runs if runs is None else runs
    return array(painted(SIZE, lambda p: paint_overlay(p, scene, runs, None, view, step, theme, **options))), view


def background(painted, scene, bounds=None, theme=LIGHT, relief=True):
    view = Viewport(bounds or scene.bounds, RECT)
    made = Relief(surface(scene.problem, scene.scale, view.bounds, (50, 50)), theme) if relief else None
    return array(painted(SIZE, lambda p: paint_background(p, scene, made, view, theme, AxesStyle()))), view


@pytest.fixture
def labels(monkeypatch):
    """Words and rectangles of the labels that the overlay writes."""
    written = []
    draw = map_panel.text.draw_text

    def record(painter, rect, words, *rest, **options):
        written.append((words, rect))
        draw(painter, rect, words, *rest, **options)

    monkeypatch.setattr(map_panel.text, "draw_text", record)
    return written


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("step", [0, 3, 30, 99])
def test_heads_are_where_the_runs_are_at_the_step(painted, scene_of, theme, step):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.95}), ("adagrad", {"lr": 3.0}), steps=30)
    for run in scene.runs:
        pixels, view = overlay(painted, scene, step, [run], theme=theme)
        x, y = run.trajectory.x[min(step, 30)], run.trajectory.y[min(step, 30)]
        at = view.point(x, y)
        color = run_style(run.spec.style, theme).color
        assert is_near(pixels, color)[int(at.y()) - 1 : int(at.y()) + 2, int(at.x()) - 1 : int(at.x()) + 2].all()
        rows, columns = np.nonzero(is_near(pixels, color))
        assert abs(rows - at.y()).max() < 12
        assert abs(columns - at.x()).max() < 12


def test_the_start_is_a_ring_that_grows_when_it_is_pointed_at(painted, scene_of):
    scene = scene_of("quadratic-valley", "sgd", start=(3, 1))
    widths = []
    at_rest, view = overlay(painted, scene, 0, [])
    at = view.point(3, 1)
    active = array(painted(SIZE, lambda p: draw_start(p, at, LIGHT, is_active=True)))
    for pixels, color in ((at_rest, LIGHT.ink), (active, LIGHT.accent)):
        ring = is_near(pixels, color, 60)
        assert not ring[int(at.y()), int(at.x())]
        columns = np.flatnonzero(ring[int(at.y())])
        widths.append(columns.max() - columns.min())
        assert (columns.max() + columns.min()) / 2 == pytest.approx(at.x(), abs=1)
    assert widths[1] > widths[0] >= 10


def test_every_known_minimum_has_a_cross(painted, scene_of):
    scene = scene_of("himmelblau")
    pixels, view = background(painted, scene)
    for minimum in scene.problem.minima:
        at = view.point(minimum.x, minimum.y)
        row, column = int(at.y()), int(at.x())
        ink = is_near(pixels, LIGHT.ink, 60)
        for dy, dx in ((0, -4), (0, 4), (-4, 0), (4, 0), (0, 0)):
            assert ink[row + dy - 1 : row + dy + 2, column + dx - 1 : column + dx + 2].any()
        assert is_near(pixels, LIGHT.halo, 10)[row - 9 : row + 10, column - 9 : column + 10].any()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_without_a_surface_the_map_is_an_empty_panel(painted, scene_of, theme):
    pixels, _ = background(painted, scene_of("monkey-saddle"), theme=theme, relief=False)
    assert is_near(pixels[25:335, 65:475], theme.panel, 30).mean() > 0.98


def test_a_flat_function_says_so_on_the_map(painted, scene_of):
    scene = scene_of("3")
    pixels, _ = background(painted, scene)
    assert is_near(pixels[30:70, 65:475], LIGHT.ink, 80).sum() > 100
    pixels, _ = background(painted, scene_of("x"))
    assert is_near(pixels[30:70, 65:475], LIGHT.ink, 40).sum() < 20


# --- runs that leave --------------------------------------------------------------------------------


def test_a_run_that_diverged_says_when_it_left(painted, scene_of, labels):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 1.05}), steps=60)
    y = scene.runs[0].trajectory.y
    left = int(np.flatnonzero(np.abs(y) <= 5)[-1]) + 1
    assert left_at(scene.runs[0].trajectory, scene.bounds) == left
    overlay(painted, scene, left - 1)
    assert labels == []
    overlay(painted, scene, left)
    overlay(painted, scene, 60)
    assert [words for words, _ in labels] == [f"left at step {left}"] * 2


def test_a_run_that_stays_never_left(scene_of):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.95}), steps=30)
    assert left_at(scene.runs[0].trajectory, scene.bounds) is None
    assert left_at(scene.runs[0].trajectory, (-8, -6, -5, 5)) == 2
    assert left_at(scene.runs[0].trajectory, (50, 60, -5, 5)) == 0


def test_the_arrow_stands_where_the_run_crossed_the_edge(painted, scene_of):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 1.3}), steps=60)
    of = scene.runs[0].trajectory
    view = Viewport(scene.bounds, RECT)
    (x0, x1), (y0, y1) = of.x[1:3], of.y[1:3]
    edge = x0 + (x1 - x0) * (5 - y0) / (y1 - y0)
    tip, (_, down) = exit_place(of, 2, view)
    assert tip.x() == pytest.approx(view.x_to_px(edge), abs=1)
    assert tip.y() == pytest.approx(RECT.top(), abs=4)
    assert down < 0
    pixels, _ = overlay(painted, scene, 2)
    assert is_near(pixels, run_style(0, LIGHT).color)[22:32, int(tip.x()) - 4 : int(tip.x()) + 5].any()


@pytest.mark.parametrize("lr", [1.3, 4, 1e12, 1e150])
@pytest.mark.parametrize("bounds", [None, (3, 4, 3, 4), (-7.001, -6.999, 1.999, 2.001)])
def test_arrows_are_on_the_edge_however_far_the_run_went(scene_of, lr, bounds):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": lr}), steps=60)
    of = scene.runs[0].trajectory
    view = Viewport(bounds or scene.bounds, RECT)
    for step in range(1, of.last + 1):
        if not view.shows(of.x[step], of.y[step]):
            tip, direction = exit_place(of, step, view)
            assert RECT.contains(tip)
            assert np.isfinite(direction).all()
            edges = (tip.x() - 60, 480 - tip.x(), tip.y() - 20, 340 - tip.y())
            assert min(edges) < 4


def test_labels_of_several_runs_do_not_overlap(painted, scene_of, labels):
    rates = [1.3, 1.31, 1.32, 1.33, 1.5, 1.51, 4, 4.1]
    scene = scene_of("quadratic-valley", *[("sgd", {"lr": lr}) for lr in rates], steps=60)
    overlay(painted, scene, 60)
    rects = [rect for words, rect in labels if words.startswith("left")]
    assert len(rects) == 8
    assert not any(one.intersects(other) for one, other in combinations(rects, 2))
    assert all(RECT.contains(rect) for rect in rects)


def test_zoomed_in_a_run_outside_has_an_arrow_and_no_words(painted, scene_of, labels):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.95}), steps=30)
    pixels, _ = overlay(painted, scene, 30, bounds=(-8, -4, -3, 3))
    assert labels == []
    assert is_near(pixels, run_style(0, LIGHT).color)[:, 460:].any()


def test_nothing_is_painted_beside_the_map(painted, scene_of):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 1.3}), ("sgd", {"lr": 0.9}), start=(-9.9, 4.9), steps=60)
    for step in (0, 2, 60):
        pixels, _ = overlay(painted, scene, step)
        outside = np.ones(pixels.shape[:2], bool)
        outside[20:340, 60:480] = False
        assert (pixels[outside][:, :3] == 255).all()


def test_a_run_whose_position_is_no_number_has_left_through_no_edge(painted, scene_of, labels):
    rule = "rule{ h = h + g**2; step = -lr*g/sqrt(h) }"
    scene = scene_of("quadratic-valley", (rule, {"lr": 1.0}), steps=20, start=(-3.0, 0.0))
    trajectory = scene.runs[0].trajectory
    assert np.isnan(trajectory.y[1])
    assert left_at(trajectory, scene.bounds) is None
    pixels, view = overlay(painted, scene, 20)
    assert [words for words, _ in labels] == ["not a number from step 1"]
    at = view.point(-3.0, 0.0).toPoint()
    color = run_style(scene.runs[0].spec.style, LIGHT).color
    assert is_near(pixels[at.y() - 5 : at.y() + 5, at.x() - 5 : at.x() + 5], color, 40).sum() > 20, "the last place"
    edges = [pixels[20:340, 60:66], pixels[20:340, 474:480], pixels[20:26, 60:480], pixels[334:340, 60:480]]
    assert not any(is_near(edge, color, 40).any() for edge in edges), "no arrow"
