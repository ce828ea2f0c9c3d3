"""What the values of a slider would do, as a narrow strip of colours.

The brighter a cell, the lower the final loss; where runs grow or diverge it is red and hatched. A line
along the bottom tells how the others end: unbroken where they converge, dots where they oscillate,
dashes where they stay elsewhere (at a saddle, on a plateau, on a slope), none where they still move.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from optvis.draw.paint.painting import saved
from optvis.draw.paint.theme import Theme, mixed, outcome_color, pure_colors
from optvis.maps.slider_sweeps import Groove
from optvis.optimizers.slider_scale import POSITIONS

Colors = NDArray[np.uint32]
_STRENGTH = 0.8  # stronger than the map's, for the strip is small
_LINE = 2.0
_DOT, _DASH = 4.0, 9.0  # logical pixels from one to the next
_HATCH = 5.0


def groove_colors(groove: Groove, theme: Theme, colormap: str) -> Colors:
    """Return the colour of every cell, as 0xffrrggbb, without hatching and lines."""
    shades = [mixed(color, theme.paper, _STRENGTH).rgb() for color in pure_colors(colormap)]
    colors: Colors = np.array(shades, np.uint32)[np.rint(255 * groove.quality).astype(np.intp)]
    bad = outcome_color("diverged", theme)
    if groove.begins_nowhere:  # no value is to blame
        colors[:] = theme.panel.rgb()
        return colors
    colors[groove.ends("growing")] = mixed(bad, theme.panel, 0.4).rgb()
    colors[groove.ends("diverged")] = mixed(bad, theme.panel, 0.7).rgb()
    return colors


def groove_image(
    groove: Groove, width: float, height: float, inset: float, ratio: float, theme: Theme, colormap: str
) -> QImage:
    """Return the strip.

    Parameters
    ----------
    width, height, inset
        In logical pixels; the first and the last position of the slider are ``inset`` from the ends.
    ratio
        Device pixels per logical one.
    """
    columns, rows = max(1, round(width * ratio)), max(1, round(height * ratio))
    x, y = (np.arange(columns) + 0.5) / ratio, (np.arange(rows) + 0.5)[:, None] / ratio
    cell = _cell_at(groove, (x - inset) / max(width - 2 * inset, 1.0) * POSITIONS)
    pixels = np.broadcast_to(groove_colors(groove, theme, colormap)[cell], (rows, columns)).copy()
    bad = outcome_color("diverged", theme)
    stripe = (x + y) % _HATCH < _HATCH / 2.5
    if not groove.begins_nowhere:
        _fill(pixels, stripe & groove.ends("growing")[cell], bad)
        _fill(pixels, stripe & groove.ends("diverged")[cell], mixed(bad, QColor("black"), 0.45))
    line = np.zeros(columns, bool)
    for kinds, drawn in (
        (("converged",), np.ones(columns, bool)),
        (("oscillating",), x % _DOT < _LINE),
        (("saddle", "plateau", "stalled"), x % _DASH < 0.6 * _DASH),
    ):
        line |= groove.ends(*kinds)[cell] & drawn
    at_bottom = y > height - _LINE
    _fill(pixels, at_bottom & (groove.ends("diverged", "growing", "moving")[cell] == 0), theme.paper)
    _fill(pixels, at_bottom & line, theme.ink)
    image = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(ratio)
    return image


def paint_notch(painter: QPainter, tip: QPointF, size: float, theme: Theme) -> None:
    """Paint a triangle that points down to the best value, set off from what is below."""
    shape = QPolygonF([tip, tip + QPointF(-0.7 * size, -size), tip + QPointF(0.7 * size, -size)])
    painter.setPen(QPen(theme.halo, 1))
    painter.setBrush(theme.ink)
    painter.drawPolygon(shape)


def paint_strip(painter: QPainter, image: QImage, rect: QRectF, theme: Theme) -> None:
    """Paint a strip with round ends and a frame."""
    radius, ratio = rect.height() / 2, image.devicePixelRatio()
    corner = QPointF(round(rect.left() * ratio) / ratio, round(rect.top() * ratio) / ratio)  # pixels stay sharp
    outline = QPainterPath()
    outline.addRoundedRect(rect, radius, radius)
    with saved(painter):
        painter.setClipPath(outline)
        painter.drawImage(corner, image)
    painter.setPen(QPen(theme.muted, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(outline)


def _cell_at(groove: Groove, position: NDArray[Any]) -> NDArray[np.intp]:
    """The cell that is nearest to a position."""
    middles = (groove.positions[1:] + groove.positions[:-1]) / 2
    return np.searchsorted(middles, position)


def _fill(pixels: Colors, where: Any, color: QColor) -> None:
    pixels[np.broadcast_to(where, pixels.shape)] = color.rgb()
