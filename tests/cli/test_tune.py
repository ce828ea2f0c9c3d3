"""`optvis tune`: the table, JSON and CSV, and what it refuses."""

import csv
import io
import json
import os
import shlex
from pathlib import Path

import pytest

import optvis
from optvis import optimizers
from optvis.cli.main import main

VALLEY = optvis.problem("quadratic-valley")
TUNE = ["tune", "-p", "quadratic-valley", "--budget", "100000"]


def option_of(line):
    """The value of the line ``-O …`` as a shell hands it on."""
    words = shlex.split(line)
    assert words[0] == "-O"
    return words[1]


def test_the_table_says_what_was_found_and_its_options_do_that(optvis_says, rows):
    text = optvis_says(*TUNE, "-O", "sgd", "-O", "adam:eps=0.001")
    head, blank, titles, sgd, adam, *more = text.splitlines()
    assert head == (
        "Quadratic valley: the final loss from one start, 30 steps, at most 100,000 loss evaluations for each run;"
        " the target is a loss of 0.00836"
    )
    assert blank == ""
    assert titles.split() == ["run", "best", "settings", "loss", "before", "reaches", "target", "evaluations"]
    assert len(titles) == len(sgd) == len(adam), "numbers are aligned to the right"
    options = [option_of(line.strip()) for line in more if line.strip().startswith("-O")]
    for name, row, option in (("SGD", sgd, options[0]), ("Adam", adam, options[1])):
        assert row.split()[0] == name
        last = rows(optvis_says("run", "-p", "quadratic-valley", "-O", option))[-1]["loss"]
        assert last == pytest.approx(float(row.split()[-4]), rel=0.02)
    assert "eps=0.001" in options[1]
    assert any(line.startswith("  lr 0.9") and ", good from 0.8" in line for line in more)


def test_json_has_what_python_finds(optvis_says):
    words = [*TUNE, "-O", "sgd", "-O", "momentum:lr=0.2", "--starts", "lattice:3", "--aim", "steps", "--seed", "4"]
    document = json.loads(optvis_says(*words, "--target", "0.1", "--json"))
    found = optvis.compare(
        VALLEY, [optimizers.SGD(lr=VALLEY.suggested.lr["sgd"]), optimizers.Momentum(lr=0.2)],
        starts=optvis.lattice(VALLEY, 3), aim="steps", target=0.1, seed=4, budget=100_000,
    )  # fmt: skip
    asked = {
        "problem": "quadratic-valley", "start": None, "starts": "lattice:3", "steps": 30, "aim": "steps",
        "target": 0.1, "budget": 100_000, "seed": 4,
    }  # fmt: skip
    assert {key: document[key] for key in asked} == asked
    assert [run["optimizer"] for run in document["runs"]] == ["sgd", "momentum"]
    for run, tuning in zip(document["runs"], found, strict=True):
        assert run["best"] == tuning.best
        assert run["hyper"] == tuning.optimizer.hyper
        assert (run["median"], run["success"], run["evaluations"]) == (
            tuning.median, tuning.success, tuning.evaluations,
        )  # fmt: skip
        assert run["tried"] == len(tuning.tried)
        for name, curve in tuning.neighbourhood.items():
            near = run["neighbourhood"][name]
            assert near["values"] == curve.values.tolist()
            assert len(near["scores"]) == len(near["values"])
            assert name != "lr" or near["scores"][0] is None, "a rate of 0 never gets there"
            assert near["good"] == [curve.low, curve.high]


def test_files_hold_what_is_printed(optvis_says):
    words = [*TUNE, "-O", "sgd", "-O", "sgd:lr=5", "--starts", "random:5"]
    printed = optvis_says(*words, "--json")
    assert optvis_says(*words, "-o", "found.json") == ""
    assert Path("found.json").read_text(encoding="utf-8") == printed
    optvis_says(*words, "-o", "found.csv")
    table = list(csv.DictReader(io.StringIO(Path("found.csv").read_text(encoding="utf-8"))))
    runs = json.loads(printed)["runs"]
    assert [row["run"] for row in table] == ["0", "1"]
    for row, run in zip(table, runs, strict=True):
        assert row["settings"] == f"lr={run['best']['lr']!r}"
        assert float(row["median"]) == run["median"]
        assert float(row["worst"]) == run["worst"]
        assert int(row["evaluations"]) == run["evaluations"]
    assert table[1]["before"] == "inf"
    assert runs[1]["before"] is None
    text = optvis_says(*words)
    assert "SGD (run 0)" in text
    assert "SGD (run 1)" in text
    assert "diverges" in text
    assert "median loss" in text


def test_a_rule_of_ones_own_comes_back_quoted(optvis_says):
    rule = "rule{ v = momentum*v - lr*g; step = v }:momentum=0.9"
    text = optvis_says(*TUNE, "-O", rule, "--names", "lr", "--start", "1,1")
    option = option_of(text.splitlines()[-1].strip())
    assert option.startswith("rule{ v = momentum*v - lr*g; step = v }:lr=")
    optvis_says("run", "-p", "sphere", "-O", option, "--steps", "1")


def test_what_is_out_of_reach_is_said_in_words(optvis_says):
    text = optvis_says(*TUNE, "-O", "sgd", "--aim", "steps", "--target", "-1")
    assert "never" in text
    assert "nothing better found" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-O", "adm"], "adm"),
        ([], "no optimizer is given"),
        (["-O", "sgd", "--names", "beta1"], "sgd has no hyperparameter 'beta1'"),
        (["-O", "sgd", "--names", " , "], "--names needs hyperparameters"),
        (["-O", "sgd", "--aim", "time"], "--aim must be one of 'loss', 'steps', not 'time'"),
        (["-O", "sgd", "--target", "low"], "--target needs a number, not 'low'"),
        (["-O", "sgd", "--budget", "1e6"], "--budget must be a whole number, not '1e6'"),
        (["-O", "sgd", "--budget", "99"], "a budget of 99 loss evaluations is too small"),
        (["-O", "sgd", "--starts", "grid:3"], "--starts is one, lattice:N or random:N, not 'grid:3'"),
        (["-O", "sgd", "--starts", "lattice"], "--starts is one, lattice:N"),
        (["-O", "sgd", "--starts", "lattice:x"], "must be a whole number, not 'x'"),
        (["-O", "sgd", "--starts", "lattice:0"], "from 1 to 100 starts on each side, not 0"),
        (["-O", "sgd", "--starts", "random:9", "--start", "1,1"], "leave out --start"),
        (["-O", "sgd", "--seed", "-1"], "a seed is a whole number from 0 up, not -1"),
        (["-O", "sgd", "-o", "found.png"], "found.png must end in .csv or .json"),
        (["-O", "sgd", "-o", "nowhere/found.csv"], "does not exist"),
    ],
)
def test_what_cannot_be_used_is_one_line(capsys, words, message):
    assert main([*TUNE, *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("optvis: error: ")
    assert err.count("\n") == 1
    assert message in err
    assert os.listdir() == []


def test_the_help_names_the_command(optvis_says):
    assert "optvis tune" in optvis_says("--help")
    assert "lattice:N" in optvis_says("tune", "--help")
