"""Hooks and a schedule round a run, from its card."""

import pytest
from PyQt6.QtCore import Qt

from optvis.document.session import RunSpec, Session
from optvis.gui.settings.line_dialog import LineDialog
from tests.gui.conftest import settle

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot):
    dialog = LineDialog("adam:lr=0.3")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def put(box, name):
    index = next(at for at in range(1, box.count()) if box.itemText(at).startswith(f"{name}:"))
    box.activated.emit(index)


def test_hooks_come_before_the_schedule_whatever_the_order_of_clicks(dialog):
    put(dialog.schedule_box, "cosine")
    put(dialog.hook_box, "weight-decay")
    put(dialog.schedule_box, "warmup")
    put(dialog.hook_box, "clip-norm")
    assert [part.split(":")[0] for part in dialog.field.text().split(" | ")] == [
        "adam", "weight-decay", "clip-norm", "warmup", "cosine",
    ]  # fmt: skip
    put(dialog.schedule_box, "step")
    assert dialog.field.text().endswith("| step:step_size=30,gamma=0.1"), "one schedule takes the other's place"
    assert "norm(g)" in dialog.rule.text()


def test_everything_that_is_offered_can_be_put_in(dialog):
    for box in (dialog.hook_box, dialog.schedule_box):
        for index in range(1, box.count()):
            dialog.field.setText("momentum:lr=0.1")
            box.activated.emit(index)
            assert dialog.check() is not None
            assert " | " in dialog.field.text()


def test_what_is_wrong_is_said_and_cannot_be_applied(dialog):
    dialog.field.setText("adam | clip")
    assert "there is no hook or schedule 'clip'" in dialog.error.text()
    assert not dialog.apply_button.isEnabled()


def test_from_the_card_to_the_picture_and_back(qtbot, make_window):
    window = make_window(Session("quadratic-valley", steps=20, runs=(RunSpec("sgd", {"lr": 0.9}, label="mine"),)))
    before = window.store.session
    dialog = window.runs_panel.cards[0].edit_line()
    assert dialog.field.text() == "sgd:lr=0.9"
    put(dialog.hook_box, "clip-norm")
    put(dialog.schedule_box, "exponential")
    qtbot.mouseClick(dialog.apply_button, LEFT)
    settle(qtbot, window)
    spec = window.store.session.runs[0]
    assert (spec.optimizer, spec.label) == ("sgd | clip-norm | exponential", "mine")
    card = window.runs_panel.cards[0]
    assert {"lr", "clip_norm_max_norm", "exponential_gamma"} <= set(card.sliders)
    card.sliders["clip_norm_max_norm"].valueEdited.emit(0.25)
    settle(qtbot, window)
    assert window.store.scene.runs[0].hyper["clip_norm_max_norm"] == 0.25
    again = card.edit_line()
    assert again.field.text() == "sgd:lr=0.9 | clip-norm:max_norm=0.25 | exponential:gamma=0.95"
    again.reject()
    while window.store.can_undo:
        window.store.undo()
    assert window.store.session == before
