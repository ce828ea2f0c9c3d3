"""Formulas and windows at the edges of what a float can hold: everything is drawn, computed or refused, in silence."""

import warnings
from dataclasses import replace
from itertools import product

import pytest

import optvis
from optvis import InputError, RunSpec, Session, View, optimizers, problem
from optvis.draw.paint.axes import crisp
from optvis.engine.preparation import run_settings
from optvis.foundation.slices import finish
from optvis.maps.slider_sweeps import grooves_in_slices
from optvis.problems.problem import LARGEST, WIDEST, checked_bounds
from tests.gui.conftest import *  # noqa: F403  # a window of its own
from tests.gui.conftest import settle

FORMULAS = [
    "1e307*x", "4.9e-324*x", "1e-308*x", "1e-310*x + 1e-310*y", "minimum(x, 1/y)", "1/x", "-exp(-8.5*(x**2 + y**2))",
    "exp(exp(x))", "x*1e308 - y*1e308", "log(x)", "sqrt(x*y)", "0*x", "1e300*x**2 + y**2", "1e-300*(x**2 + y**2)",
    "x**2/0", "tan(x*1e200)",
]  # fmt: skip
WINDOWS = {
    "usual": (-10.0, 10.0, -10.0, 10.0),
    "tiny": (-1e-290, 1e-290, -1e-290, 1e-290),
    "huge": (-1e150, 1e150, -1e150, 1e150),
    "narrow": (1e6, 1e6 + 1e-5, 0.0, 1.0),
    "both": (-1e-200, 1e150, -1e-200, 1e150),
}
VIEW = View(
    field="log", arrows=("step", "gradient"), charts=("loss", "slope", "length", "distance", "x", "y"), swarm=20
)
RUNS = (RunSpec("sgd"), RunSpec("adam", style=1))


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_picture_is_drawn_and_every_map_computed(formula, tmp_path):
    for (name, box), layout in product(WINDOWS.items(), ("map", "surface", "figure", "basins", "sweep")):
        view = replace(VIEW, profile=(box[0], box[2], box[1], box[3]), aspect="equal" if name == "huge" else "free")
        session = Session(formula, bounds=box, steps=6, runs=RUNS, view=view)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            optvis.render(session, tmp_path / "a.png", size=(300, 260), layout=layout)
    for box in WINDOWS.values():
        of = problem(formula, bounds=box)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            optvis.basin_map(of, optimizers.Adam(), 8, 5)
            optvis.sweep_map(of, optimizers.Adam(), {"lr": [0.1, 1e140], "beta1": [0.1, 0.2]}, steps=5)
            optvis.tune(of, "sgd", budget=3000, steps=5)
            settings = run_settings(of, optimizers.Momentum(), None, 5, "central")
            assert finish(
                grooves_in_slices(
                    settings, [hyper.reaching(1e-3) for hyper in settings.optimizer.hyperparameters[:2]], 20
                )
            )


@pytest.mark.parametrize("formula", ["1e-308*x", "1e-310*x", "-exp(-8.5*(x**2 + y**2))", "1e307*x", "1/x"])
def test_the_window_shows_it_in_every_way(qtbot, make_window, formula):
    window = make_window(Session("quadratic-valley", steps=20, runs=RUNS, view=replace(VIEW, field="off")))
    window.store.edit(replace(window.store.session, problem=formula, bounds=None, start=None))
    settle(qtbot, window)
    for layout in ("map", "surface", "basins", "sweep", "multiples"):
        window.set_view(layout=layout)
        settle(qtbot, window)
        for theme in ("dark", "light"):
            window.set_theme(theme)
            assert not window.grab().isNull()
    for x, y in ((0.0, 0.0), (9.0, -9.0), (-1e-9, 1e-9)):
        window.store.edit(replace(window.store.session, start=(x, y)))
        settle(qtbot, window)
        window.grab()


@pytest.mark.parametrize("factor", [1.2, 1 / 1.2, 1e9, 1e-9])
def test_one_limit_holds_for_every_zoom_and_for_bounds(qtbot, make_window, factor):
    window = make_window(Session("quadratic-valley", steps=5, runs=RUNS, view=View(layout="basins")))
    canvas = window.canvas
    middle = canvas.viewport.rect.center()
    for _ in range(200):
        canvas.zoom(factor)
        canvas.pan(0.3, 0.1)
    checked_bounds(canvas.viewport.bounds, WIDEST)
    settle(qtbot, window)
    assert canvas.layers.error == ""
    assert canvas.viewport.rect.center() == middle
    window.grab()


def test_bounds_that_floats_can_tell_apart_are_taken_and_others_refused():
    for low, high in ((-LARGEST, LARGEST), (1.0, 1.0 + 2**-39), (0.0, 1e-289), (-1e-290, 1e-290)):
        assert checked_bounds((low, high, 0, 1))[:2] == (low, high)
    for low, high in ((1.0, 1.0 + 2**-41), (0.0, 1e-300), (-1e-300, 1e-300), (0.0, 5e-324)):
        with pytest.raises(InputError, match="too close together"):
            checked_bounds((low, high, 0, 1))
    with pytest.raises(InputError, match="between -1e\\+150 and 1e\\+150"):
        checked_bounds((-2e150, 0, 0, 1))


def test_a_place_beyond_all_pixels_is_no_error():
    assert crisp(3.7) == 3.5
    assert crisp(float("inf")) == float("inf")
