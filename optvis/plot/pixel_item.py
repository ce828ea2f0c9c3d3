"""An item of a view that is painted in pixels, as `optvis.draw` paints everything."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QRect, QRectF
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.plot.scene_pixels import exposed, guarded_item, scene_pixels, viewport_of
from optvis.plot.themed import Themed, theme_named

_SPARE = 1.5


class PixelItem(Themed, pg.GraphicsObject):  # type: ignore[misc]
    """Covers the view it is in, and paints by a `Viewport` that says where the plane lies in pixels.

    A child class has `paint_pixels`, and `dataBounds` where it has something that auto-range should show.
    """

    def __init__(self, theme: Theme | str | None = None) -> None:
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # which says what is exposed
        self._theme = theme_named(theme)

    @property
    def viewport(self) -> Viewport | None:
        """Where the plane lies in the scene's pixels; None outside a view and before it has a size."""
        view = self.getViewBox()
        if not isinstance(view, pg.ViewBox):
            return None
        found = viewport_of(view)
        return None if found.rect.isEmpty() else found

    def paint_pixels(self, painter: QPainter, viewport: Viewport, ratio: float, part: QRect) -> None:
        """Paint in the scene's logical pixels.

        Parameters
        ----------
        ratio
            Device pixels per logical pixel.
        part
            Outside of which nothing is wanted.
        """
        raise NotImplementedError

    def update_pixels(self, rects: Collection[QRectF] | None) -> None:
        """Ask for new paint in some rectangles of the scene alone, whatever is painted there; None for all.

        `QGraphicsItem.update` would join them into one.
        """
        scene, viewport = self.scene(), self.viewport
        if rects is None or scene is None or viewport is None:
            self.update()
        else:
            repaint(scene, (rect & viewport.rect for rect in rects))

    # --- for Qt and pyqtgraph ---------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        """All of the view."""
        return self.viewRect() or QRectF()

    @guarded_item
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint in the scene's pixels."""
        viewport = self.viewport
        if viewport is not None:
            with scene_pixels(painter, self, widget) as ratio:
                self.paint_pixels(painter, viewport, ratio, exposed(self, option, viewport))

    def dataBounds(self, axis: int, frac: float = 1.0, orthoRange: Any = None) -> tuple[float | None, float | None]:
        """Nothing that auto-range has to show."""
        return None, None

    def viewTransformChanged(self) -> None:
        """Take what the view shows now for its bounds."""
        self.prepareGeometryChange()
        super().viewTransformChanged()


def repaint(scene: QGraphicsScene, rects: Iterable[QRectF]) -> None:
    """Ask the views of a scene for new paint in some rectangles of it alone."""
    seen = joined(rects)
    for view in scene.views():
        to_widget, widget = view.viewportTransform(), view.viewport()
        assert widget is not None
        for rect in seen:
            widget.update(to_widget.mapRect(rect).toAlignedRect())


def joined(rects: Iterable[QRectF]) -> list[QRectF]:
    """Return fewer rectangles that cover the same: those that are near each other are joined.

    Much painting in one rectangle is faster than a little in many.
    """
    found: list[QRectF] = []
    for rect in rects:
        if rect.isEmpty():
            continue
        for index, other in enumerate(found):
            both = rect | other
            if _area(both) <= _SPARE * (_area(rect) + _area(other)):
                found[index] = both
                break
        else:
            found.append(rect)
    everything = QRectF()
    for rect in found:
        everything |= rect
    return [everything] if found and _area(everything) <= _SPARE * sum(map(_area, found)) else found


def _area(rect: QRectF) -> float:
    return rect.width() * rect.height()
