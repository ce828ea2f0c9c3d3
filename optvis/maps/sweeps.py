"""Sweeps: a run for every value of a hyperparameter, or for every combination of two, and how each ended."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.engine.lanes import run_lanes_in_slices
from optvis.engine.outcome import KIND_CODES
from optvis.engine.preparation import Optimizer, RunSettings, run_settings
from optvis.engine.trajectory import trajectory_in_slices
from optvis.foundation.errors import InputError, nearest
from optvis.foundation.slices import eager, part
from optvis.problems.gradient import Scheme
from optvis.problems.problem import Problem
from optvis.problems.tolerances import usual_target

Array = NDArray[np.float64]

MAX_CELLS = 2_048 * 2_048
"""Combinations of one sweep; some 100 bytes are kept of each."""
BLOCK_ROWS = 100_000
"""Lanes times steps that are recorded at once: some 10 MB."""
_MOST_ROWS = 2_000_000  # of all lanes of a block
_LEAST_LANES = 8  # of a block, however many steps there are: a kernel takes so many at the price of one


@dataclass(frozen=True, eq=False)
class SweepMap:
    """How every combination ended; arrays ``(ny, nx)``, or ``(nx,)`` for one hyperparameter.

    Attributes
    ----------
    names
        Of the hyperparameters: that of the x axis and, where there are two, that of the y axis.
    axes
        Their values, ``(nx,)`` and ``(ny,)``, in the same order: ``loss[j, i]`` is of ``axes[0][i]`` and
        ``axes[1][j]``.
    x, y, loss
        At the last row that was computed, in plane coordinates.
    kind
        Index into ``list(optvis.engine.outcome.KINDS)``.
    settled
        The first row from which a run hardly moves; ``steps`` where it still moves.
    reached
        The first row whose loss is at most ``target``; -1 where there is none.
    last
        The last row that was computed: ``steps``, or where a run diverged.
    evaluations
        Loss evaluations of all runs together.
    """

    names: tuple[str, ...]
    axes: tuple[Array, ...]
    x: Array
    y: Array
    loss: Array
    kind: NDArray[np.uint8]
    settled: NDArray[np.int32]
    reached: NDArray[np.int32]
    last: NDArray[np.int32]
    steps: int
    target: float
    evaluations: int


@dataclass(frozen=True, eq=False)
class StepSweep:
    """The loss after the steps of a run for every value of one hyperparameter.

    Attributes
    ----------
    values
        Of the hyperparameter, ``(n,)``.
    at
        The steps that are kept, ``(rows,)``, ascending from 0 to the last.
    loss
        ``(rows, n)``; nan after a divergence.
    kind, last
        ``(n,)``, as of `SweepMap`.
    """

    name: str
    values: Array
    at: NDArray[np.intp]
    loss: Array
    kind: NDArray[np.uint8]
    last: NDArray[np.int32]


def sweep_map_in_slices(
    problem: Problem,
    optimizer: Optimizer,
    values: Mapping[str, Any],
    start: Any = None,
    steps: int | None = None,
    gradient: str | Scheme = "central:1e-4",
    target: float | None = None,
) -> Generator[float, None, SweepMap]:
    """Run an optimizer with every combination of the values of one or two hyperparameters.

    Parameters
    ----------
    values
        One or two hyperparameters by name, each with its values ``(n,)``: the first is the x axis, the
        second the y axis. The others are those of ``optimizer``.
    start, steps, gradient
        As of `optvis.run`, for one start.
    target
        A loss; see `SweepMap.reached`. None for the lowest known one and a thousandth of the loss's
        typical height above it (`optvis.problems.tolerances.usual_target`).

    Raises
    ------
    InputError
        For unusable arguments.
    """
    settings = _single(problem, optimizer, start, steps, gradient)
    axes = _axes(settings, values, most=2)
    goal = usual_target(problem) if target is None else _checked_target(target)
    shape = tuple(len(axis) for axis in axes.values())[::-1]
    lanes = {name: grid.ravel() for name, grid in zip(axes, np.meshgrid(*axes.values()), strict=True)}
    return _mapped(run_lanes_in_slices(settings.over_lanes(lanes), goal), axes, shape, settings.steps, goal)


sweep_map = eager(sweep_map_in_slices)


def _mapped(
    slices: Generator[float, None, Any], axes: dict[str, Array], shape: tuple[int, ...], steps: int, target: float
) -> Generator[float, None, SweepMap]:
    ends = yield from slices
    fields = ("x", "y", "loss", "kind", "settled", "reached", "last")
    arrays = {name: getattr(ends, name).reshape(shape) for name in fields}
    return SweepMap(
        tuple(axes), tuple(axes.values()), steps=steps, target=target, evaluations=ends.evaluations, **arrays
    )


def step_sweep_in_slices(
    problem: Problem,
    optimizer: Optimizer,
    values: Mapping[str, Any],
    start: Any = None,
    steps: int | None = None,
    gradient: str | Scheme = "central:1e-4",
    rows: int | None = None,
) -> Generator[float, None, StepSweep]:
    """Run an optimizer with every value of one hyperparameter and keep the loss after its steps.

    Parameters
    ----------
    values
        The hyperparameter by its name, with its values ``(n,)``.
    start, steps, gradient
        As of `optvis.run`, for one start.
    rows
        How many steps are kept at most, from the first to the last; None for all.

    Raises
    ------
    InputError
        For unusable arguments.
    """
    settings = _single(problem, optimizer, start, steps, gradient)
    ((name, axis),) = _axes(settings, values, most=1).items()
    count = settings.steps + 1
    if rows is not None and (isinstance(rows, bool) or not isinstance(rows, (int, np.integer)) or rows < 2):
        raise InputError(f"the steps that are kept are a whole number of at least 2, not {rows}")
    kept = np.unique(np.rint(np.linspace(0, settings.steps, min(count, rows or count))).astype(np.intp))
    if len(kept) * len(axis) > MAX_CELLS:
        raise InputError(
            f"{len(axis):,} values with {len(kept):,} steps of each are more than {MAX_CELLS:,} losses; take fewer"
        )
    settings.over_lanes({name: axis})  # refuses what is not legal
    return _recorded(settings, name, axis, kept)


step_sweep = eager(step_sweep_in_slices)


def _recorded(
    settings: RunSettings, name: str, axis: Array, kept: NDArray[np.intp]
) -> Generator[float, None, StepSweep]:
    """Record some values at a time, so that memory does not grow with their number."""
    found = StepSweep(
        name, axis, kept, np.empty((len(kept), len(axis))), np.empty(len(axis), np.uint8), np.empty(len(axis), np.int32)
    )
    rows = settings.steps + 1
    size = max(1, BLOCK_ROWS // rows, min(_LEAST_LANES, _MOST_ROWS // rows))
    for first in range(0, len(axis), size):
        place = slice(first, min(first + size, len(axis)))
        slices = trajectory_in_slices(settings.over_lanes({name: axis[place]}))
        made = yield from part(slices, first / len(axis), place.stop / len(axis))
        found.loss[:, place] = made.loss[kept]
        found.kind[place] = [KIND_CODES[outcome.kind] for outcome in made.outcomes]
        found.last[place] = [
            outcome.step if outcome.kind == "diverged" else settings.steps for outcome in made.outcomes
        ]
    return found


# --- what may be swept ---------------------------------------------------------------------------


def _single(
    problem: Problem, optimizer: Optimizer, start: Any, steps: int | None, gradient: str | Scheme
) -> RunSettings:
    """Check everything but the values, which stand in the place of lanes."""
    settings = run_settings(problem, optimizer, start, steps, gradient)
    if not settings.lone:
        raise InputError("a sweep begins at one start and with one number for each hyperparameter of the optimizer")
    return settings


def _axes(settings: RunSettings, values: Any, most: int) -> dict[str, Array]:
    """Return the values of every axis as float arrays."""
    many = "one hyperparameter with its values, as in {'lr': values}"
    if most == 2:
        many = "one or two hyperparameters with their values, as in {'lr': values, 'momentum': values}"
    if not isinstance(values, Mapping) or not 1 <= len(values) <= most:
        what = f"{len(values)} of them" if isinstance(values, Mapping) else repr(values)
        raise InputError(f"a sweep takes {many}, not {what}")
    known = list(settings.hyper)
    axes = {}
    for name, given in values.items():
        if name not in known:
            hint = nearest(str(name), known) or ";"
            raise InputError(
                f"{settings.name} has no hyperparameter '{name}'{hint} it has {', '.join(known) or 'none'}"
            )
        try:
            axis = np.array(given, dtype=float)
        except (TypeError, ValueError, OverflowError):
            axis = np.array(math.nan)
        if axis.ndim != 1 or axis.size == 0 or not np.isfinite(axis).all():
            raise InputError(f"the values of {name} must be a list of at least one finite number, not {given!r}")
        axes[str(name)] = axis
    if (count := math.prod(len(axis) for axis in axes.values())) > MAX_CELLS:
        raise InputError(f"a sweep has at most {MAX_CELLS:,} combinations, not {count:,}; take fewer values")
    return axes


def _checked_target(target: Any) -> float:
    if isinstance(target, bool) or not isinstance(target, (int, float, np.number)) or math.isnan(target):
        raise InputError(f"the target must be a loss, a number, not {target!r}")
    return float(target)
