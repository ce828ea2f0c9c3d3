"""Files for this user alone: nobody else can have written them, and what they are is known before they are read.

POSIX tells owners and permissions. Windows does not in these terms; there the folders that the system gives a
program for its own data are closed to other users.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
from pathlib import Path

_FOR_OTHERS = 0o077
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def make_own_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for this user alone.

    Raises
    ------
    OSError
        When it cannot be made, or as `check_own_folder`.
    """
    for missing in reversed([each for each in (folder, *folder.parents) if not os.path.lexists(each)]):
        missing.mkdir(mode=0o700, exist_ok=True)
    check_own_folder(folder)


def check_own_folder(folder: Path) -> None:
    """Make sure that a folder is this user's own and close it to others, as it may be from an earlier time.

    Raises
    ------
    OSError
        When there is none, when it is a link, or when it belongs to somebody else (also for root).
    """
    if sys.platform == "win32":
        if folder.is_symlink() or not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(folder))
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _PLAIN)
    try:
        found = os.fstat(handle)
        _check_owner(found, folder)
        if found.st_mode & _FOR_OTHERS:
            os.fchmod(handle, 0o700)
    finally:
        os.close(handle)


def read_own(file: Path, most: int) -> bytes:
    """Return what is in a file, after a look at what it is. It never waits, as for a pipe.

    Raises
    ------
    OSError
        When there is none; when it is a link, or no plain file; when it belongs to somebody else (also for
        root), or others may do anything with it; when it has more than ``most`` bytes.
    """
    handle = os.open(file, os.O_RDONLY | _PLAIN)
    with open(handle, "rb") as opened:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a plain file", str(file))
        _check_owner(found, file)
        if sys.platform != "win32" and found.st_mode & _FOR_OTHERS:
            raise PermissionError(errno.EPERM, "open to others", str(file))
        if found.st_size > most:
            raise OSError(errno.EFBIG, "too large", str(file))
        return opened.read(most)


def write_own(file: Path, data: bytes) -> None:
    """Put a file in a place, whatever is there, readable for this user alone.

    Others see the old one or the whole new one. It is not synced to the disk: after a loss of power it may be
    damaged, which its reader has to notice.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    handle, part = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}-", suffix=".part")
    try:
        with open(handle, "wb") as opened:
            opened.write(data)
        os.replace(part, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise


def _check_owner(found: os.stat_result, path: Path) -> None:
    if sys.platform != "win32" and found.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "belongs to another user", str(path))
