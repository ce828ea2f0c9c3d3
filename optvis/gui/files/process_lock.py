"""A lock that lives as long as the process that holds it, however that ends."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class ProcessLock:
    """A file that the operating system locks for one process.

    The system gives the lock back when the process ends, be it by a kill; so nothing has to be
    guessed from process numbers, which are used again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock and return True, or return False when another holds it.

        Raises
        ------
        OSError
            When the file cannot be made.
        """
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(handle)
            # Its holder may have removed the file between our opening and locking it
            is_there = self.path.exists() and os.path.samestat(os.fstat(handle), os.stat(self.path))
        except OSError:
            is_there = False
        if not is_there:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Give the lock back and remove its file."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        if sys.platform == "win32":  # where an open file cannot be removed
            os.close(handle)
        with contextlib.suppress(OSError):
            self.path.unlink()
        if sys.platform != "win32":  # where it must be: nobody else may have locked it in between
            os.close(handle)
