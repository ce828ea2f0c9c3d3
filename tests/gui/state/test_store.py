"""The history of a session: what undo and redo take back and bring back."""

from dataclasses import replace

import pytest
from PyQt6.QtCore import QObject

from optvis.document.session import RunSpec, Session
from optvis.foundation.errors import InputError
from optvis.gui.state.store import Store

SESSION = Session("quadratic-valley", steps=5, runs=(RunSpec("sgd"),))


@pytest.fixture
def store(qtbot):
    parent = QObject()
    yield Store(SESSION, parent)
    parent.deleteLater()


def edit(store, steps, key=None):
    store.edit(replace(store.session, steps=steps), key)


def history(store):
    """The steps of every session that undo would bring, the next first; the present one stays."""
    found = []
    while store.can_undo:
        store.undo()
        found.append(store.session.steps)
    for _ in found:
        store.redo()
    return found


def test_an_edit_forgets_what_was_taken_back(store):
    for steps in (6, 7):
        edit(store, steps)
    store.undo()
    assert (store.session.steps, store.can_redo) == (6, True)
    edit(store, 9)
    assert not store.can_redo
    store.redo()
    assert store.session.steps == 9
    assert history(store) == [6, 5]


def test_an_edit_of_the_same_thing_goes_into_one_entry_until_it_is_sealed(store):
    for steps in (6, 7, 8):
        edit(store, steps, "slider")
    assert history(store) == [5]
    edit(store, 9, "slider")
    edit(store, 10, "other")
    edit(store, 11)
    edit(store, 12)
    store.seal()
    edit(store, 13, "slider")
    store.seal()
    edit(store, 14, "slider")
    assert history(store) == [13, 12, 11, 10, 9, 8, 5]


@pytest.mark.parametrize("back", ["undo", "redo"])
def test_after_undo_and_redo_an_edit_is_an_entry_of_its_own(store, back):
    edit(store, 6, "slider")
    edit(store, 7)
    store.undo()
    if back == "redo":
        store.undo()
        store.redo()
    assert store.session.steps == 6
    edit(store, 8, "slider")
    assert history(store) == [6, 5]


def test_what_cannot_be_used_changes_nothing(store):
    edit(store, 6)
    store.undo()
    with pytest.raises(InputError):
        edit(store, 0)
    assert (store.session, store.can_undo, store.can_redo) == (SESSION, False, True)


def test_an_edit_that_comes_back_to_where_it_began_leaves_no_entry(store):
    edit(store, 6)
    for steps in (7, 8, 6):
        edit(store, steps, "slider")
    assert history(store) == [5]
    edit(store, 9, "slider")
    assert history(store) == [6, 5]


def test_what_is_the_same_is_no_edit(store):
    edit(store, 6)
    store.undo()
    store.edit(replace(SESSION))
    assert (store.can_undo, store.can_redo) == (False, True)


def test_another_document_has_no_history(store):
    edit(store, 6, "slider")
    edit(store, 7)
    store.undo()
    store.replace(replace(SESSION, steps=20))
    assert (store.can_undo, store.can_redo) == (False, False)
    edit(store, 21, "slider")
    assert history(store) == [20]
