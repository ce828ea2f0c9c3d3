"""From where the surface is looked at, and where its points then lie on the paper.

The projection is orthographic: what is equally long is drawn equally long, and which of two cells of
a height field hides the other follows from the azimuth alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PyQt6.QtCore import QPointF, QRectF

Array = NDArray[np.float64]

TOP = 0.70
"""Height of the box above the surface's lowest place; the longer side of its floor is 2."""
FLOOR = -0.38
"""Where the floor lies, below the surface's lowest place."""

_LOWEST, _STEEPEST = 5.0, 89.0
_SMALLEST, _LARGEST = 0.4, 8.0
_DEGREES_PER_PIXEL = 0.4
_MARGINS = (58.0, 20.0, 34.0, 44.0)  # pixels left, above, right and below for numbers and names


@dataclass(frozen=True)
class Camera:
    """A place to look from, far away.

    Attributes
    ----------
    azimuth
        Degrees from the x axis, counterclockwise as seen from above: −90 looks along the y axis.
    elevation
        Degrees above the floor.
    zoom
        1 shows the whole box, whatever the azimuth.
    """

    azimuth: float = -58.0
    elevation: float = 38.0
    zoom: float = 1.0

    def rotated(self, dx: float, dy: float) -> Camera:
        """Turn as if the box were dragged by pixels to the right and down; never beneath the floor."""
        azimuth = (self.azimuth - dx * _DEGREES_PER_PIXEL + 180.0) % 360.0 - 180.0
        elevation = min(_STEEPEST, max(_LOWEST, self.elevation + dy * _DEGREES_PER_PIXEL))
        return replace(self, azimuth=azimuth, elevation=elevation)

    def zoomed(self, factor: float) -> Camera:
        """Come closer by a factor, within limits."""
        return replace(self, zoom=min(_LARGEST, max(_SMALLEST, self.zoom * factor)))


@dataclass(frozen=True)
class Projection:
    """Box coordinates to pixels: x and y about the floor's middle, z up from the surface's lowest place.

    Attributes
    ----------
    rect
        What the box is fitted into, in logical pixels.
    half
        Half the lengths of the box along x and y.
    weight
        Logical pixels for a line of width 1; text and marks grow with it.
    """

    camera: Camera
    rect: QRectF
    half: tuple[float, float] = (1.0, 1.0)
    weight: float = 1.0

    @cached_property
    def towards(self) -> tuple[float, float]:
        """Unit vector of the floor that points to the viewer."""
        angle = math.radians(self.camera.azimuth)
        return math.cos(angle), math.sin(angle)

    @cached_property
    def tilt(self) -> tuple[float, float]:
        """Cosine and sine of the elevation."""
        angle = math.radians(self.camera.elevation)
        return math.cos(angle), math.sin(angle)

    @cached_property
    def scale(self) -> float:
        """Pixels per unit of the box: such that zoom 1 shows all of it, whatever the azimuth."""
        room = self._room
        radius = math.hypot(*self.half)
        cos, sin = self.tilt
        height = 2 * radius * sin + (TOP - FLOOR) * cos
        return max(1.0, min(room.width() / (2 * radius), room.height() / height)) * self.camera.zoom

    @cached_property
    def _room(self) -> QRectF:
        left, above, right, below = (self.weight * margin for margin in _MARGINS)
        room = self.rect.adjusted(left, above, -right, -below)
        return room if room.width() > 0 and room.height() > 0 else self.rect

    def to_pixels(self, x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Array:
        """Return where points lie, in logical pixels, ``(…, 2)``; arrays that fit to each other."""
        (ahead_x, ahead_y), (cos, sin) = self.towards, self.tilt
        x, y, z = (np.asarray(part, dtype=float) for part in (x, y, z))
        middle = self._room.center()
        across = y * ahead_x - x * ahead_y
        up = (z - (TOP + FLOOR) / 2) * cos - (x * ahead_x + y * ahead_y) * sin
        px, py = middle.x() + self.scale * across, middle.y() - self.scale * up
        return np.stack(np.broadcast_arrays(px, py), axis=-1)

    def point(self, x: float, y: float, z: float) -> QPointF:
        """Return where one point lies, in logical pixels; much faster than `to_pixels` for one."""
        (ahead_x, ahead_y), (cos, sin) = self.towards, self.tilt
        middle = self._room.center()
        across = y * ahead_x - x * ahead_y
        up = (z - (TOP + FLOOR) / 2) * cos - (x * ahead_x + y * ahead_y) * sin
        return QPointF(middle.x() + self.scale * across, middle.y() - self.scale * up)

    def nearness(self, x: ArrayLike, y: ArrayLike) -> Array:
        """Return how far places of the floor are on the viewer's side, in units of the box."""
        ahead_x, ahead_y = self.towards
        return np.asarray(x, dtype=float) * ahead_x + np.asarray(y, dtype=float) * ahead_y
