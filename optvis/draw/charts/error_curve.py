"""The error of a numerical gradient against its step h: truncation on one side, rounding on the other."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from optvis.draw.paint.axes import AxesStyle, paint_frame, paint_x_numbers, paint_y_numbers
from optvis.draw.paint.numbers import Ticks
from optvis.draw.paint.painting import saved
from optvis.draw.paint.strokes import draw_lines, strokes
from optvis.draw.paint.text import Align, draw_text
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.number_text import power_of_ten
from optvis.landscape.gradient_error import EXPONENTS, NO_ERROR, ErrorCurve

_LEAST, _MOST = NO_ERROR, 4.0  # log10 of the errors shown
_DASHED, _DOTTED = (6.0, 4.0), (2.0, 3.0)


def paint_error_curve(
    painter: QPainter, curve: ErrorCurve, h: float, outer: QRectF, theme: Theme, pixels: float
) -> None:
    """Paint measured error, the two parts that theory expects, and where ``h`` stands.

    Both axes are logarithmic; h grows to the right.
    """
    axes = AxesStyle(pixels=pixels, x_label="", y_label="", widest="10⁻¹⁷")
    viewport = Viewport((EXPONENTS[1], EXPONENTS[0], *_range(curve)), axes.plot_rect(outer))
    rect = viewport.rect
    painter.fillRect(rect, theme.panel)
    along = _powers(EXPONENTS[1], EXPONENTS[0], max(2, int(rect.width() / (pixels * 5))))
    up = _powers(*viewport.bounds[2:], max(2, int(rect.height() / (pixels * 2.2))))
    xs = [float(viewport.x_to_px(value)) for value in along.values]
    ys = [float(viewport.y_to_px(value)) for value in up.values]
    paint_frame(painter, rect, theme, xs, ys, axes)
    paint_x_numbers(painter, rect, theme, xs, along, axes)
    paint_y_numbers(painter, rect, theme, ys, up, axes)
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        log_h = np.log10(curve.h)
        for values, color, width, dash in (
            (curve.truncation, theme.muted, 1.4, _DASHED),
            (curve.rounding, theme.muted, 1.4, _DOTTED),
            (curve.error, theme.accent, 2.0, ()),
        ):
            _line(painter, viewport, log_h, values, color, width, dash)
        for log_x, words, align in (
            (EXPONENTS[0], "truncation", Align.AlignRight),
            (EXPONENTS[1], "rounding", Align.AlignLeft),
        ):
            x = float(viewport.x_to_px(log_x))
            place = QRectF(
                x - 4 - 9 * pixels if align == Align.AlignRight else x + 4, rect.top() + 2, 9 * pixels, pixels * 1.4
            )
            draw_text(painter, place, words, theme.muted, pixels, align | Align.AlignVCenter)
        at = min(max(math.log10(h), EXPONENTS[1]), EXPONENTS[0])
        x = float(viewport.x_to_px(at))
        painter.setPen(QPen(theme.ink, 1.2))
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        here = float(viewport.y_to_px(_shown(curve.error[int(np.argmin(np.abs(log_h - at)))])))
        if math.isfinite(here):  # where the loss is nan there is no error either
            painter.setPen(QPen(theme.halo, 2))
            painter.setBrush(theme.ink)
            painter.drawEllipse(QPointF(x, min(max(here, rect.top()), rect.bottom())), 4.5, 4.5)


def _range(curve: ErrorCurve) -> tuple[float, float]:
    shown = _shown(curve.error)
    shown = shown[np.isfinite(shown)]
    low, high = (float(shown.min()), float(shown.max())) if shown.size else (_LEAST, 0.0)
    return max(_LEAST, math.floor(low) - 0.5), min(max(math.ceil(high) + 0.5, low + 4), _MOST + 8)


def _shown(error: NDArray[np.float64] | float) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):
        return np.asarray(np.log10(np.maximum(error, 10.0**NO_ERROR)))


def _line(
    painter: QPainter,
    viewport: Viewport,
    x: NDArray[np.float64],
    values: NDArray[np.float64],
    color: QColor,
    width: float,
    dash: tuple[float, ...],
) -> None:
    points = viewport.to_pixels(x, _shown(values))
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) > 1:
        draw_lines(painter, strokes(points, np.arange(len(points)), dash, viewport.rect).lines, color, width)


def _powers(low: float, high: float, most: int) -> Ticks:
    every = max(1, math.ceil((high - low) / most))
    powers = range(math.ceil(low / every) * every, math.floor(high) + 1, every)
    return Ticks(tuple(map(float, powers)), tuple(power_of_ten(power) for power in powers))
