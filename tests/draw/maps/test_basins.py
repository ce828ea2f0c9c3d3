"""The picture of a basin map: the colour at a place says where the start there leads."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PyQt6.QtCore import QRectF

from optvis.document.session import View
from optvis.draw.maps.basin_colors import (
    COLORED_MINIMA,
    basin_pixels,
    common_range,
    minimum_color,
    swatch_pixels,
    tones_range,
)
from optvis.draw.maps.basin_key import paint_strip
from optvis.draw.maps.basin_relief import BasinRelief, basin_cells
from optvis.draw.page.figure import Figure
from optvis.draw.page.panels import MapPanel
from optvis.draw.paint.theme import DARK, LIGHT, color_table
from optvis.draw.paint.viewport import Viewport
from optvis.engine.outcome import KINDS
from optvis.maps.basins import basin_map, sharing_minima
from optvis.optimizers import SGD
from optvis.problems.problem import problem
from tests.draw.pixels import array, is_near

RECT = QRectF(40, 20, 480, 400)
THEMES = [LIGHT, DARK]


@pytest.fixture(scope="module")
def himmelblau():
    return basin_map(problem("himmelblau"), SGD(lr=0.005), 60, 300)


@pytest.fixture(scope="module")
def diverging():
    return basin_map(problem("himmelblau"), SGD(lr=0.03), 60, 100)


def painted_map(painted, made, shows, theme, bounds=None):
    ground = BasinRelief(made, shows, theme, "viridis", "SGD")
    view = Viewport(bounds or made.bounds, RECT)
    return array(painted((560, 460), lambda painter: ground.paint(painter, view))), view


@pytest.mark.parametrize("bounds", [None, (0.0, 6.0, -1.0, 5.0)], ids=["whole", "zoomed"])
@pytest.mark.parametrize("theme", THEMES)
def test_a_place_has_the_colour_of_the_minimum_that_it_leads_to(painted, himmelblau, theme, bounds):
    pixels, view = painted_map(painted, himmelblau, "minimum", theme, bounds)
    for row in range(2, 60, 5):
        for column in range(2, 60, 5):
            x, y = himmelblau.xs[column], himmelblau.ys[row]
            near_a_mark = any(np.hypot(x - a, y - b) < 1.2 for a, b in himmelblau.minima)
            if not view.shows(x, y, -6) or near_a_mark:
                continue
            at = view.point(x, y)
            color = minimum_color(himmelblau.minimum[row, column], theme)
            assert is_near(pixels, color, 3)[int(at.y()), int(at.x())], (x, y)


def test_beside_the_map_nothing_is_painted(painted, himmelblau):
    pixels, _ = painted_map(painted, himmelblau, "minimum", LIGHT, (-20.0, 20.0, -20.0, 20.0))
    assert np.all(pixels[25, 45, :3] == 255)
    assert np.all(pixels[: int(RECT.top()) - 1, :, :3] == 255)


@pytest.mark.parametrize("shows", ["steps", "loss"])
def test_tones_rise_with_steps_and_loss(shows):
    himmelblau = basin_map(problem("himmelblau"), SGD(lr=0.005), 60, 30)  # on the way still
    pixels = basin_pixels(himmelblau, shows, LIGHT, "viridis")[::-1]
    factor = pixels.shape[0] // 60
    table = {value | 0xFF000000: tone for tone, value in enumerate(color_table("viridis", LIGHT)[:255])}
    value = himmelblau.steps if shows == "steps" else np.log10(himmelblau.loss)
    tones = np.array([[table.get(int(pixels[r * factor, c * factor]), -1) for c in range(60)] for r in range(60)])
    assert np.all((tones >= 0) | (himmelblau.minimum < 0))
    low, high = tones_range(himmelblau, shows)
    inside = (value > low) & (value < high) & (himmelblau.minimum >= 0)
    assert inside.mean() > 0.5
    order = np.argsort(value[inside])
    assert np.all(np.diff(tones[inside][order]) >= 0)
    assert np.ptp(tones[inside]) > 150


@pytest.mark.parametrize("theme", THEMES)
def test_every_minimum_that_has_a_colour_has_its_own(theme):
    for one, other in combinations(range(COLORED_MINIMA), 2):
        first, second = (np.array(minimum_color(index, theme).getRgb()[:3]) for index in (one, other))
        assert np.abs(first - second).max() > 25


@pytest.mark.parametrize("theme", THEMES)
def test_outcomes_without_a_minimum_differ_in_pattern_not_colour_alone(theme):
    """What is grey has lines of another direction, dots, or nothing."""
    told_apart = list(KINDS)
    shapes = {}
    for kind in told_apart:
        sample = swatch_pixels(kind, (20, 20), theme)
        shapes[kind] = sample != sample.max() if len(np.unique(sample)) > 1 else np.zeros((20, 20), bool)
    for one, other in combinations(told_apart, 2):
        assert not np.array_equal(shapes[one], shapes[other])
        assert not np.array_equal(shapes[one], ~shapes[other])


def test_a_coarse_map_is_magnified_before_it_gets_its_patterns(diverging):
    pixels = basin_pixels(diverging, "minimum", LIGHT, "viridis")
    assert pixels.shape[0] % 60 == 0
    assert pixels.shape[0] >= 600
    gone = np.repeat(np.repeat(diverging.kind[::-1] == list(KINDS).index("diverged"), 10, 0), 10, 1)
    assert len(np.unique(pixels[gone])) == 2


def test_words(himmelblau, diverging):
    ground = BasinRelief(himmelblau, "minimum", LIGHT, "viridis", "SGD")
    assert ground.words_from(3.0, 2.0).startswith("from here: to A (3, 2) in ")
    assert ground.words_from(-2.8, 3.2).startswith("from here: to B (−2.81, 3.13)")
    assert ground.words_from(99.0, 0.0) == ""
    words = ground.words()
    assert words.startswith("SGD, where each start ends: A  3, 2: 2")
    assert words.count("%") == 4
    gone = BasinRelief(diverging, "minimum", LIGHT, "viridis", "SGD")
    assert "diverged" in gone.words()
    assert gone.words_from(-5.9, -5.9) == "from here: diverged"


def test_the_key_names_what_is_shown_where_there_is_room(painted, himmelblau, monkeypatch):
    from optvis.draw.maps import basin_key, basin_relief

    written = []
    monkeypatch.setattr(basin_key, "draw_text", lambda painter, rect, words, *rest: written.append((rect, words)))
    monkeypatch.setattr(basin_relief, "draw_text", lambda painter, rect, words, *rest: written.append((rect, words)))
    ground = BasinRelief(himmelblau, "minimum", LIGHT, "viridis", "SGD")
    painted((560, 460), lambda painter: ground.paint_key(painter, Viewport(himmelblau.bounds, RECT)))
    assert "A  3, 2" in [words for _, words in written]
    assert all(RECT.contains(rect) for rect, _ in written)
    written.clear()
    painted((560, 460), lambda painter: ground.paint_key(painter, Viewport(himmelblau.bounds, QRectF(0, 0, 200, 150))))
    assert not written


def test_cells_are_pixels_up_to_a_bound():
    view = Viewport((0, 1, 0, 1), QRectF(0, 0, 300, 200))
    assert basin_cells(view) == (300, 200)
    assert basin_cells(view, 2.0) == (600, 400)
    columns, rows = basin_cells(view, 40.0)
    assert columns * rows <= 2_048 * 2_048
    assert columns / rows == pytest.approx(1.5, abs=0.01)


@pytest.mark.parametrize(("of", "titles"), [("chosen", 0), ("each", 2)])
def test_a_figure_has_the_chosen_run_or_a_panel_for_each(scene_of, of, titles):
    scene = scene_of("himmelblau", ("sgd", {"lr": 0.005}), ("adam", {"lr": 0.2}), steps=40,
                     view=View(layout="basins", basins_of=of, chosen=1))  # fmt: skip
    figure = Figure(scene, (500, 400), LIGHT, "basins")
    panels = figure.panels
    assert sum(getattr(panel, "title_rect", None) is not None for panel in panels) == titles
    grounds = [panel.ground for panel in panels if isinstance(panel, MapPanel)]
    assert [ground.basins.optimizer for ground in grounds] == (["adam"] if of == "chosen" else ["sgd", "adam"])
    assert [run.label for run in figure.page.runs] == (["Adam"] if of == "chosen" else [])


def test_a_figure_of_no_run_is_the_map(scene_of):
    scene = replace(scene_of("sphere"), session=replace(scene_of("sphere").session, view=View(layout="basins")))
    figure = Figure(scene, (400, 300), LIGHT, "basins")
    assert len(figure.panels) == 1


# --- side by side ---------------------------------------------------------------------------------


@pytest.fixture
def strip_words(monkeypatch):
    """What the key below several maps says."""
    from optvis.draw.maps import basin_key

    written = []
    monkeypatch.setattr(basin_key, "draw_text", lambda painter, rect, words, *rest, **more: written.append(words))
    return written


def maps_of_camel(shows):
    of = problem("six-hump-camel")
    maps = [basin_map(of, optimizer, 40, 120) for optimizer in (SGD(lr=0.02), SGD(lr=0.15))]
    ends = common_range(maps, shows)
    return [BasinRelief(made, shows, LIGHT, "viridis", "SGD", ends=ends) for made in sharing_minima(maps)]


@pytest.mark.parametrize("shows", ["steps", "loss"])
def test_a_colour_means_the_same_side_by_side(shows):
    first, second = maps_of_camel(shows)
    assert first.ends == second.ends
    ranges = [tones_range(each.basins, shows) for each in (first, second)]
    assert first.ends == (min(low for low, _ in ranges), max(high for _, high in ranges))


def test_maps_side_by_side_share_their_minima():
    of = problem("six-hump-camel")
    few = basin_map(of, SGD(lr=0.02), (3, 3), 200, bounds=(-0.5, 0.5, -1, 1))
    many = basin_map(of, SGD(lr=0.02), 30, 200)
    first, second = sharing_minima([few, many])
    assert len(few.minima) == 2
    assert first.minima == second.minima
    assert first.minima[:2] == few.minima
    assert len(second.minima) == 6
    for made in (first, second):
        for index, (x, y) in enumerate(made.minima):
            cells = made.minimum == index
            assert np.all(np.hypot(made.x[cells] - x, made.y[cells] - y) < 0.1)


def test_one_key_names_what_is_on_any_of_them(painted, strip_words):
    maps = maps_of_camel("minimum")
    painted((900, 40), lambda painter: paint_strip(painter, QRectF(0, 0, 900, 30), maps, 12))
    assert strip_words[0] == "where each start ends"
    assert [words[0] for words in strip_words[1:7]] == list("ABCDEF")
    outcomes = {words for each in maps for mark, words, _ in each.key_rows if isinstance(mark, str)}
    assert outcomes
    assert set(strip_words[7:]) == outcomes
    strip_words.clear()
    painted((900, 40), lambda painter: paint_strip(painter, QRectF(0, 0, 420, 30), maps, 12))
    assert strip_words[1:7] == list("ABCDEF"), "where room is short the places go first"


def test_a_figure_of_several_has_the_key_below_them(scene_of, painted, strip_words):
    scene = scene_of("himmelblau", ("sgd", {"lr": 0.005}), ("adam", {"lr": 0.2}), steps=40,
                     view=View(layout="basins", basins_of="each", basins="steps"))  # fmt: skip
    figure = Figure(scene, (500, 400), LIGHT, "basins")
    lowest = max(panel.rect.bottom() for panel in figure.panels[:-1])
    assert figure.panels[-1].rect.top() > lowest
    painted((500, 400), lambda painter: figure.paint(painter, 3))
    assert "steps to the minimum" in strip_words


def test_every_final_loss_has_its_colour_and_only_what_diverged_a_pattern():
    made = basin_map(problem("monkey-saddle"), SGD(lr=0.01), 40, 60)
    assert (made.minimum < 0).all()
    pixels = basin_pixels(made, "loss", LIGHT, "viridis")[::-1]
    kept = made.kind > list(KINDS).index("growing")
    assert kept.mean() > 0.1
    table = {value | 0xFF000000 for value in color_table("viridis", LIGHT)[:255]}
    factor = pixels.shape[0] // 40
    cells = pixels[factor // 2 :: factor, factor // 2 :: factor][:40, :40]
    assert set(cells[kept].tolist()) <= table
