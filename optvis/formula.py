"""Two-variable losses written as text: ``x**2/20 + y**2``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.codegen import FLOAT_ERRORS, NOT_ANALYTIC, ON_ARRAYS, ON_COMPLEX, ON_FLOATS, Graph, define
from optvis.errors import InputError
from optvis.expression import Binary, Call, Name, Node, Number, Unary, parse, walk

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Formula:
    """A checked formula in ``x`` and ``y`` and the functions made from it, compiled on first use.

    Attributes
    ----------
    text
        As it was written, without the white space around it.
    tree
        The checked syntax tree; two formulas are equal when their trees are.
    """

    tree: Node
    text: str = field(compare=False)

    @cached_property
    def display(self) -> str:
        """For people: ``x²/20 + y²``."""
        return display(self.tree)

    @cached_property
    def not_analytic(self) -> tuple[str, ...]:
        """The functions in it that complex-step cannot differentiate, such as ``abs``."""
        calls = {node.function for node in walk(self.tree) if isinstance(node, Call)}
        return tuple(name for name in NOT_ANALYTIC if name in calls)

    @cached_property
    def scalar(self) -> Callable[[float, float], float]:
        """From two floats to a float, with the functions of `math`; inf and nan as NumPy has them."""
        fast, on_arrays = self._defined(ON_FLOATS), self._on_arrays

        def scalar(x: float, y: float) -> float:
            try:
                return fast(x, y)  # type: ignore[no-any-return]
            except FLOAT_ERRORS:
                with np.errstate(all="ignore"):
                    return float(on_arrays(np.float64(x), np.float64(y)))

        return scalar

    def vector(self, x: Any, y: Any) -> Any:
        """Evaluate on arrays of equal or broadcastable shape; never warns.

        Complex arrays are for complex-step gradients.

        Raises
        ------
        InputError
            For complex arrays when the formula has a function that is not analytic.
        """
        x, y = np.asarray(x), np.asarray(y)
        function = self._on_arrays
        if np.iscomplexobj(x) or np.iscomplexobj(y):
            if self.not_analytic:
                raise InputError(
                    f"complex-step cannot differentiate {' and '.join(self.not_analytic)} in {self.text}; "
                    "choose the gradient central or forward"
                )
            function = self._on_complex
        with np.errstate(all="ignore"):
            value = function(x, y)
        shape = np.broadcast_shapes(x.shape, y.shape)
        if np.shape(value) != shape or value is x or value is y:  # a constant, or x alone
            value = np.array(np.broadcast_to(value, shape))
        return value if shape else np.asarray(value)[()]

    def __call__(self, x: Any, y: Any) -> Any:
        """Evaluate on two floats (a float comes back) or on arrays."""
        if type(x) is float and type(y) is float:
            return self.scalar(x, y)
        return self.vector(x, y)

    @cached_property
    def _on_arrays(self) -> Callable[..., Any]:
        return self._defined(ON_ARRAYS)

    @cached_property
    def _on_complex(self) -> Callable[..., Any]:
        return self._defined(ON_COMPLEX)

    def _defined(self, functions: dict[str, Any]) -> Callable[..., Any]:
        graph = Graph()
        root = graph.insert(self.tree, {"x": graph.input("x"), "y": graph.input("y")})
        lines, (value,) = graph.lines([root], on_floats=functions is ON_FLOATS)
        source = ["def loss(x, y):", *(f"    {line}" for line in lines.get(0, ())), f"    return {value}"]
        return define("loss", source, functions)


@lru_cache(maxsize=256)
def parse_formula(text: str) -> Formula:
    """Make a `Formula` from text.

    Raises
    ------
    FormulaError
        When the text is not a formula in ``x`` and ``y``; the message names the column.
    """
    text = text.strip()
    return Formula(parse(text, names=("x", "y")), text)


# --- for people ---------------------------------------------------------------------------------

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
_UNARY = 3
_ATOM = 5


def display(tree: Node) -> str:
    """Write an expression the way it is printed: ``(1 − x)² + 100·(y − x²)²``."""
    return _display(tree)[0]


def _display(node: Node) -> tuple[str, int]:
    """Text and how tightly its outermost operation binds."""
    match node:
        case Number(value, text):
            return text or f"{value:g}", _ATOM
        case Name(name):
            return ("π" if name == "pi" else name), _ATOM
        case Unary(operand):
            return "−" + _closed(operand, _UNARY), _UNARY
        case Binary("**", base, Number(value, text)) if text.isdigit():
            return _closed(base, _ATOM) + text.translate(_SUPERSCRIPT), _PRECEDENCE["**"]
        case Binary("**", base, exponent):
            return f"{_closed(base, _ATOM)}^{_closed(exponent, _ATOM)}", _PRECEDENCE["**"]
        case Binary(op, left, right):
            level = _PRECEDENCE.get(op, 0)
            # a − (b + c) and a/(b·c) keep their parentheses
            before, after = _closed(left, level), _closed(right, level + (op in "-/"))
            if isinstance(right, Unary):  # x − (−y)
                after = _closed(right, _ATOM)
            if op in "*/":
                return before + {"*": "·", "/": "/"}[op] + after, level
            return f"{before} {op.replace('-', '−')} {after}", level
        case Call("abs", (argument,)):
            return f"|{_display(argument)[0]}|", _ATOM
        case Call("sqrt", (argument,)):
            return f"√{_closed(argument, _ATOM)}", _ATOM
        case Call(function, arguments):
            return f"{function}({', '.join(_display(argument)[0] for argument in arguments)})", _ATOM
    raise TypeError(node)


def _closed(node: Node, level: int) -> str:
    text, binds = _display(node)
    return text if binds >= level else f"({text})"
