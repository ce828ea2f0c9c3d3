"""The maps as pyqtgraph plots: the same pixels as an export, the mouse, the menu, and what a step repaints."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, Qt
from PyQt6.QtGui import QImage, QMouseEvent, QPainter, QRegion, QWheelEvent
from PyQt6.QtWidgets import QApplication, QLineEdit

from optvis.document.layouts import WINDOW_LAYOUTS
from optvis.document.session import RunSpec, Session, View
from optvis.draw.page.panels import MapPanel
from optvis.foundation.number_text import number
from optvis.plot.plot_box import PlotBox
from optvis.plot.stage import Stage
from tests.draw.pixels import array
from tests.gui.conftest import settle

ROOT = Path(__file__).resolve().parents[3]
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
RUNS = (RunSpec("sgd", {"lr": 0.005}), RunSpec("adam", {"lr": 0.2}, 1), RunSpec("momentum", {"lr": 0.003}, 2))
HIMMELBLAU = Session("himmelblau", steps=60, runs=RUNS)
LEAVING = Session("quadratic-valley", steps=40, runs=(RunSpec("sgd", {"lr": 1.1}), RunSpec("adam", {"lr": 0.3}, 1)))
SHOWN = {
    "map": HIMMELBLAU,
    "multiples": replace(HIMMELBLAU, view=View(layout="multiples", levels="log")),
    "basins": replace(HIMMELBLAU, view=View(layout="basins")),
    "basins side by side": replace(HIMMELBLAU, view=View(layout="basins", basins_of="each", basins="steps")),
    "swarm": replace(HIMMELBLAU, view=View(swarm=500)),
    "swarms": replace(HIMMELBLAU, view=View(swarm=500, layout="multiples")),
    "arrows and field": replace(HIMMELBLAU, view=View(arrows=("gradient", "step"), field="log", chosen=1)),
    "equal": replace(LEAVING, view=View(aspect="equal")),
    "a run that leaves": LEAVING,
    "profile line": replace(HIMMELBLAU, view=View(profile=(-4.0, 1.0, 4.0, -2.0))),
}


def painted(canvas, ratio=1.0):
    """All of the maps, painted anew at a scale."""
    image = QImage(round(canvas.width() * ratio), round(canvas.height() * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    canvas.stage.viewport().render(image)
    return image


def exported(canvas, scene, step, ratio):
    """What an export paints in the same places."""
    image = QImage(round(canvas.width() * ratio), round(canvas.height() * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(canvas.theme.paper)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    swarms = [*canvas.layers.swarm_source.swarms, *[None] * len(canvas.panels)]
    for panel, swarm in zip(canvas.panels, swarms, strict=False):
        place, ground = panel.place, panel.basins or canvas.layers.relief
        made = MapPanel(
            scene, place.runs, panel.viewport, canvas.theme, ground, place.axes, ratio, place.title_rect, swarm=swarm
        )
        made.paint_background(painter)
        made.paint_moving(painter, step)
    painter.end()
    return image


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", SHOWN)
def test_the_window_equals_the_export_in_every_pixel_of_a_map(qtbot, make_window, name, theme, ratio):
    window = make_window(SHOWN[name])
    window.set_theme(theme)
    canvas, step = window.canvas, window.store.scene.steps // 2
    window.playback.to_end()
    canvas.grab()
    window.playback.seek(step)  # back: where ways that have grown step by step cross, others are above
    settle(qtbot, window)
    ours, wanted = array(painted(canvas, ratio)), array(exported(canvas, window.store.scene, step, ratio))
    assert len(canvas.panels) == (3 if name in ("multiples", "basins side by side", "swarms") else 1)
    for panel in canvas.panels:
        left, top, width, height = (round(value * ratio) for value in panel.viewport.rect.getRect())
        inside = slice(top, top + height), slice(left, left + width)
        assert width > 100
        difference = np.abs(ours[inside] - wanted[inside])
        # Letters on a halo are outlines, whose places Qt rounds otherwise when they are shifted by whole pixels
        assert difference.max() <= (4 if "basins" in name else 0)
        assert (difference > 0).mean() < 1e-3
    window.set_theme("light")


# --- steps ------------------------------------------------------------------------------------------


@pytest.fixture
def repainted(monkeypatch):
    """The regions of the maps that were painted."""
    seen = []
    paint = Stage.paintEvent

    def paint_event(stage, event):
        seen.append(QRegion(event.region()))
        paint(stage, event)

    monkeypatch.setattr(Stage, "paintEvent", paint_event)
    return seen


def area(region):
    """How many pixels a region has."""
    size = region.boundingRect().bottomRight()
    mask = QImage(size.x() + 1, size.y() + 1, QImage.Format.Format_ARGB32_Premultiplied)
    mask.fill(0)
    painter = QPainter(mask)
    painter.setClipRegion(region)
    painter.fillRect(mask.rect(), Qt.GlobalColor.black)
    painter.end()
    return int((array(mask)[..., 3] > 0).sum())


def on_screen(canvas):
    """What the window shows of the maps, made of all that was painted so far."""
    QApplication.processEvents()
    window = canvas.window()
    at = canvas.mapTo(window, QPoint())
    image = window.screen().grabWindow(int(window.winId())).toImage()
    return array(image.copy(at.x(), at.y(), canvas.width(), canvas.height()))


@pytest.mark.parametrize("layout", ["map", "multiples"])
def test_a_step_repaints_changed_rectangles_only_and_leaves_nothing_behind(qtbot, make_window, repainted, layout):
    runs = (RunSpec("sgd", {"lr": 0.95}), RunSpec("momentum", {"lr": 0.1}, 1), RunSpec("sgd", {"lr": 1.03}, 2))
    window = make_window(Session("quadratic-valley", steps=300, runs=runs, view=View(layout=layout)))
    canvas = window.canvas
    window.playback.pause()
    window.playback.seek(0)
    QApplication.processEvents()
    repainted.clear()
    whole = canvas.width() * canvas.height()
    for step in range(1, 301):
        window.playback.seek(step)
        QApplication.processEvents()
        if step % 60 == 0:
            assert 0 < len(repainted) <= 60
            assert np.median([area(region) for region in repainted]) / whole < 0.12
            assert np.array_equal(on_screen(canvas)[..., :3], array(painted(canvas))[..., :3]), step
            repainted.clear()
    for _ in range(3):
        canvas.pan(0.07, -0.03)
        canvas.reset_button.hide()  # which lies over the maps
        settle(qtbot, window)
        assert np.array_equal(on_screen(canvas)[..., :3], array(painted(canvas))[..., :3])
    window.playback.seek(120)
    assert np.array_equal(on_screen(canvas)[..., :3], array(painted(canvas))[..., :3])
    settle(qtbot, window)


# --- the mouse --------------------------------------------------------------------------------------


@pytest.fixture
def several(make_window):
    return make_window(SHOWN["multiples"])


def send(canvas, kind, at, button=Qt.MouseButton.NoButton, buttons=Qt.MouseButton.NoButton):
    widget, at = canvas.stage.viewport(), QPointF(at)
    far = QPointF(widget.mapToGlobal(at.toPoint()))
    QApplication.sendEvent(widget, QMouseEvent(kind, at, far, button, buttons, Qt.KeyboardModifier.NoModifier))


def drag(canvas, begin, end, button=LEFT, release=True):
    kind = QEvent.Type
    send(canvas, kind.MouseMove, begin)
    send(canvas, kind.MouseButtonPress, begin, button, button)
    for share in np.linspace(0, 1, 7)[1:]:
        send(canvas, kind.MouseMove, begin + (end - begin) * float(share), buttons=button)
    if release:
        send(canvas, kind.MouseButtonRelease, end, button)


def turn(canvas, at, notches=1):
    widget = canvas.stage.viewport()
    event = QWheelEvent(
        at, widget.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def windows_of(canvas):
    """The windows of the plane that are shown; there should be one."""
    return {panel.viewport.bounds for panel in canvas.panels}


def test_a_drag_in_one_map_moves_them_all(qtbot, several):
    canvas = several.canvas
    second = canvas.panels[1].viewport
    drag(canvas, second.point(0, -2), second.point(1, -1))
    (bounds,) = windows_of(canvas)
    assert bounds == pytest.approx((-7, 5, -7, 5), abs=0.15)
    several.store.edit(several.store.session.with_run(0, RUNS[0].with_hyper("lr", 0.01)))
    settle(qtbot, several)
    assert windows_of(canvas) == {bounds}, "an edit leaves the view alone"
    several.store.edit(replace(several.store.session, problem="booth"))
    settle(qtbot, several)
    assert windows_of(canvas) == {several.store.scene.bounds}


def test_a_wheel_over_an_axis_zooms_its_direction_alone(qtbot, several):
    canvas = several.canvas
    rect = canvas.panels[2].viewport.rect
    xmin, xmax, *y = canvas.viewport.bounds
    turn(canvas, QPointF(rect.center().x(), rect.bottom() + 8))
    (bounds,) = windows_of(canvas)
    assert bounds[1] - bounds[0] == pytest.approx((xmax - xmin) / 1.2, rel=0.01)
    assert list(bounds[2:]) == y
    canvas.reset_view()
    turn(canvas, QPointF(canvas.viewport.rect.left() - 8, canvas.viewport.rect.center().y()), notches=-1)
    (bounds,) = windows_of(canvas)
    assert bounds[:2] == (xmin, xmax)
    assert bounds[3] - bounds[2] == pytest.approx((y[1] - y[0]) * 1.2, rel=0.01)
    settle(qtbot, several)


def test_one_unit_stays_as_long_on_both_axes(qtbot, make_window):
    window = make_window(SHOWN["equal"])
    canvas = window.canvas
    domain = canvas.viewport.bounds
    turn(canvas, QPointF(canvas.viewport.rect.left() - 8, canvas.viewport.rect.center().y()))
    turn(canvas, canvas.viewport.rect.center())
    drag(canvas, canvas.viewport.point(2, 1), canvas.viewport.point(3, 1))
    window.resize(1000, 900)
    settle(qtbot, window)
    per_x, per_y = canvas.viewport.scale
    assert per_x == pytest.approx(per_y)
    canvas.reset_view()
    window.resize(1200, 800)
    settle(qtbot, window)
    assert canvas.viewport.bounds == pytest.approx(domain)


def test_the_ring_is_dragged_in_any_map_and_no_click_on_it_moves_it(qtbot, several):
    canvas = several.canvas
    third = canvas.panels[2].viewport
    start = several.store.scene.start
    before = several.store.session
    drag(canvas, third.point(*start), third.point(3, -3))
    settle(qtbot, several)
    assert several.store.scene.start == pytest.approx((3, -3), abs=0.05)
    assert {(panel.start.pos().x(), panel.start.pos().y()) for panel in canvas.panels} == {several.store.scene.start}
    qtbot.mouseClick(canvas.stage.viewport(), LEFT, pos=(third.point(3, -3) + QPointF(5, 3)).toPoint())
    assert several.store.scene.start == pytest.approx((3, -3), abs=0.05)
    several.store.undo()
    assert several.store.session == before
    settle(qtbot, several)


def test_the_mouse_says_by_its_shape_what_it_would_do(qtbot, window):
    canvas, shapes = window.canvas, Qt.CursorShape
    mouse = canvas.stage.viewport()
    send(canvas, QEvent.Type.MouseMove, canvas.viewport.point(3, 3))
    assert mouse.cursor().shape() == shapes.CrossCursor
    send(canvas, QEvent.Type.MouseMove, canvas.viewport.point(*window.store.scene.start))
    assert mouse.cursor().shape() == shapes.SizeAllCursor
    drag(canvas, canvas.viewport.point(3, 3), canvas.viewport.point(2, 2), release=False)
    assert canvas.panels[0].box.cursor().shape() == shapes.ClosedHandCursor
    send(canvas, QEvent.Type.MouseButtonRelease, canvas.viewport.point(2, 2), LEFT)
    send(canvas, QEvent.Type.MouseMove, canvas.viewport.point(3, 3))
    assert mouse.cursor().shape() == shapes.CrossCursor
    send(canvas, QEvent.Type.MouseMove, canvas.viewport.rect.bottomLeft() + QPointF(-5, 5))
    assert mouse.cursor().shape() == shapes.ArrowCursor
    settle(qtbot, window)


def test_words_go_when_the_mouse_leaves(qtbot, window):
    said = []
    window.canvas.pointed.connect(said.append)
    send(window.canvas, QEvent.Type.MouseMove, window.canvas.viewport.point(3, 3))
    assert said[-1]
    QApplication.sendEvent(window.canvas, QEvent(QEvent.Type.Leave))
    assert said[-1] == ""


@pytest.mark.parametrize(("scheme", "more"), [("central:0.0001", 0.0), ("forward:1.0", 0.05)])
def test_the_gradient_under_the_mouse_is_the_one_that_runs_have(qtbot, make_window, scheme, more):
    window = make_window(Session("x**2/20 + 0*y", gradient=scheme, runs=(RunSpec("sgd"),)))
    said = []
    window.canvas.pointed.connect(said.append)
    at = window.canvas.viewport.point(7.0, 0.0)
    send(window.canvas, QEvent.Type.MouseMove, at)
    x, _ = window.canvas.viewport.to_data(round(at.x()), round(at.y()))
    assert f"|∇f| {number(x / 10 + more, 4)}" in said[-1]


def test_after_a_click_keys_reach_the_program(qtbot, window):
    canvas = window.canvas
    field = window.problem_panel.findChild(QLineEdit)
    field.setFocus()
    assert window.focusWidget() is field
    qtbot.mouseClick(canvas.stage.viewport(), LEFT, pos=canvas.viewport.point(3, 3).toPoint())
    settle(qtbot, window)
    assert window.focusWidget() is canvas
    window.playback.to_start()
    bounds = canvas.viewport.bounds
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert window.playback.step == 1
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.viewport.bounds != bounds
    qtbot.keyClick(canvas, Qt.Key.Key_R)
    assert canvas.viewport.bounds == bounds
    settle(qtbot, window)


# --- the menu ---------------------------------------------------------------------------------------


@pytest.fixture
def menu(qtbot, several):
    """The menu of a right click into the second map."""
    at = several.canvas.panels[1].viewport.point(2, 2).toPoint()
    qtbot.mouseClick(several.canvas.stage.viewport(), RIGHT, pos=at)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    yield menu
    menu.close()


def test_the_menu_of_a_right_click_has_what_a_map_can_do(qtbot, several, menu):
    assert several.store.session == SHOWN["multiples"], "it sets no start"
    words = [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]
    start, *ours = words[:-4]
    assert start.startswith("Set the start here (")
    assert ours[:3] == ["Fit the view to the runs", "Reset the view", "Copy picture"]
    assert ours[3] == "Minimum: f(3, 2) = 0"
    assert len(ours) == 7
    assert words[-4:] == ["Show all", "X axis", "Y axis", "A drag"]


def test_ranges_can_be_typed_and_all_be_shown_again(qtbot, several, menu):
    canvas = several.canvas
    x = menu.ctrl[0]
    assert not x.invertCheck.isVisibleTo(x.minText.parentWidget())
    assert x.minText.isVisibleTo(x.minText.parentWidget())
    x.minText.setText("-2")
    x.minText.editingFinished.emit()
    x.maxText.setText("2.5")
    x.maxText.editingFinished.emit()
    assert windows_of(canvas) == {(-2.0, 2.5, *several.store.scene.bounds[2:])}
    menu.viewAll.trigger()
    assert windows_of(canvas) == {several.store.scene.bounds}
    several.resize(1000, 700)
    settle(qtbot, several)
    assert windows_of(canvas) == {several.store.scene.bounds}


def test_a_drag_may_zoom_to_a_rectangle_in_every_map(qtbot, several, menu):
    canvas = several.canvas
    menu.mouseModes[1].trigger()
    menu.close()
    assert {panel.box.state["mouseMode"] for panel in canvas.panels} == {PlotBox.RectMode}
    first = canvas.panels[0].viewport
    drag(canvas, first.point(-4, 4), first.point(-1, 1))
    (bounds,) = windows_of(canvas)
    assert bounds == pytest.approx((-4, -1, 1, 4), abs=0.1)
    settle(qtbot, several)


# --- what stays behind ------------------------------------------------------------------------------


def test_maps_are_kept_and_do_not_grow_with_changes_of_layout(qtbot, window):
    canvas, names = window.canvas, [layout.name for layout in WINDOW_LAYOUTS.values() if layout.has_map]
    counts, seen = [], set()
    for change in range(200):
        window.set_view(layout=names[change % len(names)], swarm=20 * (change % 2), basins_of="each")
        qtbot.waitUntil(lambda: not window.store.is_busy)
        seen.add(len(canvas.panels))
        if change % 50 in (48, 49):
            window.set_view(layout="multiples", swarm=0, arrows=())
            settle(qtbot, window)
            canvas.grab()
            counts.append((len(canvas.stage.scene().items()), len(canvas.findChildren(QObject))))
    assert len(set(counts)) == 1, counts
    assert seen == {1, 4}
    window.set_view(layout="map")
    settle(qtbot, window)
    items = canvas.stage.scene().items()
    assert len([item for item in items if isinstance(item, PlotBox)]) == 4
    assert len([item for item in items if isinstance(item, PlotBox) and item.isVisible()]) == 1


def test_a_window_at_rest_is_woken_by_no_timer_of_its_maps(qtbot, several):
    woken = []

    class Watch(QObject):
        def eventFilter(self, watched, event):
            waits = isinstance(watched.parent(), QEventLoop)
            is_cache = type(watched) is QObject and watched.parent() is None  # Qt's of pixmaps, once in 30 s
            if event.type() == QEvent.Type.Timer and not waits and not is_cache:
                woken.append(watched)
            return False

    several.playback.pause()
    qtbot.waitUntil(lambda: several.groove_painter.is_settled)
    send(several.canvas, QEvent.Type.MouseMove, several.canvas.viewport.point(1, 1))
    qtbot.wait(100)
    watch = Watch()
    QApplication.instance().installEventFilter(watch)
    qtbot.wait(400)
    QApplication.instance().removeEventFilter(watch)
    assert woken == []


def test_the_window_leaves_the_hook_for_exceptions_and_pyqtgraph_s_options_alone():
    code = """
import sys, threading
hooks = sys.excepthook, threading.excepthook
import optvis.gui.window
import pyqtgraph
assert (sys.excepthook, threading.excepthook) == hooks
options = dict(pyqtgraph.CONFIG_OPTIONS)
from PyQt6.QtWidgets import QApplication
from PyQt6.QtCore import QSettings
from optvis.document.session_file import preset
app = QApplication([])
window = optvis.gui.window.Window(preset("textbook"), QSettings("", QSettings.Format.IniFormat))
assert pyqtgraph.CONFIG_OPTIONS == options
late = {"scipy", "OpenGL", "pyqtgraph.opengl", "pyqtgraph.console"}
assert not late & set(sys.modules)
import os; os._exit(0)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=120, check=True)
