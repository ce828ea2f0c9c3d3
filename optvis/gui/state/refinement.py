"""Coarse at once, then finer: one result computed in stages between the window's events."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Sequence
from typing import Generic, TypeVar

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from optvis.foundation.errors import InputError
from optvis.plot.slice_timer import SliceTimer

T = TypeVar("T")

Stage = Callable[[], Generator[float, None, T]]
"""Begins a computation in slices (see `optvis.foundation.slices`) that returns a result."""


class Refinement(QObject, Generic[T]):
    """Computes what was asked for last, coarsely at first and then finer, in slices between events.

    A request names what its result is computed from, and the stages that compute it. The same request
    again changes nothing; a new one cancels the one before, whose last result stays until the first
    stage of the new one is done.

    Parameters
    ----------
    rest_ms
        Finer stages begin when nothing new has been asked for so long.

    Attributes
    ----------
    key
        What the present request is computed from; None before the first, and after one that was cancelled.
    result
        What the last stage has returned; None before the first. Whoever asks for something that the last
        result cannot stand in for sets another one, or None, to be shown meanwhile.
    error
        What is wrong with the present request, in words; then there is no result. Else empty.

    Signals
    -------
    changed()
        There is a new result, or an error. The next stage, if there is one, has been begun.
    progressed(float)
        The share of the present stage that is done.
    """

    changed = pyqtSignal()
    progressed = pyqtSignal(float)

    def __init__(self, parent: QObject | None = None, rest_ms: int = 0) -> None:
        super().__init__(parent)
        self.key: Hashable | None = None
        self.result: T | None = None
        self.error = ""
        self._waiting: list[Stage[T]] = []
        self._timer = SliceTimer(self)
        self._timer.progressed.connect(self.progressed)
        self._timer.finished.connect(self._take)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(rest_ms)
        self._rest.timeout.connect(self._begin_finer)

    @property
    def is_running(self) -> bool:
        """Whether there is a stage to compute, be it after a rest."""
        return self._timer.is_running or bool(self._waiting)

    @property
    def seconds(self) -> float:
        """How long the present stage has been going on."""
        return self._timer.seconds

    def want(self, key: Hashable, stages: Sequence[Stage[T]]) -> None:
        """Compute this from now on, unless it is just what was asked for last.

        Parameters
        ----------
        key
            All that the results depend on.
        stages
            The coarsest first; each is called when its turn has come.
        """
        if key == self.key:
            return
        self.cancel()
        self.key, self.error = key, ""
        self._waiting = list(stages)
        if self._rest.interval():
            self._rest.start()
        self._begin_next()

    def cancel(self) -> None:
        """Drop the request; the same asked for again begins anew. The last result stays."""
        self.key, self._waiting = None, []
        self._timer.stop()
        self._rest.stop()

    def _begin_next(self) -> None:
        if self._waiting:
            self._timer.start(_attempt(self._waiting.pop(0)))

    def _begin_finer(self) -> None:
        """Go on after a rest; a coarse stage that is still under way goes on by itself."""
        if not self._timer.is_running:
            self._begin_next()

    def _take(self, made: tuple[T | None, str]) -> None:
        self.result, self.error = made
        if self.error:
            self._waiting = []
        elif not self._rest.isActive():
            self._begin_next()
        self.changed.emit()


def _attempt(stage: Stage[T]) -> Generator[float, None, tuple[T | None, str]]:
    """Go through a stage; what is refused comes back as words."""
    try:
        return (yield from stage()), ""
    except InputError as error:
        return None, str(error)
