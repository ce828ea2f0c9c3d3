"""Grooves of the runs panel: what is computed, when, and what is seen and said of it."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget

import optvis.gui.settings.groove_painter as module
from optvis.document.session import RunSpec, Session
from optvis.draw.paint.theme import contrast
from optvis.engine.outcome import KINDS
from optvis.gui.settings.groove_painter import GroovePainter
from optvis.gui.settings.runs_panel import RunsPanel
from optvis.gui.state.store import Store
from optvis.gui.widgets import palette
from optvis.maps.slider_sweeps import COARSE, FINE
from optvis.maps.slider_words import describe
from optvis.optimizers.slider_scale import POSITIONS, position_of
from tests.draw.pixels import array

LEFT = Qt.MouseButton.LeftButton
VALLEY = Session("quadratic-valley", steps=200, runs=(RunSpec("sgd"), RunSpec("momentum"), RunSpec("rmsprop")))


@pytest.fixture
def computed(monkeypatch):
    """What is computed: optimizer, sliders and cells of every pass."""
    passes, original = [], module.grooves_in_slices

    def noted(settings, sliders, cells):
        passes.append((settings.name, [slider.name for slider in sliders], cells))
        return original(settings, sliders, cells)

    monkeypatch.setattr(module, "grooves_in_slices", noted)
    return passes


@pytest.fixture
def make(qtbot, monkeypatch, computed):
    monkeypatch.setattr(module, "REST_MS", 30)

    def make(session=VALLEY, size=(330, 700)):
        palette.apply("light")
        frame = QWidget()
        qtbot.addWidget(frame)
        store = Store(session, frame)
        panel = RunsPanel(store)
        panel.store, panel.frame, panel.painter = store, frame, GroovePainter(store, panel, frame)
        QVBoxLayout(frame).addWidget(panel)
        frame.resize(*size)
        frame.show()
        settle(qtbot, panel)
        return panel

    return make


@pytest.fixture
def panel(make, computed):
    panel = make()
    computed.clear()
    return panel


def settle(qtbot, panel):
    qtbot.waitUntil(lambda: not panel.store.is_busy and panel.painter.is_settled, timeout=20_000)
    QApplication.processEvents()


def row(panel, run, name="lr"):
    return panel.cards[run].sliders[name]


def grooves(panel, run):
    return {name: slider.groove for name, slider in panel.cards[run].sliders.items() if slider.slider is not None}


def set_hyper(panel, run, name, value):
    session = panel.store.session
    panel.store.edit(session.with_run(run, session.runs[run].with_hyper(name, value)))


def seen(slider):
    """The pixels of a groove, without the handle's and those of the mark above."""
    pixels = array(slider.grab().toImage())[..., :3]
    return pixels[pixels.shape[0] // 2]


def is_wrong(pixels):
    """Which pixels have the colours of growing and diverging."""
    return pixels[..., 0] > 30 + np.maximum(pixels[..., 1], pixels[..., 2])


# --- what is shown -------------------------------------------------------------------------------


def test_every_shown_slider_is_painted_finely_at_rest(panel):
    for card in panel.cards:
        for slider in card.shown_sliders():
            assert len(slider.groove.values) == FINE
            assert slider.groove.steps == 200
            assert slider.groove.slider == slider.hyper


def test_a_cell_is_what_the_run_does_with_that_value(qtbot, panel):
    groove = row(panel, 2, "alpha").groove
    for cell in (0, 90, 200, 255):
        set_hyper(panel, 2, "alpha", float(groove.values[cell]))
        settle(qtbot, panel)
        assert row(panel, 2, "alpha").groove is groove
        outcome = panel.store.scene.runs[2].trajectory.outcome
        assert (list(KINDS)[groove.kind[cell]], groove.loss[cell]) == (outcome.kind, pytest.approx(outcome.loss))


def test_the_cliff_is_where_it_is_known_to_be(panel):
    """SGD's learning rate in the valley: red from 1 on; no handle is near."""
    set_hyper(panel, 0, "lr", 0.01)
    QApplication.processEvents()
    slider = row(panel, 0).slider
    wrong = is_wrong(seen(slider))
    cliff = slider.place_of(position_of(row(panel, 0).hyper, 1.0))
    assert not wrong[: int(cliff) - 1].any()
    assert wrong[int(cliff) + 3 : int(slider.place_of(POSITIONS))].mean() > 0.9


def test_the_handle_stands_over_the_cell_of_its_value(panel):
    slider = row(panel, 1).slider
    for position in (0, 100, 333, 500, 1000):
        slider.setValue(position)
        assert slider.place_of(position) == pytest.approx(slider.handle_centre().x(), abs=1.0)
        assert abs(slider.position_at(slider.place_of(position)) - position) <= 5


def test_the_best_value_is_marked_above(panel):
    set_hyper(panel, 0, "lr", 0.001)
    QApplication.processEvents()
    slider, groove = row(panel, 0).slider, row(panel, 0).groove
    top = array(slider.grab().toImage())[: int((slider.height() - slider.groove_height()) / 2) - 1, :, :3]
    dark = np.flatnonzero((top.sum(axis=2) < 200).any(axis=0))
    assert dark.size
    assert dark.mean() == pytest.approx(slider.place_of(int(groove.positions[groove.best])), abs=1.5)


def test_it_is_said_as_well(panel):
    for card in panel.cards:
        for slider in card.shown_sliders():
            words = describe(slider.groove)
            assert words in slider.slider.toolTip().split("\n")
            assert words in slider.slider.accessibleDescription()
            assert words in slider.field.accessibleDescription()
    said = row(panel, 0).slider.accessibleDescription()
    assert "best 0.9" in said
    assert "grows or diverges within 200 steps from 1.0" in said


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_focus_and_disabled_can_be_seen(panel, theme):
    palette.apply(theme)
    QApplication.processEvents()
    slider = row(panel, 1).slider
    pictures = [slider.grab().toImage()]
    beside = QPoint(int(slider.handle_middle() + slider.handle_radius() + 1.4), slider.handle_centre().y())
    ground, clear = pictures[0].pixelColor(beside), slider.palette().color(QPalette.ColorRole.AlternateBase)
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    panel.frame.activateWindow()
    QApplication.processEvents()
    pictures.append(slider.grab().toImage())
    slider.setEnabled(False)
    pictures.append(slider.grab().toImage())
    assert pictures[0] != pictures[1] != pictures[2] != pictures[0]
    assert contrast(ground, clear) < 1.8, "the handle is set off from the colours"
    palette.apply("light")


def test_colours_follow_the_theme_and_the_colour_map(qtbot, panel):
    before = seen(row(panel, 0).slider)[15:30]
    session = panel.store.session
    panel.store.edit(replace(session, view=replace(session.view, colormap="cividis")))
    settle(qtbot, panel)
    assert (seen(row(panel, 0).slider)[15:30] != before).any()
    palette.apply("dark")
    QApplication.processEvents()
    dark = seen(row(panel, 0).slider)[15:30]
    palette.apply("light")
    QApplication.processEvents()
    assert (seen(row(panel, 0).slider)[15:30] != dark).any()


# --- what is computed ----------------------------------------------------------------------------


def test_coarse_first_then_fine_and_only_what_is_shown(make, computed):
    make()
    main = {"sgd": ["lr"], "momentum": ["lr", "momentum"], "rmsprop": ["lr", "alpha"]}
    assert len(computed) == 6
    for cells, part in ((COARSE, computed[:3]), (FINE, computed[3:])):
        assert {name: sliders for name, sliders, _ in part} == main
        assert {size for *_, size in part} == {cells}


def test_a_slider_that_moves_keeps_its_groove_and_the_others_of_its_run_are_new(qtbot, panel, computed):
    before, others = grooves(panel, 1), grooves(panel, 2)
    set_hyper(panel, 1, "lr", 0.02)
    settle(qtbot, panel)
    assert computed == [("momentum", ["momentum"], COARSE), ("momentum", ["momentum"], FINE)]
    assert row(panel, 1).groove is before["lr"]
    assert row(panel, 1, "momentum").groove is not before["momentum"]
    assert grooves(panel, 2) == others


def test_a_setting_that_was_known_comes_back_at_once(qtbot, panel, computed):
    known = grooves(panel, 1)
    set_hyper(panel, 1, "lr", 0.02)
    settle(qtbot, panel)
    computed.clear()
    panel.store.undo()
    settle(qtbot, panel)
    assert computed == []
    assert grooves(panel, 1) == known


@pytest.mark.parametrize(
    "change",
    [{"steps": 50}, {"start": (1.0, 1.0)}, {"gradient": "forward:0.01"}, {"problem": "sphere"}],
    ids=lambda change: next(iter(change)),
)
def test_what_they_all_depend_on_makes_them_all_new(qtbot, panel, change):
    before = [grooves(panel, run) for run in range(3)]
    panel.store.edit(replace(panel.store.session, **change))
    settle(qtbot, panel)
    for run in range(3):
        for slider in panel.cards[run].shown_sliders():
            assert slider.groove is not before[run][slider.hyper.name]
            assert slider.groove.steps == panel.store.scene.steps


def test_style_name_and_order_change_nothing(qtbot, panel, computed):
    session = panel.store.session
    first, *rest = session.runs
    panel.store.edit(replace(session, runs=(*rest, replace(first, style=5, label="mine", visible=False))))
    settle(qtbot, panel)
    assert computed == []
    assert all(slider.groove is not None for card in panel.cards for slider in card.shown_sliders())


def test_folded_sliders_are_computed_when_they_are_unfolded(qtbot, panel, computed):
    card = panel.cards[2]
    assert card.sliders["eps"].groove is None
    qtbot.mouseClick(card.more_button, LEFT)
    settle(qtbot, panel)
    assert computed == [("rmsprop", ["momentum", "eps"], COARSE), ("rmsprop", ["momentum", "eps"], FINE)]
    assert len(card.sliders["eps"].groove.values) == FINE
    assert card.sliders["centered"].groove is None, "a switch has no slider"


def test_a_drag_changes_the_other_grooves_while_it_goes_on(qtbot, panel, computed):
    lr, momentum = row(panel, 1).slider, row(panel, 1, "momentum").slider
    own, pictures, middle = row(panel, 1).groove, [], lr.height() // 2
    qtbot.mousePress(lr, LEFT, pos=lr.handle_centre())
    start = lr.handle_centre().x()
    for x in (start - 10, start - 25, start + 8):
        qtbot.mouseMove(lr, QPoint(x, middle))
        before = row(panel, 1, "momentum").groove
        qtbot.waitUntil(lambda before=before: row(panel, 1, "momentum").groove is not before)
        assert lr.isSliderDown()
        pictures.append(seen(momentum).tobytes())
        assert row(panel, 1).groove is own
    qtbot.mouseRelease(lr, LEFT, pos=QPoint(start + 8, middle))
    assert len(set(pictures)) == 3
    settle(qtbot, panel)
    assert len(row(panel, 1, "momentum").groove.values) == FINE
    assert {name for name, *_ in computed} == {"momentum"}
    assert computed[0] == ("momentum", ["momentum"], COARSE)


def test_what_is_dragged_comes_first(qtbot, panel, computed):
    slider = row(panel, 2).slider
    slider.setSliderDown(True)
    panel.store.edit(replace(panel.store.session, start=(3.0, 1.0)))
    settle(qtbot, panel)
    assert [name for name, *_ in computed][0] == "rmsprop"
    slider.setSliderDown(False)


def test_cards_in_view_come_before_those_that_are_not(qtbot, make, computed):
    runs = tuple(RunSpec(name) for name in ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"))
    panel = make(Session("quadratic-valley", steps=50, runs=runs), size=(330, 200))
    bar = panel.area.verticalScrollBar()
    bar.setValue(bar.maximum())
    QApplication.processEvents()
    computed.clear()
    panel.store.edit(replace(panel.store.session, start=(3.0, 1.0)))
    settle(qtbot, panel)
    assert computed[0][0] == "adamw"


# --- what is not ---------------------------------------------------------------------------------


def test_a_newer_edit_comes_first(qtbot, panel, computed):
    for steps in (300, 400, 500):
        panel.store.edit(replace(panel.store.session, steps=steps))
        QApplication.processEvents()
    settle(qtbot, panel)
    assert {slider.groove.steps for card in panel.cards for slider in card.shown_sliders()} == {500}


def test_while_the_scene_is_older_than_the_session_nothing_is_computed(qtbot, panel, computed):
    store, painter = panel.store, panel.painter
    unsettled = []

    def edit_again(scene):
        unsettled.append(not painter.is_settled)
        if scene.steps == 300:
            store.edit(replace(store.session, steps=400))
            unsettled.append(not painter.is_settled)

    store.sceneChanged.connect(edit_again)  # after the painter, which is about to begin with the new scene
    store.edit(replace(store.session, steps=300))
    qtbot.waitUntil(lambda: store.scene.steps == 400)
    assert unsettled == [True, False, True]
    settle(qtbot, panel)
    assert {slider.groove.steps for card in panel.cards for slider in card.shown_sliders()} == {400}
    assert len(computed) == 6, "all of them once coarsely and once finely"


def test_a_run_may_go_before_its_grooves_begin(qtbot, panel):
    """The scene has just come, the first slice has not, and the run is gone already."""
    store = panel.store
    with qtbot.waitSignal(store.sceneChanged):
        store.edit(replace(store.session, start=(3.0, 1.0)))
    panel.cards[-1].remove()
    settle(qtbot, panel)
    assert len(panel.cards) == 2
    for card in panel.cards:
        assert all(len(slider.groove.values) == FINE for slider in card.shown_sliders())


@pytest.mark.parametrize(("moment", "stays"), [(1e6, True), (0, False)])
def test_a_groove_of_settings_that_no_longer_hold_stays_only_for_a_moment(qtbot, panel, monkeypatch, moment, stays):
    monkeypatch.setattr(module, "STALE_MS", moment)
    original, takes_long = module.grooves_in_slices, True

    def slow(*given):
        while takes_long:
            yield 0.0
        return (yield from original(*given))

    monkeypatch.setattr(module, "grooves_in_slices", slow)
    before = row(panel, 1, "momentum").groove
    set_hyper(panel, 1, "lr", 0.02)
    qtbot.waitUntil(lambda: not panel.store.is_busy)
    assert row(panel, 1, "momentum").groove is (before if stays else None)
    assert row(panel, 1).groove is not None, "its own still holds"
    takes_long = False
    settle(qtbot, panel)
    assert row(panel, 1, "momentum").groove not in (None, before)


def test_what_would_take_too_long_stays_plain_and_says_nothing(qtbot, panel, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    panel.store.edit(replace(panel.store.session, steps=3_000))
    settle(qtbot, panel)
    for card in panel.cards:
        for slider in card.shown_sliders():
            assert slider.groove is None
            assert "best" not in slider.slider.accessibleDescription()
    assert not is_wrong(seen(row(panel, 0).slider)).any()


def test_switched_off_nothing_is_computed_or_painted(qtbot, panel, computed):
    painted = seen(row(panel, 0).slider)
    panel.painter.set_on(False)
    panel.store.edit(replace(panel.store.session, steps=300))
    qtbot.mouseClick(panel.cards[2].more_button, LEFT)
    settle(qtbot, panel)
    assert computed == []
    assert all(slider.groove is None for card in panel.cards for slider in card.sliders.values())
    assert "best" not in row(panel, 0).slider.toolTip()
    assert (seen(row(panel, 0).slider) != painted).any()
    panel.painter.set_on(True)
    settle(qtbot, panel)
    assert row(panel, 0).groove.steps == 300


def test_a_slider_of_another_range_is_plain_until_its_groove_is_there(panel):
    """A problem that wants other learning rates gives the slider another range."""
    slider = row(panel, 0)
    slider.set_value(1e-7, suggested=1e-7)
    assert slider.groove is None
    assert "best" not in slider.slider.toolTip()


def test_an_empty_session_and_a_run_that_goes(qtbot, make):
    panel = make(replace(VALLEY, runs=()))
    panel.store.edit(replace(VALLEY))
    panel.store.edit(replace(VALLEY, runs=VALLEY.runs[:1]))
    settle(qtbot, panel)
    assert row(panel, 0).groove is not None


def test_it_never_holds_the_window_up(qtbot, panel, monkeypatch):
    """Slow grooves are computed in many turns, between which events are heard."""
    turns = []
    panel.painter.refinement.progressed.connect(turns.append)
    monkeypatch.setattr(module, "PATIENCE", 1e9)
    panel.store.edit(replace(panel.store.session, problem="ackley", steps=3_000))
    settle(qtbot, panel)
    assert len(turns) > 10


# --- in the window -------------------------------------------------------------------------------


def test_the_view_menu_switches_it_off_and_that_is_remembered(qtbot, make_window, settings):
    window = make_window()
    qtbot.waitUntil(lambda: window.groove_painter.is_settled)
    lr = window.runs_panel.cards[0].sliders["lr"]
    assert lr.groove is not None
    session = window.store.session
    window.menus.actions["paint grooves"].trigger()
    assert lr.groove is None
    assert window.store.session is session, "no part of the document"
    window.close()
    again = make_window()
    assert not again.groove_painter.is_on
    assert again.runs_panel.cards[0].sliders["lr"].groove is None
