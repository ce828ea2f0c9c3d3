"""Powers such as ``beta1**t`` that are carried from one update to the next as a running product.

A product is faster than a power and differs from it in the last bits, so all that carries lanes carries it:
machine code, the loop of one lane and NumPy give the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from optvis.language.codegen import Graph

CONSTANT, EVERY_STEP, EVERY_POINT = 0, 1, 2
"""Levels of a step's nodes: by hyperparameters alone, by the number of the update, by the position."""


class RunningPower(NamedTuple):
    """Nodes of a power: its value at the first update, and what every update multiplies it by."""

    first: int
    ratio: int


def running_powers(graph: Graph, roots: Sequence[int]) -> dict[int, RunningPower]:
    """Return the nodes of such powers that the roots depend on.

    Exponents are t, or t and a positive number, so that a power that has vanished or overflowed at first
    need never come back; a multiple of them only over a positive base, for which every part of a
    power is real.
    """
    t = graph.input("t", EVERY_STEP)
    found = {}
    for node in graph.reachable(roots):
        gain = _gain(graph, node)
        if gain is not None:
            base, exponent = graph.node(node)[1]
            (at_first,) = graph.replaced([exponent], {t: graph.number(1.0)})
            found[node] = RunningPower(graph.apply("power", base, at_first), graph.apply("power", base, gain))
    return found


def _gain(graph: Graph, node: int) -> int | None:
    """What the exponent of such a power gains in one update; None for any other node."""
    op, args = graph.node(node)
    if op != "power" or graph.level(args[0]) != CONSTANT or graph.level(args[1]) != EVERY_STEP:
        return None
    base, exponent = args
    if _is_number_of_update(graph, exponent):
        return graph.number(1.0)
    op, parts = graph.node(exponent)
    if op not in ("mul", "div") or not _literal(graph, base) > 0.0:
        return None
    changing, factor = parts if op == "div" or graph.level(parts[1]) == CONSTANT else parts[::-1]
    if graph.level(factor) != CONSTANT or not _is_number_of_update(graph, changing):
        return None
    return graph.apply(op, graph.number(1.0), factor)


def _is_number_of_update(graph: Graph, node: int) -> bool:
    """Whether an expression is t, or t plus a number that is not negative."""
    op, args = graph.node(node)
    if op == "input":
        return graph.leaf(node) == "t"
    return op == "add" and any(
        _is_number_of_update(graph, one) and _literal(graph, other, -1.0) >= 0.0 for one, other in (args, args[::-1])
    )


def _literal(graph: Graph, node: int, otherwise: float = math.nan) -> float:
    """The value of a number that stands in the text."""
    return float(graph.leaf(node)) if graph.node(node)[0] == "number" else otherwise
