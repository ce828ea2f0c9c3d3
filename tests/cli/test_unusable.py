"""What the command line cannot use: one line, status 2, and nothing written."""

import os
import re
import sys
from pathlib import Path

import pytest

from optvis.cli import main as cli
from optvis.cli.main import main
from optvis.document.session import Session
from optvis.document.session_file import preset, to_json

RUN = ["run", "-p", "sphere", "-O", "sgd"]
RENDER = ["render", "textbook", "-o", "a.png"]


UNUSABLE = {
    "a swarm of too many": (
        [*RENDER, "--swarm", "100001"],
        "swarm must be a whole number from 0 to 100,000, not 1",
    ),
    "a swarm of less than none": ([*RENDER, "--swarm=-5"], "starts of a swarm .* not -5"),
    "a profile of three numbers": ([*RENDER, "--profile", "1,2,3"], "profile"),
    "a profile of one point": ([*RENDER, "--profile", "1,2,1,2"], "two points, not 1, 2 twice"),
    "a profile of text": ([*RENDER, "--profile", "a,b,c,d"], "--profile"),
    "a swarm of text": ([*RENDER, "--swarm", "many"], "--swarm must be a whole number, not 'many'"),
    "a formula that does not parse": (["run", "-p", "x +", "-O", "sgd"], r"the text ends \(column 4\)"),
    "a formula with Python in it": (["run", "-p", "__import__('os')", "-O", "sgd"], r"column"),
    "a formula over lines": (["run", "-p", "x\n+\ny\n$", "-O", "sgd"], r"several lines"),
    "an unknown problem": (
        ["run", "-p", "rosenbrok", "-O", "sgd"],
        "no problem called 'rosenbrok'; did you mean rosenbrock",
    ),
    "no problem": (["run", "-O", "sgd"], "no problem is given; add for example -p"),
    "an empty problem": (["run", "-p", "", "-O", "sgd"], "the text is empty"),
    "no optimizer": (["run", "-p", "sphere"], "no optimizer is given; add for example -O adam"),
    "an unknown optimizer": (["run", "-p", "sphere", "-O", "adm"], "no optimizer called 'adm'; did you mean adam"),
    "an unknown hyperparameter": (
        ["run", "-p", "sphere", "-O", "adam:beta3=1"],
        "Adam has no hyperparameter 'beta3'; did you mean",
    ),
    "a hyperparameter of text": (["run", "-p", "sphere", "-O", "adam:lr=big"], "lr must be a number, not 'big'"),
    "an lr of nan": (["run", "-p", "sphere", "-O", "adam:lr=nan"], "lr must be a number, not 'nan'"),
    "an infinite lr": (["run", "-p", "sphere", "-O", "adam:lr=inf"], "lr must be a number, not 'inf'"),
    "a negative lr": (["run", "-p", "sphere", "-O", "adam:lr=-1"], "lr must be a number from 0 up, not -1"),
    "a beta of 1": (["run", "-p", "sphere", "-O", "adam:beta1=1"], "beta1 must be a number from 0 to below 1"),
    "a hyperparameter without a value": (
        ["run", "-p", "sphere", "-O", "adam:lr="],
        "'lr=' in 'adam:lr=' is not name=value|lr must be",
    ),
    "a hyperparameter without a name": (["run", "-p", "sphere", "-O", "adam:0.1"], "after 'adam:' comes name=value"),
    "a hyperparameter twice": (["run", "-p", "sphere", "-O", "adam:lr=1,lr=2"], "lr is given twice"),
    "two colons": (
        ["run", "-p", "sphere", "-O", "adam:lr=0.1:beta1=0.2"],
        "after 'adam:' comes name=value, .* behind commas, not 'lr=0.1:beta1=0.2'",
    ),
    "half a pair": (["run", "-p", "sphere", "-O", "adam:lr=1,beta1"], "'beta1' in .* is not name=value"),
    "a rule without step": (["run", "-p", "sphere", "-O", "rule{ v = g }"], "the rule never assigns step"),
    "a rule with Python in it": (["run", "-p", "sphere", "-O", "rule{ step = g.real }"], "line 1 of the rule"),
    "a rule that is not closed": (
        ["run", "-p", "sphere", "-O", "rule{ step = -g"],
        "'rule{ step = -g' is no optimizer: a rule of one's own stands in braces",
    ),
    "a number that the rule has not": (
        ["run", "-p", "sphere", "-O", "rule{ step = -lr*g }:eta=1"],
        "has no hyperparameter 'eta'",
    ),
    "0 steps": ([*RUN, "--steps", "0"], "steps must be a whole number from 1 to 1,000,000, not 0"),
    "-1 steps": ([*RUN, "--steps", "-1"], "not -1"),
    "10^9 steps": ([*RUN, "--steps", "1000000000"], "not 1000000000"),
    "endless steps": ([*RUN, "--steps", "9" * 5000], "--steps must be a whole number"),
    "half a step": ([*RUN, "--steps", "1.5"], "--steps must be a whole number, not '1.5'"),
    "steps of text": ([*RUN, "--steps", "many"], "--steps must be a whole number, not 'many'"),
    "a start of one number": ([*RUN, "--start", "3"], "--start needs 2 numbers X,Y, not '3'"),
    "a start of text": ([*RUN, "--start", "a,b"], "--start needs 2 numbers X,Y, not 'a,b'"),
    "a start of nothing": ([*RUN, "--start", ""], "--start needs 2 numbers"),
    "a start beyond floats": ([*RUN, "--start", "1e400,0"], "--start needs 2 numbers X,Y, not '1e400,0'"),
    "a start of nan": ([*RUN, "--start", "nan,0"], "--start needs 2 numbers"),
    "a start too far out": ([*RUN, "--start", "1e200,0"], "between -1e.150 and 1e.150"),
    "bounds of three numbers": ([*RUN, "--bounds", "0,1,2"], "--bounds needs 4 numbers XMIN,XMAX,YMIN,YMAX"),
    "bounds the wrong way round": ([*RUN, "--bounds", "1,0,0,1"], "xmin below xmax"),
    "bounds without width": ([*RUN, "--bounds", "0,0,0,1"], "xmin below xmax"),
    "an unknown gradient": ([*RUN, "--gradient", "centrel"], "no gradient scheme 'centrel'; did you mean central"),
    "a gradient's step of 0": ([*RUN, "--gradient", "central:0"], "the step h of a gradient must be a number"),
    "complex-step through a kink": (
        ["run", "-p", "bukin-6", "-O", "sgd", "--gradient", "complex-step"],
        "complex-step cannot differentiate abs",
    ),
    "too many runs": (["run", "-p", "sphere", *["-O", "sgd"] * 65], "at most 64 runs, not 65"),
    "an unknown ending": ([*RUN, "-o", "a.xlsx"], "a.xlsx must end in .csv, .json or .npz, not .xlsx"),
    "no ending": ([*RUN, "-o", "a"], "a must end in .csv, .json or .npz"),
    "no folder": ([*RUN, "-o", "no/such/a.csv"], "the folder .*such does not exist; make it first"),
    "a file as a folder": ([*RUN, "-o", "session.json/a.csv"], "session.json is not a folder"),
    "a folder as a file": ([*RUN, "-o", "folder.csv"], "folder.csv is a folder; name a file in it"),
    "a null byte": ([*RUN, "-o", "a\0.csv"], "cannot be written"),
    "a very long name": ([*RUN, "-o", "a" * 5000 + ".csv"], "cannot be written"),
    "an unknown option": ([*RUN, "--stepps", "3"], "unrecognized arguments: --stepps 3; optvis run --help says more"),
    "an abbreviated option": ([*RUN, "--step=3"], "unrecognized arguments"),
    "a word too many": ([*RUN, "more"], "unrecognized arguments: more"),
    "an option without its value": (["run", "-p"], "-p needs a value"),
    "an option for a value": (["run", "-p", "--steps", "3", "-O", "sgd"], "-p needs a value"),
    "an unknown command": (["rnu", "-p", "x", "-O", "sgd"], "no command or preset called 'rnu'; did you mean run"),
    "a command like nothing": (["zzzz"], "no command or preset called 'zzzz'; there are list, .*textbook"),
    "an unknown option of all": (["--versoin"], "unrecognized arguments: --versoin"),
    "a session that is not there": (["no-such.json"], "there is no file no-such.json"),
    "a session that is a folder": (["folder.csv"], "folder.csv is a folder, not a session file"),
    "a session that is empty": (["empty.json"], "empty.json is not a usable session: it is empty"),
    "a session cut in half": (["half.json"], "half.json is not a usable session: it is broken or cut off at line"),
    "a session of a later version": (["later.json"], "version is 2: the session was saved by a newer optvis"),
    "a session with a wrong type": (["wrong.json"], r'runs\[0\]\.hyper\.lr must be a number, not "big"'),
    "list of nothing": (["list"], "what|needs|required"),
    "list of something else": (["list", "colours"], "must be one of .*problems.*optimizers.*, not .*colours"),
    "nothing to draw": (["render", "-o", "a.png"], "nothing to draw is given; name a session"),
    "half of what to draw": (["render", "-p", "sphere", "-o", "a.png"], "no optimizer is given"),
    "no picture": (["render", "textbook"], "no file is given for the picture; add for example -o picture.png"),
    "an unknown preset": (["render", "textbok", "-o", "a.png"], "no preset called 'textbok'; did you mean textbook"),
    "a session with a problem": (
        [*RENDER, "-p", "sphere"],
        "textbook says itself what to compute; leave out --problem",
    ),
    "a session with an optimizer": (
        [*RENDER, "-O", "sgd"],
        "textbook says itself what to compute; leave out --optimizer",
    ),
    "a session with steps": ([*RENDER, "--steps", "3"], "leave out --steps"),
    "a picture of an unknown kind": (["render", "textbook", "-o", "a.xyz"], "ending .xyz"),
    "a picture without an ending": (["render", "textbook", "-o", "a"], "it has no ending"),
    "a picture in no folder": (["render", "textbook", "-o", "no/a.png"], "the folder .*no does not exist"),
    "a size of one number": ([*RENDER, "--size", "300"], "--size needs 2 numbers W,H, not '300'"),
    "a size of 0": ([*RENDER, "--size", "0,0"], "the width of a picture must be a whole number from"),
    "a size of nan": ([*RENDER, "--size", "nan,300"], "--size needs 2 numbers"),
    "a vast size": ([*RENDER, "--size", "1000000,1000000"], "the width of a picture must be"),
    "half a pixel": ([*RENDER, "--size", "300.5,300"], "the width of a picture must be a whole number"),
    "a scale of 0": ([*RENDER, "--scale", "0"], "the scale of a picture must be"),
    "a vast scale": ([*RENDER, "--size", "10000,10000", "--scale", "8"], "million pixels"),
    "an unknown view": ([*RENDER, "--view", "cube"], "must be one of .*map.*multiples.*, not .*cube"),
    "an unknown theme": ([*RENDER, "--theme", "pink"], "must be one of .*light.*dark.*, not .*pink"),
    "a step too far": ([*RENDER, "--step", "31"], "the step to draw must be from 0 to 30, not 31"),
    "a step before the start": ([*RENDER, "--step", "-1"], "the step to draw must be from 0 to 30, not -1"),
    "a step of text": ([*RENDER, "--step", "last"], "--step must be a whole number, not 'last'"),
}
# What cannot be used in a session, drawn instead of opened.
UNUSABLE |= {
    f"{name}, drawn": (["render", words[0], "-o", "a.png"], message)
    for name, (words, message) in UNUSABLE.items()
    if name.startswith("a session that") or name in ("a session cut in half", "a session of a later version")
}


@pytest.mark.parametrize(("words", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_cannot_be_used_is_one_line_and_nothing_is_written(words, message, capsys):
    good = to_json(Session("sphere", runs=preset("too-fast").runs))
    Path("session.json").write_text(good, encoding="utf-8")
    Path("empty.json").write_text("", encoding="utf-8")
    Path("half.json").write_text(good[: len(good) // 2], encoding="utf-8")
    Path("later.json").write_text(good.replace('"version": 1', '"version": 2'), encoding="utf-8")
    Path("wrong.json").write_text(good.replace('"lr": 0.3', '"lr": "big"'), encoding="utf-8")
    Path("folder.csv").mkdir()
    before = {path: path.read_bytes() for path in Path().iterdir() if path.is_file()}
    status = main(words)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("optvis: error: ")
    assert err[:-1].isprintable()
    assert re.search(message, err), err
    assert status == 2
    assert {path: path.read_bytes() for path in Path().iterdir() if path.is_file()} == before


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="nothing is read-only for the superuser")
def test_a_folder_that_is_read_only(capsys):
    Path("closed").mkdir(mode=0o500)
    assert main([*RUN, "-o", "closed/a.csv"]) == 2
    assert "is read-only for you" in capsys.readouterr().err


def test_a_folder_that_is_read_only_is_refused_before_computing(capsys, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(cli, "resolve_in_slices", lambda *_: pytest.fail("computed for nothing"))
    for words in ([*RUN, "-o", "a.csv"], RENDER):
        assert main(words) == 2
        assert "is read-only for you; choose another" in capsys.readouterr().err
