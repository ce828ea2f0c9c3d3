"""Two-variable losses written as text: ``x**2/20 + y**2``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.foundation.errors import InputError
from optvis.language.algebra import renamed
from optvis.language.codegen import (
    FLOAT_ERRORS,
    NOT_ANALYTIC,
    ON_ARRAYS,
    ON_COMPLEX,
    ON_FLOATS,
    ON_LANES,
    Graph,
    define,
)
from optvis.language.expression import (
    ALIASES,
    CONSTANTS,
    FUNCTIONS,
    SHORTHAND,
    Call,
    FormulaError,
    Node,
    parse,
    walk,
)
from optvis.language.notation import display

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Formula:
    """A checked formula of two variables and the functions made from it, compiled on first use.

    Attributes
    ----------
    text
        As it was written, without the white space around it.
    tree
        The checked syntax tree, in ``x`` and ``y`` whatever the variables are called.
    names
        What the two variables are called. Two formulas are equal when their trees and names are.
    """

    tree: Node
    text: str = field(compare=False)
    names: tuple[str, str] = ("x", "y")

    @cached_property
    def display(self) -> str:
        """The formula as people write it: ``x²/20 + y²``."""
        return display(renamed(self.tree, dict(zip(("x", "y"), self.names, strict=True))))

    @cached_property
    def not_analytic(self) -> tuple[str, ...]:
        """The functions of the formula that complex-step cannot differentiate, such as ``abs``."""
        calls = {node.function for node in walk(self.tree) if isinstance(node, Call)}
        return tuple(name for name in NOT_ANALYTIC if name in calls)

    @cached_property
    def scalar(self) -> Callable[[float, float], float]:
        """From two floats to a float, with the functions of `math`; inf and nan as NumPy has them."""
        fast, on_lanes = self._defined(ON_FLOATS), self._on_lanes

        def scalar(x: float, y: float) -> float:
            try:
                return fast(x, y)  # type: ignore[no-any-return]
            except FLOAT_ERRORS:
                with np.errstate(all="ignore"):
                    return float(on_lanes(np.float64(x), np.float64(y)))

        return scalar

    def vector(self, x: Any, y: Any) -> Any:
        """Evaluate on arrays of equal or broadcastable shape, fast; never warns.

        Complex arrays are for complex-step gradients.

        Raises
        ------
        InputError
            For complex arrays when the formula has a function that is not analytic.
        """
        return self._evaluated(self._on_arrays, x, y)

    def on_lanes(self, x: Any, y: Any) -> Any:
        """Evaluate two floats, or arrays with the bits that floats give in every element: for runs, not pictures."""
        if type(x) is float and type(y) is float:
            return self.scalar(x, y)
        return self._evaluated(self._on_lanes, x, y)

    def _evaluated(self, function: Callable[..., Any], x: Any, y: Any) -> Any:
        x, y = np.asarray(x), np.asarray(y)
        if np.iscomplexobj(x) or np.iscomplexobj(y):
            if self.not_analytic:
                raise InputError(
                    f"complex-step cannot differentiate {' and '.join(self.not_analytic)} in {self.text}; "
                    "choose the gradient central or forward"
                )
            function = self._on_complex
        with np.errstate(all="ignore"):
            value = function(x, y)
            if function is self._on_complex:
                value = value + 0j  # also where the formula does not read the complex one of x and y
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
    def _on_lanes(self) -> Callable[..., Any]:
        return self._defined(ON_LANES)

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
    """Make a `Formula` from text: in ``x`` and ``y``, in two other letters, or in two names that it lists first.

    ``w**2/20 + b**2`` and ``x1**2 + x2**2`` name their variables in the order in which they come;
    ``f(weight, bias) = weight**2 + bias**2`` says them.

    Raises
    ------
    FormulaError
        When the text is not such a formula; the message names the column.
    """
    text = text.strip()
    head = _HEAD.match(text)
    if head is not None:
        names, skipped = _listed(head), head.end()
        if skipped == len(text):
            raise FormulaError("the text ends behind the '='; write for example f(w, b) = w**2 + b**2", skipped + 1)
    else:
        names, skipped = _found(text), 0
    tree = parse(" " * skipped + text[skipped:], names=names)  # so that columns count from the text's beginning
    return Formula(renamed(tree, dict(zip(names, ("x", "y"), strict=True))), text, names)


_HEAD = re.compile(r"[A-Za-z]\w*\s*\(([^()]*)\)\s*=(?!=)\s*", re.ASCII)
_LETTER = re.compile(r"[A-Za-z](?:_?[0-9]+)?", re.ASCII)
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*", re.ASCII)
_TAKEN = frozenset((*CONSTANTS, *FUNCTIONS, *ALIASES, *SHORTHAND, "where"))


def _listed(head: re.Match[str]) -> tuple[str, str]:
    """The names in ``f(w, b) =``."""
    names = [name.strip() for name in head[1].split(",")]
    column = head.start(1) + 1
    if len(names) != 2 or names[0] == names[1]:
        raise FormulaError("a formula has two variables, as in f(w, b) = w**2 + b**2", column)
    for name in names:
        if not _WORD.fullmatch(name) or name.startswith("_"):
            raise FormulaError(f"a variable is a name such as w, x1 or bias, not '{name}'", column)
        if name in _TAKEN:
            raise FormulaError(f"'{name}' has a meaning in formulas; call the variable something else", column)
    return names[0], names[1]


def _found(text: str) -> tuple[str, str]:
    """The two variables of a formula that lists none: two letters, with a number or without; else x and y."""
    words = dict.fromkeys(match[0] for match in _WORD.finditer(text) if match[0] not in _TAKEN)
    letters = [word for word in words if _LETTER.fullmatch(word)]
    if len(letters) == 2 and not {"x", "y"} & set(letters):
        return letters[0], letters[1]
    return "x", "y"
