"""What every value of a slider would do: the result of a run for each, with all other settings as they are."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optvis.gradient import Scheme
from optvis.hyperparameter import Hyperparameter
from optvis.lanes import run_lanes_in_slices
from optvis.outcome import KINDS, tolerances
from optvis.problems import Problem
from optvis.rule_optimizer import RuleOptimizer
from optvis.value_scale import POSITIONS, value_at

Array = NDArray[np.float64]
FINE, COARSE = 256, 64
"""Cells of a groove."""

_LEAST_DECADES, _MOST_DECADES = 2.0, 12.0
_EQUAL = 1e-5
_KINDS = list(KINDS)


@dataclass(frozen=True, eq=False)
class Groove:
    """How a run ends for values all along one slider; arrays ``(n,)``, from its left end to its right.

    Attributes
    ----------
    slider
        Whose range and scale it has.
    steps
        Of every run.
    positions, values
        Of the slider; see `optvis.value_scale`.
    loss
        At the last row that was computed.
    kind
        Index into `optvis.outcome.KINDS`.
    moved
        The first row from which a run hardly moves.
    quality
        From 0 where the loss is not below the start's to 1 for the best value, on a logarithmic scale
        of the height above the lowest known loss. Two decades, at least, are between 0 and 1.
    as_good
        Where the loss counts as equal to the lowest, to five digits, and of these where a run is there
        first; nowhere where all runs diverge.
    best
        Index of the value with the lowest loss of these; None where all runs diverge.
    """

    slider: Hyperparameter
    steps: int
    positions: NDArray[np.intp]
    values: Array
    loss: Array
    kind: NDArray[np.uint8]
    moved: NDArray[np.int32]
    quality: Array
    as_good: NDArray[np.bool_]
    best: int | None

    def ends(self, *kinds: str) -> NDArray[np.bool_]:
        """Where a run ends in one of these ways."""
        return np.isin(self.kind, [_KINDS.index(kind) for kind in kinds])

    @property
    def makes_no_difference(self) -> bool:
        """Whether every value ends in the same way, at the same loss and as fast."""
        return bool(self.as_good.all() and np.ptp(self.kind) == 0)


def grooves_in_slices(
    problem: Problem,
    optimizer: type[RuleOptimizer],
    hyper: Mapping[str, float],
    start: tuple[float, float],
    steps: int,
    gradient: Scheme,
    sliders: Sequence[Hyperparameter],
    cells: int = FINE,
) -> Generator[float, None, dict[str, Groove]]:
    """Compute the grooves of some sliders of one run, by name, as the lanes of one pass (see `optvis.slices`).

    Parameters
    ----------
    hyper
        The settings that hold; each slider varies one of them.
    sliders
        With the ranges that they have, and without switches.
    """
    if not sliders:
        return {}
    along = [cells_of(slider, cells) for slider in sliders]
    varied: dict[str, float | Array] = dict(hyper)
    for index, (slider, (_, values)) in enumerate(zip(sliders, along, strict=True)):
        lanes = np.full(len(sliders) * cells, float(hyper[slider.name]))
        lanes[index * cells : (index + 1) * cells] = values
        varied[slider.name] = lanes
    ends = yield from run_lanes_in_slices(problem, optimizer(**varied), start, steps, gradient)
    first = float(problem.loss(problem.plane.point(*(float(value) for value in start))))
    grooves = {}
    for index, (slider, (positions, values)) in enumerate(zip(sliders, along, strict=True)):
        part = slice(index * cells, (index + 1) * cells)
        loss, kind, moved = ends.loss[part], ends.kind[part], ends.moved[part]
        usable = (kind != _KINDS.index("diverged")) & np.isfinite(loss)
        good, best = _best(problem, loss, moved, usable)
        quality = _quality(problem, first, loss, usable)
        grooves[slider.name] = Groove(slider, steps, positions, values, loss, kind, moved, quality, good, best)
    return grooves


@lru_cache(maxsize=256)
def cells_of(slider: Hyperparameter, cells: int) -> tuple[NDArray[np.intp], Array]:
    """Return the positions of a groove's cells and the values there; they are shared and cannot be written to."""
    positions = np.round(np.linspace(0, POSITIONS, cells)).astype(np.intp)
    values = np.array([value_at(slider, int(position)) for position in positions])
    for array in (positions, values):
        array.flags.writeable = False
    return positions, values


def _best(
    problem: Problem, loss: Array, moved: NDArray[np.int32], usable: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], int | None]:
    if not usable.any():
        return usable, None
    small, lowest = tolerances(problem), float(loss[usable].min())
    equal = usable & (loss <= lowest + small.flat + _EQUAL * abs(lowest - small.lowest))
    as_good = equal & (moved == moved[equal].min())
    return as_good, int(np.argmin(np.where(as_good, loss, np.inf)))


def _quality(problem: Problem, first: float, loss: Array, usable: NDArray[np.bool_]) -> Array:
    quality = np.zeros(len(loss))
    if not usable.any():
        return quality
    small = tolerances(problem)
    lowest, found = small.lowest, float(loss[usable].min())
    if 0 < lowest - found <= first - lowest:  # a grid saw the lowest loss only roughly
        lowest = found
    top = max(first - lowest, 1e3 * small.flat)  # who starts at the minimum stays at its best
    decades = np.log10(top / np.maximum(loss[usable] - lowest, small.flat))
    span = min(max(float(decades.max()), _LEAST_DECADES), _MOST_DECADES)
    quality[usable] = np.clip(decades / span, 0.0, 1.0)
    return quality
