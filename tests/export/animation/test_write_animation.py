import contextlib
import importlib.util
import os
import struct
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from optvis import render
from optvis.document.picture_spec import Picture
from optvis.document.session import RunSpec, Session, View, resolve
from optvis.draw.page.figure import Figure
from optvis.draw.paint.theme import DARK, LIGHT, run_style
from optvis.export.animation import mp4
from optvis.export.animation.frame_changes import ChangesWriter, changed, rgba
from optvis.export.animation.gif import Gif
from optvis.export.animation.gif_palette import CLEAR, Palette
from optvis.export.render import render_in_slices
from optvis.foundation.errors import InputError
from tests.draw.pixels import is_near

PICTURES = (".gif", ".apng", ".webp")
SIZE = (400, 300)
has_av = importlib.util.find_spec("av") is not None
needs_av = pytest.mark.skipif(not has_av, reason="the extra `video` is not installed")
ALL = [*PICTURES, pytest.param(".mp4", marks=needs_av)]


@pytest.fixture(scope="module")
def scene():
    return resolve(
        Session("quadratic-valley", runs=(RunSpec("sgd"), RunSpec("adam", style=1)), steps=20, view=View(chosen=1))
    )


def frames(path):
    """Every frame as red, green and blue, (n, height, width, 3), and the milliseconds of each."""
    if path.suffix == ".mp4":
        import av

        with av.open(str(path)) as video:
            shown = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
            rate = video.streams.video[0].average_rate
        return np.array(shown).astype(int), [float(1000 / rate)] * len(shown)
    shown, times = [], []
    with Image.open(path) as image:
        for index in range(image.n_frames):
            image.seek(index)
            shown.append(np.array(image.convert("RGB")))
            times.append(image.info["duration"])
    return np.array(shown).astype(int), times


def still(tmp_path, scene, step, **options):
    """What one frame should look like."""
    render(scene, tmp_path / "still.png", SIZE, step=step, **options)
    with Image.open(tmp_path / "still.png") as image:
        return np.array(image.convert("RGB")).astype(int)


@pytest.mark.parametrize("ending", ALL)
@pytest.mark.parametrize("layout", ["map", "multiples", "surface", "charts", "figure"])
def test_every_frame_is_the_still_picture_of_its_step(tmp_path, scene, ending, layout):
    render(scene, tmp_path / f"a{ending}", SIZE, layout=layout, steps_per_frame=5, hold=0)
    shown, _ = frames(tmp_path / f"a{ending}")
    assert shown.shape == (5, 300, 400, 3)
    # A palette and video may be off by a little; the rims of dots are drawn stepwise
    worst, usual = {".gif": (60, 3.5), ".mp4": (255, 3.0)}.get(ending, (40, 0.05))
    for frame, step in zip(shown, (0, 5, 10, 15, 20), strict=True):
        difference = np.abs(frame - still(tmp_path, scene, step, layout=layout))
        assert np.quantile(difference, 0.999) <= worst
        assert difference.mean() <= usual


@pytest.mark.parametrize("ending", ALL)
def test_the_heads_move(tmp_path, scene, ending):
    render(scene, tmp_path / f"a{ending}", SIZE)
    shown, _ = frames(tmp_path / f"a{ending}")
    view = Figure(scene, SIZE, LIGHT).panels[0].viewport
    run = scene.runs[1].trajectory
    color = run_style(1, LIGHT).color
    for step in (0, 20):
        x, y = (int(part) for part in view.to_pixels(run.x[step], run.y[step])[0])
        there = is_near(shown[step, y - 2 : y + 3, x - 2 : x + 3], color)
        assert there.mean() > 0.5
        away = shown[20 - step, y - 2 : y + 3, x - 2 : x + 3]
        assert is_near(away, color).mean() < 0.5


@pytest.mark.parametrize("ending", ALL)
@pytest.mark.parametrize(("fps", "hold"), [(20.0, 1.5), (30.0, 0.0), (7.3, 0.25)])
def test_it_takes_the_time_that_was_asked_for(tmp_path, scene, ending, fps, hold):
    render(scene, tmp_path / f"a{ending}", SIZE, fps=fps, hold=hold)
    _, times = frames(tmp_path / f"a{ending}")
    tick = 1000 / fps if ending == ".mp4" else 10
    assert sum(times) == pytest.approx(1000 * (21 / fps + hold), abs=0.6 * tick)
    assert max(times[:-1]) - min(times[:-1]) <= 10 + 1e-9


@pytest.mark.parametrize("ending", PICTURES)
@pytest.mark.parametrize("loop", [True, False])
def test_it_begins_again_or_not(tmp_path, scene, ending, loop):
    render(scene, tmp_path / f"a{ending}", SIZE, loop=loop, steps_per_frame=10)
    with Image.open(tmp_path / f"a{ending}") as image:
        assert image.info.get("loop") == {True: 0, False: None if ending == ".gif" else 1}[loop]


@pytest.mark.parametrize("ending", ALL)
def test_sizes_scales_and_themes(tmp_path, scene, ending):
    render(scene, tmp_path / f"a{ending}", (301, 251), 1.5, "dark", steps_per_frame=10, hold=0)
    shown, _ = frames(tmp_path / f"a{ending}")
    size = round(301 * 1.5), round(251 * 1.5)
    width, height = (side + side % 2 for side in size) if ending == ".mp4" else size
    assert shown.shape == (3, height, width, 3)
    assert is_near(shown[:, :4], DARK.paper, 6).all()
    assert is_near(shown[:, :, -4:], DARK.paper, 6).all()


def test_a_range_of_steps(tmp_path, scene):
    render(scene, tmp_path / "a.apng", SIZE, step=(4, 11), steps_per_frame=3, hold=0)
    shown, _ = frames(tmp_path / "a.apng")
    assert len(shown) == 4
    for frame, step in zip(shown, (4, 7, 10, 11), strict=True):
        assert np.abs(frame - still(tmp_path, scene, step)).mean() < 0.05


@pytest.mark.parametrize("ending", ALL)
def test_slices_tell_how_far_it_is(tmp_path, scene, ending):
    shares = list(render_in_slices(scene, Picture(tmp_path / f"a{ending}", SIZE)))
    assert shares[0] == 0
    assert shares[-1] == 1
    assert shares == sorted(shares)
    assert len(shares) > 40  # each frame is drawn in one and written in another


@pytest.mark.parametrize("ending", ALL)
@pytest.mark.parametrize("after", [1, 5, 30])
def test_what_is_cancelled_leaves_nothing(tmp_path, scene, ending, after):
    (tmp_path / f"old{ending}").write_bytes(b"old")
    for name in (f"new{ending}", f"old{ending}"):
        slices = render_in_slices(scene, Picture(tmp_path / name, SIZE))
        for _ in range(after):
            next(slices)
        slices.close()
    assert [path.name for path in tmp_path.iterdir()] == [f"old{ending}"]
    assert (tmp_path / f"old{ending}").read_bytes() == b"old"


class FullDisk:
    """A file on a disk that has no more room."""

    def __init__(self, file):
        self._file, self._room = file, 5000

    def write(self, data):
        self._room -= len(data)
        if self._room < 0:
            raise OSError(28, "No space left on device")
        return self._file.write(data)

    def __getattr__(self, name):
        return getattr(self._file, name)


@pytest.mark.parametrize("ending", ALL)
def test_a_full_disk_leaves_the_old_file(tmp_path, scene, ending, monkeypatch):
    from optvis.export.animation import write_animation

    whole_file = write_animation.whole_file

    @contextlib.contextmanager
    def full(path):
        with whole_file(path) as file:
            yield FullDisk(file)

    monkeypatch.setattr(write_animation, "whole_file", full)
    (tmp_path / f"a{ending}").write_bytes(b"old")
    with pytest.raises(InputError, match=f"a{ending} cannot be written: the disk is full"):
        render(scene, tmp_path / f"a{ending}", SIZE)
    assert [path.name for path in tmp_path.iterdir()] == [f"a{ending}"]
    assert (tmp_path / f"a{ending}").read_bytes() == b"old"


def test_a_folder_that_vanishes_says_so(tmp_path, scene):
    folder = tmp_path / "gone"
    folder.mkdir()
    slices = render_in_slices(scene, Picture(folder / "a.gif", SIZE))
    next(slices)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    with pytest.raises(InputError, match=r"a\.gif cannot be written"):
        list(slices)
    assert list(tmp_path.iterdir()) == []


def test_video_without_its_library_is_one_sentence(tmp_path, scene, monkeypatch):
    monkeypatch.setattr(mp4.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'optvis\[video\]'"):
        render(scene, tmp_path / "a.mp4", SIZE)
    assert os.listdir(tmp_path) == []


@needs_av
def test_a_video_is_what_players_play(tmp_path, scene):
    import av

    render(scene, tmp_path / "a.mp4", (401, 301), fps=25)
    with av.open(str(tmp_path / "a.mp4")) as video:
        (stream,) = video.streams
        context = stream.codec_context
        assert (context.name, context.pix_fmt, context.width, context.height) == ("h264", "yuv420p", 402, 302)
        assert stream.average_rate == 25


# --- the parts of it --------------------------------------------------------------------------------


def gif_blocks(data):
    """Left, top, width and height of every frame of a GIF, and how many colour tables there are."""
    tables, places = int(data[10] >> 7), []
    at = 13 + (3 << (data[10] & 7) + 1)
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            places.append(struct.unpack_from("<HHHH", data, at + 1))
            tables += data[at + 9] >> 7
            at += 11
        else:
            at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
    return places, tables


def test_a_gif_has_one_palette_and_writes_what_has_changed(tmp_path, scene):
    render(scene, tmp_path / "a.gif", SIZE)
    places, tables = gif_blocks((tmp_path / "a.gif").read_bytes())
    assert tables == 1
    assert places[0] == (0, 0, *SIZE)
    assert len(places) == 21
    assert np.mean([width * height for _, _, width, height in places[1:]]) < 0.95 * SIZE[0] * SIZE[1]


def test_what_does_not_change_does_not_flicker(tmp_path, scene):
    for name in ("exact.apng", "a.gif"):
        render(scene, tmp_path / name, SIZE)
    exact, shown = (frames(tmp_path / name)[0] for name in ("exact.apng", "a.gif"))
    for index in range(20):
        constant = (exact[index] == exact[index + 1]).all(axis=-1)
        assert 0.5 < constant.mean() < 1
        assert (shown[index][constant] == shown[index + 1][constant]).all()


def test_main_colours_are_exact_in_a_gif(tmp_path, scene):
    render(scene, tmp_path / "a.gif", SIZE)
    shown, _ = frames(tmp_path / "a.gif")
    for color in (LIGHT.paper, LIGHT.ink, run_style(0, LIGHT).color, run_style(1, LIGHT).color):
        assert (shown[-1] == np.array(color.getRgb()[:3])).all(axis=-1).sum() > 20


def test_a_palette_finds_the_nearest_colour():
    rng = np.random.default_rng(1)
    pixels = (rng.integers(0, 1 << 24, (60, 60)) | 0xFF000000).astype(np.uint32)
    palette = Palette([pixels], kept=[0xFF010203, 0xFFFFFFFF])
    assert palette.colors[:2].tolist() == [[1, 2, 3], [255, 255, 255]]
    chosen = palette.colors[palette.indices(pixels)].astype(int)
    wanted = rgba(pixels)[..., :3].astype(int)
    distances = ((wanted[..., None, :] - palette.colors[:CLEAR].astype(int)) ** 2).sum(axis=-1)
    mistake = np.sqrt(((chosen - wanted) ** 2).sum(axis=-1)) - np.sqrt(distances.min(axis=-1))
    assert mistake.max() <= 2 * np.sqrt(3) * 2  # half a cell of the cube, to and fro
    assert (palette.indices(np.zeros((2, 2), np.uint32)) == CLEAR).all()


def test_a_palette_of_few_colours_has_them_all():
    colors = np.array([0xFF102030, 0xFF405060, 0xFFFFFFFF, 0xFF000000], np.uint32)
    pixels = np.repeat(colors, [1000, 1, 100, 5]).reshape(1, -1)
    palette = Palette([pixels])
    assert (palette.colors[palette.indices(pixels)] == rgba(pixels)[..., :3]).all()


class Recorder:
    ticks, grid = 100, 2

    def __init__(self):
        self.parts, self.closed = [], 0

    def part(self, change, duration):
        self.parts.append((change, duration))

    def close(self):
        self.closed += 1


def test_equal_frames_are_one_that_is_shown_longer():
    recorder = Recorder()
    writer = ChangesWriter(recorder)
    page = np.full((6, 8), 0xFF000001, np.uint32)
    other = page.copy()
    other[3, 5] = 0xFF00FF00
    for index, pixels in enumerate((page, page.copy(), page, other, page)):
        writer.add(pixels, Fraction(index + 1, 3))
    writer.close()
    assert [duration for _, duration in recorder.parts] == [100, 33, 34]
    assert recorder.closed == 1
    whole, there, back = (change for change, _ in recorder.parts)
    assert (whole.left, whole.top, whole.pixels.shape) == (0, 0, (6, 8))
    assert (there.left, there.top, there.pixels.tolist()) == (4, 2, [[0, 0], [0, 0xFF00FF00]])
    assert back.pixels[1, 1] == 0xFF000001


def test_a_change_laid_over_makes_the_next_frame():
    rng = np.random.default_rng(2)
    for _ in range(50):
        before = (rng.integers(0, 3, (7, 9)) | 0xFF000000).astype(np.uint32)
        after = np.where(rng.random((7, 9)) < rng.random() ** 3, before ^ np.uint32(4), before)
        change = changed(before, after, Recorder())
        made = before.copy()
        if change is not None:
            height, width = change.pixels.shape
            part = made[change.top : change.top + height, change.left : change.left + width]
            part[change.pixels != 0] = change.pixels[change.pixels != 0]
            assert change.left % 2 == change.top % 2 == 0
        assert (made == after).all()
    assert changed(before, before, Recorder()) is None


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 2), (300, 1), (17, 200)])
def test_a_gif_of_any_size_is_read_back(tmp_path, width, height):
    rng = np.random.default_rng(3)
    colors = (rng.integers(0, 1 << 24, 40) | 0xFF000000).astype(np.uint32)
    pixels = colors[rng.integers(0, 40, (height, width))]
    with open(tmp_path / "a.gif", "wb") as file:
        writer = ChangesWriter(Gif(file, (width, height), True, [pixels]))
        writer.add(pixels, Fraction(1))
        writer.close()
    shown, times = frames(tmp_path / "a.gif")
    assert np.abs(shown[0] - rgba(pixels)[..., :3]).max() <= 4
    assert times == [1000]
