"""Where tuning looks: every hyperparameter as an axis from 0 to 1, and points spread over them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optvis.optimizers.hyperparameter import Hyperparameter
from optvis.optimizers.slider_scale import POSITIONS, value_at

Array = NDArray[np.float64]
_FINER = 4
"""Places between two positions of a slider."""
_FAN_RATIO, _NEAREST = 1.7, 0.02
"""In a fan, one distance to the next smaller one, and the least distance of a fan of few values."""


@dataclass(frozen=True, eq=False)
class Axis:
    """One hyperparameter: the values of its slider's scale, three significant digits each.

    Attributes
    ----------
    values
        Ascending, evenly spread on the slider; neighbours may be the same number.
    """

    hyper: Hyperparameter
    values: Array

    @property
    def name(self) -> str:
        """The name of the hyperparameter."""
        return self.hyper.name

    def at(self, shares: Array) -> Array:
        """Return the values at shares of the slider's length; a share beyond an end counts as that end."""
        last = len(self.values) - 1
        return self.values[np.round(np.clip(shares, 0.0, 1.0) * last).astype(np.intp)]

    def share_of(self, value: float) -> float:
        """Return where a value stands, from 0 to 1."""
        last = len(self.values) - 1
        return min(int(np.searchsorted(self.values, value)), last) / last

    def fan(self, value: float, count: int) -> Array:
        """Return both ends and about so many values between them, the closer together the nearer to a value."""
        half = max(2, count // 2)
        away = np.geomspace(0.5, min(_NEAREST, 0.5 * _FAN_RATIO ** (1 - half)), half)
        shares = self.share_of(value) + np.concatenate([-away, away])
        return np.unique(self.at(np.append(shares, [0.0, 1.0])))

    def between(self, one: float, other: float, count: int) -> Array:
        """Return so many values evenly spread between two."""
        return self.at(np.linspace(self.share_of(one), self.share_of(other), count + 2)[1:-1])


@lru_cache(maxsize=64)
def axis_of(hyper: Hyperparameter) -> Axis:
    """Make the axis of a hyperparameter."""
    if hyper.scale == "switch":
        return Axis(hyper, np.array([hyper.low, hyper.high]))
    return Axis(hyper, np.array([value_at(hyper, at / _FINER) for at in range(_FINER * POSITIONS + 1)]))
