"""Painters that end, and what is done where something cannot be painted.

A painter that an exception leaves active on a pixmap or a widget crashes the program at the next paint: so every
painter is made by `painting`, and what it is told for a while stands within `saved`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPagedPaintDevice, QPaintDevice, QPainter, QPalette

NOT_DRAWN = "This could not be drawn"

PaintEvent = TypeVar("PaintEvent", bound=Callable[..., None])


@contextmanager
def painting(device: QPaintDevice | QPagedPaintDevice) -> Iterator[QPainter]:
    """Paint on a device; the painter ends with the block, however that ends."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()


@contextmanager
def saved(painter: QPainter) -> Iterator[None]:
    """Give a painter its pen, clip and transform back at the end of the block, however that ends."""
    painter.save()
    try:
        yield
    finally:
        painter.restore()


def guarded(paint_event: PaintEvent) -> PaintEvent:
    """Let a widget's ``paintEvent`` fail without harm: the error is told, and the place says that it is not drawn."""

    @wraps(paint_event)
    def paint(widget: Any, event: Any) -> None:
        try:
            paint.__wrapped__(widget, event)
        except Exception as error:
            tell(error)
            with painting(widget) as painter:
                paint_notice(painter, QRectF(widget.rect()), widget.palette())

    return paint  # type: ignore[return-value]


def tell(error: Exception) -> None:
    """Hand an error to whoever hears of those that nobody caught; what its frames hold is let go."""
    sys.excepthook(type(error), error, error.__traceback__)
    error.__traceback__ = None


def paint_notice(painter: QPainter, rect: QRectF, palette: QPalette) -> None:
    """Say in a rectangle that what belongs there could not be drawn."""
    painter.fillRect(rect, palette.color(QPalette.ColorRole.Window))
    painter.setPen(palette.color(QPalette.ColorRole.WindowText))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, NOT_DRAWN)
