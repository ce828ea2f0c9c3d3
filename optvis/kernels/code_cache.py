"""Machine code kept on disk, in the user's cache folder.

A file's name is a digest of all that its code depends on: the graph of operations (which is the formula,
the rule and the gradient scheme), how many lanes go abreast, the way optvis writes them, the versions of
optvis and of the compiler, and the processor. A file that is damaged, or of something else, counts as
absent and is written anew. Nothing here raises: without a usable folder there is no cache.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from optvis.foundation.errors import InputError
from optvis.foundation.files import write_whole
from optvis.foundation.version import __version__

_MAGIC = b"optvis machine code 1\n"
_DIGEST_BYTES = 32
MAX_FILES = 1_000
"""A formula that is typed leaves a file for every letter; beyond this the oldest half goes."""


def folder() -> Path:
    """Where the files are; it need not exist.

    Raises
    ------
    RuntimeError
        When the user has no home.
    """
    from platformdirs import user_cache_path  # late: most commands compile nothing

    return user_cache_path("optvis", appauthor=False, opinion=False) / "kernels"


def key(made_for: str, operations: str) -> str:
    """Return the name of a file for operations that are compiled by this compiler for this processor."""
    return hashlib.sha256("\0".join([__version__, made_for, operations]).encode()).hexdigest()[:40]


def read(name: str) -> bytes | None:
    """Return the code of a file; None when there is none, or it is not whole."""
    try:
        data = (folder() / name).read_bytes()
    except (OSError, RuntimeError):  # no home
        return None
    head = len(_MAGIC) + _DIGEST_BYTES
    code = data[head:]
    whole = data[:head] == _MAGIC + hashlib.sha256(code).digest()
    return code if whole else None


def write(name: str, code: bytes) -> None:
    """Keep code under a name, where that can be."""
    with contextlib.suppress(OSError, RuntimeError, InputError):
        place = folder()
        place.mkdir(parents=True, exist_ok=True)
        _make_room(place)
        write_whole(place / name, _MAGIC + hashlib.sha256(code).digest() + code)


def _make_room(place: Path) -> None:
    files = list(place.iterdir())
    if len(files) >= MAX_FILES:
        for file in sorted(files, key=lambda each: each.stat().st_mtime)[: len(files) // 2]:
            with contextlib.suppress(OSError):
                file.unlink()
