"""The box round the surface: floor, back walls, three axes with numbers at their outer sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen, QPolygonF

from optvis.draw.paint import text
from optvis.draw.paint.loss_ticks import loss_ticks
from optvis.draw.paint.numbers import ticks
from optvis.draw.paint.strokes import draw_lines
from optvis.draw.paint.text import Align
from optvis.draw.paint.theme import Theme
from optvis.draw.surface.camera import FLOOR, TOP, Projection
from optvis.draw.surface.mesh import Mesh

Array = NDArray[np.float64]

PIXELS = 11.0
_CENTRED = int(Align.AlignCenter) | int(Qt.TextFlag.TextSingleLine) | int(Qt.TextFlag.TextDontClip)
_TICK = 5.0
_ROOM_PER_NUMBER = 46.0
_ROOM_ABOVE = 30.0
_LONGEST_NAME = 110.0  # pixels of a name beside the floor, so that it stays in sight
_SHORTEST = 36.0  # pixels of an axis that still gets numbers


@dataclass(frozen=True)
class Axis:
    """One axis as it lies on the paper.

    Attributes
    ----------
    begin, end
        Its ends, in logical pixels.
    outward
        Unit vector of the paper that points away from the box: where ticks and numbers go.
    places
        Of the ticks, shares of the way from begin to end.
    """

    name: str
    begin: Array
    end: Array
    outward: Array
    places: Array
    labels: tuple[str, ...]

    @property
    def length(self) -> float:
        """In logical pixels."""
        return float(np.hypot(*(self.end - self.begin)))

    def at(self, places: Array) -> Array:
        """Return shares of the way in logical pixels, ``(n, 2)``."""
        return np.asarray(self.begin + np.multiply.outer(places, self.end - self.begin))


def near_corner(projection: Projection) -> tuple[float, float]:
    """Return the corner of the floor that is nearest to the viewer."""
    (ahead_x, ahead_y), (half_x, half_y) = projection.towards, projection.half
    return (half_x if ahead_x > 0 else -half_x), (half_y if ahead_y > 0 else -half_y)


def axes_of(mesh: Mesh, projection: Projection, names: tuple[str, str]) -> tuple[Axis, Axis, Axis]:
    """Return the axes of the two coordinates, along the two near edges of the floor, and that of f, on the left."""
    near_x, near_y = near_corner(projection)
    half_x, half_y = mesh.half
    xmin, xmax, ymin, ymax = mesh.bounds

    def pixels(x: float, y: float, z: float = FLOOR) -> Array:
        at = projection.point(x, y, z)
        return np.array([at.x(), at.y()])

    def axis(name: str, begin: Array, end: Array, out: Array, low: float, high: float) -> Axis:
        found = ticks(low, high, _count(begin, end, projection.weight))
        places = (np.array(found.values) - low) / (high - low) if found.values else np.empty(0)
        return Axis(f"{name} {found.note}".strip(), begin, end, _unit(out), places, found.labels)

    x_out = pixels(0, near_y) - pixels(0, 0)
    x_axis = axis(names[0], pixels(-half_x, near_y), pixels(half_x, near_y), x_out, xmin, xmax)
    y_out = pixels(near_x, 0) - pixels(0, 0)
    y_axis = axis(names[1], pixels(near_x, -half_y), pixels(near_x, half_y), y_out, ymin, ymax)
    corners = [(x, y) for x in (-half_x, half_x) for y in (-half_y, half_y)]
    left = min(corners, key=lambda corner: float(pixels(*corner)[0]))
    begin, end = pixels(*left, 0.0), pixels(*left, TOP)
    found, name = loss_ticks(mesh.scale, _count(begin, end, projection.weight, _ROOM_ABOVE))
    places = mesh.scale.normalised(np.array(found.values))
    return x_axis, y_axis, Axis(name, begin, end, np.array([-1.0, 0.0]), places, found.labels)


def _count(begin: Array, end: Array, weight: float, room: float = _ROOM_PER_NUMBER) -> int:
    return max(2, min(8, round(float(np.hypot(*(end - begin))) / (room * weight))))


def _unit(vector: Array) -> Array:
    length = float(np.hypot(*vector))
    return vector / length if length > 0 else np.array([0.0, 1.0])


def paint_floor(painter: QPainter, projection: Projection, theme: Theme) -> None:
    """Paint the floor and its frame."""
    half_x, half_y = projection.half
    corners = [(-half_x, -half_y), (half_x, -half_y), (half_x, half_y), (-half_x, half_y)]
    outline = QPolygonF([projection.point(x, y, FLOOR) for x, y in corners])
    painter.setPen(QPen(theme.frame, projection.weight))
    painter.setBrush(theme.panel)
    painter.drawPolygon(outline)


def paint_walls(painter: QPainter, mesh: Mesh, projection: Projection, axes: tuple[Axis, Axis, Axis],
                theme: Theme) -> None:  # fmt: skip
    """Paint thin lines on the two far walls, level with the numbers of f, and the walls' upright edges."""
    near_x, near_y = near_corner(projection)
    third = axes[2]
    levels = TOP * np.concatenate([[0.0], third.places[(third.places > 0.01) & (third.places < 0.99)], [1.0]])
    x, y = np.array([-near_x, -near_x, near_x]), np.array([near_y, -near_y, -near_y])  # from side to side
    if third.length >= _SHORTEST * projection.weight:
        level = projection.to_pixels(x, y, levels[:, None])
        lines = np.concatenate([level[:, :-1], level[:, 1:]], axis=2).reshape(-1, 4)
        draw_lines(painter, lines, theme.grid, projection.weight)
    upright = np.hstack([projection.to_pixels(x, y, FLOOR), projection.to_pixels(x, y, TOP)])
    draw_lines(painter, upright, theme.frame, projection.weight)


def paint_numbers(painter: QPainter, axes: tuple[Axis, Axis, Axis], theme: Theme, weight: float = 1.0) -> None:
    """Paint ticks, numbers and names; a number that would touch another is left out."""
    taken: list[QRectF] = []
    font = text.font(PIXELS * weight)
    pixels, size, tick = PIXELS * weight, 1.1 * PIXELS * weight, _TICK * weight
    for axis in (axes[2], *axes[:2]):
        is_upright = axis is axes[2]
        if axis.length < _SHORTEST * weight:
            continue
        at = axis.at(axis.places)
        draw_lines(painter, np.hstack([at, at + axis.outward * tick]), theme.frame, weight)
        farthest, name = 0.0, axis.name
        painter.setFont(font)
        painter.setPen(theme.muted)
        for place, label in zip(at, axis.labels, strict=True):
            box = _beside(place, axis.outward, tick + 3 * weight, label, pixels)
            if any(box.intersects(other) for other in taken):
                continue
            taken.append(box)
            farthest = max(farthest, _reach(box, axis.outward))
            painter.drawText(box, _CENTRED, label)
        if is_upright:
            wide = text.width(name, size) + 2
            box = QRectF(axis.end[0] + 6 * weight - wide, axis.end[1] - 22 * weight, wide, 16 * weight)
            box.moveLeft(max(box.left(), 2.0))
        else:
            name = text.elided(name, size, _LONGEST_NAME * weight)
            box = _beside(axis.at(np.array([0.5]))[0], axis.outward, tick + 5 * weight + farthest, name, size)
        taken.append(box)
        text.draw_text(painter, box, name, theme.ink, size, Align.AlignCenter)


def _reach(box: QRectF, outward: Array) -> float:
    """How far a box reaches in a direction, from side to side."""
    return abs(float(outward[0])) * box.width() + abs(float(outward[1])) * box.height()


def _beside(at: Array, outward: Array, distance: float, words: str, pixels: float) -> QRectF:
    """Return the box of words beside a point, so that its near side keeps a distance."""
    wide, high = text.width(words, pixels) + 2, pixels * 1.3
    half = (abs(float(outward[0])) * wide + abs(float(outward[1])) * high) / 2
    middle = at + outward * (distance + half)
    return QRectF(
        QPointF(middle[0] - wide / 2, middle[1] - high / 2), QPointF(middle[0] + wide / 2, middle[1] + high / 2)
    )
