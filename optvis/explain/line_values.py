"""The values of a rule's lines at one update, with the bits that the run had."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from optvis.kernels.running_powers import CONSTANT, EVERY_POINT, EVERY_STEP, running_powers
from optvis.kernels.step_function import graph_function
from optvis.language.codegen import Graph
from optvis.language.rule import Rule
from optvis.language.rule_analysis import structure


class LineValues:
    """Computes every line of a rule as what carries runs does: powers such as ``beta1**t`` as running products."""

    def __init__(self, rule: Rule) -> None:
        graph, hyper = Graph(), list(rule.hyperparameters)
        nodes = {name: graph.input(f"a_{name}", CONSTANT) for name in hyper}
        nodes |= {name: graph.input(f"a_{name}", EVERY_POINT) for name in ("theta", "g", *rule.states)}
        nodes["t"] = graph.input("t", EVERY_STEP)
        given = list(nodes)
        for name, tree in structure(rule).lines:
            nodes[name] = graph.insert(tree, nodes)
        self._hyper, self._given = hyper, given
        self._names = [name for name in nodes if name not in given]
        ends = [nodes[name] for name in self._names]
        powers = running_powers(graph, ends)
        carried = {node: graph.input(f"p_{k}", EVERY_STEP) for k, node in enumerate(powers)}
        arguments = [graph.leaf(node) for node in (*(nodes[name] for name in given), *carried.values())]
        self._lines = graph_function(graph, arguments, graph.replaced(ends, carried))
        both = [node for power in powers.values() for node in power]
        self._powers = graph_function(graph, [f"a_{name}" for name in hyper], both)

    def at(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Return the value of every line from those of theta, g, t, states and hyperparameters."""
        with np.errstate(all="ignore"):
            firsts_and_ratios = self._powers(*(np.float64(known[name]) for name in self._hyper))
            pairs = zip(firsts_and_ratios[::2], firsts_and_ratios[1::2], strict=True)
            powers = [_after(float(first), float(ratio), int(known["t"]) - 1) for first, ratio in pairs]
            given = (np.asarray(known[name], dtype=float)[()] for name in self._given)
            values = self._lines(*given, *map(np.float64, powers))
        return dict(zip(self._names, values, strict=True))


@lru_cache(maxsize=256)
def _after(first: float, ratio: float, times: int) -> float:
    """A number multiplied so many times, one time after the other."""
    with np.errstate(all="ignore"):
        return float(np.multiply.accumulate(np.concatenate([[first], np.full(times, ratio)]))[-1])


@lru_cache(maxsize=256)
def line_values(rule: Rule) -> LineValues:
    """Return what computes the lines of a rule."""
    return LineValues(rule)
