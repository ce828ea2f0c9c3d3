"""What was not saved survives a crash: a copy beside the user's other data, a second old at most."""

from __future__ import annotations

import contextlib
import errno
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from PyQt6.QtCore import QObject, QStandardPaths, QTimer, pyqtSignal

from optvis.document.session import Session
from optvis.document.session_text import from_text, to_text
from optvis.foundation.errors import InputError
from optvis.gui.files.documents import Documents
from optvis.gui.files.process_lock import ProcessLock
from optvis.gui.state.store import Store

INTERVAL_MS = 500
_TRIES = 3


def state_folder() -> Path:
    """Where the system wants programs to keep such things."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "unsaved"


@dataclass(frozen=True)
class Leftover:
    """A copy whose process is gone; it is locked for us until it is removed or let go."""

    file: Path
    session: Session
    path: Path | None
    lock: ProcessLock

    def remove(self) -> None:
        """Delete the copy, and what was being written when its program was killed."""
        for file in (self.file, self.file.with_suffix(".part")):
            with contextlib.suppress(OSError):
                file.unlink()
        self.lock.release()

    def keep(self) -> None:
        """Let it go, for the next start to find."""
        self.lock.release()


class Autosave(QObject):
    """Keeps a copy of a window's session while it is modified.

    Every process has a copy and a lock of its own, so that a second window is not taken for a crash.

    Signals
    -------
    failed(str)
        The copy cannot be written; said once, until it can be again.
    """

    failed = pyqtSignal(str)

    def __init__(self, folder: Path, store: Store, documents: Documents) -> None:
        super().__init__(documents)
        self._store, self._documents = store, documents
        self._folder = folder
        self._lock: ProcessLock | None = None
        self._has_failed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.write)
        store.sessionChanged.connect(self._soon)
        documents.changed.connect(self._soon)

    def write(self) -> None:
        """Bring the copy up to date; without changes there is none."""
        if not self._documents.is_modified:
            self._remove()
            return
        path = self._documents.path
        content = {"path": None if path is None else str(path), "session": to_text(self._store.session)}
        try:
            try:
                self._put(json.dumps(content))
            except OSError:  # the folder may have gone, and its lock with it
                self.keep()
                self._put(json.dumps(content))
        except OSError as error:
            if not self._has_failed:
                self._has_failed = True
                self.failed.emit(f"Changes are not kept for the case of a crash: {error.strerror or error}")
        else:
            self._has_failed = False

    def keep(self) -> None:
        """Let the copy go, for the next start to find."""
        self._timer.stop()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _put(self, content: str) -> None:
        if self._lock is None:
            self._lock = _fresh_lock(self._folder)
        whole, part = (self._lock.path.with_suffix(ending) for ending in (".unsaved", ".part"))
        part.write_text(content, encoding="utf-8")  # not synced to the disk: the system lives on
        part.replace(whole)

    def finish(self) -> None:
        """Remove the copy: the program ends as it should."""
        self._remove()
        self.keep()

    def _soon(self) -> None:
        if not self._timer.isActive():  # not put off by further edits: the first must not wait for the last
            self._timer.start()

    def _remove(self) -> None:
        if self._lock is not None:
            for ending in (".unsaved", ".part"):
                with contextlib.suppress(OSError):
                    self._lock.path.with_suffix(ending).unlink()


def leftovers(folder: Path) -> Iterator[Leftover]:
    """Find the copies of processes that are gone, the newest first; what cannot be read is removed."""
    try:
        files = sorted(folder.glob("*.unsaved"), key=lambda file: file.stat().st_mtime, reverse=True)
    except OSError:
        return
    for file in files:
        lock = ProcessLock(file.with_suffix(".lock"))
        try:
            if not lock.acquire():
                continue
            content = json.loads(file.read_text(encoding="utf-8"))
            path = content["path"]
            found = Leftover(file, from_text(content["session"]), None if path is None else Path(path), lock)
        except OSError:
            lock.release()
        except (InputError, ValueError, KeyError, TypeError, RecursionError):
            Leftover(file, Session(""), None, lock).remove()
        else:
            yield found


def _fresh_lock(folder: Path) -> ProcessLock:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for _ in range(_TRIES):
        lock = ProcessLock(folder / f"{uuid4().hex}.lock")
        if lock.acquire():
            return lock
    raise OSError(errno.ENOLCK, "files cannot be locked there")  # as on some network drives
