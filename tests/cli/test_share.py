"""What a session becomes outside the window: text, a command, a script, a picture that carries it, data."""

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optvis.cli.main import main
from optvis.document.opening import open_session, read_document
from optvis.document.session import RunSpec, Session, View, resolve
from optvis.document.session_file import preset, preset_names, to_json
from optvis.document.session_text import to_text
from optvis.document.shell_line import render_command

SMALL = ["--size", "300,200"]
STRANGE = Session(
    "x**2 + 'y'**2".replace("'", " "),
    start=(-1.5, 2.0),
    runs=(
        RunSpec("rule{\n v = momentum*v - lr*g # $HOME `ls`\n step = v\n}", (("lr", 0.1), ("momentum", 0.9))),
        RunSpec("Adam", (("beta1", 1 / 3),), style=1),
    ),
)
SESSIONS = {name: preset(name) for name in preset_names()} | {
    "a rule": STRANGE,
    "a minus in front": Session("-x**2", bounds=(-1.0, 1.0, -1.0, 1.0), steps=3, runs=(RunSpec("sgd"),)),
    "multiples": replace(preset("textbook"), view=View(layout="multiples"), gradient="forward:1e-6"),
    "in 3-D": replace(STRANGE, view=View(layout="surface")),
    "arrows": replace(STRANGE, view=View(arrows=("velocity", "step"), field="log")),
    "a swarm": replace(STRANGE, view=View(swarm=2_500)),
    "a profile line": replace(STRANGE, view=View(profile=(-1.5, 2.0, 1e-7, 3.0))),
    "arrows of the second run": replace(STRANGE, view=View(arrows=("step",), chosen=1)),
    "a style of one's own": replace(STRANGE, runs=(RunSpec("sgd", style=5),)),
    "a name of one's own": replace(STRANGE, runs=(RunSpec("sgd", label="it's größer"),)),
    "a hidden run": replace(STRANGE, runs=(RunSpec("sgd", visible=False),)),
    "a view": replace(STRANGE, view=View(levels="log", charts=("loss", "x"))),
    "no runs": Session("sphere"),
}


def rendered_session(words, monkeypatch):
    """The session that a line of the shell draws."""
    from optvis.export import render

    drawn = []
    monkeypatch.setattr(render, "render_in_slices", lambda scene, *_: ((drawn.append(scene), 1.0)[1] for _ in range(1)))
    assert words[0] == "optvis"
    assert main(words[1:]) == 0
    (scene,) = drawn
    return scene


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
def test_the_command_draws_the_same(session, monkeypatch):
    line = render_command(session)
    assert line.isprintable()
    scene = rendered_session(shlex.split(line), monkeypatch)
    wanted = resolve(session)
    assert scene.session.view == session.view
    assert (scene.problem.name, scene.bounds, scene.start) == (wanted.problem.name, wanted.bounds, wanted.start)
    for one, other in zip(scene.runs, wanted.runs, strict=True):
        assert (one.label, one.hyper, one.spec.style) == (other.label, other.hyper, other.spec.style)
        assert one.spec.visible == other.spec.visible
        np.testing.assert_array_equal(one.trajectory.x, other.trajectory.x)


def test_the_command_can_be_read_where_options_can_say_it():
    assert render_command(preset("textbook")) == (
        "optvis render -p quadratic-valley -O sgd -O momentum -O adagrad -O adam -o picture.png"
    )
    line = render_command(STRANGE, "a b.png")
    assert "--start -1.5,2.0" in line
    assert "-O 'rule{ v = momentum*v - lr*g; step = v }:lr=0.1,momentum=0.9'" in line
    assert line.endswith("-o 'a b.png'")
    assert "--view multiples" in render_command(SESSIONS["multiples"])
    assert "--view surface" in render_command(SESSIONS["in 3-D"])
    assert "--field log --arrows velocity,step" in render_command(SESSIONS["arrows"])
    assert "--swarm 2500" in render_command(SESSIONS["a swarm"])
    for name, words in {
        "arrows of the second run": "--arrows step --chosen 1",
        "a style of one's own": "--styles 5",
        "a name of one's own": "--label",
        "a hidden run": "--hidden 0",
        "a view": "--levels log --charts loss,x",
    }.items():
        assert words in render_command(SESSIONS[name])
    assert " -s optvis1:" in render_command(SESSIONS["no runs"])


def test_render_draws_a_session_that_was_copied(optvis_says):
    session = preset("four-minima")
    Path("own.json").write_text(to_json(session), encoding="utf-8")
    for words in (["own.json"], ["-s", to_text(session)], [f"--session-text=\n {to_text(session)} "]):
        optvis_says("render", *words, *SMALL, "-o", "a.png")
        Path(f"{len(words)}{words[0][:2]}.png".replace("-", "")).write_bytes(Path("a.png").read_bytes())
    assert len({path.read_bytes() for path in Path().glob("*.png")}) == 1


@pytest.mark.parametrize("name", preset_names())
def test_a_picture_that_was_drawn_opens_its_session(optvis_says, name):
    optvis_says("render", name, *SMALL, "-o", "a.png")
    assert read_document("a.png") == (preset(name), True)
    optvis_says("render", "a.png", *SMALL, "-o", "b.png")
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()


def test_a_vector_picture_carries_it_too_and_so_does_the_layout(optvis_says):
    optvis_says("render", "textbook", *SMALL, "--view", "multiples", "-o", "a.svg")
    assert open_session("a.svg") == replace(preset("textbook"), view=View(layout="multiples"))


def test_a_script_is_written_instead_of_a_picture(optvis_says, monkeypatch):
    optvis_says("render", "textbook", "-o", "a.py", "--size", "300,200", "--theme", "dark", "--step", "7")
    text = Path("a.py").read_text(encoding="utf-8")
    assert 'optvis.render(scene, "a.png", size=(300, 200), theme="dark", step=7)' in text
    optvis_says("render", "textbook", "-o", "b.py")
    assert 'optvis.render(scene, "b.png")' in Path("b.py").read_text(encoding="utf-8")
    monkeypatch.setattr("optvis.cli.render_command.why_no_qt", lambda: "Qt cannot be loaded")
    optvis_says("render", "textbook", "-o", "c.py")
    compile(text, "a.py", "exec")


LINE = to_text(preset("textbook"))
UNUSABLE = {
    "no text": (["-s", "hello"], "this is no session text: that begins with optvis1:"),
    "a cut text": (["-s", LINE[:-5]], "the session text was cut or changed on its way"),
    "an empty text": (["-s", ""], "this is no session text"),
    "two sessions": (["textbook", "-s", LINE], "textbook and the text after -s are two sessions; leave out one"),
    "a text and options": (["-s", LINE, "-p", "sphere"], "-s says itself what to compute; leave out --problem"),
    "an option for a text": (["-s"], "-s needs a value"),
    "a foreign picture": (["foreign.png"], "foreign.png is not a usable session: it is a picture without a session"),
    "a broken picture": (["broken.png"], "broken.png is not a usable session: the session text was cut or changed"),
    "noise": (["noise.json"], "noise.json is not a usable session: it is not text in UTF-8"),
    "deep": (["deep.json"], "it is nested too deeply"),
    "a million runs": (["runs.json"], "runs must be a list of at most 64, not a list of 1,000,000"),
    "endless steps": (["steps.json"], "steps must be a whole number from 1 to 1000000, not 1000000000000"),
    "a huge formula": (["formula.json"], "problem must be text of at most 100,000 characters"),
    "a large file": (["large.json"], "it is larger than 4 MB"),
    "a script nowhere": (["textbook", "-o", "no/a.py"], "the folder .*no does not exist"),
    "a script of a vast size": (["textbook", "-o", "a.py", "--size", "10,10"], "the width of a picture must be"),
    "a script of steps that are text": (["textbook", "-o", "a.py", "--step", "x"], "--step must be a whole number"),
}


@pytest.mark.parametrize(("words", "message"), UNUSABLE.values(), ids=UNUSABLE)
@pytest.mark.timeout(10)
def test_what_cannot_be_used_is_one_line_and_nothing_is_written(words, message, capsys, monkeypatch):
    good = json.loads(to_json(preset("textbook")))
    files = {
        "foreign.png": b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IENDxxxx",
        "broken.png": b"\x89PNG\r\n\x1a\n\0\0\0\x80iTXtoptvis-session\0\0\0\0\0optvis1:AAAABBBBCCCC",
        "noise.json": bytes(range(128, 256)) * 1000,
        "deep.json": b'{"a":' * 500_000,
        "runs.json": json.dumps(good | {"runs": [1] * 10**6}).encode(),
        "steps.json": json.dumps(good | {"steps": 10**12}).encode(),
        "formula.json": json.dumps(good | {"problem": "x*" * 10**6}).encode(),
        "large.json": to_json(preset("textbook")).encode() + b" " * 4_000_001,
    }
    for name, data in files.items():
        Path(name).write_bytes(data)
    assert main(["render", *words, *([] if "-o" in words else ["-o", "a.png"])]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("optvis: error: ")
    assert err[:-1].isprintable()
    assert len(err) < 800
    assert re.search(message, err), err
    assert {path.name for path in Path().iterdir()} == set(files)


def test_files_of_data_hold_the_state_of_every_run(optvis_says):
    words = ["run", "-p", "rosenbrock", "-O", "adam", "-O", "momentum:lr=1", "-O", "sgd", "--steps", "6"]
    runs = (RunSpec("adam"), RunSpec("momentum", {"lr": 1}), RunSpec("sgd"))
    scene = resolve(Session("rosenbrock", steps=6, runs=runs))
    optvis_says(*words, "-o", "a.json")
    optvis_says(*words, "-o", "a.npz")
    document = json.loads(Path("a.json").read_text(encoding="utf-8"))
    with np.load("a.npz") as file:
        arrays = dict(file)
    names = set()
    for index, run in enumerate(scene.runs):
        state = run.trajectory.state
        assert document["runs"][index]["state"].keys() == state.keys()
        for name, by_parameter in state.items():
            for key, values in by_parameter.items():
                names.add(f"run{index}_{name}_{key}")
                np.testing.assert_array_equal(arrays[f"run{index}_{name}_{key}"], values[:, 0])
                written = np.array(document["runs"][index]["state"][name][key], dtype=float)
                np.testing.assert_array_equal(written, np.where(np.isfinite(values[:, 0]), values[:, 0], np.nan))
    assert names == {f"run{i}_{state}_{key}" for i, state in ((0, "m"), (0, "v"), (1, "v")) for key in "xy"}
    assert {name for name in arrays if name.startswith("run")} == names
    about = json.loads(str(arrays["about"]))
    assert about["computed_by"].keys() == {"optvis", "numpy", "python"}
    assert [run["hyper"] for run in about["runs"]] == [run.hyper for run in scene.runs]
