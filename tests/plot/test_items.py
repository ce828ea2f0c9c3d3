"""Items in anybody's plot: auto-range, legends, light and dark hosts, resizing, the axes and the view."""

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication

import optvis
from optvis import items
from optvis.draw.maps.basin_relief import BasinRelief
from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.numbers import Ticks
from optvis.draw.paint.theme import DARK, LIGHT, run_style
from optvis.foundation.errors import InputError
from optvis.foundation.slices import finish
from optvis.maps.swarm import SwarmSpec, swarm_in_slices
from optvis.plot.axis import Axis
from optvis.plot.grid_item import GridItem
from optvis.plot.pixel_item import joined
from optvis.plot.plots import place
from optvis.plot.scene_pixels import viewport_of
from optvis.plot.swarm_item import SwarmItem
from tests.draw.pixels import array, is_near

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "assets" / "examples" / "trajectories_in_pyqtgraph.py"


@pytest.fixture
def host(show):
    """A plot as others make it."""
    return show(pg.PlotItem())


# --- auto-range -------------------------------------------------------------------------------------


def test_auto_range_shows_the_domain_of_a_map(host, problem):
    host.plot.addItem(items.LossMapItem(problem))
    host.plot.autoRange(padding=0)
    assert np.ravel(host.box.viewRange()) == pytest.approx((-10, 10, -5, 5))


def test_auto_range_shows_the_way_of_a_run_inside_the_domain(host, runs):
    host.plot.addItem(items.TrajectoryItem(runs[0]))
    host.plot.autoRange(padding=0)
    x, y = runs[0].x, runs[0].y
    assert np.ravel(host.box.viewRange()) == pytest.approx((x.min(), x.max(), y.min(), y.max()), rel=1e-3)
    host.plot.addItem(items.TrajectoryItem(runs[3]))  # which diverges
    host.plot.autoRange(padding=0)
    assert np.abs(host.box.viewRange()).max() <= 10


def test_what_covers_the_view_does_not_hold_it(host, runs):
    host.plot.addItem(items.TrajectoryItem(runs[0]))
    host.plot.addItem(items.StepArrowsItem(runs[0]))
    host.settle()
    before = host.box.viewRange()
    host.plot.setRange(xRange=(-100, 100), padding=0)
    host.settle()
    host.plot.enableAutoRange()
    host.settle()
    assert host.box.viewRange() == before


def test_a_run_of_several_lanes_is_refused(problem):
    lanes = optvis.run(problem, optvis.optimizers.SGD(), start=(np.array([1.0, 2.0]), np.array([1.0, 2.0])), steps=3)
    with pytest.raises(InputError, match="2 lanes"):
        items.TrajectoryItem(lanes)


# --- legend and themes ------------------------------------------------------------------------------


@pytest.mark.parametrize(("background", "theme"), [("w", LIGHT), ("k", DARK)])
def test_items_suit_the_background_of_their_host(host, runs, background, theme):
    host.view.setBackground(background)
    item = items.TrajectoryItem(runs[0], 0)
    host.plot.addItem(item)
    legend = host.plot.addLegend()
    legend.addItem(item, "Adam")
    host.settle()
    rect = legend.sceneBoundingRect()
    pixels = array(host.image())
    color = run_style(0, theme).color
    assert is_near(pixels, color).sum() > 200
    left, top, width, height = (round(value) for value in rect.getRect())
    assert is_near(pixels[top : top + height, left : left + 25], color).sum() > 30


def test_dress_changes_everything_and_may_be_called_again(host, problem, runs):
    ground, item = items.LossMapItem(problem), items.TrajectoryItem(runs[0])
    legend = host.plot.addLegend()
    for each in (ground, item):
        host.plot.addItem(each)
    legend.addItem(item, "Adam")
    seen = []
    for theme in ("light", "dark", "light"):
        items.dress(host.plot, theme)
        host.settle()
        seen.append(array(host.image()))
        assert ground.ground.theme.name == theme
    assert np.array_equal(seen[0], seen[2])
    assert (seen[0] != seen[1]).any(axis=-1).mean() > 0.9


def test_a_theme_of_its_own_stands_against_the_background(host, problem):
    ground = items.LossMapItem(problem, theme="light")
    host.plot.addItem(ground)  # black
    host.image()
    assert ground.ground.theme is LIGHT


# --- the view ---------------------------------------------------------------------------------------


def test_a_map_follows_the_view_and_its_size(shown_map, runs):
    shown = shown_map(runs[:1])
    shown.view.resize(400, 700)
    shown.plot.setRange(xRange=(1, 3), yRange=(1, 2), padding=0)
    shown.settle()
    shown.image()
    while not shown.ground.is_settled:
        QApplication.processEvents()
    assert shown.ground.ground.surface.bounds == pytest.approx((1, 3, 1, 2))
    rows, columns = shown.ground.ground.surface.tones.shape
    assert (columns, rows) == (round(shown.viewport.rect.width() / 2), round(shown.viewport.rect.height() / 2))


def test_while_a_new_picture_is_computed_the_last_one_is_moved(shown_map, runs):
    shown = shown_map(runs[:1])
    before = shown.ground.ground
    shown.box.translateBy((3, 0))
    shown.view.scene().prepareForPaint()
    shown.image()
    assert shown.ground.ground is before
    assert not shown.ground.is_settled


def test_the_wheel_zooms_about_the_mouse(shown_map, runs):
    shown = shown_map(runs[:1])
    at = QPointF(shown.viewport.point(4, 2).toPoint())
    before = shown.viewport.to_data(at.x(), at.y())
    wheel(shown, at, 120)
    xmin, xmax, ymin, ymax = shown.viewport.bounds
    assert (xmax - xmin, ymax - ymin) == pytest.approx((20 / 1.2, 10 / 1.2), rel=1e-6)
    assert shown.viewport.to_data(at.x(), at.y()) == pytest.approx(before, abs=1e-6)


def test_the_wheel_over_an_axis_zooms_it_alone(shown_map, runs):
    shown = shown_map(runs[:1])
    wheel(shown, QPointF(shown.viewport.rect.center().x(), shown.viewport.rect.bottom() + 15), 120)
    xmin, xmax, ymin, ymax = shown.viewport.bounds
    assert (xmax - xmin, ymax - ymin) == pytest.approx((20 / 1.2, 10), rel=1e-6)


def wheel(shown, at, delta):
    far = QPointF(shown.view.viewport().mapToGlobal(at.toPoint()))
    none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, far, QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, none, phase, False)
    QApplication.sendEvent(shown.view.viewport(), event)
    shown.settle()


def test_zooming_stops_where_floats_tell_nothing_apart(shown_map, runs):
    shown = shown_map(runs[:1])
    for _ in range(400):
        shown.box.scaleBy((0.5, 0.5), (3.0, 1.0))
    low, high = shown.viewport.bounds[:2]
    assert 3 * 2.0**-40 <= high - low < 3 * 2.0**-38
    for _ in range(900):
        shown.box.scaleBy((2.0, 2.0), (0.0, 0.0))
    assert 1e150 < shown.viewport.bounds[1] <= 1e152
    shown.image()


@pytest.mark.parametrize("key", ["+", "-", "=", "\b", "a"])
def test_keys_are_left_to_the_program(shown_map, runs, key):
    shown = shown_map(runs[:1])
    shown.box.setFocus()
    shown.view.setFocus()
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Backspace if key == "\b" else 0, Qt.KeyboardModifier(0), key)
    QApplication.sendEvent(shown.view, event)
    assert not event.isAccepted()


# --- axes -------------------------------------------------------------------------------------------


def test_axes_keep_their_size_whatever_the_numbers(shown_map, runs):
    shown = shown_map(runs[:1])
    rect = QRectF(shown.viewport.rect)
    for scale in (1e-6, 1e9, 1.0):
        shown.plot.setRange(xRange=(1000, 1000 + scale), yRange=(-scale, scale), padding=0)
        shown.settle()
        shown.image()
        assert shown.viewport.rect == rect


def test_a_plot_can_be_placed_by_the_rectangle_of_its_view(show):
    plot = items.new_plot(AxesStyle(pixels=12.0))
    view = pg.GraphicsView()
    view.resize(800, 600)
    view.addItem(plot)
    rect = QRectF(200, 100, 321, 234)
    place(plot, rect)
    QApplication.processEvents()
    assert viewport_of(plot.getViewBox()).rect == rect
    view.deleteLater()


def test_an_axis_may_have_ticks_of_its_own(show):
    plot = items.new_plot(x_ticks=lambda low, high, length, pixels: Ticks((2.0,), ("two",)))
    shown = show(plot)
    plot.setRange(xRange=(0, 4), yRange=(0, 1), padding=0)
    found, at = plot.getAxis("bottom").ticks_in(shown.viewport)
    assert found.labels == ("two",)
    assert at[0] == pytest.approx(shown.viewport.x_to_px(2), abs=1)
    assert isinstance(plot.getAxis("left"), Axis)


# --- other items ------------------------------------------------------------------------------------


def test_a_swarm_moves_with_the_step(host, runs):
    swarm = items.SwarmItem.of(runs[0], 300)
    host.plot.addItem(swarm)
    host.settle()
    assert np.ravel(host.box.viewRange()) == pytest.approx((-10, 10, -5, 5), rel=0.3)
    seen = []
    for step in (0, 10, 300):
        swarm.setStep(step)
        seen.append(is_near(host.pixels(), run_style(0, DARK).color).sum())
    assert seen[0] > seen[1] > seen[2] > 0


def test_basins_and_their_key(host, problem):
    basins = optvis.basin_map(problem, optvis.optimizers.SGD(lr=0.5), resolution=40, steps=60)
    ground = items.BasinsItem(basins)
    host.plot.addItem(ground)
    host.settle()
    without = host.pixels()
    host.plot.addItem(ground.key)
    host.settle()
    assert isinstance(ground.ground, BasinRelief)
    assert 0.01 < (host.pixels() != without).any(axis=-1).mean() < 0.3
    ground.hide()
    host.settle()
    assert (host.pixels()[..., :3] == 0).mean() > 0.9


def test_arrows_stand_at_the_head(host, runs):
    host.plot.addItem(items.TrajectoryItem(runs[0], step=3))
    host.settle()
    without = host.pixels()
    arrows = items.StepArrowsItem(runs[0], step=3)
    host.plot.addItem(arrows)
    host.settle()
    assert (host.pixels() != without).any(axis=-1).sum() > 500
    arrows.setKinds(())
    host.settle()
    assert np.array_equal(host.pixels(), without)


# --- curves -----------------------------------------------------------------------------------------


def test_a_curve_is_painted_once_and_moves_with_the_view(show):
    plot = items.new_plot()
    shown = show(plot)
    x = np.arange(100_000.0)
    y = np.sin(x / 7_000) + 0.1 * np.cos(x)
    y[40_000:45_000] = np.nan
    curve = items.Curve(x, y, style=1)
    plot.addItem(GridItem(plot.getAxis("bottom"), plot.getAxis("left")))
    plot.addItem(curve)
    shown.settle()
    (xmin, xmax), (ymin, ymax) = shown.box.viewRange()
    assert (xmin, xmax) == pytest.approx((0, 99_999), abs=400)
    assert (ymin, ymax) == pytest.approx((-1.1, 1.1), abs=0.05)
    color = run_style(1, curve.theme).color
    inked = is_near(shown.pixels(), color).any(axis=0)
    gap = slice(round(0.42 * len(inked)), round(0.44 * len(inked)))
    assert inked.mean() > 0.6
    assert not inked[gap].any()
    painted = curve.curve.kept.painted
    shown.image()
    assert curve.curve.kept.painted == painted
    shown.box.translateBy((100, 0))
    shown.settle()
    shown.image()
    assert curve.curve.kept.painted == painted + 1


def test_a_curve_has_log_axes_and_a_place_in_the_legend(show):
    plot = items.new_plot()
    shown = show(plot)
    legend = plot.addLegend()
    curve = items.Curve(np.arange(1.0, 5.0), 10.0 ** np.arange(4), style=2, name="loss")
    plot.addItem(curve)
    plot.setLogMode(y=True)
    shown.settle()
    assert shown.box.viewRange()[1] == pytest.approx([0, 3], abs=0.05)
    assert plot.getAxis("left").ticks_in(shown.viewport)[0].labels == ("10⁰", "10¹", "10²", "10³")
    plot.setRange(yRange=(0.25, 0.65), padding=0)
    assert plot.getAxis("left").ticks_in(shown.viewport)[0].labels[:2] == ("2.0", "2.5")
    plot.setRange(yRange=(0, 3), padding=0)
    shown.settle()
    assert [label.text for _, label in legend.items] == ["loss"]
    assert is_near(shown.pixels(), run_style(2, curve.theme).color).sum() > 100


def test_a_curve_goes_dark_with_its_plot(show):
    plot = items.new_plot()
    shown = show(plot)
    curve = items.Curve([0.0, 1.0], [0.0, 1.0], style=0)
    plot.addItem(curve)
    for theme in (LIGHT, DARK):
        items.dress(plot, theme.name)
        shown.settle()
        assert is_near(shown.pixels(), run_style(0, theme).color, 10).sum() > 300
        assert QColor(curve.opts["pen"].color()) == run_style(0, theme).color


# --- for other programs -----------------------------------------------------------------------------


def fresh(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True
    )


def test_the_example_of_the_readme_runs_and_is_short(tmp_path):
    picture = tmp_path / "plot.png"
    code = f"""
import runpy, numpy, sys
names = runpy.run_path({str(EXAMPLE)!r})
names["app"].processEvents()
assert names["plot"].grab().save({str(picture)!r})
"""
    ended = fresh(code)
    assert (ended.stdout, ended.stderr) == ("", "")
    assert picture.stat().st_size > 10_000
    lines = [line for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) <= 25


def test_the_exception_hook_stays_as_it_was():
    fresh(
        "import sys, threading; hooks = sys.excepthook, threading.excepthook; import optvis\n"
        "assert 'pyqtgraph' not in sys.modules and 'PyQt6' not in sys.modules\n"
        "optvis.items.LossMapItem\n"
        "assert (sys.excepthook, threading.excepthook) == hooks and 'pyqtgraph' in sys.modules"
    )


def test_no_setting_of_the_hosts_is_changed():
    """A program that shares pyqtgraph with us keeps its options; grids are part of backgrounds."""
    for file in (ROOT / "optvis").rglob("*.py"):
        words = file.read_text(encoding="utf-8")
        for word in ("setConfigOption", "showGrid", "setXLink", "setYLink"):
            assert word not in words, file


def test_a_viewport_lies_where_the_view_lies(shown_map, runs):
    shown = shown_map(runs[:1])
    for x, y in ((0, 0), (-7, 2), (9.9, -4.9)):
        there = shown.box.mapViewToScene(QPointF(x, y))
        assert (there.x(), there.y()) == pytest.approx((shown.viewport.x_to_px(x), shown.viewport.y_to_px(y)))


def test_rectangles_that_are_joined_cover_what_they_covered():
    chance = np.random.default_rng(3)
    for count in (0, 1, 2, 7, 30):
        rects = [QRectF(*chance.uniform(0, 300, 2), *chance.uniform(0, 40, 2)) for _ in range(count)]
        found = joined(rects)
        assert len(found) <= count
        assert all(any(other.contains(rect) for other in found) for rect in rects)
    near = [QRectF(0, 0, 10, 10), QRectF(8, 0, 10, 10)]
    assert joined([*near, QRectF(200, 200, 9, 9), QRectF()]) == [QRectF(0, 0, 18, 10), QRectF(200, 200, 9, 9)]


def test_a_swarm_item_lets_go_of_its_swarm(qtbot):
    trajectory = optvis.run(optvis.problem("sphere"), optvis.optimizers.SGD(), steps=5)
    swarm = finish(swarm_in_slices(SwarmSpec.of(trajectory, 100, 0)))
    item, left = SwarmItem(swarm), weakref.ref(swarm)
    del swarm
    item.setSwarm(None)
    gc.collect()
    assert left() is None
    assert item.dataBounds(0) == (None, None)
