"""Ending as the system asks for: by SIGTERM, SIGHUP or Ctrl+C, with what was begun taken away and changes kept."""

from __future__ import annotations

import contextlib
import signal
import socket
from types import FrameType

from PyQt6.QtCore import QObject, QSocketNotifier
from PyQt6.QtWidgets import QApplication

_NAMES = ("SIGTERM", "SIGHUP", "SIGINT")


class EndBySignal(QObject):
    """Ends the program's event loops; Python alone would not notice a signal before Qt calls it the next time.

    Attributes
    ----------
    number
        The signal that came; 0 for none.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.number = 0
        self._near, self._far = socket.socketpair()
        for end in (self._near, self._far):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._near.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)
        self._before = {number: signal.signal(number, self._note) for number in _known()}
        self._wakeup = signal.set_wakeup_fd(self._far.fileno(), warn_on_full_buffer=False)

    def stop(self) -> None:
        """Leave signals to whoever had them before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        for end in (self._near, self._far):
            end.close()

    def _note(self, number: int, _: FrameType | None) -> None:
        self.number = number
        QApplication.exit(128 + number)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._near.recv(64)


def _known() -> list[int]:
    return [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
