"""One lane, fast: a Python loop generated for a formula, a rule and a gradient scheme.

Everything is inlined on plain floats; what the evaluations of the formula share is computed once
per step, what depends on hyperparameters alone once per loop. Where the functions of `math` raise,
the step is done again by `optvis.kernels.step_function`, which gives NumPy's inf and nan.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optvis.kernels.lane_layout import RECORDED
from optvis.kernels.running_powers import CONSTANT, EVERY_POINT, EVERY_STEP
from optvis.kernels.step_function import StepFunctions, step_functions
from optvis.kernels.step_graph import StepGraph, step_graph
from optvis.language.codegen import FLOAT_ERRORS, ON_FLOATS, define
from optvis.language.formula import Formula
from optvis.language.rule import Rule
from optvis.problems.gradient import SchemeKind

Values = tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Loop:
    """A Python loop for a formula and a rule. A row is ``x, y, loss, grad_x, grad_y`` and x and y of every state."""

    step: StepGraph
    _function: Callable[..., tuple[int, bool, Values]]
    _careful: StepFunctions

    @property
    def width(self) -> int:
        """Numbers in a row."""
        return len(RECORDED) + len(self.step.state_names)

    def at_start(self, x: float, y: float, hyper: Sequence[float]) -> Values:
        """Return the values at row 0."""
        with np.errstate(all="ignore"):
            powers = self._careful.first_powers(*map(np.float64, hyper))
        return (x, y, *([0.0] * len(self.step.state_names)), *map(float, powers))

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

        ``values`` are x, y, the states and the carried powers at ``row``. Returns the first row not filled, whether the
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
        count = 2 + len(self.step.state_names)
        x, y, *states = values[:count]
        numbers = map(np.float64, (row + 1.0, h, *hyper, *values[count:], *values[:count]))
        with np.errstate(all="ignore"):
            loss, grad_x, grad_y, *after = map(float, self._careful.step(*numbers))
        rows[row] = (x, y, loss, grad_x, grad_y, *states)
        low_x, high_x, low_y, high_y = limits
        if not (low_x < x < high_x and low_y < y < high_y and np.isfinite(loss)):
            return True, values
        return False, tuple(after)


@lru_cache(maxsize=128)
def compiled_loop(formula: Formula, rule: Rule, kind: SchemeKind) -> Loop | None:
    """Return the loop of a formula, a rule and a gradient scheme; None for complex-step, which floats cannot do."""
    step = step_graph(formula, rule, kind)
    if step is None:
        return None
    lines, values = step.graph.lines(step.roots, on_floats=True)
    point = ", ".join(["x", "y", *step.state_names, *step.power_names])
    stride = 8 * (len(RECORDED) + len(step.state_names))
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
    function = define("loop", source, ON_FLOATS | {"FLOAT_ERRORS": FLOAT_ERRORS})
    return Loop(step, function, step_functions(step))
