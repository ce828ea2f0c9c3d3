"""How a run ended, in a few words."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from optvis.draw.paint.painting import guarded, painting
from optvis.draw.paint.theme import outcome_color
from optvis.engine.outcome import KINDS, Outcome
from optvis.foundation.number_text import number, typeset
from optvis.gui.widgets.icons import paint_icon
from optvis.gui.widgets.palette import muted_color, theme_of
from optvis.gui.widgets.plain_tip import plain_tip


class OutcomeBadge(QWidget):
    """A shape and the word for an outcome, with the final loss; why, in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcome: Outcome | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_outcome(self, outcome: Outcome | None) -> None:
        """Show an outcome; None while there is none yet."""
        if outcome == self.outcome:
            return
        self.outcome = outcome
        self.setAccessibleName(self.text())
        if outcome is not None:
            reason = outcome.reason[:1].upper() + outcome.reason[1:]
            meaning = f": {KINDS[outcome.kind]}" if outcome.words == outcome.kind else ""
            tip = f"{outcome.words}, step {outcome.step}{meaning}\n{typeset(reason)}"
            self.setToolTip(plain_tip(tip))
            self.setAccessibleDescription(tip)
        self.update()

    def text(self) -> str:
        """What is written: ``converged · f 1.2×10⁻⁹``."""
        if self.outcome is None:
            return "computing\N{HORIZONTAL ELLIPSIS}"
        loss = f" · f {number(self.outcome.loss, 2)}" if self.outcome.words in KINDS else ""
        return f"{self.outcome.words}{loss}"

    def sizeHint(self) -> QSize:
        """One line."""
        metrics = self.fontMetrics()
        return QSize(metrics.height() + 6 + metrics.horizontalAdvance(self.text()), metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        """The shape at least."""
        return QSize(self.fontMetrics().height(), self.sizeHint().height())

    @guarded
    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the shape, then the words as far as there is room."""
        with painting(self) as painter:
            theme, metrics = theme_of(self.palette()), self.fontMetrics()
            left = 0
            color = muted_color(self.palette())
            if self.outcome is not None:
                color = outcome_color(self.outcome.kind, theme)
                side = metrics.ascent()
                paint_icon(painter, QRectF(1, (self.height() - side) / 2, side, side), self.outcome.kind, color)
                left = side + 7
            painter.setPen(color)
            room = self.width() - left
            text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
            painter.drawText(
                left, 0, room, self.height(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text
            )
