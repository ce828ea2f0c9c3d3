"""A profile: the loss along a straight segment of the plane, and where ways cross the segment."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optvis.foundation.slices import eager
from optvis.problems.problem import Problem

Array = NDArray[np.float64]
Point = tuple[float, float]

_BLOCK = 64  # places in one slice


@dataclass(frozen=True, eq=False)
class Profile:
    """The loss at places evenly spaced along a segment.

    Attributes
    ----------
    begin, end
        The segment's ends in the plane.
    share
        Where each place is, from 0 at ``begin`` to 1 at ``end``, ``(n,)``.
    loss
        At each, ``(n,)``; inf or nan where the problem says so.
    """

    begin: Point
    end: Point
    share: Array
    loss: Array


@dataclass(frozen=True)
class Crossing:
    """Where a way crosses a segment.

    Attributes
    ----------
    step
        With a fraction: 3.5 is half way between the places after 3 and 4 updates.
    share
        Along the segment, from 0 to 1.
    is_leftward
        Whether the way goes to the left of the segment, seen from its begin to its end.
    """

    step: float
    share: float
    is_leftward: bool


def profile_in_slices(problem: Problem, begin: Point, end: Point, count: int = 257) -> Generator[float, None, Profile]:
    """Evaluate the loss at ``count`` places along a segment of the problem's plane, both ends among them."""
    share = np.linspace(0.0, 1.0, count)
    a, b = (first + share * (last - first) for first, last in zip(begin, end, strict=True))
    a[-1], b[-1] = end
    loss = np.empty(count)
    for first in range(0, count, _BLOCK):
        rows = slice(first, first + _BLOCK)
        with np.errstate(all="ignore"):
            loss[rows] = problem.loss(problem.plane.point(a[rows], b[rows]))
        yield min(1.0, (first + _BLOCK) / count)
    return Profile(begin, end, share, loss)


profile = eager(profile_in_slices)


def crossings(x: Array, y: Array, begin: Point, end: Point) -> list[Crossing]:
    """Return where a way ``(n,)`` of straight pieces crosses a segment, in the order of the way.

    A way that goes along the segment does not cross it, one that touches it and turns back does not either, and a
    place of the way that lies on the segment counts once. What is not finite ends the way.
    """
    direction = np.subtract(end, begin)
    length = float(direction @ direction)
    if length == 0 or len(x) < 2:
        return []
    with np.errstate(all="ignore"):
        dx, dy = np.asarray(x, dtype=float) - begin[0], np.asarray(y, dtype=float) - begin[1]
        side = direction[0] * dy - direction[1] * dx  # positive to the left
        along = (direction[0] * dx + direction[1] * dy) / length
    is_lost = ~(np.isfinite(side) & np.isfinite(along))
    known = int(np.argmax(is_lost)) if is_lost.any() else len(side)
    aside = np.flatnonzero(side[:known])  # where a way is on the line itself, the places before and after decide
    found = []
    for before, after in zip(aside[:-1].tolist(), aside[1:].tolist(), strict=True):
        if (side[before] > 0) == (side[after] > 0):
            continue
        first = before if after == before + 1 else before + 1
        part = side[first] / (side[first] - side[after]) if first == before else 0.0
        share = float(along[first] + part * (along[min(first + 1, after)] - along[first]))
        if 0.0 <= share <= 1.0:
            found.append(Crossing(first + float(part), share, bool(side[after] > 0)))
    return found
