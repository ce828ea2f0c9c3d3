"""All slider grooves of eight runs on the quadratic valley, against NumPy for one sweep.

Ours are 20 sliders of 256 values and 200 steps each, every cell judged. The baseline carries 256 learning
rates of Adam together as lanes of NumPy arrays for 200 steps, and judges nothing.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from optvis.document.session import RunSpec, Scene, Session, resolve
from optvis.engine.lanes import run_lanes
from optvis.engine.preparation import run_settings
from optvis.foundation.slices import finish
from optvis.maps.slider_sweeps import FINE, Groove, grooves_in_slices
from optvis.optimizers import Adam
from tests.benchmarks.ratio import Comparison, compare

STEPS = 200
RUNS = ("momentum", "nesterov", "rmsprop", "adadelta", "adam", "adamw", "amsgrad", "adamax")
SLIDERS = 20
RATES = np.geomspace(1e-3, 10.0, FINE)


def grooves(scene: Scene) -> list[Groove]:
    """The first 20 of what all shown sliders would do."""
    found: list[Groove] = []
    for run in scene.runs:
        sliders = [hyper for hyper in run.optimizer.hyperparameters if hyper.main and hyper.scale != "switch"]
        sliders = sliders[: SLIDERS - len(found)]
        slices = grooves_in_slices(
            run_settings(scene.problem, run.optimizer(**run.hyper), scene.start, STEPS, scene.gradient), sliders, FINE
        )
        found += finish(slices).values()
    return found


def sweep(start: tuple[float, float], h: float = 1e-4) -> Any:
    """x and y after all steps, for every learning rate."""

    def loss(x: Any, y: Any) -> Any:
        return x**2 / 20.0 + y**2

    x, y = (np.full(len(RATES), value) for value in start)
    m, v = [0.0, 0.0], [0.0, 0.0]
    for t in range(1, STEPS + 1):
        gradient = (
            (loss(x + h, y) - loss(x - h, y)) / (2 * h),
            (loss(x, y + h) - loss(x, y - h)) / (2 * h),
        )
        moved = []
        for index, (value, g) in enumerate(zip((x, y), gradient, strict=True)):
            m[index] = 0.9 * m[index] + 0.1 * g
            v[index] = 0.999 * v[index] + 0.001 * g**2
            m_hat, v_hat = m[index] / (1 - 0.9**t), v[index] / (1 - 0.999**t)
            moved.append(value - RATES * m_hat / (np.sqrt(v_hat) + 1e-8))
        x, y = moved
    return x, y


def run(repeats: int) -> Iterator[Comparison]:
    """Ours may take twice as long."""
    scene = resolve(Session("quadratic-valley", steps=STEPS, runs=tuple(RunSpec(name) for name in RUNS)))
    assert len(grooves(scene)) == SLIDERS
    ends = run_lanes(run_settings(scene.problem, Adam(lr=RATES), steps=STEPS))
    np.testing.assert_allclose(np.column_stack([ends.x, ends.y]), np.column_stack(sweep(scene.start)), atol=1e-6)
    name = f"{SLIDERS} sliders of {len(RUNS)} runs"
    yield compare(name, lambda: grooves(scene), lambda: sweep(scene.start), repeats, wanted=0.5)
