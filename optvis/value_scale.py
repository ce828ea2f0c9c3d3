"""Positions on a slider and the values they stand for."""

from __future__ import annotations

import math

from optvis.hyperparameter import Hyperparameter

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
    if position <= first:
        return hyper.low
    if position >= POSITIONS:
        return hyper.high
    share = (position - first) / (POSITIONS - first)
    low, high = hyper.low, hyper.high
    match hyper.scale:
        case "log":
            value = _rounded(low * (high / low) ** share)
        case "one-minus":
            value = round(1.0 - _rounded((1.0 - low) * ((1.0 - high) / (1.0 - low)) ** share), 15)
        case _:
            value = _rounded(low + share * (high - low))
    return min(max(value, low), high)


def position_of(hyper: Hyperparameter, value: float) -> int:
    """Return the position nearest to a value; values outside the range are at the ends."""
    first = _first(hyper)
    low, high = hyper.low, hyper.high
    if first and value <= 0.0:
        return 0
    value = min(max(value, low), high)
    match hyper.scale:
        case "log":
            share = math.log(value / low) / math.log(high / low)
        case "one-minus":
            share = math.log((1.0 - value) / (1.0 - low)) / math.log((1.0 - high) / (1.0 - low))
        case _:
            share = (value - low) / (high - low)
    return first + round(share * (POSITIONS - first))


def _first(hyper: Hyperparameter) -> int:
    """The position of ``low``: 1 where the left end stands for 0."""
    return int(hyper.zero and hyper.scale == "log")


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
