"""The one place where the session changes and scenes come from."""

from __future__ import annotations

from collections.abc import Generator, Hashable

from PyQt6.QtCore import QObject, pyqtSignal

from optvis.document.session import Scene, Session, resolve, resolve_in_slices
from optvis.gui.state.edit_name import edit_name
from optvis.plot.slice_timer import SliceTimer


class Store(QObject):
    """Holds the session, its past and the scene that was computed of it.

    Controls propose whole sessions with `edit`; views follow `sceneChanged`. Computing goes on in
    slices between the window's events; the newest edit cancels what is under way, and the last
    scene stays until the new one is there. Edits with the same key, such as those of one drag,
    are one entry in the history until `seal`.

    Attributes
    ----------
    session
        The newest intent.
    scene
        The last scene that was computed; its session may be an older one for a moment.

    Signals
    -------
    sessionChanged(Session)
        At once, with every edit, undo and redo.
    sceneChanged(Scene)
        When the new scene is there; at most once a slice of events.
    progressChanged(float)
        From 0 to 1 while a computation goes on; 1 when it is done.
    """

    sessionChanged = pyqtSignal(object)
    sceneChanged = pyqtSignal(object)
    progressChanged = pyqtSignal(float)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.scene: Scene = resolve(session)
        self._undo: list[Session] = []
        self._redo: list[Session] = []
        self._key: Hashable | None = None
        self._work = SliceTimer(self)
        self._work.progressed.connect(self.progressChanged)
        self._work.finished.connect(self._take)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to bring back."""
        return bool(self._redo)

    @property
    def undo_name(self) -> str:
        """What the edit is called that would be taken back; empty when there is none."""
        return edit_name(self._undo[-1], self.session) if self._undo else ""

    @property
    def redo_name(self) -> str:
        """What the edit is called that would be brought back; empty when there is none."""
        return edit_name(self.session, self._redo[-1]) if self._redo else ""

    @property
    def is_busy(self) -> bool:
        """Whether the scene is older than the session."""
        return self._work.is_running

    @property
    def busy_seconds(self) -> float:
        """How long the present computation has been going on."""
        return self._work.seconds

    def edit(self, session: Session, key: Hashable | None = None) -> None:
        """Replace the session; the old one goes to the history.

        Raises
        ------
        InputError
            When it cannot be used; then nothing has changed.
        """
        if session == self.session:
            return
        slices = self._begun(session)
        if key is None or key != self._key:
            self._undo.append(self.session)
        elif self._undo and self._undo[-1] == session:  # it has come back to where it began
            self._undo.pop()
            key = None
        self._key = key
        self._redo.clear()
        self._adopt(session, slices)

    def seal(self) -> None:
        """End merging: the next edit is an entry of its own, whatever its key."""
        self._key = None

    def undo(self) -> None:
        """Take the last edit back."""
        self._step_history(self._undo, self._redo)

    def redo(self) -> None:
        """Bring an edit back that was taken back."""
        self._step_history(self._redo, self._undo)

    def replace(self, session: Session) -> None:
        """Begin anew with another document: the history is forgotten.

        Raises
        ------
        InputError
            When it cannot be used; then nothing has changed.
        """
        slices = self._begun(session)
        self._undo.clear()
        self._redo.clear()
        self._key = None
        self._adopt(session, slices)

    def _step_history(self, source: list[Session], target: list[Session]) -> None:
        if source:
            target.append(self.session)
            self._key = None
            session = source.pop()
            self._adopt(session, self._begun(session))

    def _begun(self, session: Session) -> Generator[float, None, Scene]:
        slices = resolve_in_slices(session, self.scene)
        next(slices)  # everything is checked before the first slice is over
        return slices

    def _adopt(self, session: Session, slices: Generator[float, None, Scene]) -> None:
        self.session = session
        self._work.start(slices)
        self.sessionChanged.emit(session)

    def _take(self, scene: Scene) -> None:
        self.scene = scene
        self.progressChanged.emit(1.0)
        self.sceneChanged.emit(scene)
