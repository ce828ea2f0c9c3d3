"""Trying settings of an optimizer: each from every start, within a budget of loss evaluations."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optvis.engine.lanes import Ends, run_lanes_in_slices
from optvis.engine.outcome import KIND_CODES
from optvis.engine.preparation import RunSettings
from optvis.foundation.slices import part
from optvis.optimizers.hyperparameter import Hyperparameter
from optvis.optimizers.slider_scale import POSITIONS, share_along, values_along
from optvis.problems.start_sets import Starts
from optvis.problems.tolerances import tolerances

Array = NDArray[np.float64]
Aim = Literal["loss", "steps"]
MAX_LANES = 4_096
"""Lanes that are carried at a time."""

_MOVES = ((1e-9, 1e-9), (-2e-9, 1e-9), (3e-9, -3e-9))
"""How far starts are moved for a check, in widths and heights of the domain: more than rounding does."""
_HELD = 0.1
"""Of a score: what it may lose in a check."""
_NUDGES = (-1.0 / POSITIONS, 1.0 / POSITIONS)
"""How far values are moved for a check, in lengths of their sliders: to the positions beside."""
_CHECK_TURNS = 20
_CHECKS = len(_MOVES) + len(_NUDGES)
CHECKS_SHARE = 4
"""One part in so many of the budget is kept for checks."""
_DIVERGED = KIND_CODES["diverged"]


@dataclass(frozen=True, eq=False)
class Question:
    """The question that is asked of every candidate: how good a run with its values is.

    Attributes
    ----------
    settings
        The run's, from one start or from many; hyperparameters that are not tuned keep the values they have here.
    names
        The hyperparameters that are tuned.
    aim
        ``loss``: the final loss counts, inf where a run diverged. ``steps``: the steps to the target
        count, inf where a run does not get there.
    target
        A loss.
    """

    settings: RunSettings
    names: tuple[str, ...]
    aim: Aim
    target: float

    @cached_property
    def starts(self) -> Starts:
        """Plane coordinates of all starts."""
        x, y = self.settings.problem.plane.coordinates(self.settings.start)
        return np.atleast_1d(x), np.atleast_1d(y)

    @property
    def cost(self) -> int:
        """Loss evaluations that one candidate takes at most."""
        settings = self.settings
        coordinates = sum(int(np.prod(np.shape(origin))) for origin in settings.problem.plane.origin.values())
        return len(self.starts[0]) * settings.steps * settings.gradient.evaluations(coordinates)

    def good(self, score: float) -> float:
        """Return the worst score that is as good as this one for practical purposes.

        The target is reached, or the loss is at most twice as far above the lowest known one; or it takes
        at most a quarter more steps.
        """
        return self.up_to(score, 0.25 if self.aim == "steps" else 1.0)

    def up_to(self, score: float, more: float) -> float:
        """Return the score that is worse by a share; at least the target, or one step."""
        if self.aim == "steps":
            return max((1.0 + more) * score, score + 1)
        return max(self.target, score + more * abs(score - tolerances(self.settings.problem).lowest))


class Trials:
    """All candidates that were tried, and their scores.

    Where trajectories are chaotic, the best of many candidates is easily one that owes its score to
    rounding, and does not keep it, or one that stands alone among values that are bad. So those that lead are
    tried again from starts that are moved a little, and with values one position of the slider away; where one of
    these is not as good, the worst of them counts.

    Attributes
    ----------
    values
        One row for each candidate, one column for each name.
    before
        The median of the first candidate as it was found, whether a check confirms it or not.
    evaluations
        Loss evaluations that were spent so far.
    """

    def __init__(self, question: Question, budget: int, wide: Sequence[Hyperparameter]) -> None:
        self._question, self._wide = question, wide
        self._budget = budget
        self._for_checks = budget // question.cost // CHECKS_SHARE
        self._known: set[bytes] = set()
        self._settled: NDArray[np.bool_] = np.empty(0, bool)
        self._results: Array = np.empty((4, 0))
        self.values: Array = np.empty((0, len(question.names)))
        self.before = np.inf
        self.evaluations = 0

    @property
    def median(self) -> Array:
        """The median over the starts of what the aim counts; this is made small."""
        found: Array = self._results[0]
        return found

    @property
    def worst(self) -> Array:
        """The worst over the starts of what the aim counts."""
        found: Array = self._results[1]
        return found

    @property
    def loss(self) -> Array:
        """The median final loss, whatever the aim."""
        found: Array = self._results[2]
        return found

    @property
    def success(self) -> Array:
        """The share of starts that reach the target."""
        found: Array = self._results[3]
        return found

    @property
    def affordable(self) -> int:
        """The number of further candidates that the budget allows beside all checks."""
        return max(0, self._left - self._for_checks)

    @property
    def best(self) -> int:
        """The candidate with the least median; among equals the least worst, the most success, the least loss."""
        return int(self._order[0])

    def fresh(self, values: Array) -> Array:
        """Return the rows that were not tried, each once, in their order."""
        rows = {key: row for row in values if (key := row.tobytes()) not in self._known}
        return np.array(list(rows.values())).reshape(-1, len(self._question.names))

    def run_in_slices(self, values: Array) -> Generator[float, None, None]:
        """Try what is new among some rows as far as the budget goes, yielding the share of it that is spent."""
        size = max(1, MAX_LANES // len(self._question.starts[0]))
        for at in range(0, len(values), size):
            part = self.fresh(values[at : at + size])[: self.affordable]
            if len(part):
                found = yield from self._measured(part, self._question.starts)
                if not len(self.values):
                    self.before = float(found[0, 0])
                self._known.update(row.tobytes() for row in part)
                self.values = np.vstack([self.values, part])
                self._results = np.hstack([self._results, found])
                self._settled = np.append(self._settled, np.zeros(len(part), bool))
        yield from self._settle_in_slices()

    def _settle_in_slices(self) -> Generator[float, None, None]:
        """Check those that lead, more and more of them, until the best is one that keeps its score."""
        xmin, xmax, ymin, ymax = self._question.settings.problem.plane.bounds
        x, y = self._question.starts
        most = max(1, MAX_LANES // len(x))
        for turn in range(_CHECK_TURNS):
            leading = self._order[: min(2**turn, most)]
            unsure = leading[~self._settled[leading]][: self._for_checks // _CHECKS]
            self._for_checks -= len(unsure) * _CHECKS
            before = self._results[:, unsure]
            moved, nudged = before, before
            for right, up in _MOVES if len(unsure) else ():
                places = x + right * (xmax - xmin), y + up * (ymax - ymin)
                moved = _worse(moved, (yield from self._measured(self.values[unsure], places)))
            for nudge in _NUDGES if len(unsure) else ():
                nudged = _worse(nudged, (yield from self._measured(self._nudged(self.values[unsure], nudge), (x, y))))
            for k, at in enumerate(unsure):
                score = float(self.median[at])
                if not moved[0, k] <= self._question.up_to(score, _HELD):
                    self._results[:, at] = _worse(moved[:, k], nudged[:, k])
                elif not nudged[0, k] <= self._question.good(score):
                    self._results[:, at] = nudged[:, k]
            self._settled[unsure] = True
            if self._settled[self.best] or not len(unsure):
                return

    def _nudged(self, values: Array, nudge: float) -> Array:
        """Values a little farther along their sliders; what is a switch, or off the scale, stays."""
        moved = values.copy()
        for column, hyper in enumerate(self._wide):
            if hyper.scale != "switch":
                shares = np.clip(share_along(hyper, values[:, column]) + nudge, 0.0, 1.0)
                is_on = values[:, column] >= hyper.low
                moved[is_on, column] = values_along(hyper, shares)[is_on]
        return moved

    @property
    def _left(self) -> int:
        return (self._budget - self.evaluations) // self._question.cost

    @property
    def _order(self) -> NDArray[np.intp]:
        return np.lexsort((self.loss, -self.success, self.worst, self.median))

    def _measured(self, values: Array, places: Starts) -> Generator[float, None, Array]:
        """Run candidates from all starts and return their median, worst, loss and success, ``(4, N)``."""
        question = self._question
        count, starts = len(values), len(places[0])
        hyper = {name: np.repeat(column, starts) for name, column in zip(question.names, values.T, strict=True)}
        settings = question.settings.over_lanes(hyper, tuple(np.tile(axis, count) for axis in places))
        slices = run_lanes_in_slices(settings, question.target)
        begin, end = (min(1.0, (self.evaluations + more) / self._budget) for more in (0, count * question.cost))
        ends: Ends = yield from part(slices, begin, end)
        self.evaluations += ends.evaluations
        loss = np.where(ends.kind == _DIVERGED, np.inf, ends.loss).reshape(count, starts)
        arrived = (ends.reached >= 0).reshape(count, starts)
        steps = np.where(arrived, ends.reached.reshape(count, starts), np.inf)
        counted = loss if question.aim == "loss" else steps
        return np.stack(
            [np.median(counted, axis=1), counted.max(axis=1), np.median(loss, axis=1), arrived.mean(axis=1)]
        )


def _worse(results: Array, others: Array) -> Array:
    """Of two results for each candidate the worse: the larger scores and losses, the smaller success."""
    return np.concatenate([np.maximum(results[:3], others[:3]), np.minimum(results[3:], others[3:])])
