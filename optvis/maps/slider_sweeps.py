"""What every value of a slider would do: the result of a run for each, with all other settings as they are."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optvis.engine.lanes import run_lanes_in_slices
from optvis.engine.outcome import KIND_CODES
from optvis.engine.preparation import RunSettings
from optvis.optimizers.hyperparameter import Hyperparameter
from optvis.optimizers.slider_scale import POSITIONS, value_at
from optvis.problems.problem import Problem
from optvis.problems.tolerances import tolerances, usual_target

Array = NDArray[np.float64]
FINE, COARSE = 256, 64
"""Cells of a groove."""

_LEAST_DECADES, _MAX_DECADES = 2.0, 12.0
_EQUAL = 1e-5
_SPIKE = 10.0


@dataclass(frozen=True, eq=False)
class Groove:
    """The ends of a run for values all along one slider; arrays ``(n,)``, from its left end to its right.

    Attributes
    ----------
    slider
        The hyperparameter with the slider's range and scale.
    steps
        The number of steps of every run.
    positions, values
        The slider's positions and their values; see `optvis.optimizers.slider_scale`.
    loss
        At the last row that was computed.
    kind
        Index into `optvis.engine.outcome.KINDS`.
    settled
        The first row from which a run hardly moves.
    quality
        From 0 where the loss is not below the start's to 1 for the best value, on a logarithmic scale
        of the height above the lowest known loss. Two decades, at least, are between 0 and 1.
    as_good
        Where the loss counts as equal to the lowest, to five digits, and of these where a run is there
        first; nowhere where all runs diverge.
    best
        Index of the value with the lowest loss of these; None where all runs diverge. A value between two much
        worse ones counts only where there are no others.
    begins_nowhere
        Whether the loss is not defined at the start, so that no value makes a difference.
    """

    slider: Hyperparameter
    steps: int
    positions: NDArray[np.intp]
    values: Array
    loss: Array
    kind: NDArray[np.uint8]
    settled: NDArray[np.int32]
    quality: Array
    as_good: NDArray[np.bool_]
    best: int | None
    begins_nowhere: bool = False

    def ends(self, *kinds: str) -> NDArray[np.bool_]:
        """Return for which values a run ends in one of these ways, ``(n,)``."""
        return np.isin(self.kind, [KIND_CODES[kind] for kind in kinds])

    @property
    def makes_no_difference(self) -> bool:
        """Whether every value ends in the same way, at the same loss and as fast."""
        return bool(self.as_good.all() and np.ptp(self.kind) == 0)


def grooves_in_slices(
    settings: RunSettings, sliders: Sequence[Hyperparameter], cells: int = FINE
) -> Generator[float, None, dict[str, Groove]]:
    """Compute the grooves of some sliders of a lone run, by name, as the lanes of one pass.

    Parameters
    ----------
    settings
        The run's; each slider varies one of its hyperparameters.
    sliders
        The hyperparameters with the ranges of their sliders; no switches.
    """
    if not sliders:
        return {}
    varied: dict[str, Array] = {}
    for row, slider in enumerate(sliders):
        lanes = np.full(len(sliders) * cells, float(settings.hyper[slider.name]))
        lanes[row * cells : (row + 1) * cells] = cells_of(slider, cells)[1]
        varied[slider.name] = lanes
    ends = yield from run_lanes_in_slices(settings.over_lanes(varied))
    problem, steps = settings.problem, settings.steps
    first = float(problem.loss(settings.start))
    shape = len(sliders), cells
    loss, kind, settled = ends.loss.reshape(shape), ends.kind.reshape(shape), ends.settled.reshape(shape)
    usable = (kind != KIND_CODES["diverged"]) & np.isfinite(loss)
    height = np.where(usable, loss, np.inf)
    as_good, best = _best(problem, _without_spikes(problem, height), settled)
    quality = _quality(problem, first, height)
    return {
        slider.name: Groove(
            slider, steps, *cells_of(slider, cells), loss[row], kind[row], settled[row], quality[row], as_good[row],
            int(best[row]) if usable[row].any() else None, not np.isfinite(first),
        )
        for row, slider in enumerate(sliders)
    }  # fmt: skip


@lru_cache(maxsize=256)
def cells_of(slider: Hyperparameter, cells: int) -> tuple[NDArray[np.intp], Array]:
    """Return the positions of a groove's cells and the values there; they are shared and cannot be written to."""
    positions = np.round(np.linspace(0, POSITIONS, cells)).astype(np.intp)
    values = np.array([value_at(slider, int(position)) for position in positions])
    for array in (positions, values):
        array.flags.writeable = False
    return positions, values


def _best(problem: Problem, loss: Array, settled: NDArray[np.int32]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Which values are as good as any, and the best of each row; losses ``(rows, n)`` are inf where none counts."""
    small, lowest = tolerances(problem), loss.min(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        equal = loss <= lowest + small.flat + _EQUAL * np.abs(lowest - small.lowest)
    equal &= loss < np.inf
    there = np.where(equal, settled, np.iinfo(np.int32).max)
    as_good = equal & (there == there.min(axis=1, keepdims=True))
    return as_good, np.where(as_good, loss, np.inf).argmin(axis=1)


def _without_spikes(problem: Problem, loss: Array) -> Array:
    """Leave out values that are good alone: one position of the slider further all is lost.

    A neighbour is much worse that is ten times as far above the lowest loss and does not reach the usual target.
    """
    lowest, target = tolerances(problem).lowest, usual_target(problem)
    beside = np.pad(loss, ((0, 0), (1, 1)), mode="edge")
    worst = np.maximum(beside[:, :-2], beside[:, 2:])
    with np.errstate(invalid="ignore", over="ignore"):
        is_sure = worst <= np.maximum(target, lowest + _SPIKE * (loss - lowest))
    is_sure |= ~is_sure.any(axis=1, keepdims=True)
    return np.where(is_sure, loss, np.inf)


def _quality(problem: Problem, first: float, loss: Array) -> Array:
    small = tolerances(problem)
    found = loss.min(axis=1, keepdims=True)
    with np.errstate(all="ignore"):  # a loss that is finite nowhere
        below = small.lowest - found
        # A grid saw the lowest loss only roughly; where there is none, what a run has found is no end
        lowest = np.where((below > 0) & (below <= first - small.lowest), found, small.lowest)
        top = np.maximum(first - lowest, 1e3 * small.flat)  # who starts at the minimum stays at its best
        height = np.where(loss < np.inf, top / np.maximum(loss - lowest, small.flat), 1.0)
        decades = np.nan_to_num(np.log10(height), nan=0.0, posinf=0.0, neginf=0.0)
    span = np.clip(decades.max(axis=1, keepdims=True), _LEAST_DECADES, _MAX_DECADES)
    quality: Array = np.clip(decades / span, 0.0, 1.0)
    return quality
