"""`optvis render`: pictures without a window."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from optvis import render
from optvis.cli import progress, render_command
from optvis.cli.main import main
from optvis.document.layouts import LAYOUTS
from optvis.document.session import View
from optvis.document.session_file import preset, preset_names, to_json

RENDER = ["render", "textbook", "-o", "a.png"]
PNG = b"\x89PNG\r\n\x1a\n"


def test_render_makes_a_picture_of_the_size_asked_for(optvis_says):
    assert optvis_says("render", "textbook", "-o", "textbook.png", "--size", "400,300", "--scale", "2") == ""
    data = Path("textbook.png").read_bytes()
    assert data[:8] == PNG
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (800, 600)


def test_every_option_of_render_changes_the_picture(optvis_says):
    pictures = {}
    for words in ("", "--theme dark", "--view multiples", "--step 3", "--step 0", "--swarm 500"):
        options = words.split()
        optvis_says("render", "textbook", "--size", "400,300", "-o", "a.png", *options)
        pictures[" ".join(options)] = Path("a.png").read_bytes()
    assert len(set(pictures.values())) == len(pictures)
    optvis_says(
        "render", "textbook", "--size", "400,300", "-o", "a.png", "--step", "30", "--view", "map", "--theme", "light"
    )
    assert Path("a.png").read_bytes() == pictures[""]


def test_render_draws_a_session_file_and_options_as_the_preset(optvis_says):
    Path("own.json").write_text(to_json(preset("textbook")), encoding="utf-8")
    adagrad = ["-O", "sgd", "-O", "momentum", "-O", "adagrad", "-O", "adam"]
    pictures = set()
    for what in (["textbook"], ["own.json"], ["-p", "quadratic-valley", *adagrad]):
        optvis_says("render", *what, "--size", "400,300", "-o", "a.png")
        pictures.add(Path("a.png").read_bytes())
    assert len(pictures) == 1


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_can_be_drawn(name, optvis_says):
    optvis_says("render", name, "--size", "500,400", "-o", "a.png")
    assert Path("a.png").stat().st_size > 10_000


def test_render_without_qt_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(render_command, "why_no_qt", lambda: "Qt cannot be loaded: the library libEGL.so.1 is missing")
    assert main(RENDER) == 2
    assert capsys.readouterr().err == "optvis: error: Qt cannot be loaded: the library libEGL.so.1 is missing\n"
    assert not Path("a.png").exists()


KINDS = {
    "png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF-", "gif": b"GIF89a", "apng": b"\x89PNG", "webp": b"RIFF",
}  # fmt: skip
SMALL = ["--size", "300,240"]


@pytest.mark.parametrize("ending", KINDS)
def test_the_ending_says_the_kind(ending, optvis_says):
    optvis_says("render", "textbook", *SMALL, "-o", f"a.{ending}")
    assert Path(f"a.{ending}").read_bytes().startswith(KINDS[ending])


@pytest.mark.parametrize("view", LAYOUTS)
def test_every_view_is_another_picture(view, optvis_says):
    optvis_says("render", "textbook", *SMALL, "--view", view, "-o", "a.png")
    render(preset("textbook"), "b.png", (300, 240), layout=view)
    others = set(LAYOUTS) - {view}
    for other in others:
        render(preset("textbook"), f"{other}.png", (300, 240), layout=other)
    with Image.open("a.png") as one, Image.open("b.png") as same:
        assert one.tobytes() == same.tobytes()
        assert all(one.tobytes() != Image.open(f"{other}.png").tobytes() for other in others)


@pytest.mark.parametrize("view", [name for name, each in LAYOUTS.items() if not each.can_be_animated])
def test_what_never_changes_makes_no_animation(view, capsys):
    Path("a.json").write_text(to_json(replace(preset("textbook"), view=View(layout=view))), encoding="utf-8")
    for words in (["textbook", "--view", view], ["a.json"], ["-p", "sphere", "-O", "adam", "--view", view]):
        assert main(["render", *words, "-o", "a.gif"]) == 2
        says = (
            f"optvis: error: a {view} map is the same at every step and makes no animation; choose .png, .svg, .pdf\n"
        )
        assert capsys.readouterr().err == says
    assert not Path("a.gif").exists()


@pytest.mark.parametrize(
    "options", [["--arrows", "gradient"], ["--arrows", "step,velocity"], ["--field", "equal"], ["--transparent"]]
)
def test_arrows_fields_and_transparency_change_the_picture(options, optvis_says):
    for name, words in (("a.png", options), ("b.png", [])):
        optvis_says("render", "-p", "beale", "-O", "adam", *SMALL, "--step", "4", *words, "-o", name)
    with Image.open("a.png") as one, Image.open("b.png") as other:
        assert one.convert("RGBA").tobytes() != other.convert("RGBA").tobytes()
        assert (one.convert("RGBA").getpixel((1, 1))[3] == 0) == (options == ["--transparent"])


def test_options_of_animations(optvis_says):
    options = ["--fps", "10", "--steps-per-frame", "4", "--hold", "0.5", "--no-loop", "--step", "2:12"]
    optvis_says("render", "textbook", *SMALL, *options, "-o", "a.webp")
    with Image.open("a.webp") as image:
        times = []
        for index in range(image.n_frames):
            image.seek(index)
            image.load()
            times.append(image.info["duration"])
        assert (times, image.info["loop"]) == ([100, 100, 100, 600], 1)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["-o", "a.jpg"], "there are .png, .svg, .pdf, .gif, .apng, .webp, .mp4"),
        (["-o", "a.gif", "--fps", "0"], "frames per second of an animation must be a number from 1 to 60, not 0"),
        (["-o", "a.gif", "--fps", "60"], "a GIF has at most 50"),
        (["-o", "a.gif", "--fps", "fast"], "--fps needs a number, not 'fast'"),
        (["-o", "a.gif", "--hold", "-1"], "is held must be a number from 0 to 60"),
        (["-o", "a.gif", "--size", "5000,5000"], "more than 16 million pixels"),
        (["-o", "a.gif", "--steps-per-frame", "0"], "whole number from 1"),
        (["-o", "a.gif", "--step", "9:3"], "from an earlier step to a later one"),
        (["-o", "a.gif", "--transparent"], "no transparent background"),
        (["-o", "a.png", "--fps", "10"], "--fps is for animations (.gif, .apng, .webp, .mp4), which a.png is not"),
        (["-o", "a.png", "--no-loop"], "--loop is for animations"),
        (["-o", "a.png", "--step", "3:9"], "a picture shows one step"),
        (["-o", "a.png", "--arrows", "gradient,up"], "there is no kind of arrow 'up'"),
        (["-o", "a.png", "--field", "long"], "--field must be one of"),
        (["-o", "a.png", "--view", "globe"], "--view must be one of"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(words, part, capsys):
    assert main(["render", "textbook", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert part in err
    assert list(Path().iterdir()) == []


def test_an_interrupted_animation_leaves_nothing(monkeypatch, capsys):
    from optvis.export.animation.gif import Gif

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Gif, "part", interrupt)
    assert main(["render", "textbook", *SMALL, "-o", "a.gif"]) == 130
    assert capsys.readouterr().err == "optvis: error: interrupted\n"
    assert list(Path().iterdir()) == []


def test_drawing_for_long_shows_how_far_it_is(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0)
    assert main(["render", "textbook", *SMALL, "-o", "a.gif"]) == 0
    shown = capsys.readouterr().err
    assert re.search(r"\rdrawing … [0-9]+%", shown)
    assert shown.endswith("\r\033[K")
