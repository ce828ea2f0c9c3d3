"""The pixels of a graphics scene: where a view's window of the plane lies in them, and painting there."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar

import pyqtgraph as pg
from PyQt6.QtCore import QRect, QRectF
from PyQt6.QtGui import QGuiApplication, QPainter
from PyQt6.QtWidgets import QGraphicsItem, QGraphicsView, QStyleOptionGraphicsItem, QWidget

from optvis.draw.page.places import weight_in
from optvis.draw.paint.painting import paint_notice, saved, tell
from optvis.draw.paint.viewport import Viewport

_ROUNDING = 1e-6  # pixels


def viewport_of(view: pg.ViewBox) -> Viewport:
    """Return what a view shows and where, in the logical pixels of its scene; empty before it has a size.

    The rectangle has whole pixels: that of a view between pixels is the next larger one, with what it shows.
    """
    (xmin, xmax), (ymin, ymax) = view.viewRange()
    rect = view.mapRectToScene(view.rect())
    whole = QRectF(rect.adjusted(_ROUNDING, _ROUNDING, -_ROUNDING, -_ROUNDING).toAlignedRect())
    is_whole = rect == whole  # but for what layouts add up
    found = Viewport((xmin, xmax, ymin, ymax), whole if is_whole else rect, weight_in(whole if is_whole else rect))
    if is_whole or rect.isEmpty():
        return found
    (left, bottom), (right, top) = (
        found.to_data(corner.x(), corner.y()) for corner in (whole.bottomLeft(), whole.topRight())
    )
    return replace(found, bounds=(left, right, bottom, top), rect=whole)


def exposed(item: QGraphicsItem, option: QStyleOptionGraphicsItem, viewport: Viewport) -> QRect:
    """Return the part of a viewport in which an item has to paint, if it has the flag to be told so."""
    return (item.mapRectToScene(option.exposedRect).adjusted(-2, -2, 2, 2) & viewport.rect).toAlignedRect()


Paint = TypeVar("Paint", bound=Callable[..., None])


def guarded_item(item_paint: Paint) -> Paint:
    """Let an item's ``paint`` fail without harm: the error is told, and the item's place says that it is not drawn."""

    @wraps(item_paint)
    def paint(item: Any, painter: QPainter, option: Any = None, widget: QWidget | None = None) -> None:
        try:
            with saved(painter):
                paint.__wrapped__(item, painter, option, widget)
        except Exception as error:
            tell(error)
            view = item.getViewBox() if isinstance(item, pg.GraphicsItem) else None
            rect = viewport_of(view).rect if isinstance(view, pg.ViewBox) else item.sceneBoundingRect()
            with scene_pixels(painter, item, widget):
                paint_notice(painter, rect, QGuiApplication.palette())

    return paint  # type: ignore[return-value]


@contextmanager
def scene_pixels(painter: QPainter, item: QGraphicsItem, widget: QWidget | None) -> Iterator[float]:
    """Let a painter that was handed to an item paint in the pixels of the scene; yields device pixels for each.

    Parameters
    ----------
    widget
        What the item's ``paint`` was handed: the view's own, or None where the scene is painted elsewhere.
    """
    view = None if widget is None else widget.parentWidget()
    if isinstance(view, QGraphicsView):
        transform = view.viewportTransform()
    else:  # less exact where a view is magnified much
        transform = item.sceneTransform().inverted()[0] * painter.worldTransform()
    with saved(painter):
        painter.setWorldTransform(transform)
        to_device = painter.deviceTransform()
        yield math.hypot(to_device.m11(), to_device.m12())
