"""The settings of a run: what runs on what, from where, how long, with which gradient; checked and complete."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from optvis.engine.separate_lanes import of_lanes, with_lanes_apart
from optvis.foundation.errors import InputError
from optvis.language.formula import Formula
from optvis.language.rule import Rule
from optvis.optimizers.base import RuleOptimizer
from optvis.problems.gradient import Params, Scheme, parse_scheme
from optvis.problems.problem import Problem
from optvis.problems.starts import spread_over_lanes, start_point

Array = NDArray[np.float64]
MAX_STEPS = 1_000_000


class Optimizer(Protocol):
    """Anything with ``update(params, grads)`` that changes the values of the dict ``params``."""

    def update(self, params: dict[str, Any], grads: dict[str, Any]) -> None:
        """Take one step."""


@dataclass(frozen=True, eq=False)
class RunSettings:
    """The settings of one run, or of L runs that are carried together as lanes; made by `run_settings`.

    Attributes
    ----------
    optimizer
        A copy that never takes a step; see `fresh_optimizer`.
    start
        Parameters as floats, or as arrays ``(*shape, L)``.
    lanes
        L; None for a lone run on floats.
    lone
        Whether this is one run, on floats or as one lane.
    """

    problem: Problem
    optimizer: Any
    start: Params
    steps: int
    gradient: Scheme
    lanes: int | None
    lone: bool

    @property
    def name(self) -> str:
        """The optimizer's name in the catalogue, or the name of its class."""
        return self.optimizer.name if isinstance(self.optimizer, RuleOptimizer) else type(self.optimizer).__name__

    @cached_property
    def hyper(self) -> dict[str, Any]:
        """The optimizer's hyperparameters by name, each a number or ``(L,)``."""
        return _hyper(self.optimizer)

    @property
    def compilable(self) -> tuple[Formula, Rule] | None:
        """The formula and the rule, where the run is made of two."""
        if self.problem.formula is None or not isinstance(self.optimizer, RuleOptimizer):
            return None
        return self.problem.formula, self.optimizer.rule

    @property
    def loss(self) -> Callable[[Params], Any]:
        """The loss as a run computes it: the same bits on floats as in lanes; pictures use a faster one."""
        formula = self.problem.formula
        if formula is None:
            return self.problem.loss
        x, y = formula.names
        return lambda params: formula.on_lanes(params[x], params[y])

    def check_hyper(self, what: str) -> None:
        """Refuse arrays of hyperparameters.

        Raises
        ------
        InputError
            Says that ``what``, such as ``a basin map``, is of one optimizer.
        """
        for name, value in self.hyper.items():
            if np.size(value) != 1:
                raise InputError(f"{what} is of one optimizer: give {name} one number, not {np.size(value)} of them")

    def over_lanes(self, hyper: Mapping[str, Array] | None = None, start: Any = None) -> RunSettings:
        """Return the same settings with arrays ``(L,)`` of some hyperparameters, of the start, or of both.

        Raises
        ------
        InputError
            For values that are not legal.
        """
        optimizer = self.optimizer if hyper is None else with_values(self.optimizer, hyper)
        return run_settings(self.problem, optimizer, self.start if start is None else start, self.steps, self.gradient)

    def fresh_optimizer(self, place: slice = slice(None)) -> Any:
        """Return an optimizer that has taken no step, for all lanes or for some of them."""
        if isinstance(self.optimizer, RuleOptimizer):
            parts = {name: value[place] if np.size(value) > 1 else value for name, value in self.hyper.items()}
            return type(self.optimizer)(**parts)
        if self.lanes is None:
            return copy.deepcopy(self.optimizer)
        return of_lanes(self._lane_optimizer, place, self.lanes)

    @cached_property
    def _lane_optimizer(self) -> Any:
        """The optimizer where it can carry lanes, else one for each lane."""
        if self.lanes is None or self.lone:
            return self.optimizer
        return with_lanes_apart(self.problem, self.optimizer, self.start, self.lanes, self.gradient, self.steps)


def run_settings(
    problem: Problem,
    optimizer: Optimizer,
    start: Any = None,
    steps: int | None = None,
    gradient: str | Scheme = "central:1e-4",
) -> RunSettings:
    """Check and complete what `optvis.run` is given; its docstring says what that may be.

    Raises
    ------
    InputError
        For unusable arguments.
    """
    if not isinstance(problem, Problem):
        raise InputError(f"the problem to run on is made by problem('rosenbrock') or of a formula, not {problem!r}")
    scheme = parse_scheme(gradient)
    count = checked_steps(problem.suggested.steps if steps is None else steps)
    if isinstance(optimizer, type) or not callable(getattr(optimizer, "update", None)):
        raise InputError(
            f"an optimizer is an object with update(params, grads), such as Adam(lr=0.3), not {optimizer!r}"
        )
    own = type(optimizer)(**optimizer.hyper) if isinstance(optimizer, RuleOptimizer) else copy.deepcopy(optimizer)
    point = start_point(problem, problem.start if start is None else start)
    if scheme.kind == "complex-step" and problem.formula is not None:
        problem.formula.vector(1j, 1j)  # refuses what is not analytic
    if isinstance(own, RuleOptimizer):
        own.check_flags(point)
    lanes, lone = spread_over_lanes(problem, point, _hyper(own))
    return RunSettings(problem, own, point, count, scheme, lanes, lone)


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


def _hyper(optimizer: Optimizer) -> dict[str, Any]:
    if isinstance(optimizer, RuleOptimizer):
        return optimizer.hyper
    names = inspect.signature(type(optimizer)).parameters
    return {
        name: getattr(optimizer, name)
        for name in names
        if isinstance(getattr(optimizer, name, None), (int, float, np.ndarray))
    }


def suggested_values(optimizer: type[RuleOptimizer], problem: Problem) -> dict[str, Any]:
    """Return the values of all hyperparameters: the problem's suggested learning rate, else the defaults."""
    values: dict[str, Any] = {known.name: known.default for known in optimizer.hyperparameters}
    if "lr" in values and optimizer.suggested_as in problem.suggested.lr:
        values["lr"] = problem.suggested.lr[optimizer.suggested_as]
    return values


def with_values(optimizer: Optimizer, values: Mapping[str, Any]) -> Optimizer:
    """Return a fresh optimizer in which some hyperparameters have other values, or arrays of lanes."""
    if isinstance(optimizer, RuleOptimizer):
        return type(optimizer)(**(optimizer.hyper | dict(values)))
    fresh = copy.deepcopy(optimizer)
    for name, value in values.items():
        setattr(fresh, name, value)
    return fresh
