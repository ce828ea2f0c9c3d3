"""The mathematics of an optimizer as text: a few named assignments, read from top to bottom.

For example plain momentum::

    v = momentum*v - lr*g
    step = v

``g`` is the gradient, ``theta`` the parameter, ``t`` = 1, 2, … the number of the update and ``step``
what is added to ``theta``. A name that is read before it is assigned is state and starts at 0; a
name that is read and never assigned is a hyperparameter. Beyond the language of formulas a rule
may use ``where(condition, a, b)``. Everything is elementwise.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from optvis.foundation.errors import InputError
from optvis.language.codegen import FLOAT_ERRORS, ON_FLOATS, ON_LANES, Graph, define
from optvis.language.expression import (
    ALIASES,
    CONSTANTS,
    FUNCTIONS,
    REDUCTIONS,
    SHORTHAND,
    Call,
    FormulaError,
    Name,
    Node,
    parse,
    walk,
)

MAX_LINES = 40
IS = "is_"
"""In front of a parameter's name: 1 where the rule updates that parameter, else 0."""
GIVEN = ("theta", "g", "t")
_TAKEN = {"theta", "t", "where", "update", "rule", "name", "title", "hyper", "hyperparameters",
    *CONSTANTS, *FUNCTIONS, *ALIASES, *SHORTHAND, *REDUCTIONS,
}  # fmt: skip


_AUGMENTED = ("+", "-", "*", "/")
_ONE = "a rule sees one coordinate at a time, and "
UNSEEN = {
    **dict.fromkeys(
        ("gx", "gy", "g_x", "g_y", "grad", "grads", "grad_x", "grad_y", "gradient", "gradients"),
        _ONE + "g is its gradient",
    ),
    **dict.fromkeys(("x", "y", "w", "params", "param"), _ONE + "theta is its value"),
    **dict.fromkeys(("loss", "f"), _ONE + "not the loss"),
    **dict.fromkeys(("noise", "random", "rand", "randn", "normal", "uniform"), "a rule has no random numbers"),
}
"""Names that stand for what a rule does not see, and what is said where one is read all the same."""


class RuleError(InputError):
    """A line that is not an assignment; ``line`` and ``column`` count from 1, the column may be unknown."""

    def __init__(self, message: str, line: int, column: int | None) -> None:
        super().__init__(f"line {line} of the rule: {message}")
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Rule:
    """A checked rule.

    Attributes
    ----------
    assignments
        ``(name, expression)`` in order.
    hyperparameters
        Names that are read and never assigned, in order of appearance.
    states
        Names that are read before they are assigned, in order of appearance.
    """

    assignments: tuple[tuple[str, Node], ...]
    text: str = field(compare=False)
    hyperparameters: tuple[str, ...] = field(compare=False)
    states: tuple[str, ...] = field(compare=False)

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """The parameters that the rule asks for by name: ``is_x`` is 1 for the parameter x and 0 for all others."""
        names = (node.id for _, tree in self.assignments for node in walk(tree) if isinstance(node, Name))
        assigned = {name for name, _ in self.assignments}
        return tuple(dict.fromkeys(name[len(IS) :] for name in names if name.startswith(IS) and name not in assigned))

    @cached_property
    def sees_all(self) -> bool:
        """Whether the update of one parameter depends on the others, or on which one it is."""
        calls = (node for _, tree in self.assignments for node in walk(tree) if isinstance(node, Call))
        return bool(self.flags) or any(node.function in REDUCTIONS for node in calls)

    def insert(self, graph: Graph, each: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
        """Insert the assignments into a graph, for every parameter.

        ``each`` has by parameter a node for every given name, hyperparameter and state; the result also has
        one for every assigned name, with its value after the last line.
        """
        return self.insert_lines(graph, each, {}, self.assignments)

    def insert_lines(
        self,
        graph: Graph,
        each: Mapping[str, Mapping[str, int]],
        shared: Mapping[str, int],
        lines: Sequence[tuple[str, Node]],
    ) -> dict[str, dict[str, int]]:
        """Insert lines in place of the rule's own, such as those in which every value has a name of its own.

        ``shared`` has the nodes that all parameters have in common.
        """
        nodes = {
            key: {**shared, **names, **{f"{IS}{flag}": graph.number(float(flag == key)) for flag in self.flags}}
            for key, names in each.items()
        }
        for name, expression in lines:
            everywhere = list(nodes.values())
            new = {key: graph.insert(expression, names, everywhere) for key, names in nodes.items()}
            for key, node in new.items():
                nodes[key][name] = node
        return nodes

    def apply(self, t: int, theta: Any, g: Any, states: tuple[Any, ...], hyper: tuple[Any, ...]) -> tuple[Any, ...]:
        """One update of a lone parameter: ``(step, *new states)``, in the order of `states`.

        All floats give floats; as soon as one is an array all of it is NumPy, and everything has
        the shape that the arrays broadcast to. Neither warns nor raises: overflow and division by
        zero give inf and nan.
        """
        return self._run(("",), float(t), (theta, g, *states), hyper)

    def apply_to_all(
        self, t: int, each: Mapping[str, tuple[Any, ...]], hyper: tuple[Any, ...]
    ) -> dict[str, tuple[Any, ...]]:
        """One update of all parameters: from ``(theta, g, *states)`` of each to what `apply` returns."""
        keys, count = tuple(each), 1 + len(self.states)
        found = self._run(keys, float(t), tuple(value for key in keys for value in each[key]), hyper)
        return {key: found[index * count : (index + 1) * count] for index, key in enumerate(keys)}

    def _run(self, keys: tuple[str, ...], t: float, values: tuple[Any, ...], hyper: tuple[Any, ...]) -> tuple[Any, ...]:
        function, on_lanes = _compiled(self, keys)
        if all(type(value) is float for value in (*values, *hyper)):
            try:
                return function(t, *values, *hyper)  # type: ignore[no-any-return]
            except FLOAT_ERRORS:
                with np.errstate(all="ignore"):
                    numbers = (np.float64(value) for value in (t, *values, *hyper))
                    return tuple(float(value) for value in on_lanes(*numbers))
        with np.errstate(all="ignore"):
            return on_lanes(t, *values, *hyper)  # type: ignore[no-any-return]


@lru_cache(maxsize=256)
def parse_rule(text: str) -> Rule:
    """Make a `Rule` from text; lines are parted by line ends or by ``;``, ``#`` begins a comment up to the line's end.

    Raises
    ------
    InputError
        Names the line and what is allowed.
    """
    written = [part.strip() for line in text.splitlines() for part in line.split("#")[0].split(";")]
    lines = [line for line in written if line]
    if len(lines) > MAX_LINES:
        raise InputError(f"the rule has {len(lines)} lines; at most {MAX_LINES} are allowed")
    assignments: list[tuple[str, Node]] = []
    for number, line in enumerate(written, start=1):
        try:
            assignments += [_assignment(line)] if line else []
        except InputError as error:
            raise RuleError(str(error), number, getattr(error, "column", None)) from None
    assigned = [name for name, _ in assignments]
    if "step" not in assigned:
        raise InputError("the rule never assigns step, what is added to theta; end it for example with step = -lr*g")
    read_first: list[str] = []  # in order of appearance
    known: set[str] = {"theta", "g", "t", *CONSTANTS}
    for name, expression in assignments:
        for node in walk(expression):
            is_flag = isinstance(node, Name) and node.id.startswith(IS) and node.id not in assigned
            if isinstance(node, Name) and node.id not in known and node.id not in read_first and not is_flag:
                read_first.append(node.id)
        known.add(name)
    for number, line in enumerate(written, start=1):
        _refuse_unseen(line, number, set(assigned))
    return Rule(
        assignments=tuple(assignments),
        text="\n".join(lines),
        hyperparameters=tuple(name for name in read_first if name not in assigned),
        states=tuple(name for name in read_first if name in assigned),
    )


def _refuse_unseen(line: str, number: int, assigned: set[str]) -> None:
    """Refuse a name that looks as if a rule saw more than one coordinate; as a hyperparameter it would be 0.5."""
    expression = line.partition("=")[2]
    for node in walk(parse(expression, rule=True)) if line else ():
        if isinstance(node, Name) and node.id in UNSEEN and node.id not in assigned:
            column = node.column + len(line) - len(expression)
            raise RuleError(f"{node.id} is not known: {UNSEEN[node.id]} (column {column})", number, column)


def _assignment(line: str) -> tuple[str, Node]:
    name, equals, expression = line.partition("=")
    name = name.strip()
    if not equals or expression.startswith("="):
        raise InputError(f"{line!r} assigns nothing; write name = expression")
    if name[-1:] in _AUGMENTED:
        plain = name[:-1].rstrip("*/ ")
        sign = name[len(plain) :].strip()
        value = expression.strip()
        value = value if sign == "+" or not set(value) & set("+-*/") else f"({value})"
        raise InputError(f"write {plain} = {plain} {sign} {value}; there is no {sign}=")
    if keyword.iskeyword(name):
        raise InputError(f"{name!r} cannot be assigned, it is a word of Python; choose another name")
    if not name.isidentifier() or not name.isascii() or name.startswith("_"):
        raise InputError(f"{name!r} cannot be assigned; a name has letters, digits and _ and begins with a letter")
    if name in _TAKEN:
        raise InputError(f"{name} has a meaning of its own and cannot be assigned; choose another name")
    offset = len(line) - len(expression)
    try:
        tree = parse(expression, rule=True)
    except FormulaError as error:
        message = str(error).removesuffix(f" (column {error.column})")
        raise FormulaError(message, error.column + offset) from None
    for node in walk(tree):
        if isinstance(node, Name) and (keyword.iskeyword(node.id) or node.id in _TAKEN - {*GIVEN, *CONSTANTS}):
            raise FormulaError(f"{node.id} cannot be the name of a number; choose another", node.column + offset)
    return name, tree


@lru_cache(maxsize=256)
def _compiled(rule: Rule, keys: tuple[str, ...]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The update on floats and on arrays: t, of every parameter theta, g and states, hyper -> of each step, states."""
    graph = Graph(has_arrays=True)
    shared = {"t": "t"} | {name: f"h_{name}" for name in rule.hyperparameters}
    own = [
        {name: f"{name}_{index}" for name in ("theta", "g")} | {name: f"s_{name}_{index}" for name in rule.states}
        for index in range(len(keys))
    ]
    nodes = rule.insert(
        graph,
        {
            key: {name: graph.input(argument) for name, argument in (shared | names).items()}
            for key, names in zip(keys, own, strict=True)
        },
    )
    roots = [nodes[key][name] for key in keys for name in ("step", *rule.states)]
    arguments = ["t", *(name for names in own for name in names.values()), *list(shared.values())[1:]]

    def write(*, on_floats: bool) -> list[str]:
        lines, values = graph.lines(roots, on_floats=on_floats)
        head = f"def update({', '.join(arguments)}):"
        return [head, *(f"    {line}" for line in lines.get(0, ())), f"    return {', '.join(values)},"]

    return (
        define("update", write(on_floats=True), ON_FLOATS),
        define("update", write(on_floats=False), ON_LANES),
    )
