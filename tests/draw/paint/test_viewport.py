import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QRectF

from optvis.draw.paint.viewport import Viewport

RECT = QRectF(40, 10, 600, 300)
places = st.tuples(st.floats(40, 640), st.floats(10, 310))


def test_corners_and_up():
    view = Viewport((-2, 4, 10, 20), RECT)
    assert view.point(-2, 10) == RECT.bottomLeft()
    assert view.point(4, 20) == RECT.topRight()
    assert view.to_pixels([1], [15]).tolist() == [[340, 160]]
    assert view.within(view.bounds) == RECT


@given(at=places)
def test_pixels_and_places_are_inverse(at):
    view = Viewport((-2, 4, 10, 20), RECT)
    point = view.point(*view.to_data(*at))
    assert (point.x(), point.y()) == pytest.approx(at)


@given(at=places, factor=st.floats(0.1, 10))
def test_zooming_keeps_the_place_under_the_mouse(at, factor):
    view = Viewport((-2, 4, 10, 20), RECT)
    zoomed = view.zoomed(factor, *at)
    assert zoomed.to_data(*at) == pytest.approx(view.to_data(*at))
    assert zoomed.scale[0] == pytest.approx(view.scale[0] * factor)
    assert zoomed.scale[1] == pytest.approx(view.scale[1] * factor)


@pytest.mark.parametrize("factor", [1.5, 1 / 1.5])
def test_zooming_stops_where_floats_end(factor):
    view = Viewport((-2, 4, 10, 20), RECT)
    for _ in range(3000):
        view = view.zoomed(factor, 123.0, 77.0)
    xmin, xmax, ymin, ymax = view.bounds
    assert all(map(math.isfinite, view.bounds))
    assert len(np.unique(np.linspace(xmin, xmax, 1000))) == 1000
    assert len(np.unique(np.linspace(ymin, ymax, 1000))) == 1000
    if factor > 1:
        assert xmax - xmin < 1e-9
        assert view.zoomed(1 / factor, 123.0, 77.0).scale < view.scale  # and back out again


def test_panning_moves_what_is_shown_with_the_hand():
    view = Viewport((-2, 4, 10, 20), RECT)
    panned = view.panned(60, 30)
    before, after = view.point(0, 15), panned.point(0, 15)
    assert (after.x() - before.x(), after.y() - before.y()) == pytest.approx((60, 30))


def test_panning_stops_where_floats_end():
    view = Viewport((1, 1 + 1e-10, 0, 1), RECT)
    for _ in range(100):
        view = view.panned(-1e15, 0)
    assert len(np.unique(np.linspace(*view.bounds[:2], 500))) == 500


def test_equal_aspect_shows_all_and_one_unit_is_as_long_on_both_axes():
    for bounds in ((-2, 4, 10, 20), (-100, 100, 0, 1)):
        view = Viewport.fitted(bounds, RECT, "equal")
        assert view.scale[0] == pytest.approx(view.scale[1])
        assert RECT.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(view.within(bounds))
    assert Viewport.fitted(bounds, RECT, "free").bounds == bounds


def test_what_is_shown():
    view = Viewport((-2, 4, 10, 20), RECT)
    assert view.shows(0, 15)
    assert not view.shows(-2.05, 15)
    assert view.shows(-2.05, 15, margin=10)
    assert not view.shows(math.nan, 15)
    assert not view.shows(math.inf, 15)
    assert not view.shows(1e308, -1e308)
