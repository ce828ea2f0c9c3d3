"""Axes: a frame, round numbers along it, thin grid lines, names."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from optvis.draw.paint import text
from optvis.draw.paint.numbers import Ticks, ticks
from optvis.draw.paint.painting import saved
from optvis.draw.paint.strokes import draw_lines
from optvis.draw.paint.text import Align, draw_text
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport

TICK = 4.0


@dataclass(frozen=True)
class AxesStyle:
    """What stands round a panel.

    Attributes
    ----------
    pixels
        Height of the numbers.
    x_label, y_label
        Names of the axes; empty for none.
    has_x_numbers, has_y_numbers
        Small multiples leave them out inside the grid.
    is_tight
        Whether numbers that stick out to the sides are left out, so that neighbours do not meet.
    widest
        What the numbers on the left must have room for.
    """

    pixels: float = 11.0
    x_label: str = "x"
    y_label: str = "y"
    has_x_numbers: bool = True
    has_y_numbers: bool = True
    is_tight: bool = False
    widest: str = "−0.0000"

    def plot_rect(self, outer: QRectF) -> QRectF:
        """Return where the panel itself goes, inside a rectangle that also takes numbers and names.

        The same whatever the numbers are, so that zooming does not shift the panel; whole pixels.
        """
        line = math.ceil(self.pixels * 1.45)
        widest = text.width(self.widest, self.pixels)
        left = (widest + TICK + 4 if self.has_y_numbers else 1) + (line if self.y_label else 0)
        bottom = (line + TICK if self.has_x_numbers else 1) + (line if self.x_label else 0)
        right = text.width("0.00", self.pixels) / 2 + 4 if self.has_x_numbers else 1
        top = line * 0.5 + 3 if self.has_y_numbers else 1
        rect = outer.adjusted(left, top, -right, -bottom)
        return QRectF(math.ceil(rect.left()), math.ceil(rect.top()),
                      max(1, math.floor(rect.width())), max(1, math.floor(rect.height())))  # fmt: skip


def x_ticks(low: float, high: float, length: float, pixels: float, *, whole: bool = False) -> Ticks:
    """Return ticks for a horizontal axis whose numbers do not run into each other; at whole numbers if asked."""
    about = max(2, min(12, round(length / (pixels * 5))))
    while True:
        found = ticks(low, high, about, whole=whole)
        widest = max((text.width(label, pixels) for label in found.labels), default=0.0)
        if about <= 1 or widest + pixels <= length / max(1, len(found.values)):
            return found
        about -= 1


def y_ticks(low: float, high: float, length: float, pixels: float) -> Ticks:
    """Return ticks for a vertical axis."""
    return ticks(low, high, max(2, min(10, round(length / (pixels * 4.5)))))


def paint_axes(painter: QPainter, viewport: Viewport, theme: Theme, style: AxesStyle) -> None:
    """Paint grid lines, frame, numbers and names of a panel."""
    rect = viewport.rect
    xmin, xmax, ymin, ymax = viewport.bounds
    along = x_ticks(xmin, xmax, rect.width(), style.pixels)
    up = y_ticks(ymin, ymax, rect.height(), style.pixels)
    xs = [crisp(viewport.x_to_px(value)) for value in along.values]
    ys = [crisp(viewport.y_to_px(value)) for value in up.values]
    paint_frame(painter, rect, theme, xs, ys, style)
    if style.has_x_numbers:
        paint_x_numbers(painter, rect, theme, xs, along, style)
    if style.has_y_numbers:
        paint_y_numbers(painter, rect, theme, ys, up, style)


def paint_frame(
    painter: QPainter, rect: QRectF, theme: Theme, xs: list[float], ys: list[float], style: AxesStyle
) -> None:
    """Paint grid lines at pixels, the frame round the panel, and ticks where there are numbers."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    x, y = np.array(xs), np.array(ys)
    left, right, top, bottom = rect.left(), rect.right(), rect.top(), rect.bottom()
    draw_lines(painter, _rows(x, top, x, bottom), theme.grid, 1)
    draw_lines(painter, _rows(left, y, right, y), theme.grid, 1)
    paint_ticks(painter, rect, theme, xs if style.has_x_numbers else [], ys if style.has_y_numbers else [])
    painter.setPen(QPen(theme.frame, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def paint_ticks(painter: QPainter, rect: QRectF, theme: Theme, xs: list[float], ys: list[float]) -> None:
    """Paint short lines below a panel and to its left, at pixels."""
    x, y, left, bottom = np.array(xs), np.array(ys), rect.left(), rect.bottom()
    draw_lines(painter, _rows(x, bottom, x, bottom + TICK), theme.frame, 1)
    draw_lines(painter, _rows(left - TICK, y, left, y), theme.frame, 1)


def _rows(*columns: Any) -> NDArray[np.float64]:
    return np.column_stack(np.broadcast_arrays(*columns))


def paint_x_numbers(
    painter: QPainter, rect: QRectF, theme: Theme, xs: list[float], found: Ticks, style: AxesStyle
) -> None:
    """Paint numbers, note and name below a panel."""
    line = math.ceil(style.pixels * 1.45)
    top = rect.bottom() + TICK + 1
    for x, label in zip(xs, found.labels, strict=True):
        half = text.width(label, style.pixels) / 2 + 1
        if style.is_tight and not rect.left() - 2 <= x - half < x + half <= rect.right() + 2:
            continue
        draw_text(painter, QRectF(x - half, top, 2 * half, line), label, theme.muted, style.pixels, Align.AlignCenter)
    below = QRectF(rect.left(), top + line - 2, rect.width(), line)
    if style.x_label:
        draw_text(painter, below, style.x_label, theme.ink, style.pixels * 1.1, Align.AlignCenter)
    if found.note:
        row = below if style.x_label else below.translated(0, -line)
        draw_text(painter, row, found.note, theme.muted, style.pixels, Align.AlignRight | Align.AlignVCenter)


def paint_y_numbers(
    painter: QPainter, rect: QRectF, theme: Theme, ys: list[float], found: Ticks, style: AxesStyle
) -> None:
    """Paint numbers, note and name to the left of a panel."""
    line = math.ceil(style.pixels * 1.45)
    right = rect.left() - TICK - 3
    widest = text.width("−0.0000", style.pixels)
    for y, label in zip(ys, found.labels, strict=True):
        place = QRectF(right - widest - 2, y - line / 2, widest + 2, line)
        draw_text(painter, place, label, theme.muted, style.pixels, Align.AlignRight | Align.AlignVCenter)
    with saved(painter):
        used = max((text.width(label, style.pixels) for label in found.labels), default=0.0)
        painter.translate(right - used - line / 2 - 3, rect.center().y())
        painter.rotate(-90)
        across = QRectF(-rect.height() / 2, -line / 2, rect.height(), line)
        if style.y_label:
            draw_text(painter, across, style.y_label, theme.ink, style.pixels * 1.1, Align.AlignCenter)
        if found.note:
            if not style.y_label:
                across.translate(0, line)
            draw_text(painter, across, found.note, theme.muted, style.pixels, Align.AlignRight | Align.AlignVCenter)


def crisp(at: float) -> float:
    """The middle of a pixel, where a line of width 1 is sharp; a place beyond all pixels stays as it is."""
    return math.floor(at) + 0.5 if math.isfinite(at) else at


def caption(painter: QPainter, at: QPointF, words: str, theme: Theme, pixels: float) -> None:
    """Paint words in the middle of a panel, such as what to do when it is empty."""
    half = text.width(words, pixels) / 2
    text.draw_text_on_halo(painter, at - QPointF(half, -pixels / 3), words, theme.ink, theme.halo, pixels)
