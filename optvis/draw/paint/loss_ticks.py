"""Numbers along a scale of losses."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from optvis.draw.paint.numbers import Ticks, ticks
from optvis.foundation.number_text import number, power_of_ten
from optvis.landscape.loss_surface import LossScale

Array = NDArray[np.float64]


def loss_ticks(scale: LossScale, about: int) -> tuple[Ticks, str]:
    """Return about so many numbers from the low end of a scale to the high one, and a name that says what they are."""
    if scale.is_flat:
        return Ticks((scale.low,), (number(scale.low),)), "f"
    if scale.kind == "linear":
        found = ticks(scale.low, scale.high, about)
        return found, f"f {found.note}".strip()
    base = scale.base if scale.kind == "log" else 0.0
    values = scale.levels(scale.low, scale.high, 3 * about)
    values = values[_spread(scale.normalised(values), values - base, 0.8 / about)]
    labels = tuple(map(_short, (values - base).tolist()))
    return Ticks(tuple(values.tolist()), labels), "f − f*, log" if base else "f, log"


def _short(height: float) -> str:
    """A number, or a power of ten where that is shorter."""
    power = math.log10(abs(height)) if height else 0.0
    if abs(power) > 3.5 and abs(power - round(power)) < 1e-9:
        return ("−" if height < 0 else "") + power_of_ten(round(power))
    return number(height)


def _spread(places: Array, heights: Array, distance: float) -> list[int]:
    """Return which ticks to keep so that none is too near to another; powers of ten go first."""
    with np.errstate(divide="ignore", invalid="ignore"):
        powers = np.log10(np.abs(heights))
        is_whole = np.abs(powers - np.rint(powers)) < 1e-9
    is_power = (heights == 0) | is_whole
    kept: list[int] = []
    for index in np.argsort(~is_power, kind="stable").tolist():
        if all(abs(places[index] - places[other]) > distance for other in kept):
            kept.append(index)
    return sorted(kept)
