"""What an optimizer does at one point, as arrows: the gradient, the velocity, the step and its parts.

All of it is read off the rule (see `optvis.language.rule_analysis`); nothing here knows an optimizer by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from optvis.engine.trajectory import Trajectory
from optvis.explain.update import StepValues, rule_of, rule_symbols, shown, step_values
from optvis.language.algebra import evaluate, factors
from optvis.language.expression import Name, Node, Unary
from optvis.language.rule_analysis import plain

Point = NDArray[np.float64]
Vector = Mapping[str, Any]
ArrowKind = Literal["gradient", "velocity", "term", "step"]


@dataclass(frozen=True)
class Arrow:
    """One arrow in plane coordinates.

    Attributes
    ----------
    kind
        ``gradient``: against the gradient, as plain SGD with this learning rate would go;
        ``velocity``: a velocity, or a first moment reversed and times the learning rate;
        ``term``: a part of the step, each beginning where the one before it ends; ``step``.
    name
        In words: ``from g``.
    symbol, html
        As mathematics: ``−η·g``.
    """

    kind: ArrowKind
    name: str
    symbol: str
    html: str
    tail: tuple[float, float]
    tip: tuple[float, float]


@np.errstate(all="ignore")
def arrows(trajectory: Trajectory, k: int, lane: int = 0) -> tuple[Arrow, ...]:
    """Return the arrows of step k, from the position at row k.

    The terms, when the step is a sum, add up to the step; a term that a hyperparameter makes 0 is
    left out. For an optimizer without a rule there are the gradient and, from the record, the step.
    Arrows that are not finite are left out. A gradient arrow may be long: ``lr`` means another thing
    to every rule.

    Raises
    ------
    IndexError
        When there is no row k.
    """
    if not 0 <= k <= trajectory.steps:
        raise IndexError(f"there is no row {k}; the last is {trajectory.steps}")
    theta = {key: values[k][..., lane] for key, values in trajectory.params.items()}
    tail = _coordinates(trajectory, theta)
    found: list[Arrow] = []

    def add(kind: ArrowKind, name: str, symbols: tuple[str, str], vector: Vector, since: Point) -> Point:
        tip = since + _components(trajectory, vector)
        if np.isfinite(since).all() and np.isfinite(tip).all():
            found.append(Arrow(kind, name, *symbols, _pair(since), _pair(tip)))
        return tip

    rate = trajectory.hyper.get("lr")
    factor = 1.0 if rate is None else float(np.asarray(rate).reshape(-1)[lane if np.ndim(rate) else 0])
    down = {key: -factor * values[k][..., lane] for key, values in trajectory.grad.items()}
    sign = "−g" if rate is None else "−η·g"
    add("gradient", "against the gradient", (sign, sign), down, tail)
    rule = rule_of(trajectory)
    if rule is None:
        if k < trajectory.steps:
            step = {key: values[k + 1][..., lane] - theta[key] for key, values in trajectory.params.items()}
            add("step", "step", ("Δθ", "Δθ"), step, tail)
        return tuple(found)
    values = step_values(trajectory, k, lane)
    for state in values.structure.moments:
        add("velocity", *_velocity(values, state), tail)
    known = next(iter(values.by_param.values()))
    terms = [term for term in values.structure.terms if not values.structure.vanishes(term, known)]
    if len(terms) > 1:
        end = tail
        for term in terms:
            symbols = shown(rule, term), shown(rule, term, html=True)
            end = add("term", _origin(values, term), symbols, values.of(term), end)
    add("step", "step", ("Δθ", "Δθ"), values.step, tail)
    return tuple(found)


@np.errstate(all="ignore")
def scaling(trajectory: Trajectory, k: int, lane: int = 0) -> tuple[float, float] | None:
    """Return how step k scales the gradient, or its average, along x and y; the larger of the two is 1.

    None for a rule that does not divide by something of its own on each axis (SGD, Momentum, Lion),
    for an optimizer without a rule, for a plane whose axes are not parameters, and where the
    numbers are not finite.
    """
    rule = rule_of(trajectory)
    if rule is None or trajectory.problem.formula is None:
        return None
    values = step_values(trajectory, k, lane)
    if values.structure.division is None:
        return None
    factors = values.of(values.structure.division.factor)
    x, y = (abs(float(factors[name])) for name in trajectory.problem.plane.names)
    largest = max(x, y)
    if not (np.isfinite(x) and np.isfinite(y) and largest > 0):
        return None
    return x / largest, y / largest


def _velocity(values: StepValues, state: str) -> tuple[str, tuple[str, str], dict[str, Any]]:
    """Name, symbols and vector of a state after the update, in units of the step and pointing along it."""
    analysis = values.structure
    scaled = "lr" not in analysis.sources(analysis.definition(state)) and "lr" in analysis.rule.hyperparameters
    tree: Node = Name(analysis.last[state])
    sign = _sign_in_step(values, state) or (-1.0 if scaled else 1.0)
    vector = values.of(tree)
    name = "first moment" if scaled else "velocity"
    if sign < 0:
        tree = Unary(tree)
    symbols = [shown(analysis.rule, tree, html=html) for html in (False, True)]
    if scaled:
        eta = rule_symbols(analysis.rule)["lr"].text
        symbols = [f"−{eta}·{text[1:]}" if sign < 0 else f"{eta}·{text}" for text in symbols]
    vector = {key: sign * (values.by_param[key]["lr"] if scaled else 1.0) * value for key, value in vector.items()}
    return name, (symbols[0], symbols[1]), vector


def _sign_in_step(values: StepValues, state: str) -> float:
    """Whether the step goes along a state (1) or against it (-1); 0 when it does neither."""
    analysis = values.structure
    held = {name for name, _ in analysis.lines if plain(name) in analysis.rule.states}
    changes = 0.0
    for known in values.by_param.values():
        steps = []
        for unit in (1.0, -1.0):
            tried = {**known, analysis.last[state]: unit}
            for name, tree in analysis.lines:
                if name not in held:
                    tried[name] = evaluate(tree, tried)
            steps.append(tried[analysis.last["step"]])
        changes += float(np.nansum(np.sign(np.subtract(*steps))))
    return float(np.sign(changes))


def _origin(values: StepValues, term: Node) -> str:
    """Name a term by what it comes from, above the line: ``from v``, ``from g``, ``from θ``."""
    analysis = values.structure
    pieces = rule_symbols(analysis.rule)
    over, _ = factors(term)
    sources = frozenset[str]().union(*map(analysis.sources, filter(analysis.is_per_axis, over)))
    names = [name for name in (*analysis.rule.states, "g", "theta") if name in sources and name in analysis.per_axis]
    return "from " + " and ".join(pieces[name].text for name in names) if names else "constant"


def _components(trajectory: Trajectory, vector: Vector) -> Point:
    """Plane coordinates of a difference of parameters."""
    origin = trajectory.problem.plane.origin
    ends = {key: origin[key] + value for key, value in vector.items()}
    return _coordinates(trajectory, ends)


def _coordinates(trajectory: Trajectory, params: Vector) -> Point:
    a, b = trajectory.problem.plane.coordinates(params)
    return np.array([float(a), float(b)])


def _pair(point: Point) -> tuple[float, float]:
    return float(point[0]), float(point[1])
