"""How formulas and rules are printed for people: one printer, as Unicode text or as simple HTML.

Names of a rule become the symbols of the textbooks where these are unambiguous:

=====================  ==========  =================================================================
name                   symbol
=====================  ==========  =================================================================
``lr``                 η           so it stands in the papers; `legend` says that η is ``lr``
``step``               Δθ          what is added to θ
``eps``                ε
``theta``              θ
``beta1``, ``nu2``     β₁, ν₂      Greek letters written out, and digits behind one letter
``m_hat``, ``v_bar``   m̂, v̄        accents
``mu_next``            μ_next      a subscript in HTML
``momentum``, …        momentum    longer words stay what the sliders are called
=====================  ==========  =================================================================
"""

from __future__ import annotations

import html as markup
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from optvis.foundation.number_text import superscript
from optvis.language.expression import Binary, Call, Name, Node, Number, Unary

_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
_UNARY = 3
_ATOM = 5
_COMPARISON = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eps": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lam": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
}  # fmt: skip
_WHOLE = {"lr": "η", "step": "Δθ"}
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_PARTS = re.compile(r"(?P<letters>[A-Za-z]+)(?P<digits>[0-9]*)(?:_(?P<rest>[A-Za-z0-9_]+))?")


@dataclass(frozen=True)
class Piece:
    """Printed text, and how tightly its outermost operation binds."""

    text: str
    binds: int = _ATOM


def display(tree: Node, pieces: Mapping[str, Piece] | None = None, *, html: bool = False) -> str:
    """Write an expression the way it is printed: ``(1 − x)² + 100·(y − x²)²``.

    Parameters
    ----------
    pieces
        What stands for a name: its symbol, or its number. Other names stand for themselves.
    html
        Write powers with ``<sup>`` and escape ``<``; then the pieces have to be HTML too.
    """
    return _Printer(pieces or {}, html).piece(tree).text


def symbol(name: str, *, html: bool = False) -> str:
    """Return the symbol of a name of a rule, as in the table at the top; many names are their own."""
    match = _PARTS.fullmatch(name)
    if name in _WHOLE or match is None:
        return _WHOLE.get(name, name)
    letters, digits, rest = match["letters"], match["digits"], match["rest"]
    letter = _GREEK.get(letters, letters)
    if len(letter) > 1:
        return name
    letter += _ACCENTS.get(rest, "") + digits.translate(_SUBSCRIPT)
    if rest is None or rest in _ACCENTS:
        return letter
    return f"{letter}<sub>{rest}</sub>" if html else f"{letter}_{rest}"


def symbols(names: Iterable[str], *, html: bool = False) -> dict[str, Piece]:
    """Return the symbols of the names of one rule; where two would look the same the later keeps its name."""
    taken: dict[str, str] = {}
    for name in names:
        short = symbol(name, html=html)
        taken[name] = name if short in taken.values() else short
    # (Δθ)², so that nobody squares the θ alone
    return {name: Piece(text, _PRECEDENCE["**"] if text == "Δθ" else _ATOM) for name, text in taken.items()}


def number(value: float, digits: int = 5, *, html: bool = False) -> Piece:
    """Write a number to a number of significant digits: ``−0.158``, ``1.2·10⁻⁵``, ``∞``."""
    if math.isnan(value):
        return Piece("nan")
    sign = "−" if math.copysign(1.0, value) < 0 and value != 0 else ""
    mantissa, _, exponent = f"{abs(value):.{digits}g}".partition("e")
    if mantissa == "inf":
        mantissa = "∞"
    binds = _UNARY if sign else _ATOM
    if not exponent:
        return Piece(sign + mantissa, binds)
    power = f"10{_raised(str(int(exponent)), html)}"
    if mantissa == "1":
        return Piece(sign + power, binds if sign else _PRECEDENCE["**"])
    return Piece(f"{sign}{mantissa}·{power}", _PRECEDENCE["*"])


def _raised(exponent: str, html: bool) -> str:
    return f"<sup>{exponent.replace('-', '−')}</sup>" if html else superscript(exponent)


class _Printer:
    def __init__(self, pieces: Mapping[str, Piece], html: bool) -> None:
        self._pieces = pieces
        self._html = html

    def piece(self, node: Node) -> Piece:
        match node:
            case Number(value, text):
                return Piece(text or f"{value:g}")
            case Name(name):
                return self._pieces.get(name) or Piece("π" if name == "pi" else name)
            case Unary(operand):
                return Piece("−" + _behind(self.piece(operand), _UNARY), _UNARY)
            case Binary("**", base, exponent):
                return self._power(base, exponent)
            case Binary(op, left, right) if op in _PRECEDENCE:
                level = _PRECEDENCE[op]
                before = _closed(self.piece(left), level)
                after = _behind(self.piece(right), level + (op in "-/"))  # as in a − (b + c) and a/(b·c)
                if op in "*/":
                    return Piece(before + {"*": "·", "/": "/"}[op] + after, level)
                return Piece(f"{before} {op.replace('-', '−')} {after}", level)
            case Binary(op, left, right):
                sign = _COMPARISON[op]
                text = f"{self.piece(left).text} {markup.escape(sign) if self._html else sign} {self.piece(right).text}"
                return Piece(text, 0)
            case Call("abs", (argument,)):
                return Piece(f"|{self.piece(argument).text}|")
            case Call("sqrt", (argument,)):
                return Piece(f"√{_closed(self.piece(argument), _ATOM)}")
            case Call("where", (condition, first, second)):
                parts = (self.piece(part).text for part in (first, condition, second))
                return Piece("({} if {}, else {})".format(*parts))
            case Call(function, arguments):
                return Piece(f"{function}({', '.join(self.piece(argument).text for argument in arguments)})")
        raise TypeError(node)

    def _power(self, base: Node, exponent: Node) -> Piece:
        below, above = _closed(self.piece(base), _ATOM), self.piece(exponent)
        binds = _PRECEDENCE["**"]
        if above.text.isdecimal():
            return Piece(below + _raised(above.text, self._html), binds)
        if self._html:
            return Piece(f"{below}<sup>{above.text}</sup>", binds)
        if above.text == "t":  # the update number, the one letter that is a common exponent in rules
            return Piece(below + "ᵗ", binds)
        return Piece(f"{below}^{_closed(above, _ATOM)}", binds)


def _closed(piece: Piece, level: int) -> str:
    return piece.text if piece.binds >= level else f"({piece.text})"


def _behind(piece: Piece, level: int) -> str:
    """Behind an operator a minus sign is put in parentheses too: x − (−y)."""
    return _closed(piece, _ATOM + 1 if piece.text.startswith("−") else level)
