"""A label that gives way: a text too long for its place ends in an ellipsis."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPaintEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy, QStyleOption, QWidget

from optvis.draw.paint.painting import guarded, painting
from optvis.gui.widgets.plain_tip import plain_tip


class ElidedLabel(QLabel):
    """One line of plain text. When it is cut, the tooltip holds all of it.

    Signals
    -------
    doubleClicked()
    """

    doubleClicked = pyqtSignal()

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._tip = ""

    def set_tip(self, tip: str) -> None:
        """Say what the tooltip adds to the text."""
        self._tip = tip

    def shown_text(self) -> str:
        """The text as far as there is room."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def minimumSizeHint(self) -> QSize:
        """Room for a letter and the ellipsis."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance("m\N{HORIZONTAL ELLIPSIS}"), metrics.height())

    def event(self, event: QEvent | None) -> bool:
        """Make the tooltip when it is asked for: the text where it is cut, then what is added."""
        if event is not None and event.type() == QEvent.Type.ToolTip:
            cut = self.shown_text() != self.text()
            self.setToolTip(plain_tip("\n".join(part for part in (self.text() if cut else "", self._tip) if part)))
        return super().event(event)

    @guarded
    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint what there is room for."""
        with painting(self) as painter:
            option = QStyleOption()
            option.initFrom(self)
            style = self.style()
            assert style is not None
            style.drawItemText(
                painter, self.contentsRect(), int(self.alignment().value), option.palette, self.isEnabled(),
                self.shown_text(), self.foregroundRole(),
            )  # fmt: skip

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Tell."""
        self.doubleClicked.emit()
