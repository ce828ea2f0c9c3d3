"""The small language of formulas and rules: text in, checked tree out.

Grammar, from loose to tight::

    comparison   sum (< <= > >= == !=) sum          only as the condition of where()
    sum          product (+ or -) product …
    product      unary (* or / or nothing) unary …   2x, 3(y-1), (x-1)(y+2); x y and xy in formulas only
    unary        - unary, + unary, power
    power        atom ** unary, atom ^ unary         binds to the right
    atom         number, name, name(arguments), (sum), |sum|, √atom, and in formulas sin atom

Nothing else gets through, so a tree is safe to turn into code. Parsing by hand, instead of with
Python's own parser, keeps hostile text harmless (no MemoryError or RecursionError to catch), gives
``^`` the precedence of ``**`` and lets every error name its column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from optvis.foundation.errors import InputError, nearest

MAX_LENGTH = 2_000
MAX_NESTING = 60
"""Parentheses, calls, signs and powers inside one another."""
MAX_DEPTH = 200
"""Levels of the tree; a sum of n terms has n."""

FUNCTIONS: dict[str, int] = {
    "sin": 1, "cos": 1, "tan": 1, "arcsin": 1, "arccos": 1, "arctan": 1, "arctan2": 2,
    "sinh": 1, "cosh": 1, "tanh": 1, "exp": 1, "log": 1, "log10": 1, "sqrt": 1, "abs": 1,
    "minimum": 2, "maximum": 2, "sign": 1, "floor": 1,
}  # fmt: skip
"""The functions of the language and how many arguments each takes."""

ALIASES = {
    "ln": "log", "max": "maximum", "min": "minimum", "atan2": "arctan2", "asin": "arcsin", "acos": "arccos",
    "atan": "arctan",
}  # fmt: skip
"""Other names that people write for functions of the language."""

SHORTHAND: dict[str, int] = {"pow": 2, "hypot": 2}
"""Functions that stand for an expression of others."""

REDUCTIONS: dict[str, int] = {"norm": 1, "dot": 2, "sum": 1, "largest": 1}
"""Functions of a rule over all coordinates of all parameters, lane by lane; ``max`` of one value is ``largest``."""

CONSTANTS: dict[str, float] = {"pi": 3.141592653589793, "e": 2.718281828459045}
COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")


class FormulaError(InputError):
    """Text that is not an expression; ``column`` counts characters from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"{message} (column {column})")
        self.column = column


@dataclass(frozen=True)
class Number:
    """A number as it was written; always a float, so that ``9**9**9**9`` is inf at once."""

    value: float
    text: str = field(default="", compare=False)


@dataclass(frozen=True)
class Name:
    """A variable or a constant."""

    id: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Unary:
    """Minus in front of an operand."""

    operand: Node


@dataclass(frozen=True)
class Binary:
    """``+ - * / **``, or a comparison inside the condition of ``where``."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call:
    """A function of the language, or ``where(condition, a, b)`` in a rule."""

    function: str
    arguments: tuple[Node, ...]


Node = Number | Name | Unary | Binary | Call


def children(node: Node) -> tuple[Node, ...]:
    """Return the direct parts of a node, from left to right."""
    match node:
        case Unary(operand):
            return (operand,)
        case Binary(_, left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def walk(tree: Node) -> Iterator[Node]:
    """Yield every node of a tree, the leftmost first."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def depth(tree: Node) -> int:
    """Return how many levels a tree has."""
    deepest, stack = 0, [(tree, 1)]
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((child, level + 1) for child in children(node))
    return deepest


def parse(text: str, names: Collection[str] | None = None, *, rule: bool = False) -> Node:
    """Parse ``text`` into a checked tree.

    Parameters
    ----------
    text
        At most `MAX_LENGTH` characters, nested at most `MAX_NESTING` deep.
    names
        The variables allowed beside the constants; None allows any identifier.
    rule
        Also allow ``where(condition, a, b)``.

    Raises
    ------
    FormulaError
        Names the column and what is allowed there.
    """
    return _Parser(text, names, rule).parse()


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*|π)"
    r"|(?P<super>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<op>\*\*|<=|>=|==|!=|[-+*/^(),<>−–·⋅∙×∗÷|√]))",
    re.ASCII,
)
_SAME_AS = {
    "^": "**", "−": "-", "–": "-", "·": "*", "⋅": "*", "∙": "*", "×": "*", "∗": "*", "÷": "/",
}  # fmt: skip


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int


def _tokens(text: str) -> list[_Token]:
    tokens, position = [], 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            gap = len(text[position:]) - len(text[position:].lstrip())
            column = position + gap + 1
            raise FormulaError(
                f"{text[column - 1]!r} is not allowed; use numbers, names, + - * / ** and parentheses",
                column,
            )
        kind = str(match.lastgroup)
        column = match.start(kind) + 1
        word = match[kind]
        if kind == "super":  # x² as it is displayed may be pasted back
            tokens.append(_Token("op", "**", column))
            digits = word.translate(_SUPERSCRIPTS)
            if digits.startswith("-"):
                tokens.append(_Token("op", "-", column))
            tokens.append(_Token("number", digits.removeprefix("-"), column))
        elif word == "π":
            tokens.append(_Token("name", "pi", column))
        else:
            tokens.append(_Token(kind, _SAME_AS.get(word, word), column))
        position = match.end()
    tokens.append(_Token("end", "", end + 1))
    return tokens


class _Parser:
    """Recursive descent, one method a level of the grammar."""

    def __init__(self, text: str, names: Collection[str] | None, rule: bool) -> None:
        if len(text) > MAX_LENGTH:
            raise FormulaError(f"the text has {len(text)} characters; at most {MAX_LENGTH} are allowed", MAX_LENGTH)
        if (lines := text.strip().splitlines())[1:]:
            raise FormulaError("the text has several lines; write it in one", text.index(lines[0]) + len(lines[0]) + 1)
        self._tokens = _tokens(text)
        self._next = 0
        self._nesting = 0
        self._names = names
        self._rule = rule
        self._bars = 0  # of |…| that are open

    def parse(self) -> Node:
        if self._peek.kind == "end":
            raise FormulaError("the text is empty; write for example x**2/20 + y**2", 1)
        tree = self._sum()
        self._expect_end()
        if depth(tree) > MAX_DEPTH:
            raise self._too_deep(MAX_DEPTH)
        return tree

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _accept(self, *ops: str) -> str | None:
        if self._peek.kind == "op" and self._peek.text in ops:
            return self._take().text
        return None

    def _expect(self, op: str, after: str) -> None:
        if not self._accept(op):
            raise self._unexpected(f"expected '{op}' {after}")

    def _expect_end(self) -> None:
        token = self._peek
        if token.kind == "end":
            return
        if token.text == ")":
            raise FormulaError("there is no '(' for this ')'", token.column)
        if token.text in COMPARISONS:
            where = " outside the condition of where(…)" if self._rule else ""
            raise FormulaError(f"comparisons such as '{token.text}' are not allowed{where}", token.column)
        if token.kind in ("name", "number") or token.text == "(":
            raise FormulaError(
                f"expected an operator before '{token.text}'; a product is written with *, as in 2*x",
                token.column,
            )
        raise self._unexpected("expected an operator")

    def _unexpected(self, expected: str) -> FormulaError:
        token = self._peek
        found = "the text ends" if token.kind == "end" else f"found '{token.text}'"
        return FormulaError(f"{expected}, but {found}", token.column)

    def _too_deep(self, limit: int) -> FormulaError:
        return FormulaError(
            f"the expression is nested more than {limit} levels deep; write it in simpler parts",
            self._peek.column,
        )

    def _sum(self) -> Node:
        left = self._product()
        while op := self._accept("+", "-"):
            left = Binary(op, left, self._product())
        return left

    def _product(self) -> Node:
        left = self._unary()
        while (op := self._accept("*", "/")) or self._is_factor_next():
            left = Binary(op or "*", left, self._unary())
        return left

    def _is_factor_next(self) -> bool:
        """Whether a factor follows without a sign, as in 2x, 3(y-1) and, in formulas, x y.

        In a rule, where names are words, only behind a number or a parenthesis: ``v (…)`` may be a slip.
        """
        before, token = self._tokens[self._next - 1], self._peek
        is_closed = before.kind == "number" or before.text == ")"
        if token.text == "(" or token.kind == "name":
            return is_closed or (not self._rule and (before.kind == "name" or before.text == "|"))
        if token.text == "√":
            return not self._rule or is_closed
        if token.text == "|":
            return not self._bars and (is_closed or not self._rule)
        return False

    def _unary(self) -> Node:
        # Every way to nest comes through here, so here is the place to stop.
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise self._too_deep(MAX_NESTING)
        if self._accept("-"):
            node: Node = Unary(self._unary())
        elif self._accept("+"):
            node = self._unary()
        else:
            node = self._power()
        self._nesting -= 1
        return node

    def _power(self) -> Node:
        base = self._atom()
        if self._accept("**"):
            return Binary("**", base, self._unary())
        return base

    def _atom(self) -> Node:
        token = self._peek
        if token.kind == "number":
            self._take()
            return Number(float(token.text), token.text)
        if token.kind == "name":
            self._take()
            if (product := self._split(token)) is not None:
                return product
            if self._peek.text == "(" and not self._is_variable(token.text):
                return self._call(token)
            return self._name(token)
        if self._accept("("):
            bars, self._bars = self._bars, 0
            inner = self._sum()
            self._bars = bars
            self._expect(")", "to close the parenthesis")
            return inner
        if self._accept("|"):
            self._bars += 1
            inner = self._sum()
            self._bars -= 1
            self._expect("|", "to close the absolute value")
            return Call("abs", (inner,))
        if self._accept("√"):
            return Call("sqrt", (self._nested(self._atom),))
        raise self._unexpected("expected a number, a name or '('")

    def _nested(self, inner: Callable[[], Node]) -> Node:
        """Go one level deeper where no sign does."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise self._too_deep(MAX_NESTING)
        node = inner()
        self._nesting -= 1
        return node

    def _is_variable(self, name: str) -> bool:
        """Whether a name in front of a parenthesis is a factor and no function."""
        return not self._rule and (name in CONSTANTS or (self._names is not None and name in self._names))

    def _split(self, token: _Token) -> Node | None:
        """Put names that are written as one, such as xy, back as tokens of their own; None where they are one name.

        Only in formulas, whose names are known.
        """
        if self._names is None or self._is_known(token.text):
            return None
        parts, rest = [], token.text
        names = sorted([*self._names, *CONSTANTS, *FUNCTIONS, *ALIASES, *SHORTHAND], key=len, reverse=True)
        while rest:
            part = next((name for name in names if rest.startswith(name)), None)
            if part is None or (part not in self._names and part not in CONSTANTS and len(rest) > len(part)):
                return None  # a function is the last of them
            parts.append(part)
            rest = rest[len(part) :]
        column = token.column
        tokens = []
        for part in parts:
            tokens.append(_Token("name", part, column))
            column += len(part)
        self._tokens[self._next - 1 : self._next] = tokens
        self._next -= 1
        return self._atom()

    def _is_known(self, name: str) -> bool:
        return name in (*(self._names or ()), *CONSTANTS, *FUNCTIONS, *ALIASES, *SHORTHAND) or (
            self._rule and name == "where"
        )

    def _name(self, token: _Token) -> Node:
        function = ALIASES.get(token.text, token.text)
        if not self._rule and FUNCTIONS.get(function) == 1 and self._peek.kind in ("name", "number"):
            return self._without_parentheses(token, function)
        is_alias = token.text in ALIASES or token.text in SHORTHAND
        if token.text in FUNCTIONS or is_alias or (self._rule and (token.text == "where" or token.text in REDUCTIONS)):
            raise FormulaError(f"{token.text} is a function: write {token.text}(…)", token.column)
        allowed = self._names is None or token.text in self._names or token.text in CONSTANTS
        if not allowed or token.text.startswith("_"):
            known = ", ".join([*(self._names or ()), *CONSTANTS])
            hint = f"the names are {known}" if self._names is not None else "a name begins with a letter"
            hint = self._likely(token.text) or hint
            raise FormulaError(f"'{token.text}' is not known here; {hint}", token.column)
        return Name(token.text, token.column)

    def _likely(self, name: str) -> str:
        """What was likely meant by a name that is none."""
        variable, digits = name.rstrip("0123456789"), name[len(name.rstrip("0123456789")) :]
        if self._names is not None and variable in self._names and digits:
            return f"did you mean {variable}**{digits} or {digits}*{variable}?"
        return nearest(name, [*(self._names or ()), *CONSTANTS, *FUNCTIONS, *ALIASES]).removeprefix("; ")

    def _without_parentheses(self, token: _Token, function: str) -> Node:
        """Read ``sin x``: the function of the next name or number, with its power; more would have two meanings."""
        argument = self._nested(self._power)
        if self._is_factor_next():
            raise FormulaError(f"write {token.text}(…) with parentheses: it is not clear where it ends", token.column)
        return Call(function, (argument,))

    def _call(self, token: _Token) -> Node:
        name = ALIASES.get(token.text, token.text)
        conditional = self._rule and name == "where"
        if name in SHORTHAND:
            return self._shorthand(token)
        if self._rule and name in REDUCTIONS:
            return Call(name, self._arguments(token, REDUCTIONS[name]))
        if self._rule and name == "maximum":
            arguments = self._arguments(token, 2, least=1)
            return Call(name if len(arguments) == 2 else "largest", arguments)
        if name not in FUNCTIONS and not conditional:
            if self._names is not None and name in self._names or name in CONSTANTS:
                raise FormulaError(f"'{name}' is not a function; a product is written {name}*(…)", token.column)
            hint = self._likely(name) or f"the functions are {', '.join(FUNCTIONS)}"
            raise FormulaError(f"'{name}' is not a function here; {hint}", token.column)
        wanted = 3 if conditional else FUNCTIONS[name]
        return Call(name, self._arguments(token, wanted, conditional=conditional))

    def _shorthand(self, token: _Token) -> Node:
        """``pow(a, b)`` is a**b, ``hypot(a, b)`` is sqrt(a**2 + b**2)."""
        a, b = self._arguments(token, SHORTHAND[token.text])
        if token.text == "pow":
            return Binary("**", a, b)
        two = Number(2.0, "2")
        return Call("sqrt", (Binary("+", Binary("**", a, two), Binary("**", b, two)),))

    def _arguments(
        self, token: _Token, wanted: int, *, conditional: bool = False, least: int | None = None
    ) -> tuple[Node, ...]:
        """The arguments of a function in parentheses, as many as it takes."""
        name = token.text
        self._expect("(", f"after {name}")
        bars, self._bars = self._bars, 0
        arguments = [self._condition() if conditional else self._sum()]
        while self._accept(","):
            arguments.append(self._sum())
        self._bars = bars
        self._expect(")", f"or ',' in {name}(…)")
        if not (wanted if least is None else least) <= len(arguments) <= wanted:
            raise FormulaError(
                f"{name} takes {wanted} argument{'s' * (wanted > 1)}, not {len(arguments)}", token.column
            )
        return tuple(arguments)

    def _condition(self) -> Node:
        left = self._sum()
        op = self._accept(*COMPARISONS)
        if op is None:
            raise self._unexpected("expected a comparison such as < or == in the condition of where(…)")
        return Binary(op, left, self._sum())
