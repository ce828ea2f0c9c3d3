"""A basin map made ready for painting: its picture, the contours of the loss on it, and a key."""

from __future__ import annotations

import math
from copy import copy
from functools import cached_property
from typing import Any

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter

from optvis.draw.maps.basin_colors import COLORED_MINIMA, Ends, Shows, basin_pixels, minimum_color, tones_range
from optvis.draw.maps.basin_key import TITLES, Row, image_of, letter_of, paint_bar, paint_swatch
from optvis.draw.maps.relief import Relief, paint_picture
from optvis.draw.paint import text
from optvis.draw.paint.markers import draw_minimum
from optvis.draw.paint.painting import saved
from optvis.draw.paint.text import draw_text
from optvis.draw.paint.theme import OUTCOME_WORDS, Theme
from optvis.draw.paint.tone_bar import paint_paper
from optvis.draw.paint.viewport import Viewport
from optvis.engine.outcome import KIND_NAMES
from optvis.foundation.number_text import number, percent
from optvis.maps.basins import MAX_PIXELS, BasinMap

_PIXELS = 10.5
_LEAST_SHARE = 5e-4  # of the map; what is less has no row
_ROOM_FOR_KEY = (420.0, 260.0)


def basin_cells(viewport: Viewport, per_pixel: float = 1.0) -> tuple[int, int]:
    """Cells along x and y of a map that fills a viewport, so many for a logical pixel."""
    width, height = viewport.rect.width() * per_pixel, viewport.rect.height() * per_pixel
    shrink = min(1.0, math.sqrt(MAX_PIXELS / max(1.0, width * height)))
    return max(2, int(width * shrink)), max(2, int(height * shrink))


class BasinRelief:
    """Paints a basin map in any viewport, in place of the loss.

    Attributes
    ----------
    basins
        What it was made of.
    relief
        The loss, of which only the contours are painted; None for none.
    ends
        What the two ends of the colours stand for.
    """

    def __init__(
        self,
        basins: BasinMap,
        shows: Shows,
        theme: Theme,
        colormap: str,
        label: str,
        relief: Relief | None = None,
        ends: Ends | None = None,
    ) -> None:
        self._look = (basins, shows, theme, colormap, label, ends)
        self.ends = ends or tones_range(basins, shows)
        self.relief = relief
        self.basins, self.shows, self.theme, self.colormap = basins, shows, theme, colormap
        self._label = label
        self._memory = basin_pixels(basins, shows, theme, colormap, self.ends)  # QImage copies nothing
        self._image = image_of(self._memory)

    def is_of(self, *look: Any) -> bool:
        """Whether it was made of just this: map, what it shows, theme, colour map, label and ends."""
        return look == self._look

    def over(self, relief: Relief | None) -> BasinRelief:
        """Return the same picture with the contours of this loss."""
        if relief is self.relief:
            return self
        made = copy(self)
        made.relief = relief
        return made

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint the picture, the contours where they are known, and the minima with their letters."""
        paint_picture(painter, self._image, viewport, viewport.within(self.basins.bounds))
        if self.relief is not None:
            self.relief.paint_contours(painter, viewport)
        with saved(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
            unit = viewport.weight
            for index, (x, y) in enumerate(self.basins.minima):
                if viewport.shows(x, y):
                    at = viewport.point(x, y)
                    draw_minimum(painter, at, self.theme, 0.8 * unit)
                    if letter := letter_of(index):
                        corner = at + QPointF(6 * unit, -5 * unit)
                        pixels = max(9.0, 12 * unit)
                        text.draw_text_on_halo(
                            painter, corner, letter, self.theme.ink, self.theme.halo, pixels, bold=True
                        )

    def paint_key(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint what the colours mean, where there is room."""
        if viewport.rect.width() >= _ROOM_FOR_KEY[0] and viewport.rect.height() >= _ROOM_FOR_KEY[1]:
            self._paint_box(painter, viewport)

    def words(self) -> str:
        """What the map says, as text."""
        rows = "; ".join(f"{name}: {share}" for _, name, share in self._rows)
        return f"{self._label}, {TITLES['minimum']}: {rows}"

    def words_from(self, x: float, y: float) -> str:
        """Say where the start at a place leads; empty beside the map."""
        basins = self.basins
        xmin, xmax, ymin, ymax = basins.bounds
        rows, columns = basins.kind.shape
        column = math.floor((x - xmin) / (xmax - xmin) * columns)
        row = math.floor((y - ymin) / (ymax - ymin) * rows)
        if not (0 <= row < rows and 0 <= column < columns):
            return ""
        index = int(basins.minimum[row, column])
        if index < 0:
            return f"from here: {self._words_of(KIND_NAMES[basins.kind[row, column]])}"
        a, b = basins.minima[index]
        name = f"{letter} " if (letter := letter_of(index)) else ""
        count = "" if basins.steps is None else f" in {basins.steps[row, column]} steps"
        return f"from here: to {name}({number(a)}, {number(b)}){count}"

    def _words_of(self, kind: str) -> str:
        """What no minimum is reached by; to be moving is no answer but a lack of steps, and is said as one."""
        return f"still moving after {self.basins.run_steps:,} steps" if kind == "moving" else OUTCOME_WORDS[kind]

    @cached_property
    def _rows(self) -> list[Row]:
        """What the map shows: a minimum's colour or an outcome, its name and its share; minima first."""
        shares = self.basins.shares()
        rows: list[tuple[QColor | str, str, float]] = []
        for index, share in sorted(shares.items()):
            if 0 <= index < COLORED_MINIMA:
                x, y = self.basins.minima[index]
                rows.append((minimum_color(index, self.theme), f"{letter_of(index)}  {number(x)}, {number(y)}", share))
        others = [share for index, share in shares.items() if index >= COLORED_MINIMA]
        name = f"{len(others)} other minim{'um' if len(others) == 1 else 'a'}"
        rows.append((minimum_color(COLORED_MINIMA, self.theme), name, sum(others)))
        for kind, share in sorted(self.basins.kind_shares().items(), key=lambda item: -item[1]):
            rows.append((kind, self._words_of(kind), share))
        return [(mark, name, percent(share, 1)) for mark, name, share in rows if share >= _LEAST_SHARE]

    @property
    def key_rows(self) -> list[Row]:
        """The rows that a key has to explain: a bar explains tones."""
        if self.shows == "minimum":
            return self._rows
        patterned = ("diverged", "growing") if self.shows == "loss" else KIND_NAMES
        return [row for row in self._rows if row[0] in patterned]

    def _paint_box(self, painter: QPainter, viewport: Viewport) -> None:
        rows = self.key_rows
        pixels = _PIXELS * max(1.0, viewport.weight)
        line = pixels * 1.5
        title = f"{self._label}: {TITLES[self.shows]}"
        room = viewport.rect.width() * 0.6
        names = max((text.width(f"{name}   {share}", pixels) for _, name, share in rows), default=0.0)
        width = min(room, max(text.width(title, pixels), names + 2.2 * line))
        bar = 0 if self.shows == "minimum" else 2
        height = line * (1 + len(rows) + 0.8 * bar) + 8
        box = self._corner(viewport, width + 16, height)
        paint_paper(painter, box, self.theme)
        inner = box.adjusted(8, 4, -8, -4)
        draw_text(painter, QRectF(inner.left(), inner.top(), inner.width(), line), title, self.theme.ink, pixels)
        top = inner.top() + line
        if bar:
            place = QRectF(inner.left(), top, inner.width(), 1.6 * line)
            paint_bar(painter, place, self.shows, self.ends, self.theme, self.colormap, pixels)
            top += 1.6 * line
        for index, (mark, name, share) in enumerate(rows):
            row = QRectF(inner.left(), top + index * line, inner.width(), line)
            paint_swatch(
                painter, QRectF(row.left(), row.top() + 0.22 * line, 0.95 * line, 0.6 * line), mark, self.theme
            )
            beside = row.adjusted(1.4 * line, 0, 0, 0)
            draw_text(painter, beside, name, self.theme.ink, pixels)
            draw_text(painter, beside, share, self.theme.muted, pixels, text.Align.AlignRight | text.Align.AlignVCenter)

    def _corner(self, viewport: Viewport, width: float, height: float) -> QRectF:
        """The corner of the map that hides the fewest minima, the lower right one if others are no better."""
        inner = viewport.rect.adjusted(10, 10, -10, -10)
        lefts, tops = (inner.right() - width, inner.left()), (inner.bottom() - height, inner.top())
        boxes = [QRectF(left, top, width, height) for top in tops for left in lefts]
        places = [viewport.point(x, y) for x, y in self.basins.minima if viewport.shows(x, y)]
        return min(boxes, key=lambda box: sum(box.contains(place) for place in places))
