"""Basin maps in the window: the tab, the bar, keys, coarse first, and what the mouse tells."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication

from optvis.document.session import RunSpec, Session, View, resolve
from optvis.draw.maps.basin_colors import minimum_color
from optvis.draw.maps.basin_relief import BasinRelief
from optvis.draw.page.figure import Figure
from optvis.draw.paint.theme import LIGHT
from optvis.gui.state import basin_source, run_edits
from optvis.gui.state.basin_source import STAGES, BasinRequest, BasinSource
from tests.gui.conftest import settle

LEFT = Qt.MouseButton.LeftButton
RUNS = (RunSpec("sgd", {"lr": 0.005}), RunSpec("adam", {"lr": 0.2}, 1), RunSpec("momentum", {"lr": 0.003}, 2))


@pytest.fixture
def window(make_window):
    return make_window(Session("himmelblau", steps=120, runs=RUNS, view=View(layout="basins")))


def color_at(canvas, x, y):
    image = canvas.grab().toImage()
    at = canvas.viewport.point(x, y) * image.devicePixelRatio()
    return image.pixelColor(int(at.x()), int(at.y()))


def basins(window):
    return window.canvas.panels[0].basins.basins


def test_the_tab_shows_where_every_start_leads(qtbot, make_window):
    window = make_window(Session("himmelblau", steps=120, runs=RUNS))
    assert window.canvas.panels[0].basins is None
    bar = window.map_tabs.bar
    (index,) = [i for i in range(bar.count()) if bar.tabData(i) == "basins"]
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(index).center())
    settle(qtbot, window)
    assert window.store.session.view.layout == "basins"
    assert basins(window).optimizer == "sgd"
    for x, y in ((4.4, 3.6), (-4.4, 4.4), (-5.2, -5.2)):
        row, column = np.argmin(np.abs(basins(window).ys - y)), np.argmin(np.abs(basins(window).xs - x))
        wanted = minimum_color(basins(window).minimum[row, column], window.canvas.theme)
        found = color_at(window.canvas, x, y)
        assert max(abs(a - b) for a, b in zip(found.getRgb()[:3], wanted.getRgb()[:3], strict=True)) <= 45


def test_only_the_chosen_run_is_on_its_basins_and_n_goes_to_the_next(qtbot, window):
    canvas = window.canvas
    assert [run.label for run in canvas.panels[0].place.runs] == ["SGD"]
    canvas.setFocus()
    for optimizer in ("adam", "momentum", "sgd"):
        qtbot.keyClick(canvas, Qt.Key.Key_N)
        settle(qtbot, window)
        assert basins(window).optimizer == optimizer
    qtbot.keyClick(canvas, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, window)
    assert basins(window).optimizer == "momentum"


def test_b_goes_there_and_back(qtbot, window):
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_B)
    settle(qtbot, window)
    assert window.store.session.view.layout == "map"
    assert window.canvas.panels[0].basins is None
    assert not window.map_tabs.basin_bar.isVisible()
    qtbot.keyClick(window.canvas, Qt.Key.Key_B)
    settle(qtbot, window)
    assert window.canvas.panels[0].basins is not None
    assert window.map_tabs.basin_bar.isVisible()


def test_a_renamed_run_is_renamed_on_its_map_at_once(qtbot, window):
    before = basins(window)
    session = window.store.session
    window.store.edit(session.with_run(0, replace(session.runs[0], label="plain descent")))
    settle(qtbot, window)
    assert window.canvas.panels[0].basins.words().startswith("plain descent, ")
    assert basins(window) is before


def test_a_run_that_is_switched_off_is_neither_chosen_nor_on_the_map(qtbot, window):
    def switch(index, on):
        session = window.store.session
        window.store.edit(session.with_run(index, replace(session.runs[index], visible=on)))
        settle(qtbot, window)

    def shown():
        """What the window and an exported picture have on their one map."""
        figure = Figure(window.store.scene, (400, 300), LIGHT, "basins")
        here = window.canvas.panels[0].basins
        return [None if each is None else each.basins.optimizer for each in (here, relief_of(figure))]

    def relief_of(figure):
        return figure.panels[0].ground if isinstance(figure.panels[0].ground, BasinRelief) else None

    switch(0, False)
    assert window.store.scene.chosen.label == "Adam"
    assert shown() == ["adam", "adam"]
    assert [card.accessibleDescription() for card in window.runs_panel.cards] == ["", "Inspected", ""]
    box = window.map_tabs.basin_bar.run_box
    assert [box.model().item(row).isEnabled() for row in range(3)] == [False, True, True]
    assert run_edits.chosen(window.store.session, 0) == window.store.session
    window.canvas.setFocus()
    for wanted in ("momentum", "adam"):
        qtbot.keyClick(window.canvas, Qt.Key.Key_N)
        settle(qtbot, window)
        assert shown() == [wanted, wanted]
    switch(1, False)
    switch(2, False)
    assert shown() == [None, None]


def test_too_few_steps_are_no_answer_and_more_are_offered(qtbot, make_window):
    window = make_window(Session("quadratic-valley", steps=30, runs=(RunSpec("sgd"),), view=View(layout="basins")))
    settle(qtbot, window)
    button = window.map_tabs.basin_bar.more_button
    assert button.isVisible()
    assert "still moving: 300 steps" in button.text()
    assert "still moving after 30 steps" in window.canvas.panels[0].basins.words()
    qtbot.mouseClick(button, LEFT)
    settle(qtbot, window)
    assert window.store.scene.steps == 300
    assert basins(window).kind_shares().get("moving", 0) < 0.01
    assert not button.isVisible()


def test_side_by_side(qtbot, window):
    bar = window.map_tabs.basin_bar
    qtbot.mouseClick(bar.each_box, LEFT, pos=QPoint(8, bar.each_box.height() // 2))
    settle(qtbot, window)
    assert [panel.basins.basins.optimizer for panel in window.canvas.panels] == ["sgd", "adam", "momentum"]
    first, *others = [panel.basins.basins.minima[:4] for panel in window.canvas.panels]
    assert all(minima == first for minima in others)  # one colour means one minimum in all of them
    assert not bar.run_box.isEnabled()
    window.store.undo()
    settle(qtbot, window)
    assert len(window.canvas.panels) == 1


def test_what_is_shown_can_be_chosen(qtbot, window):
    bar = window.map_tabs.basin_bar
    assert basins(window).steps is None  # not computed while nobody looks at it
    for index, shows in ((1, "steps"), (2, "loss"), (0, "minimum")):
        bar.shows_box.setFocus()
        bar.shows_box.setCurrentIndex(index)
        bar.shows_box.activated.emit(index)
        settle(qtbot, window)
        assert window.store.session.view.basins == shows
        assert window.canvas.panels[0].basins.shows == shows
        if shows == "steps":
            assert basins(window).steps is not None


def test_the_mouse_tells_where_a_start_leads(qtbot, window):
    said = []
    window.canvas.pointed.connect(said.append)
    at = window.canvas.viewport.point(-4.0, 4.0).toPoint()
    qtbot.mouseMove(window.canvas.stage.viewport(), at - QPoint(3, 3))
    qtbot.mouseMove(window.canvas.stage.viewport(), at)
    assert "from here: to B (−2.81, 3.13)" in said[-1]


def test_a_click_sets_the_start_and_computes_no_map_anew(qtbot, window):
    before = basins(window)
    qtbot.mouseClick(window.canvas.stage.viewport(), LEFT, pos=window.canvas.viewport.point(-3.0, -2.0).toPoint())
    settle(qtbot, window)
    assert window.store.scene.start != (0, -1)
    assert basins(window) is before


def test_a_slider_changes_the_map(qtbot, window):
    before = basins(window)
    window.store.edit(window.store.session.with_run(0, RUNS[0].with_hyper("lr", 0.02)))
    settle(qtbot, window)
    assert basins(window) is not before
    assert basins(window).hyper["lr"] == 0.02


def test_zooming_maps_what_is_in_view(qtbot, window):
    window.canvas.zoom(4.0)
    settle(qtbot, window)
    assert basins(window).bounds == pytest.approx(window.canvas.viewport.bounds)


def test_the_map_is_described_in_words(window):
    words = window.canvas.accessibleDescription()
    assert "SGD, where each start ends: A" in words


def test_the_bar_can_be_reached_and_read(window):
    bar = window.map_tabs.basin_bar
    for widget in (bar.run_box, bar.shows_box, bar.each_box):
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert widget.accessibleName() or widget.text()


# --- the work behind it --------------------------------------------------------------------------


def request(session, cells=(120, 90)):
    scene = resolve(session)
    return BasinRequest(scene.runs[0].label, scene.runs[0].trajectory, scene.bounds, cells)


def want(source, *sessions, has_steps=False):
    source.want([request(session) for session in sessions], has_steps=has_steps)


def finish(qtbot, source):
    qtbot.waitUntil(lambda: not source.refinement.is_running)


def test_coarse_first_then_finer(qtbot):
    source, shapes = BasinSource(), []
    source.refinement.changed.connect(lambda: shapes.append(source.maps[0][0].kind.shape))
    want(source, Session("himmelblau", runs=RUNS[:1]))
    finish(qtbot, source)
    assert shapes == [(90 // stage, 120 // stage) for stage in STAGES]


def test_all_are_coarse_before_any_is_fine(qtbot):
    source, order = BasinSource(), []
    source.refinement.changed.connect(lambda: order.append([made and made[0].kind.shape[0] for made in source.maps]))
    want(source, *[Session("himmelblau", runs=(run,)) for run in RUNS[:2]])
    finish(qtbot, source)
    assert order == [[9, None], [9, 9], [30, 9], [30, 30], [90, 30], [90, 90]]


def test_the_newest_request_cancels_the_one_before(qtbot):
    source, rates = BasinSource(), []
    source.refinement.changed.connect(lambda: rates.append(source.maps[0][0].hyper["lr"]))
    for lr in (0.001, 0.002, 0.003):
        want(source, Session("himmelblau", runs=(RunSpec("sgd", {"lr": lr}),)))
    finish(qtbot, source)
    assert set(rates) == {0.003}


def test_the_last_map_stays_until_the_next_is_there_but_not_for_another_function(qtbot):
    source = BasinSource()
    want(source, Session("himmelblau", runs=RUNS[:1]))
    finish(qtbot, source)
    before = source.maps[0][0]
    want(source, Session("himmelblau", runs=(RunSpec("sgd", {"lr": 0.01}),)))
    assert source.maps[0][0] is before
    want(source, Session("booth", runs=RUNS[:1]))
    assert source.maps == []
    want(source)
    assert not source.refinement.is_running


def test_a_map_without_steps_does_not_stay_where_they_are_asked_for(qtbot):
    source, session = BasinSource(), Session("himmelblau", runs=RUNS[:1])
    want(source, session)
    finish(qtbot, source)
    want(source, session, has_steps=True)
    assert source.maps == []
    finish(qtbot, source)
    assert source.maps[0][0].steps is not None


def test_nothing_is_computed_twice(qtbot, monkeypatch):
    asked = []
    real = basin_source.basins_of_run_in_slices
    monkeypatch.setattr(basin_source, "basins_of_run_in_slices", lambda *a, **k: asked.append(a) or real(*a, **k))
    source, session = BasinSource(), Session("himmelblau", runs=RUNS[:1])
    want(source, session)
    finish(qtbot, source)
    want(source, session)
    QApplication.processEvents()
    assert len(asked) == len(STAGES)


def test_a_map_with_steps_serves_where_none_are_asked_for(qtbot, window):
    window.set_view(basins="steps")
    settle(qtbot, window)
    before = basins(window)
    window.set_view(basins="minimum")
    settle(qtbot, window)
    assert basins(window) is before


def test_until_its_map_is_there_the_one_before_keeps_its_name(qtbot, window):
    window.store.edit(run_edits.chosen(window.store.session, 1))
    qtbot.waitUntil(lambda: window.store.scene.session.view.chosen == 1)
    assert [run.label for run in window.canvas.panels[0].place.runs] == ["Adam"]
    if basins(window).optimizer == "sgd":  # the coarse one may already be there
        assert window.canvas.panels[0].basins.words().startswith("SGD")
    settle(qtbot, window)
    assert window.canvas.panels[0].basins.words().startswith("Adam")
