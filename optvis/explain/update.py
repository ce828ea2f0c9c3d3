"""One update, line by line: the rule as mathematics, this step's numbers put in, and the results.

Everything follows from the rule's lines, so that a rule typed by a user is explained like one of
the catalogue. The update from row k of a trajectory to row k + 1 is called step k; at the last row
it is the update that would come next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from optvis.engine.trajectory import Trajectory
from optvis.explain.line_values import line_values
from optvis.foundation.errors import InputError
from optvis.language.algebra import evaluate, names_in
from optvis.language.expression import Node, parse
from optvis.language.notation import Piece, display, number, symbols
from optvis.language.rule import GIVEN, IS, Rule
from optvis.language.rule_analysis import Structure, plain, structure
from optvis.optimizers.catalogue import optimizer_class

LineKind = Literal["gradient", "state", "intermediate", "step", "move"]

_MOVE = parse("theta + step")


@dataclass(frozen=True)
class Line:
    """One line of a rule at one step of a trajectory.

    Attributes
    ----------
    name
        What it assigns, as in the rule: ``m_hat``; ``theta`` for the move that ends the update.
    symbol, text
        For people: ``m̂`` and ``m̂ = m/(1 − β₁ᵗ)``; what replaces its former value has ``←``.
    symbol_html, html
        The same as simple HTML, with ``<sup>`` and ``<sub>``.
    kind
        ``gradient``: assigns g; ``state``: kept for the next step; ``step``: gives Δθ; ``move``: adds it.
    value
        The result by parameter: a float, or an array for a parameter that is one.
    """

    name: str
    symbol: str
    text: str
    symbol_html: str
    html: str
    kind: LineKind
    value: Mapping[str, Any]
    _tree: Node = field(repr=False)
    _before: Mapping[str, Mapping[str, Any]] = field(repr=False)

    def with_numbers(self, param: str, index: tuple[int, ...] = (), *, digits: int = 5, html: bool = False) -> str:
        """Write the right side with this step's numbers, and the result: ``0.9·(−0.02) − 0.1·1.4 = −0.158``.

        ``index`` picks one number of a parameter that is an array. The numbers are rounded for
        reading; `value` has them in full.
        """
        here = {name: _at(value, index) for name, value in self._before[param].items()}
        pieces = {name: number(value, digits, html=html) for name, value in here.items()}
        formula = display(self._tree, pieces, html=html)
        result = number(_at(self.value[param], index), digits, html=html).text
        return result if formula == result else f"{formula} = {result}"


@dataclass(frozen=True)
class StepValues:
    """All values of one update, by parameter and by name.

    A name is one of the rule before the update, or ``name@line`` for the result of a line (see
    `optvis.language.rule_analysis`).
    """

    structure: Structure
    by_param: Mapping[str, Mapping[str, Any]]

    def of(self, tree: Node) -> dict[str, Any]:
        """Evaluate an expression for every parameter."""
        return {key: _like(evaluate(tree, values), values["theta"]) for key, values in self.by_param.items()}

    @property
    def step(self) -> dict[str, Any]:
        """What is added to theta."""
        return {key: values[self.structure.last["step"]] for key, values in self.by_param.items()}


def rule_of(trajectory: Trajectory) -> Rule | None:
    """Return the rule that a trajectory was computed with, None when its optimizer is a class without one."""
    try:
        optimizer = optimizer_class(trajectory.optimizer)
    except InputError:
        return None
    if optimizer.name != trajectory.optimizer or set(optimizer.rule.hyperparameters) != trajectory.hyper.keys():
        return None
    return optimizer.rule


def explain(trajectory: Trajectory, k: int, lane: int = 0) -> tuple[Line, ...]:
    """Explain step k, line by line; the last line is the move θ ← θ + Δθ.

    The numbers are those of the run: evaluated with the same operations from the recorded
    parameters, gradients and states.

    Raises
    ------
    InputError
        When the optimizer has no rule.
    IndexError
        When there is no row k.
    """
    values = step_values(trajectory, k, lane)
    rule = values.structure.rule
    lines = []
    for index, (name, tree) in enumerate(rule.assignments):
        result, reading = values.structure.lines[index]
        before = {key: _as_read(reading, known) for key, known in values.by_param.items()}
        value = {key: known[result] for key, known in values.by_param.items()}
        lines.append(_line(rule, name, tree, line_kind(rule, index), value, before))
    before = {key: {"theta": known["theta"], "step": values.step[key]} for key, known in values.by_param.items()}
    with np.errstate(all="ignore"):
        moved = {key: known["theta"] + known["step"] for key, known in before.items()}
    lines.append(_line(rule, "theta", _MOVE, "move", moved, before))
    return tuple(lines)


def step_values(trajectory: Trajectory, k: int, lane: int = 0) -> StepValues:
    """Evaluate every line of step k; raises like `explain`."""
    rule = rule_of(trajectory)
    if rule is None:
        raise InputError(f"{trajectory.optimizer} has no rule, so there are no lines to explain")
    if not 0 <= k <= trajectory.steps:
        raise IndexError(f"there is no row {k}; the last is {trajectory.steps}")
    analysis = structure(rule)
    by_param = {}
    for key in trajectory.params:
        known: dict[str, Any] = {name: lane_of(trajectory.hyper[name], lane) for name in rule.hyperparameters}
        known |= {name: _entry(trajectory.state[name][key], k, lane) for name in rule.states}
        theta, g = _entry(trajectory.params[key], k, lane), _entry(trajectory.grad[key], k, lane)
        by_param[key] = known | {"theta": theta, "g": g, "t": float(k + 1)}
        by_param[key] |= {f"{IS}{flag}": float(flag == key) for flag in rule.flags}
    for key, lines in line_values(rule, tuple(by_param)).at(by_param).items():
        by_param[key] |= {name: _like(value, by_param[key]["theta"]) for name, value in lines.items()}
    return StepValues(analysis, by_param)


def line_kind(rule: Rule, index: int) -> LineKind:
    """Return what a line of a rule is for."""
    name, _ = rule.assignments[index]
    if name == "step" and all(later != "step" for later, _ in rule.assignments[index + 1 :]):
        return "step"
    if name == "g":
        return "gradient"
    return "state" if name in rule.states else "intermediate"


def legend(rule: Rule) -> tuple[tuple[str, str], ...]:
    """Return symbol and name of the hyperparameters that are printed otherwise: ``(("η", "lr"), …)``."""
    pieces = rule_symbols(rule)
    return tuple((pieces[name].text, name) for name in rule.hyperparameters if pieces[name].text != name)


@lru_cache(maxsize=512)
def _symbols(rule: Rule, html: bool) -> dict[str, Piece]:
    names = dict.fromkeys([*GIVEN, "step", *rule.hyperparameters, *(name for name, _ in rule.assignments)])
    return symbols(names, html=html)


def rule_symbols(rule: Rule, *, html: bool = False) -> Mapping[str, Piece]:
    """Return the symbols of all names of a rule, to print its expressions with."""
    return _symbols(rule, html)


def _line(
    rule: Rule,
    name: str,
    tree: Node,
    kind: LineKind,
    value: Mapping[str, Any],
    before: Mapping[str, Mapping[str, Any]],
) -> Line:
    sign = "=" if kind in ("intermediate", "step") else "←"
    text, html = (_printed(rule, name, tree, sign, html) for html in (False, True))
    short, short_html = (rule_symbols(rule, html=html)[name].text for html in (False, True))
    return Line(name, short, text, short_html, html, kind, value, tree, before)


@lru_cache(maxsize=1024)
def _printed(rule: Rule, name: str, tree: Node, sign: str, html: bool) -> str:
    pieces = rule_symbols(rule, html=html)
    return f"{pieces[name].text} {sign} {display(tree, pieces, html=html)}"


def shown(rule: Rule, tree: Node, *, html: bool = False) -> str:
    """Print an expression of `optvis.language.rule_analysis` with the symbols of its rule."""
    pieces = rule_symbols(rule, html=html)
    known = {name: pieces[plain(name)] for name in names_in(tree) if plain(name) in pieces}
    return display(tree, known, html=html)


def _as_read(tree: Node, known: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the names on the right side of a line have there."""
    return {plain(name): known[name] for name in names_in(tree) if name in known}


def _entry(values: Any, row: int, lane: int) -> Any:
    """One row of one lane: a float, or an array without a lane axis."""
    value = values[row][..., lane]
    return float(value) if np.ndim(value) == 0 else np.array(value)


def lane_of(value: Any, lane: int) -> float:
    """Return a hyperparameter of one lane; a number is the same for all lanes."""
    return float(np.asarray(value).reshape(-1)[lane if np.ndim(value) else 0])


def _like(value: Any, theta: Any) -> Any:
    """A number that is the same for all of an array stands for all of it."""
    if isinstance(theta, float):
        return float(value)
    return value if np.shape(value) == np.shape(theta) else np.broadcast_to(value, np.shape(theta))


def _at(value: Any, index: tuple[int, ...]) -> float:
    return float(np.asarray(value)[index]) if np.ndim(value) else float(value)
