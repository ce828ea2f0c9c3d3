"""Sessions as text: the round trip, every way a file can be wrong, and the presets."""

import json
import math
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optvis.document.opening import open_session
from optvis.document.session import MAX_RUNS, STYLES, RunSpec, Session, View, resolve
from optvis.document.session_file import MAX_BYTES, MAX_LABEL, from_json, preset, preset_names, read_session, to_json
from optvis.foundation.errors import InputError
from optvis.optimizers.catalogue import CATALOGUE
from optvis.problems.problem import CATALOGUE as PROBLEMS

# --- the round trip -----------------------------------------------------------------------------

FINITE = st.floats(-1e100, 1e100)
BOUNDS = st.tuples(st.floats(-1e6, 0), st.floats(1, 1e6), st.floats(-1e6, 0), st.floats(1, 1e6))
LABELS = st.text(max_size=MAX_LABEL).filter(str.isprintable)


@st.composite
def specs(draw):
    name = draw(st.sampled_from([*CATALOGUE, "rule{ v = m*v - lr*g; step = v }"]))
    known = ["lr", "m"] if name.startswith("rule") else [hyper.name for hyper in CATALOGUE[name].hyperparameters]
    chosen = draw(st.lists(st.sampled_from(known), unique=True))
    hyper = tuple(
        sorted((one, draw(st.sampled_from([0.0, 1.0]) if one == "centered" else st.floats(0, 0.99))) for one in chosen)
    )
    return RunSpec(name, hyper, draw(st.integers(0, STYLES - 1)), draw(st.booleans()), draw(LABELS))


VIEWS = st.builds(
    View,
    levels=st.sampled_from(["auto", "linear", "log"]),
    aspect=st.sampled_from(["free", "equal"]),
    layout=st.sampled_from(["map", "multiples"]),
    loss_axis=st.sampled_from(["log", "linear"]),
    colormap=st.sampled_from(["viridis", "cividis"]),
    profile=st.none() | st.tuples(FINITE, FINITE, FINITE, FINITE).filter(lambda ends: ends[:2] != ends[2:]),
)
SESSIONS = st.builds(
    Session,
    problem=st.sampled_from([*PROBLEMS, "x**2/20 + y**2", "sin(x)*exp(-y)"]),
    bounds=st.none() | BOUNDS,
    start=st.none() | st.tuples(FINITE, FINITE),
    steps=st.none() | st.integers(1, 1_000_000),
    gradient=st.sampled_from(["central:0.0001", "forward:1e-06", "central"]),
    seed=st.integers(0, 2**63 - 1),
    runs=st.lists(specs(), max_size=6).map(tuple),
    view=VIEWS,
)


@given(SESSIONS)
@settings(max_examples=150)
def test_what_is_written_is_read_back_equal(session):
    text = to_json(session)
    assert from_json(text) == session
    assert to_json(from_json(text)) == text


def test_the_text_is_indented_json_with_intent_only():
    text = to_json(preset("textbook"))
    document = json.loads(text)
    assert document["format"] == "optvis-session"
    assert document["version"] == 1
    assert text.startswith('{\n  "format": "optvis-session",\n  "version": 1,\n  "problem": "quadratic-valley",\n')
    assert text.endswith("}\n")
    assert document["steps"] is None
    assert document["runs"][0] == {"optimizer": "sgd", "hyper": {}, "style": 0, "visible": True, "label": ""}


def test_labels_stand_as_they_are():
    session = Session("sphere", runs=(RunSpec("adam", label='Größe "β₁" 🦄'),))
    assert "Größe" in to_json(session)
    assert from_json(to_json(session)) == session


def test_a_session_that_is_read_gives_the_same_scene():
    session = replace(preset("four-minima"), steps=20)
    first, second = resolve(session), resolve(from_json(to_json(session)))
    for one, other in zip(first.runs, second.runs, strict=True):
        np.testing.assert_array_equal(one.trajectory.x, other.trajectory.x)


def test_what_may_be_left_out():
    least = {
        "format": "optvis-session",
        "version": 1,
        "problem": "sphere",
        "runs": [{"optimizer": "adam"}, {"optimizer": "sgd"}],
    }
    assert from_json(json.dumps(least)) == Session("sphere", runs=(RunSpec("adam", style=0), RunSpec("sgd", style=1)))


def test_null_follows_the_problem():
    suggested = {"format": "optvis-session", "version": 1, "problem": "sphere", "runs": []}
    suggested |= {"bounds": None, "start": None, "steps": None}
    assert from_json(json.dumps(suggested)) == Session("sphere")


def test_names_may_be_in_capitals_and_numbers_whole():
    text = to_json(Session("sphere", start=(1.0, 2.0), runs=(RunSpec("adam", (("lr", 1.0),)),)))
    assert from_json(text.replace('"lr": 1.0', '"lr": 1')) == from_json(text)
    assert type(from_json(text.replace('"lr": 1.0', '"lr": 1')).runs[0].hyper[0][1]) is float


# --- what is wrong is named ---------------------------------------------------------------------

GOOD = json.loads(
    to_json(
        Session(
            "quadratic-valley",
            bounds=(-10.0, 10.0, -5.0, 5.0),
            start=(-7.0, 2.0),
            steps=30,
            runs=(RunSpec("sgd", (("lr", 0.95),)), RunSpec("momentum"), RunSpec("adam", (("beta1", 0.8), ("lr", 0.3)))),
        )
    )
)


def changed(path, value):
    """The good document with one place changed; `...` removes the key."""
    document = json.loads(json.dumps(GOOD))
    *parents, last = path
    place = document
    for key in parents:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(document)


LR = ["runs", 2, "hyper", "lr"]
WRONG = [
    (["format"], ..., "the key format is missing"),
    (["format"], "other", 'format must be "optvis-session"'),
    (["format"], 3, "format must be text, not 3"),
    (["version"], ..., "the key version is missing"),
    (["version"], 2, "version is 2: the session was saved by a newer optvis; this one reads up to 1"),
    (["version"], 0, "version must be a whole number from 1"),
    (["version"], "1", 'version must be a whole number from 1 to [0-9]+, not "1"'),
    (["version"], 1.0, "version must be a whole number"),
    (["version"], True, "version must be a whole number"),
    (["problem"], ..., "the key problem is missing"),
    (["problem"], 3, "problem must be text, not 3"),
    (["problem"], None, "problem must be text, not null"),
    (["problem"], "rosenbrok", "problem: there is no problem called 'rosenbrok'; did you mean rosenbrock"),
    (["problem"], "x +", r"problem: .*the text ends \(column 4\)"),
    (["problem"], "__import__('os')", r"problem: .* is not allowed; .* \(column 12\)"),
    (["problem"], "\ud800", "problem must be text"),
    (["bounds"], 3, "bounds must be a list of at most 4, not 3"),
    (["bounds"], [0, 1, 2], "bounds: .* not 3 of them"),
    (["bounds"], [0, 1, 2, 3, 4], "bounds must be a list of at most 4, not a list of 5"),
    (["bounds"], [1, 0, 0, 1], "bounds: the bounds need xmin below xmax"),
    (["bounds"], [0, 1, "0", 1], r'bounds\[2\] must be a number, not "0"'),
    (["start"], [0], "start: .* not 1 of them"),
    (["start"], [0, "x"], r'start\[1\] must be a number, not "x"'),
    (["start"], [0, None], r"start\[1\] must be a number, not null"),
    (["start"], [0, True], r"start\[1\] must be a number, not true"),
    (["start"], [10**400, 0], r"start\[0\] must be a number that is finite"),
    (["start"], [1e200, 0], "start: .* between -1e.150 and 1e.150"),
    (["start"], {"x": 1}, "start must be a list of at most 2, not an object of 1 keys"),
    (["steps"], 0, "steps must be a whole number from 1 to 1000000, not 0"),
    (["steps"], -1, "steps must be a whole number"),
    (["steps"], 10**9, "steps must be a whole number"),
    (["steps"], 1.5, "steps must be a whole number from 1 to 1000000, not 1.5"),
    (["steps"], "30", "steps must be a whole number"),
    (["steps"], [], "steps must be a whole number from 1 to 1000000, not a list of 0"),
    (["gradient"], "centrel", "gradient: there is no gradient scheme 'centrel'; did you mean central"),
    (["gradient"], 1e-4, "gradient must be text"),
    (["seed"], -1, "seed must be a whole number"),
    (["seed"], 1.5, "seed must be a whole number"),
    (["runs"], ..., "the key runs is missing"),
    (["runs"], {}, f"runs must be a list of at most {MAX_RUNS}, not an object"),
    (["runs"], [{}] * 65, f"runs must be a list of at most {MAX_RUNS}, not a list of 65"),
    (["runs"], [{}] * 10**6, "not a list of 1,000,000"),
    (["runs", 1], None, r"runs\[1\] must be an object \{…\}, not null"),
    (["runs", 1], "sgd", r'runs\[1\] must be an object \{…\}, not "sgd"'),
    (["runs", 1, "optimizer"], ..., r"the key runs\[1\]\.optimizer is missing"),
    (["runs", 1, "optimizer"], 3, r"runs\[1\]\.optimizer must be text, not 3"),
    (["runs", 1, "optimizer"], "adm", r"runs\[1\]\.optimizer: there is no optimizer called 'adm'; did you mean adam"),
    (["runs", 1, "optimizer"], "rule{ v = 1 }", r"runs\[1\]\.optimizer: the rule never assigns step"),
    (["runs", 1, "hyper"], [], r"runs\[1\]\.hyper must be an object \{…\}, not a list of 0"),
    (LR, "big", r'runs\[2\]\.hyper\.lr must be a number, not "big"'),
    (LR, None, r"runs\[2\]\.hyper\.lr must be a number, not null"),
    (LR, True, r"runs\[2\]\.hyper\.lr must be a number, not true"),
    (LR, [0.1], r"runs\[2\]\.hyper\.lr must be a number, not a list of 1"),
    (LR, -1, r"runs\[2\]\.hyper\.lr: lr must be a number from 0 up, not -1"),
    (["runs", 2, "hyper", "beta1"], 1, r"runs\[2\]\.hyper\.beta1: beta1 must be a number from 0 to below 1"),
    (
        ["runs", 2, "hyper", "beta3"],
        0.1,
        r"runs\[2\]\.hyper\.beta3: Adam has no hyperparameter 'beta3'; did you mean beta",
    ),
    (["runs", 2, "hyper", "self"], 0.1, r"runs\[2\]\.hyper\.self: Adam has no hyperparameter 'self'"),
    (["runs", 0, "style"], 64, r"runs\[0\]\.style must be a whole number from 0 to 63, not 64"),
    (["runs", 0, "style"], -1, r"runs\[0\]\.style must be a whole number"),
    (["runs", 0, "visible"], 1, r"runs\[0\]\.visible must be true or false, not 1"),
    (["runs", 0, "label"], None, r"runs\[0\]\.label must be text"),
    (["runs", 0, "label"], "a\nb", r"runs\[0\]\.label must be text of one line"),
    (["runs", 0, "label"], "a" * 201, r"runs\[0\]\.label must be text of one line and at most 200"),
    (["runs", 0, "colour"], "red", r"the key runs\[0\]\.colour is not known; the keys are optimizer, hyper"),
    (["runs", 0, "hypers"], {}, r"the key runs\[0\]\.hypers is not known; did you mean hyper"),
    (["view"], [], r"view must be an object \{…\}, not a list of 0"),
    (["view", "levels"], "cubic", 'view.levels must be one of auto, linear, log, not "cubic"'),
    (["view", "layout"], ["map"], "view.layout must be one of map, multiples, surface, basins, sweep, not a list of 1"),
    (["view", "zoom"], 2, r"the key view\.zoom is not known"),
    (["trajectories"], [1, 2], "the key trajectories is not known"),
    (["a\nb"], 1, r"the key a\\nb is not known"),
]


@pytest.mark.parametrize(("path", "value", "message"), WRONG)
def test_a_wrong_value_is_named_by_its_key(path, value, message, tmp_path):
    text = changed(path, value)
    with pytest.raises(InputError, match=message) as caught:
        from_json(text)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()
    file = tmp_path / "session.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="session.json is not a usable session: ") as caught:
        read_session(file)
    assert str(caught.value).isprintable()


def test_complex_step_with_a_kink_is_named():
    text = to_json(Session("bukin-6")).replace("central:0.0001", "complex-step")
    with pytest.raises(InputError, match="gradient: complex-step cannot differentiate abs"):
        from_json(text)


GOOD_TEXT = json.dumps(GOOD)
BROKEN = {
    "empty": ("", "it is empty"),
    "white space": (" \n ", "it is empty"),
    "half": (GOOD_TEXT[: len(GOOD_TEXT) // 2], "it is broken or cut off at line 1, column [0-9]+"),
    "one letter less": (GOOD_TEXT[:-1], "it is broken or cut off"),
    "one letter more": (GOOD_TEXT + "}", "it is broken or cut off"),
    "no JSON": ("optimizer: adam", "it is broken or cut off"),
    "a number": ("3", r"a session must be an object \{…\}, not 3"),
    "a list": ("[]", "not a list of 0"),
    "null": ("null", "not null"),
    "NaN": (GOOD_TEXT.replace("0.95", "NaN"), r"runs\[0\].hyper.lr must be a number that is finite, not NaN"),
    "Infinity": (GOOD_TEXT.replace("0.95", "-Infinity"), r"runs\[0\].hyper.lr must be .* finite, not -Infinity"),
    "beyond floats": (GOOD_TEXT.replace("0.95", "1e999"), r"runs\[0\].hyper.lr must be a number that is finite"),
    "endless digits": (GOOD_TEXT.replace("0.95", "9" * 100_000), r"runs\[0\].hyper.lr must be a number that is finite"),
    "a key twice": (GOOD_TEXT.replace('{"lr": 0.95}', '{"lr": 0.95, "lr": 1}'), 'the key "lr" stands twice'),
    "nested": ("[" * 100_000 + "]" * 100_000, "it is nested too deeply"),
    "nested objects": ('{"a":' * 100_000, "it is nested too deeply"),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused(text, message, tmp_path):
    file = tmp_path / "session.json"
    file.write_text(text, encoding="utf-8")
    for read, source in ((from_json, text), (read_session, file)):
        with pytest.raises(InputError, match=message) as caught:
            read(source)
        assert len(str(caught.value)) < 400


def test_every_cut_of_a_file_is_refused():
    text = to_json(preset("textbook"))
    for length in range(len(text.rstrip())):
        with pytest.raises(InputError):
            from_json(text[:length])


@given(st.binary(max_size=60))
@settings(max_examples=100)
def test_any_bytes_are_refused_in_a_sentence(tmp_path_factory, data):
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_bytes(data)
    with pytest.raises(InputError, match="any.json is not a usable session: "):
        read_session(file)


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_may_begin_with_a_byte_order_mark(tmp_path, encoding):
    session = Session("sphere", runs=(RunSpec("adam", label="β₁"),))
    file = tmp_path / "session.json"
    file.write_text(to_json(session), encoding=encoding)
    assert read_session(file) == session


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_refused(tmp_path, encoding):
    file = tmp_path / "session.json"
    file.write_text(to_json(Session("sphere", runs=(RunSpec("adam", label="größer"),))), encoding=encoding)
    with pytest.raises(InputError, match="it is not text in UTF-8"):
        read_session(file)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    file = tmp_path / "session.json"
    with file.open("wb") as written:
        written.truncate(100 * MAX_BYTES)  # takes no room on the disk, and would as text
    with pytest.raises(InputError, match="larger than 4 MB"):
        read_session(file)


@pytest.mark.skipif(sys.platform == "win32", reason="has no endless file")
def test_an_endless_file_and_one_that_keeps_waiting_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("/dev/zero", tmp_path / "pipe.json"):
        with pytest.raises(InputError, match="is not a plain file"):
            read_session(name)


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(InputError, match="there is no file .*nothing.json"):
        read_session(tmp_path / "nothing.json")
    with pytest.raises(InputError, match="is a folder, not a session file"):
        read_session(tmp_path)
    with pytest.raises(InputError, match="cannot be read|there is no file"):
        read_session("a\0b.json")


# --- presets ------------------------------------------------------------------------------------


def test_the_presets_are_those_that_are_promised():
    assert preset_names()[0] == "textbook"
    assert set(preset_names()) == {
        "textbook", "ravine", "four-minima", "saddle-escape", "too-fast", "adaptive", "basins", "sweep"
    }  # fmt: skip


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_resolves_and_can_be_told_apart(name):
    scene = resolve(preset(name))
    assert 2 <= len(scene.runs) <= 6
    assert len({run.spec.style for run in scene.runs}) == len(scene.runs)
    assert len({run.label for run in scene.runs}) == len(scene.runs)
    assert all(run.trajectory.last == scene.steps for run in scene.runs), "all of it is finite"


def test_the_textbook_preset_is_the_textbooks_comparison_by_suggestion():
    session = preset("textbook")
    assert (session.bounds, session.start, session.steps) == (None, None, None)
    assert all(spec.hyper == () for spec in session.runs)
    scene = resolve(session)
    assert scene.problem.formula.text == "x**2/20 + y**2"
    assert (scene.start, scene.steps, str(scene.gradient)) == ((-7.0, 2.0), 30, "central:0.0001")
    assert [(run.label, run.hyper["lr"]) for run in scene.runs] == [
        ("SGD", 0.95),
        ("Momentum", 0.1),
        ("AdaGrad", 1.5),
        ("Adam", 0.3),
    ]
    assert scene.runs[1].hyper["momentum"] == 0.9


def test_four_minima_are_found_by_four_runs():
    scene = resolve(preset("four-minima"))
    ends = [(float(run.trajectory.x[-1]), float(run.trajectory.y[-1])) for run in scene.runs]
    nearest = {min(scene.problem.minima, key=lambda m, end=end: math.dist(end, (m.x, m.y))) for end in ends}
    assert len(nearest) == 4


def test_too_fast_shows_both_sides_of_the_stability_limit():
    """The curvature along y is 2, so that the limit lies at a learning rate of 1."""
    scene = resolve(preset("too-fast"))
    for run in scene.runs:
        assert (run.trajectory.outcome.kind == "growing") == (run.hyper["lr"] > 1)
    assert min(run.hyper["lr"] for run in scene.runs) < 1 < max(run.hyper["lr"] for run in scene.runs)


def test_the_saddle_is_left_by_some_while_others_still_wait():
    scene = resolve(preset("saddle-escape"))
    height = {run.label: abs(float(run.trajectory.y[-1])) for run in scene.runs}
    assert height["SGD"] < 0.3
    assert height["Adam"] > 2


def test_an_unknown_preset_names_the_nearest():
    with pytest.raises(InputError, match="no preset called 'textbok'; did you mean textbook"):
        preset("textbok")
    with pytest.raises(InputError, match="the presets are textbook, adaptive"):
        preset("zzz")


def test_a_name_without_an_ending_is_a_preset_and_one_with_an_ending_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("own.json").write_text(to_json(Session("sphere")), encoding="utf-8")
    for name in ("bare", "textbook"):
        Path(name).write_text(to_json(Session("beale")), encoding="utf-8")
    assert open_session("textbook") == preset("textbook")
    assert open_session("own.json") == Session("sphere")
    assert open_session("bare") == Session("beale")
    with pytest.raises(InputError, match="there is no file textbook.json"):
        open_session("textbook.json")
