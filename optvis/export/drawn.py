"""What is to be drawn, made of whatever a caller has: trajectories, a session or a scene."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optvis.document.picture_spec import with_view
from optvis.document.session import RunSpec, Scene, Session, resolve
from optvis.draw.paint.drawable import Drawable
from optvis.engine.trajectory import Trajectory
from optvis.foundation.errors import InputError
from optvis.landscape.loss_surface import LossScale, loss_scale
from optvis.optimizers.catalogue import CATALOGUE
from optvis.problems.gradient import Scheme
from optvis.problems.problem import Bounds, Problem


@dataclass(frozen=True, eq=False)
class DrawnRun:
    """A trajectory of any optimizer, also one that is in no catalogue."""

    spec: RunSpec
    label: str
    trajectory: Trajectory


@dataclass(frozen=True, eq=False)
class DrawnScene:
    """Trajectories of one problem as a scene that can be drawn."""

    session: Session
    problem: Problem
    scale: LossScale
    start: tuple[float, float]
    steps: int
    gradient: Scheme
    runs: tuple[DrawnRun, ...]

    @property
    def bounds(self) -> Bounds:
        """The domain: xmin, xmax, ymin, ymax."""
        return self.problem.plane.bounds

    @property
    def visible_runs(self) -> tuple[DrawnRun, ...]:
        """All of them."""
        return self.runs

    @property
    def chosen(self) -> DrawnRun | None:
        """The first."""
        return self.runs[0] if self.runs else None


def drawn(
    what: Any,
    arrows: Collection[str] | None = None,
    field: str | None = None,
    charts: Collection[str] | None = None,
    swarm: int | None = None,
    profile: Sequence[float] | None = None,
) -> Drawable:
    """Return what can be drawn of a scene, a session, a trajectory or several of one problem.

    Parameters
    ----------
    arrows, field, charts, swarm, profile
        In place of those of the view.

    Raises
    ------
    InputError
        For anything else.
    """
    scene = _drawn(what)
    return replace(scene, session=with_view(scene.session, arrows, field, charts, swarm, profile))


def _drawn(what: Any) -> Scene | DrawnScene:
    if isinstance(what, (Scene, DrawnScene)):
        return what
    if isinstance(what, Session):
        return resolve(what)
    if isinstance(what, Trajectory):
        what = [what]
    trajectories = list(what) if isinstance(what, Iterable) and not isinstance(what, (str, bytes)) else [what]
    for trajectory in trajectories:
        if not isinstance(trajectory, Trajectory):
            raise InputError(
                f"render draws trajectories of optvis.run, a Session or a Scene, not {type(trajectory).__name__}; "
                "for example optvis.render([t], 'picture.png')"
            )
    if not trajectories:
        raise InputError("there is no trajectory to draw; pass at least one")
    return _from_trajectories(trajectories)


def _from_trajectories(trajectories: list[Trajectory]) -> DrawnScene:
    problem = trajectories[0].problem
    for trajectory in trajectories:
        if trajectory.problem is not problem and _identity(trajectory.problem) != _identity(problem):
            raise InputError(
                "all trajectories of a picture must be of one problem, not of"
                f" {problem.name} and {trajectory.problem.name}"
            )
        if trajectory.loss.ndim != 1:
            raise InputError(
                f"a trajectory of {trajectory.loss.shape[1]} lanes cannot be drawn yet; run each start by itself"
            )
    session = Session(problem.name)
    labels = _labels(trajectories)
    runs = tuple(
        DrawnRun(RunSpec(trajectory.optimizer, style=index), labels[index], trajectory)
        for index, trajectory in enumerate(trajectories)
    )
    start = float(trajectories[0].x[0]), float(trajectories[0].y[0])
    steps = max(trajectory.steps for trajectory in trajectories)
    return DrawnScene(session, problem, loss_scale(problem), start, steps, trajectories[0].gradient, runs)


def _identity(problem: Problem) -> tuple[Any, ...]:
    return problem.name, problem.plane.bounds, problem.formula


def _labels(trajectories: list[Trajectory]) -> list[str]:
    """Titles, and where one stands twice the hyperparameters that differ."""
    titles = [CATALOGUE[one.optimizer].title if one.optimizer in CATALOGUE else one.optimizer for one in trajectories]
    labels = []
    for title, one in zip(titles, trajectories, strict=True):
        twins = [other.hyper for other, name in zip(trajectories, titles, strict=True) if name == title]
        plain = {name: value for name, value in one.hyper.items() if isinstance(value, (int, float, np.number))}
        differing = [name for name, value in plain.items() if any(twin.get(name) != value for twin in twins)]
        detail = ", ".join(f"{name} {plain[name]:g}" for name in differing)
        labels.append(f"{title} ({detail})" if detail else title)
    return labels
