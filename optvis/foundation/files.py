"""Writing files: whole or not at all, with errors in a user's words."""

from __future__ import annotations

import atexit
import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from optvis.foundation.errors import InputError


def check_target(path: str | os.PathLike[str]) -> Path:
    """Return ``path`` when a file can be written there, as far as can be told beforehand.

    Long computations ask before they start.

    Raises
    ------
    InputError
        When its folder does not exist or cannot be written to, when it is itself a folder, or a file that is
        write-protected.
    """
    target = Path(path)
    try:
        target = target.resolve()  # a link stays a link: what it points to is replaced
        folder = target.parent
        if target.is_dir():
            raise InputError(f"{path} is a folder; name a file in it")
        if not folder.exists():
            raise InputError(f"the folder {folder} does not exist; make it first")
        if not folder.is_dir():
            raise InputError(f"{folder} is not a folder")
        writable = os.access(folder if _is_replaceable(target) else target, os.W_OK)
        is_protected = target.is_file() and not (target.stat().st_mode & 0o222 and os.access(target, os.W_OK))
    except (OSError, ValueError, RuntimeError) as error:  # too long a name, a null byte, a loop of links
        raise _unwritable(path, error) from None
    if is_protected:  # for root too, who may write anything
        raise InputError(f"{path} is write-protected; take the protection away, or choose another name")
    if not writable:
        raise InputError(f"{path} cannot be written: the folder {folder} is read-only for you; choose another")
    return target


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file so that other programs see the old one or the whole new one, never a part.

    Raises
    ------
    InputError
        As `check_target`, and when the disk does not take it.
    """
    with whole_file(path) as file:
        file.write(data)


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file for writing piece by piece; it takes its name when all of it is written.

    When the block is left by an exception, or a generator in it is closed, nothing is left behind and
    an old file stays as it was.

    Raises
    ------
    InputError
        As `check_target`, and when the disk does not take it.
    """
    target = check_target(path)
    try:
        if not _is_replaceable(target):
            with target.open("wb") as file:
                yield file
            return
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:50]}-", suffix=".part")
        _unfinished.add(name)
        try:
            with os.fdopen(handle, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, _mode(target))
            os.replace(name, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        finally:
            _unfinished.discard(name)
    except OSError as error:
        raise _unwritable(path, error) from None


_unfinished: set[str] = set()


@atexit.register
def _remove_unfinished() -> None:
    """Take away what was being written when the program was told to end."""
    for name in _unfinished:
        with contextlib.suppress(OSError):
            os.unlink(name)


def _is_replaceable(target: Path) -> bool:
    """Whether it is a plain file, or nothing yet; a device is written to, not replaced."""
    return target.is_file() or not target.exists()


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or those of a new one (mkstemp's are for its owner alone)."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _unwritable(path: str | os.PathLike[str], error: Exception) -> InputError:
    if isinstance(error, InputError):
        return error
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return InputError(f"{path} cannot be written: the disk is full")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return InputError(f"{path} cannot be written: {reason}")
