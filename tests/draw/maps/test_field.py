"""The gradient field: arrows point against the gradient, and their lengths say what they claim."""

import numpy as np
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from optvis.draw.maps.field import SPACING, field_arrows, paint_field
from optvis.draw.paint.theme import DARK, LIGHT
from optvis.draw.paint.viewport import Viewport
from optvis.problems.problem import CATALOGUE, problem

RECT = QRectF(40, 30, 600, 400)


def arrows_of(of, lengths, bounds=None, spacing=40):
    viewport = Viewport(bounds or of.plane.bounds, RECT)
    px, py = (axis.ravel() for axis in np.meshgrid(np.arange(60, 620, spacing), np.arange(50, 420, spacing)))
    strokes, share = field_arrows(of, viewport, px.astype(float), py.astype(float), lengths)
    return viewport, strokes, share


@pytest.mark.parametrize("name", CATALOGUE)
def test_arrows_point_against_the_gradient(name):
    of = problem(name)
    viewport, strokes, _ = arrows_of(of, "equal")
    assert len(strokes) > 50
    per_x, per_y = viewport.scale
    for x1, y1, x2, y2 in strokes[::17, 0]:
        x, y = viewport.to_data(x1, y1)
        step = 1e-6 * (viewport.bounds[1] - viewport.bounds[0])
        dx, dy = (x2 - x1) / per_x, (y1 - y2) / per_y
        size = np.hypot(dx, dy)
        ahead = of.formula.scalar(float(x + step * dx / size), float(y + step * dy / size))
        assert ahead < of.formula.scalar(float(x), float(y)) + 1e-12 * abs(ahead), "downhill"


def test_arrows_are_of_the_scheme_that_runs_use():
    of, viewport = problem("x**2 + y"), Viewport((-1, 1, -1, 1), RECT)
    px, py = np.array([RECT.center().x()]), np.array([RECT.center().y()])  # where the slope along x is 0
    for scheme, slope in (("central:0.5", 0.0), ("forward:0.5", 0.5)):
        strokes, _ = field_arrows(of, viewport, px, py, "equal", scheme)
        x1, y1, x2, y2 = strokes[0, 0]
        per_x, per_y = viewport.scale
        assert (x1 - x2) / per_x == pytest.approx(slope * (y2 - y1) / per_y, abs=1e-9)


def test_a_straight_slope_gives_arrows_of_one_direction():
    _, strokes, _ = arrows_of(problem("x"), "equal")
    along = strokes[:, 0, 2:] - strokes[:, 0, :2]
    assert np.allclose(along[:, 1], 0, atol=1e-6)
    assert (along[:, 0] < 0).all()


def test_lengths_are_equal_linear_or_logarithmic():
    of = problem("x**2 + y**2")
    viewport, equal, _ = arrows_of(of, "equal")
    _, linear, _ = arrows_of(of, "linear")
    _, log, _ = arrows_of(of, "log")
    length = {name: np.hypot(*(s[:, 0, 2:] - s[:, 0, :2]).T) for name, s in
              {"equal": equal, "linear": linear, "log": log}.items()}  # fmt: skip
    assert np.ptp(length["equal"]) < 1e-9
    x, y = viewport.to_data(linear[:, 0, 0], linear[:, 0, 1])
    norm = 2 * np.hypot(x, y)
    long = norm > 0.2 * norm.max()
    assert np.allclose(length["linear"][long] / norm[long], length["linear"].max() / norm.max(), rtol=1e-6)
    order = np.argsort(norm)
    assert (np.diff(length["log"][order]) >= -1e-9).all()
    assert max(value.max() for value in length.values()) <= SPACING, "no arrow reaches the next"


def test_density_follows_the_zoom():
    of = problem("himmelblau")
    _, far, _ = arrows_of(of, "equal")
    _, near, _ = arrows_of(of, "equal", bounds=(1.0, 1.5, 1.0, 1.5))
    assert len(far) == len(near)


@pytest.mark.parametrize("text", ["5", "sqrt(x)", "1/x", "exp(exp(x))"])
def test_where_there_is_no_gradient_there_is_no_arrow(text):
    of = problem(text)
    _, strokes, share = arrows_of(of, "log")
    assert np.isfinite(strokes).all()
    assert len(strokes) == len(share)
    if text == "5":
        assert len(strokes) == 0


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_nothing_is_painted_outside_of_the_panel(theme):
    image = QImage(700, 460, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_field(painter, problem("rosenbrock"), Viewport((-2, 2, -1, 3), RECT), theme, "equal")
    painter.end()
    pixels = np.frombuffer(image.constBits().asstring(image.sizeInBytes()), np.uint32).reshape(460, 700) & 0xFFFFFF
    assert pixels[30:430, 40:640].any()
    pixels = pixels.copy()
    pixels[29:431, 39:641] = 0
    assert not pixels.any()
