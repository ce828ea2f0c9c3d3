"""What the cells of a sweep map look like: a tone for a number, and a kind of outcome for a pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from optvis.engine.outcome import KIND_CODES
from optvis.landscape.loss_surface import NOT_FINITE
from optvis.maps.sweep_plan import SweepPlan
from optvis.maps.sweeps import StepSweep, SweepMap
from optvis.problems.tolerances import tolerances

Array = NDArray[np.float64]
Shows = Literal["loss", "steps", "outcome"]

_DIVERGED, _GROWING = KIND_CODES["diverged"], KIND_CODES["growing"]
NO_KIND = 255
"""In `Shades.kinds`: a cell that has no pattern."""

_LEAST_DECADES = 3.0  # of losses between the two ends of the colours
_LEFT_OUT = 0.005, 0.02  # shares of the cells with losses below and above the two ends
_LAST_TONE = NOT_FINITE - 1


@dataclass(frozen=True, eq=False)
class Shades:
    """A sweep map made ready for painting; arrays ``(ny, nx)``.

    Attributes
    ----------
    title
        What the colours mean.
    value
        The number behind every tone, nan where there is none: a height above the lowest known loss, or a
        number of steps.
    tones
        0 to 254, and `optvis.landscape.loss_surface.NOT_FINITE` where there is no number.
    low, high
        log10 of the numbers at the two ends of the tones; None where no cell has a number.
    kinds
        Indices into ``list(optvis.engine.outcome.KINDS)`` that have a pattern, else `NO_KIND`.
    best
        Row and column of the cell with the least loss, or that is at the target first.
    """

    title: str
    value: Array
    tones: NDArray[np.uint8]
    low: float | None
    high: float | None
    kinds: NDArray[np.uint8]
    best: tuple[int, int] | None


def shades(plan: SweepPlan, found: SweepMap | StepSweep, shows: Shows = "loss") -> Shades:
    """Turn a sweep into tones and patterns; that along the steps always shows the loss.

    Losses are heights above the lowest known one, and all numbers have logarithmic tones. Where a run
    diverged there is no number.
    """
    small = tolerances(plan.problem)
    kind = _kinds(plan, found)
    least = np.where(kind == _DIVERGED, np.nan, found.loss)
    runs_away = np.where((kind == _DIVERGED) | (kind == _GROWING), kind, NO_KIND).astype(np.uint8)
    if shows == "outcome" and isinstance(found, SweepMap):
        tones = np.full(kind.shape, NOT_FINITE, np.uint8)
        return Shades("how the run ended", least, tones, None, None, kind, _least_at(least))
    if shows == "steps" and isinstance(found, SweepMap):
        steps = np.where(found.reached >= 0, np.maximum(found.reached, 1.0), np.nan)
        tones, low, high = _tones(steps, *_whole_range(steps))
        return Shades("steps to the target", steps, tones, low, high, runs_away, _least_at(steps))
    height = least - small.lowest
    calm = np.where(runs_away == NO_KIND, height, np.nan)
    floor = max(small.flat, 1e-300)
    tones, low, high = _tones(np.maximum(height, floor), *_usual_range(np.maximum(calm, floor), small.height))
    title = f"loss after {plan.steps:,} steps" if plan.y is not None else "loss after every step"
    return Shades(f"{title}, above the lowest", height, tones, low, high, runs_away, _least_at(least))


def _kinds(plan: SweepPlan, found: SweepMap | StepSweep) -> NDArray[np.uint8]:
    """How every cell ended; along the steps a run has diverged from its last row on, and grows above its start."""
    if isinstance(found, SweepMap):
        return found.kind
    kind = np.broadcast_to(found.kind, found.loss.shape)
    has_left = (kind == _DIVERGED) & (found.at[:, None] >= found.last)
    grows = np.isin(kind, (_DIVERGED, _GROWING)) & (found.loss > found.loss[0])
    codes = [np.uint8(_DIVERGED), np.uint8(_GROWING)]
    return np.asarray(np.select([has_left, grows], codes, default=np.uint8(KIND_CODES["moving"])), np.uint8)


def _usual_range(values: Array, usual: float) -> tuple[float, float]:
    """Whole powers of ten between which most values lie."""
    known = np.log10(values[np.isfinite(values)])
    if known.size == 0:
        known = np.log10(np.array([usual or 1.0]))
    low, high = (float(end) for end in np.quantile(known, (_LEFT_OUT[0], 1 - _LEFT_OUT[1])))
    high = float(np.ceil(high))
    return min(float(np.floor(low)), high - _LEAST_DECADES), high


def _whole_range(steps: Array) -> tuple[float, float]:
    known = steps[np.isfinite(steps)]
    if known.size == 0:
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    return float(np.log10(low)), float(np.log10(max(high, 2 * low)))


def _tones(values: Array, low: float, high: float) -> tuple[NDArray[np.uint8], float | None, float | None]:
    is_there = np.isfinite(values)
    if not is_there.any():
        return np.full(values.shape, NOT_FINITE, np.uint8), None, None
    with np.errstate(all="ignore"):
        share = np.clip((np.log10(values) - low) / (high - low), 0.0, 1.0)
        tones = np.where(is_there, np.rint(share * _LAST_TONE), NOT_FINITE).astype(np.uint8)
    return tones, low, high


def _least_at(values: Any) -> tuple[int, int] | None:
    if not np.isfinite(values).any():
        return None
    row, column = np.unravel_index(int(np.nanargmin(np.where(np.isfinite(values), values, np.nan))), values.shape)
    return int(row), int(column)
