"""Animated WebP, lossless: the container is RFC 9649, section 2.7; Pillow packs the pixels."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

from PIL import Image

from optvis.export.animation.frame_changes import Change, rgba

_ANIMATED, _HAS_ALPHA = 0x02, 0x10
_EFFORT, _METHOD = 60, 2


class WebP:
    """Encodes animated WebP."""

    ticks = 1000
    grid = 2

    def __init__(self, file: BinaryIO, size: tuple[int, int], loop: bool) -> None:
        self._file = file
        file.write(b"RIFF\0\0\0\0WEBP")
        canvas = b"".join(_three_bytes(side - 1) for side in size)
        self._chunk(b"VP8X", struct.pack("<I", _ANIMATED | _HAS_ALPHA) + canvas)
        self._chunk(b"ANIM", struct.pack("<IH", 0xFFFFFFFF, 0 if loop else 1))

    def part(self, change: Change, duration: int) -> None:
        """Write a part, shown for so many milliseconds."""
        height, width = change.pixels.shape
        numbers = change.left // 2, change.top // 2, width - 1, height - 1, duration
        keep_and_lay_over = b"\0"
        self._chunk(b"ANMF", b"".join(map(_three_bytes, numbers)) + keep_and_lay_over + _packed(change))

    def close(self) -> None:
        """Write into the beginning how long the file is."""
        end = self._file.tell()
        self._file.seek(4)
        self._file.write(struct.pack("<I", end - 8))
        self._file.seek(0, io.SEEK_END)

    def _chunk(self, kind: bytes, data: bytes) -> None:
        self._file.write(_chunk(kind, data))


def _packed(change: Change) -> bytes:
    """Pack pixels: the chunk with the picture of a WebP file of Pillow's."""
    buffer = io.BytesIO()
    Image.fromarray(rgba(change.pixels)).save(buffer, "WEBP", lossless=True, quality=_EFFORT, method=_METHOD)
    data, at = buffer.getvalue(), 12
    while data[at : at + 4] != b"VP8L":
        (length,) = struct.unpack_from("<I", data, at + 4)
        at += 8 + length + length % 2
    (length,) = struct.unpack_from("<I", data, at + 4)
    return _chunk(b"VP8L", data[at + 8 : at + 8 + length])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _three_bytes(number: int) -> bytes:
    return number.to_bytes(3, "little")
