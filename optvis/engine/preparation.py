"""What is to be run: checked, complete, and with a fresh optimizer."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from optvis.engine.separate_lanes import of_lanes, with_lanes_apart
from optvis.foundation.errors import InputError
from optvis.language.formula import Formula
from optvis.language.rule import Rule
from optvis.optimizers.base import RuleOptimizer
from optvis.problems.gradient import Params, Scheme, parse_scheme
from optvis.problems.problem import Problem
from optvis.problems.starts import spread_over_lanes, start_point

MAX_STEPS = 1_000_000


class Optimizer(Protocol):
    """Anything with ``update(params, grads)`` that changes the values of the dict ``params``."""

    def update(self, params: dict[str, Any], grads: dict[str, Any]) -> None:
        """Take one step."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A run, or L runs carried together as lanes, before the first step.

    Attributes
    ----------
    optimizer
        A fresh copy.
    name, hyper
        Of the optimizer; a hyperparameter is a number or ``(L,)``.
    point
        The start: floats, or ``(*shape, L)``.
    lanes
        L; None for a lone run on floats.
    lone
        Whether it is one run, on floats or as one lane.
    """

    problem: Problem
    optimizer: Any
    name: str
    hyper: dict[str, Any]
    point: Params
    steps: int
    scheme: Scheme
    lanes: int | None
    lone: bool

    @property
    def compilable(self) -> tuple[Formula, Rule] | None:
        """The formula and the rule, where the run is made of two."""
        if self.problem.formula is None or not isinstance(self.optimizer, RuleOptimizer):
            return None
        return self.problem.formula, self.optimizer.rule

    def check_settings(self, what: str) -> None:
        """Refuse arrays of hyperparameters.

        Raises
        ------
        InputError
            Says that ``what``, such as ``a basin map``, is of one optimizer.
        """
        for name, value in self.hyper.items():
            if np.size(value) != 1:
                raise InputError(f"{what} is of one optimizer: give {name} one number, not {np.size(value)} of them")

    def optimizer_of(self, place: slice) -> Any:
        """Return a fresh optimizer for some of the lanes."""
        if isinstance(self.optimizer, RuleOptimizer):
            parts = {name: value[place] if np.size(value) > 1 else value for name, value in self.hyper.items()}
            return type(self.optimizer)(**parts)
        return of_lanes(self.optimizer, place, self.lanes or 1)


def prepared(problem: Problem, optimizer: Optimizer, start: Any, steps: int | None, gradient: str | Scheme) -> Prepared:
    """Check what `optvis.run` is given, which says what it may be.

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
    by_rule = isinstance(optimizer, RuleOptimizer)
    fresh = type(optimizer)(**optimizer.hyper) if isinstance(optimizer, RuleOptimizer) else copy.deepcopy(optimizer)
    name = optimizer.name if isinstance(optimizer, RuleOptimizer) else type(optimizer).__name__
    hyper = _hyper(fresh)
    point = start_point(problem, problem.start if start is None else start)
    if scheme.kind == "complex-step" and problem.formula is not None:
        problem.formula.vector(1j, 1j)  # refuses what is not analytic
    lanes, lone = spread_over_lanes(problem, point, hyper)
    if lanes is not None and not lone and not by_rule:
        fresh = with_lanes_apart(problem, fresh, point, lanes, scheme, count)
    return Prepared(problem, fresh, name, hyper, point, count, scheme, lanes, lone)


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
    if "lr" in values and optimizer.name in problem.suggested.lr:
        values["lr"] = problem.suggested.lr[optimizer.name]
    return values


def with_values(optimizer: Optimizer, values: Mapping[str, Any]) -> Optimizer:
    """Return a fresh optimizer in which some hyperparameters have other values, or arrays of lanes."""
    if isinstance(optimizer, RuleOptimizer):
        return type(optimizer)(**(optimizer.hyper | dict(values)))
    fresh = copy.deepcopy(optimizer)
    for name, value in values.items():
        setattr(fresh, name, value)
    return fresh
