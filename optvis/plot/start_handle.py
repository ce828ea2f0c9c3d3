"""The start of the runs, as a ring that a mouse can drag."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QWidget

from optvis.draw.paint.markers import draw_start
from optvis.draw.paint.theme import Theme
from optvis.plot.scene_pixels import guarded_item, scene_pixels, viewport_of
from optvis.plot.themed import Themed, theme_named

REACH = 12.0
"""Pixels round the start in which it can be taken hold of."""


class StartHandle(Themed, pg.TargetItem):  # type: ignore[misc]
    """A ring at a place of the plane; it stays inside the view while it is dragged.

    Signals
    -------
    dragged(float, float)
        The mouse has moved it there; numbers with no more digits than a pixel can tell.
    released()
        A drag has ended.
    """

    dragged = pyqtSignal(float, float)
    released = pyqtSignal()

    def __init__(self, x: float, y: float, theme: Theme | str | None = None) -> None:
        super().__init__((x, y), size=round(2 * REACH), symbol="o")
        self._theme = theme_named(theme)
        self.sigPositionChangeFinished.connect(lambda _: self.released.emit())
        self.setZValue(20)

    @property
    def is_active(self) -> bool:
        """Whether it is pointed at or dragged."""
        return bool(self.mouseHovering or self.moving)

    def mouseDragEvent(self, ev: Any) -> None:
        """Move with the mouse, inside the view."""
        before = self.pos()
        super().mouseDragEvent(ev)
        if self.moving or ev.isFinish():
            x, y = self._inside(self.pos())
            self.setPos(x, y)
            if self.pos() != before:
                self.dragged.emit(x, y)
        self.update()

    def _inside(self, place: QPointF) -> tuple[float, float]:
        view = self.getViewBox()
        if not isinstance(view, pg.ViewBox):
            return place.x(), place.y()
        (xmin, xmax), (ymin, ymax) = view.viewRange()
        per_x, per_y = viewport_of(view).scale
        return rounded(min(max(place.x(), xmin), xmax), per_x), rounded(min(max(place.y(), ymin), ymax), per_y)

    @guarded_item
    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint the ring."""
        view = self.getViewBox()
        if not isinstance(view, pg.ViewBox):
            return
        viewport = viewport_of(view)
        with scene_pixels(painter, self, widget):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
            at = viewport.point(self.pos().x(), self.pos().y())
            draw_start(painter, at, self.theme, viewport.weight, is_active=self.is_active)


def rounded(value: float, pixels_per_unit: float) -> float:
    """Return a coordinate with no more digits than a pixel can tell."""
    digits = max(0, math.ceil(math.log10(pixels_per_unit)) + 1) if 0 < pixels_per_unit < 1e300 else 0
    return round(value, min(digits, 300))
