"""A little algebra on expressions: values, factors, summands, signs and degrees."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from optvis.language.codegen import FLOAT_ERRORS, ON_ARRAYS, ON_FLOATS, Graph, define
from optvis.language.expression import CONSTANTS, Binary, Call, Name, Node, Unary, walk


def evaluate(tree: Node, values: Mapping[str, Any]) -> Any:
    """Evaluate an expression with numbers or arrays for its names, as the compiled rules do.

    What goes over all parameters, such as ``norm``, goes over this one alone.

    Floats give a float; inf and nan are as NumPy has them. Never warns.
    """
    names, on_floats, on_arrays = _functions(tree)
    arguments = [values[name] for name in names]
    if all(type(value) is float for value in arguments):
        try:
            return float(on_floats(*arguments))
        except FLOAT_ERRORS:
            with np.errstate(all="ignore"):
                return float(on_arrays(*(np.float64(value) for value in arguments)))
    with np.errstate(all="ignore"):
        return on_arrays(*arguments)


@lru_cache(maxsize=2048)
def _functions(tree: Node) -> tuple[tuple[str, ...], Any, Any]:
    names = tuple(dict.fromkeys(node.id for node in walk(tree) if isinstance(node, Name) and node.id not in CONSTANTS))
    graph = Graph()
    root = graph.insert(tree, {name: graph.input(f"a{index}") for index, name in enumerate(names)})
    head = f"def value({', '.join(f'a{index}' for index in range(len(names)))}):"

    def made(functions: Mapping[str, Any]) -> Any:
        lines, (text,) = graph.lines([root], on_floats=functions is ON_FLOATS)
        return define("value", [head, *(f"    {line}" for line in lines.get(0, ())), f"    return {text}"], functions)

    return names, made(ON_FLOATS), made(ON_ARRAYS)


def factors(tree: Node) -> tuple[list[Node], list[Node]]:
    """Return the numerators and the denominators of a product, without signs."""
    match tree:
        case Unary(operand):
            return factors(operand)
        case Binary("*", left, right):
            over, under = factors(left)
            more_over, more_under = factors(right)
            return over + more_over, under + more_under
        case Binary("/", left, right):
            over, under = factors(left)
            more_under, more_over = factors(right)
            return over + more_over, under + more_under
    return [tree], []


def summands(tree: Node) -> list[Node]:
    """Return the terms of a sum; what is subtracted gets a minus sign."""
    match tree:
        case Binary("+" | "-" as op, left, right):
            first, second = summands(left), summands(right)
            return first + ([negative(part) for part in second] if op == "-" else second)
        case Unary(Binary("+" | "-") as operand):
            return [negative(part) for part in summands(operand)]
    return [tree]


def renamed(tree: Node, now: Mapping[str, str]) -> Node:
    """Return an expression with some names replaced."""
    match tree:
        case Name(name):
            return Name(now.get(name, name))
        case Unary(operand):
            return Unary(renamed(operand, now))
        case Binary(op, left, right):
            return Binary(op, renamed(left, now), renamed(right, now))
        case Call(function, arguments):
            return Call(function, tuple(renamed(argument, now) for argument in arguments))
    return tree


def names_in(tree: Node) -> frozenset[str]:
    """Return the names in an expression."""
    return frozenset(node.id for node in walk(tree) if isinstance(node, Name))


def negative(tree: Node) -> Node:
    """Return minus an expression, the sign in front of its first factor as people write it."""
    match tree:
        case Unary(operand):
            return operand
        case Binary("*" | "/" as op, left, right):
            return Binary(op, negative(left), right)
    return Unary(tree)


def product(one: Node, other: Node) -> Node:
    """Return the product of two expressions; two minus signs cancel."""
    if _is_negative(one) and _is_negative(other):
        one, other = negative(one), negative(other)
    return Binary("*", one, other)


def _is_negative(tree: Node) -> bool:
    while isinstance(tree, Binary) and tree.op in "*/":
        tree = tree.left
    return isinstance(tree, Unary)


def degree(tree: Node, degrees: Mapping[str, int | None]) -> int | None:
    """0: does not depend on the names of degree 1; 1: a sum of products with one of them; None: anything else."""
    match tree:
        case Name(name):
            return degrees.get(name, 0)
        case Unary(operand):
            return degree(operand, degrees)
        case Binary(op, left, right):
            first, second = degree(left, degrees), degree(right, degrees)
            if first is None or second is None:
                return None
            if op in "+-":
                return max(first, second)
            if op == "*":
                return first + second if first + second < 2 else None
            if op == "/":
                return first if second == 0 else None
            return 0 if first == second == 0 else None
        case Call("where", (condition, first_branch, second_branch)):
            if degree(condition, degrees) != 0:
                return None
            first, second = degree(first_branch, degrees), degree(second_branch, degrees)
            return None if first is None or second is None else max(first, second)
        case Call(_, arguments):
            return 0 if all(degree(argument, degrees) == 0 for argument in arguments) else None
    return 0
