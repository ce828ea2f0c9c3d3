"""The losses of contour lines, written on them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter

from optvis.draw.paint import text
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.number_text import number
from optvis.landscape.loss_surface import Surface

Array = NDArray[np.float64]

_PIXELS = 10.5
_ROOM = 2.2  # times its length has a line to be as long as its label
_MARGIN = 4.0


def paint_contour_labels(painter: QPainter, surface: Surface, viewport: Viewport, theme: Theme) -> None:
    """Write its loss on the longest line of every level, where there is room and no other label."""
    pixels = _PIXELS * max(1.0, viewport.weight)
    taken: list[QRectF] = []
    for level, lines in surface.contours:
        words = number(level, 3)
        width = text.width(words, pixels)
        for at in _places([viewport.to_pixels(*line.T) for line in lines], viewport.rect, _ROOM * width):
            box = QRectF(at.x() - width / 2, at.y() - pixels / 2, width, pixels)
            around = box.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
            if viewport.rect.contains(around) and not any(around.intersects(other) for other in taken):
                taken.append(box)
                corner = QPointF(box.left(), box.bottom() - 0.15 * pixels)
                text.draw_text_on_halo(painter, corner, words, theme.ink, theme.halo, pixels)
                break


def _places(lines: list[Array], rect: QRectF, least: float) -> list[QPointF]:
    """Where on lines of one level a label may stand, the best first: where the longest is level and in the middle."""
    middle = np.array([rect.center().x(), rect.center().y()])
    found: list[tuple[float, QPointF]] = []
    for line in lines:
        along = np.diff(line, axis=0)
        length = np.hypot(*along.T)
        if not np.isfinite(length).all() or length.sum() < least:
            continue
        steepness = np.abs(along[:, 1]) / np.maximum(length, 1e-9)
        away = np.abs(line[:-1] - middle).max(axis=1) / max(rect.width(), rect.height())
        worse = steepness + away - min(1.0, float(length.sum()) / (4 * rect.width()))
        for index in np.argsort(worse)[:: max(1, len(worse) // 12)][:12]:
            found.append((float(worse[index]), QPointF(*line[index])))
    return [at for _, at in sorted(found, key=lambda pair: pair[0])]
