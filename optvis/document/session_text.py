"""A session as one line of text, short enough for a message: ``optvis1:eNp…``.

After the prefix comes, in the letters of base64url (RFC 4648, section 5), a CRC-32 and the session's
JSON, packed by zlib. The checksum tells a line that was cut or mistyped from one that was never any.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
import zlib

from optvis.document.session import Session
from optvis.document.session_file import MAX_BYTES, from_json, to_json
from optvis.foundation.errors import InputError

PREFIX = "optvis1:"
_LATER = re.compile(r"optvis[0-9]+:")
_QUOTES = "'\"`“”‘’«»<>"


def to_text(session: Session) -> str:
    """Write a session as one line of letters, digits, ``-``, ``_`` and ``:``."""
    data = json.dumps(json.loads(to_json(session)), ensure_ascii=False, separators=(",", ":")).encode()
    packed = zlib.crc32(data).to_bytes(4, "big") + zlib.compress(data, 9)
    return PREFIX + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def from_text(text: str) -> Session:
    """Read a session from its line.

    Spaces, line ends and invisible letters anywhere, and quotation marks around it, which programs
    for messages add, do no harm.

    Raises
    ------
    InputError
        When it is not such a line, was cut or changed, or holds no session that can be used.
    """
    if len(text) > MAX_BYTES:
        raise InputError(f"the text is longer than {MAX_BYTES:,} characters, which no session is")
    line = _without_decoration(text)
    if not line.startswith(PREFIX):
        if _LATER.match(line):
            raise InputError("the session text is of a newer optvis; this one reads text that begins with " + PREFIX)
        raise InputError(f"this is no session text: that begins with {PREFIX}")
    try:
        letters = line.removeprefix(PREFIX).rstrip("=").encode("ascii")
        packed = base64.b64decode(letters + b"=" * (-len(letters) % 4), altchars=b"-_", validate=True)
        document = _unpacked(packed[4:])
    except (UnicodeEncodeError, binascii.Error, zlib.error):
        raise _damaged() from None
    if zlib.crc32(document) != int.from_bytes(packed[:4], "big"):
        raise _damaged()
    try:
        return from_json(document.decode())
    except UnicodeDecodeError:
        raise _damaged() from None
    except InputError as error:
        raise InputError(f"the session text holds no usable session: {error}") from None


def is_text(text: str) -> bool:
    """Whether a text is meant as a session's line, broken or not."""
    return _LATER.match(_without_decoration(text[:200])) is not None


def _without_decoration(text: str) -> str:
    visible = "".join(
        letter for letter in text if letter.isalnum() or unicodedata.category(letter)[0] not in "ZC"
    )  # Z: spaces; C: line ends, tabs, zero-width letters
    return visible.strip(_QUOTES)


def _unpacked(data: bytes) -> bytes:
    """Unpack what is as long as a session may be; a few bytes of zlib can stand for gigabytes."""
    unpacker = zlib.decompressobj()
    document = unpacker.decompress(data, MAX_BYTES + 1)
    if len(document) > MAX_BYTES:
        raise InputError(f"the session text unpacks to more than {MAX_BYTES // 1_000_000} MB, which no session is")
    if not unpacker.eof or unpacker.unused_data:
        raise _damaged()
    return document


def _damaged() -> InputError:
    return InputError("the session text was cut or changed on its way; copy the whole line, from optvis1: to its end")
