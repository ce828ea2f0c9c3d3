"""`optvis map`: maps as pictures and as numbers, read back by other eyes."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from optvis import basin_map, render, sweep_map
from optvis.cli import map_command
from optvis.cli.main import main
from optvis.document.picture_session import session_in_picture
from optvis.document.session import RunSpec, Session, View
from optvis.engine.outcome import KINDS
from optvis.optimizers import SGD, Adam
from optvis.problems.problem import problem
from optvis.problems.tolerances import usual_target

SWEEP = ["map", "sweep", "-p", "quadratic-valley"]
SMALL = ["--resolution", "12,9"]


def refused(capsys, *words):
    assert main(list(words)) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err.removeprefix("optvis: error: ").rstrip()


def test_numbers_are_those_of_the_library(optvis_says):
    words = ["-O", "adam:beta2=0.9", "--x", "lr:0.01:1", "--y", "beta1:0:0.9", "--start", "-3,2", "--steps", "50"]
    assert optvis_says(*SWEEP, *words, *SMALL, "-o", "a.npz") == ""
    with np.load("a.npz") as data:
        about = json.loads(str(data["about"]))
        found = sweep_map(
            problem("quadratic-valley"), Adam(beta2=0.9), {"lr": data["x"], "beta1": data["y"]}, (-3, 2), 50
        )
        for name in ("loss", "kind", "reached", "settled", "last"):
            assert data[name].shape == (9, 12)
            np.testing.assert_array_equal(data[name], getattr(found, name))
        np.testing.assert_array_equal(data["end_x"], found.x)
        assert 0.01 < data["x"][0] < data["x"][-1] < 1
        assert np.allclose(np.diff(np.log(data["x"])), np.log(100) / 12), "logarithmic, as the slider is"
    assert (about["format"], about["map"], about["x"], about["y"]) == ("optvis-map", "sweep", "lr", "beta1")
    assert (about["optimizer"], about["hyper"]["beta2"], about["steps"], about["start"]) == ("adam", 0.9, 50, [-3, 2])
    assert about["kinds"] == list(KINDS)
    assert about["target"] == usual_target(problem("quadratic-valley"))
    assert about["evaluations"] == found.evaluations


def test_every_step_of_every_learning_rate(optvis_says):
    optvis_says(*SWEEP, "-O", "sgd", "--x", "lr:0.1:2", "--y", "steps", "--steps", "40", "-o", "a.npz")
    with np.load("a.npz") as data:
        assert data["loss"].shape == (41, 256)
        assert data["y"].tolist() == list(range(41))
        assert data["kind"].shape == data["last"].shape == (256,)
        one = sweep_map(problem("quadratic-valley"), SGD(), {"lr": data["x"][[3]]}, steps=40)
        assert data["loss"][40, 3] == pytest.approx(one.loss[0], rel=1e-9)
        assert json.loads(str(data["about"]))["y"] == "steps"


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_pictures(optvis_says, ending):
    optvis_says(*SWEEP, "-O", "momentum", *SMALL, "--size", "400,300", "-o", f"a.{ending}")
    heads = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF-"}
    assert Path(f"a.{ending}").read_bytes().startswith(heads[ending])


def test_every_option_of_a_picture_changes_it(optvis_says):
    pictures = {}
    for options in ([], ["--show", "steps"], ["--show", "outcome"], ["--theme", "dark"], ["--y", "steps"],
                    ["--x", "lr:0.1:3"], ["--y", "dampening"], ["--show", "steps", "--target", "1"],
                    ["--steps", "9"], ["--resolution", "40,30"]):  # fmt: skip
        both = [] if "--resolution" in options else SMALL
        optvis_says(*SWEEP, "-O", "momentum", *both, "--size", "400,300", *options, "-o", "a.png")
        pictures[" ".join(options)] = Path("a.png").read_bytes()
    assert len(set(pictures.values())) == len(pictures)
    with Image.open("a.png") as image:
        assert image.size == (400, 300)
    optvis_says(*SWEEP, "-O", "momentum", *SMALL, "--size", "400,300", "--scale", "2", "-o", "a.png")
    with Image.open("a.png") as image:
        assert image.size == (800, 600)


def test_a_picture_is_that_of_render_and_carries_its_session(optvis_says):
    optvis_says(*SWEEP, "-O", "momentum", "--show", "outcome", "--size", "400,300", "-o", "a.png")
    view = View(layout="sweep", sweep_shows="outcome")
    session = Session("quadratic-valley", runs=(RunSpec("momentum"),), view=view)
    render(session, "b.png", (400, 300))
    optvis_says(
        "render", "-p", "quadratic-valley", "-O", "momentum", "--view", "sweep", "--size", "400,300", "-o", "c.png"
    )
    with Image.open("a.png") as one, Image.open("b.png") as other, Image.open("c.png") as loss:
        assert one.tobytes() == other.tobytes()
        assert one.tobytes() != loss.tobytes()
    with open("a.png", "rb") as file:
        carried = session_in_picture(file)
    assert (carried.runs[0].optimizer, carried.view) == ("momentum", view)


def test_the_kinds_of_maps_are_listed(optvis_says):
    text = optvis_says("map", "--help")
    assert all(f"optvis map {kind}" in text for kind in map_command.MAPS)
    assert "--resolution" in optvis_says("map", "sweep", "--help")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["map"], "no kind of map is given; there is basin and sweep"),
        (["map", "sweeep"], "there is no map called 'sweeep'; did you mean sweep"),
        (["map", "globe"], "there is no map called 'globe'; there is basin and sweep"),
        (["map", "sweep", "-O", "sgd", "-o", "a.png"], "no problem is given"),
        ([*SWEEP, "-O", "sgd"], "no file is given for the map; add for example -o map.png"),
        ([*SWEEP, "-O", "sgd", "-O", "adam", "-o", "a.png"], "a sweep is of one optimizer, not of 2"),
        ([*SWEEP, "-O", "sgd", "-o", "a.gif"], "ends in .png, .svg, .pdf, .npz, not to a.gif"),
        ([*SWEEP, "-O", "sgd", "-o", "a"], "ends in .png, .svg, .pdf, .npz, not to a"),
        ([*SWEEP, "-O", "sgd", "-o", "a.npz", "--size", "400,300"], "--size is for pictures"),
        ([*SWEEP, "-O", "sgd", "-o", "a.npz", "--theme", "dark"], "--theme is for pictures"),
        ([*SWEEP, "-O", "sgd", "-o", "no/a.png"], "does not exist"),
        ([*SWEEP, "-O", "sgd", "--x", "momentum", "-o", "a.png"], "SGD has no 'momentum' for an axis; it has lr"),
        ([*SWEEP, "-O", "sgd", "--x", "steps", "-o", "a.png"], "SGD has no 'steps' for an axis"),
        ([*SWEEP, "-O", "adam", "--x", "lr", "--y", "lr", "-o", "a.png"], "--x and --y are both lr"),
        ([*SWEEP, "-O", "adam", "--x", "lr:1", "-o", "a.png"], "as in lr:0.01:1, not 'lr:1'"),
        ([*SWEEP, "-O", "adam", "--x", "lr:a:b", "-o", "a.png"], "as in lr:0.01:1, not 'lr:a:b'"),
        ([*SWEEP, "-O", "adam", "--x", "lr:2:1", "-o", "a.png"], "from a smaller value to a larger one"),
        ([*SWEEP, "-O", "adam", "--y", "steps:1:5", "-o", "a.png"], "set --steps instead"),
        ([*SWEEP, "-O", "adam", "--y", "beta1:0:1", "-o", "a.png"], "beta1 must be a number from 0 to below 1"),
        ([*SWEEP, "-O", "sgd", "--y", "steps", "--show", "outcome", "-o", "a.png"], "shows the loss after every step"),
        ([*SWEEP, "-O", "sgd", "--resolution", "12", "-o", "a.png"], "--resolution needs 2 numbers"),
        ([*SWEEP, "-O", "sgd", "--resolution", "0,5", "-o", "a.png"], "whole numbers from 1 up, not 0,5"),
        ([*SWEEP, "-O", "adam", "--resolution", "9000,9000", "-o", "a.npz"], "at most 4,194,304 combinations"),
        ([*SWEEP, "-O", "sgd", "--size", "20,20", "-o", "a.png"], "from 200 to 10,000"),
        ([*SWEEP, "-O", "sgd", "--target", "low", "-o", "a.png"], "--target needs a number, not 'low'"),
        ([*SWEEP, "-O", "rule{ step = -0.1*g }", "-o", "a.png"], "no hyperparameter to sweep over"),
        (["render", "textbook", "--view", "sweep", "-o", "a.gif"], "makes no animation; choose .png, .svg, .pdf"),
    ],
)
def test_what_cannot_be_mapped_is_one_line(words, part, capsys):
    assert part in refused(capsys, *words)
    assert list(Path().iterdir()) == []


def test_a_picture_without_qt_is_one_line(monkeypatch, capsys, optvis_says):
    monkeypatch.setattr(map_command, "why_no_qt", lambda: "Qt cannot be loaded: the library libEGL.so.1 is missing")
    assert "libEGL.so.1" in refused(capsys, *SWEEP, "-O", "sgd", "-o", "a.png")
    optvis_says(*SWEEP, "-O", "sgd", *SMALL, "-o", "a.npz")


# --- basins ---------------------------------------------------------------------------------------

BASIN = ["map", "basin", "-p", "himmelblau"]


def test_the_numbers_of_basins_are_those_of_the_library(optvis_says):
    words = ["-O", "adam:lr=0.2", "--bounds", "-4,5,-3,4", "--steps", "80", "--resolution", "20,14"]
    assert optvis_says(*BASIN, *words, "-o", "a.npz") == ""
    found = basin_map(problem("himmelblau", bounds=(-4, 5, -3, 4)), Adam(lr=0.2), (20, 14), 80)
    with np.load("a.npz") as data:
        about = json.loads(str(data["about"]))
        for name, expected in {"x": found.xs, "y": found.ys, "end_x": found.x, "end_y": found.y}.items():
            np.testing.assert_allclose(data[name], expected, rtol=1e-6)
        for name in ("minimum", "kind", "steps"):
            assert data[name].shape == (14, 20)
            np.testing.assert_array_equal(data[name], getattr(found, name))
        np.testing.assert_allclose(data["loss"], found.loss, rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(data["minima"], found.minima)
    assert (about["map"], about["optimizer"], about["hyper"]["lr"], about["steps"]) == ("basin", "adam", 0.2, 80)
    assert about["bounds"] == [-4, 5, -3, 4]
    assert about["kinds"] == list(KINDS)


@pytest.mark.parametrize("show", ["minimum", "steps", "loss"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_of_basins(optvis_says, show, theme):
    words = ["-O", "sgd:lr=0.005", "--size", "500,400", "--scale", "2", "--theme", theme, "--show", show]
    optvis_says(*BASIN, *words, "-o", "a.png")
    with Image.open("a.png") as picture:
        picture.load()
        assert picture.size == (1000, 800)
        left, right = (picture.getpixel((x, 260)) for x in (300, 800))
    if show == "minimum":  # another minimum, another colour
        assert left != right
    with open("a.png", "rb") as file:
        view = session_in_picture(file).view
    assert (view.layout, view.basins, view.basins_of) == ("basins", show, "chosen")


def test_several_optimizers_stand_side_by_side(optvis_says):
    optvis_says(*BASIN, "-O", "sgd:lr=0.005", "-O", "adam", "--size", "600,300", "--steps", "60", "-o", "a.svg")
    text = Path("a.svg").read_text(encoding="utf-8")
    assert "SGD" in text
    assert "Adam" in text


WRONG_BASINS = {
    "no file": ([], "no file is given for the map; add for example -o map.png or -o map.npz"),
    "an ending": (["-o", "a.gif"], "a map is written to a file that ends in .png, .svg, .pdf, .npz, not to a.gif"),
    "two of numbers": (["-O", "adam", "-o", "a.npz"], "numbers are of one optimizer, not of 2"),
    "show of numbers": (["--show", "loss", "-o", "a.npz"], "--show is for pictures"),
    "cells of a picture": (["--resolution", "9,9", "-o", "a.png"], "a picture has a cell for every pixel; say --size"),
    "too many cells": (["--resolution", "9999,9999", "-o", "a.npz"], "at most 2048 × 2048 cells"),
    "no cells": (["--resolution", "0,9", "-o", "a.npz"], "--resolution must be whole numbers from 1 up"),
}


@pytest.mark.parametrize(("words", "said"), WRONG_BASINS.values(), ids=WRONG_BASINS)
def test_what_basins_cannot_be_of(capsys, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    assert said in refused(capsys, *BASIN, "-O", "sgd", *words)
    assert not list(tmp_path.iterdir())
