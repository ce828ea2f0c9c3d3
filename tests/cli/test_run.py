"""`optvis run`: what is computed, on standard output and in files."""

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

import optvis
from optvis.cli.main import main
from optvis.problems.problem import CATALOGUE as PROBLEMS

HEADER = "run,optimizer,step,x,y,loss,grad_x,grad_y"


# --- run ----------------------------------------------------------------------------------------


def test_run_writes_the_textbooks_steps(optvis_says, rows):
    found = rows(optvis_says("run", "-p", "quadratic-valley", "-O", "sgd:lr=0.95"))
    assert [row["step"] for row in found] == list(range(31))
    assert found[0] == pytest.approx(
        {"run": 0, "optimizer": "sgd", "step": 0, "x": -7, "y": 2, "loss": 6.45, "grad_x": -0.7, "grad_y": 4}
    )
    assert found[1]["x"] == pytest.approx(-6.334999999999862, abs=1e-9)
    assert found[3]["y"] == pytest.approx(-1.4579999999981847, abs=1e-9)
    assert found[30]["x"] == pytest.approx(-0.350392995752689, abs=1e-9)


def test_every_float_is_written_as_python_writes_it(optvis_says):
    text = optvis_says("run", "-p", "rosenbrock", "-O", "adam", "-O", "sgd", "--steps", "50")
    numbers = [cell for line in text.splitlines()[1:] for cell in line.split(",")[3:]]
    assert all(repr(float(cell)) == cell for cell in numbers)


def test_runs_count_from_0_in_the_order_of_the_options(optvis_says, rows):
    found = rows(optvis_says("run", "-p", "sphere", "-O", "adam", "-O", "sgd", "-O", "Adam:lr=0.1", "--steps", "2"))
    assert [(row["run"], row["optimizer"]) for row in found[::3]] == [(0, "adam"), (1, "sgd"), (2, "adam")]


def test_run_gives_what_the_python_interface_gives(optvis_says, rows):
    options = ["--start", "1,2", "--steps", "20", "--gradient", "forward:1e-7", "--bounds", "-3,3,-2,4"]
    found = rows(optvis_says("run", "-p", "sin(x)*y + x^2", "-O", "qhadam:lr=0.2,nu1=0.5", *options))
    of = optvis.problem("sin(x)*y + x**2", bounds=(-3, 3, -2, 4))
    t = optvis.run(of, optvis.optimizers.QHAdam(lr=0.2, nu1=0.5), start=(1, 2), steps=20, gradient="forward:1e-7")
    for key, values in (("x", t.x), ("y", t.y), ("loss", t.loss), ("grad_x", t.grad["x"][:, 0])):
        assert [row[key] for row in found] == values.tolist()


@pytest.mark.parametrize("name", ["quadratic-valley", "rosenbrock", "matyas"])
def test_without_a_learning_rate_the_problems_suggestion_holds(optvis_says, name, rows):
    suggested = PROBLEMS[name].suggested.lr["adam"]
    by_itself = optvis_says("run", "-p", name, "-O", "adam", "--steps", "3")
    assert by_itself == optvis_says("run", "-p", name, "-O", f"adam:lr={suggested!r}", "--steps", "3")
    assert len(rows(optvis_says("run", "-p", name, "-O", "adam"))) == PROBLEMS[name].suggested.steps + 1


def test_defaults_of_a_formula(optvis_says, rows):
    found = rows(optvis_says("run", "-p", "x**2 + y**2", "-O", "sgd"))
    assert len(found) == 101
    assert (found[0]["x"], found[0]["y"]) == pytest.approx((-7, 6))
    found = rows(optvis_says("run", "-p", "x**2 + y**2", "-O", "sgd", "--bounds", "0,1,0,2"))
    assert (found[0]["x"], found[0]["y"]) == pytest.approx((0.15, 1.6))


def test_rows_after_a_divergence_are_left_out_and_inf_and_nan_are_written(optvis_says, rows):
    found = rows(optvis_says("run", "-p", "rosenbrock", "-O", "sgd:lr=1", "-O", "sgd:lr=1e100", "--steps", "9"))
    first, second = ([row for row in found if row["run"] == i] for i in (0, 1))
    assert len(first) == 3
    assert first[-1]["x"] < -1e9
    assert math.isinf(second[-1]["loss"])
    text = optvis_says("run", "-p", "sqrt(x) - exp(y)", "-O", "sgd:lr=1e100", "--start", "0,9", "--steps", "9")
    assert text.splitlines()[-1].split(",")[2:4] == ["1", "nan"]
    assert text.splitlines()[-1].endswith(",nan,nan,nan")


@pytest.mark.parametrize(
    "words",
    [
        ["--start", "-7,2"],
        ["--start=-7,2"],
        ["--start", " -7 , 2.0 "],
        ["--start", "-7e0,2"],
    ],
)
def test_a_start_may_begin_with_a_minus(optvis_says, words, rows):
    assert rows(optvis_says("run", "-O", "sgd", "-p", "sphere", *words, "--steps", "1"))[0]["x"] == -7


@pytest.mark.parametrize(
    "words", [["-p", "-x**2"], ["-p-x**2"], ["--problem", "-x**2"], ["--problem=-x**2"], ["-p", "-(x)^2"]]
)
def test_a_formula_may_begin_with_a_minus(optvis_says, words, rows):
    assert rows(optvis_says("run", *words, "-O", "sgd", "--start", "3,0", "--steps", "1"))[0]["loss"] == -9


@pytest.mark.parametrize(
    "option",
    [
        "rule{ v = momentum*v - lr*g; step = v }:lr=0.1,momentum=0.9",
        "rule{v=momentum*v-lr*g;step=v}:momentum=0.9 , lr = 0.1",
        "rule{ v = momentum*v - lr*g\n step = v }:lr=0.1,momentum=9e-1",
    ],
)
def test_a_rule_of_ones_own(optvis_says, option, rows):
    own = rows(optvis_says("run", "-p", "quadratic-valley", "-O", option))
    built_in = rows(optvis_says("run", "-p", "quadratic-valley", "-O", "momentum:lr=0.1,momentum=0.9"))
    assert [row["x"] for row in own] == pytest.approx([row["x"] for row in built_in], abs=1e-9)
    assert own[0]["optimizer"].replace(" ", "") == "rule{v=momentum*v-lr*g;step=v}"


def test_a_rule_with_a_comma_is_quoted(optvis_says, rows):
    text = optvis_says("run", "-p", "sphere", "-O", "rule{ step = -maximum(lr, 0)*g }:lr=0.1", "--steps", "1")
    assert text.splitlines()[1].startswith('0,"rule{ step = -maximum(lr, 0)*g }",0,-4.0,3.0,25.0,')
    assert rows(text)[0]["optimizer"] == "rule{ step = -maximum(lr, 0)*g }"


# --- files --------------------------------------------------------------------------------------

TWO_RUNS = ["run", "-p", "rosenbrock", "-O", "adam", "-O", "sgd:lr=1", "--steps", "5"]


def test_csv_in_a_file_is_csv_on_standard_output(optvis_says):
    text = optvis_says(*TWO_RUNS)
    assert optvis_says(*TWO_RUNS, "-o", "runs.CSV") == ""
    assert Path("runs.CSV").read_bytes() == text.encode()


def test_json_says_what_was_computed(optvis_says, rows):
    optvis_says(*TWO_RUNS, "-o", "runs.json")
    text = Path("runs.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text
    document = json.loads(text)
    assert {key: document[key] for key in ("problem", "formula", "bounds", "start", "steps", "gradient")} == {
        "problem": "rosenbrock",
        "formula": PROBLEMS["rosenbrock"].formula.text,
        "bounds": [-2, 2, -1, 3],
        "start": [-1.2, 1],
        "steps": 5,
        "gradient": "central:0.0001",
    }
    assert document["computed_by"]["optvis"] == optvis.__version__
    adam, sgd = document["runs"]
    assert (adam["run"], adam["optimizer"], adam["evaluations"]) == (0, "adam", 20)
    assert adam["hyper"] == {"lr": 0.3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0}
    assert adam["outcome"].keys() == {"kind", "step", "reason", "loss"}
    assert (sgd["outcome"]["kind"], sgd["outcome"]["step"]) == ("diverged", 2)
    found = rows(optvis_says(*TWO_RUNS))
    for run in (adam, sgd):
        of_run = [row for row in found if row["run"] == run["run"]]
        for key in HEADER.split(",")[3:]:
            assert len(run[key]) == 6
            assert run[key][: len(of_run)] == [row[key] for row in of_run]
            assert run[key][len(of_run) :] == [None] * (6 - len(of_run))


def test_json_writes_null_for_what_is_not_finite(optvis_says):
    optvis_says("run", "-p", "log(x)", "-O", "sgd", "--start", "-1,0", "--steps", "3", "-o", "runs.json")
    run = json.loads(Path("runs.json").read_text(encoding="utf-8"))["runs"][0]
    assert run["loss"] == [None] * 4
    assert run["x"] == [-1.0, None, None, None]
    assert run["outcome"]["loss"] is None


def test_npz_has_arrays_and_inner_state(optvis_says, rows):
    optvis_says(*TWO_RUNS, "-o", "runs.npz")
    with np.load("runs.npz") as file:
        arrays = dict(file)
    found = rows(optvis_says(*TWO_RUNS))
    for key in HEADER.split(",")[3:]:
        assert arrays[key].shape == (2, 6)
        assert arrays[key][0].tolist() == [row[key] for row in found if row["run"] == 0]
    assert np.isnan(arrays["x"][1, 3:]).all()
    assert {name for name in arrays if name.startswith("run")} == {"run0_m_x", "run0_m_y", "run0_v_x", "run0_v_y"}
    assert arrays["run0_m_x"][0] == 0
    about = json.loads(str(arrays["about"]))
    assert [run["optimizer"] for run in about["runs"]] == ["adam", "sgd"]
    assert "x" not in about["runs"][0]


@pytest.mark.parametrize("ending", ["csv", "json", "npz", "png"])
def test_a_file_is_replaced_whole_or_stays(ending, capsys, monkeypatch):
    words = ["render", "textbook", "--size", "300,200"] if ending == "png" else TWO_RUNS
    Path(f"old.{ending}").write_text("old")

    def broken(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk_full:
        disk_full.setattr(os, "fsync", broken)
        assert main([*words, "-o", f"old.{ending}"]) == 2
    assert "the disk is full" in capsys.readouterr().err
    assert Path(f"old.{ending}").read_text() == "old"
    assert os.listdir() == [f"old.{ending}"]
    assert main([*words, "-o", f"old.{ending}"]) == 0
    assert Path(f"old.{ending}").read_bytes() != b"old"
    assert os.listdir() == [f"old.{ending}"]


def test_steps_count_on_through_a_long_table(optvis_says, rows):
    found = rows(optvis_says("run", "-p", "sphere", "-O", "sgd:lr=0.5", "-O", "adam", "--steps", "45000"))
    assert [row["step"] for row in found] == [*range(45_001), *range(45_001)]
    assert [row["run"] for row in found[::45_001]] == [0, 1]
    for step in (19_999, 20_000, 20_001, 45_000):
        t = optvis.run(optvis.problem("sphere"), optvis.optimizers.Adam(), steps=45_000)
        assert found[45_001 + step]["x"] == t.x[step]
