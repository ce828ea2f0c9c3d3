"""Many starts at once: where all of them are at every step, whole before the first frame is shown."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optvis.engine import Trajectory, optimizer_of, run_in_slices
from optvis.errors import InputError
from optvis.gradient import Scheme
from optvis.kernel_lanes import KernelLanes
from optvis.kernels import Kernel, kernel_in_slices
from optvis.lanes import BLOCK, run_lanes_in_slices
from optvis.outcome import KINDS
from optvis.prepared import Optimizer, Prepared, prepared
from optvis.problems import Problem
from optvis.slices import finish

Array = NDArray[np.float64]
Positions = NDArray[np.float32]

MOST_POINTS = 100_000
MOST_BYTES = 200_000_000
"""Of all positions; where all rows would take more, rows between those that are kept are interpolated."""
_ROWS = 24  # of a block that are recorded at a time
_PLASTIC = 1.324717957244746  # the root of g³ = g + 1


@dataclass(frozen=True, eq=False)
class Swarm:
    """N lanes on their way.

    Attributes
    ----------
    positions
        Plane coordinates ``(K, 2, N)`` of every ``stride``-th step and of the last, single precision;
        nan where a lane has ended before.
    stride
        Steps from one row to the next.
    steps
        T.
    kind
        How each lane ends, ``(N,)``: index into `optvis.outcome.KINDS`.
    """

    positions: Positions
    stride: int
    steps: int
    kind: NDArray[np.uint8]

    def at(self, step: int) -> Positions:
        """Return where all are at a step, ``(2, N)``; steps beyond the last are the last."""
        step = min(max(step, 0), self.steps)
        row, rest = divmod(step, self.stride)
        if rest == 0:
            here: Positions = self.positions[row]
            return here
        after = min((row + 1) * self.stride, self.steps)
        share = np.float32(rest / (after - row * self.stride))
        between: Positions = (1 - share) * self.positions[row] + share * self.positions[row + 1]
        return between

    def shares(self) -> dict[str, float]:
        """How many of the lanes end in each way, the most frequent first."""
        counts = np.bincount(self.kind, minlength=len(KINDS))
        found = {name: float(count) / len(self.kind) for name, count in zip(KINDS, counts, strict=True) if count}
        return dict(sorted(found.items(), key=lambda item: -item[1]))


def swarm(
    problem: Problem,
    optimizer: Optimizer,
    count: int = 1_000,
    steps: int | None = None,
    gradient: str | Scheme = "central:1e-4",
    seed: int = 0,
) -> Swarm:
    """Run an optimizer from many starts of the domain.

    Parameters
    ----------
    count
        Starts, at most 100,000.
    steps, gradient
        As of `optvis.run`.
    seed
        Shifts all starts.

    Raises
    ------
    InputError
        For unusable arguments.
    """
    return finish(swarm_in_slices(problem, optimizer, count, steps, gradient, seed))


def swarm_in_slices(
    problem: Problem,
    optimizer: Optimizer,
    count: int = 1_000,
    steps: int | None = None,
    gradient: str | Scheme = "central:1e-4",
    seed: int = 0,
) -> Generator[float, None, Swarm]:
    """Do the same as `swarm` in slices of a few ms, yielding the share that is done after each."""
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or not 1 <= count <= MOST_POINTS:
        raise InputError(f"a swarm has from 1 to {MOST_POINTS:,} starts, not {count}")
    return _carried(prepared(problem, optimizer, swarm_starts(problem, int(count), seed), steps, gradient))


def swarm_of_run_in_slices(run: Trajectory, count: int, seed: int = 0) -> Generator[float, None, Swarm]:
    """Run the optimizer that made a trajectory, with its settings, from many starts.

    Raises
    ------
    InputError
        When the optimizer is a class that only the caller of the API has.
    """
    return swarm_in_slices(run.problem, optimizer_of(run), count, run.steps, run.gradient, seed)


def swarm_starts(problem: Problem, count: int, seed: int = 0) -> tuple[Array, Array]:
    """Return x and y of starts that fill the domain evenly, whatever their number (Roberts, 2018, the sequence R2)."""
    xmin, xmax, ymin, ymax = problem.plane.bounds
    shift = np.random.default_rng(seed).random(2)
    number = np.arange(1, count + 1)
    across, up = (np.mod(shift[axis] + number / _PLASTIC ** (axis + 1), 1.0) for axis in (0, 1))
    return xmin + across * (xmax - xmin), ymin + up * (ymax - ymin)


def stride_for(count: int, steps: int) -> int:
    """Return how many steps lie between rows that are kept, so that all of them fit in `MOST_BYTES`."""
    most_rows = MOST_BYTES // (8 * count)
    return max(1, math.ceil(steps / max(1, most_rows - 2)))


def _carried(wanted: Prepared) -> Generator[float, None, Swarm]:
    lanes = wanted.lanes or 1
    stride = stride_for(lanes, wanted.steps)
    kept = [*range(0, wanted.steps, stride), wanted.steps]
    positions = np.full((len(kept), 2, lanes), np.nan, np.float32)
    starts = (wanted.point["x"], wanted.point["y"]) if "x" in wanted.point else wanted.point
    ends = yield from run_lanes_in_slices(wanted.problem, wanted.optimizer, starts, wanted.steps, wanted.scheme)
    kernel = None
    if (parts := wanted.compilable) is not None:
        kernel = yield from kernel_in_slices(*parts, wanted.scheme.kind)
    for first in range(0, lanes, BLOCK):
        place = slice(first, min(first + BLOCK, lanes))
        slices = _plain(wanted, place) if kernel is None else _compiled(wanted, kernel, place)
        for row, x, y in slices:
            for field, values in enumerate((x, y)):
                _keep(positions[:, field, place], kept, stride, row, values)
            yield (first + (place.stop - first) * row / (wanted.steps + 1)) / lanes
    return Swarm(positions, stride, wanted.steps, ends.kind)


def _keep(into: Positions, kept: list[int], stride: int, row: int, values: Array) -> None:
    """Of rows that begin at ``row``, put down those that are kept."""
    for index in range(-(-row // stride), len(kept)):
        if kept[index] >= row + len(values):
            break
        with np.errstate(over="ignore"):
            into[index] = values[kept[index] - row]


Rows = Generator[tuple[int, Array, Array], None, None]
"""The number of the first row, and x and y of this row and some more, ``(R, L)``."""


def _compiled(wanted: Prepared, kernel: Kernel, place: slice) -> Rows:
    lanes, steps = KernelLanes(wanted, kernel, place), wanted.steps
    rows = np.empty((_ROWS + 1, *lanes.start.shape))
    rows[0] = lanes.start
    for first in range(0, steps + 1, _ROWS):
        stop = min(first + _ROWS, steps + 1)
        rows[1:] = np.nan
        kernel.advance(rows, first, stop, steps, lanes.hyper, lanes.settings, lanes.track, row_of=first)
        yield first, rows[: stop - first, 0, : lanes.count], rows[: stop - first, 1, : lanes.count]
        rows[0] = rows[stop - first]


def _plain(wanted: Prepared, place: slice) -> Rows:
    start = {key: value[..., place] for key, value in wanted.point.items()}
    made = finish(run_in_slices(wanted.problem, wanted.optimizer_of(place), start, wanted.steps, wanted.scheme))
    yield 0, made.x, made.y
