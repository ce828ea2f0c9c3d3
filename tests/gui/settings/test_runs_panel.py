"""The list of runs, driven as a person would."""

from dataclasses import replace

import pytest
from PyQt6.QtCore import QEvent, QPoint, QRect, Qt
from PyQt6.QtGui import QHelpEvent, QImage
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from optvis.document.session import MAX_RUNS, RunSpec, Session
from optvis.draw.paint.theme import COLOR_COUNT, DARK, LIGHT, STYLE_COUNT, run_style
from optvis.engine.outcome import KINDS, Outcome
from optvis.foundation.number_text import typeset
from optvis.gui.settings.runs_panel import RunsPanel
from optvis.gui.state.store import Store
from optvis.gui.widgets import palette
from optvis.gui.widgets.swatch import style_name
from optvis.optimizers.catalogue import CATALOGUE

LEFT = Qt.MouseButton.LeftButton
_GRAY = QImage.Format.Format_Grayscale8
TEXTBOOK = Session(
    "quadratic-valley",
    runs=(RunSpec("sgd"), RunSpec("momentum", style=1), RunSpec("adagrad", style=2), RunSpec("adam", style=3)),
)


@pytest.fixture
def make(qtbot):
    def make(session=TEXTBOOK, size=(320, 700)):
        palette.apply("light")
        frame = QWidget()
        qtbot.addWidget(frame)
        store = Store(session, frame)
        panel = RunsPanel(store)
        panel.store, panel.frame = store, frame
        QVBoxLayout(frame).addWidget(panel)
        frame.resize(*size)
        frame.show()
        frame.activateWindow()
        QApplication.processEvents()
        return panel

    yield make
    for menu in [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu)]:
        menu.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def panel(make):
    return make()


def settle(qtbot, panel):
    qtbot.waitUntil(lambda: not panel.store.is_busy)
    QApplication.processEvents()


def names(panel):
    return [spec.optimizer for spec in panel.store.session.runs]


def _gray_pixels(pixmap):
    image = pixmap.toImage().convertToFormat(_GRAY)
    return bytes(image.constBits().asstring(image.sizeInBytes()))


def undo_entries(store):
    count = 0
    while store.can_undo:
        store.undo()
        count += 1
    return count


def drag(qtbot, widget, *path):
    qtbot.mousePress(widget, LEFT, pos=path[0])
    for start, end in zip(path, path[1:], strict=False):
        for part in range(1, 9):
            qtbot.mouseMove(widget, start + (end - start) * part / 8)
    qtbot.mouseRelease(widget, LEFT, pos=path[-1])


# --- one card -----------------------------------------------------------------------------------


def test_a_card_shows_what_holds_and_how_it_ended(qtbot, panel):
    settle(qtbot, panel)
    card = panel.cards[0]
    assert card.name.label.text() == "SGD"
    assert card.sliders["lr"].value() == 0.95
    assert not card.sliders["lr"].label.font().bold(), "suggested, not set by hand"
    assert card.box.isChecked()
    assert card.box.text() == "1"
    outcome = panel.store.scene.runs[0].trajectory.outcome
    assert card.badge.text().startswith(f"{outcome.kind} · f 0.01")
    assert typeset(outcome.reason)[1:] in card.badge.toolTip()
    assert f"step {outcome.step}" in card.badge.toolTip()


def test_one_drag_of_a_slider_is_one_entry_and_recomputes_that_run_alone(qtbot, panel):
    settle(qtbot, panel)
    before = panel.store.scene
    slider = panel.cards[0].sliders["lr"].slider
    centre = slider.handle_centre()
    drag(qtbot, slider, centre, QPoint(slider.width() // 2, centre.y()), QPoint(10, centre.y()))
    settle(qtbot, panel)
    ((name, value),) = panel.store.session.runs[0].hyper
    assert name == "lr"
    assert value < 0.001
    after = panel.store.scene
    assert after.runs[0].trajectory is not before.runs[0].trajectory
    assert [a.trajectory is b.trajectory for a, b in zip(after.runs, before.runs, strict=True)] == [
        False,
        True,
        True,
        True,
    ]
    assert panel.cards[0].sliders["lr"].label.font().bold()
    drag(qtbot, slider, slider.handle_centre(), QPoint(60, centre.y()))
    assert undo_entries(panel.store) == 2
    assert panel.store.session == TEXTBOOK
    assert panel.cards[0].sliders["lr"].value() == 0.95


def test_typed_values_and_a_double_click_back(qtbot, panel):
    row = panel.cards[3].sliders["beta1"]
    row.field.selectAll()
    qtbot.keyClicks(row.field, "0.5")
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    assert panel.store.session.runs[3].hyper == (("beta1", 0.5),)
    qtbot.mouseDClick(row.label, LEFT)
    assert panel.store.session.runs[3].hyper == ()
    assert row.field.text() == "0.9"


def test_counting_with_the_arrows_is_one_entry_until_the_field_is_left(qtbot, panel):
    field = panel.cards[3].sliders["lr"].field
    for _ in range(2):
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_Up)
        qtbot.keyClick(field, Qt.Key.Key_Up)
        panel.add_button.setFocus()
    assert dict(panel.store.session.runs[3].hyper)["lr"] == 0.7
    assert undo_entries(panel.store) == 2


def test_an_illegal_number_changes_nothing_and_says_why(qtbot, panel):
    row = panel.cards[3].sliders["beta1"]
    for text in ("nan", "1.5", "fast"):
        row.field.selectAll()
        qtbot.keyClicks(row.field, text)
        qtbot.keyClick(row.field, Qt.Key.Key_Return)
        assert row.error.isVisible()
        assert panel.store.session == TEXTBOOK


def test_a_key_and_a_click_switch_a_run_off(qtbot, panel):
    qtbot.mouseClick(panel.cards[1].box, LEFT, pos=QPoint(6, panel.cards[1].box.height() // 2))
    panel.toggle_run(2)
    assert [spec.visible for spec in panel.store.session.runs] == [True, False, False, True]
    panel.toggle_run(2)
    panel.toggle_run(17)
    assert [card.box.isChecked() for card in panel.cards] == [True, False, True, True]


def test_less_used_settings_unfold(qtbot, panel):
    card = panel.cards[3]
    assert card.sliders["beta2"].isVisible()
    assert not card.sliders["eps"].isVisible()
    qtbot.mouseClick(card.more_button, LEFT)
    assert card.sliders["eps"].isVisible()
    assert card.more_button.text() == "less"
    assert panel.store.session == TEXTBOOK, "folding is no edit"
    qtbot.mouseClick(card.more_button, LEFT)
    assert not card.sliders["eps"].isVisible()


def test_choosing_a_style(qtbot, panel):
    menu = panel.cards[0].swatch.show_menu()
    actions = menu.actions()
    assert len({action.text() for action in actions}) == 2 * COLOR_COUNT
    assert [action.isChecked() for action in actions].index(True) == 0
    actions[5].trigger()
    assert panel.store.session.runs[0].style == 5
    assert panel.cards[0].swatch.accessibleDescription() == style_name(5, LIGHT)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_styles_have_different_names_and_pictures(qtbot, panel, theme):
    palette.apply(theme.name)
    swatch = panel.cards[0].swatch
    assert len({style_name(index, theme).split(",")[0] for index in range(COLOR_COUNT)}) == COLOR_COUNT
    assert len({style_name(index, theme) for index in swatch.offered()}) == 2 * COLOR_COUNT
    pictures = set()
    for index in swatch.offered():
        swatch.set_style(index, "")
        pictures.add(_gray_pixels(swatch.grab()))
    assert len(pictures) == 2 * COLOR_COUNT, "also without colours"
    palette.apply("light")


def test_a_swatch_shows_the_dashes(panel):
    swatch = panel.cards[0].swatch
    share = {}
    for index in range(STYLE_COUNT):
        swatch.set_style(index, "")
        image = swatch.grab().toImage()
        color = run_style(index, LIGHT).color.name()
        row = [image.pixelColor(x, image.height() // 2).name() == color for x in range(image.width() // 3)]
        share[index] = sum(row)
    assert all(share[index] < share[0] for index in range(STYLE_COUNT) if run_style(index, LIGHT).dash)


def test_renaming_by_double_click(qtbot, panel):
    name = panel.cards[0].name
    qtbot.mouseDClick(name.label, LEFT)
    assert name.field.hasFocus()
    qtbot.keyClicks(name.field, "Plain descent")
    qtbot.keyClick(name.field, Qt.Key.Key_Return)
    assert panel.store.session.runs[0].label == "Plain descent"
    assert name.label.text() == "Plain descent"
    assert panel.cards[0].box.accessibleName() == "Show Plain descent, run 1"
    name.begin()
    qtbot.keyClicks(name.field, "something else")
    qtbot.keyClick(name.field, Qt.Key.Key_Escape)
    assert panel.store.session.runs[0].label == "Plain descent"
    name.begin()
    qtbot.keyClick(name.field, Qt.Key.Key_Backspace)
    qtbot.keyClick(name.field, Qt.Key.Key_Return)
    assert panel.store.session.runs[0].label == ""
    assert name.label.text() == "SGD"


def test_a_long_name_is_cut_and_stands_in_the_tooltip(qtbot, make):
    long = "A name that is much too long for the place that there is for it"
    panel = make(Session("sphere", runs=(RunSpec("adam", label=long),)), (300, 400))
    label = panel.cards[0].name.label
    assert label.shown_text() != long
    assert panel.cards[0].width() <= panel.area.viewport().width()
    QApplication.sendEvent(label, QHelpEvent(QEvent.Type.ToolTip, QPoint(2, 2), label.mapToGlobal(QPoint(2, 2))))
    assert long in label.toolTip()


@pytest.mark.parametrize("kind", KINDS)
def test_every_outcome_has_a_shape_of_its_own(panel, kind):
    badge = panel.cards[0].badge
    shapes = {}
    for other in KINDS:
        badge.set_outcome(Outcome(other, 3, "because", 0.5))
        shapes[other] = _gray_pixels(badge.grab(QRect(0, 0, badge.height(), badge.height())))
    assert [other for other in KINDS if shapes[other] == shapes[kind]] == [kind]


# --- the list -----------------------------------------------------------------------------------


def test_adding_from_the_menu(qtbot, panel):
    qtbot.mouseClick(panel.add_button, LEFT)
    (menu,) = panel.findChildren(QMenu)
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == [optimizer.title for optimizer in CATALOGUE.values()] + ["&New rule…"]
    assert actions["Lion"].toolTip() == CATALOGUE["lion"].__doc__.split("\n")[0]
    actions["Lion"].trigger()
    assert names(panel)[-1] == "lion"
    assert panel.cards[-1].name.label.text() == "Lion"
    assert panel.store.session.runs[-1].style == 4
    settle(qtbot, panel)
    assert panel.cards[-1].badge.outcome is not None
    assert panel.cards[-1].visibleRegion().boundingRect().height() > 0, "scrolled to"


def test_the_same_optimizer_may_stand_twice(qtbot, panel):
    panel.add("sgd")
    panel.cards[4].sliders["lr"].field.selectAll()
    qtbot.keyClicks(panel.cards[4].sliders["lr"].field, "0.5")
    qtbot.keyClick(panel.cards[4].sliders["lr"].field, Qt.Key.Key_Return)
    settle(qtbot, panel)
    assert [run.hyper["lr"] for run in panel.store.scene.runs if run.optimizer.name == "sgd"] == [0.95, 0.5]


def test_the_list_is_full_at_its_limit(make):
    panel = make(Session("sphere", steps=1, runs=(RunSpec("sgd"),) * MAX_RUNS))
    menu = panel.show_add_menu()
    assert not any(action.isEnabled() for action in menu.actions() if action.text())
    entries = {action.text(): action for action in panel.cards[0].show_menu().actions()}
    assert not entries["&Duplicate"].isEnabled()


def entry(card, text):
    return next(action for action in card.show_menu().actions() if action.text().split("\t")[0] == text)


def test_the_menu_of_a_card(qtbot, panel):
    entry(panel.cards[1], "&Duplicate").trigger()
    assert names(panel) == ["sgd", "momentum", "momentum", "adagrad", "adam"]
    entry(panel.cards[4], "Move &up").trigger()
    assert names(panel)[3:] == ["adam", "adagrad"]
    entry(panel.cards[0], "Move d&own").trigger()
    assert names(panel)[:2] == ["momentum", "sgd"]
    assert not entry(panel.cards[0], "Move &up").isEnabled()
    assert not entry(panel.cards[4], "Move d&own").isEnabled()
    entry(panel.cards[2], "&Remove").trigger()
    assert names(panel) == ["momentum", "sgd", "adam", "adagrad"]
    assert undo_entries(panel.store) == 4
    assert names(panel) == ["sgd", "momentum", "adagrad", "adam"]
    assert [card.name.label.text() for card in panel.cards] == ["SGD", "Momentum", "AdaGrad", "Adam"]


def test_suggested_settings_of_one_run(qtbot, make):
    panel = make(
        Session("sphere", runs=(RunSpec("adam", (("beta1", 0.5), ("lr", 2.0))), RunSpec("sgd", (("lr", 2.0),))))
    )
    entry(panel.cards[0], "&Suggested settings").trigger()
    assert [spec.hyper for spec in panel.store.session.runs] == [(), (("lr", 2.0),)]
    assert not entry(panel.cards[0], "&Suggested settings").isEnabled()


def test_cards_stay_what_they_are_when_runs_move(qtbot, panel):
    cards = list(panel.cards)
    cards[3].more_button.click()
    cards[3].sliders["eps"].field.setFocus()
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(panel) == ["sgd", "adam", "momentum", "adagrad"]
    assert panel.cards == [cards[0], cards[3], cards[1], cards[2]]
    assert cards[3].sliders["eps"].field.hasFocus()
    assert cards[3].sliders["eps"].isVisible()
    assert [card.index for card in panel.cards] == [0, 1, 2, 3]
    assert [card.box.text() for card in panel.cards] == ["1", "2", "3", "4"]
    QApplication.processEvents()
    tops = [card.y() for card in panel.cards]
    assert tops == sorted(tops)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert names(panel) == ["sgd", "momentum", "adam", "adagrad"]


def test_dragging_a_card_by_its_grip(qtbot, panel):
    grip = panel.cards[0].grip
    target = panel.cards[2]
    below = grip.mapFromGlobal(target.mapToGlobal(QPoint(5, target.height() - 4)))
    middle = grip.rect().center()
    qtbot.mousePress(grip, LEFT, pos=middle)
    qtbot.mouseMove(grip, (middle + below) / 2)
    qtbot.mouseMove(grip, below)
    assert panel.drop_line.isVisible()
    assert names(panel)[0] == "sgd", "not before it is dropped"
    qtbot.mouseRelease(grip, LEFT, pos=below)
    assert not panel.drop_line.isVisible()
    assert names(panel) == ["momentum", "adagrad", "sgd", "adam"]
    assert undo_entries(panel.store) == 1


def test_a_click_on_the_grip_moves_nothing(qtbot, panel):
    qtbot.mouseClick(panel.cards[1].grip, LEFT)
    assert panel.store.session == TEXTBOOK


def test_a_drag_survives_an_edit_from_elsewhere(qtbot, panel):
    slider = panel.cards[0].sliders["lr"].slider
    centre = slider.handle_centre()
    qtbot.mousePress(slider, LEFT, pos=centre)
    qtbot.mouseMove(slider, QPoint(80, centre.y()))
    store = panel.store
    store.edit(replace(store.session, steps=50))
    settle(qtbot, panel)
    assert slider.isSliderDown()
    qtbot.mouseMove(slider, QPoint(20, centre.y()))
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(20, centre.y()))
    assert dict(store.session.runs[0].hyper)["lr"] < 0.01
    assert store.session.steps == 50


def test_the_focus_goes_to_a_neighbour_when_its_card_is_removed(panel):
    panel.cards[1].sliders["lr"].field.setFocus()
    panel.cards[1].remove()
    assert panel.cards[1].menu_button.hasFocus()
    assert panel.cards[1].name.label.text() == "AdaGrad"


def test_without_runs_there_is_a_way_to_add_one(qtbot, make):
    panel = make(Session("sphere"))
    assert panel.empty.isVisible()
    qtbot.mouseClick(panel.empty.button, LEFT)
    (menu,) = panel.findChildren(QMenu)
    menu.actions()[0].trigger()
    assert not panel.empty.isVisible()
    assert len(panel.cards) == 1
    panel.cards[0].remove()
    assert panel.empty.isVisible()


def test_removed_cards_are_gone(qtbot, panel):
    card = panel.cards[0]
    with qtbot.waitSignal(card.destroyed):
        card.remove()


def test_another_session_shows_other_cards(qtbot, panel):
    panel.store.replace(Session("himmelblau", runs=(RunSpec("lion"), RunSpec("adam", (("lr", 0.7),)))))
    settle(qtbot, panel)
    assert [card.name.label.text() for card in panel.cards] == ["Lion", "Adam"]
    assert panel.cards[1].sliders["lr"].field.text() == "0.7"


def test_a_problem_brings_its_suggestions_to_what_was_not_set_by_hand(qtbot, panel):
    store = panel.store
    store.edit(store.session.with_run(1, store.session.runs[1].with_hyper("lr", 0.123)))
    store.edit(replace(store.session, problem="rosenbrock"))
    assert panel.cards[0].sliders["lr"].value() == 0.001
    assert panel.cards[1].sliders["lr"].value() == 0.123


# --- rules --------------------------------------------------------------------------------------


def test_a_typed_rule_becomes_a_run_with_sliders(qtbot, panel):
    dialog = panel.new_rule()
    dialog.editor.setPlainText("v = momentum*v - lr*g\nstep = v*push")
    qtbot.waitUntil(lambda: "push" in dialog.found.text())
    qtbot.mouseClick(dialog.apply_button, LEFT)
    card = panel.cards[-1]
    assert list(card.sliders) == ["momentum", "lr", "push"]
    settle(qtbot, panel)
    assert list(panel.store.scene.runs[-1].trajectory.state) == ["v"]


def test_changing_one_line_of_adam(qtbot, panel):
    adam = panel.store.session.runs[3]
    dialog = panel.cards[3].edit_rule()
    text = dialog.editor.toPlainText()
    assert text == CATALOGUE["adam"].rule.text
    dialog.editor.setPlainText(text.replace("g**2", "abs(g)"))
    dialog.check()
    qtbot.mouseClick(dialog.new_button, LEFT)
    assert panel.store.session.runs[3] is adam
    assert panel.cards[4].name.label.text() == "Adam, edited"
    assert panel.cards[4].sliders["lr"].value() == 0.3
    dialog = panel.cards[4].edit_rule()
    dialog.editor.setPlainText("step = -lr*g")
    dialog.check()
    qtbot.mouseClick(dialog.apply_button, LEFT)
    assert len(panel.cards) == 5
    assert list(panel.cards[4].sliders) == ["lr"]


# --- reach --------------------------------------------------------------------------------------

INTERACTIVE = (QAbstractButton, QAbstractSlider, QLineEdit, QComboBox)


def visible_interactive(panel):
    found = []
    for kind in INTERACTIVE:
        found += [widget for widget in panel.findChildren(kind) if widget.isVisible() and widget.isEnabled()]
    return [widget for widget in found if "scrollbar" not in type(widget).__name__.lower()]


def test_tab_goes_through_every_card_from_top_to_bottom(qtbot, panel):
    panel.cards[2].move_by(-1)
    panel.cards[0].duplicate()
    wanted = {id(widget): widget for widget in visible_interactive(panel)}
    panel.add_button.setFocus(Qt.FocusReason.TabFocusReason)
    reached = [panel.add_button]
    for _ in range(len(wanted) + 5):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        if QApplication.focusWidget() is panel.add_button:
            break
        reached.append(QApplication.focusWidget())
    assert {id(widget) for widget in reached} >= set(wanted)
    cards = [next((at for at, card in enumerate(panel.cards) if card.isAncestorOf(widget)), -1) for widget in reached]
    assert cards == sorted(cards)


def test_everything_one_can_use_has_a_name(panel):
    panel.add("sgd")
    for card in panel.cards:
        card.more_button.click()
    nameless = [widget for widget in visible_interactive(panel) if not (widget.accessibleName() or _text(widget))]
    assert nameless == []
    names = [widget.accessibleName() for widget in visible_interactive(panel)]
    assert len(set(names)) == len(names)


def test_clicks_on_buttons_leave_the_focus(qtbot, panel):
    other = QLineEdit(panel.frame)
    other.show()
    other.setFocus()
    for widget in (panel.cards[0].box, panel.cards[0].more_button):
        qtbot.mouseClick(widget, LEFT)
        assert other.hasFocus()


@pytest.mark.parametrize("width", [290, 320, 400])
def test_nothing_is_clipped(qtbot, make, width):
    session = Session("sphere", runs=(RunSpec("adam"), RunSpec("momentum"), RunSpec("adagrad", (("lr", 0.123456789),))))
    panel = make(session, (width, 500))
    for card in panel.cards:
        card.more_button.click()
    QApplication.processEvents()
    assert not panel.area.horizontalScrollBar().isVisible()
    for widget in visible_interactive(panel):
        assert widget.width() >= widget.minimumSizeHint().width()
        right = widget.mapTo(panel, QPoint(widget.width(), 0)).x()
        assert right <= panel.width()
        if isinstance(widget, QAbstractButton):
            assert widget.width() >= min(widget.sizeHint().width(), 20)


def _text(widget):
    return widget.text() if isinstance(widget, QAbstractButton) else ""
