"""Basin maps: every place of a window of the plane is a start, and the map tells where it leads."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.engine.lanes import Ends, Goal, run_lanes_in_slices
from optvis.engine.outcome import KIND_CODES, KINDS
from optvis.engine.preparation import Optimizer, RunSettings, run_settings
from optvis.engine.trajectory import Trajectory, optimizer_of
from optvis.foundation.errors import InputError
from optvis.foundation.slices import eager, part
from optvis.landscape.curvature import curvature
from optvis.problems.gradient import Scheme, numerical_gradient
from optvis.problems.problem import Bounds, Point, Problem, checked_bounds
from optvis.problems.tolerances import tolerances

Array = NDArray[np.float64]

MAX_PIXELS = 2_048 * 2_048
MAX_MINIMA = 250
_BAND = 32_768  # starts that are carried at a time
_REACH = 5.0  # in radii of the outcome's ring: how near to a minimum a run must end
_POLISHED, _POLISHING = 60, 8


@dataclass(frozen=True, eq=False)
class BasinMap:
    """Where the starts of a window lead; arrays are ``(ny, nx)``, the lowest y first.

    Attributes
    ----------
    xs, ys
        The starts: the middles of the map's cells, ``(nx,)`` and ``(ny,)``.
    bounds
        xmin, xmax, ymin, ymax: the outer edges of the cells.
    minima
        x and y of the minima: those that an earlier map had found, then of those that are listed and those
        that were found, the lowest first, the ones that are reached.
    minimum
        Index into ``minima``, or -1 where a run ends at none of them.
    kind
        Index into `optvis.engine.outcome.KINDS`.
    steps
        Where a minimum is reached: the first step from which the run stays near it; else -1. None where
        that was not asked for.
    loss
        At the end.
    x, y
        Where the runs end, single precision.
    evaluations
        Loss evaluations that the gradients needed.
    """

    problem: Problem
    optimizer: str
    hyper: dict[str, Any]
    gradient: Scheme
    run_steps: int
    xs: Array
    ys: Array
    bounds: Bounds
    minima: tuple[Point, ...]
    minimum: NDArray[np.int16]
    kind: NDArray[np.uint8]
    steps: NDArray[np.int32] | None
    loss: Array
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    evaluations: int

    def shares(self) -> dict[int, float]:
        """How much of the map leads to each minimum, by index; -1 is the rest."""
        counts = np.bincount(self.minimum.ravel() + 1, minlength=1)
        return {index - 1: float(count) / self.minimum.size for index, count in enumerate(counts) if count}

    def kind_shares(self) -> dict[str, float]:
        """How much of the map reaches no minimum, by outcome."""
        counts = np.bincount(self.kind[self.minimum < 0], minlength=len(KINDS))
        return {name: float(count) / self.kind.size for name, count in zip(KINDS, counts, strict=True) if count}


def basin_map_in_slices(
    problem: Problem,
    optimizer: Optimizer,
    resolution: int | tuple[int, int] = 512,
    steps: int | None = None,
    gradient: str | Scheme = "central:1e-4",
    bounds: Sequence[float] | None = None,
) -> Generator[float, None, BasinMap]:
    """Run an optimizer from every cell of a window.

    Parameters
    ----------
    resolution
        Cells along x and along y, or one number for both; at most 2,048 × 2,048 cells.
    steps
        Updates of each run; None takes the problem's suggestion.
    gradient
        As of `optvis.run`.
    bounds
        xmin, xmax, ymin, ymax of the window; None for the problem's domain.

    Raises
    ------
    InputError
        For unusable arguments.
    """
    cells = _checked_resolution(resolution)
    settings = run_settings(problem, optimizer, None, steps, gradient)
    settings.check_hyper("a basin map")
    return basins_in_slices(settings, cells, problem.plane.bounds if bounds is None else checked_bounds(bounds))


basin_map = eager(basin_map_in_slices)


def basins_of_run_in_slices(
    run: Trajectory,
    resolution: tuple[int, int],
    bounds: Bounds,
    minima: Sequence[Point] = (),
    *,
    has_steps: bool = True,
) -> Generator[float, None, BasinMap]:
    """Map a window for the optimizer and the settings that made a trajectory.

    Parameters
    ----------
    minima, has_steps
        As of `basins_in_slices`.

    Raises
    ------
    InputError
        When the optimizer is a class that only the caller of the API has.
    """
    optimizer, cells = optimizer_of(run), _checked_resolution(resolution)
    settings = run_settings(run.problem, optimizer, None, run.steps, run.gradient)
    settings.check_hyper("a basin map")
    return basins_in_slices(settings, cells, checked_bounds(bounds), minima, has_steps=has_steps)


def _checked_resolution(resolution: Any) -> tuple[int, int]:
    sides = resolution if isinstance(resolution, Sequence) else (resolution, resolution)
    are_whole = all(isinstance(side, (int, np.integer)) and not isinstance(side, bool) for side in sides)
    if len(sides) != 2 or not are_whole or min(sides) < 1:
        raise InputError(
            f"the resolution of a map is a whole number, or two of them for x and y, such as 512, not {resolution!r}"
        )
    if sides[0] * sides[1] > MAX_PIXELS:
        raise InputError(f"a map has at most 2048 × 2048 cells, not {sides[0]} × {sides[1]}")
    return int(sides[0]), int(sides[1])


def cell_middles(low: float, high: float, count: int) -> Array:
    """Return the middles of so many equal cells between two edges."""
    return np.asarray(low + (np.arange(count) + 0.5) * ((high - low) / count), dtype=float)


def basins_in_slices(
    settings: RunSettings,
    resolution: tuple[int, int],
    bounds: Bounds,
    minima: Sequence[Point] = (),
    *,
    has_steps: bool = True,
) -> Generator[float, None, BasinMap]:
    """Run with the settings from every cell of a window instead of from their start.

    Parameters
    ----------
    resolution
        Cells along x and along y.
    minima
        Places that an earlier map of the problem found; they keep their order, and so their colours.
    has_steps
        Whether the steps to each minimum are counted, which takes as long again.
    """
    problem, (columns, rows) = settings.problem, resolution
    xs, ys = cell_middles(*bounds[:2], columns), cell_middles(*bounds[2:], rows)
    kind, loss = np.empty((rows, columns), np.uint8), np.empty((rows, columns))
    x, y = np.empty((2, rows, columns), np.float32)
    evaluations, candidates = 0, [np.empty((0, 3))]
    height = max(1, _BAND // columns)
    bands = [slice(first, min(first + height, rows)) for first in range(0, rows, height)]
    passes = 1 + has_steps

    def carried(band: slice, number: int, goal: Goal | None = None) -> Generator[float, None, Ends]:
        starts = [each.ravel() for each in np.meshgrid(xs, ys[band])]
        slices = run_lanes_in_slices(settings.over_lanes(start=starts), goal=goal)
        begin, end = ((number + row / rows) / passes for row in (band.start, band.stop))
        return (yield from part(slices, begin, end))

    for band in bands:
        ends = yield from carried(band, 0)
        for whole, some in ((kind, ends.kind), (loss, ends.loss), (x, ends.x), (y, ends.y)):
            with np.errstate(over="ignore"):  # single precision; what is as far as that has diverged
                whole[band] = some.reshape(-1, columns)
        evaluations += ends.evaluations
        converged = ends.kind == KIND_CODES["converged"]
        candidates.append(_lowest_of_cells(problem, ends.x[converged], ends.y[converged], ends.loss[converged]))
    lowest = _lowest_of_cells(problem, *np.concatenate(candidates).T)
    found = yield from part(_found_minima(problem, lowest, tuple(minima)), 1 / passes, 1 / passes)
    minimum = np.empty((rows, columns), np.int16)
    for band in bands:
        minimum[band] = _nearest(problem, found, x[band], y[band], kind[band])
        yield 1 / passes
    steps = None
    if has_steps:
        steps = np.empty((rows, columns), np.int32)
        places = np.array([*found, (np.nan, np.nan)])
        for band in bands:
            a, b = places[minimum[band].ravel()].T
            ends = yield from carried(band, 1, Goal(np.ascontiguousarray(a), np.ascontiguousarray(b), _reach(problem)))
            steps[band] = ends.settled.reshape(-1, columns)
        steps[minimum < 0] = -1
    present = np.bincount(minimum.ravel() + 1, minlength=len(found) + 1)[1:]
    used = [index for index in range(len(found)) if index < len(minima) or present[index]]
    renumbered = np.full(len(found) + 1, -1, np.int16)
    renumbered[used] = np.arange(len(used), dtype=np.int16)
    return BasinMap(
        problem=problem,
        optimizer=settings.name,
        hyper=settings.hyper,
        gradient=settings.gradient,
        run_steps=settings.steps,
        xs=xs,
        ys=ys,
        bounds=bounds,
        minima=tuple(found[index] for index in used),
        minimum=renumbered[minimum],
        kind=kind,
        steps=steps,
        loss=loss,
        x=x,
        y=y,
        evaluations=evaluations,
    )


def sharing_minima(maps: Sequence[BasinMap]) -> list[BasinMap]:
    """Give maps of one problem the same minima in the same order, so that a colour means one minimum on all.

    What one optimizer converges to another may only circle round; it is reached by both.
    """
    minima: list[Point] = []
    for each in maps:
        minima += [place for place in each.minima if not _is_near(place, minima, _reach(each.problem))]
    shared = []
    for each in maps:
        minimum = _nearest(each.problem, minima, each.x, each.y, each.kind)
        if each.steps is not None:  # they were counted for its own minima
            minimum[each.minimum < 0] = -1
        shared.append(replace(each, minima=tuple(minima), minimum=minimum))
    return shared


def _reach(problem: Problem) -> float:
    return _REACH * tolerances(problem).radius


def _lowest_of_cells(problem: Problem, x: Array, y: Array, loss: Array) -> Array:
    """Of places that share a cell as large as the reach of a minimum, the lowest: rows of x, y, loss."""
    reach = _reach(problem)
    order = np.argsort(loss, kind="stable")
    _, first = np.unique(np.round(x[order] / reach) + 1j * np.round(y[order] / reach), return_index=True)
    chosen = order[np.sort(first)]
    return np.column_stack([x[chosen], y[chosen], loss[chosen]])


def _found_minima(problem: Problem, candidates: Array, known: tuple[Point, ...]) -> Generator[float, None, list[Point]]:
    """The known minima, then the places where runs converged, each once and the lowest first."""
    listed = [(each.x, each.y) for each in problem.minima]
    minima = [*known, *(place for place in listed if place not in known)]
    reach = _reach(problem)
    for x, y, _ in candidates.tolist():
        if len(minima) >= MAX_MINIMA:
            break
        if not _is_near((x, y), minima, reach):
            place = _polished(problem, (x, y), reach) if len(minima) < _POLISHED else (x, y)
            if not _is_near(place, minima, reach):
                minima.append(place)
        yield 0.0
    return minima


def _is_near(place: Point, others: list[Point], reach: float) -> bool:
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


def _nearest(
    problem: Problem, minima: list[Point], x: NDArray[np.float32], y: NDArray[np.float32], kind: NDArray[np.uint8]
) -> NDArray[np.int16]:
    """Index of the minimum at which a run ends, -1 for none; what has diverged or grows is at none."""
    nearest = np.full(x.shape, -1, np.int16)
    distance = np.full(x.shape, _reach(problem) ** 2, np.float32)
    with np.errstate(all="ignore"):
        for index, (a, b) in enumerate(minima):
            squared = (x - np.float32(a)) ** 2 + (y - np.float32(b)) ** 2
            closer = squared <= distance
            nearest[closer] = index
            distance[closer] = squared[closer]
    nearest[(kind == KIND_CODES["diverged"]) | (kind == KIND_CODES["growing"])] = -1
    return nearest
