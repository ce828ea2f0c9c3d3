"""Work that takes its time, beside the window."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal

from optvis.foundation.errors import InputError

Done = Callable[[InputError | None], None]


class InBackground(QObject):
    """Runs one piece of work after the other in threads of their own; none may touch a widget.

    The program waits for them at its end, so that no file stays half written.
    """

    _ended = pyqtSignal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ended.connect(lambda done, error: done(error))  # on the window's thread

    def run(self, work: Callable[[], None], done: Done) -> None:
        """Begin; ``done`` is called on the window's thread, with what went wrong or None."""

        def do() -> None:
            error: InputError | None = None
            try:
                work()
            except InputError as refused:
                error = refused
            except MemoryError:
                error = InputError("there is not enough memory")
            with contextlib.suppress(RuntimeError):  # the window may be gone by now
                self._ended.emit(done, error)

        threading.Thread(target=do).start()
