"""Running an optimizer on a problem and recording every step of it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.engine.kernel_inputs import KernelLanes
from optvis.engine.outcome import classify
from optvis.engine.preparation import Optimizer, Prepared, prepared
from optvis.engine.separate_lanes import OnePerLane
from optvis.foundation.errors import InputError
from optvis.foundation.slices import finish
from optvis.kernels.kernel import Kernel, kernel_in_slices
from optvis.kernels.lane_layout import TRACKED
from optvis.kernels.python_loop import Loop, compiled_loop
from optvis.language.rule import Rule
from optvis.optimizers.base import RuleOptimizer
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class
from optvis.problems.gradient import Params, Scheme, gradient_norm, numerical_gradient
from optvis.problems.problem import Problem
from optvis.problems.tolerances import in_range, range_limits

Array = NDArray[np.float64]
SLICE_SECONDS = 0.002
WORTH_COMPILING = 2_000
"""Steps times lanes from which on a kernel is made; always the same way, so that results can be repeated."""


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What one optimizer did from one start, or from L starts carried together.

    Row 0 is the start, row k the state after k updates; there are always T + 1 rows. Where a lane
    diverges its first row out of range is kept as computed and its later rows are nan.

    Attributes
    ----------
    optimizer
        Its catalogue name, or the name of its class.
    hyper
        Its hyperparameters, each a number or ``(L,)``.
    params, grad
        By parameter, ``(T+1, *shape, L)``; L is 1 for a lone run.
    loss
        ``(T+1,)`` for a lone run, else ``(T+1, L)``.
    state
        The optimizer's inner state by name and parameter, ``(T+1, *shape, L)``.
    outcome
        One `Outcome` for a lone run, else a list of L.
    evaluations
        Loss evaluations per lane that the gradients of the updates needed.
    """

    problem: Problem
    optimizer: str
    hyper: dict[str, Any]
    gradient: Scheme
    params: dict[str, Array]
    loss: Array
    grad: dict[str, Array]
    state: dict[str, dict[str, Array]]
    outcome: Any
    evaluations: int

    @property
    def steps(self) -> int:
        """T, the number of updates asked for."""
        return len(self.loss) - 1

    @cached_property
    def x(self) -> Array:
        """First plane coordinate, shaped like `loss`."""
        return self._coordinates()[0]

    @cached_property
    def y(self) -> Array:
        """Second plane coordinate, shaped like `loss`."""
        return self._coordinates()[1]

    @cached_property
    def slope(self) -> Array:
        """Norm of the gradient, shaped like `loss`."""
        return np.asarray(gradient_norm(self.grad, leading=1)).reshape(self.loss.shape)

    @cached_property
    def last(self) -> int:
        """The last row of a lone run that was computed: T, or where it diverged."""
        return int(self.outcome.step) if self.outcome.kind == "diverged" else self.steps

    def _coordinates(self) -> tuple[Array, Array]:
        a, b = self.problem.plane.coordinates(self.params)
        return a.reshape(self.loss.shape), b.reshape(self.loss.shape)


def run(
    problem: Problem,
    optimizer: Optimizer,
    start: Any = None,
    steps: int | None = None,
    gradient: str | Scheme = "central:1e-4",
) -> Trajectory:
    """Run a fresh copy of ``optimizer`` and record every step.

    Parameters
    ----------
    start
        Plane coordinates ``(x, y)`` or a dict of parameters; numbers for a lone run, arrays ``(L,)``
        for lanes. None takes the problem's start.
    steps
        Updates, 1 to 1,000,000; None takes the problem's suggestion.
    gradient
        ``central:1e-4``, ``forward:1e-6`` or ``complex-step``.

    Raises
    ------
    InputError
        For unusable arguments.
    """
    return finish(run_in_slices(problem, optimizer, start, steps, gradient))


def run_in_slices(
    problem: Problem,
    optimizer: Optimizer,
    start: Any = None,
    steps: int | None = None,
    gradient: str | Scheme = "central:1e-4",
) -> Generator[float, None, Trajectory]:
    """Do the same as `run` in slices of about 2 ms, yielding the share that is done after each.

    Drop the generator to cancel. The arguments are checked before the first slice.
    """
    return _running(prepared(problem, optimizer, start, steps, gradient))


def _running(wanted: Prepared) -> Generator[float, None, Trajectory]:
    problem, scheme = wanted.problem, wanted.scheme
    params, loss, grad, state, last = yield from _recorded(wanted)
    a, b = problem.plane.coordinates(params)
    outcomes = classify(problem, a, b, loss, gradient_norm(grad, leading=1), last)
    coordinates = sum(int(np.prod(values.shape[1:-1])) for values in params.values())
    return Trajectory(
        problem=problem,
        optimizer=wanted.name,
        hyper=wanted.hyper,
        gradient=scheme,
        params=params,
        loss=loss[:, 0] if wanted.lone else loss,
        grad=grad,
        state=state,
        outcome=outcomes[0] if wanted.lone else outcomes,
        evaluations=int(last.max()) * scheme.evaluations(coordinates),
    )


Record = tuple[dict[str, Array], Array, dict[str, Array], dict[str, dict[str, Array]], NDArray[np.intp]]
"""params, loss (T+1, L), grad and state of all steps, and the last row of every lane that was computed."""


def _recorded(wanted: Prepared) -> Generator[float, None, Record]:
    """Choose the fastest way there is: a kernel, a loop made for one lane, or step by step."""
    parts = wanted.compilable
    if parts is not None and wanted.steps * (wanted.lanes or 1) >= WORTH_COMPILING:
        kernel = yield from kernel_in_slices(*parts, wanted.scheme.kind, lone=(wanted.lanes or 1) == 1)
        if kernel is not None:
            return (yield from _run_kernel(wanted, kernel))
    if parts is not None and wanted.lanes is None:
        loop = compiled_loop(*parts, wanted.scheme.kind)
        if loop is not None:
            return (yield from _run_loop(wanted, loop))
    return (yield from _run_stepwise(wanted))


def _run_kernel(wanted: Prepared, kernel: Kernel) -> Generator[float, None, Record]:
    """Run lanes of a formula and a rule in machine code."""
    steps = wanted.steps
    lanes = KernelLanes(wanted, kernel, slice(0, wanted.lanes or 1))
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
    return _by_name(fields, wanted.optimizer.rule, last)


def _run_loop(wanted: Prepared, loop: Loop) -> Generator[float, None, Record]:
    """Run one lane of a formula and a rule in a Python function made for the two."""
    steps, point = wanted.steps, wanted.point
    rows = np.full((steps + 1, loop.width), np.nan)
    hyper = [wanted.hyper[name] for name in wanted.optimizer.rule.hyperparameters]
    limits = range_limits(wanted.problem)
    values = (float(point["x"]), float(point["y"]), *([0.0] * loop.state_count))
    row, size = 0, 256
    while row <= steps:
        began = perf_counter()
        stop = min(row + size, steps + 1)
        row, left, values = loop.advance(rows, row, stop, values, hyper, wanted.scheme.h, limits)
        if left:
            break
        elapsed = perf_counter() - began
        size = max(64, int(size * min(4.0, SLICE_SECONDS / max(elapsed, 1e-6))))
        yield row / (steps + 1)
    return _by_name(rows.T[:, :, None], wanted.optimizer.rule, np.array([row - 1]))


def _by_name(fields: Array, rule: Rule, last: NDArray[np.intp]) -> Record:
    """Give the fields of rows ``(F, T+1, L)`` their names."""
    x, y, loss, grad_x, grad_y, *inner = fields
    state = {name: dict(zip(("x", "y"), inner[2 * i : 2 * i + 2], strict=True)) for i, name in enumerate(rule.states)}
    return {"x": x, "y": y}, loss, {"x": grad_x, "y": grad_y}, state, last


def _run_stepwise(wanted: Prepared) -> Generator[float, None, Record]:
    """Run any optimizer on any problem: gradient, record, update."""
    problem, optimizer, point, lanes = wanted.problem, wanted.optimizer, wanted.point, wanted.lanes
    steps, scheme = wanted.steps, wanted.scheme
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
        gradient = numerical_gradient(problem.loss, now, scheme=scheme)
        value = problem.loss(now)
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
    return params, loss, grad, state, last


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


def optimizer_of(trajectory: Trajectory) -> RuleOptimizer:
    """Make the optimizer of a trajectory anew, with its settings.

    Raises
    ------
    InputError
        When it is neither of the catalogue nor a rule: a class of one's own is only known to its caller.
    """
    name = trajectory.optimizer
    if name not in CATALOGUE and not name.startswith("rule{"):
        raise InputError(
            f"basins, sweeps and swarms of a trajectory need an optimizer of the catalogue or a rule, and {name} is "
            "a class of its own; optvis.basin_map and optvis.sweep_map take it"
        )
    return optimizer_class(name)(**trajectory.hyper)
