"""Powers such as ``beta1**t`` that are carried from one update to the next as a running product."""

from __future__ import annotations

import math

from optvis.kernels.step_graph import CONSTANT, EVERY_STEP, StepGraph
from optvis.language.codegen import Graph


def running_powers(step: StepGraph) -> dict[int, int]:
    """Return the nodes of such powers, each with the node of what its exponent gains in one update.

    Exponents are t, or t and a positive number, so that a power that has vanished or overflowed at first
    need never come back; a multiple of them only over a positive base, for which every part of a
    power is real.
    """
    graph = step.graph
    return {node: gain for node in graph.reachable(step.roots) if (gain := _gain(graph, node)) is not None}


def _gain(graph: Graph, node: int) -> int | None:
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
