"""optvis shows how optimizers move.

Imports foundation, problems, optimizers, engine, maps, tuning, document, export, plot and cli.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from optvis import optimizers
from optvis.document.command_options import run_spec
from optvis.document.picture_spec import Picture
from optvis.document.session import RunSpec, Scene, Session, View, resolve
from optvis.engine.outcome import Outcome
from optvis.engine.trajectory import Trajectory, run
from optvis.foundation.checked import words
from optvis.foundation.errors import InputError
from optvis.foundation.version import __version__
from optvis.maps.basins import BasinMap, basin_map
from optvis.maps.sweeps import SweepMap, step_sweep, sweep_map
from optvis.optimizers.base import RuleOptimizer
from optvis.optimizers.catalogue import optimizer_class
from optvis.problems.gradient import numerical_gradient
from optvis.problems.problem import Problem, problem
from optvis.problems.start_sets import lattice, random_starts

if TYPE_CHECKING:
    from optvis.tuning.tune import Tuning, compare, tune


def render(
    what: Any,
    file: str | os.PathLike[str],
    size: tuple[float, float] | None = None,
    scale: float = 1.0,
    theme: str = "light",
    layout: str | None = None,
    step: int | tuple[int, int] | None = None,
    *,
    arrows: Collection[str] | None = None,
    field: str | None = None,
    charts: Collection[str] | None = None,
    swarm: int | None = None,
    profile: Sequence[float] | None = None,
    transparent: bool = False,
    fps: float = 20.0,
    steps_per_frame: int | None = None,
    hold: float = 1.5,
    loop: bool = True,
) -> None:
    """Draw a picture or an animation to a file, with the renderer of the window and without a window.

    Parameters
    ----------
    what
        Trajectories of one problem in a list, a `Session`, or a `Scene`.
    file
        Its ending says the kind: ``.png``, ``.svg`` or ``.pdf`` for a picture; ``.gif``, ``.apng``,
        ``.webp`` or ``.mp4`` for an animation. ``.mp4`` takes the extra ``video``.
    size, scale
        Width and height, and how many pixels each unit of them has; None for 1200 by 800, an
        animation 800 by 600.
    theme
        ``light`` or ``dark``.
    layout
        ``map``, ``multiples``, ``surface``, ``charts``, ``figure`` (the map with charts), ``basins`` (of the
        chosen run, or of each) or ``sweep`` (over hyperparameters of the chosen run); None as the session
        says.
    step
        Trajectories are drawn up to here; None for the last, in an animation for the one from which nothing is
        seen to move any more. Two are the first and the last of an animation.
    arrows
        At the head of the chosen run: of ``gradient``, ``velocity``, ``scaling`` and ``step``; None as
        the session says.
    field
        Arrows of the negative gradient over the map, their lengths ``linear``, ``log`` or ``equal``, or
        ``off``; None as the session says.
    charts
        Of ``loss``, ``slope``, ``length``, ``distance``, ``x`` and ``y``; None as the session says.
    swarm
        From how many starts, up to 100,000, the optimizer of the chosen run moves as points over the map;
        in multiples each run's. 0 for none, None as the session says.
    profile
        The ends ax, ay, bx, by of a line over the map; a figure has a chart of the loss along it. None as the
        session says.
    transparent
        Whether a picture's page has no background.
    fps, steps_per_frame
        Frames per second of an animation, and the steps from one to the next; None for at most some
        200 frames.
    hold
        Seconds for which the last frame stays longer.
    loop
        Whether the animation begins again at its end.

    Raises
    ------
    InputError
        For unusable arguments; then no file is written.
    """
    from optvis.export.render import render as draw  # Qt is loaded with the first picture, not with optvis

    picture = Picture(file, size, scale, theme, layout, step, transparent, fps, steps_per_frame, hold, loop)
    draw(what, picture, arrows=arrows, field=field, charts=charts, swarm=swarm, profile=profile)


def optimizer(text: str) -> RuleOptimizer:
    """Make an optimizer of its line: a name with hyperparameters, and what surrounds it.

    Parameters
    ----------
    text
        ``"adam:lr=0.2,beta1=0.8 | weight-decay:rate=0.3 | clip-norm:max_norm=0.4 | warmup:total_iters=6 |
        cosine:T_max=30"``: an optimizer of the catalogue or ``rule{ … }``, hooks in their order, then warm-up and a
        schedule; the same line as after ``-O`` on the command line. What is not given stands at its default.

    Raises
    ------
    InputError
        For a name, a parameter or a value that cannot be used.
    """
    spec = run_spec(words("the line of an optimizer", text))
    return optimizer_class(spec.optimizer)(**dict(spec.hyper))


def __getattr__(name: str) -> Any:
    """Load what few programs need when it is asked for: tuning, and `optvis.items` with pyqtgraph."""
    if name == "items":
        return importlib.import_module("optvis.items")
    if name in ("Tuning", "compare", "tune"):
        globals()[name] = getattr(importlib.import_module("optvis.tuning.tune"), name)
        return globals()[name]
    raise AttributeError(f"module 'optvis' has no attribute {name!r}")


__all__ = [
    "BasinMap",
    "InputError",
    "Outcome",
    "Problem",
    "RunSpec",
    "Scene",
    "Session",
    "SweepMap",
    "Trajectory",
    "Tuning",
    "View",
    "__version__",
    "basin_map",
    "compare",
    "lattice",
    "numerical_gradient",
    "optimizer",
    "optimizers",
    "problem",
    "random_starts",
    "render",
    "resolve",
    "run",
    "step_sweep",
    "sweep_map",
    "tune",
]
