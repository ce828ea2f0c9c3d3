"""The Python interface as it is promised."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import optvis


def test_the_promised_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    p = optvis.problem("rosenbrock")  # a catalogue name
    assert p.name == "rosenbrock"
    p = optvis.problem("x**2/20 + y**2", bounds=(-10, 10, -10, 10))  # or a formula
    t = optvis.run(p, optvis.optimizers.Adam(lr=0.3), start=(-7, 2), steps=30)
    assert t.x.shape == t.y.shape == t.loss.shape == (31,)
    assert (t.outcome.kind, t.outcome.step) == ("moving", 30)
    assert isinstance(t.outcome.reason, str)

    def loss(params):
        return params["w"] @ params["w"] + params["b"] ** 2

    params = {"w": np.array([1.0, 2.0]), "b": 3.0}
    grads = optvis.numerical_gradient(loss, params, h=1e-4)
    assert grads.keys() == params.keys()
    np.testing.assert_allclose(grads["w"], [2, 4], atol=1e-8)
    assert grads["b"] == pytest.approx(6)
    opt = optvis.optimizers.Adam(lr=0.3)
    opt.update(params, grads)
    np.testing.assert_allclose(params["w"], [0.7, 1.7], atol=1e-6)
    assert params["b"] == pytest.approx(2.7)
    optvis.render([t], "adam.png")
    assert Path("adam.png").read_bytes().startswith(b"\x89PNG")


def test_the_textbooks_loop():
    """A dict of floats, and a gradient by hand."""
    params = {"x": -7.0, "y": 2.0}
    optimizer = optvis.optimizers.SGD(lr=0.95)
    for _ in range(30):
        optimizer.update(params, {"x": params["x"] / 10, "y": 2 * params["y"]})
    assert params["x"] == pytest.approx(-0.350392995752689, abs=1e-9)


def test_all_that_is_named_is_there():
    assert sorted(optvis.__all__) == optvis.__all__
    for name in optvis.__all__:
        assert getattr(optvis, name) is not None
    assert {"problem", "run", "optimizers", "numerical_gradient", "render"} <= set(optvis.__all__)
    assert issubclass(optvis.InputError, ValueError)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ([], "there is no trajectory to draw"),
        ("adam", "render draws trajectories of optvis.run"),
        (None, "render draws trajectories of optvis.run"),
        ([1, 2], "not int"),
    ],
)
def test_render_refuses_what_cannot_be_drawn(tmp_path, what, message):
    with pytest.raises(optvis.InputError, match=message):
        optvis.render(what, tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()


def test_render_draws_trajectories_sessions_and_scenes_alike(tmp_path):
    session = optvis.Session("sphere", runs=(optvis.RunSpec("sgd", (("lr", 0.1),)),))
    trajectory = optvis.run(optvis.problem("sphere"), optvis.optimizers.SGD(lr=0.1))
    pictures = set()
    for what in (session, optvis.resolve(session), trajectory, [trajectory]):
        optvis.render(what, tmp_path / "a.png", size=(400, 300), theme="dark", step=7)
        with Image.open(tmp_path / "a.png") as picture:
            pictures.add(picture.tobytes())
    assert len(pictures) == 1


def test_render_draws_a_users_own_optimizer(tmp_path):
    class Mine:
        def __init__(self, lr=0.1):
            self.lr = lr

        def update(self, params, grads):
            for k in params:
                params[k] = params[k] - self.lr * grads[k]

    t = optvis.run(optvis.problem("sphere"), Mine(), steps=20)
    optvis.render([t], tmp_path / "mine.png", size=(400, 300))
    assert (tmp_path / "mine.png").stat().st_size > 5_000
