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

    def __init__(self, rule: Rule, keys: tuple[str, ...]) -> None:
        graph, hyper = Graph(has_arrays=True), list(rule.hyperparameters)
        shared = {name: graph.input(f"a_{name}", CONSTANT) for name in hyper}
        shared["t"] = graph.input("t", EVERY_STEP)
        self._own = ["theta", "g", *rule.states]
        each = {
            key: {name: graph.input(f"a_{name}_{index}", EVERY_POINT) for name in self._own}
            for index, key in enumerate(keys)
        }
        given = [*shared.values(), *(node for own in each.values() for node in own.values())]
        lines, values = structure(rule).lines, rule.insert_lines(graph, each, shared, structure(rule).lines)
        self._hyper, self._keys, self._shared = hyper, keys, list(shared)
        self._names = [name for name, _ in lines]
        ends = [values[key][name] for key in keys for name in self._names]
        powers = running_powers(graph, ends)
        carried = {node: graph.input(f"p_{k}", EVERY_STEP) for k, node in enumerate(powers)}
        arguments = [graph.leaf(node) for node in (*given, *carried.values())]
        self._lines = graph_function(graph, arguments, graph.replaced(ends, carried))
        both = [node for power in powers.values() for node in power]
        self._powers = graph_function(graph, [f"a_{name}" for name in hyper], both)

    def at(self, each: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return by parameter the value of every line from those of theta, g, t, states and hyperparameters."""
        known = next(iter(each.values()))
        with np.errstate(all="ignore"):
            firsts_and_ratios = self._powers(*(np.float64(known[name]) for name in self._hyper))
            pairs = zip(firsts_and_ratios[::2], firsts_and_ratios[1::2], strict=True)
            powers = [_after(float(first), float(ratio), int(known["t"]) - 1) for first, ratio in pairs]
            given = [known[name] for name in self._shared]
            given += [each[key][name] for key in self._keys for name in self._own]
            values = self._lines(*(np.asarray(value, dtype=float)[()] for value in given), *map(np.float64, powers))
        count = len(self._names)
        return {
            key: dict(zip(self._names, values[index * count : (index + 1) * count], strict=True))
            for index, key in enumerate(self._keys)
        }


@lru_cache(maxsize=256)
def _after(first: float, ratio: float, times: int) -> float:
    """A number multiplied so many times, one time after the other."""
    with np.errstate(all="ignore"):
        return float(np.multiply.accumulate(np.concatenate([[first], np.full(times, ratio)]))[-1])


@lru_cache(maxsize=256)
def line_values(rule: Rule, keys: tuple[str, ...]) -> LineValues:
    """Return what computes the lines of a rule for some parameters together."""
    return LineValues(rule, keys)
