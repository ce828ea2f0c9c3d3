"""Where a profile line is laid when nobody has drawn it yet."""

from __future__ import annotations

import math
from collections.abc import Callable

from optvis.problems.problem import Bounds, Point, Problem, Segment

_INSET = 0.06  # of the window: both ends can be taken hold of
_BEFORE, _BEYOND = 0.15, 0.75  # of the way from the start to the minimum
_SHORTEST = 0.2  # of the window


def through_minimum(problem: Problem, start: Point, bounds: Bounds) -> Segment:
    """Return a line through the start and the nearest known minimum, and on beyond both, inside a window.

    Where no minimum is known, or hardly anything of the line would be seen, it is `along_x`.
    """
    xmin, xmax, ymin, ymax = bounds
    width, height = xmax - xmin, ymax - ymin

    def far(x: float, y: float) -> float:
        return math.hypot(x / width, y / height)

    ways = [(minimum.x - start[0], minimum.y - start[1]) for minimum in problem.minima]
    right, up = min(ways, key=lambda way: far(*way), default=(0.0, 0.0))
    first, last = -_BEFORE, 1.0 + _BEYOND
    for at, along, (low, high) in zip(start, (right, up), _inside(bounds), strict=True):
        if along:
            ends = (low - at) / along, (high - at) / along
            first, last = max(first, min(ends)), min(last, max(ends))
        elif not low <= at <= high:
            return along_x(problem, start, bounds)
    if (last - first) * far(right, up) < _SHORTEST:
        return along_x(problem, start, bounds)
    return start[0] + first * right, start[1] + first * up, start[0] + last * right, start[1] + last * up


def along_x(problem: Problem, start: Point, bounds: Bounds) -> Segment:
    """Return a line across a window at the y of the start, or in the middle where the start is not in the window."""
    (left, right), (bottom, top) = _inside(bounds)
    y = start[1] if bottom <= start[1] <= top else (bottom + top) / 2
    return left, y, right, y


def along_y(problem: Problem, start: Point, bounds: Bounds) -> Segment:
    """Return a line up a window at the x of the start, or in the middle where the start is not in the window."""
    (left, right), (bottom, top) = _inside(bounds)
    x = start[0] if left <= start[0] <= right else (left + right) / 2
    return x, bottom, x, top


def _inside(bounds: Bounds) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ranges of x and y in which ends may lie."""
    xmin, xmax, ymin, ymax = bounds
    across, upward = _INSET * (xmax - xmin), _INSET * (ymax - ymin)
    return (xmin + across, xmax - across), (ymin + upward, ymax - upward)


Placing = Callable[[Problem, Point, Bounds], Segment]
"""From a problem, the start and a window of the plane to a line."""
