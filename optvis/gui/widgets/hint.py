"""The one hint at the first start."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget


class Hint(QFrame):
    """A line of text over the lower edge of a widget, with a button that makes it go away.

    Signals
    -------
    dismissed()
        When the button was pressed.
    """

    dismissed = pyqtSignal()

    def __init__(self, text: str, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("hint")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        layout = QHBoxLayout(self)
        layout.addWidget(QLabel(text))
        button = QPushButton("Got it", clicked=self._dismiss)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout.addWidget(button)
        over.installEventFilter(self)
        self._place()

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()

    def _place(self) -> None:
        over = self.parentWidget()
        size = self.sizeHint()
        size.setWidth(min(size.width(), over.width()))
        self.resize(size)
        self.move((over.width() - size.width()) // 2, max(0, over.height() - size.height() - 48))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the widget beneath changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False
