"""A swarm in the window: switched by menu and key, coarse at once and whole at rest, in step with the rest."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QMenu

from optvis.document.session import RunSpec, Session, View
from optvis.gui.commands import SWARMS
from optvis.gui.state.swarm_source import SwarmSource
from optvis.kernels.kernel import Kernel
from optvis.maps.swarm import COARSE
from tests.draw.pixels import array
from tests.gui.conftest import settle


@pytest.fixture
def swarming(qtbot, make_window):
    """A window with a swarm of so many starts."""

    def make(swarm, **view):
        runs = tuple(RunSpec(name, style=k) for k, name in enumerate(("sgd", "adam")))
        window = make_window(Session("himmelblau", runs=runs, steps=20, view=View(swarm=swarm, **view)))
        window.chart.setVisible(False)
        settle(qtbot, window)
        return window

    return make


def seen(window):
    QApplication.processEvents()
    return array(window.canvas.grab().toImage())


def swarm_menu(window):
    return next(menu for menu in window.findChildren(QMenu) if menu.title().replace("&", "") == "Swarm")


def ticked(window):
    return [action.data() for action in swarm_menu(window).actions() if action.isChecked()]


def test_the_menu_sets_the_number_of_starts_as_one_edit(qtbot, window):
    session = window.store.session
    before = seen(window)
    assert ticked(window) == [0]
    for count, words in SWARMS[1:4]:
        next(action for action in swarm_menu(window).actions() if action.text() == words).trigger()
        settle(qtbot, window)
        assert window.store.session.view.swarm == count
        assert ticked(window) == [count]
        assert window.canvas.layers.swarm_source.swarms[0].count == count
        assert (seen(window) != before).any()
    for _ in SWARMS[1:4]:
        window.store.undo()
    settle(qtbot, window)
    assert window.store.session == session
    assert ticked(window) == [0]
    np.testing.assert_array_equal(seen(window), before)


def test_a_key_switches_it_off_and_on_again_as_it_was(qtbot, window):
    window.canvas.setFocus()
    counts = []
    for _ in range(3):
        qtbot.keyClick(window.canvas, Qt.Key.Key_W)
        counts.append(window.store.session.view.swarm)
    window.set_view(swarm=100)
    for _ in range(2):
        qtbot.keyClick(window.canvas, Qt.Key.Key_W)
        counts.append(window.store.session.view.swarm)
    assert counts == [1_000, 0, 1_000, 0, 100]
    settle(qtbot, window)


def test_the_points_are_painted_where_they_are_at_the_step(qtbot, swarming):
    window = swarming(25)
    swarm = window.canvas.layers.swarm_source.swarms[0]
    images = {}
    for step in (0, 6, 20):
        window.playback.seek(step)
        images[step] = seen(window)
    window.set_view(swarm=0)
    settle(qtbot, window)
    for step, found in images.items():
        window.playback.seek(step)
        changed = (np.abs(found - seen(window)) > 20).any(axis=-1)
        places = window.canvas.viewport.to_pixels(*swarm.at(step).T).astype(int)
        hits = [changed[y - 1 : y + 2, x - 1 : x + 2].any() for x, y in places if x > 0 and y > 0]
        assert np.mean(hits) > 0.8, "the others are beneath a trail or a head"


def test_playing_computes_nothing(qtbot, swarming, clock, monkeypatch):
    window = swarming(3_000)
    qtbot.waitUntil(lambda: window.groove_painter.is_settled)
    monkeypatch.setattr(Kernel, "advance", lambda *_, **__: pytest.fail("a kernel was run"))
    images = set()
    for step in range(21):
        window.playback.seek(step)
        images.add(seen(window).tobytes())
    assert len(images) == 21


def test_a_slider_shows_a_coarse_swarm_at_once_and_the_whole_at_rest(qtbot, swarming):
    window = swarming(5 * COARSE)
    source, rates = window.canvas.layers.swarm_source, (0.003, 0.004, 0.005)
    kept, shown = [], []
    window.store.sceneChanged.connect(lambda _: kept.append(source.swarms[0]))

    def note():
        swarm = source.swarms[0]
        shown.append((dict(swarm.spec.hyper)["lr"], swarm.count, window.canvas.accessibleDescription()))

    source.refinement.changed.connect(note)
    for lr in rates:
        window.store.edit(window.store.session.with_run(0, RunSpec("sgd", {"lr": lr})), key="lr")
        qtbot.waitUntil(lambda lr=lr: any(rate == lr for rate, _, _ in shown))
    settle(qtbot, window)
    assert len(kept) == len(rates)
    assert None not in kept, "the old one stays until the new one is there"
    for lr in rates:
        count, words = next((count, words) for rate, count, words in shown if rate == lr)
        assert count == COARSE
        assert "swarm of 2,000 of 10,000 starts" in words
    assert shown[-1][:2] == (rates[-1], 5 * COARSE)
    assert "swarm of 10,000 starts" in shown[-1][2]
    assert source.swarms[0].spec == source.specs[0]


def test_the_swarm_is_the_chosen_run_s_and_edits_of_others_leave_it(qtbot, swarming):
    window = swarming(300)
    source = window.canvas.layers.swarm_source
    first = source.swarms[0]
    assert first.spec.optimizer == "sgd"
    window.store.edit(window.store.session.with_run(1, RunSpec("adam", {"lr": 0.5}, style=1)))
    settle(qtbot, window)
    assert source.swarms[0] is first
    window.set_view(chosen=1)
    settle(qtbot, window)
    assert source.swarms[0].spec.optimizer == "adam"
    window.set_view(layout="multiples")
    settle(qtbot, window)
    assert [swarm.spec.optimizer for swarm in source.swarms] == ["sgd", "adam"]
    assert [swarm.count for swarm in source.swarms] == [150, 150]


def test_another_problem_takes_the_old_swarm_away(qtbot, swarming):
    window = swarming(300)
    source = window.canvas.layers.swarm_source
    window.store.edit(replace(window.store.session, problem="rosenbrock"))
    qtbot.waitUntil(lambda: not window.store.is_busy)
    assert all(swarm is None or swarm.spec.problem.name == "rosenbrock" for swarm in source.swarms)
    settle(qtbot, window)
    assert source.swarms[0].spec.problem is window.store.scene.problem


def test_the_description_says_what_became_of_the_starts(qtbot, swarming):
    window = swarming(300)
    words = window.canvas.accessibleDescription()
    assert "; swarm of 300 starts, SGD: " in words
    assert "% " in words
    window.set_view(swarm=0)
    settle(qtbot, window)
    assert "swarm" not in window.canvas.accessibleDescription()


def test_what_is_switched_off_leaves_no_memory_behind(qtbot, swarming):
    window = swarming(1_000)
    seen(window)
    left = weakref.ref(window.canvas.layers.swarm_source.swarms[0])
    window.set_view(swarm=0)
    settle(qtbot, window)
    seen(window)
    gc.collect()
    assert left() is None


def test_the_surface_needs_no_swarm(qtbot, swarming):
    window = swarming(0, layout="surface")
    window.set_view(swarm=500)
    settle(qtbot, window)
    assert not any(window.canvas.layers.swarm_source.swarms)
    window.set_view(layout="map")
    settle(qtbot, window)
    assert window.canvas.layers.swarm_source.swarms[0].count == 500


def test_the_same_request_begins_nothing(qtbot):
    source = SwarmSource()
    source.want([None])
    qtbot.waitUntil(lambda: not source.refinement.is_running)
    assert source.swarms == [None]
    source.want([None])
    assert not source.refinement.is_running


@pytest.mark.parametrize("layout", ["surface", "sweep"])
def test_where_no_swarm_can_be_seen_the_key_goes_to_the_map(qtbot, swarming, layout):
    window = swarming(0)
    window.set_view(layout=layout)
    settle(qtbot, window)
    window.toggle_swarm()
    assert (window.store.session.view.layout, window.store.session.view.swarm > 0) == ("map", True)
