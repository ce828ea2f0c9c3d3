"""When the last of several runs has come to rest, as far as a picture shows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from optvis.engine.trajectory import Trajectory
from optvis.problems.problem import Bounds

_SEEN = 1 / 2_000
"""Of the window's width and height: less than half a pixel in most pictures."""


def settled_step(trajectories: Iterable[Trajectory], bounds: Bounds) -> int:
    """Return the first step from which no run moves by anything that is seen in a window; 0 where none ever moves.

    A run that has diverged is at rest from its last row on; one that goes on for ever is never at rest, which makes it
    its last step. Lone runs alone.
    """
    xmin, xmax, ymin, ymax = bounds
    return max((_settled(each, _SEEN * (xmax - xmin), _SEEN * (ymax - ymin)) for each in trajectories), default=0)


def _settled(trajectory: Trajectory, across: float, up: float) -> int:
    last = trajectory.last
    x, y = trajectory.x[: last + 1], trajectory.y[: last + 1]
    with np.errstate(all="ignore"):
        is_away = ~((np.abs(x - x[-1]) <= across) & (np.abs(y - y[-1]) <= up))
    rows = np.flatnonzero(is_away)
    return min(int(rows[-1]) + 1, last) if len(rows) else 0
