"""What can be read off a rule's lines: which depend on the gradient, what is summed, what divides.

Every line gets a name of its own, so that a name always means the same value: in
``m = beta1*m + (1 - beta1)*g`` of line 0 the result is ``m@0`` and the m on the right stays ``m``,
the state before the update. ``@`` cannot occur in the text of a rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from optvis.language.algebra import degree, evaluate, factors, names_in, negative, product, renamed, summands
from optvis.language.expression import CONSTANTS, MAX_DEPTH, Binary, Name, Node, Number, Unary, depth, walk
from optvis.language.rule import Rule


@dataclass(frozen=True)
class Division:
    """The adaptive scaling of a rule.

    Attributes
    ----------
    denominator
        The first denominator that differs from axis to axis.
    line
        Index of the line in which it stands.
    factor
        All that multiplies the gradient, or the averaged gradient, and differs from axis to axis.
    """

    denominator: Node
    line: int
    factor: Node


class Structure:
    """The lines of a rule with a name for every value, and what follows from them.

    Attributes
    ----------
    lines
        The name of the value and the expression, in order.
    last
        The name of the value that each assigned name has in the end: ``step`` is ``step@5``.
    """

    def __init__(self, rule: Rule) -> None:
        now: dict[str, str] = {}
        lines = []
        for index, (name, expression) in enumerate(rule.assignments):
            lines.append((f"{name}@{index}", renamed(expression, now)))
            now[name] = f"{name}@{index}"
        self.rule = rule
        self.lines: tuple[tuple[str, Node], ...] = tuple(lines)
        self.last = now
        self._definition = dict(lines)

    @cached_property
    def per_axis(self) -> frozenset[str]:
        """The values that differ from axis to axis: what depends on g, on theta or on a state that does."""
        names = {"theta", "g"}
        for _ in range(len(self.rule.states) + 1):
            for name, tree in self.lines:
                if not names_in(tree).isdisjoint(names):
                    names.add(name)
            names |= {state for state in self.rule.states if self.last[state] in names}
        return frozenset(names)

    @cached_property
    def constant(self) -> frozenset[str]:
        """The values that come from hyperparameters and numbers alone."""
        names = {*self.rule.hyperparameters, *CONSTANTS}
        for name, tree in self.lines:
            if names_in(tree) <= names:
                names.add(name)
        return frozenset(names)

    @cached_property
    def moments(self) -> tuple[str, ...]:
        """The states that gather the gradient as it is: velocities and first moments, not squares.

        Those that enter the step as a factor where there are any (the b of RMSprop, not its mean
        gradient, which only centres the square); otherwise all of them (Lion takes a sign first).
        """
        gathered = tuple(state for state in self.rule.states if self._gathers(state))
        entering = tuple(
            state for state in gathered if self._degrees({self.last[state]}, opaque=frozenset())[self.last["step"]] == 1
        )
        return entering or gathered

    @cached_property
    def terms(self) -> tuple[Node, ...]:
        """The parts whose sum is the step; one when the step is no sum.

        A common factor belongs to every part. Where the step is a constant times a name, the name's
        own expression counts: with ``v = momentum*v - lr*g`` and ``step = v`` there are two parts.
        """
        whole = self._definition[self.last["step"]]
        parts = tuple(self._terms(whole, True))
        return parts if max(map(depth, parts)) <= MAX_DEPTH else (whole,)

    @cached_property
    def division(self) -> Division | None:
        """Find the adaptive scaling: what multiplies an average of the gradient and has a division in it."""
        for term in self.terms:
            if found := self._division(term):
                return found
        return None

    def is_per_axis(self, tree: Node) -> bool:
        """Whether an expression differs from axis to axis."""
        return not names_in(tree).isdisjoint(self.per_axis)

    def vanishes(self, term: Node, known: Mapping[str, Any]) -> bool:
        """Whether a constant factor is 0, as in ``weight_decay*theta`` without weight decay."""
        constants = dict(known)
        for name, tree in self.lines:
            if name in self.constant:
                constants[name] = evaluate(tree, constants)
        over, _ = factors(term)
        return any(evaluate(part, constants) == 0.0 for part in over if names_in(part) <= self.constant)

    def sources(self, tree: Node) -> frozenset[str]:
        """The hyperparameters, states and given names that an expression reads, also by way of other lines.

        States and g count under their own names, before a line changes them and after, and are not
        followed further.
        """
        found, seen, stack = set[str](), set[str](), [tree]
        while stack:
            for name in names_in(stack.pop()) - seen:
                seen.add(name)
                if name in self._definition and plain(name) not in (*self.rule.states, "g"):
                    stack.append(self._definition[name])
                else:
                    found.add(plain(name))
        return frozenset(found)

    def definition(self, state: str) -> Node:
        """The expression that gives an assigned name its last value."""
        return self._definition[self.last[state]]

    # --- which lines are linear in what ----------------------------------------------------------

    @cached_property
    def _gradients(self) -> frozenset[str]:
        return frozenset({"g", *(name for name, _ in self.lines if plain(name) == "g")})

    def _gathers(self, state: str) -> bool:
        """Whether a state is a sum of itself and the gradient, each times something."""
        own, end = {state}, self.last[state]
        opaque = frozenset(self.last[other] for other in self.rule.states if other != state)
        tree = self._definition[end]
        of_both = degree(tree, self._degrees(own | self._gradients, opaque, but=end))
        of_each = [degree(tree, self._degrees(names, opaque, but=end)) for names in (own, self._gradients)]
        return of_both == 1 and of_each == [1, 1]

    def _degrees(
        self, of: set[str] | frozenset[str], opaque: frozenset[str], but: str = ""
    ) -> Mapping[str, int | None]:
        """The degree of every value in some names; opaque values count as constants."""
        degrees: dict[str, int | None] = dict.fromkeys(of, 1)
        for name, tree in self.lines:
            if name != but and (name in of or name in opaque):
                degrees.setdefault(name, 0)
            else:
                degrees[name] = degree(tree, degrees)
        return degrees

    @cached_property
    def _direction_degrees(self) -> Mapping[str, int | None]:
        """Degree in the gradient and its averages, old and new; other states count as constants."""
        gathered = [state for state in self.rule.states if self._gathers(state)]
        of = self._gradients | {*gathered, *(self.last[state] for state in gathered)}
        return self._degrees(of, frozenset(self.last[state] for state in self.rule.states) - of)

    # --- sums ------------------------------------------------------------------------------------

    def _terms(self, tree: Node, alone: bool) -> list[Node]:
        """``alone``: only constants multiply the tree, so that a name may be replaced by its expression."""
        match tree:
            case Binary("+" | "-") if self.is_per_axis(tree):
                return summands(tree)
            case Unary(operand):
                return [negative(part) for part in self._terms(operand, alone)]
            case Binary("/", left, right):
                parts = self._terms(left, alone and not self.is_per_axis(right))
                return [Binary("/", part, right) for part in parts]
            case Binary("*", left, right):
                vectors = self.is_per_axis(left), self.is_per_axis(right)
                first = self._terms(left, alone and not vectors[1]) if vectors[0] else [left]
                second = self._terms(right, alone and not vectors[0]) if vectors[1] else [right]
                if len(first) > 1 and len(second) > 1:
                    return [tree]
                return [product(one, other) for one in first for other in second]
            case Name(name) if alone and name in self._definition:
                parts = self._terms(self._definition[name], True)
                return parts if len(parts) > 1 else [tree]
        return [tree]

    # --- divisions -------------------------------------------------------------------------------

    def _division(self, term: Node) -> Division | None:
        over, under = factors(term)
        for _ in self.lines:  # a line such as delta = sqrt(u + eps)/sqrt(v + eps)*g stands for its factors
            index = next((i for i, part in enumerate(over) if self._is_scaled(part)), None)
            if index is None:
                break
            part = over.pop(index)
            assert isinstance(part, Name)
            more_over, more_under = factors(self._definition[part.id])
            over, under = over + more_over, under + more_under
        directions = [part for part in over if degree(part, self._direction_degrees) == 1]
        if len(directions) != 1:
            return None
        over = [part for part in over if part is not directions[0] and self.is_per_axis(part)]
        under = [part for part in under if self.is_per_axis(part)]
        denominator = next(iter(under), None) or next((d for part in over for d in self._denominators(part)), None)
        if denominator is None or len(over) + len(under) > MAX_DEPTH:
            return None
        factor, *more = over or [Number(1.0)]
        for part in more:
            factor = Binary("*", factor, part)
        for part in under:
            factor = Binary("/", factor, part)
        line = next(index for index, (_, tree) in enumerate(self.lines) if denominator in walk(tree))
        return Division(denominator, line, factor)

    def _is_scaled(self, part: Node) -> bool:
        """Whether a factor is a line that has both a gradient and a division of it."""
        if not isinstance(part, Name) or part.id not in self._definition:
            return False
        tree = self._definition[part.id]
        return degree(part, self._direction_degrees) == 1 and bool(self._denominators(tree))

    def _denominators(self, tree: Node) -> list[Node]:
        """Denominators and bases of negative powers that differ from axis to axis, also of lines that it reads."""
        found, seen, stack = [], set[str](), [tree]
        while stack:
            for node in walk(stack.pop()):
                match node:
                    case Binary("/", _, below) if self.is_per_axis(below):
                        found.append(below)
                    case Binary("**", base, Unary()) if self.is_per_axis(base):
                        found.append(base)
                    case Name(name) if name in self._definition and plain(name) not in self.rule.states:
                        if name not in seen:
                            stack.append(self._definition[name])
                        seen.add(name)
        return found


structure = lru_cache(maxsize=256)(Structure)
"""The structure of a rule, made once."""


def plain(name: str) -> str:
    """The name in the text of the rule: ``m`` for ``m@0``."""
    return name.partition("@")[0]
