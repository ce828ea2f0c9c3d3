"""The pixels of a graphics scene: where a view's window of the plane lies in them, and painting there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import pyqtgraph as pg
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget

from optvis.draw.page.places import weight_in
from optvis.draw.paint.viewport import Viewport


def viewport_of(view: pg.ViewBox) -> Viewport:
    """Return what a view shows and where, in the logical pixels of its scene; empty before it has a size."""
    (xmin, xmax), (ymin, ymax) = view.viewRange()
    rect = view.mapRectToScene(view.rect())
    return Viewport((xmin, xmax, ymin, ymax), rect, weight_in(rect))


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
    painter.save()
    painter.setWorldTransform(transform)
    to_device = painter.deviceTransform()
    try:
        yield math.hypot(to_device.m11(), to_device.m12())
    finally:
        painter.restore()
