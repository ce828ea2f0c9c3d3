"""Arrows at the head: where they lie, that parts add up, and what the legend says."""

import numpy as np
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from optvis.draw.maps.step_arrows import LONGEST, arrow_colors, paint_step_arrows, placed
from optvis.draw.paint.theme import DARK, LIGHT, contrast
from optvis.draw.paint.viewport import Viewport
from optvis.engine.trajectory import run
from optvis.explain.arrows import arrows
from optvis.optimizers.catalogue import CATALOGUE
from optvis.problems.problem import problem

RECT = QRectF(50, 20, 640, 420)
ALL = ("gradient", "velocity", "scaling", "step")


def made(name, of="quadratic-valley", **hyper):
    at = problem(of)
    settings = {"lr": at.suggested.lr[name]} | hyper
    return run(at, CATALOGUE[name](**settings)), Viewport(at.plane.bounds, RECT)


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("step", [0, 3, 11])
def test_the_step_points_to_the_next_position(name, step):
    trajectory, viewport = made(name)
    drawn, factor = placed(arrows(trajectory, step), viewport, ALL)
    (move,) = [one for one in drawn if one.arrow.kind == "step"]
    here, there = viewport.to_pixels(trajectory.x[step : step + 2], trajectory.y[step : step + 2])
    expected = here + factor * (there - here)
    assert (move.tail.x(), move.tail.y()) == pytest.approx(tuple(here))
    assert (move.tip.x(), move.tip.y()) == pytest.approx(tuple(expected), abs=1e-6)
    assert np.log2(factor) == round(np.log2(factor))


@pytest.mark.parametrize(
    ("name", "hyper"), [("nesterov", {}), ("adamw", {}), ("qhm", {}), ("lion", {"weight_decay": 0.1})]
)
def test_parts_go_head_to_tail_and_end_where_the_step_ends(name, hyper):
    trajectory, viewport = made(name, **hyper)
    drawn, _ = placed(arrows(trajectory, 5), viewport, ALL)
    parts = [one for one in drawn if one.arrow.kind == "term"]
    (move,) = [one for one in drawn if one.arrow.kind == "step"]
    assert len(parts) >= 2
    for one, after in zip(parts, parts[1:], strict=False):
        assert (one.tip.x(), one.tip.y()) == pytest.approx((after.tail.x(), after.tail.y()))
    assert (parts[-1].tip.x(), parts[-1].tip.y()) == pytest.approx((move.tip.x(), move.tip.y()), abs=1e-6)


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_arrow_is_longer_than_the_panel_allows(name):
    trajectory, viewport = made(name, "rosenbrock")
    most = 1.31 * LONGEST * RECT.height()
    for step in (0, 1, 7, 40):
        for one in placed(arrows(trajectory, step), viewport, ALL)[0]:
            assert np.hypot(one.tip.x() - one.tail.x(), one.tip.y() - one.tail.y()) <= most


def test_switches_choose_the_arrows():
    trajectory, viewport = made("nesterov")
    found = arrows(trajectory, 4)
    assert {one.arrow.kind for one in placed(found, viewport, ("gradient",))[0]} == {"gradient"}
    assert {one.arrow.kind for one in placed(found, viewport, ("step",))[0]} == {"term", "step"}
    assert placed(found, viewport, ()) == ((), 1.0)


def painted(trajectory, viewport, step, theme, kinds):
    image = QImage(720, 460, QImage.Format.Format_RGB32)
    image.fill(theme.map_paper)
    painter = QPainter(image)
    paint_step_arrows(painter, trajectory, viewport, step, theme, kinds, "a run")
    painter.end()
    return image


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_shaft_is_painted_in_the_colour_of_its_kind(theme):
    trajectory, viewport = made("sgd")
    (move,) = placed(arrows(trajectory, 2), viewport, ("step",))[0]
    image = painted(trajectory, viewport, 2, theme, ("step",))
    middle = (move.tail + move.tip) / 2
    assert image.pixelColor(round(middle.x()), round(middle.y())) == arrow_colors(theme)["step"]
    assert contrast(arrow_colors(theme)["step"], theme.paper) > 4.5


def test_a_run_that_has_ended_or_left_the_panel_has_no_arrows():
    trajectory, viewport = made("sgd", lr=3.0)
    blank = painted(trajectory, viewport, 0, LIGHT, ())
    assert trajectory.outcome.kind == "diverged"
    assert painted(trajectory, viewport, trajectory.last, LIGHT, ALL) == blank
    assert painted(trajectory, viewport, trajectory.last + 1, LIGHT, ALL) == blank
    assert painted(trajectory, viewport, 0, LIGHT, ALL) != blank
