"""What the renderer needs to know of a scene; `optvis.document.session.Scene` has it, and more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from optvis.document.session import RunSpec, Session
from optvis.engine.trajectory import Trajectory
from optvis.landscape.loss_surface import LossScale
from optvis.problems.gradient import Scheme
from optvis.problems.problem import Bounds, Problem


class Run(Protocol):
    """One run; of its ``spec`` only the style is drawn."""

    @property
    def spec(self) -> RunSpec:
        """Whose ``style`` is 0 to 63."""

    @property
    def label(self) -> str:
        """Its name in legends."""

    @property
    def trajectory(self) -> Trajectory:
        """A lone run."""


def chosen_last(scene: Drawable, runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return runs in the order in which they are painted: the chosen one on top of all others."""
    chosen = scene.chosen
    return (*(run for run in runs if run is not chosen), *(run for run in runs if run is chosen))


class Drawable(Protocol):
    """A scene."""

    @property
    def problem(self) -> Problem:
        """Whose formula and minima are drawn."""

    @property
    def scale(self) -> LossScale:
        """Of colours and contour levels."""

    @property
    def bounds(self) -> Bounds:
        """The domain."""

    @property
    def start(self) -> tuple[float, float]:
        """Plane coordinates."""

    @property
    def steps(self) -> int:
        """The last step of any run."""

    @property
    def session(self) -> Session:
        """Whose ``view`` says aspect, layout and colour map."""

    @property
    def runs(self) -> Sequence[Run]:
        """All runs."""

    @property
    def visible_runs(self) -> Sequence[Run]:
        """The runs that are drawn."""

    @property
    def chosen(self) -> Run | None:
        """The run that has arrows at its head, if any."""

    @property
    def gradient(self) -> Scheme:
        """How gradients were computed."""
