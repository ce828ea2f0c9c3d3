"""Charts that are zoomed, moved and scrubbed through pyqtgraph's own mouse events; what they show and repaint."""

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QImage, QMouseEvent, QPainter, QRegion, QWheelEvent
from PyQt6.QtWidgets import QApplication

from optvis.document.session import RunSpec, Session, View
from optvis.draw.charts.chart_grid import Charts
from optvis.draw.paint.theme import THEMES, run_style
from optvis.explain.measures import MEASURES
from tests.draw.pixels import array, is_near
from tests.gui.conftest import settle

KINDS = tuple(MEASURES)
LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton


@pytest.fixture(autouse=True)
def _every_move_counts(monkeypatch):
    """By default pyqtgraph swallows most moves of a drag that is simulated."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def window(make_window):
    """Every chart; the last run diverges at step 21, and the step is 9."""
    runs = RunSpec("sgd", (("lr", 0.9),)), RunSpec("adam", style=1), RunSpec("sgd", (("lr", 1.6),), 2)
    window = make_window(Session("quadratic-valley", steps=40, runs=runs, view=View(charts=KINDS)))
    window.playback.seek(9)
    return window


def panel(window, kind):
    return window.chart.panels[KINDS.index(kind)]


def bounds(window, kind):
    return panel(window, kind).chart.viewport.bounds


def at(window, kind, right=0.5, up=0.5):
    """A place of a panel, in shares of its size from the left and from below."""
    rect = panel(window, kind).chart.viewport.rect
    return QPointF(round(rect.left() + right * rect.width()), round(rect.bottom() - up * rect.height()))


def send(window, kind, place, button=Qt.MouseButton.NoButton, buttons=Qt.MouseButton.NoButton):
    widget = window.chart.view.viewport()
    far = QPointF(widget.mapToGlobal(place.toPoint()))
    QApplication.sendEvent(widget, QMouseEvent(kind, place, far, button, buttons, Qt.KeyboardModifier.NoModifier))
    QApplication.processEvents()


def drag(window, begin, end, button=LEFT):
    kind = QEvent.Type
    send(window, kind.MouseMove, begin)
    send(window, kind.MouseButtonPress, begin, button, button)
    for share in np.linspace(0, 1, 9)[1:]:
        send(window, kind.MouseMove, begin + (end - begin) * float(share), buttons=button)
    send(window, kind.MouseButtonRelease, end, button)


def click(window, place, button=LEFT):
    kind = QEvent.Type
    send(window, kind.MouseMove, place)
    send(window, kind.MouseButtonPress, place, button, button)
    send(window, kind.MouseButtonRelease, place, button)


def wheel(window, place, delta):
    widget = window.chart.view.viewport()
    far = QPointF(widget.mapToGlobal(place.toPoint()))
    none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(place, far, QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, none, phase, False)
    QApplication.sendEvent(widget, event)
    QApplication.processEvents()


# --- pixels -----------------------------------------------------------------------------------------


def painted(window, ratio, paint):
    size = window.chart.size() * ratio
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(window.theme.paper)
    paint(image)
    return array(image)


def shown(window, ratio=1):
    return painted(window, ratio, window.chart.view.viewport().render)


def exported(window, ratio=1, step=9):
    """What an export paints in the same place."""

    def paint(image):
        rect = QRectF(window.chart.rect()).adjusted(2, 2, -4, -2)
        pixels = window.chart.charts.charts[0].axes.pixels
        painter = QPainter(image)
        Charts(window.store.scene, rect, window.theme, pixels).paint(painter, step)
        painter.end()

    return painted(window, ratio, paint)


def inside(pixels, rect, ratio):
    left, top, width, height = (round(value * ratio) for value in rect.getRect())
    return pixels[top : top + height, left : left + width]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", [{}, {"loss_axis": "linear", "against": "evaluations"}])
def test_all_of_a_chart_equals_the_export_in_every_pixel(qtbot, window, theme, view):
    window.set_theme(theme)
    window.set_view(**view)
    settle(qtbot, window)
    assert window.theme is THEMES[theme]
    for ratio in (1, 2):
        ours, wanted = shown(window, ratio), exported(window, ratio)
        for each in window.chart.panels:
            rect = each.chart.viewport.rect
            assert np.array_equal(inside(ours, rect, ratio), inside(wanted, rect, ratio)), each.chart.measure.kind
    assert np.array_equal(shown(window), exported(window)), "titles, numbers and markers that reach out as well"


@pytest.mark.parametrize("size", [(1024, 640), (1500, 900), (1920, 1080)])
def test_it_does_at_every_size_and_after_zooming_back(qtbot, window, size):
    wheel(window, at(window, "loss"), 120)
    window.resize(*size)
    settle(qtbot, window)
    assert not np.array_equal(shown(window), exported(window))
    window.chart.reset_view()
    assert np.array_equal(shown(window), exported(window))


# --- windows ----------------------------------------------------------------------------------------


def test_the_wheel_zooms_the_steps_of_all_charts_and_the_values_of_one(window):
    full = {kind: bounds(window, kind) for kind in KINDS}
    place = at(window, "slope", 0.25, 0.5)
    before = panel(window, "slope").chart.viewport.to_data(place.x(), place.y())
    wheel(window, place, 120)
    xmin, xmax, ymin, ymax = bounds(window, "slope")
    assert xmax - xmin == pytest.approx(40 / 1.2)
    assert ymax - ymin == pytest.approx((full["slope"][3] - full["slope"][2]) / 1.2)
    assert panel(window, "slope").chart.viewport.to_data(place.x(), place.y()) == pytest.approx(before, abs=1e-6)
    for kind in KINDS:
        assert bounds(window, kind)[:2] == (xmin, xmax)
        if kind != "slope":
            assert bounds(window, kind)[2:] == full[kind][2:]


def test_the_wheel_over_an_axis_zooms_it_alone(window):
    full = bounds(window, "loss")
    rect = panel(window, "loss").chart.viewport.rect
    wheel(window, QPointF(rect.center().x(), rect.bottom() + 12), 120)
    steps = bounds(window, "loss")
    assert steps[1] - steps[0] == pytest.approx(40 / 1.2)
    assert steps[2:] == full[2:]
    wheel(window, QPointF(rect.left() - 12, rect.center().y()), 120)
    both = bounds(window, "loss")
    assert both[:2] == steps[:2]
    assert both[3] - both[2] == pytest.approx((full[3] - full[2]) / 1.2)


def test_a_drag_zooms_to_a_rectangle(window):
    chart = panel(window, "loss").chart
    begin, end = at(window, "loss", 0.5, 0.9), at(window, "loss", 0.9, 0.3)
    wanted = (*chart.viewport.to_data(begin.x(), end.y()), *chart.viewport.to_data(end.x(), begin.y()))
    drag(window, begin, end)
    xmin, xmax, ymin, ymax = bounds(window, "loss")
    assert (xmin, ymin, xmax, ymax) == pytest.approx(wanted, abs=1e-6)
    assert bounds(window, "y")[:2] == (xmin, xmax)
    assert window.playback.step == 9


def test_a_stroke_along_the_steps_leaves_the_values_as_they_are(window):
    full = bounds(window, "loss")
    drag(window, at(window, "loss", 0.5, 0.5), at(window, "loss", 0.9, 0.5) + QPointF(0, 3))
    xmin, xmax, *values = bounds(window, "loss")
    assert (xmin, xmax) == pytest.approx((20, 36), abs=0.5)
    assert tuple(values) == full[2:]


def test_the_middle_button_moves_and_the_menu_lets_the_left_one(window):
    drag(window, at(window, "loss", 0.4, 0.9), at(window, "loss", 0.8, 0.3))
    xmin, xmax, ymin, ymax = bounds(window, "loss")
    begin, end = at(window, "x", 0.75), at(window, "x", 0.25)
    drag(window, begin, end, MIDDLE)
    moved = bounds(window, "loss")
    assert moved == pytest.approx((xmin + (xmax - xmin) / 2, xmax + (xmax - xmin) / 2, ymin, ymax), abs=0.5)
    window.chart.window_menu.drags["pan"].trigger()
    drag(window, end, begin)
    assert bounds(window, "loss") == pytest.approx((xmin, xmax, ymin, ymax), abs=0.5)
    window.chart.menu.kinds["loss"].trigger()


def test_steps_end_where_the_runs_end_and_at_two_across(window):
    for _ in range(30):
        wheel(window, at(window, "loss", 0.3), 120)
    xmin, xmax = bounds(window, "loss")[:2]
    assert xmax - xmin == pytest.approx(2)
    for _ in range(40):
        wheel(window, at(window, "loss", 0.3), -120)
    assert bounds(window, "y")[:2] == (0, 40)
    assert window.chart.panels[0].steps is None
    drag(window, at(window, "loss", 0.2), at(window, "loss", 0.9), MIDDLE)
    assert bounds(window, "y")[:2] == (0, 40), "there is nothing before the start"


@pytest.mark.parametrize("axis", ["log", "linear"])
def test_zooming_far_out_and_far_in_is_harmless(qtbot, window, axis):
    window.set_view(loss_axis=axis)
    settle(qtbot, window)
    for delta in (-120, 120):
        for kind in KINDS:
            left = QPointF(panel(window, kind).chart.viewport.rect.left() - 12, at(window, kind).y())
            for _ in range(3):
                wheel(window, left, 120 * delta)
        shown(window)
    window.chart.reset_view()
    assert np.array_equal(shown(window), exported(window))


def test_a_line_keeps_its_slope_when_it_leads_out_of_the_window(window):
    """What is zoomed is the same curve, magnified."""
    chart = panel(window, "loss").chart
    values = chart.scale.shown(chart.runs[1].trajectory.loss)
    step = int(np.abs(np.diff(values)).argmax())
    values = values[step : step + 2]
    middle = values.mean()
    assert abs(np.diff(values)[0]) > 0.1, "steeper than the window is high"
    near = chart.windowed((step, step + 1.0, middle - 0.02, middle + 0.02))
    near = replace(near, viewport=replace(near.viewport, rect=QRectF(0, 0, 600, 400)), runs=chart.runs[1:2])
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    near.paint(painter, THEMES["light"])
    painter.end()
    rows, columns = np.nonzero(is_near(array(image), run_style(1, THEMES["light"]).color, 60))
    assert np.ptp(rows) > 300
    x, y = step + (columns + 0.5) / 600, middle + 0.02 - (rows + 0.5) / 10_000
    assert np.abs(np.interp(x, [step, step + 1], values) - y).max() < 5e-4


def test_a_window_stays_while_a_slider_is_dragged(qtbot, window):
    drag(window, at(window, "loss", 0.5, 0.9), at(window, "loss", 0.9, 0.3))
    before, others = bounds(window, "loss"), bounds(window, "x")
    session = window.store.session
    window.store.edit(session.with_run(1, replace(session.runs[1], hyper=(("lr", 2.0),))))
    settle(qtbot, window)
    assert bounds(window, "loss") == before
    assert bounds(window, "x")[:2] == before[:2]
    assert bounds(window, "x")[2:] != others[2:]


def test_zooming_is_no_modification(window):
    window.documents.saved = window.store.session
    wheel(window, at(window, "loss"), 120)
    assert not window.documents.is_modified
    assert not window.store.can_undo


def test_a_window_goes_with_what_it_was_of(qtbot, window):
    drag(window, at(window, "loss", 0.5, 0.9), at(window, "loss", 0.9, 0.3))
    steps = bounds(window, "loss")[:2]
    window.set_view(loss_axis="linear")
    settle(qtbot, window)
    assert bounds(window, "loss")[:2] == steps
    assert panel(window, "loss").values is None
    window.set_view(against="evaluations")
    settle(qtbot, window)
    assert bounds(window, "loss")[:2] == (0, 160)
    drag(window, at(window, "loss", 0.5), at(window, "loss", 0.9))
    window.store.edit(replace(window.store.session, steps=10))
    settle(qtbot, window)
    assert bounds(window, "loss")[:2] == (0, 40), "80 evaluations are no longer there"


def test_the_key_shows_everything_and_so_does_the_menu(qtbot, window):
    full = {kind: bounds(window, kind) for kind in KINDS}
    for reset in (lambda: qtbot.keyClick(window, Qt.Key.Key_R), window.chart.window_menu.view_all.trigger):
        wheel(window, at(window, "loss"), 120)
        wheel(window, at(window, "slope"), 120)
        assert bounds(window, "x") != full["x"]
        window.activateWindow()
        reset()
        assert {kind: bounds(window, kind) for kind in KINDS} == full


def test_keys_reach_the_program_from_a_chart(qtbot, window):
    click(window, at(window, "loss", 0.5))
    assert window.playback.step == 20
    assert not window.chart.view.hasFocus()
    for key, step in ((Qt.Key.Key_Right, 21), (Qt.Key.Key_Left, 20), (Qt.Key.Key_Home, 0)):
        qtbot.keyClick(window.focusWidget() or window, key)
        assert window.playback.step == step


# --- the menu ---------------------------------------------------------------------------------------


def test_a_right_click_offers_the_window_of_that_chart(window):
    click(window, at(window, "slope"), RIGHT)
    menu = window.chart.window_menu
    assert menu.isVisible()
    words = [action.text() for action in menu.actions()]
    assert [action.text() for action in window.chart.menu.actions()] == words[: len(window.chart.menu.actions())]
    assert words[-4:] == ["View &all", "&Ranges", "Drag to &zoom", "Drag to &move"]
    low, high = (10**value for value in bounds(window, "slope")[2:])
    told = [field.value() for field in menu.ranges.fields]
    assert told == pytest.approx([0, 40, low, high], rel=1e-5)
    assert menu.ranges.fields[2].accessibleName() == "|∇f|, lowest"
    menu.close()


def test_ranges_are_typed_as_the_axes_have_them(qtbot, window):
    click(window, at(window, "slope"), RIGHT)
    fields = window.chart.window_menu.ranges.fields
    for field, text in zip(fields, ("5", "25", "1e-3", "0.1"), strict=True):
        field.selectAll()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    window.chart.window_menu.close()
    assert bounds(window, "slope") == pytest.approx((5, 25, -3, -1))
    assert bounds(window, "loss")[:2] == (5, 25)
    for index, text in ((0, "30"), (2, "-1"), (3, "nan")):
        fields[index].selectAll()
        qtbot.keyClicks(fields[index], text)
        qtbot.keyClick(fields[index], Qt.Key.Key_Return)
        assert bounds(window, "slope") == pytest.approx((5, 25, -3, -1)), "no range"


# --- the cursor -------------------------------------------------------------------------------------


def test_the_cursor_is_dragged_also_in_a_window(window):
    drag(window, at(window, "loss", 0.1), at(window, "loss", 0.6))
    chart = panel(window, "x").chart
    low, high = chart.viewport.bounds[:2]
    begin = QPointF(chart.lines_at(9)[0], chart.viewport.rect.center().y())
    window.playback.play()
    drag(window, begin, QPointF(chart.viewport.x_to_px(15.0), begin.y()))
    assert window.playback.step == 15
    assert not window.playback.playing
    assert bounds(window, "x")[:2] == (low, high), "nothing was zoomed"
    begin = QPointF(panel(window, "x").chart.lines_at(15)[0], begin.y())
    drag(window, begin, begin + QPointF(4000, 0))
    assert window.playback.step == round(high), "not beyond what is seen"


def test_a_cursor_that_is_out_of_the_window_is_not_painted(window):
    drag(window, at(window, "loss", 0.6), at(window, "loss", 0.9))
    assert panel(window, "loss").chart.lines_at(9) == []
    assert panel(window, "loss").chart.markers(9) == []
    without = shown(window)
    window.playback.seek(12)
    assert np.array_equal(shown(window), without)
    window.playback.seek(30)
    assert len(panel(window, "loss").chart.markers(30)) == 2, "the run that diverged at step 21 is beside it"


def test_a_click_in_a_window_moves_the_step_to_what_is_seen_there(window):
    drag(window, at(window, "loss", 0.5), at(window, "loss", 0.9))
    chart = panel(window, "y").chart
    click(window, QPointF(chart.viewport.x_to_px(31.2), chart.viewport.rect.center().y()))
    assert window.playback.step == 31


# --- what is repainted ------------------------------------------------------------------------------


@pytest.fixture
def regions(window, monkeypatch):
    """The regions that the view has painted."""
    seen = []
    paint = pg.GraphicsView.paintEvent

    def paint_event(view, event):
        if view is window.chart.view:
            seen.append(QRegion(event.region()))
        paint(view, event)

    monkeypatch.setattr(pg.GraphicsView, "paintEvent", paint_event)
    return seen


def area(region, view):
    mask = QImage(view.size(), QImage.Format.Format_ARGB32_Premultiplied)
    mask.fill(0)
    painter = QPainter(mask)
    painter.setClipRegion(region)
    painter.fillRect(mask.rect(), Qt.GlobalColor.black)
    painter.end()
    return int((array(mask)[..., 3] > 0).sum())


def on_screen(window):
    """What the window shows, made of all that it has painted so far."""
    QApplication.processEvents()
    screen = window.screen().grabWindow(int(window.winId())).toImage()
    corner = window.chart.mapTo(window, QPoint())
    return array(screen.copy(corner.x(), corner.y(), window.chart.width(), window.chart.height()))


def test_a_step_repaints_changed_rectangles_only_and_leaves_nothing_behind(window, regions):
    """After all steps, some of them pointed at and in a window, the screen equals a full repaint."""
    whole = window.chart.width() * window.chart.height()
    QApplication.processEvents()
    regions.clear()
    for step in range(41):
        window.playback.seek(step)
        if step % 10 == 5:
            send(window, QEvent.Type.MouseMove, at(window, "x", step / 50))
        if step == 20:
            QApplication.sendEvent(window.chart, QEvent(QEvent.Type.Leave))
        QApplication.processEvents()
    assert np.median([area(region, window.chart.view) / whole for region in regions]) < 0.13  # six narrow columns
    window.chart.readout.hide()
    seen = on_screen(window)[..., :3]
    assert np.array_equal(seen, shown(window)[..., :3])
    QApplication.sendEvent(window.chart, QEvent(QEvent.Type.Leave))
    drag(window, at(window, "loss", 0.5), at(window, "loss", 0.9))
    QApplication.sendEvent(window.chart, QEvent(QEvent.Type.Leave))
    for step in (20, 26, 39, 3):
        window.playback.seek(step)
        assert np.array_equal(on_screen(window)[..., :3], shown(window)[..., :3])


def test_plots_are_kept_over_many_changes_of_charts(qtbot, window):
    scene = window.chart.view.scene()
    count, plots = len(scene.items()), {kind: panel(window, kind) for kind in KINDS}
    timers = len(window.findChildren(pg.QtCore.QTimer))
    for turn in range(200):
        chosen = KINDS[: turn % 6] if turn % 2 else KINDS[turn % 6 :]
        window.set_view(charts=chosen, loss_axis="log" if turn % 3 else "linear")
        while window.store.is_busy:
            QApplication.processEvents()
        assert tuple(each.chart.measure.kind for each in window.chart.panels) == chosen
    window.set_view(charts=KINDS, loss_axis="log")
    settle(qtbot, window)
    assert len(scene.items()) == count
    assert {kind: panel(window, kind) for kind in KINDS} == plots
    assert len(window.findChildren(pg.QtCore.QTimer)) == timers
    assert np.array_equal(shown(window), exported(window))
