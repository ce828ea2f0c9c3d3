"""A session as a Python script: running it anew gives the same numbers and the same picture."""

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import optvis
from optvis.document.session import RunSpec, Session, View, resolve
from optvis.document.session_file import preset, preset_names
from optvis.export.script import script, write_script
from optvis.foundation.errors import InputError

RULE = 'rule{\n # heavy ball, """ and \\ in a comment\n v = momentum*v - lr*g\n step = where(t < 3, 2*v, v)\n}'
SESSIONS = {name: preset(name) for name in preset_names()} | {
    "a formula and a rule": Session(
        "sin(x)*y + x^2",
        bounds=(-3.0, 3.0, -2.0, 4.1),
        start=(0.1 + 0.2, -1e-7),
        steps=23,
        gradient="forward:1e-7",
        seed=2**60,
        runs=(
            RunSpec(RULE, (("lr", 0.1), ("momentum", 1 / 3)), style=3, label='größer "β₁" \\ \'""" 🦄'),
            RunSpec("Adam", style=1, visible=False),
        ),
        view=View(levels="log", layout="multiples", charts=("loss", "x")),
    ),
    "a run that diverges": Session("rosenbrock", runs=(RunSpec("sgd", (("lr", 1e100),)),)),
    "no runs": Session("ackley"),
}


def ran(tmp_path, text, more=""):
    """Run a script in an interpreter of its own; return what it leaves in ``scene`` and prints."""
    (tmp_path / "run.py").write_text(text + more, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(Path(optvis.__file__).parents[1]), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "error", "run.py"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


DUMP = """
import pickle
runs = [(r.label, r.hyper, r.trajectory.params, r.trajectory.loss, r.trajectory.grad, r.trajectory.state)
        for r in scene.runs]
with open("runs.pickle", "wb") as file:
    pickle.dump(runs, file)
"""

DRAW = """
import pickle
import optvis
from optvis.document.session import resolve
with open("session.pickle", "rb") as file:
    scene = resolve(pickle.load(file))
optvis.render(scene, "b.png", size=(400, 300), theme="dark")
"""


@pytest.mark.slow
@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
def test_running_the_script_gives_the_same_numbers_and_picture(tmp_path, session):
    printed = ran(tmp_path, script(session, "a.png", {"size": (400, 300), "theme": "dark"}), DUMP)
    scene = resolve(session)
    found = pickle.loads((tmp_path / "runs.pickle").read_bytes())
    assert [run[0] for run in found] == [run.label for run in scene.runs]
    for (_, hyper, params, loss, grad, state), run in zip(found, scene.runs, strict=True):
        t = run.trajectory
        assert hyper == run.hyper
        np.testing.assert_array_equal(loss, t.loss)
        for one, other in ((params, t.params), (grad, t.grad), *((state[name], t.state[name]) for name in t.state)):
            for key in ("x", "y"):
                np.testing.assert_array_equal(one[key], other[key])
        assert state.keys() == t.state.keys()
    assert printed.count("\n") == len(scene.runs)
    # In a fresh interpreter too: Qt's outlines of letters move by 1/64 px with what a process has drawn before.
    (tmp_path / "session.pickle").write_bytes(pickle.dumps(session))
    ran(tmp_path, DRAW)
    assert pixels(tmp_path / "a.png") == pixels(tmp_path / "b.png")


def pixels(file):
    from PIL import Image

    with Image.open(file) as picture:
        return picture.tobytes()


def test_the_script_says_everything_that_suggestions_would_decide():
    text = script(preset("textbook"))
    for part in ('problem="quadratic-valley"', "start=(-7.0, 2.0)", "steps=30", '"lr": 0.95', '"momentum": 0.9'):
        assert part in text
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 120


def test_a_rule_stands_one_line_below_the_other():
    assert '            "rule{ v = momentum*v - lr*g; "\n            "step = where(t < 3, 2*v, v) }",\n' in script(
        SESSIONS["a formula and a rule"]
    )


def test_hostile_text_stays_text(tmp_path):
    label = '"""); import os; os.mkdir("broken"); ("""'
    session = Session("x**2 + y**2", steps=2, runs=(RunSpec("sgd", label=label),))
    printed = ran(tmp_path, script(session, 'a"; import os; os.mkdir("broken").png'.replace("/", "")))
    assert not (tmp_path / "broken").exists()
    assert label in printed


def test_a_script_is_written_whole_and_draws_beside_it(tmp_path, monkeypatch):
    write_script(preset("textbook"), tmp_path / "lesson.py")
    assert 'optvis.render(scene, "lesson.png")' in (tmp_path / "lesson.py").read_text(encoding="utf-8")
    before = (tmp_path / "lesson.py").read_bytes()
    monkeypatch.setattr(os, "fsync", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(InputError, match="the disk is full"):
        write_script(preset("ravine"), tmp_path / "lesson.py")
    assert (tmp_path / "lesson.py").read_bytes() == before
    with pytest.raises(InputError, match="no problem called"):
        write_script(replace(preset("ravine"), problem="rosenbrok"), tmp_path / "other.py")
    assert not (tmp_path / "other.py").exists()
