"""What a kernel is given: hyperparameters, starts and settings as rows of numbers, one a lane."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.engine.preparation import Prepared
from optvis.kernels.kernel import Kernel
from optvis.kernels.lane_layout import ANCHOR, TRACKED
from optvis.problems.tolerances import range_limits

Array = NDArray[np.float64]


class KernelLanes:
    """Some lanes of a run at their start, as `Kernel.advance` takes them.

    Attributes
    ----------
    count, padded
        How many lanes, and how many with those that fill the last vector.
    start
        ``(fields, padded)``.
    hyper, settings, track
        As of `Kernel.advance`.
    """

    def __init__(
        self,
        wanted: Prepared,
        kernel: Kernel,
        place: slice,
        target: float = -math.inf,
        anchor: tuple[Array, Array] | None = None,
        longest: float = math.inf,
    ) -> None:
        self.count = place.stop - place.start
        self.padded = -(-self.count // kernel.width) * kernel.width
        self.start = np.zeros((kernel.fields, self.padded))
        self.start[0], self.start[1] = (self._filled(wanted.point[key], place) for key in ("x", "y"))
        names = wanted.optimizer.rule.hyperparameters
        self.hyper = np.empty((len(names), self.padded))
        for row, name in zip(self.hyper, names, strict=True):
            row[:] = self._filled(wanted.hyper[name], place)
        self.settings = np.array([wanted.scheme.h, *range_limits(wanted.problem), longest**2, target])
        self.track = kernel.tracked(self.padded)
        if anchor is not None:
            for row, values in zip(self.track[len(TRACKED) : len(TRACKED) + len(ANCHOR)], anchor, strict=True):
                row[:] = self._filled(values, place)

    def _filled(self, value: Any, place: slice) -> Any:
        """A number for all, or the values of these lanes with the last one repeated."""
        if np.size(value) == 1:
            return float(np.reshape(value, ()))
        part = value[place]
        return np.concatenate([part, np.full(self.padded - self.count, part[-1])])
