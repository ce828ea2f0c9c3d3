"""What a mouse does on a map besides moving it: runs are named and chosen, a right click offers what can be done."""

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from optvis.document.session import RunSpec, Session
from optvis.draw.maps.trail_hit import trail_at
from tests.gui.conftest import settle

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
RUNS = (RunSpec("sgd", {"lr": 0.95}), RunSpec("momentum", {"lr": 0.05}, 1), RunSpec("sgd", {"lr": 1.05}, 2))


@pytest.fixture
def window(make_window):
    window = make_window(Session("quadratic-valley", steps=30, runs=RUNS))
    window.playback.to_end()
    return window


def between(window, run, step):
    """The pixel in the middle of the way from a step of a run to the next."""
    t = window.store.scene.runs[run].trajectory
    viewport = window.canvas.viewport
    return (viewport.point(t.x[step], t.y[step]) + viewport.point(t.x[step + 1], t.y[step + 1])) / 2


def alone(window, run):
    """A pixel on a run's way where no other run is near."""
    others = [each for index, each in enumerate(window.store.scene.runs) if index != run]
    places = (between(window, run, step) for step in range(1, 20))
    viewport = window.canvas.viewport
    return next(at for at in places if viewport.rect.contains(at) and trail_at(others, viewport, at, 30) is None)


def click(qtbot, window, at, button=LEFT):
    qtbot.mouseClick(window.canvas.stage.viewport(), button, pos=at.toPoint())
    settle(qtbot, window)


def test_pointing_at_a_trail_names_run_step_place_and_loss(qtbot, window):
    said = []
    window.canvas.pointed.connect(said.append)
    t = window.store.scene.runs[0].trajectory
    at = window.canvas.viewport.point(t.x[4], t.y[4])
    for offset in (QPointF(3, 3), QPointF()):
        qtbot.mouseMove(window.canvas.stage.viewport(), (at + offset).toPoint())
    assert said[-1].startswith(f"{window.store.scene.runs[0].label}   step 4   x −4.696")
    away = window.canvas.viewport.point(5, -4)
    qtbot.mouseMove(window.canvas.stage.viewport(), away.toPoint())
    assert said[-1].startswith("x ")


@pytest.mark.parametrize("run", [1, 2, 0])
def test_a_click_on_a_trail_chooses_its_run_and_leaves_the_start(qtbot, window, run):
    start = window.store.scene.start
    click(qtbot, window, alone(window, run))
    assert window.store.session.chosen == run
    assert window.store.scene.start == start
    assert [card.accessibleDescription() for card in window.runs_panel.cards].index("Inspected") == run


def test_a_click_on_a_head_does_not_move_the_start(qtbot, window):
    t = window.store.scene.runs[1].trajectory
    click(qtbot, window, window.canvas.viewport.point(t.x[30], t.y[30]))
    assert window.store.session.start is None
    assert window.store.session.chosen == 1


def test_what_is_not_yet_drawn_is_not_hit(qtbot, window):
    window.playback.seek(2)
    at = between(window, 0, 8)
    click(qtbot, window, at)
    assert window.store.session.start is not None, "there is nothing there yet, so it is the new start"


def test_of_several_runs_the_one_on_top_is_hit(window):
    scene, viewport = window.store.scene, window.canvas.viewport
    at = viewport.point(*scene.start)
    for order in (scene.runs[:2], scene.runs[1::-1]):
        assert trail_at(order, viewport, at, 30).run is order[-1]
    assert trail_at(scene.runs, viewport, viewport.point(9, 4), 30) is None
    assert trail_at([], viewport, at, 30) is None


def test_a_run_that_is_no_number_is_hit_where_it_was_last(make_window, qtbot):
    rule = "rule{ h = h + g**2; step = -lr*g/sqrt(h) }"
    window = make_window(Session("quadratic-valley", start=(-7.0, 0.0), steps=5, runs=(RunSpec(rule, {"lr": 1.0}),)))
    hit = trail_at(window.store.scene.runs, window.canvas.viewport, window.canvas.viewport.point(-7.0, 0.0), 5)
    assert (hit.step, hit.is_head) == (0, True)


def opened(qtbot, window, at):
    """The entries of the menu of a right click, by their words."""
    qtbot.mouseClick(window.canvas.stage.viewport(), RIGHT, pos=at.toPoint())
    menu = QApplication.activePopupWidget()
    found = {action.text().replace("&", ""): action for action in menu.actions()}
    menu.close()
    return found


def test_the_start_is_set_where_the_menu_was_opened(qtbot, window):
    for place in ((4.0, -3.0), (-2.0, 1.5)):
        entries = opened(qtbot, window, window.canvas.viewport.point(*place))
        starts = [action for words, action in entries.items() if words.startswith("Set the start here")]
        assert len(starts) == 1
        starts[0].trigger()
        settle(qtbot, window)
        assert window.store.scene.start == pytest.approx(place, abs=0.03)


def test_the_view_is_fitted_to_the_runs_and_reset(qtbot, window):
    canvas = window.canvas
    domain = canvas.viewport.bounds
    assert not canvas.reset_button.isVisible()
    opened(qtbot, window, canvas.viewport.point(4, -3))["Fit the view to the runs"].trigger()
    settle(qtbot, window)
    xmin, xmax, ymin, ymax = canvas.viewport.bounds
    for run in window.store.scene.runs:
        inside = (xmin < run.trajectory.x) & (run.trajectory.x < xmax) & (ymin < run.trajectory.y)
        assert np.all(inside & (run.trajectory.y < ymax))
    assert xmax - xmin < 0.6 * (domain[1] - domain[0])
    assert canvas.reset_button.isVisible()
    assert canvas.viewport.rect.contains(QPointF(canvas.reset_button.geometry().center()))
    qtbot.mouseClick(canvas.reset_button, LEFT)
    settle(qtbot, window)
    assert canvas.viewport.bounds == domain
    assert not canvas.reset_button.isVisible()
    canvas.zoom(2)
    settle(qtbot, window)
    opened(qtbot, window, canvas.viewport.point(1, -1))["Reset the view"].trigger()
    settle(qtbot, window)
    assert canvas.viewport.bounds == domain


def test_the_picture_is_copied_from_the_menu(qtbot, window):
    QGuiApplication.clipboard().setText("before")
    opened(qtbot, window, window.canvas.viewport.point(4, -3))["Copy picture"].trigger()
    qtbot.waitUntil(lambda: not window.copying.drawing.is_running)
    assert QGuiApplication.clipboard().image().width() == 2400
