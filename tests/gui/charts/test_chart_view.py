"""The strip of charts driven by mouse, menu and keys."""

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtWidgets import QApplication

from optvis.document.session import RunSpec, Session, View
from optvis.draw.charts.chart import Chart
from optvis.draw.paint.theme import LIGHT, run_style
from optvis.explain.measures import MEASURES
from optvis.gui.charts.chart_menu import with_kind
from tests.gui.conftest import settle

LEFT = Qt.MouseButton.LeftButton
KINDS = tuple(MEASURES)


@pytest.fixture(autouse=True)
def _every_move_counts(monkeypatch):
    """By default pyqtgraph swallows most moves of a drag that is simulated."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def all_charts(make_window):
    """A window with every chart; the last run diverges at step 21."""
    runs = RunSpec("sgd", (("lr", 0.9),)), RunSpec("adam", style=1), RunSpec("sgd", (("lr", 1.6),), 2)
    return make_window(Session("quadratic-valley", steps=40, runs=runs, view=View(charts=KINDS)))


def place(chart, run, step):
    """The pixel where a run's value is drawn."""
    shown = float(chart.scale.shown(chart.value(run, step) + chart.scale.base))
    return chart.viewport.point(float(step * (4 if chart.against == "evaluations" else 1)), shown)


def middle(chart, step):
    """A pixel at a step, half way up."""
    x = chart.viewport.x_to_px(float(step * (4 if chart.against == "evaluations" else 1)))
    return QPoint(round(x), round(chart.viewport.rect.center().y()))


def shown_kinds(window):
    return tuple(chart.measure.kind for chart in window.chart.charts.charts)


@pytest.mark.parametrize("against", ["steps", "evaluations"])
@pytest.mark.parametrize("axis", ["log", "linear"])
def test_every_chart_has_the_markers_of_the_step(qtbot, all_charts, axis, against):
    window = all_charts
    window.set_view(loss_axis=axis, against=against)
    settle(qtbot, window)
    window.playback.seek(9)
    image = window.chart.grab().toImage()
    ratio = image.devicePixelRatio()
    assert shown_kinds(window) == KINDS
    for chart in window.chart.charts.charts:
        run = chart.runs[1]
        at = place(chart, run, 9)
        color = image.pixelColor(round(at.x() * ratio), round(at.y() * ratio))
        over = chart.painted[chart.painted.index(run) + 1 :]
        top = [o for o in over if abs(place(chart, o, 9).y() - at.y()) < 9]  # its marker is over ours
        assert top or color.name() == run_style(1, LIGHT).color.name(), chart.measure.kind


def test_a_click_in_any_chart_moves_the_step(qtbot, all_charts):
    window = all_charts
    window.playback.play()
    for index, step in zip(range(6), (3, 30, 12, 40, 0, 21), strict=True):
        qtbot.mouseClick(window.chart.view.viewport(), LEFT, pos=middle(window.chart.charts.charts[index], step))
        assert window.playback.step == step
        assert not window.playback.playing


def test_a_drag_of_the_cursor_moves_the_step_in_the_chart_where_it_began(qtbot, all_charts):
    window = all_charts
    first, second = window.chart.charts.charts[:2]
    window.playback.seek(5)
    qtbot.mouseMove(window.chart.view.viewport(), middle(first, 5))
    qtbot.mousePress(window.chart.view.viewport(), LEFT, pos=middle(first, 5))
    for step in (8, 17, 33):
        qtbot.mouseMove(window.chart.view.viewport(), middle(first, step))
        assert window.playback.step == step
    qtbot.mouseMove(window.chart.view.viewport(), middle(second, 2))
    assert window.playback.step == 40, "beyond the end of the first chart, not within the second"
    qtbot.mouseRelease(window.chart.view.viewport(), LEFT, pos=middle(second, 2))
    qtbot.mouseMove(window.chart.view.viewport(), middle(first, 2))
    assert window.playback.step == 40


def test_pointing_tells_the_values_of_all_runs(qtbot, all_charts):
    window, readout = all_charts, all_charts.chart.readout
    slope = window.chart.charts.charts[1]
    qtbot.mouseMove(window.chart.view.viewport(), middle(slope, 30))
    assert readout.isVisible()
    run = window.store.scene.runs[0]
    assert readout.lines[0] == "|∇f| at step 30"
    assert readout.lines[1].startswith("SGD (lr 0.9) ")
    mantissa, _, exponent = readout.lines[1].split()[-1].partition("×10")
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    told = float(mantissa) * 10.0 ** int(exponent.translate(digits) or 0)
    assert told == pytest.approx(np.hypot(run.trajectory.x[30] / 10, 2 * run.trajectory.y[30]), rel=1e-3)
    assert readout.lines[3].endswith(f"diverged at step {window.store.scene.runs[2].trajectory.last}")
    assert window.rect().contains(readout.geometry())
    QApplication.sendEvent(window.chart, QEvent(QEvent.Type.Leave))
    assert not readout.isVisible()


def test_what_is_told_follows_the_scene_and_the_axis(qtbot, all_charts):
    window, readout = all_charts, all_charts.chart.readout
    qtbot.mouseMove(window.chart.view.viewport(), middle(window.chart.charts.charts[2], 0))
    assert [line.split()[-1] for line in readout.lines[1:]] == ["—"] * 3, "no step has led to the start"
    window.set_view(against="evaluations", charts=("loss",))
    settle(qtbot, window)
    qtbot.mouseMove(window.chart.view.viewport(), middle(window.chart.charts.charts[0], 8))
    assert readout.lines[0] == "f − f* at step 8, 32 evaluations"
    session = window.store.session
    window.store.edit(session.with_run(0, replace(session.runs[0], visible=False)))
    settle(qtbot, window)
    assert len(readout.lines) == 3


def test_the_readout_is_drawn_with_lines_and_markers(qtbot, all_charts):
    window = all_charts
    qtbot.mouseMove(window.chart.view.viewport(), middle(window.chart.charts.charts[0], 5))
    image = window.chart.readout.grab().toImage()
    found = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {run_style(style, LIGHT).color.name() for style in range(3)} <= found
    assert LIGHT.paper.name() in found


def test_the_menu_switches_charts_as_edits_that_compute_nothing(qtbot, window):
    before = window.store.scene
    menu = window.chart.menu
    for kind in ("y", "slope"):
        menu.kinds[kind].trigger()
    settle(qtbot, window)
    assert shown_kinds(window) == ("loss", "slope", "y"), "in the order of the menu"
    assert all(a.trajectory is b.trajectory for a, b in zip(before.runs, window.store.scene.runs, strict=True))
    menu.kinds["loss"].trigger()
    settle(qtbot, window)
    assert shown_kinds(window) == ("slope", "y")
    window.store.undo()
    settle(qtbot, window)
    assert shown_kinds(window) == ("loss", "slope", "y")
    assert [kind for kind, action in menu.kinds.items() if action.isChecked()] == ["loss", "slope", "y"]


def test_an_order_of_ones_own_is_kept():
    assert with_kind(("y", "loss"), "length") == ("length", "y", "loss")
    assert with_kind(("y", "loss"), "x") == ("x", "y", "loss")
    assert with_kind((), "x") == ("x",)


def test_a_right_click_opens_the_menu_and_keys_choose_from_it(qtbot, window):
    at = window.chart.charts.charts[0].viewport.rect.center().toPoint()
    qtbot.mouseClick(window.chart.view.viewport(), Qt.MouseButton.RightButton, pos=at)
    menu, kinds = window.chart.window_menu, window.chart.menu.kinds
    assert menu.isVisible()
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    assert menu.activeAction() is kinds["slope"]
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert shown_kinds(window) == ("loss", "slope")


def test_the_menu_bar_leads_to_the_same_menu(window):
    view = next(action.menu() for action in window.menuBar().actions() if action.text() == "&View")
    assert window.chart.menu in [action.menu() for action in view.actions()]


def test_the_axes_are_chosen_in_the_menu(qtbot, window):
    linear = next(a for a in window.chart.menu.choices["loss_axis"].actions() if a.data() == "linear")
    evaluations = next(a for a in window.chart.menu.choices["against"].actions() if a.data() == "evaluations")
    linear.trigger()
    evaluations.trigger()
    settle(qtbot, window)
    (chart,) = window.chart.charts.charts
    assert (chart.scale.is_log, chart.scale.label, chart.axes.x_label) == (False, "f", "loss evaluations")
    assert chart.viewport.bounds[1] == window.store.scene.runs[0].trajectory.evaluations == 120
    window.store.undo()
    window.store.undo()
    settle(qtbot, window)
    assert not linear.isChecked()
    assert not evaluations.isChecked()


def test_without_charts_there_is_no_strip_and_the_key_brings_the_loss(qtbot, window):
    window.chart.menu.kinds["loss"].trigger()
    settle(qtbot, window)
    assert not window.chart.isVisible()
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert window.chart.isVisible()
    assert shown_kinds(window) == ("loss",)
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert not window.chart.isVisible()
    assert window.store.session.view.charts == ("loss",), "folding is no edit"


def test_undoing_the_last_chart_brings_the_strip_back(qtbot, make_window):
    window = make_window(Session("sphere", runs=(RunSpec("sgd"),), view=View(charts=())))
    assert not window.chart.isVisible()
    window.chart.menu.kinds["x"].trigger()
    settle(qtbot, window)
    assert window.chart.isVisible()
    window.store.undo()
    settle(qtbot, window)
    assert not window.chart.isVisible()


def test_a_frame_of_play_paints_only_the_cursors(qtbot, all_charts, monkeypatch):
    window = all_charts
    painted = []
    curves, cursor = Chart.paint, Chart.paint_cursor
    monkeypatch.setattr(Chart, "paint", lambda *a: (painted.append("curves"), curves(*a)))
    monkeypatch.setattr(Chart, "paint_cursor", lambda *a: (painted.append("cursor"), cursor(*a)))
    window.chart.grab()
    painted.clear()
    for step in range(10, 20):
        window.playback.seek(step)
        window.chart.grab()
    assert painted == ["cursor"] * 60
    window.set_view(loss_axis="linear")
    settle(qtbot, window)
    window.chart.grab()
    assert "curves" in painted


def test_a_narrow_strip_has_more_rows_and_asks_for_the_height(qtbot, all_charts):
    window = all_charts
    rows = {}
    for width in (1900, 760):
        window.resize(width, 700)
        QApplication.processEvents()
        charts = window.chart.charts.charts
        rows[width] = len({chart.viewport.rect.top() for chart in charts})
        assert all(window.chart.rect().contains(chart.viewport.rect.toRect()) for chart in charts)
        assert min(chart.viewport.rect.height() for chart in charts) >= 40
    assert rows[1900] == 1 < rows[760]


def test_where_no_minimum_is_known_the_chart_says_so(qtbot, make_window):
    window = make_window(Session("x*y", runs=(RunSpec("sgd"),), view=View(charts=("distance",))))
    (chart,) = window.chart.charts.charts
    assert chart.missing == "no minimum is known"
    qtbot.mouseMove(window.chart.view.viewport(), middle(chart, 3))
    assert window.chart.readout.lines[1].endswith("—")
