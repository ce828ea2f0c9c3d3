"""All steps of a run, recorded in the fastest way there is: by a kernel, by a loop for one lane, or step by step."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optvis.engine.kernel_inputs import KernelLanes
from optvis.engine.preparation import Optimizer, RunSettings
from optvis.engine.separate_lanes import OnePerLane
from optvis.kernels.kernel import kernel_in_slices
from optvis.kernels.lane_kernel import LaneKernel
from optvis.kernels.lane_layout import TRACKED
from optvis.kernels.plain_kernel import plain_kernel
from optvis.kernels.python_loop import Loop, compiled_loop
from optvis.optimizers.base import RuleOptimizer
from optvis.problems.gradient import Params, numerical_gradient
from optvis.problems.tolerances import in_range, range_limits

Array = NDArray[np.float64]
SLICE_SECONDS = 0.002
WORTH_COMPILING = 2_000
"""Steps times lanes from which on machine code is faster, its making included; the numbers are the same."""


class Record(NamedTuple):
    """All steps of L lanes in T + 1 rows; rows after a divergence are nan.

    Attributes
    ----------
    params, grad
        Arrays by parameter, ``(T+1, *shape, L)``.
    loss
        ``(T+1, L)``.
    state
        The optimizer's inner state by name and parameter, ``(T+1, *shape, L)``.
    last
        The last row of every lane that was computed, ``(L,)``.
    """

    params: dict[str, Array]
    loss: Array
    grad: dict[str, Array]
    state: dict[str, dict[str, Array]]
    last: NDArray[np.intp]


def recorded(settings: RunSettings) -> Generator[float, None, Record]:
    """Run in slices of about 2 ms and record every step, in the fastest way there is."""
    if (parts := settings.compilable) is None:
        return (yield from recorded_stepwise(settings))
    lanes, kind = settings.lanes or 1, settings.gradient.kind
    kernel: LaneKernel | None = None
    if settings.steps * lanes >= WORTH_COMPILING:
        kernel = yield from kernel_in_slices(*parts, kind, lone=lanes == 1)
    if kernel is None and settings.lanes is None and (loop := compiled_loop(*parts, kind)) is not None:
        return (yield from recorded_by_loop(settings, loop))
    if kernel is None and (kernel := plain_kernel(*parts, kind)) is None:
        return (yield from recorded_stepwise(settings))
    return (yield from recorded_by_kernel(settings, kernel))


def recorded_by_kernel(settings: RunSettings, kernel: LaneKernel) -> Generator[float, None, Record]:
    """Run lanes of a formula and a rule abreast and record every step."""
    steps = settings.steps
    lanes = KernelLanes(settings, kernel, slice(0, settings.lanes or 1))
    rows = np.full((steps + 2, *lanes.start.shape), np.nan)
    rows[0] = lanes.start
    row, size = 0, 64
    while row <= steps:
        began = perf_counter()
        stop = min(row + size, steps + 1)
        kernel.advance(rows, row, stop, steps, lanes.hyper, lanes.settings, lanes.track)
        if (lanes.track[TRACKED.index("last")] < min(stop, steps)).all():  # all have ended
            rows[stop:] = np.nan
            break
        row = stop
        size = max(1, int(size * min(16.0, SLICE_SECONDS / max(perf_counter() - began, 1e-6))))
        yield row / (steps + 1)
    fields = rows[:-1, :, : lanes.count].transpose(1, 0, 2)
    last = lanes.track[TRACKED.index("last"), : lanes.count].astype(np.intp)
    return _by_name(fields, settings, last)


def recorded_by_loop(settings: RunSettings, loop: Loop) -> Generator[float, None, Record]:
    """Run one lane of a formula and a rule in a Python function made for the two, and record every step."""
    problem, steps = settings.problem, settings.steps
    x, y = problem.plane.coordinates(settings.start)
    rows = np.full((steps + 1, loop.width), np.nan)
    hyper = [settings.hyper[name] for name in settings.optimizer.rule.hyperparameters]
    limits = range_limits(problem)
    values = loop.at_start(float(x), float(y), hyper)
    row, size = 0, 256
    while row <= steps:
        began = perf_counter()
        stop = min(row + size, steps + 1)
        row, left, values = loop.advance(rows, row, stop, values, hyper, settings.gradient.h, limits)
        if left:
            break
        elapsed = perf_counter() - began
        size = max(64, int(size * min(4.0, SLICE_SECONDS / max(elapsed, 1e-6))))
        yield row / (steps + 1)
    return _by_name(rows.T[:, :, None], settings, np.array([row - 1]))


def _by_name(fields: Array, settings: RunSettings, last: NDArray[np.intp]) -> Record:
    """Give the fields of rows ``(F, T+1, L)`` their names."""
    x, y, loss, grad_x, grad_y, *inner = fields

    def of_two(first: Array, second: Array) -> dict[str, Array]:
        return dict(zip(settings.problem.plane.names, (first, second), strict=True))

    state = {name: of_two(*inner[2 * i : 2 * i + 2]) for i, name in enumerate(settings.optimizer.rule.states)}
    return Record(of_two(x, y), loss, of_two(grad_x, grad_y), state, last)


def recorded_stepwise(settings: RunSettings) -> Generator[float, None, Record]:
    """Run any optimizer on any problem: gradient, record, update."""
    problem, optimizer, point = settings.problem, settings.fresh_optimizer(), settings.start
    steps, scheme, lanes = settings.steps, settings.gradient, settings.lanes
    shapes = {k: (*np.shape(v), 1) if lanes is None else np.shape(v) for k, v in point.items()}
    params = {k: np.full((steps + 1, *shape), np.nan) for k, shape in shapes.items()}
    grad = {k: np.full((steps + 1, *shape), np.nan) for k, shape in shapes.items()}
    loss = np.full((steps + 1, lanes or 1), np.nan)
    state: dict[str, dict[str, Array]] = {}
    last = np.full(lanes or 1, steps)
    lone = lanes is None
    now = dict(point)
    due = perf_counter() + SLICE_SECONDS
    for row in range(steps + 1):
        gradient = numerical_gradient(settings.loss, now, scheme=scheme)
        value = settings.loss(now)
        loss[row] = value
        for k in now:
            params[k][row] = _with_lane(now[k], lone)
            grad[k][row] = _with_lane(gradient[k], lone)
        for name, values in _inner_state(optimizer, now).items():
            if name not in state:
                state[name] = {k: np.full_like(params[k], np.nan) for k in now}
            for k in now:
                state[name][k][row] = _with_lane(values[k], lone)
        a, b = problem.plane.coordinates(now)
        inside = np.atleast_1d(in_range(problem, a, b, value))
        last[~inside & (last == steps)] = row
        if (last <= row).all():
            break
        if not lone and not inside.all():
            now = {k: np.where(inside, v, np.nan) for k, v in now.items()}
        if row < steps:
            handed = {k: v if isinstance(v, float) else v.copy() for k, v in now.items()}
            with np.errstate(all="ignore"):
                optimizer.update(handed, gradient)
            now = {k: _as_started(handed[k], now[k]) for k in now}
        if perf_counter() > due:
            yield row / (steps + 1)
            due = perf_counter() + SLICE_SECONDS
    if isinstance(optimizer, RuleOptimizer):  # a state starts at 0; with no update it was never made
        for name in optimizer.rule.states:
            kept = state.setdefault(name, {k: np.full_like(params[k], np.nan) for k in now})
            for k in now:
                kept[k][0] = 0.0
    if (last < steps).any():  # a nan does not reach everything: a constant loss, a count
        ended = np.arange(steps + 1)[:, None] > last
        inner = (array for by_parameter in state.values() for array in by_parameter.values())
        for array in (loss, *params.values(), *grad.values(), *inner):
            np.copyto(array, np.nan, where=ended.reshape(steps + 1, *[1] * (array.ndim - 2), -1))
    return Record(params, loss, grad, state, last)


def _with_lane(value: Any, lone: bool) -> Any:
    return np.asarray(value, dtype=float)[..., None] if lone else value


def _as_started(value: Any, before: Any) -> Any:
    """A parameter in the type and shape it started with; NumPy scalars would slow floats down."""
    if isinstance(before, float):
        return float(value)
    return np.array(np.broadcast_to(np.asarray(value, dtype=float), before.shape))


def _inner_state(optimizer: Optimizer, params: Params) -> dict[str, dict[str, Any]]:
    """Every attribute that is a dict with the parameters' keys and holds what can stand beside them."""
    if isinstance(optimizer, OnePerLane):
        return _stacked_state(optimizer, params)
    attributes = getattr(optimizer, "__dict__", {})
    return {
        name: value
        for name, value in attributes.items()
        if isinstance(value, dict)
        and value.keys() == params.keys()
        and all(_stands_beside(value[k], params[k]) for k in params)
    }


def _stacked_state(optimizer: OnePerLane, params: Params) -> dict[str, dict[str, Any]]:
    """The inner state that all instances have, one beside the other."""
    parts = [
        _inner_state(each, {k: value[..., lane] for k, value in params.items()})
        for lane, each in enumerate(optimizer.each)
    ]
    return {
        name: {k: np.stack([np.asarray(part[name][k], dtype=float) for part in parts], axis=-1) for k in params}
        for name in parts[0]
        if all(name in part for part in parts)
    }


def _stands_beside(value: Any, param: Any) -> bool:
    """Whether a value is a number, one for each lane, or of a parameter's shape; a list of the past is none."""
    if isinstance(value, np.ndarray):
        shape = np.shape(param)
        return value.dtype.kind in "biuf" and value.shape in ((), shape, shape[-1:])
    return value is None or isinstance(value, (int, float, np.number))
