"""Keys of maps: their paper, the tones of a colour map, and a title over a bar of tones with powers of ten."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QLinearGradient, QPainter, QPen

from optvis.draw.paint import text
from optvis.draw.paint.loss_ticks import loss_ticks
from optvis.draw.paint.text import Align, draw_text
from optvis.draw.paint.theme import Theme, color_table
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.number_text import power_of_ten
from optvis.landscape.loss_surface import LossScale, ToneKey

_PIXELS = 11.5
_BAR = 220.0
_MAX_NUMBERS = 7
_LOSS_BAR, _LOSSES = 170.0, 4


def paint_tone_bar(painter: QPainter, key: ToneKey, viewport: Viewport, theme: Theme, colormap: str) -> None:
    """Paint the key in the lower right corner of a map; a message without ends is only its words."""
    pixels = _PIXELS * max(1.0, viewport.weight)
    line = pixels * 1.5
    has_bar = key.low is not None and key.high is not None
    room = viewport.rect.width() - 32
    width = min(
        max(_BAR * pixels / _PIXELS, text.width(key.title, pixels)) if has_bar else text.width(key.title, pixels), room
    )
    height = line * (2.6 if has_bar else 1.0) + 8
    box = QRectF(viewport.rect.right() - width - 26, viewport.rect.bottom() - height - 10, width + 16, height)
    paint_paper(painter, box, theme)
    inner = box.adjusted(8, 4, -8, -4)
    draw_text(painter, QRectF(inner.left(), inner.top(), inner.width(), line), key.title, theme.ink, pixels)
    if key.low is None or key.high is None:
        return
    bar = QRectF(inner.left() + pixels, inner.top() + line * 1.05, inner.width() - 2 * pixels, line * 0.55)
    paint_tones(painter, bar, theme, colormap)
    every = math.ceil((key.high - key.low) / _MAX_NUMBERS)
    for power in range(math.ceil(key.low), int(key.high) + 1, every):
        x = bar.left() + bar.width() * (power - key.low) / (key.high - key.low)
        painter.setPen(QPen(theme.muted, 1))
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3))
        place = QRectF(x - 3 * pixels, bar.bottom() + 2, 6 * pixels, line)
        draw_text(painter, place, power_of_ten(power), theme.muted, pixels * 0.9, Align.AlignCenter)


def paint_loss_bar(painter: QPainter, scale: LossScale, viewport: Viewport, theme: Theme, colormap: str) -> None:
    """Paint what the tones of a map stand for in its lower right corner: a bar of them with losses."""
    pixels = _PIXELS * max(1.0, viewport.weight)
    line, bar_width = pixels * 1.5, _LOSS_BAR * pixels / _PIXELS
    found, name = loss_ticks(scale, _LOSSES)
    title = text.width(name, pixels)
    width = title + bar_width + 3.5 * pixels
    rect = viewport.rect
    box = QRectF(rect.right() - width - 10, rect.bottom() - 2.3 * line - 10, width, 2.3 * line)
    paint_paper(painter, box, theme)
    draw_text(painter, QRectF(box.left() + pixels, box.top() + 3, title + 2, line), name, theme.ink, pixels)
    bar = QRectF(box.left() + title + 2 * pixels, box.top() + 0.55 * line, bar_width, line * 0.5)
    paint_tones(painter, bar, theme, colormap)
    shares = scale.normalised(np.array(found.values)).tolist()
    last = -math.inf
    for share, label in zip(shares, found.labels, strict=True):
        x, room = bar.left() + bar_width * share, text.width(label, pixels * 0.9)
        painter.setPen(QPen(theme.muted, 1))
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3))
        if x - room / 2 > last + 0.4 * pixels:
            place = QRectF(x - room / 2 - 2, bar.bottom() + 2, room + 4, line)
            draw_text(painter, place, label, theme.muted, pixels * 0.9, Align.AlignCenter)
            last = x + room / 2


def paint_paper(painter: QPainter, box: QRectF, theme: Theme) -> None:
    """Paint a framed box through which the map is hardly seen."""
    paper = QColor(theme.paper)
    paper.setAlphaF(0.9)
    painter.setPen(QPen(theme.frame, 1))
    painter.setBrush(paper)
    painter.drawRoundedRect(box, 5, 5)


def paint_tones(painter: QPainter, bar: QRectF, theme: Theme, colormap: str) -> None:
    """Fill a bar with the tones of a colour map, the lowest at its left end."""
    tones = QLinearGradient(bar.topLeft(), bar.topRight())
    colors = color_table(colormap, theme)
    for index in range(0, 255, 6):
        tones.setColorAt(index / 254, QColor.fromRgba(colors[index]))
    painter.fillRect(bar, tones)
