"""One lane, fast: a Python loop generated for a formula, a rule and a gradient scheme.

Everything is inlined on plain floats; what the evaluations of the formula share is computed once
per step, what depends on hyperparameters alone once per loop. Where the functions of `math` raise,
the step is done again by `numerical_gradient` and `Rule.apply`, which give NumPy's inf and nan.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optvis.kernels.step_graph import CONSTANT, EVERY_POINT, EVERY_STEP, step_graph
from optvis.language.codegen import FLOAT_ERRORS, ON_FLOATS, define
from optvis.language.formula import Formula
from optvis.language.rule import Rule
from optvis.problems.gradient import Scheme, SchemeKind, numerical_gradient

Values = tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Loop:
    """A Python loop for a formula and a rule. A row is ``x, y, loss, grad_x, grad_y`` and x and y of every state."""

    formula: Formula
    rule: Rule
    kind: SchemeKind
    _function: Callable[..., tuple[int, bool, Values]]

    @property
    def state_count(self) -> int:
        """Numbers of inner state: two for every state of the rule."""
        return 2 * len(self.rule.states)

    @property
    def width(self) -> int:
        """Numbers in a row."""
        return 5 + self.state_count

    def advance(
        self,
        rows: NDArray[np.float64],
        row: int,
        stop: int,
        values: Values,
        hyper: Sequence[float],
        h: float,
        limits: tuple[float, float, float, float],
    ) -> tuple[int, bool, Values]:
        """Fill ``rows[row:stop]``.

        ``values`` are x, y and the states at ``row``. Returns the first row not filled, whether the
        last one filled is out of range (then there is nothing more to do), and the values there.
        """
        pack = struct.Struct(f"{self.width}d").pack_into
        while row < stop:
            row, left, values = self._function(pack, rows.data, row, stop, *values, *hyper, h, *limits)
            if left or row == stop:
                return row, left, values
            # Row by row where a float operation raises; the next slice tries the fast way again.
            left, values = self._careful_row(rows, row, values, tuple(hyper), h, limits)
            row += 1
            if left:
                return row, True, values
        return row, False, values

    def _careful_row(
        self,
        rows: NDArray[np.float64],
        row: int,
        values: Values,
        hyper: Values,
        h: float,
        limits: tuple[float, float, float, float],
    ) -> tuple[bool, Values]:
        x, y, *states = values
        loss = self.formula.scalar(x, y)
        grad = numerical_gradient(lambda p: self.formula(p["x"], p["y"]), {"x": x, "y": y}, scheme=Scheme(self.kind, h))
        rows[row] = (x, y, loss, grad["x"], grad["y"], *states)
        low_x, high_x, low_y, high_y = limits
        if not (low_x < x < high_x and low_y < y < high_y and np.isfinite(loss)):
            return True, values
        step_x, *new_x = self.rule.apply(row + 1, x, grad["x"], tuple(states[0::2]), hyper)
        step_y, *new_y = self.rule.apply(row + 1, y, grad["y"], tuple(states[1::2]), hyper)
        pairs = (value for pair in zip(new_x, new_y, strict=True) for value in pair)
        return False, (x + step_x, y + step_y, *pairs)


@lru_cache(maxsize=128)
def compiled_loop(formula: Formula, rule: Rule, kind: SchemeKind) -> Loop | None:
    """Return the loop of a formula, a rule and a gradient scheme; None for complex-step, which floats cannot do."""
    step = step_graph(formula, rule, kind)
    if step is None:
        return None
    lines, values = step.graph.lines(step.roots, on_floats=True)
    point = ", ".join(["x", "y", *step.state_names])
    stride = 8 * (5 + len(step.state_names))
    source = [
        f"def loop(pack, buffer, row, stop, {point}, "
        f"{''.join(f'{name}, ' for name in step.hyper)}h, low_x, high_x, low_y, high_y):",
        "    try:",
        *(f"        {line}" for line in lines.get(CONSTANT, ())),
        "        for row in range(row, stop):",
        "            t = row + 1.0",
        *(f"            {line}" for level in (EVERY_STEP, EVERY_POINT) for line in lines.get(level, ())),
        f"            loss = {values[0]}",
        f"            pack(buffer, row*{stride}, x, y, loss, {', '.join([*values[1:3], *step.state_names])})",
        "            if not (low_x < x < high_x and low_y < y < high_y and loss - loss == 0.0):",
        f"                return row + 1, True, ({point})",
        f"            {point} = {', '.join(values[3:])}",
        "    except FLOAT_ERRORS:",
        f"        return row, False, ({point})",
        f"    return stop, False, ({point})",
    ]
    return Loop(formula, rule, kind, define("loop", source, ON_FLOATS | {"FLOAT_ERRORS": FLOAT_ERRORS}))
