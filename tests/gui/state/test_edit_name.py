"""Edits are named by what they changed."""

from dataclasses import fields, replace

import pytest

from optvis.document.session import RunSpec, Session, View
from optvis.gui.state import run_edits
from optvis.gui.state.edit_name import RUN_NAMES, SESSION_NAMES, VIEW_NAMES, edit_name
from optvis.gui.state.store import Store

SGD, ADAM, MINE = RunSpec("sgd"), RunSpec("adam", style=1), RunSpec("rule{ step = -lr*g }", style=2, label="mine")
SESSION = Session("quadratic-valley", runs=(SGD, ADAM, MINE), start=(1.0, 2.0))


def with_view(**changes):
    return replace(SESSION, view=replace(SESSION.view, **changes))


def with_adam(**changes):
    return SESSION.with_run(1, replace(ADAM, **changes))


@pytest.mark.parametrize(("after", "name"), [
    (replace(SESSION, start=(0.0, 0.0)), "start point"),
    (replace(SESSION, problem="sphere", bounds=None, start=None), "problem"),
    (replace(SESSION, bounds=(-1.0, 1.0, -1.0, 1.0)), "domain"),
    (replace(SESSION, steps=7), "steps"),
    (replace(SESSION, gradient="complex"), "gradient"),
    (SESSION.with_run(1, ADAM.with_hyper("lr", 0.5)), "Adam lr"),
    (SESSION.with_run(1, ADAM.with_values({"lr": 0.5, "beta1": 0.8})), "Adam settings"),
    (SESSION.with_run(2, MINE.with_hyper("lr", 0.5)), "mine lr"),
    (with_adam(visible=False), "Adam off"),
    (with_adam(style=5), "Adam style"),
    (with_adam(label="fast"), "Adam name"),
    (run_edits.with_rule(SESSION, 1, "rule{ step = -2*lr*g }"), "Adam rule"),
    (run_edits.with_rule(SESSION, 1, "rule{ step = -2*lr*g }", as_new=True), "Adam, edited added"),
    (run_edits.added(SESSION, "lion"), "Lion added"),
    (run_edits.duplicated(SESSION, 1), "Adam added"),
    (run_edits.removed(SESSION, 0), "SGD removed"),
    (run_edits.removed(with_view(chosen=2), 2), "mine removed"),
    (run_edits.moved(SESSION, 0, 2), "order of the runs"),
    (replace(SESSION, runs=tuple(spec.with_hyper("lr", 0.5) for spec in SESSION.runs)), "settings of the runs"),
    (run_edits.chosen(SESSION, 1), "chosen run"),
    (with_view(levels="log"), "contour levels"),
    (with_view(swarm=100, layout="basins"), "swarm"),
    (with_view(charts=("loss", "x")), "charts"),
    (SESSION, ""),
])  # fmt: skip
def test_the_name_says_what_was_changed(after, name):
    assert edit_name(SESSION, after) == name


def test_going_back_to_suggestions_has_a_name_of_its_own():
    by_hand = replace(SESSION.with_run(1, ADAM.with_hyper("lr", 0.5)), steps=7)
    assert edit_name(by_hand, by_hand.with_suggested_settings()) == "suggested settings"
    assert edit_name(by_hand, replace(by_hand, steps=8, start=(0.0, 0.0))) == "settings"
    assert edit_name(with_adam(visible=False), SESSION) == "Adam on"


@pytest.mark.parametrize(("names", "kind", "unnamed"), [
    (SESSION_NAMES, Session, {"runs", "view"}), (RUN_NAMES, RunSpec, set()), (VIEW_NAMES, View, set()),
])  # fmt: skip
def test_whatever_a_session_holds_has_a_name(names, kind, unnamed):
    assert set(names) == {field.name for field in fields(kind)} - unnamed


def test_the_store_names_what_undo_and_redo_would_do(qapp):
    store = Store(SESSION)
    assert (store.undo_name, store.redo_name) == ("", "")
    for lr in (0.5, 0.6, 0.7):  # one drag
        store.edit(SESSION.with_run(1, ADAM.with_hyper("lr", lr)), "drag")
    store.seal()
    store.edit(replace(store.session, steps=7))
    assert (store.undo_name, store.redo_name) == ("steps", "")
    store.undo()
    assert (store.undo_name, store.redo_name) == ("Adam lr", "steps")
    store.undo()
    assert (store.undo_name, store.redo_name) == ("", "Adam lr")
    store.redo()
    assert (store.undo_name, store.redo_name) == ("Adam lr", "steps")
