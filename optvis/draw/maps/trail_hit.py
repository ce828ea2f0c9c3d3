"""Which run a pixel of a map belongs to: its head, or its trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF

from optvis.draw.maps.exits import last_place
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.markers import HEAD_RADIUS
from optvis.draw.paint.viewport import Viewport

REACH = 6.0
"""Pixels beside a trail that still belong to it."""
_MOST_ROWS = 50_000  # the last of a run that are looked at; more would hold up the mouse


@dataclass(frozen=True, eq=False)
class TrailHit:
    """A run at a pixel: which, at which step, and whether it is the head."""

    run: Run
    step: int
    is_head: bool


def trail_at(runs: Sequence[Run], viewport: Viewport, at: QPointF, step: int) -> TrailHit | None:
    """Return the run whose head or trail is at a pixel, as painted at a step; heads first, then what is on top.

    Parameters
    ----------
    runs
        As they are painted, the last on top.
    """
    for run in reversed(runs):
        row = last_place(run.trajectory, step)
        x, y = float(run.trajectory.x[row]), float(run.trajectory.y[row])
        if viewport.shows(x, y) and _length(viewport.point(x, y) - at) <= HEAD_RADIUS * viewport.weight + 2:
            return TrailHit(run, row, is_head=True)
    for run in reversed(runs):
        passed = _row_at(run, viewport, at, last_place(run.trajectory, step))
        if passed is not None:
            return TrailHit(run, passed, is_head=False)
    return None


def _row_at(run: Run, viewport: Viewport, at: QPointF, last: int) -> int | None:
    """The row nearest to a pixel on the stretch of the way that passes it; None where none does."""
    first = max(0, last - _MOST_ROWS)
    rows = slice(first, last + 1)
    points = viewport.to_pixels(run.trajectory.x[rows], run.trajectory.y[rows]) - (at.x(), at.y())
    if len(points) < 2:
        return None
    with np.errstate(all="ignore"):
        along = np.diff(points, axis=0)
        share = -(points[:-1] * along).sum(axis=1) / np.square(along).sum(axis=1)
        share = np.clip(np.nan_to_num(share), 0.0, 1.0)
        away = np.hypot(*(points[:-1] + along * share[:, None]).T)
    near = np.flatnonzero(away <= REACH * max(1.0, viewport.weight))
    if not len(near):
        return None
    piece = int(near[np.argmin(away[near])])
    return first + piece + int(share[piece] >= 0.5)


def _length(way: QPointF) -> float:
    return float(np.hypot(way.x(), way.y()))
