"""Driving a computation in slices between the window's events."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

SLICE_SECONDS = 0.004
"""How long computing may keep the window from its events."""


class SliceTimer(QObject):
    """Goes through the slices of one computation (see `optvis.foundation.slices`); a new one drops the old.

    Signals
    -------
    progressed(float)
        The share that is done, after every turn but the last.
    finished(object)
        The result.
    """

    progressed = pyqtSignal(float)
    finished = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slices: Generator[float, None, Any] | None = None
        self._began = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_running(self) -> bool:
        """Whether there is something left to compute."""
        return self._slices is not None

    @property
    def seconds(self) -> float:
        """How long the present computation has been going on."""
        return perf_counter() - self._began if self.is_running else 0.0

    def start(self, slices: Generator[float, None, Any]) -> None:
        """Compute this from now on."""
        self.stop()
        self._slices = slices
        self._began = perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Close what is under way, if anything is."""
        self._timer.stop()
        if self._slices is not None:
            self._slices.close()
            self._slices = None

    def _go_on(self) -> None:
        until = perf_counter() + SLICE_SECONDS
        slices, share = self._slices, 0.0
        if slices is None:
            return
        try:
            while perf_counter() < until:
                share = next(slices)
        except StopIteration as end:
            self.stop()
            self.finished.emit(end.value)
            return
        except BaseException:
            self.stop()
            raise
        self.progressed.emit(share)
