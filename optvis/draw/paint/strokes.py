"""Polylines as short straight strokes: clipped, dashed and ready for `QPainter.drawLines`.

Qt strokes a long antialiased path that crosses itself very slowly, and its own dashes begin anew
with every call. So dashes are cut here, along the length of the whole line, and each stroke knows
to which step it belongs: a line drawn in pieces is the line drawn at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6 import sip
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPaintEngine, QPainter, QPainterPath, QPen

Array = NDArray[np.float64]

_FARTHEST = 1e9  # pixels from the middle; beyond it only the direction matters
_NEAR = 1e-6
_JOINT = 0.75  # pixels by which a stroke that goes on round a corner reaches past it


@dataclass(frozen=True, eq=False)
class Strokes:
    """Straight strokes in the order of the steps that they lead to.

    Attributes
    ----------
    lines
        x1, y1, x2, y2 in logical pixels, ``(n, 4)``.
    steps
        The step that each stroke leads to, ``(n,)``, ascending.
    """

    lines: Array
    steps: NDArray[np.intp]

    def between(self, after: int, to: int) -> Array:
        """Return the lines that lead to the steps after the first and up to the second."""
        first, last = np.searchsorted(self.steps, (after, to), side="right")
        return self.lines[first:last]


def vertices(points: Array, rect: QRectF) -> Array:
    """Bring positions within reach of the painter, up to the first that is not a number.

    Far away and infinite ones are drawn towards the middle of ``rect``, keeping their direction.
    """
    undefined = np.isnan(points).any(axis=1)
    points = np.nan_to_num(points[: int(np.argmax(undefined)) if undefined.any() else len(points)])
    centre = np.array([rect.center().x(), rect.center().y()])
    offset = points - centre
    radius = np.abs(offset).max(axis=1, initial=0.0)
    shrink = np.minimum(1.0, _FARTHEST / np.maximum(radius, 1.0))
    near: Array = centre + offset * shrink[:, None]
    return near


def distinct(points: Array, ratio: float) -> NDArray[np.intp]:
    """Return the rows that do not fall onto the same device pixel as the row before."""
    pixels = np.floor(points * ratio)
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = (pixels[1:] != pixels[:-1]).any(axis=1)
    return np.flatnonzero(keep)


def strokes(points: Array, steps: NDArray[np.intp], dash: tuple[float, ...], rect: QRectF) -> Strokes:
    """Cut a polyline into strokes.

    Parameters
    ----------
    points
        Vertices in logical pixels, ``(n, 2)``, finite.
    steps
        The step of each vertex, ``(n,)``.
    dash
        Lengths of line and gap in turn; () for a whole line.
    rect
        What lies outside is left out; the dashes count on through it.
    """
    begin, along = points[:-1], np.diff(points, axis=0)
    lengths = np.hypot(along[:, 0], along[:, 1])
    enters, leaves = _clip(begin, along, rect)
    seen = np.flatnonzero((leaves > enters) & (lengths > 1e-9))
    begin, along, length, ends = begin[seen], along[seen], lengths[seen], steps[1:][seen]
    enters, leaves = enters[seen] * length, leaves[seen] * length  # pixels along each segment
    if not dash:
        which, start, stop = np.arange(len(seen)), enters, leaves
    else:
        period = sum(dash)
        before = np.concatenate([[0.0], np.cumsum(lengths % period)])[:-1][seen] % period
        which, start, stop = _dashes(enters + before, leaves + before, dash)
        start, stop = start - before[which], stop - before[which]
        goes_on = (stop >= leaves[which]) & (leaves[which] >= length[which])
        stop = stop + _JOINT * goes_on
    unit = along[which] / length[which, None]
    lines = np.hstack([begin[which] + unit * start[:, None], begin[which] + unit * stop[:, None]])
    return Strokes(lines, ends[which])


def _clip(begin: Array, along: Array, rect: QRectF) -> tuple[Array, Array]:
    """Shares of each segment between which it is inside the rectangle (Liang and Barsky, 1984)."""
    enters, leaves = np.zeros(len(begin)), np.ones(len(begin))
    with np.errstate(all="ignore"):
        for axis, low, high in ((0, rect.left(), rect.right()), (1, rect.top(), rect.bottom())):
            first, second = (low - begin[:, axis]) / along[:, axis], (high - begin[:, axis]) / along[:, axis]
            is_parallel = along[:, axis] == 0
            outside = is_parallel & ((begin[:, axis] < low) | (begin[:, axis] > high))
            enters = np.maximum(enters, np.where(is_parallel, 0.0, np.minimum(first, second)))
            leaves = np.minimum(leaves, np.where(is_parallel, 1.0, np.maximum(first, second)))
            leaves = np.where(outside, -1.0, leaves)
    return enters, leaves


def _dashes(start: Array, stop: Array, dash: tuple[float, ...]) -> tuple[NDArray[np.intp], Array, Array]:
    """Cut intervals of length along a line: which interval each dash belongs to, and its two ends."""
    edges = np.concatenate([[0.0], np.cumsum(dash)])
    ons, offs, period = edges[:-1:2], edges[1::2], edges[-1]
    first = np.floor(start / period).astype(np.intp)
    count = np.floor(stop / period).astype(np.intp) - first + 1
    which = np.repeat(np.arange(len(start)), count)
    turn = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + first[which]
    begins = np.maximum((turn * period)[:, None] + ons, start[which, None]).ravel()
    ends = np.minimum((turn * period)[:, None] + offs, stop[which, None]).ravel()
    which = np.repeat(which, len(ons))
    some = ends > begins
    return which[some], begins[some], ends[some]


def is_vector(painter: QPainter) -> bool:
    """Whether what is painted keeps its lines and text."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() in (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)


def _path_of(lines: NDArray[np.float64]) -> QPainterPath:
    """Return lines ``(n, 4)`` as a path, in one piece where one begins at the end of the one before."""
    path = QPainterPath()
    last_x = last_y = float("nan")
    for x1, y1, x2, y2 in lines.tolist():
        if not (abs(x1 - last_x) < _NEAR and abs(y1 - last_y) < _NEAR):
            path.moveTo(x1, y1)
        path.lineTo(x2, y2)
        last_x, last_y = x2, y2
    return path


def draw_lines(
    painter: QPainter, lines: Array, color: QColor, width: float, cap: Qt.PenCapStyle = Qt.PenCapStyle.FlatCap
) -> None:
    """Draw straight lines ``(n, 4)`` in logical pixels; in files that keep lines as one path."""
    if len(lines) == 0:
        return
    pen = QPen(color, width, Qt.PenStyle.SolidLine, cap)
    if is_vector(painter):
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(_path_of(lines), pen)
    else:
        painter.setPen(pen)
        painter.drawLines(_qt_array(QLineF, lines))


def draw_dots(painter: QPainter, points: Array, color: QColor, diameter: float) -> None:
    """Draw discs at ``(n, 2)`` logical pixels."""
    if len(points):
        painter.setPen(QPen(color, diameter, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints(_qt_array(QPointF, points))


def _qt_array(kind: type[Any], values: Array) -> Any:
    """Copy rows of floats into one block of QLineF or QPointF; a hundred times as fast as a list of them."""
    make: Any = sip.array
    block = make(kind, len(values))
    memory: Any = sip.voidptr(block, values.size * 8)
    np.frombuffer(memory, dtype=np.float64)[:] = values.ravel()
    return block
