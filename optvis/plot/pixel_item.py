"""An item of a view that is painted in pixels, as `optvis.draw` paints everything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QWidget

from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.plot.scene_pixels import scene_pixels, viewport_of
from optvis.plot.themed import Themed, theme_named


class PixelItem(Themed, pg.GraphicsObject):  # type: ignore[misc]
    """Covers the view it is in, and paints by a `Viewport` that says where the plane lies in pixels.

    A child class has `paint_pixels`, and `dataBounds` where it has something that auto-range should show.
    """

    def __init__(self, theme: Theme | str | None = None) -> None:
        super().__init__()
        self._theme = theme_named(theme)

    @property
    def viewport(self) -> Viewport | None:
        """Where the plane lies in the scene's pixels; None outside a view and before it has a size."""
        view = self.getViewBox()
        if not isinstance(view, pg.ViewBox):
            return None
        found = viewport_of(view)
        return None if found.rect.isEmpty() else found

    def paint_pixels(self, painter: QPainter, viewport: Viewport, ratio: float) -> None:
        """Paint in the scene's logical pixels, of which each has ``ratio`` device pixels."""
        raise NotImplementedError

    def update_pixels(self, rects: Iterable[QRectF]) -> None:
        """Ask for new paint in some rectangles of the scene alone.

        `QGraphicsItem.update` would join them into one.
        """
        scene, viewport = self.scene(), self.viewport
        if scene is None or viewport is None:
            return
        for view in scene.views():
            to_widget, widget = view.viewportTransform(), view.viewport()
            for rect in rects:
                seen = rect & viewport.rect
                if not seen.isEmpty():
                    widget.update(to_widget.mapRect(seen).toAlignedRect())

    # --- for Qt and pyqtgraph ---------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        """All of the view."""
        return self.viewRect() or QRectF()

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint in the scene's pixels."""
        viewport = self.viewport
        if viewport is not None:
            with scene_pixels(painter, self, widget) as ratio:
                self.paint_pixels(painter, viewport, ratio)

    def dataBounds(self, axis: int, frac: float = 1.0, orthoRange: Any = None) -> tuple[float | None, float | None]:
        """Nothing that auto-range has to show."""
        return None, None

    def viewTransformChanged(self) -> None:
        """Take what the view shows now for its bounds."""
        self.prepareGeometryChange()
        super().viewTransformChanged()
