"""Options of the command line say how a session is shown, all of it: what is copied as a command is the session."""

import shlex
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings

from optvis.cli.main import main
from optvis.document.command_options import Parser, add_what_to_compute, session_of
from optvis.document.layouts import WINDOW_LAYOUTS
from optvis.document.session import RunSpec, Session, View
from optvis.document.shell_line import render_command
from optvis.document.view_options import add_view_options, with_view_options
from tests.document.test_session_file import SESSIONS

RUNS = (RunSpec("sgd"), RunSpec("adam", {"lr": 0.2}, 1), RunSpec("lion", style=2))
BASE = Session("himmelblau", runs=RUNS, steps=12)
VIEWS = {
    "levels": "log", "aspect": "equal", "colormap": "cividis", "color_bar": "off", "contour_labels": "on",
    "loss_axis": "linear", "against": "evaluations", "lens": "gradient", "basins": "steps", "basins_of": "each",
    "sweep_shows": "outcome", "field": "equal", "arrows": ("step", "gradient"), "charts": ("slope", "x"), "swarm": 40,
    "profile": (-1.0, 0.5, 2.0, -3.0), "chosen": 1, "sweep_x": "lr", "sweep_y": "steps", "layout": "multiples",
}  # fmt: skip


def said_by(line):
    """The session that the words of a line stand for, read as the command line reads them."""
    words = shlex.split(line)[2:]
    parser = Parser("render")
    add_what_to_compute(parser)
    add_view_options(parser.add_argument)
    parser.add_argument("--view", choices=tuple(WINDOW_LAYOUTS))
    parser.add_argument("-o", "--output")
    options = parser.parse(words)
    session = with_view_options(session_of(options), options)
    return replace(session, view=replace(session.view, layout=options.view or View.layout))


def test_every_part_of_a_view_is_tried_here():
    assert set(VIEWS) == {each.name for each in fields(View)}


@pytest.mark.parametrize("name", VIEWS)
def test_every_part_of_a_view_can_be_said(name):
    session = replace(BASE, view=View(**{name: VIEWS[name]}))
    line = render_command(session)
    assert " -s " not in line
    assert said_by(line) == session


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 7},
        {"runs": (RunSpec("sgd", style=5), RunSpec("sgd", visible=False), RunSpec("sgd", style=40, label="it's ours"))},
        {"problem": "2x^2+5y^2", "bounds": (-1.0, 1.0, -2.0, 2.0), "start": (0.5, -0.5)},
        {"runs": ()},
    ],
)
def test_looks_and_names_of_runs_can_be_said(changed):
    session = replace(BASE, **changed)
    line = render_command(session)
    assert (" -s " in line) == (not session.runs), "without runs there is nothing that options can compute"
    assert not session.runs or said_by(line) == session


@given(SESSIONS)
@settings(max_examples=60, deadline=None)
def test_a_command_that_is_no_opaque_text_is_the_session(session):
    line = render_command(session)
    if " -s " not in line:
        said = said_by(line)
        assert replace(said, runs=()) == replace(session, runs=())
        assert [spec.hyper for spec in said.runs] == [spec.hyper for spec in session.runs]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--levels", "odd"], "--levels must be one of"),
        (["--styles", "1,2"], "a number for each of the 1 runs, not 2"),
        (["--styles", "64"], "style must be a whole number from 0 to 63"),
        (["--label", "a", "--label", "b"], "--label is given 2 times for 1 runs"),
        (["--hidden", "1"], "--hidden counts runs from 0 to 0, not 1"),
        (["--chosen", "-1"], "chosen must be a whole number"),
    ],
)
def test_what_cannot_be_shown_is_one_line(words, message, capsys, tmp_path):
    assert main(["render", "-p", "sphere", "-O", "sgd", *words, "-o", str(tmp_path / "a.png")]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "a.png").exists()


def test_patterns_are_for_print(tmp_path):
    for words in ([], ["--patterns"]):
        name = tmp_path / f"a{len(words)}.svg"
        assert main(["render", "-p", "sphere", "-O", "sgd", *words, "--steps", "20", "-o", str(name)]) == 0
    assert (tmp_path / "a0.svg").read_text() != (tmp_path / "a1.svg").read_text()
