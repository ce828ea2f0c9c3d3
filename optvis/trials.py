"""Trying settings of an optimizer: each from every start, within a budget of loss evaluations."""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from optvis.gradient import Scheme
from optvis.lanes import run_lanes_in_slices
from optvis.outcome import KINDS
from optvis.prepared import Optimizer
from optvis.problems import Problem
from optvis.rule_optimizer import RuleOptimizer
from optvis.start_sets import Starts

Array = NDArray[np.float64]
Aim = Literal["loss", "steps"]
MOST_LANES = 4_096
"""Lanes that are carried at a time."""

_DIVERGED = list(KINDS).index("diverged")


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of every candidate.

    Attributes
    ----------
    optimizer
        The values of what is not tuned are its own.
    names
        Of what is tuned.
    starts
        In plane coordinates.
    aim
        ``loss``: the final loss counts, inf where a run diverged. ``steps``: the steps to the target
        count, inf where a run does not get there.
    target
        A loss.
    """

    problem: Problem
    optimizer: Optimizer
    names: tuple[str, ...]
    starts: Starts
    steps: int
    scheme: Scheme
    aim: Aim
    target: float

    @property
    def cost(self) -> int:
        """Loss evaluations that one candidate takes at most."""
        coordinates = sum(int(np.prod(np.shape(origin))) for origin in self.problem.plane.origin.values())
        return len(self.starts[0]) * self.steps * self.scheme.evaluations(coordinates)


class Trials:
    """All candidates that were tried, with what came of them.

    Attributes
    ----------
    values
        One row for each candidate, one column for each name.
    median, worst
        Over the starts, of what the aim counts.
    loss
        The median final loss, whatever the aim.
    success
        The share of starts that reach the target.
    evaluations
        Spent so far.
    """

    def __init__(self, question: Question, budget: int) -> None:
        self._question = question
        self._budget = budget
        self._known: set[bytes] = set()
        self.values: Array = np.empty((0, len(question.names)))
        self.median, self.worst, self.loss, self.success = np.empty((4, 0))
        self.evaluations = 0

    @property
    def affordable(self) -> int:
        """How many candidates more the budget allows, whatever becomes of them."""
        return (self._budget - self.evaluations) // self._question.cost

    @property
    def best(self) -> int:
        """The candidate with the least median; among equals the least worst, the most success, the least loss."""
        return int(np.lexsort((self.loss, -self.success, self.worst, self.median))[0])

    def fresh(self, values: Array) -> Array:
        """Return the rows that were not tried, each once, in their order."""
        rows = {key: row for row in values if (key := row.tobytes()) not in self._known}
        return np.array(list(rows.values())).reshape(-1, len(self._question.names))

    def run_in_slices(self, values: Array) -> Generator[float, None, None]:
        """Try what is new among some rows as far as the budget goes, yielding the share of it that is spent."""
        size = max(1, MOST_LANES // len(self._question.starts[0]))
        for at in range(0, len(values), size):
            part = self.fresh(values[at : at + size])[: self.affordable]
            spent, cost = self.evaluations, len(part) * self._question.cost
            for share in self._run(part) if len(part) else ():
                yield min(1.0, (spent + share * cost) / self._budget)

    def _run(self, values: Array) -> Generator[float, None, None]:
        asked = self._question
        count, starts = len(values), len(asked.starts[0])
        lanes = {name: np.repeat(column, starts) for name, column in zip(asked.names, values.T, strict=True)}
        start = tuple(np.tile(axis, count) for axis in asked.starts)
        ends = yield from run_lanes_in_slices(
            asked.problem, with_values(asked.optimizer, lanes), start, asked.steps, asked.scheme, asked.target
        )
        self.evaluations += ends.evaluations
        loss = np.where(ends.kind == _DIVERGED, np.inf, ends.loss).reshape(count, starts)
        arrived = (ends.reached >= 0).reshape(count, starts)
        steps = np.where(arrived, ends.reached.reshape(count, starts), np.inf)
        counted = loss if asked.aim == "loss" else steps
        self._known.update(row.tobytes() for row in values)
        self.values = np.vstack([self.values, values])
        self.median = np.append(self.median, np.median(counted, axis=1))
        self.worst = np.append(self.worst, counted.max(axis=1))
        self.loss = np.append(self.loss, np.median(loss, axis=1))
        self.success = np.append(self.success, arrived.mean(axis=1))


def with_values(optimizer: Optimizer, values: Mapping[str, Any]) -> Optimizer:
    """Return a fresh optimizer in which some hyperparameters have other values, or arrays of lanes."""
    if isinstance(optimizer, RuleOptimizer):
        return type(optimizer)(**(optimizer.hyper | dict(values)))
    fresh = copy.deepcopy(optimizer)
    for name, value in values.items():
        setattr(fresh, name, value)
    return fresh
