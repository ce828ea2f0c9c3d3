"""The command line as a program: list, help, version, the window, faults and pipes."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import optvis
from optvis.cli import main as cli
from optvis.cli import map_command, progress, render_command, tune_command
from optvis.cli.main import main
from optvis.document.session import Session
from optvis.document.session_file import preset, preset_names, to_json
from optvis.optimizers.catalogue import CATALOGUE as OPTIMIZERS
from optvis.problems.problem import CATALOGUE as PROBLEMS

RUN = ["run", "-p", "sphere", "-O", "sgd"]
HEADER = "run,optimizer,step,x,y,loss,grad_x,grad_y"


# --- list ---------------------------------------------------------------------------------------


def test_list_has_one_line_each(optvis_says):
    assert [line.split()[0] for line in optvis_says("list", "problems").splitlines()] == list(PROBLEMS)
    assert [line.split()[0] for line in optvis_says("list", "optimizers").splitlines()] == list(OPTIMIZERS)


def test_list_problems_as_json(optvis_says):
    listed = {entry["name"]: entry for entry in json.loads(optvis_says("list", "problems", "--json"))}
    assert list(listed) == list(PROBLEMS)
    himmelblau = listed["himmelblau"]
    assert himmelblau["bounds"] == [-6, 6, -6, 6]
    assert himmelblau["start"] == [0, -1]
    assert len(himmelblau["minima"]) == 4
    assert himmelblau["minima"][0].keys() >= {"x", "y", "value"}
    assert himmelblau["steps"] == 100
    assert himmelblau["lr"].keys() == OPTIMIZERS.keys()
    assert himmelblau["source"] == "Himmelblau (1972)"
    assert himmelblau["teaches"]
    assert listed["monkey-saddle"]["minima"] == []


def test_list_optimizers_as_json(optvis_says):
    listed = {entry["name"]: entry for entry in json.loads(optvis_says("list", "optimizers", "--json"))}
    assert list(listed) == list(OPTIMIZERS)
    adam = listed["adam"]
    assert adam["rule"][0] == "g = g + weight_decay*theta"
    assert adam["source"] == "Kingma & Ba (2015), algorithm 1."
    assert adam["class"] == "Adam"
    hyper = {each["name"]: each for each in adam["hyperparameters"]}
    assert (hyper["lr"]["default"], hyper["lr"]["scale"], hyper["lr"]["least"], hyper["lr"]["most"]) == (
        0.3,
        "log",
        0,
        None,
    )
    assert hyper["beta1"].keys() >= {"default", "low", "high", "scale", "meaning"}


# --- faults, interrupts, pipes ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (
            ZeroDivisionError("by\nzero"),
            1,
            "ZeroDivisionError: by zero (a fault of optvis; OPTVIS_DEBUG=1 shows where)",
        ),
        (MemoryError(), 1, "there is not enough memory"),
        (OSError(5, "Input/output error", "disk"), 1, "disk: Input/output error"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_anything_else_is_one_line_too(error, status, message, capsys, monkeypatch):
    def fail(*_):
        raise error

    monkeypatch.setattr(cli, "resolve_in_slices", fail)
    assert main(RUN) == status
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"optvis: error: {message}")


def test_the_traceback_can_be_asked_for(capsys, monkeypatch):
    monkeypatch.setenv("OPTVIS_DEBUG", "1")
    assert main(["run"]) == 2
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="has no such shell")
@pytest.mark.parametrize("steps", [3, 300_000], ids=["short", "long"])
def test_a_reader_that_has_enough_is_no_error(steps, in_a_process):
    ended = in_a_process(f"optvis run -p sphere -O sgd --steps {steps} | head -1")
    assert (ended.stdout, ended.stderr) == (HEADER + "\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no full device")
def test_standard_output_that_is_full_is_one_line(in_a_process):
    with open("/dev/full", "w") as full:
        ended = in_a_process(*RUN, stdout=full)
    assert (ended.returncode, ended.stderr) == (1, "optvis: error: output: No space left on device\n")


@pytest.mark.skipif(sys.platform == "win32", reason="has no such shell")
def test_standard_output_that_is_closed(in_a_process):
    ended = in_a_process(f"optvis {' '.join(RUN)} >&-")
    assert (ended.returncode, ended.stderr) == (2, "optvis: error: standard output is closed; name a file with -o\n")
    assert in_a_process("optvis list problems >&-").returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
def test_an_interrupted_computation_is_one_line(tmp_path):
    """As the keys Ctrl+C do; the file that was to be written is not there."""
    command = [sys.executable, "-m", "optvis", *RUN, *["-O", "qhadam"] * 6, "--steps", "1000000", "-o", "a.csv"]
    environment = os.environ | {"PYTHONPATH": str(Path(optvis.__file__).parents[1])}
    code = "import optvis.cli.main, runpy; print('ready', flush=True); runpy.run_module('optvis', run_name='__main__')"
    command[1:3] = ["-c", code]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "optvis: error: interrupted\n")
    assert os.listdir(tmp_path) == []


def test_progress_is_shown_on_a_terminal_after_a_second_only(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main([*RUN, "--steps", "20000"]) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0)
    assert main([*RUN, "--steps", "20000"]) == 0
    shown = capsys.readouterr().err
    assert re.match(r"\rcomputing … [0-9]+%", shown)
    assert shown.endswith("\r\033[K")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    assert main([*RUN, "--steps", "20000"]) == 0
    assert capsys.readouterr().err == ""


# --- help, version, the window ------------------------------------------------------------------


def test_version(optvis_says):
    assert optvis_says("--version") == f"optvis {optvis.__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["list", "-h"], ["run", "--help"], ["render", "--help"]])
def test_help(words, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("usage: optvis")
    assert max(map(len, out.splitlines())) <= 110


def test_help_names_every_option_of_the_contract(capsys):
    main(["render", "--help"])
    text = capsys.readouterr().out
    short, computed = ["-p", "-O", "-o"], ["--start", "--steps", "--gradient", "--bounds"]
    for option in [*short, *computed, "--size", "--scale", "--view", "--step", "--theme"]:
        assert re.search(rf"(^|\s){option}\b", text), option
    for name in preset_names():
        assert name in text


def examples():
    """Every example of the help texts, as words."""
    text = cli.RUN_ABOUT + tune_command.ABOUT + render_command.ABOUT + map_command.SWEEP_ABOUT + map_command.BASIN_ABOUT
    return [shlex.split(line)[1:] for line in text.splitlines() if line.startswith("  optvis ")]


@pytest.mark.slow
@pytest.mark.parametrize("words", examples(), ids=" ".join)
def test_the_examples_of_the_help_work(words, optvis_says):
    Path("my-session.json").write_text(to_json(preset("too-fast")), encoding="utf-8")
    out = optvis_says(*words)
    if "-o" in words:
        assert len(os.listdir()) == 2
    else:
        assert out.startswith(HEADER) if words[0] == "run" else "reaches target" in out


def test_the_window_gets_the_file(monkeypatch, capsys):
    from optvis.gui import app

    opened = []
    monkeypatch.setattr(app, "run_window", lambda path: opened.append(path) or 0)
    Path("own.json").write_text(to_json(Session("sphere")), encoding="utf-8")
    assert [main([]), main(["own.json"]), main(["ravine"])] == [0, 0, 0]
    assert opened == [None, "own.json", "ravine"]
    assert capsys.readouterr() == ("", "")


def test_without_a_display_there_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(cli, "why_no_window", lambda: "no window can be opened: there is no display")
    assert main([]) == 2
    assert capsys.readouterr().err == "optvis: error: no window can be opened: there is no display\n"


def test_python_m_optvis_is_the_same_program(in_a_process):
    ended = in_a_process("run", "-p", "sphere", "-O", "sgd", "--steps", "1")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith(HEADER)
    ended = in_a_process("run", "-p", "sphere")
    assert ended.returncode == 2
    assert ended.stderr.startswith("optvis: error: no optimizer is given")


def test_a_terminal_that_cannot_show_a_letter_is_no_error(in_a_process):
    ended = in_a_process("run", "--help", PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "name=value,?" in ended.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_is_asked_to_end_leaves_nothing_half_written(tmp_path, number):
    command = [sys.executable, "-m", "optvis", "render", "four-minima", "--steps-per-frame", "1", "-o", "a.gif"]
    environment = os.environ | {"PYTHONPATH": str(Path(optvis.__file__).parents[1]), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        until = time.monotonic() + 30
        while not os.listdir(tmp_path):
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(number)
        process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert os.listdir(tmp_path) == []
