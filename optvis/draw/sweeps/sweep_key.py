"""The key of a sweep map: a bar of colours with numbers, and a small square for every pattern that is seen."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from optvis.draw.charts.chart_scale import log_ticks
from optvis.draw.paint import text
from optvis.draw.paint.cell_hatching import Pattern, paint_pattern
from optvis.draw.paint.outcome_looks import outcome_look
from optvis.draw.paint.text import Align, draw_text
from optvis.draw.paint.theme import OUTCOME_WORDS, Theme
from optvis.draw.paint.tone_bar import paint_tones
from optvis.engine.outcome import KINDS
from optvis.landscape.loss_surface import NOT_FINITE
from optvis.maps.sweep_shades import NO_KIND, Shades, Shows

LINES = 2.0
"""Height of a key, in heights of a line of text."""
LINE = 1.5
"""Height of a line, in heights of its text."""

_BAR_WIDTH = 22.0  # in heights of the text
_SQUARE = 1.15


def paint_sweep_key(
    painter: QPainter, rect: QRectF, shades: Shades, shows: Shows, theme: Theme, colormap: str, pixels: float
) -> None:
    """Paint the key in a rectangle of `LINES` lines of text of so many pixels."""
    left = rect.left()
    if shades.low is not None and shades.high is not None:
        bar = QRectF(left + pixels, rect.top() + 2, min(_BAR_WIDTH * pixels, 0.5 * rect.width()), pixels * 0.9)
        _paint_bar(painter, bar, shades.low, shades.high, theme, colormap, pixels)
        left = bar.right() + 3 * pixels
    _paint_squares(painter, QRectF(left, rect.top(), rect.right() - left, rect.height()), shades, shows, theme, pixels)


def _paint_bar(
    painter: QPainter, bar: QRectF, low: float, high: float, theme: Theme, colormap: str, pixels: float
) -> None:
    paint_tones(painter, bar, theme, colormap)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.frame, 1))
    painter.drawRect(bar)
    found = log_ticks(low, high, bar.width(), pixels * 1.25)
    for value, label in zip(found.values, found.labels, strict=True):
        x = bar.left() + bar.width() * (value - low) / (high - low)
        painter.setPen(QPen(theme.muted, 1))
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3))
        place = QRectF(x - 3 * pixels, bar.bottom() + 3, 6 * pixels, pixels * LINE)
        draw_text(painter, place, label, theme.muted, pixels * 0.92, Align.AlignCenter)


def _paint_squares(painter: QPainter, rect: QRectF, shades: Shades, shows: Shows, theme: Theme, pixels: float) -> None:
    """Paint the squares from left to right, in a second line where the first is full."""
    line, side = pixels * LINE, pixels * _SQUARE
    x, y = rect.left(), rect.top()
    for words, color, pattern in _entries(shades, shows, theme):
        room = side * 1.4 + text.width(words, pixels)
        if x + room > rect.right() and x > rect.left() and y + 2 * line <= rect.bottom() + 1:
            x, y = rect.left(), y + line
        if x + 2 * side > rect.right():
            return
        square = QRectF(round(x) + 0.5, round(y + (line - side) / 2) + 0.5, round(side * 1.25), round(side))
        painter.fillRect(square, color)
        paint_pattern(painter, np.ones((1, 1), bool), square, pattern, theme.ink if color.alpha() else theme.hatch)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.frame, 1))
        painter.drawRect(square)
        place = QRectF(square.right() + side * 0.35, y, rect.right() - square.right() - side * 0.35, line)
        draw_text(painter, place, words, theme.ink, pixels)
        x += room + 1.6 * pixels


def _entries(shades: Shades, shows: Shows, theme: Theme) -> list[tuple[str, QColor, Pattern]]:
    """Words, colour and pattern of everything on the map that the bar does not explain."""
    entries = []
    for index, kind in enumerate(KINDS):
        if (shades.kinds == index).any():
            look = outcome_look(kind, theme)
            entries.append((OUTCOME_WORDS[kind], look.color if shows == "outcome" else theme.panel, look.pattern))
    if shows == "steps" and ((shades.tones == NOT_FINITE) & (shades.kinds == NO_KIND)).any():
        entries.append(("not reached", theme.panel, ""))
    return entries
