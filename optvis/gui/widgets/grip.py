"""What a card is dragged by."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPaintEvent
from PyQt6.QtWidgets import QLabel, QWidget

from optvis.draw.paint.painting import guarded, painting
from optvis.gui.widgets.icons import icon


class Grip(QLabel):
    """What a card is dragged by.

    Signals
    -------
    dragged(QPoint)
        Where the mouse is, in the screen's coordinates.
    dropped(QPoint)
    """

    dragged = pyqtSignal(QPoint)
    dropped = pyqtSignal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._down = False
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip("Drag to another place  (Alt+Up, Alt+Down)")
        self.setFixedWidth(self.fontMetrics().height())

    @guarded
    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Six dots."""
        side = self.fontMetrics().ascent()
        with painting(self) as painter:
            where = self.rect().center() - QPoint(side // 2, side // 2)
            icon("grip").paint(painter, where.x(), where.y(), side, side)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the card."""
        self._down = event is not None and event.button() == Qt.MouseButton.LeftButton
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Carry it."""
        if self._down and event is not None:
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let it go."""
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        if self._down and event is not None:
            self._down = False
            self.dropped.emit(event.globalPosition().toPoint())
