import os
import struct
import subprocess
import sys

import numpy as np
import pytest
from PyQt6.QtGui import QImage

import optvis
from optvis import render
from optvis.document.picture_spec import Picture
from optvis.document.session import RunSpec, Session, resolve
from optvis.draw.paint.theme import DARK, LIGHT, run_style
from optvis.foundation.errors import InputError
from tests.draw.pixels import array, is_near


class ByHand:
    """An optimizer that is in no catalogue and has no rule."""

    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] = params[key] - self.lr * grads[key]


@pytest.fixture(scope="module")
def trajectory():
    return optvis.run(optvis.problem("quadratic-valley"), optvis.optimizers.SGD(lr=0.95), steps=30)


@pytest.fixture(scope="module")
def scene():
    return resolve(Session("sphere", runs=(RunSpec("sgd"), RunSpec("adam", style=1)), steps=20))


def chunks(path):
    """Type and bytes of every chunk of a PNG file (its specification, section 5.3)."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, found = 8, []
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


@pytest.mark.parametrize(("size", "scale"), [((640, 480), 1.0), ((300, 400), 2.0), ((301, 251), 1.5)])
def test_the_picture_has_the_size_that_was_asked_for(tmp_path, scene, size, scale):
    render(scene, tmp_path / "a.png", size, scale)
    image = QImage(str(tmp_path / "a.png"))
    assert (image.width(), image.height()) == (round(size[0] * scale), round(size[1] * scale))
    assert image.dotsPerMeterX() / 39.37 == pytest.approx(96 * scale, rel=1e-2)


def test_the_file_says_what_it_is(tmp_path, scene):
    render(scene, tmp_path / "a.png")
    texts = dict(data.split(b"\0", 1) for kind, data in chunks(tmp_path / "a.png") if kind == b"tEXt")
    assert texts == {b"Title": b"Sphere", b"Software": f"optvis {optvis.__version__}".encode()}


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_theme_and_runs_are_seen(tmp_path, scene, theme):
    render(scene, str(tmp_path / "a.png"), (500, 400), theme=theme.name)
    pixels = array(QImage(str(tmp_path / "a.png")))
    assert is_near(pixels[:3], theme.paper, 1).all()
    for style in range(2):
        assert is_near(pixels, run_style(style, theme).color, 25).sum() > 50
    header = is_near(pixels[8:40, :200], theme.ink, 60)
    assert header.sum() > 60  # there is text


def test_a_scale_shows_the_same_in_more_pixels(tmp_path, scene):
    render(scene, tmp_path / "a.png", (400, 300), 1.0)
    render(scene, tmp_path / "b.png", (400, 300), 2.0)
    once, twice = (array(QImage(str(tmp_path / name)))[..., :3] for name in ("a.png", "b.png"))
    halved = twice.reshape(300, 2, 400, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved - once).mean() < 4


def test_step_layout_and_view_of_the_session_are_followed(tmp_path, scene):
    def picture(what=scene, **options):
        render(what, tmp_path / "a.png", (400, 300), **options)
        return (tmp_path / "a.png").read_bytes()

    whole = picture()
    assert picture(step=20) == whole == picture(layout="map") == picture(scene.session)
    others = {picture(step=0), picture(step=7), picture(layout="multiples"), picture(theme="dark"), whole}
    assert len(others) == 5


def test_trajectories_of_all_kinds_are_drawn(tmp_path, trajectory):
    own = optvis.run(trajectory.problem, ByHand(lr=0.5), steps=60)
    also = optvis.run(optvis.problem("quadratic-valley"), optvis.optimizers.SGD(lr=1.3), start=(2, 2), steps=40)
    for what in (trajectory, [trajectory], (trajectory, own, also), iter([own])):
        render(what, tmp_path / "a.png", (500, 400), layout="multiples")
        assert array(QImage(str(tmp_path / "a.png"))).shape == (400, 500, 4)


def test_labels_tell_trajectories_apart(trajectory):
    from optvis.export.drawn import drawn

    own = [optvis.run(trajectory.problem, ByHand(lr=lr), steps=5) for lr in (0.1, 0.2)]
    labels = [run.label for run in drawn([trajectory, *own]).runs]
    assert labels == ["SGD", "ByHand (lr 0.1)", "ByHand (lr 0.2)"]
    assert drawn([trajectory, *own]).steps == 30


@pytest.mark.parametrize(
    ("what", "part"),
    [
        ([], "no trajectory"),
        ("quadratic-valley", "str"),
        ([1], "int"),
        (None, "NoneType"),
    ],
)
def test_what_cannot_be_drawn_is_refused(tmp_path, what, part):
    with pytest.raises(InputError, match=part):
        render(what, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_trajectories_of_two_problems_are_refused(tmp_path, trajectory):
    other = optvis.run(optvis.problem("sphere"), optvis.optimizers.SGD(), steps=3)
    with pytest.raises(InputError, match="quadratic-valley and sphere"):
        render([trajectory, other], tmp_path / "a.png")


def test_lanes_are_refused(tmp_path):
    lanes = optvis.run(optvis.problem("sphere"), optvis.optimizers.SGD(), start=(np.ones(3), np.ones(3)), steps=3)
    with pytest.raises(InputError, match="3 lanes"):
        render(lanes, tmp_path / "a.png")


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"file": "a.jpg"}, r"\.jpg"),
        ({"file": "a"}, "no ending"),
        ({"file": "nowhere/a.png"}, "nowhere"),
        ({"size": (199, 400)}, "width"),
        ({"size": (400, 10_001)}, "height"),
        ({"size": (400.5, 400)}, "width"),
        ({"size": (float("nan"), 400)}, "width"),
        ({"scale": 0}, "scale"),
        ({"scale": float("nan")}, "scale"),
        ({"scale": 9}, "scale"),
        ({"size": (8000, 8000), "scale": 4}, "million pixels"),
        ({"theme": "pink"}, "pink"),
        ({"layout": "tiles"}, "tiles"),
        ({"step": -1}, "step"),
        ({"step": 21}, "from 0 to 20, not 21"),
    ],
)
def test_unusable_wishes_are_refused_and_nothing_is_written(tmp_path, scene, options, part):
    file = tmp_path / options.get("file", "a.png")
    rest = {key: value for key, value in options.items() if key != "file"}
    with pytest.raises(InputError, match=part) as caught:
        render(scene, file, **rest)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_kept_when_nothing_can_be_written(tmp_path, scene, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match="disk is full"):
        render(scene, tmp_path / "a.png", (300, 300))
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"old"


def test_pictures_can_be_refused_before_anything_is_computed():
    Picture("a.png", (1200.0, 800.0), 1.0).check()
    Picture("A.PNG", (1200, 800), 8.0 / 4).check()
    with pytest.raises(InputError, match=r"there are \.png, \.svg, \.pdf, \.gif, \.apng, \.webp, \.mp4"):
        Picture("a.svgz", (1200, 800), 1.0).check()


@pytest.mark.parametrize("platform", [None, "offscreen", "xcb"])
def test_it_works_in_a_fresh_program_without_a_display(tmp_path, platform):
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    if platform is not None:
        environment["QT_QPA_PLATFORM"] = platform
    code = (
        "import os, sys, optvis\n"
        "assert not any(name.startswith('PyQt6') for name in sys.modules)\n"
        "t = optvis.run(optvis.problem('sphere'), optvis.optimizers.Adam(), steps=9)\n"
        "before = dict(os.environ)\n"
        "optvis.render([t], 'a.png'); optvis.render(t, 'b.png')\n"
        "assert dict(os.environ) == before\n"
        "assert not {'pyqtgraph', 'matplotlib', 'PyQt6.QtWidgets'} & sys.modules.keys()\n"
    )
    environment["PYTHONPATH"] = os.getcwd()
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    header = array(QImage(str(tmp_path / "a.png")))[8:40, :300]
    assert is_near(header, LIGHT.ink, 60).sum() > 100
