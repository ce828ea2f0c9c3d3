"""A plot shows what an export shows, in every pixel inside the map; and of a step it repaints little."""

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QImage, QMouseEvent, QPainter, QRegion
from PyQt6.QtWidgets import QApplication

from optvis.draw.paint.strokes import draw_lines
from optvis.plot.step_arrows_item import StepArrowsItem
from optvis.plot.swarm_item import SwarmItem
from optvis.plot.trails_item import TrailsItem
from optvis.plot.trajectory_item import TrajectoryItem, show_step
from tests.draw.pixels import array
from tests.plot.conftest import exported, inside


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("count", [1, 4])
def test_a_map_equals_the_export_in_every_pixel(shown_map, runs, theme, ratio, count):
    shown = shown_map(runs[:count], theme, step=25)
    assert shown.viewport.rect.width() > 500
    ours = shown.pixels(ratio)
    wanted = inside(exported(shown, runs[:count], 25, theme, ratio), shown.viewport.rect, ratio)
    assert np.array_equal(ours, wanted)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_axes_frame_and_margins_equal_the_export_too(shown_map, runs, ratio):
    shown = shown_map(runs[:1])
    shown.plot.setRange(xRange=(-9.7, 9.6), yRange=(-4.9, 4.7), padding=0)
    shown.settle()
    ours, wanted = shown.image(ratio), exported(shown, runs[:1], 300, "light", ratio)
    assert np.array_equal(array(ours), array(wanted))


def test_a_window_of_the_plane_equals_the_export(shown_map, runs):
    shown = shown_map(runs)
    shown.plot.setRange(xRange=(-7.3, -6.1), yRange=(1.013, 2.4), padding=0)
    shown.settle()
    while not shown.ground.is_settled:
        QApplication.processEvents()
    wanted = inside(exported(shown, runs, 300, "light"), shown.viewport.rect, 1.0)
    assert np.array_equal(shown.pixels(), wanted)


def test_an_aspect_lock_shows_as_much_of_the_plane_along_both_sides(shown_map, runs):
    shown = shown_map(runs)
    shown.plot.setAspectLocked(True)
    shown.settle()
    per_x, per_y = shown.viewport.scale
    assert per_x == pytest.approx(per_y, rel=1e-9)
    wanted = inside(exported(shown, runs, 300, "light"), shown.viewport.rect, 1.0)
    assert np.array_equal(shown.pixels(), wanted)


# --- steps ------------------------------------------------------------------------------------------


@pytest.fixture
def repainted(monkeypatch):
    """The regions that the view has painted."""
    seen = []

    def watch(shown):
        paint = type(shown.view).paintEvent

        def paint_event(view, event):
            seen.append(QRegion(event.region()))
            paint(view, event)

        monkeypatch.setattr(type(shown.view), "paintEvent", paint_event)
        return seen

    return watch


def on_screen(shown):
    """What the view's window shows, made of all that it has painted so far."""
    QApplication.processEvents()
    return array(shown.view.screen().grabWindow(int(shown.view.winId())).toImage())


def covered(region, view):
    """How many pixels a region has."""
    mask = QImage(view.size(), QImage.Format.Format_ARGB32_Premultiplied)
    mask.fill(0)
    painter = QPainter(mask)
    painter.setClipRegion(region)
    painter.fillRect(mask.rect(), Qt.GlobalColor.black)
    painter.end()
    return int((array(mask)[..., 3] > 0).sum())


def test_a_step_repaints_changed_rectangles_only_and_leaves_nothing_behind(shown_map, runs, repainted):
    """After 300 steps and a drag the screen equals a full repaint."""
    shown = shown_map(runs, step=0)
    regions = repainted(shown)
    whole = shown.viewport.rect.width() * shown.viewport.rect.height()
    for step in range(1, 301):
        show_step(shown.items, step)
        if step % 50 == 0:
            seen = on_screen(shown)
            assert len(regions) <= 50
            shares = [covered(region, shown.view) / whole for region in regions]
            assert np.median(shares) < 0.06  # four heads where they were and where they are
            assert np.array_equal(seen, array(shown.image())), step
            regions.clear()
        QApplication.processEvents()
    for _ in range(3):
        shown.box.translateBy((0.7, -0.31))
        QApplication.processEvents()  # the plot is painted moved, and asks for a picture of what it shows now
        while not shown.ground.is_settled:
            QApplication.processEvents()
        assert np.array_equal(on_screen(shown), array(shown.image()))
    show_step(shown.items, 120)
    assert np.array_equal(on_screen(shown), array(shown.image()))


def more_items(name, runs):
    if name == "arrows":
        return StepArrowsItem(runs[1], ("gradient", "velocity", "scaling", "step"), 0, "Momentum")
    return SwarmItem.of(runs[1], 400 if name == "discs" else 20_000, style=1)


@pytest.mark.parametrize(("name", "share"), [("arrows", 0.35), ("discs", 0.5), ("squares", 0.5)])
def test_arrows_and_swarms_repaint_what_has_changed_and_leave_nothing_behind(shown_map, runs, repainted, name, share):
    shown = shown_map(runs[:2], step=0)
    item = more_items(name, runs)
    shown.plot.addItem(item)
    item.setStep(0)
    on_screen(shown)
    regions = repainted(shown)
    whole = shown.viewport.rect.width() * shown.viewport.rect.height()
    for step in range(1, 301):
        item.setStep(step)
        show_step(shown.items, step)
        QApplication.processEvents()
        if step % 75 == 0:
            assert np.array_equal(on_screen(shown), array(shown.image())), step
    assert np.median([covered(region, shown.view) / whole for region in regions[150:]]) < share
    shown.box.translateBy((0.7, -0.31))
    QApplication.processEvents()
    while not shown.ground.is_settled:
        QApplication.processEvents()
    for step in (20, 150, 3):
        item.setStep(step)
        show_step(shown.items, step)
        assert np.array_equal(on_screen(shown), array(shown.image())), step


def test_a_step_leaves_the_background_and_the_ways_as_they_are(shown_map, runs, monkeypatch):
    shown = shown_map(runs, step=10)
    shown.image()
    kept = shown.ground.kept.painted
    layers = TrailsItem.of(shown.box).layers
    assert [layer.rebuilt for layer in layers.values()] == [4]
    strokes = []

    def record(painter, lines, *rest):
        strokes.append(len(lines))
        draw_lines(painter, lines, *rest)

    monkeypatch.setattr("optvis.draw.maps.trails.draw_lines", record)
    show_step(shown.items, 11)
    shown.image()
    assert shown.ground.kept.painted == kept
    assert TrailsItem.of(shown.box).layers == layers
    assert [layer.rebuilt for layer in layers.values()] == [4]
    assert 0 < sum(strokes) < 200  # of the new step alone


def test_runs_may_be_at_steps_of_their_own(shown_map, runs):
    shown = shown_map(runs[:2], step=40)
    shown.items[0].setStep(15)
    apart = shown.pixels()
    shown.items[0].setStep(40)
    wanted = inside(exported(shown, runs[:2], 40, "light"), shown.viewport.rect, 1.0)
    together = shown.pixels()
    assert np.array_equal(together, wanted)
    assert not np.array_equal(apart, together)


def test_a_run_that_is_switched_off_or_taken_away_is_not_painted(shown_map, runs):
    shown = shown_map(runs[:2])
    both = shown.pixels()
    alone = inside(exported(shown, runs[:1], 300, "light"), shown.viewport.rect, 1.0)
    shown.items[1].hide()
    assert np.array_equal(shown.pixels(), alone)
    shown.items[1].show()
    assert np.array_equal(shown.pixels(), both)
    shown.plot.removeItem(shown.items[1])
    assert np.array_equal(shown.pixels(), alone)


def test_with_the_last_run_what_paints_runs_goes_too(shown_map, runs):
    shown = shown_map(runs[:2])
    before = len(shown.box.innerSceneItem().childItems())
    for item in shown.items:
        shown.plot.removeItem(item)
    assert len(shown.box.innerSceneItem().childItems()) == before - 4
    shown.plot.addItem(TrajectoryItem(runs[2], 2))
    shown.plot.clear()
    shown.settle()
    assert not [item for item in shown.view.scene().items() if isinstance(item, TrailsItem)]


# --- the mouse --------------------------------------------------------------------------------------


def send(shown, kind, at, button=Qt.MouseButton.NoButton, buttons=Qt.MouseButton.NoButton):
    widget = shown.view.viewport()
    far = QPointF(widget.mapToGlobal(at.toPoint()))
    QApplication.sendEvent(widget, QMouseEvent(kind, at, far, button, buttons, Qt.KeyboardModifier.NoModifier))
    shown.settle()


def drag(shown, begin, end):
    left, kind = Qt.MouseButton.LeftButton, QEvent.Type
    send(shown, kind.MouseMove, begin)
    send(shown, kind.MouseButtonPress, begin, left, left)
    for share in np.linspace(0, 1, 9)[1:]:
        send(shown, kind.MouseMove, begin + (end - begin) * float(share), buttons=left)
    send(shown, kind.MouseButtonRelease, end, left)


def test_the_start_is_dragged_and_stays_in_the_view(shown_map, runs):
    shown = shown_map(runs[:1])
    told, released = [], []
    shown.start.dragged.connect(lambda x, y: told.append((x, y)))
    shown.start.released.connect(lambda: released.append(True))
    bounds = shown.viewport.bounds
    drag(shown, shown.viewport.point(-7, 2), shown.viewport.point(3, -1))
    assert told[-1] == pytest.approx((3, -1), abs=0.1)
    assert told[-1] == (round(told[-1][0], 3), round(told[-1][1], 3))
    assert len(told) > 3
    assert released == [True]
    assert shown.viewport.bounds == bounds
    drag(shown, shown.viewport.point(*told[-1]), QPointF(5000, 200))
    assert told[-1][0] == pytest.approx(bounds[1])
    shown.start.setPos(1, 1)
    assert len(released) == 2
    assert told[-1] != (1, 1)


def test_the_start_is_larger_while_it_is_pointed_at(shown_map, runs):
    shown = shown_map(runs[:1])
    before = shown.pixels()
    send(shown, QEvent.Type.MouseMove, shown.viewport.point(-7, 2))
    assert shown.start.is_active
    assert not np.array_equal(shown.pixels(), before)


def test_a_drag_beside_the_start_moves_the_plane(shown_map, runs):
    shown = shown_map(runs)
    xmin, xmax, ymin, ymax = shown.viewport.bounds
    drag(shown, shown.viewport.point(0, -2), shown.viewport.point(2, -3))
    assert shown.viewport.bounds == pytest.approx((xmin - 2, xmax - 2, ymin + 1, ymax + 1), abs=0.1)
    while not shown.ground.is_settled:
        QApplication.processEvents()
    wanted = inside(exported(shown, runs, 300, "light"), shown.viewport.rect, 1.0)
    ours = shown.pixels()
    start = shown.viewport.point(-7, 2)
    row, column = int(start.y() - shown.viewport.rect.top()), int(start.x() - shown.viewport.rect.left())
    assert np.array_equal(ours, wanted), (row, column)
