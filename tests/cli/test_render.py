"""`optvis render`: pictures without a window."""

from pathlib import Path

import pytest

from optvis import rendering
from optvis.cli import main
from optvis.session_file import preset, preset_names, to_json

RENDER = ["render", "textbook", "-o", "a.png"]
PNG = b"\x89PNG\r\n\x1a\n"


def test_render_makes_a_picture_of_the_size_asked_for(optvis_says):
    assert optvis_says("render", "textbook", "-o", "textbook.png", "--size", "400,300", "--scale", "2") == ""
    data = Path("textbook.png").read_bytes()
    assert data[:8] == PNG
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (800, 600)


def test_every_option_of_render_changes_the_picture(optvis_says):
    pictures = {}
    for options in ([], ["--theme", "dark"], ["--view", "multiples"], ["--step", "3"], ["--step", "0"]):
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
    monkeypatch.setattr(rendering, "why_no_qt", lambda: "Qt cannot be loaded: the library libEGL.so.1 is missing")
    assert main(RENDER) == 2
    assert capsys.readouterr().err == "optvis: error: Qt cannot be loaded: the library libEGL.so.1 is missing\n"
    assert not Path("a.png").exists()
