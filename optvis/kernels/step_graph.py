"""One step of a rule on a formula as a graph of operations: loss, gradient, new position, new state.

All that carries lanes of a formula and a rule begins here, and so gives the same numbers: the Python loop of one
lane (`optvis.kernels.python_loop`), NumPy (`optvis.kernels.plain_kernel`), machine code
(`optvis.kernels.llvm_writer`).
"""

from __future__ import annotations

from dataclasses import dataclass

from optvis.kernels.running_powers import CONSTANT, EVERY_POINT, EVERY_STEP, running_powers
from optvis.language.codegen import Graph
from optvis.language.formula import Formula
from optvis.language.rule import Rule
from optvis.problems.gradient import SchemeKind


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
    power_names
        Inputs: powers such as ``beta1**t``, that an update leaves multiplied by their ratio.
    first_powers, next_powers
        The powers at the first update, by hyperparameters alone, and those of the update after this one.
    """

    graph: Graph
    hyper: tuple[str, ...]
    state_names: tuple[str, ...]
    loss: int
    grad: tuple[int, int]
    after: tuple[int, ...]
    power_names: tuple[str, ...]
    first_powers: tuple[int, ...]
    next_powers: tuple[int, ...]

    @property
    def roots(self) -> list[int]:
        """The nodes that have to be computed in every row."""
        return [self.loss, *self.grad, *self.after, *self.next_powers]

    @property
    def listing(self) -> str:
        """All of it as text: equal graphs have equal listings."""
        ends = (self.hyper, self.state_names, self.loss, self.grad, self.after)
        powers = (self.power_names, self.first_powers, self.next_powers)
        return f"{self.graph.listing([*self.roots, *self.first_powers])}\n{ends}\n{powers}"


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
    each = {}
    keys = dict(zip(("x", "y"), formula.names, strict=True))  # what the rule knows the two axes by
    for axis, theta, g in (("x", x, grad_x), ("y", y, grad_y)):
        states = {name: graph.input(f"s_{name}_{axis}", EVERY_POINT) for name in rule.states}
        each[keys[axis]] = shared | states | {"theta": theta, "g": g}
    new = rule.insert(graph, each)
    pairs = [(name, axis) for name in rule.states for axis in ("x", "y")]
    after = [graph.apply("add", theta, new[keys[axis]]["step"]) for axis, theta in (("x", x), ("y", y))]
    after += [new[keys[axis]][name] for name, axis in pairs]
    powers = running_powers(graph, after)
    carried = {node: graph.input(f"p_{k}", EVERY_STEP) for k, node in enumerate(powers)}
    return StepGraph(
        graph=graph,
        hyper=tuple(f"h_{name}" for name in rule.hyperparameters),
        state_names=tuple(f"s_{name}_{axis}" for name, axis in pairs),
        loss=loss,
        grad=(grad_x, grad_y),
        after=tuple(graph.replaced(after, carried)),
        power_names=tuple(graph.leaf(now) for now in carried.values()),
        first_powers=tuple(power.first for power in powers.values()),
        next_powers=tuple(graph.apply("mul", now, powers[node].ratio) for node, now in carried.items()),
    )
