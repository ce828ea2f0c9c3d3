"""The minima that runs lead to: the listed ones, and those that are found where runs converge."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from optvis.engine.cells import shared_cells
from optvis.engine.outcome import KIND_CODES
from optvis.landscape.curvature import curvature
from optvis.problems.gradient import numerical_gradient
from optvis.problems.problem import Point, Problem
from optvis.problems.tolerances import tolerances

Array = NDArray[np.float64]

MAX_MINIMA = 250
_REACH = 5.0  # in radii of the outcome's ring
_POLISHED, _POLISHING = 60, 8


def reach_of(problem: Problem) -> float:
    """Return how near to a minimum a run must end to have reached it."""
    return _REACH * tolerances(problem).radius


def lowest_of_cells(problem: Problem, x: Array, y: Array, loss: Array) -> Array:
    """Of places that share a cell as large as the reach of a minimum, return the lowest: rows of x, y, loss."""
    if not len(x):
        return np.empty((0, 3))
    order = np.argsort(loss)
    first, _ = shared_cells(x[order], y[order], reach_of(problem))
    chosen = order[np.sort(first)]
    return np.column_stack([x[chosen], y[chosen], loss[chosen]])


def found_minima(
    problem: Problem, candidates: Array, known: Sequence[Point], guessed: Sequence[Point] = ()
) -> Generator[float, None, list[Point]]:
    """Find the known minima, then the listed ones and the places where runs converged, each once and the lowest first.

    Parameters
    ----------
    candidates
        Rows of x, y, loss, the lowest first.
    guessed
        Places that stand for the candidates near them.
    """
    listed = [(each.x, each.y) for each in problem.minima]
    minima = [*known, *(place for place in listed if place not in known)]
    reach = reach_of(problem)
    for x, y, _ in candidates.tolist():
        if len(minima) >= MAX_MINIMA:
            break
        if not is_near((x, y), minima, reach):
            place = next((guess for guess in guessed if is_near((x, y), [guess], reach)), None)
            if place is None:
                place = _polished(problem, (x, y), reach) if len(minima) < _POLISHED else (x, y)
            if not is_near(place, minima, reach):
                minima.append(place)
        yield 0.0
    return minima


def is_near(place: Point, others: Sequence[Point], reach: float) -> bool:
    """Whether any of the others is within reach of a place."""
    return any(np.hypot(place[0] - x, place[1] - y) <= reach for x, y in others)


def _polished(problem: Problem, place: Point, reach: float) -> Point:
    """Move to the minimum itself by Newton's method; stay where the loss has no curvature to follow."""
    found = curvature(problem, *place)
    if not found.is_known or not found.eigenvalues[0] > found.flat:
        return place
    x, y = place
    for _ in range(_POLISHING):
        slope = numerical_gradient(lambda p: problem.loss(problem.plane.point(p["x"], p["y"])), {"x": x, "y": y})
        step = np.linalg.solve(found.hessian, [slope["x"], slope["y"]])
        x, y = x - float(step[0]), y - float(step[1])
        if not np.hypot(x - place[0], y - place[1]) <= reach:
            return place
        if float(np.hypot(*step)) < 1e-9 * reach:
            break
    return x, y


def nearest_minimum(
    problem: Problem, minima: Sequence[Point], x: Array, y: Array, kind: NDArray[np.uint8]
) -> NDArray[np.int16]:
    """Index of the minimum at which a run ends, -1 for none; what has diverged or grows is at none."""
    nearest = np.full(x.shape, -1, np.int16)
    distance = np.full(x.shape, reach_of(problem) ** 2)
    with np.errstate(all="ignore"):
        for index, (a, b) in enumerate(minima):
            squared = np.square(x - a)
            squared += np.square(y - b)
            closer = squared <= distance
            np.copyto(nearest, index, where=closer)
            np.copyto(distance, squared, where=closer)
    nearest[(kind == KIND_CODES["diverged"]) | (kind == KIND_CODES["growing"])] = -1
    return nearest
