"""What the colours of basin maps mean: swatches, a bar of tones, and both in a strip below maps side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen

from optvis.draw.maps.basin_colors import COLORED_MINIMA, Ends, Pixels, Shows, swatch_pixels
from optvis.draw.paint import text
from optvis.draw.paint.text import Align, draw_text
from optvis.draw.paint.theme import OUTCOME_WORDS, Theme
from optvis.draw.paint.tone_bar import paint_tones
from optvis.foundation.number_text import number, power_of_ten

TITLES = {
    "minimum": "where each start ends",
    "steps": "steps to the minimum",
    "loss": "final loss above the lowest",
}
_BAR = 150.0  # pixels, for text of 12

Row = tuple[QColor | str, str, str]
"""The colour of a minimum, or an outcome; a name; a share."""


class Explained(Protocol):
    """A map that a key explains; `optvis.draw.maps.basin_relief.BasinRelief` is one."""

    shows: Shows
    ends: Ends
    theme: Theme
    colormap: str

    @property
    def key_rows(self) -> list[Row]:
        """What is to be explained."""


def strip_height(pixels: float) -> float:
    """Return the height of a strip with text of so many pixels."""
    return 2.0 * pixels


def paint_strip(painter: QPainter, rect: QRectF, maps: Sequence[Explained], pixels: float) -> None:
    """Paint one key for several maps on one line; what has no room is left out, the last first."""
    if not maps:
        return
    first, line = maps[0], rect.height()
    x = rect.left()

    def put(words: str, width: float) -> None:
        draw_text(painter, QRectF(x, rect.top(), width, line), words, first.theme.ink, pixels)

    title = TITLES[first.shows]
    width = text.width(title, pixels, bold=True)
    draw_text(painter, QRectF(x, rect.top(), width + 2, line), title, first.theme.ink, pixels, bold=True)
    x += width + 1.4 * pixels
    if first.shows != "minimum":
        width = _BAR * pixels / 12
        place = QRectF(x, rect.top(), width, line)
        paint_bar(painter, place, first.shows, first.ends, first.theme, first.colormap, pixels * 0.85)
        x += width + 1.4 * pixels
    rows = _joined(maps)
    if x + sum(text.width(name, pixels) + 2.8 * pixels + 2 for _, name in rows) > rect.right():
        rows = [(mark, name if isinstance(mark, str) else name.split("  ")[0]) for mark, name in rows]  # letters alone
    for mark, name in rows:
        width = text.width(name, pixels) + 2
        if x + 1.6 * pixels + width > rect.right():
            return
        swatch = QRectF(x, rect.top() + (line - 0.9 * pixels) / 2, 1.3 * pixels, 0.9 * pixels)
        paint_swatch(painter, swatch, mark, first.theme)
        x += 1.6 * pixels
        put(name, width)
        x += width + 1.2 * pixels


def _joined(maps: Sequence[Explained]) -> list[tuple[QColor | str, str]]:
    """Every colour and pattern on any of the maps, minima first and in their order."""
    rows = [(mark, name) for each in maps for mark, name, _ in each.key_rows]
    minima = {name: mark for mark, name in rows if isinstance(mark, QColor) and name[:2].strip() in _LETTERS}
    others = [mark for mark, name in rows if isinstance(mark, QColor) and name not in minima]
    outcomes = {mark: name for mark, name in rows if isinstance(mark, str)}
    joined: list[tuple[QColor | str, str]] = [(minima[name], name) for name in sorted(minima)]
    joined += [(others[0], "other minima")] if others else []
    return joined + [(kind, outcomes[kind]) for kind in OUTCOME_WORDS if kind in outcomes]


def paint_swatch(painter: QPainter, rect: QRectF, mark: QColor | str, theme: Theme) -> None:
    """Paint a sample of a minimum's colour or of an outcome's pattern."""
    if isinstance(mark, QColor):
        painter.fillRect(rect, mark)
    else:
        pixels = swatch_pixels(mark, (math.ceil(rect.height()), math.ceil(rect.width())), theme)
        painter.drawImage(rect, image_of(pixels))
    painter.setPen(QPen(theme.frame, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)


def paint_bar(
    painter: QPainter, place: QRectF, shows: Shows, ends: Ends, theme: Theme, colormap: str, pixels: float
) -> None:
    """Paint the colours from one end to the other with what the ends stand for."""
    low, high = ends
    bar = QRectF(place.left(), place.top() + 1, place.width(), pixels * 0.8)
    paint_tones(painter, bar, theme, colormap)
    below = QRectF(place.left(), bar.bottom() + 1, place.width(), pixels * 1.4)
    is_even = (low + high) % 2 == 0
    written = number if shows == "steps" else lambda value: power_of_ten(round(value))
    for words, align in (
        (written(low), Align.AlignLeft),
        (written((low + high) / 2) if is_even else "", Align.AlignHCenter),
        (written(high), Align.AlignRight),
    ):
        draw_text(painter, below, words, theme.muted, pixels * 0.9, align | Align.AlignVCenter)


def image_of(pixels: Pixels) -> QImage:
    """Look at pixels as an image; they must live as long as it does."""
    height, width = pixels.shape
    image: QImage = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)  # type: ignore[call-overload]
    return image


def letter_of(index: int) -> str:
    """Return the letter of a minimum that has a colour of its own."""
    return chr(ord("A") + index) if index < COLORED_MINIMA else ""


_LETTERS = {letter_of(index) for index in range(COLORED_MINIMA)}
