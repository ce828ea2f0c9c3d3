"""The bar of the gradient lens: its slider is the session's h, and the trajectories feel it."""

from PyQt6.QtCore import Qt

from optvis.document.session import RunSpec, Session, View
from optvis.problems.gradient import parse_scheme
from tests.gui.conftest import settle


def lens_window(make_window, problem="rosenbrock", gradient="forward:1e-06"):
    return make_window(Session(problem, gradient=gradient, runs=(RunSpec("sgd"),), view=View(lens="gradient")))


def test_the_bar_is_there_only_with_the_lens(qtbot, window):
    bar = window.map_tabs.lens_bar
    assert not bar.isVisible()
    window.set_view(lens="gradient")
    settle(qtbot, window)
    assert bar.isVisible()
    assert bar.curve.isVisible()


def test_the_slider_changes_h_the_map_and_the_trajectory_as_one_edit(qtbot, make_window):
    window = lens_window(make_window)
    bar, before = window.map_tabs.lens_bar, window.store.scene
    key = window.canvas.layers.relief.surface.key
    bar.slider.slider.setFocus()
    for _ in range(4):
        qtbot.keyClick(bar.slider.slider, Qt.Key.Key_PageUp)
    settle(qtbot, window)
    h = parse_scheme(window.store.session.gradient).h
    assert h > 1e-6
    assert window.store.scene.gradient.h == h
    assert window.canvas.layers.relief.surface.key != key
    x_before, x_after = before.runs[0].trajectory.x, window.store.scene.runs[0].trajectory.x
    assert (x_before != x_after).any(), "a rougher gradient leads elsewhere"
    window.store.undo()
    settle(qtbot, window)
    assert window.store.session == before.session


def test_double_click_brings_the_kind_s_own_h_back(qtbot, make_window):
    window = lens_window(make_window, gradient="central:0.01")
    bar = window.map_tabs.lens_bar
    qtbot.mouseDClick(bar.slider.slider, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert parse_scheme(window.store.session.gradient).h == 1e-4


def test_without_an_answer_of_complex_step_the_bar_says_so(qtbot, make_window):
    window = lens_window(make_window, problem="bukin-6")
    bar = window.map_tabs.lens_bar
    assert "complex-step" in bar.words.text()
    assert not bar.curve.isVisible()
