"""What carries lanes of one formula and one rule: machine code (`optvis.kernels.kernel`), or NumPy."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from optvis.kernels.lane_layout import ANCHOR, RECORDED, SETTINGS, TAIL, TRACKED
from optvis.kernels.step_graph import StepGraph

Array = NDArray[np.float64]


class LaneKernel(ABC):
    """Carries lanes from row to row; all kernels of a `StepGraph` give the same numbers, bit by bit.

    Attributes
    ----------
    step
        What it is made of.
    width
        The number of lanes that go abreast; arrays have a multiple of that many lanes.
    """

    def __init__(self, step: StepGraph, width: int) -> None:
        self.step, self.width = step, width

    @property
    def fields(self) -> int:
        """Numbers in a row of one lane: `RECORDED`, then x and y of every state of the rule in turn."""
        return len(RECORDED) + len(self.step.state_names)

    @property
    def followed(self) -> int:
        """Numbers in the ``track`` of one lane."""
        return len(TRACKED) + len(ANCHOR) + len(TAIL) + len(self.step.power_names)

    def tracked(self, lanes: int) -> Array:
        """Return the ``track`` of lanes that are at row 0 and have no anchor."""
        track = np.zeros((self.followed, lanes))
        track[len(TRACKED) :] = np.nan
        track[TRACKED.index("peak")] = -np.inf
        track[TRACKED.index("reached")] = np.inf
        tail = track[len(TRACKED) + len(ANCHOR) :]
        for name, value in (("path", 0.0), ("late_sum", 0.0), ("late_peak", -np.inf), ("steepest", -np.inf)):
            tail[TAIL.index(name)] = value
        return track

    def advance(
        self,
        rows: Array,
        first: int,
        stop: int,
        steps: int,
        hyper: Array,
        settings: Array,
        track: Array,
        *,
        row_of: int = 0,
    ) -> None:
        """Carry lanes from row ``first`` to row ``stop``.

        Row k is where a lane is after k updates. It is evaluated, judged, and left by an update unless
        k is ``steps``. A lane whose loss is not finite, or that is out of range, stays where it is.

        Parameters
        ----------
        rows
            ``(fields, L)``, of which position and state are read and replaced; or ``(R, fields, L)``,
            where all fields are recorded of rows ``first`` to ``stop - 1``. Then row k is at index
            ``k - row_of``, there must be one row more for row ``stop``, and rows of lanes that have
            ended are nan, or left as they are where all lanes abreast have ended.
        hyper
            ``(H, L)``, in the order of the rule's hyperparameters.
        settings
            `SETTINGS`: the gradient's h; the box that is in range; the square of the longest way that
            counts as none and the target loss, where with inf and -inf nobody looks out for them; and the
            unit and the loss that `TAIL` is measured by.
        track
            ``(followed, L)``, changed: ``last``, the row that a lane has come to; ``peak``, the highest
            loss; ``settled``, the first row from which no step is long, or with an anchor no row is far
            from it; ``reached``, the first row whose loss is at most the target, inf when there was none.
            Then x and y of an anchor, or nan; `TAIL`; and the powers of the next update, so that a lane ends
            the same however its rows are parted into calls.
        """
        lanes = rows.shape[-1]
        for array in (rows, hyper, settings, track):
            assert array.dtype == np.float64
            assert array.flags.c_contiguous
        assert lanes % self.width == 0
        assert hyper.shape == (len(self.step.hyper), lanes)
        assert settings.shape == (len(SETTINGS),)
        assert track.shape == (self.followed, lanes)
        assert rows.shape[-2] == self.fields
        assert rows.ndim == 2 or row_of <= first < stop <= row_of + len(rows) - 1
        self._advance(rows, first, stop, steps, hyper, settings, track, row_of)

    @abstractmethod
    def _advance(
        self,
        rows: Array,
        first: int,
        stop: int,
        steps: int,
        hyper: Array,
        settings: Array,
        track: Array,
        row_of: int,
    ) -> None:
        """As `advance`, of arrays that are as they should be."""
