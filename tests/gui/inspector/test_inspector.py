"""The inspector tells what the record holds, follows the step, and its controls move it."""

import re
from dataclasses import replace
from html import unescape
from time import monotonic

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QGuiApplication, QTextDocument
from PyQt6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QTableView

from optvis.document.session import RunSpec, Session, View
from optvis.explain.stability import sentence
from optvis.explain.update import explain
from optvis.foundation.number_text import number
from optvis.gui.inspector.inspector import REFRESH_SECONDS
from optvis.gui.inspector.step_numbers import DIGITS
from optvis.gui.inspector.step_record import step_record
from optvis.gui.state import run_edits
from optvis.landscape.curvature import curvature
from optvis.language.notation import number as written
from optvis.optimizers.catalogue import CATALOGUE
from tests.gui.conftest import settle

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
TYPED = "rule{ q = 0.5*q + g/(1 + abs(g)); step = -lr*q }"


@pytest.fixture
def inspected(make_window, qtbot):
    """Open a window with its inspector, on a session or the textbook comparison with Adam chosen."""

    def make(session=None):
        window = make_window(session)
        if session is None:
            window.store.edit(run_edits.chosen(window.store.session, 3), key="chosen")
            settle(qtbot, window)
        window.menus.actions["show inspector"].setChecked(True)
        QApplication.processEvents()
        return window

    return make


def _flat(html):
    """HTML as the text that is left of it."""
    return unescape(re.sub("<[^>]*>", "", html))


def shown_values(inspector):
    return {key: label.text() for key, label in inspector.numbers.values.items()}


@pytest.mark.parametrize("name", [*CATALOGUE, TYPED])
def test_every_state_is_shown_and_the_step_is_the_one_recorded(inspected, name):
    window = inspected(Session("quadratic-valley", runs=(RunSpec(name),), steps=20))
    (run,) = window.store.scene.runs
    trajectory = run.trajectory
    window.playback.seek(7)
    shown = shown_values(window.inspector)
    for key in ("x", "y"):
        assert shown["theta", key] == number(trajectory.params[key][7, 0], DIGITS)
        assert shown["g", key] == number(trajectory.grad[key][7, 0], DIGITS)
        for state in trajectory.state:
            assert shown[state, key] == number(trajectory.state[state][key][7, 0], DIGITS)
        known = {one.name: one.values for one in window.inspector.record.quantities}
        assert known["theta"][key] + known["step"][key] == trajectory.params[key][8, 0], "the step leads to row 8"
        assert shown["step", key] == number(known["step"][key], DIGITS)
    assert shown["loss", ""] == number(trajectory.loss[7], DIGITS)
    assert shown["slope", ""] == number(trajectory.slope[7], DIGITS)
    assert window.inspector.title.text() == "step 7 → 8"


@pytest.mark.parametrize("name", ["adam", "lion", "nadam", TYPED])
def test_the_lines_are_those_of_the_rule_with_this_steps_numbers(inspected, name):
    window = inspected(Session("rosenbrock", runs=(RunSpec(name),), steps=20))
    window.playback.seek(5)
    shown = window.inspector.rule_view.toPlainText().replace("\N{NO-BREAK SPACE}", " ").splitlines()
    trajectory = window.store.scene.runs[0].trajectory
    expected = ["g = ∇f", *(f"{key}:  {written(trajectory.grad[key][5, 0]).text}" for key in ("x", "y"))]
    for line in explain(trajectory, 5):
        expected += [_flat(line.html), *(f"{key}:  {_flat(line.with_numbers(key, html=True))}" for key in ("x", "y"))]
    assert shown == expected


def test_it_follows_the_step_and_the_chosen_run(qtbot, inspected):
    window = inspected()
    inspector = window.inspector
    qtbot.keyClick(window.canvas, Qt.Key.Key_Right)
    assert inspector.title.text() == "step 1 → 2"
    assert inspector.record.run.label == "Adam"
    window.store.edit(run_edits.chosen(window.store.session, 1))
    settle(qtbot, window)
    qtbot.waitUntil(lambda: inspector.record.run.label == "Momentum")
    assert inspector.run_box.currentText() == "Momentum"
    assert "momentum" in inspector.rule_view.toPlainText()


def test_the_box_and_a_click_on_a_card_choose_the_run(qtbot, inspected):
    window = inspected()
    box = window.inspector.run_box
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Up)
    settle(qtbot, window)
    assert window.store.session.view.chosen == 2
    card = window.runs_panel.cards[0]
    qtbot.mouseClick(card.name.label, LEFT)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: window.inspector.record.run.label == "SGD")
    qtbot.mouseClick(window.runs_panel.cards[1], LEFT, pos=QPoint(2, 2))
    settle(qtbot, window)
    qtbot.waitUntil(lambda: window.inspector.record.run.label == "Momentum")
    assert box.currentText() == "Momentum"
    window.store.undo()
    assert window.store.session.view.chosen == 0, "choosing again and again is one entry of the history"


def test_the_chosen_card_has_a_bar_and_says_so(qtbot, inspected):
    window = inspected()

    def bar(card):
        image = card.grab().toImage()
        return image.pixelColor(round(1 * image.devicePixelRatio()), image.height() // 2).name()

    marked = [bar(card) == card.palette().highlight().color().name() for card in window.runs_panel.cards]
    assert marked == [False, False, False, True]
    assert [card.accessibleDescription() for card in window.runs_panel.cards] == ["", "", "", "Inspected"]


def test_the_chosen_run_stays_chosen_when_the_list_changes(inspected):
    session = inspected().store.session  # Adam, the last of four, is chosen
    for edit in (
        lambda s: run_edits.moved(s, 3, 0), lambda s: run_edits.moved(s, 0, 3), lambda s: run_edits.removed(s, 1),
        lambda s: run_edits.duplicated(s, 0), lambda s: run_edits.duplicated(s, 2),
        lambda s: run_edits.duplicated(s, 3), lambda s: run_edits.added(s, "lion"),
        lambda s: run_edits.with_rule(s, 1, TYPED, as_new=True),
    ):  # fmt: skip
        edited = edit(session)
        assert edited.runs[edited.view.chosen].optimizer == "adam"
        assert edited.view.chosen < len(edited.runs)
    assert run_edits.duplicated(session, 3).view.chosen == 3, "the copy is another run"


def test_at_the_last_step_it_says_that_no_update_follows(inspected):
    window = inspected()
    window.playback.to_end()
    inspector = window.inspector
    assert inspector.title.text() == "step 30"
    assert "no update follows" in inspector.note.text()
    assert inspector.note.isVisible()
    assert ("step", "x") not in inspector.numbers.values
    text = inspector.rule_view.toPlainText()
    assert "θ ← θ + Δθ" in text
    assert "x:" not in text, "the lines stand without numbers"
    window.playback.seek(29)
    assert not inspector.note.isVisible()


def test_a_diverged_run_has_no_values_after_its_end(inspected):
    window = inspected(Session("quadratic-valley", runs=(RunSpec("sgd", (("lr", 3.0),)),), steps=400))
    trajectory = window.store.scene.runs[0].trajectory
    assert trajectory.last < 400
    inspector = window.inspector
    window.playback.seek(trajectory.last)
    assert "diverged here" in inspector.note.text()
    assert shown_values(inspector)["theta", "y"] == number(trajectory.y[trajectory.last], DIGITS)
    window.playback.seek(trajectory.last + 5)
    assert f"diverged at step {trajectory.last}" in inspector.note.text()
    assert inspector.numbers.values == {}
    assert not inspector.table.currentIndex().isValid()
    window.playback.seek(3)
    assert inspector.table.currentIndex().row() == 3
    assert shown_values(inspector)["theta", "y"] == number(trajectory.y[3], DIGITS)


def test_without_runs_it_says_so_and_nothing_can_be_done(inspected):
    window = inspected(Session("sphere"))
    inspector = window.inspector
    assert "Add an optimizer" in inspector.note.text()
    assert inspector.record is None
    assert not inspector.copy_button.isEnabled()
    assert not inspector.slow_button.isEnabled()
    assert not inspector.table.isVisible()


def test_copy_has_every_number_in_full_and_every_line(qtbot, inspected):
    window = inspected()
    window.playback.seek(12)
    qtbot.mouseClick(window.inspector.copy_button, LEFT)
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    trajectory = window.store.scene.runs[3].trajectory
    found = {row[0]: [float(cell) for cell in row[1:]] for row in rows if row[0] in ("theta", "g", "m", "v", "loss")}
    assert found["theta"] == [trajectory.x[12], trajectory.y[12]]
    assert found["g"] == [trajectory.grad["x"][12, 0], trajectory.grad["y"][12, 0]]
    assert found["v"] == [trajectory.state["v"]["x"][12, 0], trajectory.state["v"]["y"][12, 0]]
    assert found["loss"] == [trajectory.loss[12]]
    last = rows[-1]
    assert last[0] == "θ ← θ + Δθ"
    assert [float(cell) for cell in last[1:]] == [trajectory.x[13], trajectory.y[13]]
    assert "Copied step 12" in window.statusBar().currentMessage()


def test_what_is_selected_of_the_lines_is_copied_with_its_powers(inspected):
    window = inspected()
    window.playback.seek(12)
    view = window.inspector.rule_view
    view.setFocus()
    view.selectAll()
    view.copy()
    copied = QGuiApplication.clipboard().text()
    assert "(1 − 0.9^(13))" in copied
    assert "10^(−8)" in copied
    assert "v ← β₂·v + (1 − β₂)·g^2" in copied
    assert copied.splitlines()[0] == "g = ∇f"


def test_arrow_switches_are_edits_and_follow_the_session(qtbot, inspected):
    window = inspected()
    boxes = window.inspector.arrows.boxes
    assert list(boxes) == ["gradient", "velocity", "scaling", "step"]
    before = window.canvas.grab().toImage()
    for kind in ("step", "scaling", "velocity", "gradient"):
        boxes[kind].click()
    settle(qtbot, window)
    assert window.store.session.view.arrows == tuple(boxes), "in one order, whatever was clicked first"
    assert window.canvas.grab().toImage() != before
    boxes["velocity"].click()
    boxes["step"].click()
    assert window.store.session.view.arrows == ("gradient", "scaling")
    window.store.undo()
    assert boxes["step"].isChecked()
    assert not boxes["velocity"].isChecked()
    assert all(not box.icon().isNull() for box in boxes.values())


def test_switches_say_what_a_rule_has_none_of(qtbot, inspected):
    window = inspected()
    boxes = window.inspector.arrows.boxes
    assert [box.text() for box in boxes.values()] == ["gradient", "velocity", "scaling", "step"]
    window.store.edit(run_edits.chosen(window.store.session, 0))
    settle(qtbot, window)
    assert [box.text() for box in boxes.values()] == ["gradient", "velocity (none)", "scaling (none)", "step"]


def test_curvature_at_the_head_and_at_the_minimum(inspected):
    window = inspected(Session("rosenbrock", runs=(RunSpec("sgd"),), steps=50))
    run = window.store.scene.runs[0]
    window.playback.seek(9)
    box = window.inspector.curvature
    here = curvature(window.store.scene.problem, run.trajectory.x[9], run.trajectory.y[9])
    there = curvature(window.store.scene.problem, 1.0, 1.0)
    for found in (here, there):
        for value in (*found.eigenvalues, found.condition):
            assert number(float(value)) in box.table.text()
        assert sentence(found, run.optimizer.rule, run.hyper) in box.words.text()
    assert "limit of lr" in box.table.text()


def test_a_card_says_how_its_learning_rate_stands_to_the_limit(qtbot, inspected):
    window = inspected()
    notes = [card.limit.text() if card.limit.isVisible() else "" for card in window.runs_panel.cards]
    assert notes == ["95 % of the limit 1.0: zig-zag along y", "5 % of the limit 1.9: swings along y", "", ""]
    session = window.store.session
    window.store.edit(session.with_run(0, session.runs[0].with_hyper("lr", 1.2)))
    settle(qtbot, window)
    assert window.runs_panel.cards[0].limit.text() == "Above the limit 1.0: it grows along y"


def test_a_folded_inspector_is_not_computed_and_catches_up(inspected):
    window = inspected()
    inspector = window.inspector
    window.menus.actions["show inspector"].setChecked(False)
    before = inspector.record
    window.playback.seek(9)
    assert inspector.record is before
    window.menus.actions["show inspector"].setChecked(True)
    assert inspector.record.step == 9
    assert inspector.table.currentIndex().row() == 9


def test_while_playing_it_is_updated_now_and_then_and_at_the_end_at_once(qtbot, inspected):
    window = inspected(Session("quadratic-valley", runs=(RunSpec("adam"),), steps=2000))
    inspector = window.inspector
    frames, updates = [], []
    window.playback.stepChanged.connect(frames.append)
    refreshed = inspector.table.set_step
    inspector.table.set_step = lambda step: (updates.append(step), refreshed(step))
    began = monotonic()
    window.playback.play()
    qtbot.waitUntil(lambda: len(frames) >= 25)
    window.playback.pause()
    assert 1 < len(updates) <= 2 + (monotonic() - began) / REFRESH_SECONDS  # whatever time the frames take
    assert updates == sorted(updates)
    assert inspector.record.step == window.playback.step == updates[-1]


def test_folding_is_remembered_and_is_the_default_in_a_narrow_window(qtbot, make_window):
    first = make_window()
    assert first.inspector is None
    qtbot.keyClick(first, Qt.Key.Key_I, CONTROL)
    assert first.inspector.isVisible()
    first.columns.setSizes([300, 520, 380])
    first.close()
    second = make_window()
    assert second.inspector.isVisible()
    assert second.inspector.width() == pytest.approx(380, abs=12)
    qtbot.keyClick(second, Qt.Key.Key_I, CONTROL)
    second.close()
    assert make_window().inspector is None


def test_a_long_name_and_a_long_rule_do_not_widen_the_column(qtbot, inspected):
    name = "a_state_with_a_very_long_name"
    rule = f"rule{{ {name} = 0.5*{name} + g; step = -lr*g{'*1.0' * 60} }}"
    window = inspected(Session("quadratic-valley", runs=(RunSpec(rule, label="long " * 15),), steps=5))
    window.inspector_column.setMaximumWidth(window.inspector_column.minimumWidth())
    window.playback.seek(2)
    QApplication.processEvents()
    content = window.inspector.area.widget()
    assert content.width() <= window.inspector.area.viewport().width()
    labels = [label for label in window.inspector.numbers.findChildren(QLabel) if label.isVisible()]
    for label in window.inspector.numbers.values.values():
        assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width(), label.text()
        assert all(not label.geometry().intersects(other.geometry()) for other in labels if other is not label)
    (label,) = [label for label in labels if "state_w" in label.text()]
    symbol = QTextDocument()
    symbol.setDefaultFont(label.font())
    symbol.setDocumentMargin(0)
    symbol.setHtml(label.text().split("&nbsp;")[0])
    assert symbol.idealWidth() <= label.width()


def test_in_another_theme_its_colours_change(qtbot, inspected):
    window = inspected()
    light = window.inspector.grab().toImage().pixelColor(3, 3).lightness()
    window.set_theme("dark")
    settle(qtbot, window)
    dark = window.inspector.grab().toImage().pixelColor(3, 3).lightness()
    window.set_theme("light")
    settle(qtbot, window)
    assert light > 200 > 60 > dark


def test_a_record_is_made_without_a_window():
    from optvis.document.session import resolve

    scene = resolve(Session("quadratic-valley", runs=(RunSpec("adam"),), steps=3, view=View(chosen=0)))
    record = step_record(scene.runs[0], 99)
    assert record.step == 3
    assert record.lines == ()
    assert replace(scene.session.view, chosen=5).chosen == 5


def test_everything_in_it_is_named_and_reached_by_tab(inspected):
    window = inspected()
    kinds = (QAbstractButton, QComboBox, QTableView)
    found = [w for kind in kinds for w in window.inspector.findChildren(kind) if w.isVisible() and w.isEnabled()]
    assert len(found) >= 8
    assert not [w for w in found if not (w.accessibleName() or getattr(w, "text", str)())]
    reached, focus = set(), window.canvas
    for _ in range(500):
        focus = focus.nextInFocusChain()
        reached.add(focus)
    assert not [w for w in found if not w.focusPolicy() & Qt.FocusPolicy.TabFocus or w not in reached]


# --- made when it is first shown --------------------------------------------------------------------


def tab_stops(window):
    """What Tab comes to after the map, in its order."""
    found, focus = [], window.canvas.nextInFocusChain()
    while focus is not window.canvas:
        if focus.focusPolicy() & Qt.FocusPolicy.TabFocus and focus.isVisible() and focus.isEnabled():
            found.append((type(focus).__name__, focus.accessibleName()))
        focus = focus.nextInFocusChain()
    return found


def test_opened_late_it_stands_where_it_stands_in_a_window_that_opens_with_it(qtbot, make_window, settings):
    first = make_window()
    qtbot.keyClick(first, Qt.Key.Key_I, CONTROL)
    first.columns.setSizes([300, 520, 380])
    first.inspector.table.parentWidget().setSizes([200, 400])
    QApplication.processEvents()
    first.close()
    early = make_window()
    settings.setValue("window/inspector", False)
    late = make_window()
    assert (early.inspector is None, late.inspector is None) == (False, True)
    late.menus.actions["show inspector"].trigger()
    QApplication.processEvents()
    assert late.inspector.geometry() == early.inspector.geometry()
    assert late.inspector.table.height() == early.inspector.table.height() == pytest.approx(400, abs=60)
    assert late.inspector.record.lines == early.inspector.record.lines
    stops = tab_stops(late)
    assert stops == tab_stops(early)
    assert stops.index(("QComboBox", "Run to inspect")) < stops.index(("QToolButton", "To the start"))


def test_how_its_room_is_divided_outlasts_a_window_that_does_not_show_it(qtbot, make_window):
    first = make_window()
    qtbot.keyClick(first, Qt.Key.Key_I, CONTROL)
    first.inspector.table.parentWidget().setSizes([200, 400])
    QApplication.processEvents()
    height = first.inspector.table.height()
    qtbot.keyClick(first, Qt.Key.Key_I, CONTROL)
    first.close()
    second = make_window()
    assert second.inspector is None
    second.close()
    third = make_window()
    qtbot.keyClick(third, Qt.Key.Key_I, CONTROL)
    QApplication.processEvents()
    assert third.inspector.table.height() == height
