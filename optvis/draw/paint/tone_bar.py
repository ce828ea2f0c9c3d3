"""Keys of maps: their paper, the tones of a colour map, and a title over a bar of tones with powers of ten."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QLinearGradient, QPainter, QPen

from optvis.draw.paint import text
from optvis.draw.paint.text import Align, draw_text
from optvis.draw.paint.theme import Theme, color_table
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.number_text import power_of_ten
from optvis.landscape.loss_surface import ToneKey

_PIXELS = 11.5
_BAR = 220.0
_MAX_NUMBERS = 7


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
