"""Slow motion: the stages of one update in order, by a clock and by keys."""

import pytest
from PyQt6.QtCore import Qt

from optvis.document.session import RunSpec, Session, View
from optvis.explain.stages import sub_steps
from optvis.gui.state import run_edits
from optvis.gui.state.playback import Playback
from optvis.gui.state.slow_motion import STAGE_SECONDS, SlowMotion
from optvis.gui.state.store import Store
from optvis.optimizers.catalogue import CATALOGUE
from tests.gui.conftest import settle

LEFT = Qt.MouseButton.LeftButton
TYPED = "rule{ q = 0.5*q + g; h = h + g**2; step = -lr*q/(sqrt(h) + 1) }"


@pytest.fixture
def player(qtbot, clock):
    """Make a player for one optimizer; nothing happens by itself."""
    made = []

    def make(optimizer="adam", steps=10, **hyper):
        spec = RunSpec(optimizer, tuple(sorted(hyper.items())))
        store = Store(Session("quadratic-valley", runs=(spec,), steps=steps))
        playback = Playback()
        playback.set_length(steps)
        slow = SlowMotion(store, playback, clock=clock)
        made.append((store, playback, slow))
        return store, playback, slow

    yield make
    for *_, slow in made:
        slow.stop()


def watch_to_the_end(slow, playback, clock):
    """The stages by kind, their arrows and the playback's step, one tick past the time of each."""
    seen = []
    while slow.active:
        seen.append((slow.stage.kind, slow.arrow_kinds, playback.step))
        clock.now += slow.seconds * 0.99
        slow.tick()
        assert slow.active
        assert slow.stage.kind == seen[-1][0], "a stage has its time"
        clock.now += slow.seconds * 0.02
        slow.tick()
        assert len(seen) < 20
    return seen


@pytest.mark.parametrize("optimizer", [*CATALOGUE, TYPED])
def test_the_stages_come_in_order_and_the_head_moves_at_the_end(player, clock, optimizer):
    store, playback, slow = player(optimizer)
    playback.seek(4)
    slow.start()
    assert slow.playing
    seen = watch_to_the_end(slow, playback, clock)
    run = store.scene.runs[0]
    assert [kind for kind, _, _ in seen] == [stage.kind for stage in sub_steps(run.optimizer.rule, run.hyper)]
    assert seen[0][:2] == ("gradient", ("gradient",))
    assert seen[-1][:2] == ("move", ("gradient", "velocity", "scaling", "step"))
    for (_, before, _), (kind, after, _) in zip(seen, seen[1:], strict=False):
        assert set(before) <= set(after), "an arrow that is there stays"
        assert {"moments": "velocity", "scale": "scaling", "move": "step"}.get(kind, "gradient") in after
        assert "step" not in before
    assert {step for *_, step in seen} == {4}
    assert playback.step == 5
    assert not slow.active
    assert not slow.playing
    assert slow.arrow_kinds is None


def test_a_stage_takes_its_time_at_the_speed_of_the_playback(player, clock):
    _, playback, slow = player()
    assert slow.seconds == STAGE_SECONDS
    playback.set_speed(4.0)
    slow.start()
    clock.now += STAGE_SECONDS / 4 * 0.9
    slow.tick()
    assert slow.index == 0
    clock.now += STAGE_SECONDS / 4 * 0.2
    slow.tick()
    assert slow.index == 1


def test_paused_it_stays_and_goes_on_from_there(player, clock):
    _, _, slow = player()
    slow.start()
    slow.toggle_playing()
    assert not slow.playing
    clock.now += 100
    slow.toggle_playing()
    slow.tick()
    assert slow.index == 0, "the time of the pause does not count"
    clock.now += 1.01 * STAGE_SECONDS
    slow.tick()
    assert slow.index == 1


def test_by_hand_it_goes_through_stages_and_on_to_the_next_update(player):
    _, playback, slow = player("adam")
    playback.seek(3)
    slow.start()
    count = len(slow.stages)
    places = []
    for _ in range(count + 1):
        slow.next()
        assert not slow.playing, "going by hand pauses"
        places.append((playback.step, slow.index))
    assert places == [(3, index) for index in range(1, count)] + [(4, 0), (4, 1)]
    slow.back(), slow.back()
    assert (playback.step, slow.index) == (3, count - 1)
    for _ in range(100):
        slow.back()
    assert (playback.step, slow.index, slow.active) == (0, 0, True)
    for _ in range(100):
        slow.next()
    assert (playback.step, slow.active) == (10, False), "after the last update it is over"


def test_where_no_update_follows_the_last_one_is_played(player):
    store, playback, slow = player()
    playback.seek(10)
    slow.start()
    assert playback.step == 9
    store, playback, slow = player("sgd", steps=400, lr=3.0)
    last = store.scene.runs[0].trajectory.last
    playback.seek(399)
    slow.start()
    assert playback.step == last - 1


def test_without_a_run_nothing_begins(qtbot, clock):
    slow = SlowMotion(Store(Session("sphere")), Playback(), clock=clock)
    assert not slow.can_start()
    slow.start()
    slow.next(), slow.back(), slow.tick(), slow.play()
    assert not slow.active
    assert not slow.playing


@pytest.mark.parametrize("leave", [lambda play: play.seek(7), lambda play: play.step_by(1), lambda play: play.play()])
def test_whatever_else_moves_the_step_ends_it(player, leave):
    _, playback, slow = player()
    playback.seek(2)
    slow.start()
    leave(playback)
    assert not slow.active
    assert not slow.playing
    playback.pause()


def test_it_follows_an_edit_of_its_run(qtbot, player):
    store, _, slow = player("adam")
    slow.start()
    slow.next(), slow.next()
    session = store.session
    store.edit(session.with_run(0, session.runs[0].with_hyper("lr", 0.01)))
    qtbot.waitUntil(lambda: not store.is_busy)
    assert slow.index == 2
    assert slow.run is store.scene.runs[0]
    store.edit(Session("quadratic-valley", runs=(RunSpec("sgd"),)))
    qtbot.waitUntil(lambda: not store.is_busy)
    assert slow.stage.kind == "move", "SGD has two stages"
    store.edit(Session("quadratic-valley"))
    qtbot.waitUntil(lambda: not store.is_busy)
    assert not slow.active


# --- in the window -------------------------------------------------------------------------------


@pytest.fixture
def adam_window(qtbot, make_window):
    window = make_window(Session("quadratic-valley", runs=(RunSpec("sgd"), RunSpec("adam", style=1)), steps=30))
    window.store.edit(run_edits.chosen(window.store.session, 1))
    window.menus.actions["show inspector"].setChecked(True)
    window.playback.seek(12)
    window.canvas.setFocus()
    settle(qtbot, window)
    return window


def test_keys_go_through_the_stages_and_leave(qtbot, adam_window):
    window = adam_window
    slow, bar, canvas = window.slow_motion, window.caption_bar, window.canvas
    assert not bar.isVisible()
    qtbot.keyClick(canvas, Qt.Key.Key_S)
    assert slow.playing
    assert bar.isVisible()
    assert bar.caption.text() == "Evaluate the gradient g"
    assert bar.count.text() == "1 of 4"
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert not slow.playing
    assert not window.playback.playing
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert bar.caption.text() == "Update m, v"
    assert window.playback.step == 12
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert bar.count.text() == "1 of 4"
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert not slow.active
    assert not bar.isVisible()
    assert window.playback.step == 12
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert window.playback.step == 13, "the keys are the playback's again"


def test_the_map_shows_the_arrows_of_the_stage(qtbot, adam_window):
    window = adam_window
    pictures = [window.canvas.grab().toImage()]
    window.slow_motion.start()
    window.slow_motion.pause()
    window.caption_bar.hide()
    for _ in range(4):
        pictures.append(window.canvas.grab().toImage())
        window.slow_motion.next()
        window.caption_bar.hide()
    window.slow_motion.stop()
    window.playback.seek(12)
    assert all(a != b for a, b in zip(pictures, pictures[1:], strict=False))
    assert window.canvas.grab().toImage() == pictures[0], "afterwards the session's arrows again"
    assert window.store.session.view == View(chosen=1)


def test_the_inspector_marks_the_lines_of_the_stage_by_more_than_colour(qtbot, adam_window):
    window = adam_window
    window.slow_motion.start()
    window.slow_motion.pause()
    view, inspector = window.inspector.rule_view, window.inspector

    def marked():
        return [line[2:] for line in view.toPlainText().splitlines() if line.startswith("▸")]

    assert marked() == ["g = ∇f", "g ← g + weight_decay·θ"]
    assert "m ← β₁·m + (1 − β₁)·g\nv" in view.toPlainText(), "what is not worked out has no numbers"
    window.slow_motion.next()
    assert [line[:3] for line in marked()] == ["m ←", "v ←"]
    assert inspector.caption.text() == "2 of 4: update m, v"
    window.slow_motion.next()
    assert [line[:4] for line in marked()] == ["m̂ =", "v̂ ="]
    top, bottom = view.marked_place()
    area = inspector.area
    assert area.verticalScrollBar().value() <= view.y() + top
    assert view.y() + bottom <= area.verticalScrollBar().value() + area.viewport().height()
    window.slow_motion.stop()
    assert marked() == []
    assert not inspector.caption.isVisible()


def test_a_division_in_the_line_of_the_step_marks_that_line_before_it_is_worked_out(qtbot, make_window):
    window = make_window(Session("quadratic-valley", runs=(RunSpec("adagrad"),), steps=9))
    window.menus.actions["show inspector"].setChecked(True)
    window.slow_motion.start()
    window.slow_motion.next(), window.slow_motion.next()
    assert window.slow_motion.stage.kind == "scale"
    lines = window.inspector.rule_view.toPlainText().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("▸"))
    assert lines[at].startswith("▸ Δθ")
    assert lines[at + 1].startswith("θ"), "no numbers yet"


def test_the_buttons_do_what_the_keys_do(qtbot, adam_window):
    window = adam_window
    qtbot.mouseClick(window.inspector.slow_button, LEFT)
    assert window.slow_motion.playing
    assert window.inspector.slow_button.isChecked()
    bar = window.caption_bar
    qtbot.mouseClick(bar.next_button, LEFT)
    assert window.slow_motion.index == 1
    assert bar.play_button.accessibleName() == "Play"
    qtbot.mouseClick(bar.play_button, LEFT)
    assert window.slow_motion.playing
    assert bar.play_button.accessibleName() == "Pause"
    qtbot.mouseClick(bar.back_button, LEFT)
    assert window.slow_motion.index == 0
    qtbot.mouseClick(bar.leave_button, LEFT)
    assert not window.slow_motion.active
    assert not window.inspector.slow_button.isChecked()


def test_the_caption_is_seen_over_the_surface_as_well(qtbot, adam_window):
    window = adam_window
    window.set_view(layout="surface")
    settle(qtbot, window)
    window.slow_motion.start()
    window.slow_motion.pause()
    bar = window.caption_bar
    middle = bar.mapTo(window, bar.rect().center())
    assert bar.isAncestorOf(window.childAt(middle)) or window.childAt(middle) is bar
    window.slow_motion.stop()


def test_the_caption_stays_over_the_map(qtbot, make_window):
    window = make_window(Session("quadratic-valley", runs=(RunSpec("qhadam"),), steps=9))
    window.slow_motion.start()
    window.slow_motion.pause()
    for width, height in ((700, 500), (1300, 900), (640, 480)):
        window.resize(width, height)
        settle(qtbot, window)
        for _ in range(len(window.slow_motion.stages) - 1):
            bar = window.caption_bar
            assert window.map_tabs.rect().contains(bar.geometry())
            words = bar.caption
            assert words.heightForWidth(words.width()) <= words.height(), "nothing is cut"
            window.slow_motion.next()
        window.slow_motion.stop()
        window.slow_motion.start()
        window.slow_motion.pause()
    window.slow_motion.stop()
