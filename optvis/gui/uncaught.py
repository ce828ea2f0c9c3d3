"""What happens to an exception that nobody caught: it is shown, and the program goes on."""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QApplication

from optvis.foundation.errors import InputError

if TYPE_CHECKING:
    from optvis.gui.error_dialog import ErrorDialog

OFTEN = 3
"""So many times the same error opens a dialog; after that it only goes to standard error."""


class _Reporter(QObject):
    """Shows one dialog at a time, on the window's own thread."""

    _reported = pyqtSignal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.dialog: ErrorDialog | None = None
        self._times: Counter[str] = Counter()
        self._showing = False
        # Later, since no dialog can open while something is painted, or in another thread
        self._reported.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, Exception) and QApplication.instance() is not None:
            details = "".join(traceback.format_exception(kind, error, trace))
            self._reported.emit(_message(error), details)
        _let_go(trace)

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()

    def _show(self, message: str, details: str) -> None:
        if self.dialog is not None:
            self.dialog.add(details)
            return
        self._times[details] += 1
        if self._times[details] > OFTEN or self._showing:
            return
        self._showing = True
        try:
            from optvis.gui.error_dialog import ErrorDialog  # what few sessions need is no part of the start

            dialog = ErrorDialog(message, details, QApplication.activeWindow())
            dialog.finished.connect(self._forget)
            self.dialog = dialog
            dialog.open()
        finally:
            self._showing = False

    def _forget(self) -> None:
        self.dialog = None


def _let_go(trace: TracebackType | None) -> None:
    """Keep no frame alive: in one of them there may be a painter, or half of the program's memory."""
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        vars(sys).pop(name, None)
    traceback.clear_frames(trace)


def _message(error: BaseException) -> str:
    if isinstance(error, InputError):
        return str(error)
    said = f"{type(error).__name__}: {error}".removesuffix(": ")
    return f"Something went wrong. The program goes on; what was being done may be incomplete.\n\n{said}"


def install() -> Callable[[], None]:
    """Show uncaught exceptions in a dialog from now on; they go to standard error as well.

    Returns
    -------
    callable
        Brings back what was before, and closes an open dialog.
    """
    before = sys.excepthook
    reporter = _Reporter()
    sys.excepthook = reporter.hook

    def uninstall() -> None:
        reporter.close()
        if sys.excepthook == reporter.hook:
            sys.excepthook = before

    return uninstall
