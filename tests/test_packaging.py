"""What pyproject.toml promises, and the files that travel with the program."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

import optvis
from optvis.cli.main import main
from optvis.export import render
from optvis.foundation import assets
from tests import readme_pictures

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements():
    return PROJECT["dependencies"] + [one for extra in PROJECT["optional-dependencies"].values() for one in extra]


@pytest.mark.parametrize("requirement", requirements())
def test_requirements_have_a_floor_and_no_pin(requirement):
    assert re.fullmatch(r"[A-Za-z0-9-]+>=[0-9.]+", requirement)


def test_the_licence_is_named_and_enclosed():
    assert PROJECT["license"] == "GPL-3.0-or-later"
    assert "GNU GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text(encoding="utf-8")[:200]


def test_the_version_stands_once():
    assert "version" in PROJECT["dynamic"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", optvis.__version__)


def test_assets_are_found_in_the_checkout():
    assert assets.path("icons/optvis.svg").read_text(encoding="utf-8").startswith("<svg")
    assert assets.path("icons").is_dir()


def test_a_missing_asset_says_so():
    with pytest.raises(FileNotFoundError, match=r"presets/nothing\.json is missing .* install optvis again"):
        assets.path("presets/nothing.json")


def test_assets_are_found_beside_an_installed_module(tmp_path):
    package = tmp_path / "optvis"
    (package / "assets" / "icons").mkdir(parents=True)
    (package / "assets" / "icons" / "optvis.svg").touch()
    (tmp_path / "assets" / "icons").mkdir(parents=True)
    (tmp_path / "assets" / "icons" / "optvis.svg").touch()  # a stranger's folder of that name
    (package / "foundation").mkdir()
    (package / "__init__.py").touch()
    (package / "foundation" / "__init__.py").touch()
    shutil.copy(assets.__file__, package / "foundation")
    code = "from optvis.foundation import assets; print(assets.path('icons/optvis.svg'))"
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()) == (package / "assets" / "icons" / "optvis.svg").resolve()


def test_the_pictures_of_the_readme_are_those_that_are_drawn():
    """By ``python3 dev.py pictures``; each is there, and none is large."""
    named = re.findall(r"\(assets/pictures/([^)]*)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert sorted(named) == sorted(readme_pictures.NAMES)
    sizes = {file.name: file.stat().st_size for file in (ROOT / "assets" / "pictures").iterdir()}
    assert sorted(sizes) == sorted(named)
    assert max(sizes.values()) < 400_000
    assert sum(sizes.values()) < 3_000_000


@pytest.mark.parametrize("words", readme_pictures.RENDERED.values())
def test_the_words_that_draw_a_picture_are_understood(words, monkeypatch):
    """Drawing itself is left out."""
    monkeypatch.setattr(render, "render_in_slices", lambda scene, wanted: (wanted.check() for _ in range(0)))
    assert main(["render", *words.split(), "-o", "picture.gif" if "fps" in words else "picture.png"]) == 0


def test_pictures_are_drawn_one_after_the_other_and_an_error_ends_it(monkeypatch, tmp_path):
    drawn = []
    monkeypatch.setattr(readme_pictures, "FOLDER", tmp_path / "pictures")
    monkeypatch.setattr(
        readme_pictures.subprocess,
        "run",
        lambda command: drawn.append(command[1:]) or SimpleNamespace(returncode=len(drawn) // 2),
    )
    assert readme_pictures.main(["ravine.png", "tune.png", "surface.png"]) == 1
    ravine, tune = (str(tmp_path / "pictures" / name) for name in ("ravine.png", "tune.png"))
    assert drawn == [
        ["-m", "optvis", "render", "ravine", "--theme", "dark", "--size", "900,600", "-o", ravine],
        ["-m", "tests.window_pictures", "tune.png", tune],
    ]


def test_a_picture_that_there_is_not_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(readme_pictures.subprocess, "run", lambda command: pytest.fail("drawn"))
    assert readme_pictures.main(["ravine.png", "x"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pictures: error: there is no picture 'x'; there are textbook.png, ")
