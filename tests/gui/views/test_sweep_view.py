"""The tab with the sweep map: coarse first, then finer; clicks, drags, keys and words."""

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication

from optvis.document.layouts import WINDOW_LAYOUTS
from optvis.document.session import RunSpec, Session, View
from optvis.maps.sweep_plan import COARSE, STEPS, Swept
from tests.gui.conftest import settle as settle_map

LEFT = Qt.MouseButton.LeftButton
SWEEP = View(layout="sweep")


def settle(qtbot, window):
    settle_map(qtbot, window)
    qtbot.waitUntil(lambda: window.sweep.is_settled)
    QApplication.processEvents()


def session(*runs, problem="quadratic-valley", steps=40, view=SWEEP):
    specs = tuple(RunSpec(run, style=style) for style, run in enumerate(runs or ("momentum", "adam")))
    return Session(problem, steps=steps, runs=specs, view=view)


@pytest.fixture
def window(qtbot, make_window):
    window = make_window(session())
    settle(qtbot, window)
    return window


@pytest.fixture
def sweep(window):
    return window.sweep


def hyper(window, index=0):
    return window.store.scene.runs[index].hyper


def spot(sweep, along, up):
    return sweep.panel.place(along, up).toPoint()


def move_to(qtbot, widget, at):
    qtbot.mouseMove(widget, at - QPoint(1, 0))
    qtbot.mouseMove(widget, at)
    QApplication.processEvents()


def test_the_tab_shows_the_sweep_as_an_edit(qtbot, make_window):
    window = make_window(session(view=View()))
    assert not window.sweep.isVisible()
    assert window.sweep.swept is None, "nothing is computed for a tab that nobody sees"
    tab = list(WINDOW_LAYOUTS).index("sweep")
    qtbot.mouseClick(window.map_tabs.bar, LEFT, pos=window.map_tabs.bar.tabRect(tab).center())
    settle(qtbot, window)
    assert window.store.session.view.layout == "sweep"
    assert window.sweep.isVisible()
    assert window.map_tabs.sweep_bar.isVisible()
    assert window.map_tabs.current is window.sweep
    assert window.sweep.swept.plan.optimizer.name == "momentum"
    window.store.undo()
    settle(qtbot, window)
    assert window.canvas.isVisible()
    assert not window.map_tabs.sweep_bar.isVisible()


def test_a_coarse_map_comes_first_and_the_finest_last(qtbot, window, sweep):
    shapes = []
    sweep.refinement.changed.connect(lambda: shapes.append(sweep.swept.found.loss.shape))
    before = sweep.swept
    window.problem_panel.choose("himmelblau")
    assert sweep.swept is before, "the last map stays until a new one is there"
    settle(qtbot, window)
    assert shapes[0] == COARSE[::-1]
    assert sorted(shapes) == shapes
    assert len(shapes) == 3
    assert shapes[-1] == sweep.swept.plan.cells_for(sweep.width(), sweep.height())[::-1]
    assert sweep.swept.plan.problem.name == "himmelblau"


def test_a_new_edit_cancels_the_map_under_way(qtbot, make_window):
    window = make_window(session(problem="ackley", steps=3000))
    qtbot.waitUntil(lambda: window.sweep.swept is not None)
    assert not window.sweep.is_settled
    window.store.edit(session(steps=5))
    qtbot.waitUntil(lambda: not window.store.is_busy)
    steps = []
    window.sweep.refinement.changed.connect(lambda: steps.append(window.sweep.swept.plan.steps))
    settle(qtbot, window)
    assert set(steps) == {5}


def test_a_larger_window_has_a_finer_map_and_no_coarser_one_comes_between(qtbot, window, sweep):
    before, shapes = sweep.swept.found.loss.shape, []
    sweep.refinement.changed.connect(lambda: shapes.append(sweep.swept.found.loss.shape))
    sweep.resize(sweep.width() + 100, sweep.height() + 80)
    settle(qtbot, window)
    (finer,) = shapes
    assert finer > before
    sweep.resize(sweep.width() - 200, sweep.height() - 160)
    settle(qtbot, window)
    assert shapes == [finer], "a smaller window is served as well"


def test_nothing_is_computed_for_a_hidden_tab(qtbot, window, sweep):
    before = sweep.swept
    window.set_view(layout="map")
    settle(qtbot, window)
    window.problem_panel.choose("himmelblau")
    settle(qtbot, window)
    assert sweep.swept is before
    assert sweep.is_settled
    window.set_view(layout="sweep")
    settle(qtbot, window)
    assert sweep.swept.plan.problem.name == "himmelblau"
    kept = sweep.swept
    window.set_view(layout="map")
    settle(qtbot, window)
    window.set_view(layout="sweep")
    settle(qtbot, window)
    assert sweep.swept is kept, "what is there already is not computed again"


def test_a_map_under_way_is_dropped_when_the_tab_is_left(qtbot, make_window):
    window = make_window(session(problem="ackley", steps=3000))
    qtbot.waitUntil(lambda: window.sweep.swept is not None)
    assert not window.sweep.is_settled
    window.set_view(layout="map")
    assert window.sweep.is_settled
    window.set_view(layout="sweep")
    assert not window.sweep.is_settled, "and begun again when it is seen"


def test_a_click_sets_both_hyperparameters_and_the_mark_goes_there(qtbot, window, sweep):
    before, shown = window.store.session, sweep.swept
    qtbot.mouseClick(sweep, LEFT, pos=spot(sweep, 0.6, 0.5))
    settle(qtbot, window)
    assert hyper(window)["lr"] == pytest.approx(0.1, rel=0.03)
    assert 1 - hyper(window)["momentum"] == pytest.approx(0.01, rel=0.05)
    assert sweep.swept is shown, "the map does not depend on what is on its axes"
    card = window.runs_panel.cards[0]
    assert card.sliders["lr"].value() == hyper(window)["lr"]
    assert card.sliders["momentum"].value() == hyper(window)["momentum"]
    window.store.undo()
    assert window.store.session == before


def test_a_drag_is_one_entry_of_the_history_and_stays_in_the_range(qtbot, window, sweep):
    before, seen = window.store.session, set()
    window.store.sceneChanged.connect(lambda scene: seen.add(scene.runs[0].hyper["lr"]))
    qtbot.mousePress(sweep, LEFT, pos=spot(sweep, 0.3, 0.3))
    for along in (0.4, 0.5, 0.6, 0.9, 1.4):
        qtbot.mouseMove(sweep, spot(sweep, along, 0.4))
        settle(qtbot, window)
    qtbot.mouseRelease(sweep, LEFT, pos=spot(sweep, 1.4, 0.4))
    assert len(seen) >= 5
    assert hyper(window)["lr"] == 10.0
    window.store.undo()
    settle(qtbot, window)
    assert window.store.session == before
    assert not window.store.can_undo


def test_two_clicks_are_two_entries_and_one_beside_the_map_is_none(qtbot, window, sweep):
    qtbot.mouseClick(sweep, LEFT, pos=QPoint(3, 3))
    assert not window.store.can_undo
    for along in (0.2, 0.8):
        qtbot.mouseClick(sweep, LEFT, pos=spot(sweep, along, 0.4))
    window.store.undo()
    settle(qtbot, window)
    assert hyper(window)["lr"] == pytest.approx(1e-3, rel=0.05)


@pytest.mark.parametrize(("key", "name", "sign"), [("Right", "lr", 1), ("Left", "lr", -1), ("Up", "momentum", 1)])
def test_arrow_keys_move_the_settings_by_a_cell(qtbot, window, sweep, key, name, sign):
    sweep.setFocus()
    plan, found, step = sweep.swept.plan, sweep.swept.found, window.playback.step
    axis = plan.axes[("lr", "momentum").index(name)]
    cells = found.loss.shape[1 if name == "lr" else 0]
    for modifier, by in ((Qt.KeyboardModifier.NoModifier, 1), (Qt.KeyboardModifier.ShiftModifier, 10)):
        old = int(plan.share_of(axis, hyper(window)[name]) * cells)
        qtbot.keyClick(sweep, getattr(Qt.Key, f"Key_{key}"), modifier)
        settle(qtbot, window)
        new = plan.share_of(axis, hyper(window)[name]) * cells
        assert int(new) == old + by * sign
        assert new % 1 == pytest.approx(0.5, abs=0.3), "in the middle of the cell"
    assert window.playback.step == step
    qtbot.keyClick(sweep, Qt.Key.Key_End)
    assert window.playback.step == 40, "other keys are the window's"


def test_a_series_of_keys_is_one_entry_of_the_history(qtbot, window, sweep):
    sessions = [window.store.session]
    sweep.setFocus()
    for _ in range(3):
        qtbot.keyClick(sweep, Qt.Key.Key_Right)
    sessions.append(window.store.session)
    qtbot.mouseClick(sweep, LEFT, pos=spot(sweep, 0.3, 0.3))
    sessions.append(window.store.session)
    qtbot.keyClick(sweep, Qt.Key.Key_Up)
    sessions.append(window.store.session)
    window.map_tabs.bar.setFocus()
    sweep.setFocus()
    qtbot.keyClick(sweep, Qt.Key.Key_Up)
    for before in reversed(sessions):
        window.store.undo()
        assert window.store.session == before
    assert not window.store.can_undo


def test_keys_stop_at_the_end_of_an_axis(qtbot, window, sweep):
    sweep.setFocus()
    for _ in range(30):
        qtbot.keyClick(sweep, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, window)
    assert 0 <= hyper(window)["momentum"] < 0.05


def test_the_chosen_run_is_swept_and_set(qtbot, window, sweep):
    titles = []
    window.store.sceneChanged.connect(lambda _: titles.append(sweep.panel.title))
    window.store.edit(session(view=View(layout="sweep", chosen=1)))
    settle(qtbot, window)
    assert sweep.swept.plan.optimizer.name == "adam"
    assert titles[0].startswith("Momentum: "), "the old map is still that of the other run"
    assert sweep.panel.title.startswith("Adam: ")
    qtbot.mouseClick(sweep, LEFT, pos=spot(sweep, 0.6, 0.25))
    settle(qtbot, window)
    assert hyper(window, 1)["beta1"] == pytest.approx(0.9, abs=0.02)
    assert window.store.session.runs[0].hyper == ()


def test_pointing_tells_settings_and_result(qtbot, window, sweep):
    told = []
    sweep.pointed.connect(told.append)
    move_to(qtbot, sweep, spot(sweep, 0.3, 0.2))
    assert told[-1].startswith("lr 0.00")
    assert "momentum 0.8" in told[-1]
    assert window.position_label.text() == told[-1]
    move_to(qtbot, sweep, spot(sweep, 0.99, 0.9))
    assert "diverged at step" in told[-1]
    move_to(qtbot, sweep, QPoint(5, 5))
    assert told[-1] == ""


def choose(box, data):
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_the_bar_chooses_axes_and_colours_as_edits(qtbot, window, sweep):
    bar = window.map_tabs.sweep_bar
    names = ["lr", "momentum", "dampening", "weight_decay"]
    assert [bar.x_choice.itemData(i) for i in range(bar.x_choice.count())] == names
    assert [bar.y_choice.itemData(i) for i in range(bar.y_choice.count())] == [*names, STEPS]
    assert (bar.x_choice.currentData(), bar.y_choice.currentData()) == ("lr", "momentum")
    choose(bar.shows_choice, "outcome")
    settle(qtbot, window)
    assert window.store.session.view.sweep_shows == "outcome"
    assert sweep.panel.title == "Momentum: how the run ended"
    choose(bar.x_choice, "momentum")
    settle(qtbot, window)
    assert (sweep.swept.plan.x.name, sweep.swept.plan.y.name) == ("momentum", "lr"), "they change places"
    choose(bar.y_choice, "momentum")
    settle(qtbot, window)
    assert (sweep.swept.plan.x.name, sweep.swept.plan.y.name) == ("lr", "momentum")
    choose(bar.x_choice, "dampening")
    choose(bar.x_choice, "momentum")
    settle(qtbot, window)
    assert (sweep.swept.plan.x.name, sweep.swept.plan.y.name) == ("momentum", "dampening")
    for _ in range(4):
        window.store.undo()
    settle(qtbot, window)
    assert (bar.x_choice.currentData(), bar.y_choice.currentData()) == ("lr", "momentum")


def test_along_the_steps_a_click_sets_the_value_and_shows_the_step(qtbot, window, sweep):
    bar = window.map_tabs.sweep_bar
    choose(bar.y_choice, STEPS)
    settle(qtbot, window)
    assert sweep.swept.plan.y is None
    assert sweep.swept.found.loss.shape[0] == 41
    assert not bar.shows_choice.isEnabled()
    qtbot.mouseClick(sweep, LEFT, pos=spot(sweep, 0.6, 0.25))
    settle(qtbot, window)
    assert hyper(window)["lr"] == pytest.approx(0.1, rel=0.03)
    assert hyper(window)["momentum"] == 0.9
    assert window.playback.step == 10
    choose(bar.y_choice, "lr")
    settle(qtbot, window)
    assert (sweep.swept.plan.x.name, sweep.swept.plan.y.name) == ("momentum", "lr")


def test_one_hyperparameter_is_swept_along_the_steps_by_itself(qtbot, make_window):
    window = make_window(session("sgd"))
    settle(qtbot, window)
    assert window.map_tabs.sweep_bar.y_choice.currentData() == STEPS
    assert window.sweep.panel.title == "SGD: loss after every step, above the lowest"


def test_the_map_is_described_in_words(window, sweep):
    sweep.grab()
    assert sweep.accessibleName() == "Sweep map"
    words = sweep.accessibleDescription()
    assert words.startswith("Momentum: loss after 40 steps, above the lowest. least f ")
    assert words.endswith("arrow keys to set lr and momentum.")
    for box in window.map_tabs.sweep_bar.x_choice, window.map_tabs.sweep_bar.y_choice:
        assert box.accessibleName()


@pytest.mark.parametrize(
    ("runs", "words"),
    [((), "There is no run to sweep"), (("rule{ step = -0.1*g }",), "has no hyperparameter to sweep over")],
)
def test_without_anything_to_sweep_the_view_says_why(qtbot, make_window, runs, words):
    window = make_window(Session("sphere", runs=tuple(map(RunSpec, runs)), view=SWEEP))
    settle(qtbot, window)
    window.sweep.grab()
    assert words in window.sweep.panel.why_empty
    assert words in window.sweep.accessibleDescription()
    assert not window.map_tabs.sweep_bar.isVisible()
    middle = window.sweep.rect().center()
    qtbot.mouseClick(window.sweep, LEFT, pos=middle)
    move_to(qtbot, window.sweep, middle)
    qtbot.keyClick(window.sweep, Qt.Key.Key_Up)
    assert not window.store.can_undo


def test_what_the_window_zooms_and_resets_takes_no_harm(qtbot, window, sweep):
    before = sweep.grab().toImage()
    sweep.setFocus()
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_R):
        qtbot.keyClick(sweep, key)
    qtbot.keyClick(sweep, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert sweep.grab().toImage() == before
    assert not window.store.can_undo


def test_a_drag_paints_the_cells_once(qtbot, window, sweep):
    sweep.grab()
    background = sweep.background
    qtbot.mousePress(sweep, LEFT, pos=spot(sweep, 0.3, 0.3))
    qtbot.mouseMove(sweep, spot(sweep, 0.5, 0.4))
    settle(qtbot, window)
    qtbot.mouseRelease(sweep, LEFT, pos=spot(sweep, 0.5, 0.4))
    sweep.grab()
    assert sweep.background is background


def test_a_theme_and_a_colour_map_paint_anew(qtbot, window, sweep):
    seen = [sweep.grab().toImage()]
    window.set_view(colormap="cividis")
    settle(qtbot, window)
    seen.append(sweep.grab().toImage())
    window.set_theme("dark")
    settle(qtbot, window)
    seen.append(sweep.grab().toImage())
    window.set_theme("light")
    assert seen[0] != seen[1] != seen[2]
    assert isinstance(sweep.swept, Swept)
