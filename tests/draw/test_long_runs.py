"""Runs of very many steps: what is left out of their pictures is not seen."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QRectF

from optvis.document.session import MAX_STEPS_OF_ALL, RunSpec, Session, resolve
from optvis.draw.charts import chart as charts
from optvis.draw.charts.chart import chart
from optvis.draw.maps import trails
from optvis.draw.maps.trails import TrailLayer, trail
from optvis.draw.paint.theme import LIGHT, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.explain import measures
from optvis.explain.measures import BLOCK, LONG, lowest_and_highest, series
from optvis.foundation.errors import InputError
from tests.draw.pixels import array

STEPS = 160_000
RUNS = (RunSpec("sgd", {"lr": 0.95}), RunSpec("adam", {"lr": 0.3}, 1), RunSpec("lion", {"lr": 0.05}, 2))
RECT = QRectF(10, 10, 600, 200)


@pytest.fixture(scope="module")
def scene():
    return resolve(Session("quadratic-valley", steps=STEPS, runs=RUNS))


@pytest.fixture
def in_full(monkeypatch):
    """Call it to have nothing left out from now on."""

    def in_full():
        for module in (measures, charts, trails):
            monkeypatch.setattr(module, "LONG", 10**9)

    return in_full


def test_a_block_has_the_lowest_and_the_highest_of_its_rows(scene):
    for run in scene.runs:
        values, blocks = series(run.trajectory, "x"), lowest_and_highest(run.trajectory, "x")
        assert blocks.shape == (-(-(STEPS + 1) // BLOCK), 2)
        for index in (0, 1, 77, len(blocks) - 1):
            rows = values[index * BLOCK : (index + 1) * BLOCK]
            assert blocks[index].tolist() == [rows.min(), rows.max()]


def test_rows_without_a_number_do_not_count():
    of = resolve(Session("quadratic-valley", steps=STEPS, runs=(RunSpec("sgd", {"lr": 1.3}),))).runs[0].trajectory
    blocks = lowest_and_highest(of, "x")
    last = of.last // BLOCK
    assert np.isfinite(blocks[last]).all()
    assert np.isnan(blocks[last + 1 :]).all()


@pytest.mark.parametrize("kind", ["loss", "slope", "length", "x"])
@pytest.mark.parametrize("window", [None, (1000.0, 151_000.0)])
def test_a_chart_by_blocks_looks_like_the_whole(scene, painted, in_full, kind, window):
    def picture():
        made = chart(scene, kind, RECT)  # in whole lines, for dashes begin elsewhere
        made = replace(made, runs=tuple(replace(run, spec=replace(run.spec, style=0)) for run in made.runs))
        if window is not None:
            made = made.windowed((*window, *made.full_bounds[2:]))
        return array(painted((620, 220), lambda p: made.paint(p, LIGHT)))

    short = picture()
    in_full()
    whole = picture()
    assert (np.abs(short - whole).max(axis=-1) > 90).mean() < 0.01


@pytest.mark.parametrize("bounds", [None, (-0.5, 0.5, -0.5, 0.5), (-1e-9, 1e-9, -1e-9, 1e-9)])
def test_a_trail_looks_the_same_at_every_step(scene, painted, in_full, bounds):
    view = Viewport(bounds or scene.bounds, RECT)
    runs = [replace(run, spec=replace(run.spec, style=0)) for run in scene.runs]

    def picture(step):
        layer = TrailLayer()
        layer.update(runs, scene.bounds, view, step, LIGHT)
        return array(painted((620, 220), layer.paint))

    steps = (40, 5_000, STEPS)
    short = [picture(step) for step in steps]
    in_full()
    for found, step in zip(short, steps, strict=True):
        assert (np.abs(found - picture(step)).max(axis=-1) > 90).mean() < 0.008, "but for edges painted over and over"


def test_only_so_many_strokes_are_kept(scene):
    view = Viewport(scene.bounds, RECT)
    counts = [len(trail(run.trajectory, scene.bounds, view, run_style(0, LIGHT)).line.lines) for run in scene.runs]
    assert max(counts) <= LONG
    assert counts[0] < 300, "what has converged moves no more"


def test_too_many_steps_of_all_runs_are_refused_in_a_sentence():
    with pytest.raises(InputError, match=r"^64 runs of 1,000,000 steps are more than 8,000,000 .* 125,000 steps"):
        resolve(Session("sphere", steps=1_000_000, runs=(RunSpec("sgd"),) * 64))
    assert MAX_STEPS_OF_ALL >= 4 * 1_000_000, "the textbook's four"
