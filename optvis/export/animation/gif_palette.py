"""At most 255 colours for many frames, and the nearest of them for every pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from optvis.export.animation.frame_changes import OPAQUE, Pixels

CLEAR = 255
"""The index of no colour: what was there shows through."""
_BITS = 6
_CELLS = 1 << _BITS


class Palette:
    """Colours chosen from frames.

    Parameters
    ----------
    samples
        Frames that together have the colours of all.
    kept
        Colours to keep as they are, 0xFFRRGGBB, whatever the number of their pixels.

    Attributes
    ----------
    colors
        Red, green and blue, ``(256, 3)``; the last is not used.
    """

    def __init__(self, samples: list[Pixels], kept: Sequence[int] = ()) -> None:
        own = _channels(np.array(list(dict.fromkeys(kept)), dtype=np.uint32))
        chosen = _split(samples, CLEAR - len(own))
        self._count = len(own) + len(chosen)
        self.colors = np.zeros((256, 3), np.uint8)
        self.colors[: self._count] = np.concatenate([own, chosen])
        self._nearest = self._table()

    def indices(self, pixels: Pixels) -> NDArray[np.uint8]:
        """Return the index of the nearest colour for each pixel, and `CLEAR` where it is clear."""
        found = self._nearest[_cells(pixels)]
        found[pixels < OPAQUE] = CLEAR
        return found

    def _table(self) -> NDArray[np.uint8]:
        """The nearest colour to the middle of each cell of the colour cube; a colour's own cell is its own."""
        middles = np.round((np.arange(_CELLS) + 0.5) * (256 / _CELLS) - 0.5)
        colors = self.colors[: self._count].astype(np.float32)
        cube = np.stack(np.meshgrid(middles, middles, middles, indexing="ij"), axis=-1).reshape(-1, 3)
        found = np.empty(len(cube), np.uint8)
        squares = (colors**2).sum(axis=1)
        for first in range(0, len(cube), 1 << 14):
            part = cube[first : first + (1 << 14)].astype(np.float32)
            found[first : first + len(part)] = (squares - 2 * part @ colors.T).argmin(axis=1)
        own = self.colors[: self._count].astype(np.uint32)
        shifts = np.array([16, 8, 0], dtype=np.uint32)
        at = _cells(np.bitwise_or.reduce(own << shifts, axis=1))
        found[at[::-1]] = np.arange(self._count, dtype=np.uint8)[::-1]  # of two in a cell, the first
        return found


def _channels(pixels: Pixels) -> NDArray[np.uint8]:
    return np.stack([pixels >> shift & 255 for shift in (16, 8, 0)], axis=-1).astype(np.uint8)


def _cells(pixels: Pixels) -> NDArray[np.uint32]:
    """The number of the cell of the colour cube that each pixel is in."""
    drop, mask = 8 - _BITS, np.uint32(_CELLS - 1)
    red, green, blue = (pixels >> np.uint32(shift + drop) & mask for shift in (16, 8, 0))
    cells: NDArray[np.uint32] = (red << np.uint32(2 * _BITS)) | (green << np.uint32(_BITS)) | blue
    return cells


def _split(samples: list[Pixels], count: int) -> NDArray[np.uint8]:
    """Choose colours by median cut (Heckbert, 1982).

    A colour counts by the root of its pixels: a thin line must not lose its colour to a wide plain.
    """
    pixels = np.concatenate([sample.ravel() for sample in samples])
    _, first, counts = np.unique(_cells(pixels), return_index=True, return_counts=True)
    repeated = np.repeat(_channels(pixels[first]), np.ceil(np.sqrt(counts)).astype(np.intp), axis=0)
    row = Image.fromarray(repeated[None])
    found = row.quantize(count, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).getpalette() or []
    return np.array(found[: 3 * count], np.uint8).reshape(-1, 3)
