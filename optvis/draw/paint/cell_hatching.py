"""Patterns over the cells of a map: straight lines and dots, cut where the cells end.

They are lines, not a clipped brush, so that files that keep lines keep them.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter

from optvis.draw.paint.strokes import draw_dots, draw_lines

Array = NDArray[np.float64]
Pattern = Literal["", "/", "\\", "x", "-", "|", "+", "."]
"""Rising lines, falling ones, both; level ones, upright ones, both; dots; none."""

SPACING = 8.0
_ANGLES: dict[str, tuple[float, ...]] = {
    "/": (45.0,), "\\": (-45.0,), "x": (45.0, -45.0), "-": (0.0,), "|": (90.0,), "+": (0.0, 90.0),
}  # fmt: skip
_MAX_PLACES = 2_000_000  # along all lines that are looked at; one a pixel, unless the page is very large


def paint_pattern(
    painter: QPainter, cells: NDArray[np.bool_], rect: QRectF, pattern: Pattern, color: QColor, weight: float = 1.0
) -> None:
    """Paint a pattern over some cells of a grid.

    Parameters
    ----------
    cells
        Which, ``(ny, nx)``; the first row is at the bottom.
    rect
        Where all cells are, in logical pixels.
    weight
        Width of a line.
    """
    if not pattern or not cells.any():
        return
    spacing = SPACING * max(1.0, weight)
    if pattern == ".":
        draw_dots(painter, _dots(cells, rect, spacing * 0.8), color, 2.2 * weight)
        return
    for angle in _ANGLES[pattern]:
        draw_lines(painter, _lines(cells, rect, angle, spacing), color, weight)


def _lines(cells: NDArray[np.bool_], rect: QRectF, angle: float, spacing: float) -> Array:
    """Parallel lines ``(n, 4)`` through the middle of the rectangle, where they are over the cells."""
    reach = np.hypot(rect.width(), rect.height()) / 2 + 1
    step = max(1.0, (2 * reach) ** 2 / spacing / _MAX_PLACES)
    along = np.arange(-reach, reach, step)
    across = np.arange(-reach // spacing, reach // spacing + 1)[:, None] * spacing
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    x = rect.center().x() + along * cosine + across * sine
    y = rect.center().y() - along * sine + across * cosine
    over = np.zeros((len(across), len(along) + 1), bool)
    over[:, :-1] = _are_over(cells, rect, x, y)
    changes = np.diff(over, axis=1, prepend=False)
    line, at = np.nonzero(changes)  # of every line by turns: a beginning, an end
    at = np.minimum(at, len(along) - 1)
    points = np.column_stack([x[line, at], y[line, at]])
    return np.hstack([points[::2], points[1::2]])


def _dots(cells: NDArray[np.bool_], rect: QRectF, spacing: float) -> Array:
    """Places ``(n, 2)`` in rows that are shifted against each other."""
    down = np.arange(spacing / 2, rect.height(), spacing)
    along = np.arange(spacing / 2, rect.width(), spacing)
    x = rect.left() + along + (np.arange(len(down)) % 2)[:, None] * spacing / 2
    y = np.broadcast_to(rect.top() + down[:, None], x.shape)
    over = _are_over(cells, rect, x, y)
    return np.column_stack([x[over], y[over]])


def _are_over(cells: NDArray[np.bool_], rect: QRectF, x: Array, y: Array) -> NDArray[np.bool_]:
    rows, columns = cells.shape
    column = np.floor((x - rect.left()) / rect.width() * columns).astype(np.intp)
    row = np.floor((rect.bottom() - y) / rect.height() * rows).astype(np.intp)
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    found: NDArray[np.bool_] = inside & cells[np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)]
    return found
