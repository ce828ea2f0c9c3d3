"""Which swarms a page has, what is said of them, and how they come into figures and files."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QRectF

from optvis import render
from optvis.document.session import RunSpec, Session, View, resolve
from optvis.draw.maps.swarms import paint_swarm_caption, swarm_run, swarm_specs, swarm_words
from optvis.draw.page.figure import Figure
from optvis.draw.paint.theme import LIGHT
from optvis.draw.paint.viewport import Viewport
from optvis.engine.outcome import KINDS
from optvis.foundation.errors import InputError
from optvis.foundation.slices import finish
from optvis.kernels.kernel import Kernel
from optvis.maps.swarm import MAX_BYTES, Swarm, SwarmSpec, swarms_in_slices
from optvis.problems.problem import problem
from tests.draw.pixels import array

SIZE = (400, 300)


def scene_with(swarm=600, hidden=(), steps=12, **view):
    runs = tuple(RunSpec(name, style=k, visible=k not in hidden) for k, name in enumerate(("sgd", "adam", "lion")))
    return resolve(Session("himmelblau", runs=runs, steps=steps, seed=3, view=View(swarm=swarm, **view)))


def test_a_map_has_the_swarm_of_the_chosen_run_or_of_the_first_that_is_shown():
    for chosen, hidden, wanted in ((1, (), 1), (1, (1,), 2), (2, (0, 1), 2), (0, (0,), 1)):
        scene = scene_with(chosen=chosen, hidden=hidden)
        assert swarm_run(scene, scene.visible_runs) is scene.runs[wanted]
        (spec,) = swarm_specs(scene, [scene.visible_runs])
        run = scene.runs[wanted]
        assert (spec.optimizer, dict(spec.hyper)) == (run.optimizer.name, run.hyper)
        assert (spec.count, spec.steps, spec.seed, spec.problem) == (600, 12, 3, scene.problem)
    nothing = scene_with(hidden=(0, 1, 2))
    assert swarm_specs(nothing, [nothing.visible_runs]) == [None]
    off = scene_with(swarm=0)
    assert swarm_specs(off, [off.visible_runs]) == [None]


def test_multiples_share_the_points_and_the_memory():
    scene = scene_with(layout="multiples", swarm=100_000, steps=5_000)
    specs = swarm_specs(scene, [(run,) for run in scene.runs])
    assert [spec.optimizer for spec in specs] == ["sgd", "adam", "lion"]
    assert {spec.count for spec in specs} == {33_333}
    assert sum(spec.bytes for spec in specs) <= MAX_BYTES
    assert [spec.count for spec in swarm_specs(scene_with(swarm=2), [(run,) for run in scene.runs])] == [1, 1, 1]


@pytest.mark.parametrize(
    ("kinds", "label", "wanted", "words"),
    [
        ({"converged": 870, "moving": 100, "diverged": 30}, "Adam", None,
         "1,000 starts, Adam: 87 % converged, 10 % moving, 3 % diverged"),
        ({"converged": 999, "saddle": 1}, "", None, "1,000 starts: >99 % converged, <1 % at a saddle"),
        ({"growing": 1}, "SGD", None, "1 start, SGD: 100 % growing ↑"),
        ({"stalled": 2_000}, "SGD", 10_000, "2,000 of 10,000 starts, SGD: 100 % stalled"),
        ({"stalled": 2_000}, "SGD", 2_000, "2,000 starts, SGD: 100 % stalled"),
    ],
)  # fmt: skip
def test_the_words_say_what_became_of_the_starts(scene_of, kinds, label, wanted, words):
    kind = np.concatenate([np.full(n, list(KINDS).index(name), np.uint8) for name, n in kinds.items()])
    spec = SwarmSpec.of(scene_of("sphere", "sgd", steps=1).runs[0].trajectory, len(kind))
    swarm = Swarm(spec, np.zeros((2, 2, len(kind)), np.float32), kind, np.ones(len(kind), np.int32))
    assert swarm_words(swarm, 1, label, wanted) == words
    assert swarm_words(swarm, 0, label, wanted).endswith("100 % moving")


@pytest.mark.parametrize("width", [90, 160, 300, 700])
def test_the_caption_stays_inside_its_map(painted, width):
    words = "100,000 starts, A name of some length: 60 % converged, 20 % moving, 10 % diverged, 10 % at a saddle"
    viewport = Viewport((0, 1, 0, 1), QRectF(30, 20, width, 100))
    pixels = array(
        painted((width + 60, 140), lambda p: paint_swarm_caption(p, words, viewport, LIGHT), color="#808080")
    )
    touched = np.argwhere((pixels[..., :3] != 128).any(axis=-1))
    assert touched[:, 1].min() >= 30
    assert touched[:, 1].max() < 30 + width
    assert 20 <= touched[:, 0].min() < touched[:, 0].max() < 60


@pytest.mark.parametrize("layout", ["map", "multiples", "figure"])
def test_a_figure_shows_a_point_where_the_swarm_has_one(painted, layout):
    scene, bare = scene_with(swarm=30), scene_with(swarm=0)
    figure, plain = Figure(scene, SIZE, LIGHT, layout), Figure(bare, SIZE, LIGHT, layout)
    for step in (0, 12):
        found = array(painted(SIZE, lambda p, step=step: figure.paint(p, step)))
        without = array(painted(SIZE, lambda p, step=step: plain.paint(p, step)))
        changed = (np.abs(found - without) > 20).any(axis=-1)
        for panel in figure.panels[: 3 if layout == "multiples" else 1]:
            places = panel.viewport.to_pixels(*panel.swarm.at(step).T)
            beneath = panel.viewport.rect.adjusted(3, 26, -3, -3)  # of the caption
            seen = [changed[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].any() for x, y in places
                    if beneath.contains(x, y)]  # fmt: skip
            assert len(seen) >= 5
            assert np.mean(seen) > 0.7, "the others are beneath a trail or a head"


def test_painting_the_steps_computes_nothing(painted, monkeypatch):
    figure = Figure(scene_with(), SIZE, LIGHT)
    background = figure.background()
    monkeypatch.setattr(Kernel, "advance", lambda *_, **__: pytest.fail("a kernel was run"))
    monkeypatch.setattr(type(problem("himmelblau").formula), "__call__", lambda *_: pytest.fail("a loss was computed"))
    for step in range(13):
        painted(SIZE, lambda p, step=step: (p.drawImage(0, 0, background), figure.paint_moving(p, step)))


def test_a_swarm_that_is_held_is_not_computed_for_a_figure(monkeypatch):
    scene = scene_with()
    held = finish(swarms_in_slices(swarm_specs(scene, [scene.visible_runs])))
    monkeypatch.setattr(Kernel, "advance", lambda *_, **__: pytest.fail("a kernel was run"))
    assert Figure(scene, SIZE, LIGHT).panels[0].swarm is held[0]


@pytest.mark.parametrize("ending", [".gif", ".apng", ".webp"])
def test_the_frames_of_an_animation_differ(tmp_path, ending):
    scene = scene_with(swarm=2_000, hidden=(0, 2))
    file = tmp_path / f"a{ending}"
    render(scene, file, SIZE, steps_per_frame=3, hold=0)
    with Image.open(file) as image:
        shown = []
        for index in range(image.n_frames):
            image.seek(index)
            shown.append(np.array(image.convert("RGB")).astype(int))
    assert len(shown) == 5
    rect = Figure(scene, SIZE, LIGHT).panels[0].viewport.rect.toRect()
    for one, other in zip(shown, shown[1:], strict=False):
        inside = (np.abs(one - other) > 40).any(axis=-1)[rect.top() + 30 : rect.bottom(), rect.left() : rect.right()]
        assert inside.mean() > 0.02, "thousands of points have moved, not one head"


@pytest.mark.parametrize(("ending", "mark"), [(".svg", b"<image"), (".pdf", b"/Image")])
def test_files_of_lines_get_an_image(tmp_path, ending, mark):
    render(scene_with(swarm=0), tmp_path / f"a{ending}", SIZE)
    render(scene_with(swarm=0), tmp_path / f"b{ending}", SIZE, swarm=50_000)
    counts = [(tmp_path / f"{name}{ending}").read_bytes().count(mark) for name in "ab"]
    assert counts[1] > counts[0]
    assert (tmp_path / f"b{ending}").stat().st_size < 3_000_000


def test_render_takes_a_number_of_starts_for_trajectories_too(tmp_path):
    trajectory = scene_with().runs[1].trajectory
    for name, swarm in (("a", None), ("b", 300), ("c", 0)):
        render([trajectory], tmp_path / f"{name}.png", SIZE, swarm=swarm)
    files = {name: (tmp_path / f"{name}.png").read_bytes() for name in "abc"}
    assert files["a"] == files["c"] != files["b"]


def test_a_run_of_a_class_of_ones_own_is_refused_before_a_file_is_written(tmp_path):
    trajectory = replace(scene_with().runs[1].trajectory, optimizer="Mine")
    with pytest.raises(InputError, match="Mine is a class of its own"):
        render([trajectory], tmp_path / "a.gif", swarm=10)
    assert not list(tmp_path.iterdir())
