"""Many lanes of which only the end is kept: how each of them ended, where, and from when on.

A map has a lane for every pixel, and the record of all their steps would not fit in memory. Lanes are
carried in blocks. A formula and a rule go
through a kernel (`optvis.kernels.lane_kernel`), compiled on all cores, anything else step by step. Pass a
`Recorder` to keep more than the ends.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from threading import Event
from time import perf_counter
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from optvis.engine.kernel_inputs import KernelLanes
from optvis.engine.outcome import Tail, judge, late_rows
from optvis.engine.preparation import RunSettings
from optvis.foundation.slices import eager
from optvis.kernels.kernel import kernel_in_slices
from optvis.kernels.lane_kernel import LaneKernel
from optvis.kernels.lane_layout import ANCHOR, TAIL, TRACKED
from optvis.kernels.plain_kernel import plain_kernel
from optvis.problems.gradient import gradient_norm, numerical_gradient
from optvis.problems.problem import Problem
from optvis.problems.tolerances import WINDOW, in_range, tolerances

Array = NDArray[np.float64]
BLOCK = 2_048
SLICE_SECONDS = 0.002


@dataclass(frozen=True, eq=False)
class Ends:
    """How L lanes ended; arrays ``(L,)``.

    Attributes
    ----------
    x, y, loss
        Plane coordinates and loss at the last row that was computed.
    kind
        Index into `optvis.engine.outcome.KINDS`.
    settled
        The first row from which no step is longer than the problem's tolerance of movement, 2e-4 of
        the domain's diagonal; T where the last one is. With a `Goal`, the first row from which a lane
        stays near its anchor.
    reached
        The first row whose loss is at most the target; -1 where there is none.
    last
        The last row that was computed: T, or where a lane diverged.
    evaluations
        Loss evaluations that the gradients of all updates needed.
    """

    x: Array
    y: Array
    loss: Array
    kind: NDArray[np.uint8]
    settled: NDArray[np.int32]
    reached: NDArray[np.int32]
    last: NDArray[np.int32]
    evaluations: int


@dataclass(frozen=True, eq=False)
class Goal:
    """A place for every lane, ``(L,)`` each, and the distance from it within which a lane counts as there."""

    x: Array
    y: Array
    reach: float


class Recorder(Protocol):
    """A keeper of the lanes' positions at some rows."""

    def next_row(self, row: int) -> int:
        """Return the first row after this one that is kept."""

    def put(self, row: int, place: slice, x: Array, y: Array, is_there: NDArray[np.bool_]) -> None:
        """Keep plane coordinates of some lanes at a row; where ``is_there`` is false a lane has ended before.

        Threads put different lanes at the same time.
        """


def run_lanes_in_slices(
    settings: RunSettings, target: float = -math.inf, goal: Goal | None = None, recorder: Recorder | None = None
) -> Generator[float, None, Ends]:
    """Run lanes and keep how they ended; one lane where the settings are of a lone run.

    Parameters
    ----------
    target
        A loss; see `Ends.reached`.
    goal
        Places to stay near; see `Ends.settled`.
    recorder
        Is given the positions of all lanes at the rows that it names.
    """
    return _ends(settings, _Watch(target, goal, recorder))


run_lanes = eager(run_lanes_in_slices)


@dataclass(frozen=True, eq=False)
class _Watch:
    """The losses, places and rows that lanes are watched for."""

    target: float
    goal: Goal | None
    recorder: Recorder | None

    def anchor(self, problem: Problem) -> tuple[tuple[Array, Array] | None, float]:
        """Return the places to stay near, if any, and the longest distance that counts as staying."""
        if self.goal is None:
            return None, tolerances(problem).movement
        return (self.goal.x, self.goal.y), self.goal.reach


def _ends(settings: RunSettings, watch: _Watch) -> Generator[float, None, Ends]:
    kernel: LaneKernel | None = None
    if (parts := settings.compilable) is not None:
        kernel = yield from kernel_in_slices(*parts, settings.gradient.kind)
        kernel = kernel or plain_kernel(*parts, settings.gradient.kind)
    lanes = settings.lanes or 1
    x, y, loss = np.empty((3, lanes))
    settled, reached, last = np.empty((3, lanes), np.int32)
    ends = Ends(x, y, loss, np.empty(lanes, np.uint8), settled, reached, last, evaluations=0)
    places = [slice(at, min(at + BLOCK, lanes)) for at in range(0, lanes, BLOCK)]
    if kernel is not None:
        yield from _by_kernel(settings, kernel, places, watch, ends)
    else:
        for index, place in enumerate(places):
            for share in _stepwise(settings, place, watch, ends):
                yield (index + share) / len(places)
    coordinates = sum(int(np.prod(np.shape(origin))) for origin in settings.problem.plane.origin.values())
    evaluations = int(ends.last.sum(dtype=np.int64)) * settings.gradient.evaluations(coordinates)
    return replace(ends, evaluations=evaluations)


# --- by a kernel ---------------------------------------------------------------------------------


def _by_kernel(
    settings: RunSettings, kernel: LaneKernel, places: list[slice], watch: _Watch, ends: Ends
) -> Generator[float, None, None]:
    """Carry as many blocks at a time as there are cores, and judge meanwhile those that have come to their end."""
    pace = _Pace()
    blocks = (_Block(settings, kernel, place, watch, pace) for place in places)
    if len(places) == 1 or watch.recorder is not None:  # a recorder is called again and again, which is for one thread
        for done, block in enumerate(blocks):
            while not block.is_done:
                block.advance()
                yield (done + block.share) / len(places)
            block.judge_into(ends)
        return
    is_unwanted = Event()
    carried: dict[Future[None], _Block] = {}
    try:
        for done in range(len(places)):
            for block in islice(blocks, _cores() + 1 - len(carried)):
                carried[_pool().submit(block.carry, is_unwanted)] = block
            while not (ended := wait(carried, SLICE_SECONDS, FIRST_COMPLETED).done):
                yield (done + sum(block.share for block in carried.values())) / len(places)
            future = ended.pop()
            future.result()
            carried.pop(future).judge_into(ends)
            yield (done + 1) / len(places)
    finally:
        is_unwanted.set()
        wait(carried)


class _Pace:
    """The time that a row of a lane takes, so that a slice has its length from the second one on."""

    def __init__(self) -> None:
        self.seconds = 50e-9

    def rows(self, lanes: int) -> int:
        """Return how many rows of so many lanes take about a slice."""
        return max(1, int(SLICE_SECONDS / (self.seconds * lanes)))

    def note(self, seconds: float, lane_rows: int) -> None:
        """Remember how long so many rows of lanes took."""
        self.seconds = max(1e-10, seconds / lane_rows)


class _Block:
    """Some lanes on their way through a kernel."""

    def __init__(self, settings: RunSettings, kernel: LaneKernel, place: slice, watch: _Watch, pace: _Pace) -> None:
        self._settings, self._kernel, self._place, self._pace = settings, kernel, place, pace
        self._recorder = watch.recorder
        self._lanes = KernelLanes(settings, kernel, place, watch.target, *watch.anchor(settings.problem))
        self._now = self._lanes.start
        self._row = 0
        self._first = self._loss_at(*self._now[:2, : self._lanes.count])
        self._record()

    @property
    def share(self) -> float:
        """The share of the rows that are done."""
        return self._row / (self._settings.steps + 1)

    @property
    def is_done(self) -> bool:
        """Whether all rows are done."""
        return self._row > self._settings.steps

    def carry(self, is_unwanted: Event) -> None:
        """Go on to the last row, or until nobody wants it any more."""
        while not self.is_done and not is_unwanted.is_set():
            self.advance()

    def advance(self) -> None:
        """Go on for about a slice."""
        began, first = perf_counter(), self._row
        until = min(self._settings.steps + 1, first + self._pace.rows(self._lanes.padded))
        while self._row < until:
            self._go_on(until)
        self._pace.note(perf_counter() - began, (self._row - first) * self._lanes.padded)

    def _go_on(self, until: int) -> None:
        """Go towards a row, at most to the next that is recorded."""
        lanes, steps = self._lanes, self._settings.steps
        stop = until if self._recorder is None else min(until, self._recorder.next_row(self._row))
        self._kernel.advance(self._now, self._row, stop, steps, lanes.hyper, lanes.settings, lanes.track)
        self._row = stop
        self._record()

    def _record(self) -> None:
        recorder, row, count = self._recorder, self._row, self._lanes.count
        if recorder is None or self.is_done or recorder.next_row(row - 1) != row:
            return
        x, y = self._now[:2, :count]
        recorder.put(row, self._place, x, y, self._lanes.track[TRACKED.index("last"), :count] >= row)

    def _loss_at(self, x: Array, y: Array) -> Array:
        return np.asarray(self._settings.loss(self._settings.problem.plane.point(x, y)))

    def judge_into(self, ends: Ends) -> None:
        """Judge the lanes and write into ``ends`` how they ended."""
        count = self._lanes.count
        (a, b), track = self._now[:2, :count], self._lanes.track[:, :count]
        last, peak, settled, reached = track[: len(TRACKED)]
        late = dict(zip(TAIL, track[len(TRACKED) + len(ANCHOR) :], strict=False))
        loss = late["end_loss"]
        if (early := last < self._settings.steps).any():  # its place was kept; the loss there is computed again
            loss = np.where(early, np.nan, loss)
            loss[early] = self._loss_at(a[early], b[early])
        _put(
            ends, self._place, self._settings.problem, Tail(a, b, loss, self._first, peak, late), last, settled, reached
        )


@cache
def _cores() -> int:
    return max(1, min(os.cpu_count() or 1, 8))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_cores(), thread_name_prefix="optvis-lanes")


# --- step by step --------------------------------------------------------------------------------


def _stepwise(settings: RunSettings, place: slice, watch: _Watch, ends: Ends) -> Generator[float, None, None]:
    """Carry one block of lanes, step by step, with any optimizer on any problem."""
    problem, steps, scheme = settings.problem, settings.steps, settings.gradient
    optimizer = settings.fresh_optimizer(place)
    now = {key: np.array(np.atleast_1d(value)[..., place], dtype=float) for key, value in settings.start.items()}
    count = place.stop - place.start
    last, settled = np.full(count, float(steps)), np.zeros(count)
    reached, peak, alive = np.full(count, np.inf), np.full(count, -np.inf), np.ones(count, bool)
    end = np.empty((3, count))
    tail: deque[Array] = deque(maxlen=2 * WINDOW + 1)
    first = np.empty(count)
    target, recorder = watch.target, watch.recorder
    anchor, longest = watch.anchor(problem)
    due = perf_counter() + SLICE_SECONDS
    before = problem.plane.coordinates(now)
    with np.errstate(all="ignore"):
        for row in range(steps + 1):
            gradient = numerical_gradient(settings.loss, now, scheme=scheme)
            loss = np.broadcast_to(np.asarray(settings.loss(now), dtype=float), (count,))
            a, b = problem.plane.coordinates(now)
            here = np.stack([a, b, loss, gradient_norm(gradient)])
            if row == 0:
                first = loss.copy()
            if recorder is not None and recorder.next_row(row - 1) == row:
                recorder.put(row, place, a, b, alive)
            tail.append(np.where(alive, here, np.nan))
            end[:, alive] = here[:3, alive]
            if anchor is None:
                settled[alive & (np.square(a - before[0]) + np.square(b - before[1]) > longest**2)] = row
                before = (a, b)
            elif row < steps:
                away = np.square(a - anchor[0][place]) + np.square(b - anchor[1][place])
                settled[alive & (away > longest**2)] = row + 1
            peak = np.where(alive & (loss > peak), loss, peak)
            reached[alive & (loss <= target) & (reached > row)] = row
            left = alive & ~in_range(problem, a, b, loss)
            last[left] = row
            alive &= ~left
            if row > 0 and not alive.any():
                break
            if row < steps and alive.any():
                handed = {key: np.where(alive, value, np.nan) for key, value in now.items()}
                optimizer.update(handed, gradient)
                now = {key: np.array(np.broadcast_to(handed[key], value.shape)) for key, value in now.items()}
            if perf_counter() > due:
                yield row / (steps + 1)
                due = perf_counter() + SLICE_SECONDS
    judged = Tail(end[0], end[1], end[2], first, peak, late_rows(problem, *np.stack(tail, axis=1)))
    _put(ends, place, problem, judged, last, settled, reached)


def _put(ends: Ends, place: slice, problem: Problem, tail: Tail, last: Array, settled: Array, reached: Array) -> None:
    ends.kind[place] = judge(problem, tail).kind
    ends.x[place], ends.y[place], ends.loss[place] = tail.a, tail.b, tail.loss
    ends.last[place], ends.settled[place] = last, settled
    ends.reached[place] = np.where(np.isfinite(reached), reached, -1)
