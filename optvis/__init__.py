"""optvis shows how optimizers move."""

from __future__ import annotations

import os
from typing import Any

from optvis import optimizers
from optvis.engine import Trajectory, run
from optvis.errors import InputError
from optvis.gradient import numerical_gradient
from optvis.outcome import Outcome
from optvis.problems import Problem, problem
from optvis.session import RunSpec, Scene, Session, resolve

__version__ = "0.1.0"


def render(
    what: Any,
    file: str | os.PathLike[str],
    size: tuple[int, int] = (1200, 800),
    scale: float = 1.0,
    theme: str = "light",
    layout: str | None = None,
    step: int | None = None,
) -> None:
    """Draw a picture to a file, with the renderer of the window and without a window.

    Parameters
    ----------
    what
        Trajectories of one problem in a list, a `Session`, or a `Scene`.
    file
        Its ending says the kind: ``.png``.
    size, scale
        Width and height, and how many pixels each unit of them has.
    theme
        ``light`` or ``dark``.
    layout
        ``map`` or ``multiples``; None as the session says.
    step
        Trajectories are drawn up to here; None for the last.

    Raises
    ------
    InputError
        For unusable arguments; then no file is written.
    """
    from optvis.export import render as draw  # Qt is loaded with the first picture, not with optvis

    draw(what, file, size, scale, theme, layout, step)


__all__ = [
    "InputError",
    "Outcome",
    "Problem",
    "RunSpec",
    "Scene",
    "Session",
    "Trajectory",
    "numerical_gradient",
    "optimizers",
    "problem",
    "render",
    "resolve",
    "run",
]
