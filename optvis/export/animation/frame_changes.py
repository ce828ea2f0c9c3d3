"""What differs from one frame to the next: the smallest rectangle, clear where nothing has changed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint32]

OPAQUE = 0xFF000000


@dataclass(frozen=True, eq=False)
class Change:
    """A part of a frame, to be laid over the frame before.

    Attributes
    ----------
    left, top
        Where it goes.
    pixels
        ``(height, width)``: 0xFFRRGGBB, or 0 where the frame before shows through.
    """

    left: int
    top: int
    pixels: Pixels


class Encoder(Protocol):
    """Writes an animation in one format."""

    ticks: int
    """In a second: what it counts durations in."""
    grid: int
    """Parts begin at multiples of it."""

    def part(self, change: Change, duration: int) -> None:
        """Write a part, and for how many ticks the frame that results is shown."""

    def close(self) -> None:
        """Write the end."""


class ChangesWriter:
    """Hands an encoder what has changed, and one frame for several equal ones."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._before: Pixels | None = None
        self._waiting: Change | None = None  # until it is known for how long it is shown
        self._begins = self._until = 0

    def add(self, pixels: Pixels, until: Fraction) -> None:
        """Write a frame that is shown up to a time, in seconds from the beginning."""
        change = Change(0, 0, pixels.copy()) if self._before is None else changed(self._before, pixels, self._encoder)
        if change is not None:
            self._flush()
            self._waiting = change
            self._before = pixels.copy()
        self._until = round(until * self._encoder.ticks)

    def close(self) -> None:
        """Write what waits, and the end."""
        self._flush()
        self._encoder.close()

    def _flush(self) -> None:
        if self._waiting is not None:
            self._encoder.part(self._waiting, self._until - self._begins)
        self._begins, self._waiting = self._until, None


def changed(before: Pixels, after: Pixels, encoder: Encoder) -> Change | None:
    """Return the change that makes one frame of the other; None where they are equal."""
    differs = before != after
    rows = np.flatnonzero(differs.any(axis=1))
    if len(rows) == 0:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(differs[top:bottom].any(axis=0))
    left, right = int(columns[0]), int(columns[-1]) + 1
    top, left = top - top % encoder.grid, left - left % encoder.grid
    part = (slice(top, bottom), slice(left, right))
    return Change(left, top, np.where(differs[part], after[part] | OPAQUE, 0).astype(np.uint32, copy=False))


_ORDER = (2, 1, 0, 3) if sys.byteorder == "little" else (1, 2, 3, 0)


def rgba(pixels: Pixels) -> NDArray[np.uint8]:
    """Return red, green, blue and alpha, ``(height, width, 4)``, of 0xAARRGGBB."""
    parts = np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)
    return np.ascontiguousarray(parts[..., _ORDER])
