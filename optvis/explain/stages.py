"""One update in slow motion: the stages of a rule, with a caption each that is derived from its lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from optvis.explain.update import lane_of, line_kind, rule_symbols, shown
from optvis.language.algebra import summands
from optvis.language.expression import Name, Node
from optvis.language.rule import Rule
from optvis.language.rule_analysis import Structure, structure

StageKind = Literal["gradient", "moments", "scale", "schedule", "move"]


@dataclass(frozen=True)
class SubStep:
    """A stage of one update in slow motion.

    Attributes
    ----------
    kind
        ``gradient``, ``moments`` (state is updated), ``schedule`` (numbers that follow from t alone),
        ``scale`` (everything between the moments and the step) or ``move``, which is the last.
    lines
        Indices into what `optvis.explain.update.explain` returns; a stage may have none of its own.
    caption
        What happens, in words: ``update m, v``.
    """

    kind: StageKind
    lines: tuple[int, ...]
    caption: str


def sub_steps(rule: Rule, hyper: Mapping[str, Any] | None = None) -> tuple[SubStep, ...]:
    """Group the lines of a rule into the stages of slow motion: neighbours of one kind, the move last.

    With hyperparameters the captions leave out what they make 0, such as a weight decay of 0.
    """
    return _sub_steps(rule, tuple((name, lane_of(value, 0)) for name, value in (hyper or {}).items()))


@lru_cache(maxsize=256)
def _sub_steps(rule: Rule, hyper: tuple[tuple[str, float], ...]) -> tuple[SubStep, ...]:
    of, division = structure(rule), structure(rule).division
    step_at = int(of.last["step"].partition("@")[2])
    stages: list[tuple[StageKind, list[int]]] = [("gradient", [])]
    for index in range(step_at):
        kind = _stage_of(of, index)
        if kind != stages[-1][0]:
            stages.append((kind, []))
        stages[-1][1].append(index)
    if division and division.line == step_at and stages[-1][0] != "scale":
        stages.append(("scale", []))
    stages.append(("move", list(range(step_at, len(rule.assignments) + 1))))
    scaled_in = None
    if division:  # a division in the step's own line is shown by the stage before the move
        inside = [i for i, (_, lines) in enumerate(stages) if division.line in lines]
        scaled_in = len(stages) - 2 if division.line == step_at else inside[0]
    return tuple(
        SubStep(kind, tuple(lines), _caption(rule, dict(hyper), kind, lines, is_first=i == 0, scales=i == scaled_in))
        for i, (kind, lines) in enumerate(stages)
    )


def _stage_of(of: Structure, index: int) -> StageKind:
    name, _ = of.lines[index]
    kind = line_kind(of.rule, index)
    if kind == "gradient":
        return "gradient"
    if kind == "state":
        return "moments"
    return "scale" if name in of.per_axis else "schedule"


def _caption(
    rule: Rule, hyper: Mapping[str, float], kind: StageKind, lines: list[int], *, is_first: bool, scales: bool
) -> str:
    def remaining(parts: Iterable[Node]) -> list[Node]:
        return [part for part in parts if not (hyper and of.vanishes(part, hyper))]

    of, pieces = structure(rule), rule_symbols(rule)
    names = [name for name, _ in rule.assignments]
    assigned = ", ".join(dict.fromkeys(pieces[names[index]].text for index in lines if index < len(names)))
    parts: list[str] = []
    if kind == "gradient":
        parts += ["evaluate the gradient g"] if is_first else []
        for index in lines:
            _, tree = of.lines[index]
            if remaining(summands(tree)) != [Name("g")]:
                parts.append(f"replace g by {shown(rule, tree)}")
    elif kind == "moments":
        parts.append(f"update {assigned}")
    elif kind == "schedule":
        parts.append(f"set {assigned} for this step")
    elif kind == "scale":
        parts += [f"work out {assigned}"] if lines else []
    else:
        parts.append("move by Δθ")
        terms = remaining(of.terms)
        if len(terms) > 1:
            parts[0] += ", the sum of " + " and ".join(shown(rule, term) for term in terms)
        after = dict.fromkeys(pieces[name].text for name in names[lines[0] + 1 :])
        parts += [f"update {', '.join(after)}"] if after else []
    if scales and of.division:
        parts.append(f"divide by {shown(rule, of.division.denominator)}, on each axis by its own")
    return "; then ".join(parts)
