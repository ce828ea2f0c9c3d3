"""Whatever is passed to the Python interface by mistake is refused in one sentence that says what would be right."""

import numpy as np
import pytest

import optvis
from optvis import InputError, RunSpec, Session, View, numerical_gradient, problem
from optvis.optimizers import Adam

RUNS = (RunSpec("adam"),)
NAN = float("nan")


def session(**changes):
    return optvis.resolve(Session(**{"problem": "sphere", "runs": RUNS, "steps": 3} | changes))


def render(**changes):
    trajectory = optvis.run(problem("sphere"), Adam(), steps=3)
    optvis.render(**{"what": [trajectory], "file": "made.png"} | changes)


def run(**changes):
    optvis.run(**{"problem": problem("sphere"), "optimizer": Adam(), "steps": 3} | changes)


def slope(loss=lambda p: p["x"], params=None, **changes):
    numerical_gradient(loss, {"x": 1.0} if params is None else params, **changes)


WRONG = [
    (View, {"layout": "foo"}, "map, multiples"),
    (View, {"layout": None}, "map, multiples"),
    (View, {"layout": "charts"}, "map, multiples"),
    (View, {"colormap": "jet"}, "viridis and cividis"),
    (View, {"levels": 3}, "auto, linear and log"),
    (View, {"aspect": None}, "free and equal"),
    (View, {"charts": "loss"}, "in a list"),
    (View, {"charts": ("foo",)}, "loss, slope"),
    (View, {"arrows": None}, "in a list"),
    (View, {"arrows": ("x",)}, "gradient, velocity"),
    (View, {"loss_axis": "x"}, "log and linear"),
    (View, {"chosen": "a"}, "from 0"),
    (View, {"chosen": -1}, "from 0"),
    (View, {"chosen": True}, "from 0"),
    (View, {"swarm": -3}, "from 0 to 100,000"),
    (View, {"swarm": 10**9}, "from 0 to 100,000"),
    (View, {"swarm": "many"}, "from 0 to 100,000"),
    (View, {"profile": (1, 2)}, "ax,ay,bx,by"),
    (View, {"profile": (0, 0, NAN, 1)}, "profile"),
    (View, {"sweep_x": 3}, "must be text"),
    (RunSpec, {"optimizer": 3}, "must be text"),
    (RunSpec, {"optimizer": "adam", "hyper": 3}, "by name"),
    (RunSpec, {"optimizer": "adam", "hyper": {"lr": "a"}}, "lr must be a number"),
    (RunSpec, {"optimizer": "adam", "hyper": {"lr": None}}, "lr must be a number"),
    (RunSpec, {"optimizer": "adam", "style": 99}, "from 0 to"),
    (RunSpec, {"optimizer": "adam", "style": -1}, "from 0 to"),
    (RunSpec, {"optimizer": "adam", "label": 3}, "must be text"),
    (RunSpec, {"optimizer": "adam", "visible": "no"}, "True or False"),
    (session, {"problem": 3}, "must be text"),
    (session, {"steps": "a"}, "whole number"),
    (session, {"start": (1,)}, "two numbers"),
    (session, {"bounds": (1, 2)}, "four numbers"),
    (session, {"gradient": 3}, "central"),
    (session, {"runs": ("adam",)}, "RunSpec('adam')"),
    (session, {"runs": RunSpec("adam")}, "in a list"),
    (session, {"seed": "a"}, "seed"),
    (session, {"view": "map"}, "View("),
    (optvis.resolve, {"session": "sphere"}, "Session("),
    (optvis.resolve, {"session": None}, "Session("),
    (optvis.resolve, {"session": Session("sphere"), "previous": 3}, "resolve"),
    (render, {"size": (300,)}, "(1200, 800)"),
    (render, {"size": 300}, "(1200, 800)"),
    (render, {"size": "big"}, "(1200, 800)"),
    (render, {"size": (300, "a")}, "from 200 to 10,000"),
    (render, {"size": (NAN, 300)}, "from 200 to 10,000"),
    (render, {"scale": "2"}, "from 0.25 to 8"),
    (render, {"scale": None}, "from 0.25 to 8"),
    (render, {"scale": True}, "from 0.25 to 8"),
    (render, {"theme": "blue"}, "light and dark"),
    (render, {"theme": 3}, "light and dark"),
    (render, {"layout": "foo"}, "map, multiples"),
    (render, {"layout": 3}, "map, multiples"),
    (render, {"layout": ""}, "map, multiples"),
    (render, {"step": "a"}, "whole number"),
    (render, {"step": 2.5}, "whole number"),
    (render, {"step": (1,)}, "first and the last"),
    (render, {"transparent": "yes"}, "True or False"),
    (render, {"file": 3}, "text or a path"),
    (render, {"file": None}, "text or a path"),
    (render, {"file": b"made.png"}, "text or a path"),
    (render, {"file": "made.gif", "fps": "fast"}, "from 1 to 60"),
    (render, {"file": "made.gif", "fps": NAN}, "from 1 to 60"),
    (render, {"file": "made.gif", "hold": -1}, "from 0 to 60"),
    (render, {"file": "made.gif", "loop": "no"}, "True or False"),
    (render, {"file": "made.gif", "steps_per_frame": 0.5}, "whole number"),
    (render, {"file": "made.gif", "steps_per_frame": "a"}, "whole number"),
    (render, {"arrows": "gradient"}, "in a list"),
    (render, {"field": "x"}, "off, linear"),
    (render, {"charts": 3}, "in a list"),
    (render, {"swarm": "a"}, "from 0 to 100,000"),
    (render, {"profile": 3}, "four numbers"),
    (render, {"what": 3}, "optvis.run"),
    (render, {"what": []}, "at least one"),
    (problem, {"name_or_formula": 3}, "x**2/20 + y**2"),
    (problem, {"name_or_formula": None}, "x**2/20 + y**2"),
    (problem, {"name_or_formula": ["x"]}, "x**2/20 + y**2"),
    (problem, {"name_or_formula": b"x"}, "x**2/20 + y**2"),
    (problem, {"name_or_formula": "sphere", "bounds": 3}, "four numbers"),
    (problem, {"name_or_formula": "x", "start": (NAN, 1)}, "two numbers"),
    (run, {"problem": "sphere"}, "problem("),
    (run, {"optimizer": "adam"}, "update(params, grads)"),
    (run, {"start": 3}, "two numbers"),
    (run, {"steps": True}, "whole number"),
    (run, {"gradient": 3}, "central"),
    (Adam, {"lr": "a"}, "lr must be a number"),
    (slope, {"loss": 3}, "a function"),
    (slope, {"params": 3}, "by name"),
    (slope, {"params": [1.0]}, "by name"),
    (slope, {"params": {"x": "a"}}, "numbers"),
    (slope, {"h": "a"}, "1e-4"),
    (slope, {"h": 0}, "1e-4"),
    (slope, {"loss": lambda p: "a"}, "returns a number"),
    (slope, {"loss": lambda p: None}, "returns a number"),
    (optvis.basin_map, {"problem": "sphere", "optimizer": Adam()}, "problem("),
    (optvis.basin_map, {"problem": problem("sphere"), "optimizer": Adam(), "resolution": "a"}, "whole number"),
    (optvis.lattice, {"problem": "a", "n": 3}, "problem("),
    (optvis.random_starts, {"problem": problem("sphere"), "n": -3}, "from 1"),
    (optvis.compare, {"problem": problem("sphere"), "optimizers": 3}, "in a list"),
]


@pytest.mark.parametrize(("call", "values", "right"), WRONG)
def test_a_wrong_value_is_refused_in_a_sentence(call, values, right, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as refused:
        call(**values)
    assert right in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not list(tmp_path.iterdir()), "nothing is half written"


def test_what_numpy_counts_with_is_taken(tmp_path):
    view = View(chosen=np.int64(0), swarm=np.int32(4), charts=["loss", "slope"])
    assert view.charts == ("loss", "slope")
    assert session(view=view, runs=[RunSpec("adam", {"lr": np.float32(0.5)})]).runs[0].hyper["lr"] == 0.5
    render(file=tmp_path / "made.png", size=np.array([300, 200]), scale=np.float64(1), step=np.int64(2))
    assert (tmp_path / "made.png").stat().st_size > 500


def test_a_fault_within_a_loss_is_its_own():
    with pytest.raises(TypeError, match="unsupported"):
        numerical_gradient(lambda p: p["x"] + None, {"x": 1.0})
