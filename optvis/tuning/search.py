"""How good hyperparameters are looked for.

First the whole range of every hyperparameter is swept, then smaller and smaller boxes round the best
candidate so far, then lines through the best along each axis until it stays the best. The last lines
are its neighbourhood.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optvis.optimizers.hyperparameter import Hyperparameter
from optvis.problems.start_sets import spread_points
from optvis.tuning.search_space import Axis, axis_of
from optvis.tuning.trials import CHECKS_SHARE, Question, Trials

Array = NDArray[np.float64]

_BOXES = 4
_LEAST_FAN, _MAX_FAN = 6, 24
_ENDS = 2
_CLOSE = 0.01
"""Of a slider's length: where good ends is known as well as this."""


@dataclass(frozen=True, eq=False)
class Curve:
    """The scores along one hyperparameter when it alone is changed.

    Attributes
    ----------
    hyper
        The hyperparameter with the range that was searched.
    values, scores
        Ascending values with the best among them, and the median of each. When the budget ended while
        better values were still found, the other hyperparameters are those of the last best but one.
    good
        Scores up to this one are as good for practical purposes, see `Question.good`.
    low, high
        The range round the best in which every value that was tried is good.
    reaches
        With which values the median of the starts reaches the target, ``(n,)``.
    """

    hyper: Hyperparameter
    values: Array
    scores: Array
    good: float
    low: float
    high: float
    reaches: NDArray[np.bool_]


def least_candidates(axes: int) -> int:
    """Return the least number of candidates that allows a first sweep and lines through the best."""
    needed = 10 + axes * (2 + _LEAST_FAN + _ENDS)
    return -(-needed * CHECKS_SHARE // (CHECKS_SHARE - 1))  # the others are for checks


def search_in_slices(
    question: Question, trials: Trials, wide: list[Hyperparameter], given: Array, offset: Array
) -> Generator[float, None, list[Curve]]:
    """Spend the budget of the trials, and return a curve for every hyperparameter.

    Parameters
    ----------
    wide
        The hyperparameters with the ranges that are searched.
    given
        The first candidate: the values that hold now.
    offset
        The place from which points are spread, one number from 0 to 1 for each hyperparameter.
    """
    axes: list[Axis] = []
    for hyper in wide:
        yield 0.0
        axes.append(axis_of(hyper))
    room, count = trials.affordable, len(axes)
    fan = min(max(room // (8 * count), _LEAST_FAN), _MAX_FAN)
    lines_through = (fan + _ENDS) * count
    free = max(room - 2 * lines_through, min(room // 2, room - lines_through - 1))  # the rest is for lines
    sweep = max(free // 2, 9 + 2 * count)
    done = 0

    def spread(low: Array, high: Array, number: int) -> Array:
        nonlocal done
        points = low + (high - low) * spread_points(done, number, count, offset)
        done += number
        return np.stack([axis.at(shares) for axis, shares in zip(axes, points.T, strict=True)], axis=1)

    yield from trials.run_in_slices(given[None])
    yield from trials.run_in_slices(spread(np.zeros(count), np.ones(count), sweep))
    half = min(0.25, 1.5 * sweep ** (-1.0 / count))
    for _ in range(_BOXES):
        best = trials.values[trials.best]
        centre = np.array([axis.share_of(value) for axis, value in zip(axes, best, strict=True)])
        low, high = np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
        yield from trials.run_in_slices(spread(low, high, max(0, free - sweep) // _BOXES))
        half /= 2
    middle = trials.best
    while len(lines := _next_lines(question, trials, axes, fan)) and len(lines) <= trials.affordable:
        middle = trials.best
        yield from trials.run_in_slices(lines)
    return [_curve(question, trials, axes, column, middle) for column in range(count)]


def _next_lines(question: Question, trials: Trials, axes: list[Axis], fan: int) -> Array:
    """Candidates along each axis through the best; when all are known, those near where good ends."""
    best = trials.values[trials.best]
    fans = [_line(best, column, axis.fan(best[column], fan)) for column, axis in enumerate(axes)]
    lines = trials.fresh(np.vstack(fans))
    if len(lines):
        return lines
    edges = []
    for column, axis in enumerate(axes):
        curve = _curve(question, trials, axes, column, trials.best)
        below, above = curve.values[curve.values < curve.low][-1:], curve.values[curve.values > curve.high][:1]
        for good, bad in (*((curve.low, value) for value in below), *((curve.high, value) for value in above)):
            if abs(axis.share_of(good) - axis.share_of(bad)) > _CLOSE:
                edges.append(_line(best, column, axis.between(good, bad, max(1, fan // 4))))
    return trials.fresh(np.vstack(edges)) if edges else lines


def _line(best: Array, column: int, values: Array) -> Array:
    rows = np.tile(best, (len(values), 1))
    rows[:, column] = values
    return rows


def _curve(question: Question, trials: Trials, axes: list[Axis], column: int, middle: int) -> Curve:
    """All candidates that differ from one along an axis only; if the best is among them, round the best."""
    others = np.arange(len(question.names)) != column
    on_line = np.flatnonzero((trials.values[:, others] == trials.values[middle, others]).all(axis=1))
    order = on_line[np.argsort(trials.values[on_line, column])]
    values, scores = trials.values[order, column], trials.median[order]
    here = int(np.flatnonzero(order == (trials.best if trials.best in order else middle))[0])
    good = question.good(float(scores[here]))
    bad = np.flatnonzero(~(np.isfinite(scores) & (scores <= good)))
    below, above = bad[bad < here], bad[bad > here]
    first = int(below[-1]) + 1 if below.size else 0
    last = int(above[0]) - 1 if above.size else len(values) - 1
    reaches = trials.success[order] >= 0.5
    return Curve(axes[column].hyper, values, scores, good, float(values[first]), float(values[last]), reaches)
