"""What all runs show at the step under the mouse, in words beside it."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from optvis.draw.charts.chart import Chart
from optvis.draw.page.legend import SWATCH, swatch
from optvis.draw.paint import text
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.painting import guarded, painting
from optvis.draw.paint.text import Align, draw_text
from optvis.draw.paint.theme import run_style
from optvis.explain.measures import evaluations_per_step
from optvis.foundation.number_text import number
from optvis.gui.widgets.palette import theme_of

_PAD = 8
_GAP = 10.0
_BESIDE = 16  # pixels from the mouse
_LONGEST_NAME = 200.0
_MAX_ROWS = 24


class ChartReadout(QWidget):
    """A sheet of paper over the window that takes no clicks; hidden until `tell` is called."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._heading = ""
        self._rows: list[tuple[int, str, str]] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def lines(self) -> list[str]:
        """What is written, line by line."""
        return [self._heading, *(f"{name} {value}" for _, name, value in self._rows)]

    def tell(self, chart: Chart, step: int, at: QPoint) -> None:
        """Show the values of a chart at a step, to the side of a place of the window and above it."""
        window = self.parentWidget().window()
        if self.parentWidget() is not window:
            self.setParent(window)
        where = f"step {step}"
        if chart.against == "evaluations":
            where += f", {step * evaluations_per_step(chart.runs[0].trajectory)} evaluations"
        self._heading = f"{chart.scale.label} at {where}"
        self._rows = [(run.spec.style, run.label, _value(chart, run, step)) for run in chart.runs[:_MAX_ROWS]]
        if len(chart.runs) > _MAX_ROWS:
            self._rows[-1] = (-1, f"and {len(chart.runs) - _MAX_ROWS + 1} more", "")
        self.resize(*self._wanted_size())
        x = at.x() + _BESIDE if at.x() + _BESIDE + self.width() <= window.width() else at.x() - _BESIDE - self.width()
        y = at.y() - self.height()
        self.move(max(0, x), max(0, min(y, window.height() - self.height())))
        self.show()
        self.raise_()
        self.update()

    @property
    def _pixels(self) -> float:
        return self.fontMetrics().height() * 0.76

    @property
    def _row_height(self) -> int:
        return math.ceil(self._pixels * 1.5)

    def _widths(self) -> tuple[float, float]:
        names = max((text.width(name, self._pixels) for _, name, _ in self._rows), default=0.0)
        values = max((text.width(value, self._pixels) for *_, value in self._rows), default=0.0)
        return min(names, _LONGEST_NAME) + 2, values + 2

    def _wanted_size(self) -> tuple[int, int]:
        row = SWATCH + _GAP + sum(self._widths()) + _GAP
        width = max(row, text.width(self._heading, self._pixels, bold=True) + 2)
        return math.ceil(width) + 2 * _PAD, self._row_height * (len(self._rows) + 1) + 2 * _PAD - 2

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet: a heading, and each run's line, marker, name and value."""
        theme, pixels, height = theme_of(self.palette()), self._pixels, self._row_height
        with painting(self) as painter:
            painter.setPen(QPen(theme.frame, 1))
            painter.setBrush(theme.paper)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
            inner = QRectF(self.rect()).adjusted(_PAD, _PAD - 1, -_PAD, -_PAD + 1)
            heading = QRectF(inner.left(), inner.top(), inner.width(), height)
            draw_text(painter, heading, self._heading, theme.ink, pixels, bold=True)
            names, values = self._widths()
            for index, (style, name, value) in enumerate(self._rows, 1):
                row = QRectF(inner.left(), inner.top() + index * height, inner.width(), height)
                if style >= 0:
                    swatch(painter, QRectF(row.left(), row.top(), SWATCH, height), run_style(style, theme))
                left = row.left() + SWATCH + _GAP
                draw_text(painter, QRectF(left, row.top(), names, height), name, theme.ink, pixels)
                place = QRectF(row.right() - values, row.top(), values, height)
                draw_text(painter, place, value, theme.ink, pixels, Align.AlignRight | Align.AlignVCenter)


def _value(chart: Chart, run: Run, step: int) -> str:
    """A number, or why there is none."""
    if step > run.trajectory.last:
        outcome = run.trajectory.outcome
        return f"{outcome.words if outcome.kind == 'diverged' else 'ended'} at step {run.trajectory.last}"
    value = chart.value(run, step)
    return "—" if math.isnan(value) else number(value, 4)
