"""The legend: each run's line and marker, name, how it ended and its loss."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from optvis.draw.maps.trails import LINE_WIDTH
from optvis.draw.paint import text
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.markers import draw_marker
from optvis.draw.paint.strokes import draw_lines, strokes
from optvis.draw.paint.text import Align, draw_text
from optvis.draw.paint.theme import OUTCOME_WORDS, RunStyle, Theme, outcome_color, run_style
from optvis.foundation.number_text import number

SWATCH = 38.0
_GAP = 8.0
_LONG_LOSS = "f 8.88×10⁻⁸⁸"  # room for it, so that places do not depend on the step


def swatch(painter: QPainter, rect: QRectF, style: RunStyle) -> None:
    """Paint a piece of a run's line with its marker in the middle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    y = rect.center().y()
    ends = np.array([[rect.left() + 1, y], [rect.right() - 1, y]])
    steps = np.arange(2)
    draw_lines(painter, strokes(ends, steps, (), rect).lines, style.halo, 4.0)
    draw_lines(painter, strokes(ends, steps, style.dash, rect).lines, style.color, LINE_WIDTH)
    draw_marker(painter, rect.center(), style, min(5.0, rect.height() / 3))


def ending(run: Run, step: int) -> tuple[str, str]:
    """Return the words for a run at a step: how it ended if it has, and its loss."""
    trajectory = run.trajectory
    at = min(step, trajectory.last)
    outcome = trajectory.outcome
    words = "" if step < trajectory.last else OUTCOME_WORDS.get(outcome.words, outcome.words)
    return words, f"f {number(float(trajectory.loss[at]))}"


def legend_height(runs: Sequence[Run], step: int, width: float, pixels: float) -> float:
    """Return how high `paint_legend` will be."""
    columns = _columns(runs, step, width, pixels)
    return math.ceil(len(runs) / columns) * _row(pixels) if runs else 0.0


def paint_legend(
    painter: QPainter,
    rect: QRectF,
    runs: Sequence[Run],
    step: int,
    theme: Theme,
    pixels: float = 12.0,
    last: int | None = None,
) -> None:
    """Paint the legend from the top of a rectangle, in as many columns as there is room for.

    Parameters
    ----------
    last
        The step for which `legend_height` was asked; at earlier ones everything keeps its place. None
        for the same.
    """
    last = step if last is None else last
    columns = _columns(runs, last, rect.width(), pixels)
    rows = math.ceil(len(runs) / columns)
    widest = max((_width(run, last, pixels) for run in runs), default=0.0) + 3 * _GAP
    cell = min(widest, rect.width() / columns)
    left = rect.left() + (rect.width() - cell * min(columns, len(runs))) / 2
    for index, run in enumerate(runs):
        column, row = divmod(index, rows)
        place = QRectF(left + column * cell, rect.top() + row * _row(pixels), cell - 2 * _GAP, _row(pixels))
        paint_entry(painter, place, run, step, theme, pixels)


def paint_entry(
    painter: QPainter, rect: QRectF, run: Run, step: int, theme: Theme, pixels: float, *, bold: bool = False
) -> None:
    """Paint one run's swatch, name, outcome and loss; a long name is shortened first."""
    style = run_style(run.spec.style, theme)
    swatch(painter, QRectF(rect.left(), rect.top(), SWATCH, rect.height()), style)
    words, loss = ending(run, step)
    small = pixels * 0.92
    left = rect.left() + SWATCH + _GAP
    room = rect.right() - left
    tail = (text.width(words, small) + _GAP if words else 0.0) + text.width(loss, small)
    name_width = min(text.width(run.label, pixels, bold=bold), 0.6 * room) + _GAP
    if room < tail + name_width:  # no room for both: the outcome matters more than the number
        loss, tail = "", text.width(words, small)
        if room < tail + name_width:
            words, tail = "", 0.0
    name = text.elided(run.label, pixels, room - tail - (_GAP if tail else 0), bold=bold)
    painter.setPen(theme.ink)
    used = text.width(name, pixels, bold=bold)
    draw_text(painter, QRectF(left, rect.top(), used + 2, rect.height()), name, theme.ink, pixels, bold=bold)
    left += used + _GAP
    if words:
        color = outcome_color(run.trajectory.outcome.kind, theme)
        wide = text.width(words, small) + 2
        draw_text(painter, QRectF(left, rect.top(), wide, rect.height()), words, color, small)
        left += wide + _GAP - 2
    if loss:
        place = QRectF(left, rect.top(), text.width(loss, small) + 2, rect.height())
        draw_text(painter, place, loss, theme.muted, small, Align.AlignLeft | Align.AlignVCenter)


def _row(pixels: float) -> float:
    return math.ceil(pixels * 1.75)


def _width(run: Run, step: int, pixels: float) -> float:
    words, loss = ending(run, step)
    small = pixels * 0.92
    room_for_loss = max(text.width(loss, small), text.width(_LONG_LOSS, small))
    parts = [text.width(run.label, pixels), room_for_loss]
    parts += [text.width(words, small)] if words else []
    return SWATCH + sum(parts) + _GAP * len(parts) + 2


def _columns(runs: Sequence[Run], step: int, width: float, pixels: float) -> int:
    """As many as fit with what most runs need; the fewest that give the same number of rows."""
    widths = sorted(_width(run, step, pixels) + 2 * _GAP for run in runs)
    if not widths:
        return 1
    usual = widths[min(len(widths) - 1, max(0, math.ceil(0.75 * len(widths)) - 1))]
    fitting = max(1, min(len(runs), int(width / max(usual, min(widths[-1], 1.3 * usual)))))
    return math.ceil(len(runs) / math.ceil(len(runs) / fitting))
