"""Axes of a plot with the numbers that an export has, and of a size that never changes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import pyqtgraph as pg
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QWidget

from optvis.draw.paint.axes import AxesStyle, crisp, paint_ticks, paint_x_numbers, paint_y_numbers, x_ticks, y_ticks
from optvis.draw.paint.numbers import Ticks, ticks
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.number_text import power_of_ten
from optvis.plot.scene_pixels import guarded_item, scene_pixels, viewport_of
from optvis.plot.themed import Themed

TickFinder = Callable[[float, float, float, float], Ticks]
"""From low, high, the axis's length and the numbers' height in pixels to ticks."""

_LARGEST_POWER = 300
_OVERHANG = 40.0  # pixels that numbers may reach beyond the axis's ends


def margins(look: AxesStyle) -> tuple[int, int, int, int]:
    """Return the whole pixels that a style takes to the left, above, to the right and below a panel."""
    side = 10_000
    inner = look.plot_rect(QRectF(0, 0, side, side))
    return round(inner.left()), round(inner.top()), round(side - inner.right()), round(side - inner.bottom())


def log_ticks(low: float, high: float, length: float, pixels: float) -> Ticks:
    """Return ticks for an axis of logarithms to base 10, with the numbers themselves."""
    about = max(2, min(8, round(length / (pixels * 5))))
    if high - low > 1:
        found = ticks(low, high, about, whole=True)
        return Ticks(found.values, tuple(power_of_ten(round(value)) for value in found.values))
    values = ticks(10.0**low, 10.0**high, about) if max(-low, high) < _LARGEST_POWER else Ticks((), ())
    return Ticks(tuple(math.log10(value) for value in values.values if value > 0), values.labels, values.note)


class Axis(Themed, pg.AxisItem):  # type: ignore[misc]
    """A bottom or a left axis; the wheel and a drag over it zoom and move its direction alone.

    Parameters
    ----------
    look
        Its name and whether it has numbers, of which the place is kept.
    find_ticks
        None for round numbers.
    """

    def __init__(
        self, side: Literal["bottom", "left"], look: AxesStyle | None = None, find_ticks: TickFinder | None = None
    ) -> None:
        self._look = look or AxesStyle()
        self._is_bottom = side == "bottom"
        self.find_ticks: TickFinder = find_ticks or (x_ticks if self._is_bottom else y_ticks)
        super().__init__(side)
        self.enableAutoSIPrefix(False)  # which would write pyqtgraph's label at every move
        self.setLook(self._look)

    @property
    def look(self) -> AxesStyle:
        """The style that it is painted in."""
        return self._look

    def setLook(self, look: AxesStyle) -> None:
        """Set name and size."""
        self._look = look
        left, _, _, bottom = margins(look)
        if self._is_bottom:
            self.setHeight(bottom)
        else:
            self.setWidth(left)
        self.update()

    def ticks_in(self, viewport: Viewport) -> tuple[Ticks, list[float]]:
        """Return the ticks that it has in a viewport, and their pixels."""
        xmin, xmax, ymin, ymax = viewport.bounds
        find = log_ticks if self.logMode else self.find_ticks
        if self._is_bottom:
            found = find(xmin, xmax, viewport.rect.width(), self._look.pixels)
            return found, [crisp(viewport.x_to_px(value)) for value in found.values]
        found = find(ymin, ymax, viewport.rect.height(), self._look.pixels)
        return found, [crisp(viewport.y_to_px(value)) for value in found.values]

    # --- for Qt and pyqtgraph ---------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        """Its place, and beyond its ends where numbers may stick out."""
        rect = QRectF(self.mapRectFromParent(self.geometry()))
        along = (-_OVERHANG, 0.0, _OVERHANG, 0.0) if self._is_bottom else (0.0, -_OVERHANG, 0.0, _OVERHANG)
        return rect.adjusted(*along)

    def showLabel(self, show: bool = True) -> None:
        """Keep pyqtgraph's own label away; the style has the name."""
        super().showLabel(False)

    @guarded_item
    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint ticks, numbers and name."""
        if not (self._look.has_x_numbers if self._is_bottom else self._look.has_y_numbers):
            return
        view = self.linkedView()
        viewport = None if view is None else viewport_of(view)
        if viewport is None or viewport.rect.isEmpty():
            return
        found, at = self.ticks_in(viewport)
        rect, theme, look = viewport.rect, self.theme, self._look
        with scene_pixels(painter, self, widget):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            if self._is_bottom:
                paint_ticks(painter, rect, theme, at, [])
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint_x_numbers(painter, rect, theme, at, found, look)
            else:
                paint_ticks(painter, rect, theme, [], at)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint_y_numbers(painter, rect, theme, at, found, look)
