"""Basin maps: every place of a window of the plane is a start, and the map tells where it leads."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.engine.lanes import Goal, run_lanes_in_slices
from optvis.engine.outcome import KIND_CODES, KINDS
from optvis.engine.preparation import Optimizer, RunSettings, run_settings
from optvis.engine.trajectory import Trajectory, optimizer_of
from optvis.foundation.errors import InputError
from optvis.foundation.slices import eager, part
from optvis.maps.minima import found_minima, is_near, lowest_of_cells, nearest_minimum, reach_of
from optvis.problems.gradient import Scheme
from optvis.problems.problem import WIDEST, Bounds, Point, Problem, checked_bounds

Array = NDArray[np.float64]

MAX_PIXELS = 2_048 * 2_048
_BAND = 32_768  # starts that are carried at a time
_COARSER = 8  # cells of a map along one of the map that guesses
_GUESSING, _RUNNING = (0.0, 0.02), (0.02, 0.9)  # the shares of the time that it takes


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
        Where the runs end.
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
    x: Array
    y: Array
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
    return basins_in_slices(settings, cells, checked_bounds(bounds, WIDEST), minima, has_steps=has_steps)


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
        Whether the steps to each minimum are counted. The runs have to know beforehand which minimum they
        are to stay at: a coarse map guesses it, and where the guess was wrong they run once more.
    """
    problem, (columns, rows) = settings.problem, resolution
    xs, ys = cell_middles(*bounds[:2], columns), cell_middles(*bounds[2:], rows)
    guess = None
    if has_steps:
        few = (-(-columns // _COARSER), -(-rows // _COARSER))
        coarse = yield from part(basins_in_slices(settings, few, bounds, minima, has_steps=False), *_GUESSING)
        guess = _Guess(coarse, xs, ys)
    kind, loss = np.empty((rows, columns), np.uint8), np.empty((rows, columns))
    x, y = np.empty((2, rows, columns))
    steps = None if guess is None else np.empty((rows, columns), np.int32)
    evaluations, candidates = 0, [np.empty((0, 3))]
    height = max(1, _BAND // columns)
    for first in range(0, rows, height):
        band = slice(first, min(first + height, rows))
        settings_of_band = settings.over_lanes(start=[each.ravel() for each in np.meshgrid(xs, ys[band])])
        goal = None if guess is None else _goal(problem, guess.places[guess.minimum(band).ravel()])
        share = (_RUNNING[0] + row / rows * (_RUNNING[1] - _RUNNING[0]) for row in (band.start, band.stop))
        ends = yield from part(run_lanes_in_slices(settings_of_band, goal=goal), *share)
        parts: Any = ((kind, ends.kind), (loss, ends.loss), (x, ends.x), (y, ends.y), (steps, ends.settled))
        for whole, of_band in parts:
            if whole is not None:
                whole[band] = of_band.reshape(-1, columns)
        evaluations += ends.evaluations
        converged = ends.kind == KIND_CODES["converged"]
        candidates.append(lowest_of_cells(problem, ends.x[converged], ends.y[converged], ends.loss[converged]))
    lowest = lowest_of_cells(problem, *np.concatenate(candidates).T)
    known = () if guess is None else guess.map.minima
    found = yield from part(found_minima(problem, lowest, tuple(minima), known), _RUNNING[1], _RUNNING[1])
    minimum = nearest_minimum(problem, found, x, y, kind)
    if guess is not None and steps is not None:
        wrong = np.flatnonzero((minimum >= 0) & ~guess.is_right(found, minimum))
        places = np.array([*found, (np.nan, np.nan)])
        for first in range(0, len(wrong), _BAND):
            some = wrong[first : first + _BAND]
            once_more = settings.over_lanes(start=[xs[some % columns], ys[some // columns]])
            slices = run_lanes_in_slices(once_more, goal=_goal(problem, places[minimum.flat[some]]))
            share = (_RUNNING[1] + at / len(wrong) * (1.0 - _RUNNING[1]) for at in (first, first + len(some)))
            ends = yield from part(slices, *share)
            steps.flat[some] = ends.settled
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


class _Guess:
    """Where a coarse map says that the starts of a fine one lead."""

    def __init__(self, coarse: BasinMap, xs: Array, ys: Array) -> None:
        self.map = coarse
        self.places = np.array([*coarse.minima, (np.nan, np.nan)])
        self._columns, self._rows = (
            np.arange(len(fine)) * len(few) // len(fine) for fine, few in ((xs, coarse.xs), (ys, coarse.ys))
        )

    def minimum(self, band: slice = slice(None)) -> NDArray[np.int16]:
        """Index into the coarse map's minima, or -1, for some rows of the fine map."""
        return self.map.minimum[np.ix_(self._rows[band], self._columns)]

    def is_right(self, found: Sequence[Point], minimum: NDArray[np.int16]) -> NDArray[np.bool_]:
        """Whether a start leads to the very place that was guessed."""
        same = [found.index(place) if place in found else -2 for place in self.map.minima]
        right: NDArray[np.bool_] = np.array([*same, -2], np.int16)[self.minimum()] == minimum
        return right


def _goal(problem: Problem, places: Array) -> Goal:
    x, y = np.ascontiguousarray(places.T)
    return Goal(x, y, reach_of(problem))


def sharing_minima(maps: Sequence[BasinMap]) -> list[BasinMap]:
    """Give maps of one problem the same minima in the same order, so that a colour means one minimum on all.

    What one optimizer converges to another may only circle round; it is reached by both.
    """
    minima: list[Point] = []
    for each in maps:
        minima += [place for place in each.minima if not is_near(place, minima, reach_of(each.problem))]
    shared = []
    for each in maps:
        minimum = nearest_minimum(each.problem, minima, each.x, each.y, each.kind)
        if each.steps is not None:  # they were counted for its own minima
            minimum[each.minimum < 0] = -1
        shared.append(replace(each, minima=tuple(minima), minimum=minimum))
    return shared
