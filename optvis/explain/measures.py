"""What charts show of a trajectory: a number for every step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from optvis.engine.trajectory import Trajectory
from optvis.problems.problem import Problem

Array = NDArray[np.float64]
MeasureName = Literal["loss", "slope", "length", "distance", "x", "y"]
Against = Literal["steps", "evaluations"]


@dataclass(frozen=True)
class Measure:
    """What one kind of chart shows.

    Attributes
    ----------
    title
        As in menus and above a chart.
    label
        The same in symbols.
    meaning
        One line for people.
    has_log
        Whether logarithms make sense: it is never below 0, or the loss, which can be taken above
        its known minimum.
    """

    kind: MeasureName
    title: str
    label: str
    meaning: str
    has_log: bool = True


MEASURES: dict[MeasureName, Measure] = {
    measure.kind: measure
    for measure in (
        Measure("loss", "Loss", "f", "The loss, or how far it is above the known minimum"),
        Measure("slope", "Gradient norm", "|∇f|", "How steep the loss is, by its numerical gradient"),
        Measure("length", "Step length", "|Δθ|", "How far the last update moved the parameters"),
        Measure("distance", "Distance to minimum", "|θ − θ*|", "How far the nearest known minimum is"),
        Measure("x", "x", "x", "The first coordinate", has_log=False),
        Measure("y", "y", "y", "The second coordinate", has_log=False),
    )
}
"""All kinds of charts, in the order of menus."""


def measure_of(problem: Problem, kind: MeasureName) -> Measure:
    """Return what a kind of chart shows of a problem, whose coordinates may have names of their own."""
    measure = MEASURES[kind]
    if kind not in ("x", "y"):
        return measure
    name = problem.plane.names[kind == "y"]
    return replace(measure, title=name, label=name)


_known: WeakKeyDictionary[Trajectory, dict[MeasureName, Array]] = WeakKeyDictionary()
_blocks: WeakKeyDictionary[Trajectory, dict[MeasureName, Array]] = WeakKeyDictionary()


def series(trajectory: Trajectory, kind: MeasureName) -> Array:
    """Return a number for every row of a trajectory; kept as long as the trajectory.

    Shaped like its ``loss``: ``(T+1,)`` for a lone run, else ``(T+1, L)``; nan where there is none, as
    for the length of a step at the start, or the distance where no minimum is known. Lengths and
    distances are Euclidean, over all parameters.
    """
    known = _known.setdefault(trajectory, {})
    if kind not in known:
        known[kind] = _series(trajectory, kind)
    return known[kind]


LONG = 131_072
"""Rows; a picture shows more of them by blocks."""
BLOCK = 16
"""Rows of a block."""


def lowest_and_highest(trajectory: Trajectory, kind: MeasureName) -> Array:
    """Return the lowest and the highest number in every `BLOCK` rows of a lone run's series, ``(n, 2)``.

    What is not a number does not count; a block of nothing else is nan. Kept as long as the trajectory.
    """
    known = _blocks.setdefault(trajectory, {})
    if kind not in known:
        values = series(trajectory, kind)
        whole = np.full(-(-len(values) // BLOCK) * BLOCK, np.nan)
        whole[: len(values)] = values
        blocks = whole.reshape(-1, BLOCK)
        known[kind] = np.column_stack([np.fmin.reduce(blocks, axis=1), np.fmax.reduce(blocks, axis=1)])
    return known[kind]


def in_short(trajectory: Trajectory, kind: MeasureName) -> Array:
    """Return the numbers of a lone run's series, of a long one those that are extreme in its blocks."""
    values = series(trajectory, kind)
    return values if len(values) <= LONG else lowest_and_highest(trajectory, kind).ravel()


def missing(problem: Problem, kind: MeasureName) -> str:
    """Return why a problem has no such series, in words; empty when it has."""
    return "no minimum is known" if kind == "distance" and not problem.minima else ""


def evaluations_per_step(trajectory: Trajectory) -> int:
    """Return how many loss evaluations the gradient of one update needs."""
    coordinates = sum(int(np.size(origin)) for origin in trajectory.problem.plane.origin.values())
    return trajectory.gradient.evaluations(coordinates)


def per_step(trajectory: Trajectory, against: Against) -> int:
    """Return how far one step goes along the axis of a chart: 1, or the evaluations it needs."""
    return evaluations_per_step(trajectory) if against == "evaluations" else 1


def along(trajectory: Trajectory, against: Against) -> Array:
    """Return where each row stands on the axis of a chart: its step, or the evaluations until then, ``(T+1,)``."""
    return np.arange(trajectory.steps + 1.0) * per_step(trajectory, against)


def _series(trajectory: Trajectory, kind: MeasureName) -> Array:
    if kind == "length":
        with np.errstate(all="ignore"):
            moved = _norm({key: np.diff(value, axis=0) for key, value in trajectory.params.items()})
        return np.concatenate([np.full((1, moved.shape[1]), np.nan), moved]).reshape(trajectory.loss.shape)
    if kind == "distance":
        return _distance(trajectory)
    found: Array = getattr(trajectory, kind)
    return found


def _distance(trajectory: Trajectory) -> Array:
    nearest: Array = np.full_like(trajectory.loss, np.nan)
    for minimum in trajectory.problem.minima:
        place = trajectory.problem.plane.point(minimum.x, minimum.y)
        with np.errstate(all="ignore"):
            away = {k: value - np.asarray(place[k])[..., np.newaxis] for k, value in trajectory.params.items()}
            nearest = np.fmin(nearest, _norm(away).reshape(trajectory.loss.shape))
    return nearest


def _norm(vectors: dict[str, Any]) -> Array:
    """Euclidean norm over all parameters ``(rows, *shape, L)``: ``(rows, L)``.

    By hypotenuses, so that squares of very large and very small lengths are no trouble.
    """
    rows, lanes = next((len(value), value.shape[-1]) for value in vectors.values())
    parts = np.concatenate([np.reshape(value, (rows, -1, lanes)) for value in vectors.values()], axis=1)
    norm: Array = np.hypot.reduce(parts, axis=1)
    return norm
