"""The learning rates that a curvature allows, in numbers and in plain words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.engine.trajectory import Trajectory
from optvis.explain.update import rule_of
from optvis.foundation.number_text import number, percent
from optvis.landscape.curvature import Curvature, curvature, curvature_at_minimum
from optvis.language.rule import Rule
from optvis.problems.problem import Problem

Array = NDArray[np.float64]

_LATE = 10**9
"""An update number at which corrections for the first steps have faded."""

_curvature = lru_cache(maxsize=64)(curvature)


@np.errstate(all="ignore")
def stability_limit(rule: Rule, hyper: Mapping[str, Any], largest: float) -> float | None:
    """Return the learning rate above which a rule grows along a direction of curvature ``largest``.

    On a quadratic loss a rule that is linear in θ, g and its states multiplies them by one matrix per
    update; it converges while all eigenvalues of that matrix are inside the unit circle. For SGD this
    gives 2/λ, for momentum 2(1 + β)/λ (Polyak, 1964), for Nesterov's 2(1 + β)/((1 + 2β)λ) (Cohen et
    al., 2021, appendix B), and the limits of typed rules, of dampening and of coupled weight decay.

    Returns None for a rule that is not linear (every adaptive one), has no ``lr``, or stays stable;
    0 when no learning rate is small enough.
    """
    if "lr" not in rule.hyperparameters or not (largest > 0 and math.isfinite(largest)):
        return None
    others = tuple((name, float(np.asarray(value).reshape(-1)[0])) for name, value in hyper.items() if name != "lr")
    return _limit(rule, others, float(largest))


@lru_cache(maxsize=512)
def _limit(rule: Rule, others: tuple[tuple[str, float], ...], largest: float) -> float | None:
    def grows(lr: float) -> bool:
        return _radius(_matrix(rule, dict(others) | {"lr": lr}, largest)) >= 1.0

    low = 1e-3 / largest
    if update_matrix(rule, dict(others) | {"lr": low}, largest) is None:
        return None
    if grows(low):
        return 0.0
    high = low
    while not grows(high):
        low, high = high, 1.5 * high
        if high > 1e6 / largest:
            return None
    for _ in range(45):
        middle = (low + high) / 2
        low, high = (low, middle) if grows(middle) else (middle, high)
    return high


def update_matrix(rule: Rule, hyper: Mapping[str, float], curvature: float) -> Array | None:
    """Return what one late update multiplies (θ, *states) by on the loss curvature·θ²/2; None if not linear."""
    matrix = _matrix(rule, hyper, curvature)
    size = len(matrix)
    for scale in (1.0, -2.0):  # linear rules, and only they, do the same to sums and multiples
        probe = scale * (1.0 + np.arange(size) ** 2 / 7.0)
        if not np.allclose(_updated(rule, hyper, curvature, probe), matrix @ probe, rtol=1e-9, atol=1e-12):
            return None
    return matrix


def _matrix(rule: Rule, hyper: Mapping[str, float], curvature: float) -> Array:
    columns = [_updated(rule, hyper, curvature, column) for column in np.eye(1 + len(rule.states))]
    return np.array(columns).T


def _updated(rule: Rule, hyper: Mapping[str, float], curvature: float, before: Array) -> Array:
    theta, *states = before.tolist()
    values = tuple(float(hyper[name]) for name in rule.hyperparameters)
    step, *new = rule.apply(_LATE, theta, curvature * theta, tuple(states), values)
    return np.array([theta + step, *new])


def _radius(matrix: Array) -> float:
    return float(np.abs(np.linalg.eigvals(matrix)).max()) if np.isfinite(matrix).all() else math.inf


def limit_note(trajectory: Trajectory, problem: Problem) -> tuple[str, str]:
    """Say how a run's learning rate stands to the limit of stability, in short and in full.

    The limit is that of the known minimum nearest to where the run ended, or where none is known, that of its
    start. Both texts are empty for rules without a limit.
    """
    rule = rule_of(trajectory)
    if rule is None:
        return "", ""
    found = _curvature_at_end(trajectory, problem)
    if not found.is_known or stability_limit(rule, trajectory.hyper, float(found.eigenvalues[1])) is None:
        return "", ""
    full = sentence(found, rule, trajectory.hyper)
    short = full.partition(", and ")[0].replace(": expect ", ": ").partition(" is ")  # the value stands above it
    theory = f"The limit is one of theory: near there, over any number of steps. This run has {trajectory.steps:,}."
    return short[2] or short[0], f"At the {'minimum' if problem.minima else 'start'}: {full}.\n{theory}"


def _curvature_at_end(trajectory: Trajectory, problem: Problem) -> Curvature:
    """The curvature at the minimum nearest to where a run ended, else at its start."""
    last = trajectory.last
    end = float(trajectory.x[last]), float(trajectory.y[last])
    start = float(trajectory.x[0]), float(trajectory.y[0])
    inside = trajectory.outcome.kind not in ("diverged", "growing")
    found = curvature_at_minimum(problem, *(end if inside else start))
    return found if found is not None else _curvature(problem, *start)


@np.errstate(all="ignore")
def sentence(found: Curvature, rule: Rule, hyper: Mapping[str, Any]) -> str:
    """Say in plain words what the curvature means for a learning rate.

    For example "0.95 is 95 % of the limit 1.0: expect zig-zag along y".
    """
    if not found.is_known:
        return "no curvature here: the loss has a kink, or is not finite"
    low, high = (float(value) for value in found.eigenvalues)
    if high < -found.flat:
        return "the loss falls away in every direction: no learning rate settles here"
    falls = f"falls away {found.direction(0)}" if low < -found.flat else ""
    if high <= found.flat:
        return f"the loss {falls}: no learning rate settles here" if falls else "the loss is flat here"
    limit = stability_limit(rule, hyper, high)
    if limit is not None:
        text = _against_limit(limit, rule, hyper, found)
    else:
        text = f"the curvature is {number(high)} {found.direction(1)}"
        if not falls and 0.01 < found.condition - 1 < math.inf:
            text += f", {number(found.condition)} times that {found.direction(0)}"
    return f"{text}; the loss {falls}" if falls else text


def _against_limit(limit: float, rule: Rule, hyper: Mapping[str, Any], found: Curvature) -> str:
    values = {name: float(np.asarray(value).reshape(-1)[0]) for name, value in hyper.items()}
    slow, steep = (float(value) for value in found.eigenvalues)
    where, lr, shown = found.direction(1), _number(values["lr"]), _number(limit)
    share = values["lr"] / limit if limit else math.inf
    if limit == 0:
        return f"with these settings no learning rate settles {where}"
    if share > 1 + 1e-9:
        both = slow > found.flat and values["lr"] > (stability_limit(rule, hyper, slow) or math.inf)
        return f"{lr} is above the limit {shown}: it grows {'in every direction' if both else where}"
    if share >= 1 - 1e-9:
        return f"{lr} is the limit: it swings {where} without end"
    manner = {
        "zig-zag": f"expect zig-zag {where}",
        "swing": f"expect swings {where}",
        "smooth": f"it settles {where} without zig-zag",
    }[_manner(rule, values, steep)]
    text = f"{lr} is {percent(share)} of the limit {shown}: {manner}"
    if slow > found.flat and found.condition >= 2:
        per_step = _radius(_matrix(rule, values, slow))
        if 0.9 < per_step < 1:
            text += f", and about {math.log(0.5) / math.log(per_step):.0f} steps halve the way {found.direction(0)}"
    return text


def _manner(rule: Rule, hyper: Mapping[str, float], largest: float) -> str:
    """How the slowest part of the motion goes: to and fro at every step, in longer swings, or straight."""
    values = np.linalg.eigvals(_matrix(rule, hyper, largest))
    slowest = complex(values[np.argmax(np.abs(values))])
    if abs(slowest.imag) > 1e-9:
        return "swing"
    return "zig-zag" if slowest.real < 0 else "smooth"


def _number(value: float) -> str:
    """Write a learning rate, or its limit, never as a whole number: ``1.0``."""
    text = number(value)
    return f"{text}.0" if text.isdigit() else text
