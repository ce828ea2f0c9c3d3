"""What stands round the curves of a chart: panel, grid, numbers and title."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from optvis.draw.paint import text
from optvis.draw.paint.axes import AxesStyle, crisp, paint_frame, paint_x_numbers, paint_y_numbers
from optvis.draw.paint.numbers import Ticks
from optvis.draw.paint.text import draw_text
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport


def paint_chart_frame(
    painter: QPainter, viewport: Viewport, theme: Theme, axes: AxesStyle, right: Ticks, up: Ticks
) -> None:
    """Paint the panel with a grid and numbers at the ticks of both axes; the note of ``up`` is for the title."""
    rect = viewport.rect
    xs = [crisp(viewport.x_to_px(value)) for value in right.values]
    ys = [crisp(viewport.y_to_px(value)) for value in up.values]
    painter.fillRect(rect, theme.panel)
    paint_frame(painter, rect, theme, xs, ys, axes)
    if axes.has_x_numbers:
        paint_x_numbers(painter, rect, theme, xs, right, axes)
    if axes.has_y_numbers:
        paint_y_numbers(painter, rect, theme, ys, replace(up, note=""), axes)


def paint_chart_title(
    painter: QPainter, rect: QRectF, title: str, symbol: str, note: str, theme: Theme, pixels: float
) -> None:
    """Paint what a chart shows, its symbol, and what the numbers on the axis are multiplied by.

    Parameters
    ----------
    rect
        A line above the panel; nothing is painted where it is empty.
    pixels
        Height of the axis's numbers.
    """
    if rect.isEmpty():
        return
    pixels *= 1.08
    draw_text(painter, rect, title, theme.ink, pixels, bold=True)
    used = text.width(title, pixels, bold=True) + pixels * 0.7
    rest = "   ".join(part for part in ("" if symbol == title else symbol, note) if part)
    if rest and used + text.width(rest, pixels) <= rect.width():
        draw_text(painter, rect.adjusted(used, 0, 0, 0), rest, theme.muted, pixels)
