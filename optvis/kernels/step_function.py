"""A `StepGraph` as Python functions of numbers or of arrays, with the bits that machine code gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from optvis.kernels.step_graph import StepGraph
from optvis.language.codegen import ON_LANES, Graph, define


class StepFunctions(NamedTuple):
    """The first powers, and one step; both want NumPy's numbers or arrays, and its warnings silenced.

    Attributes
    ----------
    first_powers
        ``(*hyper) -> powers``.
    step
        ``(t, h, *hyper, *powers, x, y, *states) -> (loss, grad_x, grad_y, x, y, *states, *powers)``, where t is
        the number of the update.
    """

    first_powers: Callable[..., tuple[Any, ...]]
    step: Callable[..., tuple[Any, ...]]


def step_functions(step: StepGraph) -> StepFunctions:
    """Write and compile the functions of a graph."""
    point = ["x", "y", *step.state_names]
    return StepFunctions(
        graph_function(step.graph, step.hyper, step.first_powers),
        graph_function(step.graph, ["t", "h", *step.hyper, *step.power_names, *point], step.roots),
    )


def graph_function(graph: Graph, arguments: Sequence[str], roots: Sequence[int]) -> Callable[..., tuple[Any, ...]]:
    """Make of a graph the function of its inputs that returns some of its nodes."""
    lines, values = graph.lines(roots, on_floats=False)
    source = [
        f"def values({', '.join(arguments)}):",
        *(f"    {line}" for level in sorted(lines) for line in lines[level]),
        f"    return ({''.join(f'{value}, ' for value in values)})",
    ]
    return define("values", source, ON_LANES)
