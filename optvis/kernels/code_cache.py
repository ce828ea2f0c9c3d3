"""Machine code kept on disk, in the user's cache folder.

A file's name is a digest of all that its code depends on: the graph of operations (which is the formula,
the rule and the gradient scheme), how many lanes go abreast, the way optvis writes them, the versions of
optvis and of the compiler, and the processor.

What is found there is run, so it must be this user's own: folder and files are closed to others, and
`optvis.foundation.own_files` reads no other. A seal over name and code tells a file that is damaged or that
belongs in another's place. Code that ends the process when it is loaded is tried once. Whatever is not as it
should be counts as absent and is made anew. Nothing here raises: without a usable folder there is no cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from optvis.foundation.own_files import check_own_folder, make_own_folder, read_own, write_own
from optvis.foundation.version import __version__

_MAGIC = b"optvis machine code 2\n"
_SEAL_BYTES = 32
_MOST_BYTES = 16 << 20
_ON_TRIAL = ".loading"
_OUR_NAME = re.compile(rf"[0-9a-f]{{40}}({_ON_TRIAL}|-\w+\.part)?")
MAX_FILES = 1_000
"""A formula that is typed leaves a file for every letter; beyond this the oldest half goes."""

Loaded = TypeVar("Loaded")


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


def load(name: str, loaded: Callable[[bytes], Loaded]) -> Loaded | None:
    """Return what ``loaded`` makes of the code under a name; None when there is none that can be loaded.

    Meanwhile the file has another name, under which nobody looks for it: should the process end here, the
    next one does not meet the same code again.
    """
    try:
        place = folder()
        check_own_folder(place)
        code = _unsealed(name, read_own(place / name, _MOST_BYTES))
        if code is None:
            return None
        on_trial = place / f"{name}{_ON_TRIAL}"
        os.replace(place / name, on_trial)
    except (OSError, RuntimeError):  # no home
        return None
    try:
        found = loaded(code)
    except Exception:  # it has a seal, and yet is not what we write
        with contextlib.suppress(OSError):
            on_trial.unlink()
        return None
    with contextlib.suppress(OSError):  # another process was loading it too, and has put it back
        os.replace(on_trial, place / name)
    return found


def write(name: str, code: bytes) -> None:
    """Keep code under a name, where that can be."""
    with contextlib.suppress(OSError, RuntimeError):
        place = folder()
        make_own_folder(place)
        _make_room(place)
        write_own(place / name, _sealed(name, code))


def _sealed(name: str, code: bytes) -> bytes:
    return _MAGIC + hashlib.sha256(name.encode() + code).digest() + code


def _unsealed(name: str, data: bytes) -> bytes | None:
    code = data[len(_MAGIC) + _SEAL_BYTES :]
    return code if data == _sealed(name, code) else None


def _make_room(place: Path) -> None:
    """Remove the oldest of our files when there are too many; what else is there is not ours to remove."""
    files = [file for file in place.iterdir() if _OUR_NAME.fullmatch(file.name)]
    if len(files) >= MAX_FILES:
        for file in sorted(files, key=_written_at)[: len(files) // 2]:
            with contextlib.suppress(OSError):
                file.unlink()


def _written_at(file: Path) -> float:
    try:
        return file.lstat().st_mtime
    except OSError:  # gone meanwhile
        return 0.0
