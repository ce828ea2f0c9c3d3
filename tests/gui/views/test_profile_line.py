"""The profile line: laid by a key, dragged on the map by pyqtgraph's own events, and its chart below."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QImage, QMouseEvent, QPainter
from PyQt6.QtWidgets import QApplication

from optvis.document.session import RunSpec, Session, View
from optvis.document.session_file import from_json, to_json
from optvis.draw.charts.profile_chart import profile_chart
from optvis.draw.page.figure import Figure
from optvis.draw.paint.theme import THEMES
from optvis.explain.crossed_profile import crossed_profile_in_slices
from optvis.foundation.slices import finish
from tests.draw.pixels import array
from tests.gui.conftest import settle

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
NO_KEY, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
LINE = (-8.0, 1.0, 6.0, 1.0)


@pytest.fixture
def window(make_window, qtbot):
    """Two runs, of which plain descent steps over the line y = 1 again and again."""
    runs = RunSpec("sgd", (("lr", 0.95),)), RunSpec("adam", style=1)
    window = make_window(Session("quadratic-valley", steps=40, runs=runs, view=View(profile=LINE)))
    computed(qtbot, window)
    return window


def computed(qtbot, window):
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not window.profile.refinement.is_running)
    QApplication.processEvents()


def send(view, kind, at, button=NONE, buttons=NONE, keys=NO_KEY):
    widget = view.viewport()
    far = QPointF(widget.mapToGlobal(at.toPoint()))
    QApplication.sendEvent(widget, QMouseEvent(kind, at, far, button, buttons, keys))
    QApplication.processEvents()


def drag(view, begin, end, keys=NO_KEY):
    kind = QEvent.Type
    send(view, kind.MouseMove, begin)
    send(view, kind.MouseButtonPress, begin, LEFT, LEFT, keys)
    for share in np.linspace(0, 1, 7)[1:]:
        send(view, kind.MouseMove, begin + (end - begin) * float(share), buttons=LEFT, keys=keys)
    send(view, kind.MouseButtonRelease, end, LEFT, keys=keys)


def click(view, at):
    kind = QEvent.Type
    send(view, kind.MouseMove, at)
    send(view, kind.MouseButtonPress, at, LEFT, LEFT)
    send(view, kind.MouseButtonRelease, at, LEFT)


def on_map(window, x, y):
    return window.canvas.panels[0].viewport.point(x, y)


# --- laying it --------------------------------------------------------------------------------------


def test_a_key_lays_it_through_start_and_minimum_and_takes_it_away(make_window, qtbot):
    window = make_window()
    assert not window.profile.isVisible()
    qtbot.keyClick(window.canvas, Qt.Key.Key_P)
    computed(qtbot, window)
    ax, ay, bx, by = window.store.session.view.profile
    for x, y in ((-7.0, 2.0), (0.0, 0.0)):
        assert (bx - ax) * (y - ay) - (by - ay) * (x - ax) == pytest.approx(0, abs=1e-9)
        assert min(ax, bx) < x < max(ax, bx)
    assert window.profile.isVisible()
    assert window.profile.chart.profile.segment == (ax, ay, bx, by)
    assert window.store.undo_name == "profile line"
    qtbot.keyClick(window.canvas, Qt.Key.Key_P)
    settle(qtbot, window)
    assert window.store.session.view.profile is None
    assert not window.profile.isVisible()
    assert not window.canvas.profile_lines.lines


def test_the_menu_lays_it_along_either_axis(window, qtbot):
    actions = {action.text().replace("&", ""): action for action in window.profile_menu.actions()}
    actions["Along y"].trigger()
    computed(qtbot, window)
    ax, ay, bx, by = window.store.session.view.profile
    assert ax == bx == -7.0
    assert ay < by
    actions["Along x"].trigger()
    assert window.store.session.view.profile[1::2] == (2.0, 2.0)
    actions["Remove"].trigger()
    settle(qtbot, window)
    assert window.store.session.view.profile is None
    assert not actions["Remove"].isEnabled()


def test_another_problem_has_a_line_of_its_own(window, qtbot):
    window.problem_panel.choose("himmelblau")
    computed(qtbot, window)
    xmin, xmax, ymin, ymax = window.store.scene.problem.plane.bounds
    ax, ay, bx, by = window.store.session.view.profile
    assert (ax, ay, bx, by) != LINE
    assert all(xmin <= x <= xmax for x in (ax, bx))
    assert all(ymin <= y <= ymax for y in (ay, by))


@pytest.mark.parametrize("layout", ["map", "multiples", "basins"])
def test_every_map_has_it(window, qtbot, layout):
    window.set_view(layout=layout)
    computed(qtbot, window)
    assert len(window.canvas.profile_lines.lines) == len(window.canvas.panels)
    assert {line.segment for line in window.canvas.profile_lines.lines} == {LINE}


# --- the mouse on the map ---------------------------------------------------------------------------


def test_an_end_is_dragged_and_the_drag_is_one_edit(window, qtbot):
    drag(window.canvas.stage, on_map(window, -8, 1), on_map(window, -4, -3))
    computed(qtbot, window)
    ax, ay, *other = window.store.session.view.profile
    per_x, per_y = window.canvas.panels[0].viewport.scale
    assert (ax, ay) == (pytest.approx(-4, abs=1 / per_x), pytest.approx(-3, abs=1 / per_y))
    assert tuple(other) == LINE[2:]
    assert window.profile.chart.profile.segment == (ax, ay, *other)
    window.store.undo()
    computed(qtbot, window)
    assert window.store.session.view.profile == LINE
    assert window.canvas.profile_lines.lines[0].segment == LINE


def test_shift_keeps_an_end_level_with_the_other(window, qtbot):
    drag(window.canvas.stage, on_map(window, -8, 1), on_map(window, -3, 1.4), SHIFT)
    ax, ay, _, by = window.store.session.view.profile
    assert ay == pytest.approx(by, abs=1e-9)
    assert ax == pytest.approx(-3, abs=0.1)


def test_the_whole_line_is_dragged(window, qtbot):
    drag(window.canvas.stage, on_map(window, 3, 1), on_map(window, 4, 3))
    ax, ay, bx, by = window.store.session.view.profile
    assert (bx - ax, by - ay) == (pytest.approx(14, abs=1e-6), pytest.approx(0, abs=1e-6))
    assert ay == pytest.approx(3, abs=0.1)
    assert window.store.scene.start == (-7.0, 2.0)


def test_a_click_on_it_sets_no_start(window):
    click(window.canvas.stage, on_map(window, 3, 1))
    assert window.store.session.start is None
    click(window.canvas.stage, on_map(window, 3, 3))
    assert window.store.session.start is not None


# --- the chart --------------------------------------------------------------------------------------


def test_crossings_are_those_of_the_trajectory(window):
    """Descent changes the sign of y at every step: y = 2·(−0.9)^k is above 1 at first at even steps only."""
    chart = window.profile.chart
    sgd = next(marks for marks in chart.marks if marks.run.label == "SGD")
    trajectory = sgd.run.trajectory
    up = trajectory.y - 1.0
    expected = [k + up[k] / (up[k] - up[k + 1]) for k in range(40) if (up[k] > 0) != (up[k + 1] > 0)]
    assert window.profile.refinement.result.crossings[trajectory].steps == pytest.approx(expected)
    assert "SGD crosses at step" in window.profile.accessibleDescription()


def test_a_click_on_a_mark_shows_its_step(window):
    chart = window.profile.chart
    marks = next(marks for marks in chart.marks if marks.run.label == "SGD")
    click(window.profile.view, QPointF(*marks.points[2]))
    assert window.playback.step == int(np.ceil(marks.steps[2]))


def test_pointing_at_the_chart_shows_the_place_on_the_map(window):
    chart = window.profile.chart
    at = QPointF(chart.viewport.rect.left() + 0.25 * chart.viewport.rect.width(), chart.viewport.rect.center().y())
    before = array(window.canvas.stage.viewport().grab().toImage())
    send(window.profile.view, QEvent.Type.MouseMove, at)
    x, y = chart.profile.place(chart.share_at(at.x()))
    assert (x, y) == (pytest.approx(-4.5, abs=0.05), 1.0)
    assert window.position_label.text().startswith("x −4.")
    here = on_map(window, x, y).toPoint()
    after = array(window.canvas.stage.viewport().grab().toImage())
    ring = np.s_[here.y() - 9 : here.y() + 10, here.x() - 9 : here.x() + 10]
    assert (after[ring] != before[ring]).any()
    QApplication.sendEvent(window.profile, QEvent(QEvent.Type.Leave))
    QApplication.processEvents()
    assert np.array_equal(array(window.canvas.stage.viewport().grab().toImage()), before)


def painted(window, ratio, paint):
    image = QImage(window.profile.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(window.theme.paper)
    paint(image)
    return array(image)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chart_equals_the_export_in_every_pixel(window, qtbot, theme):
    window.set_theme(theme)
    window.playback.seek(9)
    computed(qtbot, window)
    assert window.theme is THEMES[theme]
    scene = window.store.scene
    crossed = finish(crossed_profile_in_slices(scene.problem, LINE, [run.trajectory for run in scene.visible_runs]))

    def export(image):
        rect = QRectF(window.profile.rect()).adjusted(2, 2, -4, -2)
        chart = profile_chart(scene, crossed, rect, window.profile.chart.axes.pixels)
        painter = QPainter(image)
        chart.paint(painter, window.theme)
        chart.paint_passed(painter, 9, window.theme)
        painter.end()

    for ratio in (1, 2):
        assert np.array_equal(
            painted(window, ratio, window.profile.view.viewport().render), painted(window, ratio, export)
        )


def test_after_all_steps_the_screen_equals_a_full_repaint(window):
    for step in [*range(41), 20, 3, 30]:
        window.playback.seek(step)
        QApplication.processEvents()
    screen, corner = window.screen().grabWindow(int(window.winId())).toImage(), window.profile.mapTo(window, QPoint())
    seen = screen.copy(corner.x(), corner.y(), window.profile.width(), window.profile.height())
    assert np.array_equal(array(seen)[..., :3], painted(window, 1, window.profile.view.viewport().render)[..., :3])


def test_a_drag_zooms_and_r_shows_all(window, qtbot):
    full = window.profile.chart.full_bounds
    rect = window.profile.chart.viewport.rect
    drag(window.profile.view, rect.center(), rect.center() + QPointF(40, 30))
    xmin, xmax, ymin, ymax = window.profile.chart.viewport.bounds
    assert full[0] < xmin < xmax < full[1]
    assert full[2] < ymin < ymax < full[3]
    window.playback.seek(5)
    assert window.profile.chart.viewport.bounds == (xmin, xmax, ymin, ymax)
    qtbot.keyClick(window.canvas, Qt.Key.Key_R)
    assert window.profile.chart.viewport.bounds == full


# --- the document -----------------------------------------------------------------------------------


def test_a_file_has_it(window):
    session = window.store.session
    assert from_json(to_json(session)) == session


def test_a_figure_has_the_line_and_its_chart(window):
    scene = window.store.scene
    kinds = [type(panel).__name__ for panel in figure_of(scene).panels]
    without = replace(scene, session=replace(scene.session, view=replace(scene.session.view, profile=None)))
    assert kinds == ["MapPanel", "ChartsPanel", "ProfilePanel"]
    assert [type(panel).__name__ for panel in figure_of(without).panels] == ["MapPanel", "ChartsPanel"]


def figure_of(scene):
    return Figure(scene, (900, 700), THEMES["light"], "figure")


def test_screen_readers_are_told_of_it(window):
    assert "profile line from −8, 1 to 6, 1" in window.canvas.accessibleDescription()
    assert window.profile.accessibleName() == "Loss along the profile line"
