"""The input of a kernel: hyperparameters, starts and settings as rows of numbers, one number for each lane."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.engine.preparation import RunSettings
from optvis.kernels.lane_kernel import LaneKernel
from optvis.kernels.lane_layout import ANCHOR, TRACKED
from optvis.problems.tolerances import range_limits, tolerances

Array = NDArray[np.float64]


class KernelLanes:
    """Some lanes of a run at their start, as `LaneKernel.advance` takes them.

    Attributes
    ----------
    count, padded
        The number of lanes, and the number with those that fill the last vector.
    start
        Row 0, ``(fields, padded)``.
    hyper, settings, track
        Arrays that `LaneKernel.advance` describes.
    """

    def __init__(
        self,
        run: RunSettings,
        kernel: LaneKernel,
        place: slice,
        target: float = -math.inf,
        anchor: tuple[Array, Array] | None = None,
        longest: float = math.inf,
    ) -> None:
        self.count = place.stop - place.start
        self.padded = -(-self.count // kernel.width) * kernel.width
        self.start = np.zeros((kernel.fields, self.padded))
        self.start[0], self.start[1] = (self._filled(run.start[key], place) for key in run.problem.plane.names)
        names = run.optimizer.rule.hyperparameters
        self.hyper = np.empty((len(names), self.padded))
        for row, name in zip(self.hyper, names, strict=True):
            row[:] = self._filled(run.hyper[name], place)
        small, limits = tolerances(run.problem), range_limits(run.problem)
        self.settings = np.array([run.gradient.h, *limits, longest**2, target, small.movement, small.lowest])
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
