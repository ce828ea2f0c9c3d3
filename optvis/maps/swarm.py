"""Swarms: one optimizer from many starts at once, kept to be played.

All positions at all steps of 100,000 starts would need gigabytes. Only every n-th row is kept, as
single floats, so that no swarm takes more than `MAX_BYTES`; between two rows that are kept a point is
drawn on the straight line from one to the other.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from optvis.engine.lanes import Ends, run_lanes_in_slices
from optvis.engine.outcome import KIND_CODES, KIND_NAMES, KINDS
from optvis.engine.preparation import run_settings
from optvis.engine.trajectory import Trajectory, optimizer_of
from optvis.foundation.slices import part
from optvis.optimizers.catalogue import optimizer_class
from optvis.problems.gradient import Scheme
from optvis.problems.problem import Bounds, Problem
from optvis.problems.start_sets import spread_points

Array = NDArray[np.float64]

MAX_BYTES = 200_000_000
"""What the positions of all swarms of a page may take together."""
MAX_ROWS = 20_000
"""Rows that are kept at most, however few the points are."""
COARSE = 2_000
"""Points that can be computed while something is dragged."""

_BYTES_A_POINT = 2 * 4  # of a row: x and y as single floats
_JITTER = 0.6
_AT_REST = [KIND_CODES[kind] for kind in ("saddle", "plateau", "converged", "stalled")]
_DIVERGED, _MOVING = KIND_CODES["diverged"], KIND_CODES["moving"]


def swarm_starts(bounds: Bounds, count: int, seed: int = 0) -> tuple[Array, Array]:
    """Return x and y of starts that are spread evenly over a domain, ``(count,)`` each.

    They are the points of `spread_points`; their beginning and a jitter that breaks the lattice come of
    the seed. A smaller swarm has the first points of a larger one.
    """
    chance = np.random.default_rng(abs(seed))
    jitter = _JITTER * (chance.random((count + 1, 2)) - 0.5)
    shares = spread_points(-1, count, 2, jitter[0]) + jitter[1:] / np.sqrt(np.arange(1, count + 1))[:, None]
    shares %= 1.0
    xmin, xmax, ymin, ymax = bounds
    x, y = xmin + shares[:, 0] * (xmax - xmin), ymin + shares[:, 1] * (ymax - ymin)
    return np.minimum(x, xmax), np.minimum(y, ymax)


@dataclass(frozen=True)
class SwarmSpec:
    """The settings that a swarm is computed from.

    Attributes
    ----------
    optimizer
        A catalogue name, or ``rule{ … }``.
    hyper
        Name and value of every hyperparameter.
    count
        The number of starts.
    seed
        The seed that spreads the starts.
    part
        The share of `MAX_BYTES` that it may take.
    """

    problem: Problem
    optimizer: str
    hyper: tuple[tuple[str, float], ...]
    steps: int
    gradient: Scheme
    count: int
    seed: int = 0
    part: float = 1.0

    @classmethod
    def of(cls, trajectory: Trajectory, count: int, seed: int = 0, part: float = 1.0) -> SwarmSpec:
        """Make the settings of a swarm with the optimizer, steps and gradient of a trajectory.

        Raises
        ------
        InputError
            For a run of a class that is neither in the catalogue nor a rule.
        """
        name = optimizer_of(trajectory).name
        hyper = tuple((key, float(value)) for key, value in trajectory.hyper.items())
        return cls(trajectory.problem, name, hyper, trajectory.steps, trajectory.gradient, count, seed, part)

    @property
    def stride(self) -> int:
        """The distance from one row that is kept to the next; the last row is kept as well."""
        rows = min(MAX_ROWS, int(MAX_BYTES * self.part) // (_BYTES_A_POINT * self.count))
        return max(1, math.ceil(self.steps / max(1, rows - 1)))

    @property
    def rows(self) -> int:
        """The number of rows that are kept."""
        return math.ceil(self.steps / self.stride) + 1

    @property
    def bytes(self) -> int:
        """The memory that the positions take."""
        return self.rows * self.count * _BYTES_A_POINT

    def coarser(self) -> SwarmSpec:
        """Return the same swarm with as few points as can be computed while something is dragged, and as many rows."""
        count = min(self.count, COARSE)
        return replace(self, count=count, part=self.part * count / self.count)


@dataclass(frozen=True, eq=False)
class Swarm:
    """Many trajectories of which the positions are kept at some steps.

    Attributes
    ----------
    offsets
        ``(rows, 2, N)``, from the middle of the domain in halves of its width and height; nan where a
        point has gone out of range.
    kind
        How every point ended, ``(N,)``: index into `optvis.engine.outcome.KINDS`.
    since
        The step at which it had come to that, ``(N,)``.
    """

    spec: SwarmSpec
    offsets: NDArray[np.float32]
    kind: NDArray[np.uint8]
    since: NDArray[np.int32]

    @property
    def count(self) -> int:
        """Number of points, N."""
        return self.spec.count

    def at(self, step: int) -> Array:
        """Return plane coordinates at a step, ``(N, 2)``; nan where a point has gone out of range."""
        steps, stride = self.spec.steps, self.spec.stride
        step = min(max(step, 0), steps)
        row = step // stride if step < steps else len(self.offsets) - 1
        offsets, first = self.offsets[row], min(row * stride, steps)
        if step > first:
            share = np.float32((step - first) / (min(first + stride, steps) - first))
            with np.errstate(invalid="ignore"):  # of a point that has gone beyond what floats hold
                offsets = offsets + share * (self.offsets[row + 1] - offsets)
        return np.asarray(self._middle + self._half * offsets.T)

    def shares(self, step: int) -> dict[str, float]:
        """Return which share of the points has come to which outcome by a step, the largest first.

        Before the last step, whatever is not at rest and has not diverged is ``moving``.
        """
        now = np.where(self.since <= step, self.kind, np.uint8(_MOVING))
        counts = np.bincount(now, minlength=len(KINDS))
        order = sorted(range(len(KINDS)), key=lambda code: -counts[code])
        return {KIND_NAMES[code]: float(counts[code]) / self.count for code in order if counts[code]}

    @cached_property
    def _middle(self) -> Array:
        return _frame(self.spec.problem.plane.bounds)[0]

    @cached_property
    def _half(self) -> Array:
        return _frame(self.spec.problem.plane.bounds)[1]


_known: WeakValueDictionary[SwarmSpec, Swarm] = WeakValueDictionary()
"""Swarms that somebody holds: a picture of what a window plays need not compute it again."""


def swarm_in_slices(spec: SwarmSpec) -> Generator[float, None, Swarm]:
    """Compute a swarm, or return one with the same settings that somebody still holds."""
    if (known := _known.get(spec)) is not None:
        return known
    optimizer = optimizer_class(spec.optimizer)(**dict(spec.hyper))
    starts = swarm_starts(spec.problem.plane.bounds, spec.count, spec.seed)
    settings = run_settings(spec.problem, optimizer, starts, spec.steps, spec.gradient)
    record = _Record(spec)
    yield from record.cleared()
    ends = yield from run_lanes_in_slices(settings, recorder=record)
    _known[spec] = made = Swarm(spec, record.offsets, ends.kind, _since(ends, spec.steps))
    return made


def swarms_in_slices(specs: Sequence[SwarmSpec | None]) -> Generator[float, None, list[Swarm | None]]:
    """Compute several swarms one after the other; None stays None."""
    made: list[Swarm | None] = []
    for index, spec in enumerate(specs):
        if spec is None:
            made.append(None)
        else:
            made.append((yield from part(swarm_in_slices(spec), index / len(specs), (index + 1) / len(specs))))
    return made


def _since(ends: Ends, steps: int) -> NDArray[np.int32]:
    """When each point had come to its outcome; what neither rests nor has left is known at the end."""
    at_rest, diverged = np.isin(ends.kind, _AT_REST), ends.kind == _DIVERGED
    return np.select([at_rest, diverged], [ends.settled, ends.last], default=steps).astype(np.int32)


def _frame(bounds: Bounds) -> tuple[Array, Array]:
    """Middle and half the size of a domain, each for x and y."""
    low, high = np.array(bounds[::2]), np.array(bounds[1::2])
    return low / 2 + high / 2, high / 2 - low / 2


class _Record:
    """The `Recorder` that keeps the positions of a swarm."""

    def __init__(self, spec: SwarmSpec) -> None:
        self._spec = spec
        self._frame = _frame(spec.problem.plane.bounds)
        self.offsets = np.empty((spec.rows, 2, spec.count), np.float32)

    def cleared(self) -> Generator[float, None, None]:
        """Touch all the memory, a row a slice: the system takes its time to hand out so much of it."""
        for row in self.offsets:
            row[:] = np.nan
            yield 0.0

    def next_row(self, row: int) -> int:
        """Return the first row after this one that is kept."""
        stride, steps = self._spec.stride, self._spec.steps
        after = (row // stride + 1) * stride
        return min(after, steps) if row < steps else after

    def put(self, row: int, place: slice, x: Any, y: Any, is_there: NDArray[np.bool_]) -> None:
        """Keep the positions of some points."""
        index = row // self._spec.stride if row < self._spec.steps else -1
        with np.errstate(all="ignore"):  # a point that diverges may be farther than floats can say
            for kept, value, middle, half in zip(self.offsets[index, :, place], (x, y), *self._frame, strict=True):
                kept[:] = (value - middle) / half
        if not is_there.all():
            self.offsets[index, :, place][:, ~is_there] = np.nan
