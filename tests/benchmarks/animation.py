"""A GIF of 120 frames at 800 × 600 against `matplotlib.animation` with its PillowWriter.

Both draw the same: a filled surface with fifteen contours, axes, a title with the step, four runs whose
trails grow by a step a frame, with their heads and a legend. matplotlib's figure and artists are made
beforehand; of ours everything is measured.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from optvis import render
from optvis.document.session import Scene, Session, resolve
from optvis.document.session_file import preset
from optvis.landscape.loss_surface import sample
from tests.benchmarks.ratio import Comparison, compare

FRAMES, SIZE, RATE = 120, (800, 600), 20
PRESETS = ("textbook", "ravine")


def run(repeats: int) -> Iterator[Comparison]:
    """Every preset."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: F401
    except ImportError:
        print("  skipped: matplotlib is not installed; the extra `bench` has it")
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in PRESETS:
            session: Session = replace(preset(name), steps=FRAMES - 1)
            scene = resolve(session)
            ours, other = Path(folder, "ours.gif"), Path(folder, "other.gif")
            animation = matplotlib_animation(scene)
            yield compare(
                name,
                lambda scene=scene, ours=ours: render(scene, ours, SIZE, fps=RATE, steps_per_frame=1, layout="map"),
                lambda animation=animation, other=other: save(animation, other),
                min(repeats, 3),
                wanted=5,
            )


def save(animation: Any, file: Path) -> None:
    """Write a GIF as matplotlib's manual does."""
    from matplotlib.animation import PillowWriter

    animation.save(file, writer=PillowWriter(fps=RATE))


def matplotlib_animation(scene: Scene) -> Any:
    """Lay the same content out with matplotlib."""
    from matplotlib.animation import FuncAnimation
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    grid = sample(scene.problem, scene.bounds, (300, 400))
    shown = scene.scale.normalised(grid.values)
    axes.imshow(shown, extent=scene.bounds, origin="lower", aspect="auto", cmap="viridis", alpha=0.4)
    axes.contour(grid.xs, grid.ys, shown, 15, colors="black", linewidths=0.6, alpha=0.4)
    artists = []
    for run in scene.runs:
        (line,) = axes.plot([], [], ".-", label=run.label)
        (head,) = axes.plot([], [], "o", color=line.get_color())
        artists.append((line, head))
    axes.set_xlim(scene.bounds[:2])
    axes.set_ylim(scene.bounds[2:])
    axes.legend(loc="lower center", ncols=len(scene.runs))
    title = axes.set_title("")

    def draw(step: int) -> list[Any]:
        title.set_text(f"step {step} of {scene.steps}")
        for (line, head), run in zip(artists, scene.runs, strict=True):
            x, y = np.nan_to_num(run.trajectory.x), np.nan_to_num(run.trajectory.y)
            line.set_data(x[: step + 1], y[: step + 1])
            head.set_data(x[step : step + 1], y[step : step + 1])
        return [title, *(artist for pair in artists for artist in pair)]

    return FuncAnimation(figure, draw, frames=FRAMES)
