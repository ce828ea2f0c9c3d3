"""The window driven as a person would: clicks, drags, keys; and what is then seen."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QComboBox, QLineEdit, QWidget

from optvis.document.session import RunSpec, Session
from optvis.draw.paint.theme import LIGHT, run_style
from optvis.gui.views import canvas
from optvis.plot.trails_item import TrailsItem
from tests.gui.conftest import settle

LEFT = Qt.MouseButton.LeftButton


def at(canvas, x, y):
    """The pixel of the canvas where a place of the plane is drawn."""
    return canvas.viewport.point(x, y).toPoint()


def image_of(widget):
    image = widget.grab().toImage()
    return image, image.devicePixelRatio()


def colors_near(widget, point, reach=4):
    image, ratio = image_of(widget)
    return {
        image.pixelColor(round((point.x() + dx) * ratio), round((point.y() + dy) * ratio)).name()
        for dx in range(-reach, reach + 1)
        for dy in range(-reach, reach + 1)
    }


def strokes_prepared(panel):
    """How many trails of a map were made ready for painting so far."""
    return sum(layer.rebuilt for layer in TrailsItem.of(panel.box).layers.values())


def test_opens_with_the_textbook_comparison(window):
    runs = [(run.label, run.hyper["lr"]) for run in window.store.scene.runs]
    assert runs == [("SGD", 0.95), ("Momentum", 0.1), ("AdaGrad", 1.5), ("Adam", 0.3)]
    assert window.store.scene.start == (-7, 2)
    assert window.store.scene.steps == 30
    assert "Quadratic valley" in window.windowTitle()


def test_a_click_sets_the_start_and_the_trajectories_follow(qtbot, window):
    qtbot.mouseClick(window.canvas.stage.viewport(), LEFT, pos=at(window.canvas, 5, -3))
    settle(qtbot, window)
    x, y = window.store.scene.start
    per_x, per_y = window.canvas.viewport.scale
    assert abs(x - 5) <= 1 / per_x
    assert abs(y + 3) <= 1 / per_y
    for run in window.store.scene.runs:
        assert (run.trajectory.x[0], run.trajectory.y[0]) == (x, y)


def test_dragging_the_handle_moves_the_start_as_one_entry_of_the_history(qtbot, window):
    canvas = window.canvas
    before = window.store.session
    seen = []
    window.store.sceneChanged.connect(lambda scene: seen.append(scene.start))
    qtbot.mousePress(canvas.stage.viewport(), LEFT, pos=at(canvas, -7, 2))
    for x in np.linspace(-6.5, 0, 8):
        qtbot.mouseMove(canvas.stage.viewport(), at(canvas, float(x), 1))
        settle(qtbot, window)
    qtbot.mouseRelease(canvas.stage.viewport(), LEFT, pos=at(canvas, 0, 1))
    settle(qtbot, window)
    assert len(set(seen)) >= 5, "the trajectories follow while the handle is dragged"
    assert abs(window.store.scene.start[0]) < 0.1
    window.store.undo()
    settle(qtbot, window)
    assert window.store.session == before
    assert not window.store.can_undo


def test_dragging_the_map_pans_and_a_wheel_zooms_about_the_mouse(qtbot, window):
    canvas = window.canvas
    start = window.store.session
    place = QPointF(at(canvas, 4, 2))
    qtbot.mousePress(canvas.stage.viewport(), LEFT, pos=at(canvas, 0, 0))
    qtbot.mouseMove(canvas.stage.viewport(), at(canvas, 0, 0) + QPoint(60, 0))
    qtbot.mouseMove(canvas.stage.viewport(), at(canvas, 0, 0) + QPoint(60, 0))
    qtbot.mouseRelease(canvas.stage.viewport(), LEFT, pos=at(canvas, 0, 0))
    assert canvas.viewport.bounds[0] < -10, "the map was drawn to the right"
    canvas.reset_view()
    assert canvas.viewport.bounds == (-10, 10, -5, 5)
    event = QWheelEvent(
        place, canvas.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.stage.viewport(), event)
    xmin, xmax, _, _ = canvas.viewport.bounds
    assert xmax - xmin < 20
    x, y = canvas.viewport.to_data(place.x(), place.y())
    assert (x, y) == pytest.approx((4, 2), abs=0.05)
    assert window.store.session == start, "the view is no part of the document"
    qtbot.keyClick(canvas, Qt.Key.Key_R)
    assert canvas.viewport.bounds == (-10, 10, -5, 5)
    settle(qtbot, window)


def test_heads_are_where_the_trajectories_are(qtbot, window):
    window.playback.seek(12)
    for run in window.store.scene.runs:
        place = window.canvas.viewport.point(run.trajectory.x[12], run.trajectory.y[12])
        colors = colors_near(window.canvas, place, reach=3)
        assert run_style(run.spec.style, LIGHT).color.name() in colors


def test_trails_grow_with_the_step_and_shrink_again(qtbot, window):
    run = window.store.scene.runs[0]
    color = run_style(run.spec.style, LIGHT).color.name()
    later = window.canvas.viewport.point((run.trajectory.x[3] + run.trajectory.x[4]) / 2,
                                         (run.trajectory.y[3] + run.trajectory.y[4]) / 2)  # fmt: skip
    for _ in range(2):
        window.playback.seek(0)
        assert color not in colors_near(window.canvas, later, reach=1)
        window.playback.seek(10)
        assert color in colors_near(window.canvas, later, reach=1)


def test_keys_step_and_play(qtbot, window):
    play = window.playback
    canvas = window.canvas
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert play.step == 2
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert play.step == 1
    qtbot.keyClick(canvas, Qt.Key.Key_End)
    assert play.step == 30
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    assert play.step == 0
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert play.playing
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert not play.playing, "stepping pauses"


def test_number_keys_switch_runs(qtbot, window):
    qtbot.keyClick(window.canvas, Qt.Key.Key_2)
    settle(qtbot, window)
    assert [run.spec.visible for run in window.store.scene.runs] == [True, False, True, True]
    qtbot.keyClick(window.canvas, Qt.Key.Key_2)
    qtbot.keyClick(window.canvas, Qt.Key.Key_9)
    settle(qtbot, window)
    assert all(run.spec.visible for run in window.store.scene.runs)


def test_a_single_key_yields_to_what_has_the_focus(qtbot, window):
    step = window.playback.step
    field = next(f for f in window.problem_panel.findChildren(QLineEdit) if f.isVisible())
    field.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_End):
        qtbot.keyClick(field, key)
    assert window.playback.step == step
    slider = next(s for s in window.runs_panel.findChildren(QAbstractSlider) if s.isVisible() and s.isEnabled()
                  and s.focusPolicy() & Qt.FocusPolicy.TabFocus)  # fmt: skip
    slider.setFocus()
    before = window.store.session
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert window.playback.step == step
    assert window.store.session != before
    settle(qtbot, window)


def test_undo_and_redo_bring_sessions_back(qtbot, window):
    first = window.store.session
    qtbot.mouseClick(window.canvas.stage.viewport(), LEFT, pos=at(window.canvas, 3, 3))
    qtbot.mouseClick(window.canvas.stage.viewport(), LEFT, pos=at(window.canvas, -3, 3))
    last = window.store.session
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.store.session == first
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert window.store.session == last
    settle(qtbot, window)


def test_one_edit_of_eight_runs_computes_one_run_and_prepares_one_trail(qtbot, make_window):
    names = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamax", "lion")
    window = make_window(
        Session("quadratic-valley", steps=1000, runs=tuple(RunSpec(n, style=i) for i, n in enumerate(names)))
    )
    before = window.store.scene
    (panel,) = window.canvas.panels
    window.canvas.grab()
    prepared = strokes_prepared(panel)
    session = window.store.session
    window.store.edit(session.with_run(3, session.runs[3].with_hyper("lr", 0.7)))
    settle(qtbot, window)
    window.canvas.grab()
    same = [a.trajectory is b.trajectory for a, b in zip(before.runs, window.store.scene.runs, strict=True)]
    assert same == [True, True, True, False, True, True, True, True]
    assert strokes_prepared(panel) == prepared + 1


def test_style_alone_computes_nothing(qtbot, window):
    before = window.store.scene
    session = window.store.session
    window.store.edit(session.with_run(0, replace(session.runs[0], style=6)))
    settle(qtbot, window)
    assert all(a.trajectory is b.trajectory for a, b in zip(before.runs, window.store.scene.runs, strict=True))


def test_without_runs_the_map_offers_to_add_one(qtbot, make_window):
    window = make_window(Session("sphere"))
    button = next(b for b in window.canvas.findChildren(QAbstractButton) if b.isVisible())
    assert "Add an optimizer" in button.text()
    qtbot.mouseClick(button, LEFT)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Adam").trigger()
    menu.close()
    settle(qtbot, window)
    assert [run.label for run in window.store.scene.runs] == ["Adam"]
    assert not button.isVisible()


def test_where_all_runs_are_switched_off_the_map_says_so(qtbot, window, monkeypatch):
    said = []
    monkeypatch.setattr(canvas, "caption", lambda painter, at, words, *rest: said.append(words))
    window.canvas.grab()
    assert said == []
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4):
        qtbot.keyClick(window.canvas, key)
    settle(qtbot, window)
    window.canvas.grab()
    assert set(said) == {"All runs are switched off"}


def test_multiples_show_one_map_for_each_run(qtbot, window):
    window.set_view(layout="multiples")
    settle(qtbot, window)
    panels = window.canvas.panels
    assert [[run.label for run in panel.place.runs] for panel in panels] == [
        ["SGD"],
        ["Momentum"],
        ["AdaGrad"],
        ["Adam"],
    ]
    window.playback.to_end()
    for panel, run in zip(panels, window.store.scene.runs, strict=True):
        place = panel.viewport.point(run.trajectory.x[30], run.trajectory.y[30])
        assert run_style(run.spec.style, LIGHT).color.name() in colors_near(window.canvas, place, 3)


def test_the_status_line_tells_what_is_under_the_mouse(qtbot, window):
    said = []
    window.canvas.pointed.connect(said.append)
    qtbot.mouseMove(window.canvas.stage.viewport(), at(window.canvas, 2, 1))
    x, y = window.canvas.viewport.to_data(
        *[float(v) for v in (at(window.canvas, 2, 1).x(), at(window.canvas, 2, 1).y())]
    )
    assert f"{x**2 / 20 + y**2:.2f}"[:3] in said[-1]
    assert "∇f" in said[-1]


def test_the_view_choices_are_edits_and_the_menu_shows_them(qtbot, window):
    window.set_view(levels="log", aspect="equal")
    settle(qtbot, window)
    assert window.store.scene.scale.kind == "log"
    per_x, per_y = window.canvas.viewport.scale
    assert per_x == pytest.approx(per_y)
    assert window.store.can_undo


def test_everything_interactive_is_named_and_can_be_reached_by_tab(window):
    kinds = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit)
    found = [w for kind in kinds for w in window.findChildren(kind) if w.isVisible() and w.isEnabled()]
    unnamed = [w for w in found if not (w.accessibleName() or getattr(w, "text", str)() or _buddy(window, w))]
    assert not unnamed
    reached: set[QWidget] = set()
    focus = window.canvas
    for _ in range(500):
        focus = focus.nextInFocusChain()
        reached.add(focus)
    unreachable = [
        w for w in found if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w not in reached and w.focusProxy() is None
    ]
    assert not unreachable


def _buddy(window, widget):
    from PyQt6.QtWidgets import QLabel

    return any(label.buddy() is widget for label in window.findChildren(QLabel))


def test_geometry_and_folding_are_remembered(qtbot, make_window):
    first = make_window()
    first.resize(1100, 700)
    first.menus.actions["show charts"].setChecked(False)
    assert not first.chart.isVisible()
    first.close()
    second = make_window()
    assert not second.chart.isVisible()


def test_dark_theme_changes_the_map(qtbot, window):
    light, _ = image_of(window.canvas)
    window.set_theme("dark")
    settle(qtbot, window)
    dark, _ = image_of(window.canvas)
    corner = (2, 2)
    assert light.pixelColor(*corner).lightness() > 200 > 60 > dark.pixelColor(*corner).lightness()
    window.set_theme("light")
    settle(qtbot, window)
