"""The neighbourhood of a tuned value: how the score changes when one hyperparameter alone does."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from optvis.draw.paint.markers import draw_marker
from optvis.draw.paint.theme import run_style
from optvis.foundation.number_text import number, typeset
from optvis.gui.widgets.palette import theme_of
from optvis.optimizers.hyperparameter import symbol
from optvis.optimizers.slider_scale import POSITIONS, position_of
from optvis.tuning.report import range_text
from optvis.tuning.search import Curve

_LOG_SPAN = 1e-12
"""Losses are told apart down to this share of the largest."""


class TuneChart(QWidget):
    """One curve along the slider's scale: the best with the run's marker, the good range shaded.

    Low is good. Where a run diverges, or does not get to the target, the curve is broken and there are dots
    along the top.
    """

    def __init__(self, name: str, best: float, curve: Curve, floor: float, style: int) -> None:
        super().__init__()
        self._name, self._best, self._curve, self._style = name, best, curve, style
        self.text = typeset(range_text(symbol(name), best, curve))
        self._heights = heights(curve.scores, floor)
        self._along = np.array([position_of(curve.hyper, value) for value in curve.values]) / POSITIONS
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(f"Neighbourhood of {name}")
        self.setAccessibleDescription(self.text)
        self.setToolTip(f"{self.text}\nUpwards: worse. Dots at the top: no result.")

    def sizeHint(self) -> QSize:
        """Some words wide, some lines high."""
        metrics = self.fontMetrics()
        return QSize(18 * metrics.averageCharWidth(), 8 * metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Less than that."""
        metrics = self.fontMetrics()
        return QSize(12 * metrics.averageCharWidth(), 5 * metrics.height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the words above, the curve, and the range below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, metrics = theme_of(self.palette()), self.fontMetrics()
        style = run_style(self._style, theme)
        line = metrics.height()
        frame = QRectF(self.rect()).adjusted(0.5, 2 * line + 4.5, -0.5, -line - 4.5)
        painter.fillRect(frame, theme.paper)
        plot = frame.adjusted(8, 8, -8, -8)
        good = [self._x(plot, value) for value in (self._curve.low, self._curve.high)]
        shade = QColor(theme.accent)
        shade.setAlpha(50)
        painter.fillRect(QRectF(good[0] - 1, frame.top(), good[1] - good[0] + 2, frame.height()), shade)
        painter.setPen(QPen(theme.frame, 1))
        painter.drawRect(frame)
        self._paint_curve(painter, plot, style.color)
        at = int(np.flatnonzero(self._curve.values == self._best)[0])
        draw_marker(painter, self._point(plot, at), style, radius=4.5)
        painter.setPen(theme.ink)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for row, words in enumerate(self.text.split(", ")):
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(QRectF(0, row * line, self.width(), line), left, shown)
            painter.setPen(theme.muted)
        low, high = (number(float(value), 4) for value in (self._curve.values[0], self._curve.values[-1]))
        below = QRectF(0, self.height() - line, self.width(), line)
        painter.drawText(below, left, low)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, high)

    def _paint_curve(self, painter: QPainter, plot: QRectF, color: QColor) -> None:
        pieces: list[QPolygonF] = [QPolygonF()]
        for at, height in enumerate(self._heights):
            if math.isfinite(height):
                pieces[-1].append(self._point(plot, at))
            elif pieces[-1]:
                pieces.append(QPolygonF())
        painter.setPen(QPen(color, 1.6, join=Qt.PenJoinStyle.RoundJoin))
        for piece in pieces:
            painter.drawPolyline(piece)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        few = len(self._heights) < plot.width() / 4
        taken = -math.inf
        for at, height in enumerate(self._heights):
            point = self._point(plot, at)
            if (few or not math.isfinite(height)) and point.x() - taken >= (0 if few else 4):
                painter.drawEllipse(point, 1.6, 1.6)
                taken = point.x()

    def _point(self, plot: QRectF, at: int) -> QPointF:
        height = self._heights[at] if math.isfinite(self._heights[at]) else 1.0
        return QPointF(plot.left() + self._along[at] * plot.width(), plot.bottom() - height * plot.height())

    def _x(self, plot: QRectF, value: float) -> float:
        return plot.left() + position_of(self._curve.hyper, value) / POSITIONS * plot.width()


def heights(scores: np.ndarray, floor: float) -> np.ndarray:
    """Return how high scores stand, from 0 for the least to 0.9 for the largest finite one; inf stays inf.

    On a logarithmic scale of what lies above the floor; a linear one where something lies below.
    """
    found = np.full(len(scores), np.inf)
    finite = np.isfinite(scores)
    if not finite.any():
        return found
    above = scores[finite] - floor
    if above.min() >= 0 and above.max() > 0:
        above = np.log10(np.maximum(above, _LOG_SPAN * above.max()))
    span = np.ptp(above)
    found[finite] = 0.9 * (above - above.min()) / (span if span > 0 else 1.0)
    return found
