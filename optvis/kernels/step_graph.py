"""One step of a rule on a formula as a graph of operations: loss, gradient, new position, new state.

Everything that is compiled for a formula and a rule begins here: the Python loop of one lane
(`optvis.kernels.python_loop`) and the machine code of many (`optvis.kernels.llvm_writer`).
"""

from __future__ import annotations

from dataclasses import dataclass

from optvis.language.codegen import Graph
from optvis.language.formula import Formula
from optvis.language.rule import Rule
from optvis.problems.gradient import SchemeKind

CONSTANT, EVERY_STEP, EVERY_POINT = 0, 1, 2
"""Levels of the graph's nodes: by hyperparameters alone, by the number of the update, by the position."""


@dataclass(frozen=True, eq=False)
class StepGraph:
    """The operations of one step, and the nodes at which they begin and end.

    Attributes
    ----------
    hyper
        Inputs: the rule's hyperparameters, called ``h_lr`` and so on; ``h`` and ``t`` are inputs too.
    state_names
        Inputs: ``s_m_x``, ``s_m_y``, … of every state in turn; ``x`` and ``y`` are inputs too.
    loss, grad
        At the position before the step.
    after
        The position x, y after the step and then the new states, in the order of ``state_names``.
    """

    graph: Graph
    hyper: tuple[str, ...]
    state_names: tuple[str, ...]
    loss: int
    grad: tuple[int, int]
    after: tuple[int, ...]

    @property
    def roots(self) -> list[int]:
        """The nodes that have to be computed."""
        return [self.loss, *self.grad, *self.after]

    @property
    def listing(self) -> str:
        """All of it as text: equal graphs have equal listings."""
        ends = (self.hyper, self.state_names, self.loss, self.grad, self.after)
        return f"{self.graph.listing(self.roots)}\n{ends}"


def step_graph(formula: Formula, rule: Rule, kind: SchemeKind) -> StepGraph | None:
    """Make the graph of a formula, a rule and a gradient scheme; None for complex-step, which floats cannot do."""
    if kind == "complex-step":
        return None
    graph = Graph()
    x, y = graph.input("x", EVERY_POINT), graph.input("y", EVERY_POINT)
    h, twice = graph.input("h"), graph.apply("mul", graph.number(2.0), graph.input("h"))

    def loss_at(x_node: int, y_node: int) -> int:
        return graph.insert(formula.tree, {"x": x_node, "y": y_node})

    def slope(ahead: int, behind: int) -> int:
        return graph.apply("div", graph.apply("sub", ahead, behind), twice if kind == "central" else h)

    loss = loss_at(x, y)
    back_x, back_y = loss, loss
    if kind == "central":
        back_x, back_y = loss_at(graph.apply("sub", x, h), y), loss_at(x, graph.apply("sub", y, h))
    grad_x = slope(loss_at(graph.apply("add", x, h), y), back_x)
    grad_y = slope(loss_at(x, graph.apply("add", y, h)), back_y)

    shared = {name: graph.input(f"h_{name}", CONSTANT) for name in rule.hyperparameters}
    shared["t"] = graph.input("t", EVERY_STEP)
    new = {}
    for key, theta, g in (("x", x, grad_x), ("y", y, grad_y)):
        states = {name: graph.input(f"s_{name}_{key}", EVERY_POINT) for name in rule.states}
        new[key] = rule.insert(graph, shared | states | {"theta": theta, "g": g})
    moved = (graph.apply("add", x, new["x"]["step"]), graph.apply("add", y, new["y"]["step"]))
    pairs = [(name, key) for name in rule.states for key in ("x", "y")]
    return StepGraph(
        graph=graph,
        hyper=tuple(f"h_{name}" for name in rule.hyperparameters),
        state_names=tuple(f"s_{name}_{key}" for name, key in pairs),
        loss=loss,
        grad=(grad_x, grad_y),
        after=(*moved, *(new[key][name] for name, key in pairs)),
    )
