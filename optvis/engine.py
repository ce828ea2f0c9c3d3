"""Running an optimizer on a problem and recording every step of it."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from optvis.compiled_loop import Loop, compiled_loop
from optvis.errors import InputError
from optvis.gradient import Params, Scheme, gradient_norm, numerical_gradient, parse_scheme
from optvis.outcome import classify, in_range, range_limits
from optvis.problems import Problem
from optvis.rule_optimizer import RuleOptimizer
from optvis.slices import finish
from optvis.starts import spread_over_lanes, start_point

Array = NDArray[np.float64]
MAX_STEPS = 1_000_000
SLICE_SECONDS = 0.002


class Optimizer(Protocol):
    """Anything with ``update(params, grads)`` that changes the values of the dict ``params``."""

    def update(self, params: dict[str, Any], grads: dict[str, Any]) -> None:
        """Take one step."""


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
    if not isinstance(problem, Problem):
        raise InputError(f"the problem to run on is made by problem('rosenbrock') or of a formula, not {problem!r}")
    scheme = parse_scheme(gradient)
    count = checked_steps(problem.suggested.steps if steps is None else steps)
    if isinstance(optimizer, type) or not callable(getattr(optimizer, "update", None)):
        raise InputError(
            f"an optimizer is an object with update(params, grads), such as Adam(lr=0.3), not {optimizer!r}"
        )
    fresh = type(optimizer)(**optimizer.hyper) if isinstance(optimizer, RuleOptimizer) else copy.deepcopy(optimizer)
    point = start_point(problem, problem.start if start is None else start)
    if scheme.kind == "complex-step" and problem.formula is not None:
        problem.formula.vector(1j, 1j)  # refuses what is not analytic
    lanes, lone = spread_over_lanes(problem, point, _hyper(fresh))
    return _running(problem, fresh, point, count, scheme, lanes, lone)


def checked_steps(steps: Any) -> int:
    """Return ``steps`` as an int from 1 to `MAX_STEPS`.

    Raises
    ------
    InputError
        For anything else.
    """
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or not 1 <= steps <= MAX_STEPS:
        raise InputError(f"steps must be a whole number from 1 to {MAX_STEPS:,}, not {steps}")
    return int(steps)


def _running(
    problem: Problem, optimizer: Optimizer, point: Params, steps: int, scheme: Scheme, lanes: int | None, lone: bool
) -> Generator[float, None, Trajectory]:
    hyper = _hyper(optimizer)
    loop = None
    if lanes is None and isinstance(optimizer, RuleOptimizer) and problem.formula is not None:
        loop = compiled_loop(problem.formula, optimizer.rule, scheme.kind)
    if loop is not None and isinstance(optimizer, RuleOptimizer):
        record = yield from _run_compiled(problem, optimizer, loop, point, steps, scheme)
    else:
        record = yield from _run_stepwise(problem, optimizer, point, steps, scheme, lanes)
    params, loss, grad, state, last = record
    a, b = problem.plane.coordinates(params)
    outcomes = classify(problem, a, b, loss, gradient_norm(grad, leading=1), last)
    coordinates = sum(int(np.prod(values.shape[1:-1])) for values in params.values())
    return Trajectory(
        problem=problem,
        optimizer=optimizer.name if isinstance(optimizer, RuleOptimizer) else type(optimizer).__name__,
        hyper=hyper,
        gradient=scheme,
        params=params,
        loss=loss[:, 0] if lone else loss,
        grad=grad,
        state=state,
        outcome=outcomes[0] if lone else outcomes,
        evaluations=int(last.max()) * scheme.evaluations(coordinates),
    )


Record = tuple[dict[str, Array], Array, dict[str, Array], dict[str, dict[str, Array]], NDArray[np.intp]]
"""params, loss (T+1, L), grad and state of all steps, and the last row of every lane that was computed."""


def _run_compiled(
    problem: Problem, optimizer: RuleOptimizer, loop: Loop, point: Params, steps: int, scheme: Scheme
) -> Generator[float, None, Record]:
    """Run one lane of a formula and a rule in a function made for the two."""
    rows = np.full((steps + 1, loop.width), np.nan)
    hyper = [optimizer.hyper[name] for name in optimizer.rule.hyperparameters]
    limits = range_limits(problem)
    values = (float(point["x"]), float(point["y"]), *([0.0] * loop.state_count))
    row, size = 0, 256
    while row <= steps:
        began = perf_counter()
        stop = min(row + size, steps + 1)
        row, left, values = loop.advance(rows, row, stop, values, hyper, scheme.h, limits)
        if left:
            break
        elapsed = perf_counter() - began
        size = max(64, int(size * min(4.0, SLICE_SECONDS / max(elapsed, 1e-6))))
        yield row / (steps + 1)
    columns = rows.T
    params = {"x": columns[0][:, None], "y": columns[1][:, None]}
    grad = {"x": columns[3][:, None], "y": columns[4][:, None]}
    state = {
        name: {key: columns[5 + 2 * i + j][:, None] for j, key in enumerate(("x", "y"))}
        for i, name in enumerate(optimizer.rule.states)
    }
    return params, columns[2][:, None], grad, state, np.array([row - 1])


def _run_stepwise(
    problem: Problem, optimizer: Optimizer, point: Params, steps: int, scheme: Scheme, lanes: int | None
) -> Generator[float, None, Record]:
    """Run any optimizer on any problem: gradient, record, update."""
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
    attributes = getattr(optimizer, "__dict__", {})
    return {
        name: value
        for name, value in attributes.items()
        if isinstance(value, dict)
        and value.keys() == params.keys()
        and all(_stands_beside(value[k], params[k]) for k in params)
    }


def _stands_beside(value: Any, param: Any) -> bool:
    """Whether a value is a number, one for each lane, or of a parameter's shape; a list of the past is none."""
    if isinstance(value, np.ndarray):
        shape = np.shape(param)
        return value.dtype.kind in "biuf" and value.shape in ((), shape, shape[-1:])
    return value is None or isinstance(value, (int, float, np.number))


def _hyper(optimizer: Optimizer) -> dict[str, Any]:
    if isinstance(optimizer, RuleOptimizer):
        return optimizer.hyper
    names = inspect.signature(type(optimizer)).parameters
    return {
        name: getattr(optimizer, name)
        for name in names
        if isinstance(getattr(optimizer, name, None), (int, float, np.ndarray))
    }
