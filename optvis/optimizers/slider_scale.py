"""Positions on a slider and the values they stand for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.optimizers.hyperparameter import Hyperparameter

POSITIONS = 1000
"""The right end of every slider; the left end is 0."""


def value_at(hyper: Hyperparameter, position: float) -> float:
    """Return the value at a position from 0 to `POSITIONS`, rounded to three significant digits.

    On a ``one-minus`` scale it is ``1 - value`` that is rounded. The ends are exact: ``low``, or 0
    where the scale says so, and ``high``.
    """
    first = _first(hyper)
    if position < first:
        return 0.0
    return rounded_along(hyper, (position - first) / (POSITIONS - first))


def position_of(hyper: Hyperparameter, value: float) -> int:
    """Return the position nearest to a value; values outside the range are at the ends."""
    first = _first(hyper)
    if first and value <= 0.0:
        return 0
    return first + round(float(share_along(hyper, value)) * (POSITIONS - first))


def rounded_along(hyper: Hyperparameter, share: float) -> float:
    """Return the value at a share of the way from ``low`` to ``high``, rounded as by `value_at`."""
    if share <= 0.0 or share >= 1.0:
        return hyper.low if share <= 0.0 else hyper.high
    value = float(values_along(hyper, share))
    value = round(1.0 - _rounded(1.0 - value), 15) if hyper.scale == "one-minus" else _rounded(value)
    return min(max(value, hyper.low), hyper.high)


def values_along(hyper: Hyperparameter, share: Any) -> Any:
    """Return the values at shares of the way from ``low`` to ``high``, 0 to 1; numbers or arrays, not rounded."""
    low, high = hyper.low, hyper.high
    match hyper.scale:
        case "log":
            return low * (high / low) ** share
        case "one-minus":
            return 1.0 - (1.0 - low) * ((1.0 - high) / (1.0 - low)) ** share
        case _:
            return low + share * (high - low)


def share_along(hyper: Hyperparameter, value: Any) -> Any:
    """Return how far along values are, 0 to 1: the inverse of `values_along`; values outside are at the ends."""
    low, high = hyper.low, hyper.high
    value = np.clip(value, low, high)
    match hyper.scale:
        case "log":
            return np.log(value / low) / np.log(high / low)
        case "one-minus":
            return np.log((1.0 - value) / (1.0 - low)) / np.log((1.0 - high) / (1.0 - low))
        case _:
            return (value - low) / (high - low)


def cell_values(hyper: Hyperparameter, cells: int) -> NDArray[np.float64]:
    """Return the values in the middles of ``cells`` cells, equally wide along the scale; a switch has two, 0 and 1."""
    if hyper.scale == "switch":
        return np.array([0.0, 1.0])
    return np.asarray(values_along(hyper, (np.arange(cells) + 0.5) / cells), dtype=float)


def _first(hyper: Hyperparameter) -> int:
    """The position of ``low``: 1 where the left end stands for 0."""
    return int(hyper.zero and hyper.scale == "log")


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
