"""Telling of an error that nobody caught."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QFontDatabase, QGuiApplication
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optvis.gui.widgets.icons import icon


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
