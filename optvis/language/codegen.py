"""From checked trees to Python functions.

Trees are inserted into a `Graph` of operations in which equal operations are one node, so what
several outputs share is computed once: in a central difference of ``x**2/20 + y**2`` the term
``y**2`` stands once for both steps along x. The graph is then written as lines of Python for one of
four sets of functions: `math` on floats (fast for one lane), the same functions element by element (the same
bits on arrays as on floats), NumPy on arrays (fast, for pictures) and NumPy on complex arrays (for complex-step
gradients).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.language.expression import CONSTANTS, REDUCTIONS, Binary, Call, Name, Node, Number, Unary

# --- the functions of the language on floats, on arrays, on complex arrays ----------------------
#
# On floats a function may raise where NumPy gives inf or nan (overflow, division by zero, outside
# the domain). Callers catch `FLOAT_ERRORS` and evaluate again with NumPy.

FLOAT_ERRORS = (ArithmeticError, ValueError)


def _float_minimum(a: float, b: float) -> float:
    return a if a <= b or a != a else b


def _float_maximum(a: float, b: float) -> float:
    return a if a >= b or a != a else b


def _float_sign(a: float) -> float:
    return 1.0 if a > 0 else -1.0 if a < 0 else a - a if a == 0 else a


_SAME_IN_MATH = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "log10", "sqrt")
ON_FLOATS: dict[str, Any] = {name: getattr(math, name) for name in _SAME_IN_MATH} | {
    "arcsin": math.asin, "arccos": math.acos, "arctan": math.atan, "arctan2": math.atan2,
    "power": math.pow, "abs": abs, "floor": lambda a: float(math.floor(a)) if a else a,
    "minimum": _float_minimum, "maximum": _float_maximum, "sign": _float_sign,
    "inf": math.inf, "nan": math.nan, "total": float, "most": float,
}  # fmt: skip


def _total(values: Any) -> Any:
    """Sum over all axes but the last, which is that of the lanes."""
    return np.sum(values, axis=tuple(range(np.ndim(values) - 1))) if np.ndim(values) > 1 else values


def _most(values: Any) -> Any:
    return np.max(values, axis=tuple(range(np.ndim(values) - 1))) if np.ndim(values) > 1 else values


def _minimum(a: Any, b: Any) -> Any:
    """As on floats: of equal numbers the first, which NumPy leaves open and which is seen in the sign of a zero."""
    return np.where((a <= b) | (a != a), a, b)


def _maximum(a: Any, b: Any) -> Any:
    return np.where((a >= b) | (a != a), a, b)


_IN_NUMPY = ("arcsin", "arccos", "arctan", "arctan2", "power", "abs", "floor", "sign", "where")
ON_ARRAYS: dict[str, Any] = {name: getattr(np, name) for name in (*_SAME_IN_MATH, *_IN_NUMPY)} | {
    "minimum": _minimum, "maximum": _maximum, "inf": math.inf, "nan": math.nan, "total": _total, "most": _most,
}  # fmt: skip


def _element_by_element(name: str) -> Callable[..., Any]:
    """A function of `ON_FLOATS` on arrays, and on numbers; where it raises, NumPy's inf or nan."""
    on_floats, on_arrays = ON_FLOATS[name], ON_ARRAYS[name]

    def one(*numbers: float) -> float:
        try:
            return on_floats(*numbers)  # type: ignore[no-any-return]
        except FLOAT_ERRORS:
            with np.errstate(all="ignore"):
                return float(on_arrays(*map(np.float64, numbers)))

    each = np.frompyfunc(one, on_arrays.nin, 1)

    def function(*values: Any) -> Any:
        if any(np.ndim(value) for value in values):
            return each(*values).astype(float)
        return np.float64(one(*map(float, values)))

    return function


_ROUNDED = (*(name for name in _SAME_IN_MATH if name != "sqrt"), "arcsin", "arccos", "arctan", "arctan2", "power")
ON_LANES: dict[str, Any] = ON_ARRAYS | {name: _element_by_element(name) for name in _ROUNDED}
"""NumPy where it is exact, else the C library as in `ON_FLOATS` and in machine code, whose last bit NumPy has not."""

Complex = NDArray[np.complex128]


def _within(function: Callable[[Complex], Complex], low: float, high: float = math.inf) -> Callable[[Complex], Complex]:
    """Continue ``function`` only where it is real: outside low..high a loss is nan, not complex."""

    def real_domain(z: Complex) -> Complex:
        part = np.real(z)
        continued: Complex = np.where((part >= low) & (part <= high), function(z), complex(math.nan, math.nan))
        return continued

    return real_domain


def _complex_power(z: Complex, w: Complex) -> Complex:
    # To first order in the imaginary parts. NumPy's own complex power goes through log and exp and
    # loses a tiny imaginary part to rounding when the base is negative.
    a, b = np.real(z), np.real(w)
    slope = b * np.power(a, b - 1.0) * np.imag(z)
    if np.any(np.imag(w)):
        slope = slope + np.power(a, b) * np.log(a) * np.imag(w)
    value: Complex = np.power(a, b) + 1j * slope
    return value


def _complex_arctan2(z: Complex, w: Complex) -> Complex:
    a, b = np.real(z), np.real(w)
    value: Complex = np.arctan2(a, b) + 1j * (b * np.imag(z) - a * np.imag(w)) / (a * a + b * b)
    return value


ON_COMPLEX: dict[str, Any] = ON_ARRAYS | {
    "power": _complex_power, "arctan2": _complex_arctan2,
    "sqrt": _within(np.sqrt, 0.0), "log": _within(np.log, 0.0), "log10": _within(np.log10, 0.0),
    "arcsin": _within(np.arcsin, -1.0, 1.0), "arccos": _within(np.arccos, -1.0, 1.0),
}  # fmt: skip

NOT_ANALYTIC = ("abs", "sign", "floor", "minimum", "maximum")
"""Functions without a complex derivative: complex-step refuses them."""

# --- the graph ----------------------------------------------------------------------------------

_OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "power"}
_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/"} | {op: op for op in ("<", "<=", ">", ">=", "==", "!=")}
_INLINE_DEPTH = 12


class Graph:
    """Operations on numbers and inputs, each distinct one once, in order of dependence.

    Every node has a level: the highest level of the inputs it depends on. Nodes of a low level can
    be computed before a loop, those of a high level only inside it.
    """

    def __init__(self, *, has_arrays: bool = False) -> None:
        """``has_arrays``: parameters may be arrays ``(*shape, L)``, over which ``norm`` and the like go as well."""
        self._has_arrays = has_arrays
        self._keys: dict[tuple[Any, ...], int] = {}
        self._nodes: list[tuple[Any, ...]] = []
        self._levels: list[int] = []

    def number(self, value: float) -> int:
        """Node of a constant."""
        return self._intern(("number", repr(float(value))), 0)

    def input(self, name: str, level: int = 0) -> int:
        """Node of a variable of the generated function, called ``name`` there."""
        return self._intern(("input", name), level)

    def apply(self, op: str, *args: int) -> int:
        """Node of an operation; constants are folded with NumPy's inf and nan."""
        if op == "power" and (lowered := self._small_power(*args)) is not None:
            return lowered
        values = [np.float64(value) for arg in args if (value := self._value(arg)) is not None]
        if len(values) == len(args) and op in _FOLD:
            with np.errstate(all="ignore"):
                return self.number(float(_FOLD[op](*values)))
        return self._intern((op, *args), max(self._levels[arg] for arg in args))

    def insert(
        self, tree: Node, names: Mapping[str, int], everywhere: Sequence[Mapping[str, int]] | None = None
    ) -> int:
        """Node of an expression whose variables stand for the given nodes.

        Parameters
        ----------
        everywhere
            The nodes of every parameter, over which ``norm`` and the like go; None for ``names`` alone.
        """
        match tree:
            case Number(value):
                return self.number(value)
            case Name(name):
                return names[name] if name in names else self.number(CONSTANTS[name])
            case Unary(operand):
                return self.apply("neg", self.insert(operand, names, everywhere))
            case Binary(op, left, right):
                ends = self.insert(left, names, everywhere), self.insert(right, names, everywhere)
                return self.apply(_OPERATORS.get(op, op), *ends)
            case Call(function, arguments) if function in REDUCTIONS:
                return self._reduced(function, arguments, everywhere or [names])
            case Call(function, arguments):
                return self.apply(function, *(self.insert(argument, names, everywhere) for argument in arguments))
        raise TypeError(tree)

    def _reduced(self, function: str, arguments: Sequence[Node], everywhere: Sequence[Mapping[str, int]]) -> int:
        """Node of a number over all parameters, which are gone through in their order."""
        parts = []
        for names in everywhere:
            values = [self.insert(argument, names, everywhere) for argument in arguments]
            if function in ("norm", "dot"):
                values = [self.apply("mul", values[0], values[-1])]
            if self._has_arrays:
                values = [self.apply("most" if function == "largest" else "total", values[0])]
            parts.append(values[0])
        whole = parts[0]
        for part in parts[1:]:
            whole = self.apply("maximum" if function == "largest" else "add", whole, part)
        return self.apply("sqrt", whole) if function == "norm" else whole

    def lines(self, roots: Sequence[int], *, on_floats: bool) -> tuple[dict[int, list[str]], list[str]]:
        """Assignments by level, and an expression for each root that reads what they assigned."""
        reachable = self.reachable(roots)
        uses = dict.fromkeys(reachable, 0)
        highest = dict.fromkeys(reachable, 0)
        for node in reachable:
            for arg in self._args(node):
                uses[arg] += 1
                highest[arg] = max(highest[arg], self._levels[node])
        for root in roots:
            uses[root] += 1
        by_level: dict[int, list[str]] = {}
        text: dict[int, str] = {}
        depth: dict[int, int] = {}
        for node in reachable:
            op, args = self._nodes[node][0], self._args(node)
            text[node] = self._text(node, text, on_floats)
            depth[node] = 1 + max((depth[arg] for arg in args), default=0)
            shared = uses[node] > 1 or highest[node] > self._levels[node] or depth[node] > _INLINE_DEPTH
            if shared and op not in ("number", "input"):
                by_level.setdefault(self._levels[node], []).append(f"_{node} = {text[node]}")
                text[node], depth[node] = f"_{node}", 0
        return by_level, [text[root] for root in roots]

    def replaced(self, roots: Sequence[int], others: Mapping[int, int]) -> list[int]:
        """Nodes that compute what the roots do, with some nodes replaced by others wherever they are read."""
        new = dict(others)
        for node in self.reachable(roots):
            if node not in new:
                args = self._args(node)
                new[node] = self.apply(self._nodes[node][0], *(new[arg] for arg in args)) if args else node
        return [new[root] for root in roots]

    def node(self, index: int) -> tuple[str, tuple[int, ...]]:
        """Return a node's operation, and the nodes it is applied to."""
        return self._nodes[index][0], self._args(index)

    def listing(self, roots: Sequence[int]) -> str:
        """Return every operation that the roots depend on, with its node, as text."""
        return "\n".join(f"{node} {self._nodes[node]}" for node in self.reachable(roots))

    def leaf(self, index: int) -> str:
        """Return the name of an input, or the text of a number."""
        name: str = self._nodes[index][1]
        return name

    def level(self, index: int) -> int:
        """Return the highest level of the inputs that a node depends on."""
        return self._levels[index]

    def reachable(self, roots: Sequence[int]) -> list[int]:
        """Return every node that the roots depend on, arguments before what uses them."""
        return sorted(self._reachable(roots))  # arguments have smaller numbers than what uses them

    def _intern(self, key: tuple[Any, ...], level: int) -> int:
        if key not in self._keys:
            self._keys[key] = len(self._nodes)
            self._nodes.append(key)
            self._levels.append(level)
        return self._keys[key]

    def _value(self, node: int) -> float | None:
        op, *rest = self._nodes[node]
        return float(rest[0]) if op == "number" else None

    def _small_power(self, base: int, exponent: int) -> int | None:
        # Products and roots for the common powers: faster, and the same to the last bit on floats,
        # on arrays and on complex arrays.
        value = self._value(exponent)
        if value == 0.0:
            return self.number(1.0)
        if value == 1.0:
            return base
        if value == -1.0:
            return self.apply("div", self.number(1.0), base)
        if value == 0.5:
            return self.apply("sqrt", base)
        if value == 2.0:
            return self.apply("mul", base, base)
        if value == 3.0:
            return self.apply("mul", self.apply("mul", base, base), base)
        if value == 4.0:
            square = self.apply("mul", base, base)
            return self.apply("mul", square, square)
        return None

    def _args(self, node: int) -> tuple[int, ...]:
        op, *args = self._nodes[node]
        return () if op in ("number", "input") else tuple(args)

    def _reachable(self, roots: Sequence[int]) -> set[int]:
        found: set[int] = set()
        stack = list(roots)
        while stack:
            node = stack.pop()
            if node not in found:
                found.add(node)
                stack.extend(self._args(node))
        return found

    def _text(self, node: int, text: Mapping[int, str], on_floats: bool) -> str:
        op = self._nodes[node][0]
        if op in ("number", "input"):
            name: str = self._nodes[node][1]
            return f"({name})" if name.startswith("-") else name
        args = [text[arg] for arg in self._args(node)]
        if op == "neg":
            return f"(-{args[0]})"
        if op in _INFIX:
            return f"({args[0]} {_INFIX[op]} {args[1]})"
        if op == "where" and on_floats:
            return f"({args[1]} if {args[0]} else {args[2]})"
        return f"{op}({', '.join(args)})"


_FOLD: dict[str, Callable[..., Any]] = ON_LANES | {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative,
}  # fmt: skip


def define(name: str, source: Sequence[str], functions: Mapping[str, Any]) -> Callable[..., Any]:
    """Compile the lines of one function and return it. The lines must come from a `Graph`."""
    namespace = dict(functions)
    exec(compile("\n".join(source), f"<optvis {name}>", "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    return function
