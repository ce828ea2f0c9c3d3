"""Edits of the list of runs, as functions from session to session."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optvis.document.session import RunSpec, Session, effective_hyper, resolve, session_problem
from optvis.gui.state.run_edits import added, duplicated, matched, moved, removed, with_rule
from optvis.optimizers.catalogue import CATALOGUE

OPTIMIZERS = ("sgd", "adam", "momentum")


def session_of(*optimizers):
    runs = tuple(RunSpec(name, style=style) for style, name in enumerate(optimizers))
    return Session("quadratic-valley", runs=runs)


def names(session):
    return [spec.optimizer for spec in session.runs]


def test_an_added_run_has_suggested_settings_and_a_free_style():
    session = added(session_of("sgd", "sgd"), "adam")
    assert session.runs[-1] == RunSpec("adam", style=2)


def test_a_copy_stands_below_with_its_settings_and_another_style():
    session = session_of("sgd", "adam")
    session = session.with_run(0, session.runs[0].with_hyper("lr", 0.5))
    copy = duplicated(session, 0)
    assert names(copy) == ["sgd", "sgd", "adam"]
    assert copy.runs[1].hyper == (("lr", 0.5),)
    assert len({spec.style for spec in copy.runs}) == 3


@given(st.lists(st.sampled_from(OPTIMIZERS), min_size=1, max_size=6), st.data())
def test_moving_there_and_back_changes_nothing(optimizers, data):
    session = session_of(*optimizers)
    last = len(optimizers) - 1
    one, other = data.draw(st.integers(0, last)), data.draw(st.integers(0, last))
    there = moved(session, one, other)
    assert there.runs[other] is session.runs[one]
    assert sorted(map(id, there.runs)) == sorted(map(id, session.runs))
    assert moved(there, other, one) == session
    assert moved(session, one, 99).runs[-1] is session.runs[one]
    assert moved(session, one, -9).runs[0] is session.runs[one]


@given(st.lists(st.sampled_from(OPTIMIZERS), max_size=6), st.lists(st.sampled_from(OPTIMIZERS), max_size=6))
def test_a_match_pairs_each_run_at_most_once_and_only_the_same_optimizer(old, new):
    before, after = session_of(*old).runs, session_of(*new).runs
    found = matched(before, after)
    assert len(found) == len(after)
    pairs = [(was, at) for at, was in enumerate(found) if was is not None]
    assert len({was for was, _ in pairs}) == len(pairs)
    assert all(before[was].optimizer == after[at].optimizer for was, at in pairs)
    missing = [name for name in OPTIMIZERS if new.count(name) > old.count(name)]
    assert [found[at] is None for at, name in enumerate(new)].count(True) == sum(
        new.count(name) - old.count(name) for name in missing
    )


@given(st.permutations(range(4)))
def test_a_match_follows_runs_that_only_moved(order):
    before = session_of("sgd", "sgd", "sgd", "adam").runs
    assert matched(before, tuple(before[at] for at in order)) == list(order)


def test_a_match_keeps_the_place_of_a_run_whose_settings_changed():
    session = session_of("sgd", "sgd", "sgd")
    after = session.with_run(1, session.runs[1].with_hyper("lr", 0.5))
    assert matched(session.runs, after.runs) == [0, 1, 2]
    assert matched(session.runs, removed(session, 0).runs) == [1, 2]


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_unchanged_rule_gives_the_unchanged_trajectory(name):
    session = session_of(name)
    rule = "rule{\n" + CATALOGUE[name].rule.text + "\n}"
    edited = with_rule(session, 0, rule)
    one, other = (resolve(which).runs[0].trajectory for which in (session, edited))
    assert one.x.tolist() == other.x.tolist()
    assert edited.runs[0].label == f"{CATALOGUE[name].title}, edited"


def test_values_that_the_new_rule_has_stay_and_others_go():
    session = session_of("adam")
    session = session.with_run(0, replace(session.runs[0], hyper=(("beta1", 0.5), ("eps", 1e-3))))
    edited = with_rule(session, 0, "rule{ m = beta1*m + (1 - beta1)*g; step = -lr*m*k }", as_new=True)
    assert len(edited.runs) == 2
    assert edited.runs[0] is session.runs[0]
    assert edited.runs[1].style != edited.runs[0].style
    hyper = effective_hyper(edited.runs[1], session_problem("quadratic-valley", None))
    assert (hyper["beta1"], hyper["lr"]) == (0.5, 0.3)
    assert set(hyper) == {"beta1", "lr", "k"}
