"""Lanes of a formula and a rule through NumPy, where they are not compiled."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from optvis.kernels.lane_kernel import Array, LaneKernel
from optvis.kernels.lane_layout import ANCHOR, RECORDED, TAIL, TRACKED
from optvis.kernels.step_function import step_functions
from optvis.kernels.step_graph import StepGraph, step_graph
from optvis.language.formula import Formula
from optvis.language.rule import Rule
from optvis.problems.gradient import SchemeKind
from optvis.problems.tolerances import WINDOW


class PlainKernel(LaneKernel):
    """Carries all lanes of an array abreast."""

    def __init__(self, step: StepGraph) -> None:
        super().__init__(step, width=1)
        self._functions = step_functions(step)

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
        moving = [RECORDED.index("x"), RECORDED.index("y"), *range(len(RECORDED), self.fields)]
        now = (rows if rows.ndim == 2 else rows[first - row_of])[moving]
        tail, powers = np.split(track[len(TRACKED) + len(ANCHOR) :], [len(TAIL)])
        with np.errstate(all="ignore"):
            if first == 0:
                for power, value in zip(powers, self._functions.first_powers(*hyper), strict=True):
                    power[:] = value
            for row in range(first, stop):
                alive = track[TRACKED.index("last")] == row
                values = self._functions.step(row + 1.0, settings[0], *hyper, *powers, *now)
                loss, grad_x, grad_y, *after = (np.broadcast_to(value, rows.shape[-1:]) for value in values)
                if rows.ndim == 3:
                    rows[row - row_of] = np.where(alive, [*now[:2], loss, grad_x, grad_y, *now[2:]], np.nan)
                _judge(row, steps, settings, track, now, loss, after)
                if steps - row <= 2 * WINDOW:
                    _follow_tail(row, steps, settings, tail, alive, now, loss, (grad_x, grad_y), after)
                going = track[TRACKED.index("last")] == row + 1
                now = np.where(going, after[: len(now)], now)
                for power, value in zip(powers, after[len(now) :], strict=True):
                    power[:] = value
                if not going.any():
                    break
        (rows if rows.ndim == 2 else rows[stop - row_of])[moving] = now


def _judge(row: int, steps: int, settings: Array, track: Array, now: Array, loss: Array, after: list[Array]) -> None:
    """Follow every lane that has come to a row, and note which of them go on."""
    _, low_x, high_x, low_y, high_y, still, target, _, _ = settings
    last, peak, settled, reached, anchor_x, anchor_y = track[: len(TRACKED) + len(ANCHOR)]
    x, y = now[:2]
    alive = last == row
    np.copyto(peak, loss, where=alive & (loss > peak))
    np.copyto(reached, row, where=alive & (loss <= target) & (reached > row))
    inside = (loss - loss == 0.0) & (low_x < x) & (x < high_x) & (low_y < y) & (y < high_y)
    going = alive & inside & (row < steps)
    is_free = anchor_x != anchor_x
    way_x = np.where(is_free, after[0], x) - np.where(is_free, x, anchor_x)
    way_y = np.where(is_free, after[1], y) - np.where(is_free, y, anchor_y)
    np.copyto(settled, row + 1.0, where=going & (way_x * way_x + way_y * way_y > still))
    np.copyto(last, row + 1.0, where=going)


def _follow_tail(
    row: int, steps: int, settings: Array, tail: Array, alive: Any, now: Array, loss: Array, grad: Any, after: Any
) -> None:
    """Gather what the last rows are like; the loss and the slope of every row, of which those of the end stay."""
    kept = dict(zip(TAIL, tail, strict=True))
    unit, lowest = settings[-2:]
    left = steps - row

    def keep(name: str, value: Any) -> None:
        np.copyto(kept[name], value, where=alive)

    slope = np.sqrt(grad[0] * grad[0] + grad[1] * grad[1])
    keep("end_loss", loss)
    keep("end_slope", slope)
    if row == max(0, steps - WINDOW):
        for name, value in (("before_x", now[0]), ("before_y", now[1]), ("before_loss", loss)):
            keep(name, value)
    if left == 2 * WINDOW:
        keep("earlier_sum", 0.0)
    elif left >= WINDOW:
        keep("earlier_sum", kept["earlier_sum"] + (loss - lowest))
    else:
        keep("late_sum", kept["late_sum"] + (loss - lowest))
    if left <= WINDOW:
        keep("steepest", np.where(slope > kept["steepest"], slope, kept["steepest"]))
        along_x, along_y = (after[0] - now[0]) / unit, (after[1] - now[1]) / unit
        keep("last_step", np.sqrt(along_x * along_x + along_y * along_y) if left else kept["last_step"])
        keep("path", kept["path"] + kept["last_step"] if left else kept["path"])
    if left <= WINDOW // 2:
        keep("late_peak", np.where(loss > kept["late_peak"], loss, kept["late_peak"]))


@lru_cache(maxsize=128)
def plain_kernel(formula: Formula, rule: Rule, kind: SchemeKind) -> PlainKernel | None:
    """Return the NumPy kernel of a formula, a rule and a gradient scheme; None for complex-step."""
    step = step_graph(formula, rule, kind)
    return None if step is None else PlainKernel(step)
