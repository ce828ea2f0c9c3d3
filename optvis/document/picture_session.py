"""Pictures that carry their session, so that opening a picture opens what it shows.

In PNG the session's line (`optvis.document.session_text`) stands in a chunk ``iTXt`` with the keyword
``optvis-session``, right after the header; in SVG in an element ``<metadata>``. Reading looks at
these alone: nothing is decoded, whatever the size of the picture.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import BinaryIO

from optvis.document.session import Session
from optvis.document.session_file import MAX_BYTES
from optvis.document.session_text import from_text, to_text
from optvis.foundation.errors import InputError

PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"optvis-session"
_HEADER_END = len(PNG) + 12 + 13  # length, type and check sum of a chunk, and what IHDR holds
_MAX_CHUNKS = 100_000
_SVG_START = re.compile(rb"<svg\b[^<>]*>")
_IN_SVG = re.compile(rb"<metadata\b[^<>]*>\s*(optvis[0-9]+:[^<]*)<")


def with_session(picture: bytes, session: Session) -> bytes:
    """Return the bytes of a PNG or SVG file with the session in its metadata.

    Raises
    ------
    ValueError
        For bytes of another kind, which is a mistake of the caller.
    """
    line = to_text(session).encode("ascii")
    if picture.startswith(PNG):
        # keyword, then: not compressed, no language, no translated keyword (PNG, section 11.3.3.4)
        body = b"iTXt" + KEYWORD + b"\0\0\0\0\0" + line
        chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        return picture[:_HEADER_END] + chunk + picture[_HEADER_END:]
    if start := _SVG_START.search(picture):
        element = b'\n<metadata id="' + KEYWORD + b'">' + line + b"</metadata>"
        return picture[: start.end()] + element + picture[start.end() :]
    raise ValueError("only PNG and SVG carry a session")


def is_picture(head: bytes) -> bool:
    """Whether a file that begins with these bytes, some thousand of them, is PNG or SVG."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(PNG) or (text.startswith(b"<") and b"<svg" in text)


def session_in_picture(file: BinaryIO) -> Session:
    """Read the session that a PNG or SVG file carries, from its beginning.

    Raises
    ------
    InputError
        When it carries none, or none that can be used.
    """
    line = _line_in_png(file) if file.read(len(PNG)) == PNG else _line_in_svg(file)
    if line is None:
        raise InputError("it is a picture without a session; PNG and SVG pictures made by optvis carry one")
    return from_text(line.decode("utf-8", errors="replace"))


def _line_in_png(file: BinaryIO) -> bytes | None:
    for _ in range(_MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return None
        length = int.from_bytes(head[:4], "big")
        keyword = file.read(min(length, len(KEYWORD) + 1))
        if head[4:] == b"iTXt" and keyword == KEYWORD + b"\0" and length <= MAX_BYTES:
            rest = file.read(length - len(keyword))
            return rest[2:].split(b"\0", 2)[-1]  # language and translated keyword end with a zero
        file.seek(length - len(keyword) + 4, 1)
    return None


def _line_in_svg(file: BinaryIO) -> bytes | None:
    file.seek(0)
    found = _IN_SVG.search(file.read(MAX_BYTES))
    return found[1] if found else None
