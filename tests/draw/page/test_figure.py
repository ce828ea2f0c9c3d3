from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PyQt6.QtCore import QRectF

from optvis.document.session import View
from optvis.draw.page import legend
from optvis.draw.page import page as page_module
from optvis.draw.page.figure import Figure, paint_figure
from optvis.draw.paint import axes, text
from optvis.draw.paint.theme import DARK, LIGHT, THEMES, run_style
from tests.draw.pixels import array, is_near

NAMES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "lion", "amsgrad", "radam", "nadam")
SIZES = [(640, 480), (1200, 800), (1920, 1080), (400, 900)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("layout", ["map", "multiples"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 8, 10])
def test_panels_legend_and_header_have_places_of_their_own(scene_of, size, layout, count):
    made = Figure(scene_of("sphere", *NAMES[:count], steps=10), size, LIGHT, layout)
    page = QRectF(0, 0, *size)
    places = [panel.rect for panel in made.panels] + [p.title_rect for p in made.panels if p.title_rect is not None]
    places += [made.page.header] + ([made.page.legend] if not made.page.legend.isEmpty() else [])
    assert all(page.contains(place) for place in places)
    assert not any(one.intersects(other) for one, other in combinations(places, 2))
    if layout == "multiples" and count:
        assert [panel.runs[0].spec.style for panel in made.panels] == list(range(count))
        assert len({(panel.rect.width(), panel.rect.height()) for panel in made.panels}) == 1
    else:
        assert len(made.panels) == 1
    assert min(min(panel.rect.width(), panel.rect.height()) for panel in made.panels) >= 60
    share = sum(panel.rect.width() * panel.rect.height() for panel in made.panels) / (size[0] * size[1])
    assert share > 0.4


def test_the_textbook_is_two_by_two(scene_of):
    made = Figure(scene_of("quadratic-valley", *NAMES[:4], steps=30), (1200, 800), LIGHT, "multiples")
    assert len({panel.rect.left() for panel in made.panels}) == len({panel.rect.top() for panel in made.panels}) == 2


def test_every_column_and_row_of_panels_has_numbers_once(scene_of):
    for count in range(1, 9):
        panels = Figure(scene_of("sphere", *NAMES[:count], steps=5), (1200, 800), LIGHT, "multiples").panels
        columns = {panel.rect.left() for panel in panels}
        for left in columns:
            column = [panel for panel in panels if panel.rect.left() == left]
            assert [panel.axes.has_x_numbers for panel in column] == [False] * (len(column) - 1) + [True]
        assert all(panel.axes.has_y_numbers == (panel.rect.left() == min(columns)) for panel in panels)


@pytest.fixture
def words(monkeypatch):
    """What is written in the header."""
    written = []
    draw = page_module.draw_text

    def record(painter, rect, words, *rest, **options):
        written.append(words)
        draw(painter, rect, words, *rest, **options)

    monkeypatch.setattr(page_module, "draw_text", record)
    return written


def test_title_formula_and_step_are_written(scene_of, painted, words):
    painted((600, 400), lambda p: paint_figure(p, scene_of("quadratic-valley", "sgd", steps=30), 12, (600, 400), LIGHT))
    assert words == ["Quadratic valley", "step 12 of 30", "f(x, y) = x²/20 + y²"]


def test_a_typed_formula_is_written_once(scene_of, painted, words):
    painted((600, 400), lambda p: paint_figure(p, scene_of("x**2 + y**2", "sgd", steps=3), 3, (600, 400), LIGHT))
    assert words == ["f(x, y) = x² + y²", "step 3 of 3"]


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("layout", ["map", "multiples"])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_all_runs_are_seen_and_the_edge_of_the_page_is_empty(scene_of, painted, theme, layout, ratio):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 1.3}), *NAMES[1:8], steps=30)
    long = replace(
        scene, runs=tuple(replace(run, label=f"{run.label} with a name beyond all measure") for run in scene.runs)
    )
    for of in (scene, long):
        image = painted((700, 500), lambda p, of=of: paint_figure(p, of, 30, (700, 500), theme, layout, ratio), ratio)
        pixels = array(image)
        for run in of.runs:
            assert is_near(pixels, run_style(run.spec.style, theme).color, 25).sum() > 30 * ratio
        edge = np.ones(pixels.shape[:2], bool)
        width = int(6 * ratio)
        edge[width:-width, width:-width] = False
        assert is_near(pixels[edge], theme.paper, 2).all()


@pytest.mark.parametrize("size", [(640, 480), (1200, 800), (400, 900)])
@pytest.mark.parametrize("layout", ["map", "multiples"])
@pytest.mark.parametrize("count", [4, 8])
@pytest.mark.parametrize("problem", ["quadratic-valley", "eggholder"])
def test_no_text_runs_into_another(scene_of, painted, monkeypatch, size, layout, count, problem):
    written = []

    def record(painter, rect, words, color, pixels, align=text.Align.AlignLeft, *, bold=False):
        shown = text.elided(words, pixels, rect.width() + 0.5, bold=bold)
        tight = text.metrics(pixels, bold=bold).boundingRect(rect, int(align), shown)
        written.append((shown, painter.worldTransform().mapRect(tight).adjusted(1, 2, -1, -2)))

    for module in (axes, page_module, legend):
        monkeypatch.setattr(module, "draw_text", record)
    scene = scene_of(problem, *NAMES[:count], steps=5)
    named = tuple(replace(run, label=f"{run.label}, to which somebody gave a long name") for run in scene.runs)
    for of in (scene, replace(scene, runs=named)):
        written.clear()
        painted(size, lambda p, of=of: paint_figure(p, of, 5, size, LIGHT, layout))
        assert len(written) > 12
        assert all(QRectF(0, 0, *size).contains(rect) for _, rect in written)
        for (one, first), (other, second) in combinations(written, 2):
            assert not first.intersects(second), (one, other)


def test_only_the_visible_runs_are_drawn(scene_of):
    scene = scene_of("sphere", "sgd", "adam", steps=5)
    hidden = replace(
        scene, runs=(replace(scene.runs[0], spec=replace(scene.runs[0].spec, visible=False)), scene.runs[1])
    )
    for layout in ("map", "multiples"):
        assert [p.runs for p in Figure(hidden, (600, 400), DARK, layout).panels] == [(hidden.runs[1],)]


def test_painting_step_by_step_is_painting_at_once(scene_of, painted):
    scene = scene_of("quadratic-valley", "sgd", steps=20)
    made = Figure(scene, (500, 400), LIGHT)
    for step in range(21):
        stepwise = painted((500, 400), lambda p, step=step: made.paint(p, step))
    at_once = painted((500, 400), lambda p: paint_figure(p, scene, 20, (500, 400), LIGHT))
    difference = np.abs(array(stepwise) - array(at_once)).max(axis=-1)
    assert difference.max() <= 40  # the rims of dots that touch each other
    assert (difference > 4).sum() <= 20


def test_an_equal_aspect_and_a_view_of_ones_own_are_kept(scene_of):
    scene = scene_of("quadratic-valley", "sgd", steps=5)
    scene = replace(scene, session=replace(scene.session, view=replace(scene.session.view, aspect="equal")))
    view = Figure(scene, (800, 600), LIGHT).panels[0].viewport
    assert view.scale[0] == pytest.approx(view.scale[1])
    scene = scene_of("quadratic-valley", "sgd", steps=5)
    view = Figure(scene, (800, 600), LIGHT, bounds=(-1, 1, -2, 2)).panels[0].viewport
    assert view.bounds == (-1, 1, -2, 2)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kinds", [("loss",), ("loss", "slope", "distance"), ("loss", "slope", "length", "x", "y")])
def test_a_whole_figure_has_a_map_and_charts_in_places_of_their_own(scene_of, size, kinds):
    scene = scene_of("sphere", *NAMES[:4], steps=10, view=View(charts=kinds))
    made = Figure(scene, size, LIGHT, "figure")
    maps, charts = made.panels
    assert not maps.rect.intersects(charts.rect)
    assert made.page.body.contains(maps.rect)
    assert made.page.body.contains(charts.rect)
    assert maps.rect.height() > 0.25 * size[1]
    assert len(charts.charts.charts) == len(kinds)
    assert min(each.viewport.rect.height() for each in charts.charts.charts) > 20


@pytest.mark.parametrize("layout", ["map", "multiples", "surface", "charts", "figure"])
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_what_moves_over_a_background_is_the_whole(scene_of, painted, layout, theme):
    scene = scene_of("quadratic-valley", "sgd", "adam", steps=12)
    made = Figure(scene, (500, 400), theme, layout, 2.0)
    whole = painted((500, 400), lambda p: Figure(scene, (500, 400), theme, layout, 2.0).paint(p, 7), 2.0)

    def in_parts(painter):
        painter.drawImage(0, 0, made.background())
        made.paint_moving(painter, 7)

    assert np.abs(array(painted((500, 400), in_parts, 2.0)) - array(whole)).max() <= 1


def test_the_legend_keeps_its_place_at_every_step(scene_of, painted):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 0.5}), "adam", "momentum", "adagrad", steps=200)
    made = Figure(scene, (800, 600), LIGHT)

    def swatches(step):
        pixels = array(painted((800, 600), lambda p: made.paint(p, step)))[int(made.page.legend.top()) :]
        return [np.argwhere(is_near(pixels, run_style(style, LIGHT).color, 4)).min(axis=0).tolist() for style in (0, 1)]

    assert swatches(0) == swatches(57) == swatches(200)


def test_a_figure_without_paper_is_clear_round_its_panels(scene_of, painted):
    scene = scene_of("sphere", "sgd", steps=5)
    pixels = array(painted((400, 300), lambda p: Figure(scene, (400, 300), DARK).paint(p, 5, has_paper=False)))
    assert (pixels[2, 2, :3] == 255).all()  # the page that it is painted on
