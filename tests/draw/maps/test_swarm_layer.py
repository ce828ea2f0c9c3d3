"""A swarm as it is painted: points where they are, crowds that can be seen, and nothing drawn twice."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QRectF

from optvis.draw.maps.swarm_layer import SwarmLayer, diameter_of, shades_of
from optvis.draw.paint.theme import DARK, LIGHT, contrast
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.slices import finish
from optvis.maps.swarm import Swarm, SwarmSpec, swarm_in_slices
from optvis.problems.problem import problem
from tests.draw.pixels import array

SIZE = (300, 200)
RECT = QRectF(20, 10, 260, 180)
COUNTS = (1, 100, 2_000, 6_000, 30_000)


@pytest.fixture
def swarm_at(scene_of):
    """A function that makes a swarm of which every point is at one of some places, at both its steps."""
    spec = SwarmSpec.of(scene_of("sphere", "sgd", steps=1).runs[0].trajectory, 1)
    xmin, xmax, ymin, ymax = problem("sphere").plane.bounds
    half = np.array([xmax - xmin, ymax - ymin]) / 2
    assert xmin == -xmax
    assert ymin == -ymax

    def make(places, count):
        offsets = (np.resize(np.array(places, float), (count, 2)) / half).T.astype(np.float32)
        kind, since = np.zeros(count, np.uint8), np.ones(count, np.int32)
        return Swarm(replace(spec, count=count, seed=hash(str(places))), np.stack([offsets] * 2), kind, since)

    return make


def view(bounds=(-5.0, 5.0, -5.0, 5.0)):
    return Viewport(bounds, RECT)


def paint(painted, swarm, viewport, step=0, style=0, theme=LIGHT, ratio=1.0, layer=None, color="#ffffff"):
    layer = layer or SwarmLayer()
    return array(
        painted(SIZE, lambda p: layer.paint(p, swarm, viewport, step, style, theme, ratio), ratio, color=color)
    )


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("place", [(0.0, 0.0), (-3.3, 2.7), (4.95, -4.95)])
def test_points_are_painted_where_they_are_and_nowhere_else(painted, swarm_at, count, ratio, place):
    swarm, viewport = swarm_at([place], count), view()
    pixels = paint(painted, swarm, viewport, ratio=ratio)
    at = viewport.point(*place)
    touched = np.argwhere((pixels[..., :3] < 250).any(axis=-1)) / ratio
    assert len(touched)
    away = np.hypot(touched[:, 1] + 0.5 / ratio - at.x(), touched[:, 0] + 0.5 / ratio - at.y())
    assert away.min() < 1.0
    assert away.max() < 10, "a crowd of 30,000 is no larger"


@pytest.mark.parametrize(("theme", "paper"), [(LIGHT, "#ffffff"), (DARK, "#12161d")])
@pytest.mark.parametrize("style", range(8))
@pytest.mark.parametrize("count", [100, 30_000])
def test_every_style_stands_out_from_its_map(painted, swarm_at, theme, paper, style, count):
    places = [(x, y) for x in (-4, -2, 0, 2, 4) for y in (-3, 0, 3)]
    pixels = paint(painted, swarm_at(places, count), view(), style=style, theme=theme, color=paper)
    for x, y in places:
        at = view().point(x, y).toPoint()
        around = pixels[at.y() - 1 : at.y() + 2, at.x() - 1 : at.x() + 2, :3].reshape(-1, 3)
        found = max(contrast(theme.map_paper, type(theme.ink)(*map(int, rgb))) for rgb in around)
        assert found >= 1.9


def test_the_edge_cuts_points_and_what_is_out_of_range_is_not_there(painted, swarm_at):
    places = [(5.0, 0.0), (np.nan, 1.0), (1e9, 0.0), (0.0, -1e30), (-np.inf, 0.0), (7.0, 7.0)]
    pixels = paint(painted, swarm_at(places, 6), view())
    touched = np.argwhere((pixels[..., :3] < 250).any(axis=-1))
    assert len(touched), "half a disc at the edge"
    assert touched[:, 1].max() == RECT.right() - 1
    assert touched[:, 1].min() >= RECT.right() - 6
    assert np.abs(touched[:, 0] - RECT.center().y()).max() <= 5
    nothing = paint(painted, swarm_at([(np.nan, np.nan)], 3_000), view())
    assert (nothing[..., :3] == 255).all()


def test_a_view_that_shows_nothing_of_it_and_one_magnified_ten_thousand_times(painted, swarm_at):
    swarm = swarm_at([(1.0, 1.0)], 10)
    assert (paint(painted, swarm, view((2, 3, 2, 3)))[..., :3] == 255).all()
    close = view((1 - 5e-4, 1 + 5e-4, 1 - 5e-4, 1 + 5e-4))
    touched = np.argwhere((paint(painted, swarm, close)[..., :3] < 250).any(axis=-1))
    assert np.abs(touched.mean(axis=0) + 0.5 - (RECT.center().y(), RECT.center().x())).max() < 1.5


@pytest.mark.parametrize("count", COUNTS[1:])
def test_a_crowd_is_larger_than_a_point(painted, swarm_at, count):
    crowd = paint(painted, swarm_at([(0.0, 0.0)], count), view())
    area = (crowd[..., :3] < 250).any(axis=-1).sum()
    assert area > np.pi * (diameter_of(count, view()) / 2 + 1) ** 2


def test_what_several_points_share_is_deeper(painted, swarm_at):
    apart = [(0.03, 0.03), (2.03, 2.03), (2.03, 2.03), (2.03, 2.03)]
    away = [(99.0, 99.0)] * (20_000 - len(apart))
    pixels = paint(painted, swarm_at(apart + away, 20_000), view())[..., :3].sum(axis=-1)
    one, three = (view().point(x, x) for x in (0.03, 2.03))
    assert pixels[int(three.y()), int(three.x())] < pixels[int(one.y()), int(one.x())] < 3 * 255


def test_the_same_step_is_made_once_and_another_anew(painted, scene_of):
    swarm = finish(swarm_in_slices(SwarmSpec.of(scene_of("himmelblau", "adam", steps=9).runs[0].trajectory, 500)))
    layer, viewport = SwarmLayer(), view((-6, 6, -6, 6))
    first = paint(painted, swarm, viewport, 3, layer=layer)
    again = paint(painted, swarm, viewport, 3, layer=layer)
    np.testing.assert_array_equal(first, again)
    assert layer.drawn == 1
    for change in ({"step": 4}, {"style": 1}, {"theme": DARK}, {"ratio": 2.0}):
        before = layer.drawn
        changed = paint(painted, swarm, viewport, **({"step": 3} | change), layer=layer)
        assert layer.drawn == before + 1
        assert changed.shape != first.shape or (changed != first).any()
    back = paint(painted, swarm, viewport, 3, layer=layer)
    np.testing.assert_array_equal(back, first)


def test_a_layer_does_not_keep_the_positions(painted, scene_of):
    swarm = finish(swarm_in_slices(SwarmSpec.of(scene_of("sphere", "sgd", steps=2).runs[0].trajectory, 77)))
    layer, left = SwarmLayer(), weakref.ref(swarm)
    paint(painted, swarm, view(), layer=layer)
    del swarm
    gc.collect()
    assert left() is None


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_shades_are_multiplied_by_their_alpha(theme):
    for style in range(8):
        shades = shades_of(style, theme)
        for pixels in (shades.halo, shades.plain, shades.on_halo, shades.deep, shades.squares):
            alpha = pixels >> 24
            assert (np.diff(alpha.astype(int)) >= 0).all()
            for shift in (0, 8, 16):
                assert ((pixels >> shift & 255) <= alpha).all()
