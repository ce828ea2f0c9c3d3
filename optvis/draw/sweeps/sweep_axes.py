"""The axes of a sweep map: hyperparameters on the scales of their sliders, or steps."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from optvis.draw.charts.chart_scale import log_ticks
from optvis.draw.paint.axes import AxesStyle, crisp, paint_frame, paint_x_numbers, paint_y_numbers
from optvis.draw.paint.numbers import Ticks, ticks
from optvis.draw.paint.theme import Theme
from optvis.foundation.number_text import number
from optvis.maps.sweep_plan import STEPS, SweepPlan
from optvis.optimizers.hyperparameter import Hyperparameter
from optvis.optimizers.slider_scale import share_along

_WIDEST = "0.9999"
_DIGITS_BELOW_ONE = (5, 2, 8)  # 0.5, then 0.8 and 0.98, then 0.2, where there is room


def sweep_axes_style(pixels: float, plan: SweepPlan) -> AxesStyle:
    """Return what stands round a sweep map."""
    return AxesStyle(
        pixels=pixels, x_label=plan.x.name, y_label=STEPS if plan.y is None else plan.y.name, widest=_WIDEST
    )


def paint_sweep_axes(painter: QPainter, rect: QRectF, plan: SweepPlan, theme: Theme, style: AxesStyle) -> None:
    """Paint frame, thin lines, numbers and names round a sweep map."""
    along = axis_ticks(plan.x, rect.width(), style.pixels * 4.5)
    if plan.y is None:
        up = _step_ticks(plan.steps, rect.height(), style.pixels)
    else:
        up = axis_ticks(plan.y, rect.height(), style.pixels * 2.6)
    xs = [crisp(rect.left() + share * rect.width()) for share in along.values]
    ys = [crisp(rect.bottom() - share * rect.height()) for share in up.values]
    paint_frame(painter, rect, theme, xs, ys, style)
    paint_x_numbers(painter, rect, theme, xs, along, style)
    paint_y_numbers(painter, rect, theme, ys, up, style)


def axis_ticks(axis: Hyperparameter, length: float, room: float) -> Ticks:
    """Return ticks along a hyperparameter's axis, their values as shares of the way from its low end.

    Parameters
    ----------
    length
        Of the axis, in logical pixels.
    room
        Pixels that a number needs.
    """
    if axis.scale == "switch":
        return Ticks((0.25, 0.75), ("off", "on"))
    if axis.scale == "one-minus":
        return _below_one_ticks(axis, length, room)
    about = max(2, int(length / room))
    if axis.scale == "log":
        found = log_ticks(math.log10(axis.low), math.log10(axis.high), length, room / 3)
        found = Ticks(tuple(10.0**value for value in found.values), found.labels, found.note)
    else:
        found = ticks(axis.low, axis.high, min(12, about))
    return Ticks(tuple(float(share_along(axis, value)) for value in found.values), found.labels, found.note)


def _below_one_ticks(axis: Hyperparameter, length: float, room: float) -> Ticks:
    """0, 0.9, 0.99, …, and numbers between them where there is room."""
    last = math.ceil(-math.log10(1.0 - axis.high)) + 1
    values = [0.0, *(1.0 - 10.0**-power for power in range(1, last))]
    values += [1.0 - (10 - digit) * 10.0**-power for digit in _DIGITS_BELOW_ONE for power in range(1, last + 1)]
    taken: dict[float, float] = {}
    for value in values:
        share = float(share_along(axis, value))
        is_inside = axis.low <= value + 1e-12 and value <= axis.high + 1e-12
        if is_inside and all(abs(share - other) * length >= room for other in taken):
            taken[share] = value
    shares = sorted(taken)
    return Ticks(tuple(shares), tuple(number(round(taken[share], 12), 8) for share in shares))


def _step_ticks(steps: int, length: float, pixels: float) -> Ticks:
    found = ticks(0, steps, max(2, min(10, round(length / (pixels * 4.5)))), whole=True)
    return Ticks(tuple(float(value) for value in np.array(found.values) / steps), found.labels, found.note)
