"""The neighbourhood of a tuned value as a pyqtgraph plot: how the score changes when one hyperparameter alone does."""

from __future__ import annotations

import math
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QMenu, QSizePolicy, QToolTip

from optvis.draw.sweeps.tuned_curve import TunedCurve, tuned_curve
from optvis.foundation.number_text import number, typeset
from optvis.gui.widgets.palette import theme_of
from optvis.optimizers.hyperparameter import symbol
from optvis.plot.painted_plot import PaintedPlot
from optvis.tuning.report import range_text
from optvis.tuning.search import Curve


class TuneChart(PaintedPlot):
    """One curve along the slider's scale; the best has the run's marker, and what reaches the target is shaded.

    Low is good. The value under the mouse is told in words.

    Attributes
    ----------
    text
        In which range the value is good.
    chart
        What is shown; None before the first paint.
    menu
        Of a right click: shows all again.
    """

    def __init__(self, name: str, best: float, curve: Curve, floor: float, style: int, label: str) -> None:
        super().__init__()
        self._best, self._curve, self._floor, self._style, self._label = best, curve, floor, style, label
        self._name = symbol(name)
        self.chart: TunedCurve | None = None
        self._is_laid_out = False
        self.text = typeset(range_text(self._name, best, curve))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(f"Neighbourhood of {name}")
        self.setAccessibleDescription(self.text)
        self.menu = QMenu(self)
        self.menu.addAction("View &all").triggered.connect(self.reset_view)
        self.moved.connect(self._point)
        self.clicked.connect(self._click)

    def sizeHint(self) -> QSize:
        """Some words wide, some lines high."""
        metrics = self.fontMetrics()
        return QSize(18 * metrics.averageCharWidth(), 10 * metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Less than that."""
        metrics = self.fontMetrics()
        return QSize(12 * metrics.averageCharWidth(), 8 * metrics.height())

    def value_words(self, index: int) -> str:
        """Return what is known of one of the curve's values."""
        score = float(self._curve.scores[index])
        words = number(score, 4) if math.isfinite(score) else "none"
        reaches = "reaches" if self._curve.reaches[index] else "does not reach"
        return (
            f"{self._name} {number(float(self._curve.values[index]), 4)}: {self._label} {words}, {reaches} the target"
        )

    def arrange(self) -> None:
        """Show the curve, unless it is shown."""
        if self._is_laid_out:
            return
        self._is_laid_out = True
        rect, pixels = QRectF(self.rect()).adjusted(2, 2, -4, -2), self.fontMetrics().height() * 0.72
        full = tuned_curve(self._curve, self._best, self._floor, self._style, self._label, rect, pixels)
        xmin, xmax, _, _ = full.full_bounds
        self.show_full(full, theme_of(self.palette()), (xmin, xmax, None, None))

    def window_changed(self, chart: TunedCurve) -> None:
        """Take over what is shown."""
        self.chart = chart

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._is_laid_out = False

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._is_laid_out = False
            self.update()
        super().changeEvent(event)

    def _point(self, at: QPointF) -> None:
        if self.chart is not None and self.chart.viewport.rect.contains(at):
            index = self.chart.nearest(at)
            words = "" if index is None else self.value_words(index)
            QToolTip.showText(self.mapToGlobal(at.toPoint()), words, self)
        else:
            QToolTip.hideText()

    def _click(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.menu.popup(event.screenPos().toPoint())
