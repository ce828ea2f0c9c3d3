"""Animated PNG: the container is PNG's third edition (W3C, 2025), section 4.9; Pillow packs the pixels."""

from __future__ import annotations

import io
import struct
import zlib
from typing import BinaryIO

from PIL import Image

from optvis.export.animation.frame_changes import Change, rgba
from optvis.foundation.version import __version__

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH, _RGBA = 8, 6
_KEEP, _OVER = 0, 1
_COMPRESSION = 6


class Apng:
    """Encodes animated PNG."""

    ticks = 1000
    grid = 1

    def __init__(self, file: BinaryIO, size: tuple[int, int], loop: bool) -> None:
        self._file, self._loop = file, loop
        self._frames = self._number = 0
        file.write(_SIGNATURE)
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", *size, _DEPTH, _RGBA, 0, 0, 0))
        self._control = file.tell()
        self._write_control()
        self._chunk(b"tEXt", b"Software\0optvis " + __version__.encode())

    def part(self, change: Change, duration: int) -> None:
        """Write a part, shown for so many milliseconds."""
        height, width = change.pixels.shape
        place = struct.pack(">IIII", width, height, change.left, change.top)
        time = struct.pack(">HHBB", duration, self.ticks, _KEEP, _OVER if self._frames else 0)
        self._chunk(b"fcTL", self._next() + place + time)
        for data in _packed(change):
            if self._frames:
                self._chunk(b"fdAT", self._next() + data)
            else:
                self._chunk(b"IDAT", data)
        self._frames += 1

    def close(self) -> None:
        """Write the end, and into the beginning how many frames there are."""
        self._chunk(b"IEND", b"")
        self._file.seek(self._control)
        self._write_control()
        self._file.seek(0, io.SEEK_END)

    def _write_control(self) -> None:
        self._chunk(b"acTL", struct.pack(">II", self._frames, 0 if self._loop else 1))

    def _next(self) -> bytes:
        self._number += 1
        return struct.pack(">I", self._number - 1)

    def _chunk(self, kind: bytes, data: bytes) -> None:
        self._file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))


def _packed(change: Change) -> list[bytes]:
    """Pack pixels: what stands in the data chunks of a PNG file of Pillow's."""
    buffer = io.BytesIO()
    Image.fromarray(rgba(change.pixels)).save(buffer, "PNG", compress_level=_COMPRESSION)
    data, at, found = buffer.getvalue(), len(_SIGNATURE), []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if data[at + 4 : at + 8] == b"IDAT":
            found.append(data[at + 8 : at + 8 + length])
        at += 12 + length
    return found
