"""Where and when runs leave the map."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF

from optvis.draw.paint.drawable import Run
from optvis.draw.paint.strokes import vertices
from optvis.draw.paint.viewport import Viewport
from optvis.engine.trajectory import Trajectory
from optvis.problems.problem import Bounds

Array = NDArray[np.float64]

_EDGE = 3.0  # pixels between an arrow's tip and the frame
_LOOK_BACK = 5000  # steps; painted in every frame, so not the whole of a long run is searched
_known: WeakKeyDictionary[Trajectory, dict[Bounds, int | None]] = WeakKeyDictionary()


def left_at(trajectory: Trajectory, bounds: Bounds) -> int | None:
    """Return the step at which a run left the bounds for good; None when it ended inside.

    A position that is not a number is nowhere: it has left through no edge.
    """
    known = _known.setdefault(trajectory, {})
    if bounds not in known:
        xmin, xmax, ymin, ymax = bounds
        last = last_place(trajectory, trajectory.last)
        x, y = trajectory.x[: last + 1], trajectory.y[: last + 1]
        inside = np.flatnonzero((x >= xmin) & (x <= xmax) & (y >= ymin) & (y <= ymax))
        step = int(inside[-1]) + 1 if len(inside) else 0
        known[bounds] = None if step > last else step
    return known[bounds]


def last_place(trajectory: Trajectory, step: int) -> int:
    """Return the last row up to a step at which the position is a number; only the very last row may have none."""
    at = min(step, trajectory.last)
    is_nowhere = bool(np.isnan(trajectory.x[at]) or np.isnan(trajectory.y[at]))
    return at - 1 if is_nowhere and at > 0 else at


def exit_place(trajectory: Trajectory, step: int, viewport: Viewport) -> tuple[QPointF, tuple[float, float]]:
    """Return where a run that is outside the viewport at a step crossed its edge, and in which direction.

    For a run that was not inside lately, the edge's place on the way from the middle to the run.
    """
    rect = viewport.rect.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
    rows = slice(max(0, step - _LOOK_BACK), step + 1)
    points = vertices(viewport.to_pixels(trajectory.x[rows], trajectory.y[rows]), rect)
    inside = np.flatnonzero(within(points, rect))
    centre = np.array([rect.center().x(), rect.center().y()])
    if len(inside) == 0:
        begin, end = centre, points[-1] if len(points) else centre + (0.0, -1.0)
    elif inside[-1] + 1 < len(points):
        begin, end = points[inside[-1]], points[inside[-1] + 1]
    else:  # the next position is not a number: on in the same direction
        begin = points[inside[-1]]
        end = begin + (begin - points[inside[-1] - 1] if inside[-1] > 0 else begin - centre)
    along = end - begin
    shares = [
        ((high if along[axis] > 0 else low) - begin[axis]) / along[axis]
        for axis, low, high in ((0, rect.left(), rect.right()), (1, rect.top(), rect.bottom()))
        if along[axis] != 0
    ]
    tip = begin + along * min((share for share in shares if share >= 0), default=0.0)
    return QPointF(*tip), (float(along[0]), float(along[1]))


def within(points: Array, rect: QRectF) -> NDArray[np.bool_]:
    """Which of ``(n, 2)`` pixels are inside a rectangle."""
    x, y = points[:, 0], points[:, 1]
    return np.asarray((x >= rect.left()) & (x <= rect.right()) & (y >= rect.top()) & (y <= rect.bottom()))


_FARTHEST = 10.0  # times the domain; who goes farther has left


def reached(runs: Sequence[Run], bounds: Bounds) -> Bounds | None:
    """Return a window with all places that runs reach but for those far beyond the domain; None for no place."""
    xmin, xmax, ymin, ymax = bounds
    wide, high = xmax - xmin, ymax - ymin
    places = [np.column_stack([run.trajectory.x, run.trajectory.y]) for run in runs]
    points = np.concatenate(places) if places else np.empty((0, 2))
    middle = np.array([(xmin + xmax) / 2, (ymin + ymax) / 2])
    with np.errstate(invalid="ignore"):
        points = points[(np.abs(points - middle) <= _FARTHEST * np.array([wide, high])).all(axis=1)]
    if not len(points):
        return None
    low, far = points.min(axis=0), points.max(axis=0)
    room = np.maximum(0.08 * (far - low), 1e-3 * np.array([wide, high]))
    (left, bottom), (right, top) = (low - room).tolist(), (far + room).tolist()
    return left, right, bottom, top
