import numpy as np
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor

from optvis.draw.maps.relief import Relief
from optvis.draw.paint.theme import DARK, LIGHT, color_table
from optvis.draw.paint.viewport import Viewport
from optvis.landscape.loss_surface import loss_scale, surface
from optvis.problems.problem import problem
from tests.draw.pixels import array, is_near

SIZE = (400, 300)
RECT = QRectF(50, 30, 320, 240)


def shown(painted, text, bounds=None, window=None, shape=(61, 81), theme=LIGHT, levels="linear", count=15, ratio=1.0):
    """A picture of a problem: its surface over bounds, seen through a window."""
    of = problem(text)
    bounds = bounds or of.plane.bounds
    made = surface(of, loss_scale(of, levels), bounds, shape, count)
    view = Viewport(window or bounds, RECT)
    return array(painted(SIZE, lambda p: Relief(made, theme).paint(p, view), ratio)), view, made


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("window", [None, (-3, 2, -4, 4)])
def test_a_pixel_has_the_colour_of_the_loss_there(painted, theme, window):
    pixels, view, made = shown(painted, "x + 2*y", window=window, theme=theme, count=1)
    table = color_table("viridis", theme)
    for x, y in ((-2.5, -3), (0.3, 1.1), (1.9, 3.5), (-1, 2)):
        expected = QColor.fromRgba(table[made.scale.tones(x + 2 * y)]).getRgb()[:3]
        at = view.point(x, y)
        assert np.abs(pixels[int(at.y()), int(at.x()), :3] - expected).max() <= 4


@pytest.mark.parametrize("nodes", [5, 9, 41])
@pytest.mark.parametrize("window", [None, (1, 9, 2, 7)])
def test_the_image_lies_where_its_nodes_are_whatever_the_resolution(painted, nodes, window):
    # Contour lines go through the nodes' coordinates, so an image that does too is aligned with them.
    for text, of in (("x", lambda x, y: x), ("y", lambda x, y: y)):
        pixels, view, made = shown(painted, text, (0, 10, 0, 10), window, (nodes, nodes), count=0)
        table = color_table("viridis", LIGHT)
        for x in made.grid.xs[1:-1]:
            for y in made.grid.ys[1:-1]:
                if view.shows(x, y, -2):
                    expected = QColor.fromRgba(table[made.scale.tones(of(x, y))]).getRgb()[:3]
                    at = view.point(x, y)
                    assert np.abs(pixels[int(at.y()), int(at.x()), :3] - expected).max() <= 4


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_contour_line_lies_on_the_right_pixel(painted, ratio):
    of = problem("x**2 + y**2")
    made = surface(of, loss_scale(of, "linear"), of.plane.bounds, (101, 101))
    levels = [level for level, _ in made.contours]
    view = Viewport(of.plane.bounds, RECT)
    with_lines = array(painted(SIZE, lambda p: Relief(made, LIGHT).paint(p, view), ratio))
    bare = type(made)(made.grid, made.scale, made.tones, ())
    without = array(painted(SIZE, lambda p: Relief(bare, LIGHT).paint(p, view), ratio))
    difference = np.abs(with_lines - without).max(axis=-1)
    for level in levels[:6]:
        for angle in (0.3, 1.8, 2.9, 5.0):
            on = view.point(*(np.sqrt(level) * np.array([np.cos(angle), np.sin(angle)])))
            row, column = int(on.y() * ratio), int(on.x() * ratio)
            assert difference[row - 1 : row + 2, column - 1 : column + 2].max() > 15
    between = view.point(np.sqrt((levels[0] + levels[1]) / 2), 0)
    assert difference[int(between.y() * ratio), int(between.x() * ratio)] == 0


def test_it_fills_its_rectangle_and_nothing_else(painted):
    pixels, _, _ = shown(painted, "x**2 + y**2")
    white = (pixels[..., :3] == 255).all(axis=-1)
    inside = np.zeros_like(white)
    inside[30:270, 50:370] = True
    assert not white[inside].any()
    assert white[~inside].all()


def test_where_there_is_no_loss_it_is_hatched(painted):
    pixels, view, _ = shown(painted, "log(x) + y**2/9", (-10, 10, -10, 10))
    middle = int(view.x_to_px(0.0))
    gap, filled = pixels[35:265, 55 : middle - 8], pixels[35:265, middle + 8 : 365]
    for color in (LIGHT.panel, LIGHT.hatch):
        assert is_near(gap, color, 6).mean() > 0.05
        assert not is_near(filled, LIGHT.hatch, 6).any() or is_near(filled, LIGHT.hatch, 6).mean() < 0.01


def test_a_surface_of_another_window_is_drawn_where_it_belongs(painted):
    pixels, view, _ = shown(painted, "x", (0, 5, 0, 5), window=(-5, 5, -5, 5))
    white = (pixels[..., :3] == 255).all(axis=-1)
    assert not white[40:145, 215:365].any()
    assert white[155:265, 60:205].all()


@pytest.mark.parametrize("zoom", [1e3, 1e6, 1e9])
def test_an_old_surface_magnified_beyond_use_is_left_out(painted, zoom):
    pixels, _, _ = shown(painted, "x**2 + y**2", window=(0, 1 / zoom, 0, 1 / zoom))
    assert (pixels[..., :3] == 255).all()
