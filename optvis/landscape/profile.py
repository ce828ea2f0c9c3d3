"""A profile: the loss along a straight line of the plane, and where ways cross the line."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optvis.foundation.slices import eager
from optvis.problems.problem import Point, Problem, Segment

Array = NDArray[np.float64]

PLACES = 513
_PLACES_AT_ONCE = 64  # in one slice
_ROWS_AT_ONCE = 65_536
_ROUNDING = 8 * float(np.finfo(float).eps)  # of the coordinates: what is nearer to the line lies on it


@dataclass(frozen=True, eq=False)
class Profile:
    """The loss at places evenly spaced along a line.

    Attributes
    ----------
    segment
        The line's ends in the plane.
    share
        Where each place is, from 0 at the first end to 1 at the second, ``(n,)``.
    loss
        At each, ``(n,)``; inf or nan where the problem says so.
    """

    segment: Segment
    share: Array
    loss: Array

    @property
    def length(self) -> float:
        """From end to end."""
        ax, ay, bx, by = self.segment
        return float(np.hypot(bx - ax, by - ay))

    def loss_at(self, share: float) -> float:
        """Return the loss at a share of the line, straight between the places."""
        return float(np.interp(share, self.share, self.loss))

    def place(self, share: float) -> Point:
        """Return where in the plane a share of the line is."""
        ax, ay, bx, by = self.segment
        return ax + share * (bx - ax), ay + share * (by - ay)


@dataclass(frozen=True, eq=False)
class Crossings:
    """Where a way crosses a line, in the order of the way.

    Attributes
    ----------
    steps
        Ascending, ``(n,)``; 3.5 is half way between the places after 3 and 4 updates.
    shares
        Along the line, from 0 to 1, ``(n,)``.
    """

    steps: Array
    shares: Array


def profile_in_slices(problem: Problem, segment: Segment, count: int = PLACES) -> Generator[float, None, Profile]:
    """Evaluate the loss at ``count`` places along a line of the problem's plane, both ends among them."""
    share = np.linspace(0.0, 1.0, count)
    ax, ay, bx, by = segment
    a, b = ax + share * (bx - ax), ay + share * (by - ay)
    a[-1], b[-1] = bx, by
    loss = np.empty(count)
    for first in range(0, count, _PLACES_AT_ONCE):
        rows = slice(first, first + _PLACES_AT_ONCE)
        with np.errstate(all="ignore"):
            loss[rows] = problem.loss(problem.plane.point(a[rows], b[rows]))
        yield min(1.0, (first + _PLACES_AT_ONCE) / count)
    return Profile(segment, share, loss)


profile = eager(profile_in_slices)


def crossings_in_slices(x: Array, y: Array, segment: Segment) -> Generator[float, None, Crossings]:
    """Find where a way ``(n,)`` of straight pieces crosses a line.

    A way that goes along the line does not cross it, one that touches it and turns back does not either, and a
    place of the way that lies on the line counts once. What is not finite ends the way.
    """
    side, along = np.empty(len(x)), np.empty(len(x))
    known = len(x)
    for first in range(0, len(x), _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        side[rows], along[rows] = _beside(x[rows], y[rows], segment)
        yield min(1.0, (first + _ROWS_AT_ONCE) / len(x))
        is_lost = ~(np.isfinite(side[rows]) & np.isfinite(along[rows]))
        if is_lost.any():
            known = first + int(np.argmax(is_lost))
            break
    aside = np.flatnonzero(side[:known])  # where a way is on the line itself, the places before and after decide
    is_left = side[aside] > 0
    turns = np.flatnonzero(is_left[1:] != is_left[:-1])
    before, after = aside[turns], aside[turns + 1]
    goes_through = after == before + 1
    at = np.where(goes_through, before, before + 1)
    with np.errstate(all="ignore"):
        part = np.where(goes_through, side[before] / (side[before] - side[after]), 0.0)
        shares = along[at] + part * (along[np.minimum(at + 1, after)] - along[at])
    is_seen = (shares >= 0) & (shares <= 1)
    return Crossings((at + part)[is_seen], shares[is_seen])


crossings = eager(crossings_in_slices)


def _beside(x: Array, y: Array, segment: Segment) -> tuple[Array, Array]:
    """How far places are to the left of a line, 0 for those on it, and how far along it, in lengths of it."""
    ax, ay, bx, by = segment
    right, up = bx - ax, by - ay
    length = np.hypot(right, up)
    with np.errstate(all="ignore"):
        dx, dy = x - ax, y - ay
        side = right / length * dy - up / length * dx
        along = (right / length * dx + up / length * dy) / length
        rounding = _ROUNDING * (max(map(abs, segment)) + np.abs(dx) + np.abs(dy))
        return np.where(np.abs(side) <= rounding, 0.0, side), along
