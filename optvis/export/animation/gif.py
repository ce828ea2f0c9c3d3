"""GIF with one palette for all frames, so that no colour flickers.

The container is that of CompuServe (1990), "Graphics Interchange Format, version 89a", with Netscape's
block for loops; Pillow packs the pixels.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from optvis.export.animation.frame_changes import Change, Pixels
from optvis.export.animation.gif_palette import CLEAR, Palette

_TABLE_OF_256 = 0xF7  # a global colour table of 2^(7 + 1) entries, 8 bits each
_KEEP = 1 << 2  # what is there stays when the next frame comes
_HAS_CLEAR = 1


class Gif:
    """Encodes GIF; the colours are chosen from samples.

    Parameters
    ----------
    samples, kept
        As of `Palette`.
    """

    ticks = 100
    grid = 1

    def __init__(
        self, file: BinaryIO, size: tuple[int, int], loop: bool, samples: list[Pixels], kept: Sequence[int] = ()
    ) -> None:
        self._file = file
        self._palette = Palette(samples, kept)
        file.write(b"GIF89a" + struct.pack("<HHBBB", *size, _TABLE_OF_256, 0, 0))
        file.write(self._palette.colors.tobytes())
        if loop:
            file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")

    def part(self, change: Change, duration: int) -> None:
        """Write a part, shown for so many hundredths of a second."""
        indices = self._palette.indices(change.pixels)
        height, width = indices.shape
        self._file.write(struct.pack("<BBBBHBB", 0x21, 0xF9, 4, _KEEP | _HAS_CLEAR, duration, CLEAR, 0))
        self._file.write(struct.pack("<BHHHHB", 0x2C, change.left, change.top, width, height, 0))
        self._file.write(_packed(indices))

    def close(self) -> None:
        """Write the trailer."""
        self._file.write(b"\x3b")


def _packed(indices: NDArray[np.uint8]) -> bytes:
    """Pack indices (LZW): what stands in a GIF file of Pillow's after all headers."""
    buffer = io.BytesIO()
    Image.fromarray(indices).save(buffer, "GIF", optimize=False, interlace=False)
    data = buffer.getvalue()
    at = 13 + _table(data[10])
    while data[at] == 0x21:  # extensions: blocks with their lengths, up to one of length 0
        at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
    return data[at + 10 + _table(data[at + 9]) : -1]


def _table(flags: int) -> int:
    """Bytes of the colour table that flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
