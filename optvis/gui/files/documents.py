"""Which file the session belongs to, whether it has changed since, and which files were open before."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QObject, QSettings, pyqtSignal

from optvis.document.opening import read_document
from optvis.document.session import RunSpec, Session, View
from optvis.document.session_file import read_session, to_json
from optvis.foundation.errors import InputError
from optvis.foundation.files import write_whole
from optvis.gui.state import stored
from optvis.gui.state.store import Store

NEW = Session("quadratic-valley", runs=(RunSpec("sgd"),))
"""What a new document begins with."""
MAX_RECENT = 10
ENDING = ".json"


class ChangedOnDisk(InputError):
    """Somebody else has written the document's file since it was read or written here."""


class Documents(QObject):
    """The document of a window; asks nothing and shows nothing.

    Every method that opens or saves raises `InputError` when it cannot; then nothing has changed.

    Attributes
    ----------
    store
        Whose session it is.
    path
        The file that `save` writes to; None for a document that has none yet.
    saved
        The session as it is in the file, or as it was begun; None when that is lost.

    Signals
    -------
    changed
        Another path, or another answer to `is_modified`.
    opened
        Another document is there.
    """

    changed = pyqtSignal()
    opened = pyqtSignal()

    def __init__(self, store: Store, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store, self._settings = store, settings
        self.path: Path | None = None
        self.saved: Session | None = store.session
        self._was_modified = False
        self._on_disk: bytes | None = None
        store.sessionChanged.connect(self._compare)

    @property
    def is_modified(self) -> bool:
        """Whether the session is another than the saved one; which run is inspected does not count."""
        return self.saved is None or _content(self.store.session) != _content(self.saved)

    @property
    def recent(self) -> list[Path]:
        """Files that were opened or saved, the newest first."""
        return [Path(name) for name in stored.names(self._settings, "recent")][:MAX_RECENT]

    def begin(self, session: Session = NEW) -> None:
        """Go on with a document that has no file."""
        self._show(session, None, session)

    def open(self, path: str | os.PathLike[str]) -> None:
        """Open a session file, or the session that a picture carries as a new document."""
        session, is_picture = read_document(path)
        file = Path(path).absolute()
        self._show(session, None if is_picture else file, session)
        self._on_disk = _digest(self.path)
        self._remember(file)

    def adopt(self, path: str | os.PathLike[str]) -> None:
        """Take the open session as that of a file, which it has just been read from."""
        file = Path(path).absolute()
        self.path = None if read_document(file)[1] else file
        self._on_disk = _digest(self.path)
        self._remember(file)
        self.changed.emit()

    def restore(self, session: Session, path: Path | None) -> None:
        """Go on with changes that were never saved."""
        try:
            saved = None if path is None else read_session(path)
        except InputError:
            saved = None  # the file is gone or broken: the changes are all there is
        self._show(session, path, saved)
        self._on_disk = _digest(path)

    def save(self, path: str | os.PathLike[str] | None = None, *, replaces_others: bool = False) -> None:
        """Write the session to its file, or to another one that it belongs to from now on.

        Raises
        ------
        ChangedOnDisk
            When its file holds what it did not, as another window has saved there, unless it may replace that.
        """
        target = self.path if path is None else Path(path).absolute()
        if target is None:
            raise InputError("the session has no file yet; name one")
        session = self.store.session
        if target == self.path and not replaces_others and _digest(target) not in (None, self._on_disk):
            raise ChangedOnDisk(f"{target.name} has changed on disk since it was opened here")
        write_whole(target, to_json(session).encode())
        self._on_disk = _digest(target)
        self.path, self.saved = target, session
        self._remember(target)
        self._was_modified = False
        self.changed.emit()

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self._settings.setValue("recent", [])

    def _show(self, session: Session, path: Path | None, saved: Session | None) -> None:
        before = self.path, self.saved
        self.path, self.saved = path, saved
        try:
            self.store.replace(session)
        except InputError:
            self.path, self.saved = before
            raise
        self._was_modified = self.is_modified
        self.changed.emit()
        self.opened.emit()

    def _compare(self) -> None:
        if self.is_modified != self._was_modified:
            self._was_modified = self.is_modified
            self.changed.emit()

    def _remember(self, file: Path) -> None:
        others = [other for other in self.recent if other != file]
        self._settings.setValue("recent", [str(each) for each in (file, *others)][:MAX_RECENT])


def _digest(path: Path | None) -> bytes | None:
    """What tells the contents of a file from others; None where there is none."""
    try:
        return None if path is None else hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return None


def _content(session: Session) -> Session:
    return replace(session, view=replace(session.view, chosen=View.chosen))
