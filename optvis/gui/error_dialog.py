"""What happens to an exception that nobody caught: it is shown, and the program goes on."""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from collections.abc import Callable
from types import TracebackType

from PyQt6.QtCore import QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontDatabase, QGuiApplication
from PyQt6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optvis.foundation.errors import InputError
from optvis.gui.widgets.icons import icon

OFTEN = 3
"""So many times the same error opens a dialog; after that it only goes to standard error."""


class ErrorDialog(QDialog):
    """Tells of an error, with the details for a report."""

    def __init__(self, message: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("optvis")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        side = 2 * self.fontMetrics().height()
        picture.setPixmap(icon("warning").pixmap(QSize(side, side), self.devicePixelRatioF()))
        self.message = QLabel(message)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setAccessibleName("Details")
        self.copy_button = QPushButton("&Copy details")
        self.copy_button.clicked.connect(self.copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        head = QHBoxLayout()
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.message, 1)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self.details, 1)
        column.addWidget(buttons)

    def sizeHint(self) -> QSize:
        """Eighty letters, fifteen lines."""
        metrics = self.details.fontMetrics()
        return QSize(metrics.horizontalAdvance("m" * 80), 15 * metrics.height() + super().minimumSizeHint().height())

    def add(self, details: str) -> None:
        """Append what happened while the dialog was open."""
        self.details.appendPlainText("\n" + details)

    def copy(self) -> None:
        """Put message and details into the clipboard."""
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        clipboard.setText(f"{self.message.text()}\n\n{self.details.toPlainText()}")


class _Reporter(QObject):
    """Shows one dialog at a time, on the window's own thread."""

    _reported = pyqtSignal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.dialog: ErrorDialog | None = None
        self._times: Counter[str] = Counter()
        self._showing = False
        self._reported.connect(self._show)  # queued when another thread reports

    def hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, Exception) and QApplication.instance() is not None:
            details = "".join(traceback.format_exception(kind, error, trace))
            self._reported.emit(_message(error), details)

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
            dialog = ErrorDialog(message, details, QApplication.activeWindow())
            dialog.finished.connect(self._forget)
            self.dialog = dialog
            dialog.open()
        finally:
            self._showing = False

    def _forget(self) -> None:
        self.dialog = None


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
