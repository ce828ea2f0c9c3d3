"""The field in which a formula is typed."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

from optvis.draw.paint.painting import guarded, painting
from optvis.gui.widgets.palette import error_color


class FormulaField(QLineEdit):
    """A line of text that can underline the place of an error.

    Attributes
    ----------
    error_column
        The character that is underlined, counted from 1; None for none.

    Signals
    -------
    takenBack()
        Esc was pressed; the text is again the last that was settled.
    """

    takenBack = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.error_column: int | None = None
        self._settled = ""

    def settle(self, text: str) -> None:
        """Take over a text as the one that is in force; what stands in the field is replaced."""
        self._settled = text
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)
        self.mark(None)

    def mark(self, column: int | None) -> None:
        """Underline a character, counted from 1; None underlines nothing."""
        self.error_column = column
        self.update()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Esc goes back to the last text that was in force."""
        assert event is not None
        if event.key() == Qt.Key.Key_Escape and self.text() != self._settled:
            self.settle(self._settled)
            self.takenBack.emit()
            return
        super().keyPressEvent(event)

    @guarded
    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the text, then a wavy line under the mark."""
        super().paintEvent(event)
        if self.error_column is None:
            return
        metrics, text = self.fontMetrics(), self.text()
        at = min(self.error_column - 1, len(text))
        cursor = self.cursorRect()
        origin = cursor.center().x() - metrics.horizontalAdvance(text[: self.cursorPosition()])
        left = origin + metrics.horizontalAdvance(text[:at])
        width = max(metrics.horizontalAdvance(text[at : at + 1]), metrics.averageCharWidth())
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        style = self.style()
        assert style is not None
        inside = style.subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        with painting(self) as painter:
            painter.setClipRect(inside)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(error_color(self.palette()), 1.5))
            bottom = min(cursor.bottom(), inside.bottom()) - 0.5
            wave = [QPointF(left + 2 * step, bottom - 2 * (step % 2)) for step in range(max(3, round(width / 2) + 1))]
            painter.drawPolyline(QPolygonF(wave))
