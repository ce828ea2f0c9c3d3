"""How a trajectory ended, and why; what counts as small is in `optvis.problems.tolerances`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optvis.engine.cells import shared_cells
from optvis.landscape.defined import nearest_defined
from optvis.problems.problem import Problem
from optvis.problems.tolerances import ROUNDING, WINDOW, Tolerances, in_range, tolerances

Array = NDArray[np.float64]

KINDS: dict[str, str] = {
    "diverged": "left the domain for good, or is not finite",
    "growing": "the loss is above the start's and rising",
    "saddle": "ended where the slope is 0 and the loss falls on two sides or more",
    "plateau": "ended where the loss is flat all around",
    "converged": "ended where the slope is 0",
    "stalled": "hardly moves although there is a slope",
    "oscillating": "keeps moving around while the loss no longer falls",
    "moving": "still on its way",
}
"""Every kind of outcome and what it means, in the order in which they are tried."""
KIND_NAMES = tuple(KINDS)
KIND_CODES = {kind: code for code, kind in enumerate(KINDS)}
"""What stands for a kind in arrays is its index in ``KIND_NAMES``."""

_RING_POINTS = 48
_ANGLES = np.linspace(0.0, 2 * np.pi, _RING_POINTS, endpoint=False)
_RING = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])
_WIDER = 5
_PIECE = 2_048


@dataclass(frozen=True)
class Outcome:
    """How one lane ended.

    Attributes
    ----------
    kind
        A key of `KINDS`.
    step
        Diverged: the first step out of range. Growing: the step from which the loss rises.
        Converged and stalled: the first step from which it holds to the end. Otherwise the last.
    reason
        One sentence with the numbers that decided.
    loss
        The loss at the last step that was computed; it may be inf or nan.
    words
        The outcome in two or three words: the kind, unless a run that counts as diverged went nowhere.
    """

    kind: str
    step: int
    reason: str
    loss: float
    words: str = ""

    def __post_init__(self) -> None:
        if not self.words:
            object.__setattr__(self, "words", self.kind)


@dataclass(frozen=True, eq=False)
class Tail:
    """The end of L lanes, which `judge` judges; arrays ``(L,)``.

    Attributes
    ----------
    a, b, loss
        Plane coordinates and loss at the last row of every lane that was computed.
    first, peak
        The loss at row 0 and the highest of all rows.
    late
        What the last rows were like, by the names of `optvis.kernels.lane_layout.TAIL`. The unit of lengths is
        the problem's tolerance of movement, losses are above its lowest one.
    """

    a: Array
    b: Array
    loss: Array
    first: Array
    peak: Array
    late: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Judgement:
    """How L lanes ended, and the numbers that decided; arrays ``(L,)``.

    Attributes
    ----------
    kind
        Index into `KINDS`.
    path
        Length of the last ten steps together.
    arcs
        Separate arcs of the ring round the end where the loss is lower.
    spread
        The largest difference of the loss on that ring from the loss at the end.
    level
        The slope that counts as none there.
    """

    kind: NDArray[np.uint8]
    path: Array
    arcs: NDArray[np.intp]
    spread: Array
    level: Array


def judge(problem: Problem, tail: Tail) -> Judgement:
    """Tell how every lane ended."""
    small, late = tolerances(problem), tail.late
    slope = late["end_slope"]
    with np.errstate(all="ignore"):
        path = small.movement * late["path"]
        net = np.hypot(tail.a - late["before_x"], tail.b - late["before_y"])
        flat = np.maximum(small.flat, ROUNDING * np.abs(tail.loss))
        diverged = ~in_range(problem, tail.a, tail.b, tail.loss)
        # A lane that is both fast and on a slope is neither at rest nor on anything flat
        is_near = ~diverged & ((path <= small.movement) | (slope <= 10 * small.gradient))
        lowest_rise, arcs, spread, wide_spread = _surroundings(problem, (tail.a, tail.b), tail.loss, flat, is_near)
        is_flat = (spread <= flat) | (wide_spread <= small.gradient * _WIDER * small.radius)
        growing = (tail.loss > tail.first + flat) & (tail.loss > late["before_loss"] + flat)
        growing &= late["late_peak"] >= tail.peak
        is_slow = small.movement * late["last_step"] <= small.radius
        saddle = (arcs >= 2) & (slope <= 10 * small.gradient) & is_slow
        still = path <= small.movement
        level = np.maximum(small.gradient, 0.05 * lowest_rise / small.radius)
        flat_path = late["steepest"] <= level
        # Whether the mean over the last ten rows is hardly below that over the ten before
        bouncing = (net < 0.5 * path) & (late["late_sum"] >= 0.99 * late["earlier_sum"])
    conditions = [diverged, growing, saddle, is_flat, still & flat_path, still, bouncing]
    kind = np.full(len(tail.loss), len(conditions), np.uint8)
    for code in reversed(range(len(conditions))):  # the first that holds has the last word
        kind[conditions[code]] = code
    return Judgement(kind, path, arcs, spread, level)


def classify(problem: Problem, a: Array, b: Array, loss: Array, slope: Array, last: NDArray[np.intp]) -> list[Outcome]:
    """Tell how every lane ended, from when on, and why.

    Parameters
    ----------
    a, b
        Plane coordinates, ``(T+1, L)``.
    loss
        ``(T+1, L)``.
    slope
        Norm of the gradient, ``(T+1, L)``.
    last
        The last row of every lane that was computed, ``(L,)``; smaller than T where it diverged.
    """
    small = tolerances(problem)
    lanes = np.arange(loss.shape[1])
    end = (a[last, lanes], b[last, lanes], loss[last, lanes])
    late = late_rows(problem, a, b, loss, slope)
    found = judge(problem, Tail(*end, loss[0], loss.max(axis=0), late))
    kinds = np.array(KIND_NAMES)[found.kind]
    at = last.copy()
    if (growing := np.flatnonzero(kinds == "growing")).size:
        at[growing] = np.argmin(loss[:, growing], axis=0)
    if (resting := np.flatnonzero((kinds == "converged") | (kinds == "stalled"))).size:
        columns = slice(None) if resting.size == len(lanes) else resting  # mostly all, which need no copy
        still = first_rows_at_rest(a[:, columns], b[:, columns], small.movement / WINDOW)
        flat = _since(slope[:, columns] <= found.level[columns])
        at[resting] = np.where(kinds[resting] == "converged", np.maximum(still, flat), still)
    numbers = (loss[0], end[2], slope[last, lanes], found.path, found.arcs, found.spread)
    outcomes = []
    for lane in lanes:
        kind, step, value = str(kinds[lane]), int(at[lane]), float(end[2][lane])
        words, reason = _went_nowhere(problem, step, float(end[0][lane]), float(end[1][lane]), value, kind)
        reason = reason or _reason(kind, step, small, *(float(each[lane]) for each in numbers))
        outcomes.append(Outcome(kind, step, reason, value, words))
    return outcomes


def _went_nowhere(problem: Problem, step: int, a: float, b: float, loss: float, kind: str) -> tuple[str, str]:
    """Words and reason for a lane that counts as diverged although it has not gone away; empty for any other."""
    if kind != "diverged" or np.isfinite(loss):
        return "", ""
    if np.isnan(a) or np.isnan(b):
        return "not a number", f"the position is not a number from step {step}"
    if not np.isnan(loss):
        return "", ""
    if step > 0:
        return "undefined", f"f is not defined where it got to at step {step}"
    place = nearest_defined(problem, (a, b))
    offer = "" if place is None else f"; the nearest place where it is: {place[0]:g}, {place[1]:g}"
    return "undefined at the start", f"f is not defined at the start{offer}"


def late_rows(problem: Problem, a: Array, b: Array, loss: Array, slope: Array) -> dict[str, Array]:
    """Tell by the names of `Tail.late` what the last of rows ``(R, L)`` are like; 21 rows are enough."""
    small = tolerances(problem)
    window = min(WINDOW, len(loss) - 1)
    with np.errstate(all="ignore"):
        along_a, along_b = (np.diff(each[-1 - window :], axis=0) / small.movement for each in (a, b))
        steps = np.sqrt(along_a * along_a + along_b * along_b)
        above = loss[-2 * WINDOW :] - small.lowest
        return {
            "path": steps.sum(axis=0),
            "last_step": steps[-1],
            "before_x": a[-1 - window],
            "before_y": b[-1 - window],
            "before_loss": loss[-1 - window],
            "late_sum": above[-WINDOW:].sum(axis=0),
            "earlier_sum": above[:-WINDOW].sum(axis=0) if len(loss) > 2 * WINDOW else np.full_like(loss[0], np.nan),
            "late_peak": loss[-(WINDOW // 2 + 1) :].max(axis=0),
            "steepest": slope[-1 - WINDOW :].max(axis=0),
            "end_loss": loss[-1],
            "end_slope": slope[-1],
        }


def _surroundings(
    problem: Problem, end: tuple[Array, Array], loss: Array, flat: Array, is_near: NDArray[np.bool_]
) -> tuple[Array, NDArray[np.intp], Array, Array]:
    """The loss on two rings round every end: the least rise, the falling arcs, and the spread on each ring.

    Lanes that are not near an end count as on a steep slope. Many lanes end at few places, so ends within a
    thousandth of the ring's radius of each other are examined once.
    """
    lowest, arcs = np.zeros_like(loss), np.zeros(len(loss), np.intp)
    spread, wide_spread = np.full_like(loss, np.inf), np.full_like(loss, np.inf)
    chosen = np.flatnonzero(is_near)
    if len(chosen) == 0:
        return lowest, arcs, spread, wide_spread
    radius = tolerances(problem).radius
    first, group = shared_cells(end[0][chosen], end[1][chosen], 1e-3 * radius)
    at = chosen[first]
    place = (end[0][at], end[1][at])
    rise = _rise(problem, place, loss[at], np.array([radius, _WIDER * radius]))
    found, wide_arcs = _falling_arcs(rise, flat[at])
    # Where the loss falls to one side it is no minimum, however small the slope
    found = np.where(found == 1, np.maximum(found, wide_arcs), found)
    near_spread, far_spread = np.abs(rise).max(axis=1)
    lowest[chosen] = rise[0].min(axis=0)[group]
    arcs[chosen] = found[group]
    spread[chosen] = near_spread[group]
    wide_spread[chosen] = np.where(wide_arcs > 0, far_spread, np.inf)[group]
    return lowest, arcs, spread, wide_spread


def _reason(
    kind: str,
    step: int,
    small: Tolerances,
    start: float,
    end: float,
    slope: float,
    path: float,
    arcs: float,
    spread: float,
) -> str:
    match kind:
        case "diverged":
            how = "went beyond a million times the domain's size" if np.isfinite(end) else f"reached a loss of {end:g}"
            return f"{how} at step {step}"
        case "growing":
            return f"the loss rose from {start:.3g} to {end:.3g}, since step {step}"
        case "saddle":
            sides = "on all sides" if arcs == _RING_POINTS else f"on {arcs:.0f} sides"
            return f"the gradient's norm is {slope:.2g} and the loss falls {sides}"
        case "plateau":
            return f"all points within {small.radius:.2g} have the same loss, to {spread:.1g}"
        case "converged":
            return (
                f"the gradient's norm is {slope:.2g} and the last steps moved {path:.2g}, at most {small.movement:.2g}"
            )
        case "stalled":
            return (
                f"the last steps moved {path:.2g}, at most {small.movement:.2g}, but the gradient's norm is {slope:.2g}"
            )
        case "oscillating":
            return f"the last steps moved {path:.2g} to and fro while the loss stayed near {end:.3g}"
        case _:
            return f"the last steps moved {path:.2g} and the gradient's norm is {slope:.2g}"


def _rise(problem: Problem, centre: tuple[Array, Array], loss: Array, radii: Array) -> Array:
    """How much higher the loss is at the points of rings, ``(rings, points, L)``; nan is no rise."""
    along_a, along_b = radii[:, None, None] * _RING[:, None, :, None]
    a, b = centre[0] + along_a, centre[1] + along_b
    ring = np.asarray(problem.loss(problem.plane.point(a.ravel(), b.ravel())), dtype=float).reshape(a.shape)
    rise = ring - loss
    return rise if np.isfinite(rise).all() else np.nan_to_num(rise, nan=0.0)


def _falling_arcs(rise: Array, flat: Array) -> NDArray[np.intp]:
    """Number of separate arcs of every ring where the loss is lower, ``(rings, L)``."""
    lower = rise < -flat
    if not lower.any():
        return np.zeros(lower[:, 0].shape, np.intp)
    begins = lower.copy()
    begins[:, 1:] &= ~lower[:, :-1]
    begins[:, 0] &= ~lower[:, -1]
    arcs: NDArray[np.intp] = begins.sum(axis=1)
    return np.where(lower.all(axis=1), _RING_POINTS, arcs)  # the top of a hill


def first_rows_at_rest(a: Array, b: Array, longest: float) -> NDArray[np.intp]:
    """Return the first row of every lane from which no step is longer than ``longest``, ``(L,)``.

    Rows ``(T+1, L)`` are searched from the end, in pieces that the processor's cache holds.
    """
    since = np.zeros(a.shape[1], np.intp)
    unknown = np.ones(a.shape[1], bool)
    stop = len(a)
    while stop > 1 and unknown.any():
        first = max(0, stop - 1 - _PIECE)
        along_a, along_b = np.diff(a[first:stop], axis=0), np.diff(b[first:stop], axis=0)
        with np.errstate(all="ignore"):
            is_long = ~(np.square(along_a / longest) + np.square(along_b / longest) <= 1.0)  # nan is long, too
        found = unknown & is_long.any(axis=0)
        since[found] = stop - 1 - np.argmax(is_long[::-1, found], axis=0)
        unknown &= ~found
        stop = first + 1
    return since


def _since(holds: NDArray[np.bool_]) -> NDArray[np.intp]:
    """First row from which a condition holds to the end; the number of rows where it never does."""
    backwards = holds[::-1]
    lasting = np.where(holds.all(axis=0), len(holds), np.argmin(backwards, axis=0))
    return len(holds) - lasting
