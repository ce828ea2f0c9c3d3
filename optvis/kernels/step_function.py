"""A `StepGraph` as Python functions of numbers or of arrays, with the bits that machine code gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from optvis.kernels.step_graph import StepGraph
from optvis.language.codegen import ON_LANES, define


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
        _function(step, "first_powers", step.hyper, step.first_powers),
        _function(step, "step", ["t", "h", *step.hyper, *step.power_names, *point], step.roots),
    )


def _function(step: StepGraph, name: str, arguments: Any, roots: Any) -> Callable[..., tuple[Any, ...]]:
    lines, values = step.graph.lines(roots, on_floats=False)
    source = [
        f"def {name}({', '.join(arguments)}):",
        *(f"    {line}" for level in sorted(lines) for line in lines[level]),
        f"    return ({''.join(f'{value}, ' for value in values)})",
    ]
    return define(name, source, ON_LANES)
