"""The gradient field: arrows of −∇f over the map."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter

from optvis.draw.paint.painting import saved
from optvis.draw.paint.strokes import draw_lines
from optvis.draw.paint.theme import Theme, mixed
from optvis.draw.paint.viewport import Viewport
from optvis.problems.gradient import Scheme, gradient_norm, numerical_gradient
from optvis.problems.problem import Problem

Array = NDArray[np.float64]
Lengths = Literal["linear", "log", "equal"]

SPACING = 34.0
"""Pixels between arrows; so their density in the plane follows the zoom."""

_DECADES = 3.0  # of the norm that a logarithmic length tells apart
_SHADES = 6
_WIDTH = 1.3


def paint_field(
    painter: QPainter,
    problem: Problem,
    viewport: Viewport,
    theme: Theme,
    lengths: Lengths = "log",
    scheme: str | Scheme = "central",
) -> None:
    """Paint arrows of −∇f, coloured by the gradient's norm: faint where it is small.

    The longest arrows nearly reach the next one. ``linear`` lengths are shares of the largest norm in
    view, ``log`` ones show three decades below it, ``equal`` ones show directions only.
    """
    rect = viewport.rect
    across = np.arange(rect.left() + SPACING / 2, rect.right(), SPACING)
    down = np.arange(rect.top() + SPACING / 2, rect.bottom(), SPACING)
    if not (len(across) and len(down)):
        return
    px, py = (axis.ravel() for axis in np.meshgrid(across, down))
    lines, share = field_arrows(problem, viewport, px, py, lengths, scheme)
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        shade = np.minimum((share * _SHADES).astype(int), _SHADES - 1)
        for index in range(_SHADES):
            color = mixed(theme.accent, mixed(theme.muted, theme.halo, 0.5), index / (_SHADES - 1))
            chosen = lines[shade == index].reshape(-1, 4)
            draw_lines(painter, chosen, theme.halo, _WIDTH + 1.4, Qt.PenCapStyle.RoundCap)
            draw_lines(painter, chosen, color, _WIDTH, Qt.PenCapStyle.RoundCap)


def field_arrows(
    problem: Problem, viewport: Viewport, px: Any, py: Any, lengths: Lengths, scheme: str | Scheme = "central"
) -> tuple[Array, Array]:
    """Return the strokes of arrows that begin at pixels, and the norm's share of the largest on a log scale.

    Strokes are ``(n, 3, 4)``: shaft and two barbs, x1, y1, x2, y2; arrows of no length and of no
    finite gradient are left out, so n may be smaller than the number of pixels.
    """
    x, y = viewport.to_data(px, py)
    grad = numerical_gradient(problem.loss, problem.plane.point(x, y), scheme=scheme)
    norm = gradient_norm(grad)
    per_x, per_y = viewport.scale
    along_u, along_v = problem.plane.coordinates(
        {key: value + problem.plane.point(np.zeros_like(x), np.zeros_like(x))[key] for key, value in grad.items()}
    )
    with np.errstate(all="ignore"):
        dx, dy = -along_u * per_x, along_v * per_y
        size = np.hypot(dx, dy)
        kept = np.isfinite(size) & (size > 0) & np.isfinite(norm) & (norm > 0)
    px, py, dx, dy, norm = px[kept], py[kept], dx[kept] / size[kept], dy[kept] / size[kept], norm[kept]
    if not len(norm):
        return np.empty((0, 3, 4)), np.empty(0)
    share = np.clip(1 + np.log10(norm / norm.max()) / _DECADES, 0.0, 1.0)
    part = {"linear": norm / norm.max(), "log": share, "equal": np.ones_like(norm)}[lengths]
    length = 0.88 * SPACING * np.maximum(part, 0.06)
    tip_x, tip_y = px + dx * length, py + dy * length
    barb = np.minimum(6.0, 0.45 * length)
    strokes = [np.column_stack([px, py, tip_x, tip_y])]
    for side in (0.5, -0.5):
        back_x, back_y = -dx * barb - dy * barb * side, -dy * barb + dx * barb * side
        strokes.append(np.column_stack([tip_x, tip_y, tip_x + back_x, tip_y + back_y]))
    return np.stack(strokes, axis=1), share
