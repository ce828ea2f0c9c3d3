"""An optimizer with what surrounds it: one line of text that becomes one rule.

``adam:lr=0.2 | weight-decay:rate=0.3 | clip-norm:max_norm=0.4 | warmup:total_iters=6 | cosine:T_max=30`` names an
optimizer, then hooks in their order, then a schedule of the learning rate. All of it is composed into the text of one
rule (see `optvis.language.rule`), so that lanes, machine code, painted sliders and the inspector need to know nothing
of hooks and schedules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, cast

from optvis.foundation.errors import InputError, nearest
from optvis.optimizers.base import RuleOptimizer
from optvis.optimizers.hooks import FREEZE, HOOKS
from optvis.optimizers.hyperparameter import Hyperparameter
from optvis.optimizers.schedules import MILESTONES, SCHEDULES, WARMUP, Schedule, lines_of

Written = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""The names of parts with their words, by which a class is kept."""

_BAR = re.compile(r"\|(?![^{]*\})")  # not within the braces of a rule
RATE = "rate_now"
"""The name that the learning rate of an update has in a composed rule."""
_MOMENTUM = "momentum_now"


@dataclass(frozen=True)
class Part:
    """A hook or a schedule as it was written.

    Attributes
    ----------
    values
        Its parameters that are numbers.
    words
        Those that are words or lists; what stands after ``freeze:``.
    """

    name: str
    values: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The part without its numbers: what the rule is made of."""
        if self.name == FREEZE:
            return f"{FREEZE}:{self.words['of']}"
        said = ",".join(f"{name}={word}" for name, word in self.words.items())
        return f"{self.name}:{said}" if said else self.name

    def full_text(self, values: Mapping[str, float]) -> str:
        """The part with numbers."""
        numbers = ",".join(f"{name}={value!r}" for name, value in values.items())
        return self.text + (f"{',' if ':' in self.text else ':'}{numbers}" if numbers else "")


class ComposedOptimizer(RuleOptimizer):
    """The base of optimizers that are composed.

    Attributes
    ----------
    base
        The optimizer that is surrounded.
    parts
        The hooks in their order, then warm-up, then the schedule.
    """

    base: type[RuleOptimizer]
    parts: tuple[Part, ...]

    name, title, mathematics = "", "", "step = 0*g"
    hyperparameters = ()


def is_composed(text: str) -> bool:
    """Whether a text names an optimizer with something round it."""
    return _BAR.search(text) is not None


def split(text: str) -> tuple[str, tuple[Part, ...]]:
    """Return the text of the optimizer and the parts round it, in their order.

    Raises
    ------
    InputError
        For a part that is not known, or not written as it should be.
    """
    base, *parts = (part.strip() for part in _BAR.split(text))
    return base, tuple(_part(part) for part in parts)


def composed(base: type[RuleOptimizer], parts: tuple[Part, ...]) -> type[RuleOptimizer]:
    """Make one optimizer of another and what surrounds it; values are not part of it.

    Raises
    ------
    InputError
        For two schedules, a schedule in front of a hook, or an optimizer without the learning rate that it needs.
    """
    written: Written = tuple((part.name, tuple(part.words.items())) for part in parts)
    return _composed(cast("Any", base), written)


def surrounded(optimizer: RuleOptimizer, text: str) -> RuleOptimizer:
    """Return an optimizer with the same settings and what a text says round it; errors as of `composed`."""
    base = type(optimizer)
    already: tuple[Part, ...] = ()
    if isinstance(optimizer, ComposedOptimizer):
        base, already = optimizer.base, optimizer.parts
    parts = (*already, *(_part(part.strip()) for part in _BAR.split(text)))
    made = composed(base, parts)
    known = {each.name for each in made.hyperparameters}
    values = {name: value for name, value in optimizer.hyper.items() if name in known}
    return made(**(values | {name: value for name, value in values_of(parts).items() if name in known}))


def hyper_name(index: int, part: Part, name: str, parts: tuple[Part, ...]) -> str:
    """Return what the parameter of a part is called among the hyperparameters: unique, and readable."""
    before = sum(other.name == part.name for other in parts[:index])
    return f"{part.name.replace('-', '_')}{before + 1 if before else ''}_{name}"


def values_of(parts: tuple[Part, ...]) -> dict[str, float]:
    """Return the hyperparameters that parts were given, by their names in the composed optimizer."""
    return {
        hyper_name(index, part, name, parts): value
        for index, part in enumerate(parts)
        for name, value in part.values.items()
    }


def text_of(optimizer: type[RuleOptimizer], values: Mapping[str, float]) -> str:
    """Return the line that makes an optimizer with these hyperparameters, composed or not."""
    if not issubclass(optimizer, ComposedOptimizer):
        said = ",".join(f"{name}={value!r}" for name, value in values.items())
        return optimizer.name + (f":{said}" if said else "")
    own = {
        name: value for name, value in values.items() if name in {each.name for each in optimizer.base.hyperparameters}
    }
    words = [text_of(optimizer.base, own)]
    for index, part in enumerate(optimizer.parts):
        full = {each.name: hyper_name(index, part, each.name, optimizer.parts) for each in _parameters(part)}
        words.append(part.full_text({name: values[whole] for name, whole in full.items() if whole in values}))
    return " | ".join(words)


@lru_cache(maxsize=256)
def _composed(
    base: type[RuleOptimizer], written: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
) -> type[RuleOptimizer]:
    parts = tuple(Part(name, {}, dict(words)) for name, words in written)
    hooks = [part for part in parts if part.name in HOOKS or part.name == FREEZE]
    timed = [part for part in parts if part not in hooks]
    _check_order(parts, timed)
    names = {each.name for each in base.hyperparameters}
    if timed and "lr" not in names:
        raise InputError(f"{base.title} has no learning rate lr for the schedule {timed[-1].name}")
    head, rate, momentum = _timed(parts, timed)
    lines: list[str] = [*head]
    frozen = [part.words["of"] for part in hooks if part.name == FREEZE]
    kept = base.rule.states if frozen else ()
    lines += [f"kept_{state} = {state}" for state in kept]
    after: list[str] = []
    for index, part in enumerate(parts):
        if part.name in HOOKS:
            hook = HOOKS[part.name]
            filled = {each.name: hyper_name(index, part, each.name, parts) for each in hook.parameters}
            lines += [hook.before.format(**filled)] if hook.before else []
            after += [hook.after.format(**filled)] if hook.after else []
    body = [*base.rule.text.splitlines(), *after]
    if rate:
        body = [_renamed(line, "lr", RATE) for line in body]
    if momentum and (cycled := next((name for name in ("momentum", "beta1") if name in names), None)):
        body = [_renamed(line, cycled, _MOMENTUM) for line in body]
        names -= {cycled}
    lines += body
    for key in frozen:
        lines += [f"step = where(is_{key} > 0, 0, step)"]
        lines += [f"{state} = where(is_{key} > 0, kept_{state}, {state})" for state in kept]
    own = tuple(each for each in base.hyperparameters if each.name in names)
    surrounding = tuple(
        replace(each, name=hyper_name(index, part, each.name, parts))
        for index, part in enumerate(parts)
        for each in _parameters(part)
    )
    text = "\n".join(lines)
    attributes = {
        "__doc__": "An optimizer with what surrounds it.",
        "name": " | ".join([base.name, *(part.text for part in parts)]),
        "title": " + ".join([base.title, *(part.name.replace("-", " ") for part in parts)]),
        "mathematics": text,
        "hyperparameters": _that_are_read(text, (*own, *surrounding)),
        "suggested_as": base.suggested_as,
        "base": base,
        "parts": parts,
    }
    return type("Composed", (ComposedOptimizer,), attributes)


def _that_are_read(text: str, known: tuple[Hyperparameter, ...]) -> tuple[Hyperparameter, ...]:
    """The hyperparameters that stand in the lines: one-cycle, for example, has no use for lr."""
    return tuple(each for each in known if re.search(rf"\b{each.name}\b", text))


def _check_order(parts: tuple[Part, ...], timed: list[Part]) -> None:
    schedules = [part for part in timed if part.name != WARMUP.name]
    if len(schedules) > 1:
        raise InputError(f"there are two schedules, {schedules[0].name} and {schedules[1].name}; leave out one")
    if timed and list(parts[-len(timed) :]) != timed:
        raise InputError(f"a schedule such as {timed[0].name} comes after all hooks")
    if len([part for part in timed if part.name == WARMUP.name]) > 1 or (schedules and timed[-1] is not schedules[0]):
        raise InputError("warmup stands once, before the schedule that follows it")


def _timed(parts: tuple[Part, ...], timed: list[Part]) -> tuple[list[str], str, str]:
    """Return the lines that compute the learning rate of an update, its name, and that of the momentum."""
    if not timed:
        return [], "", ""
    lines = ["k = t - 1"]
    filled = {}
    for part in timed:
        index = parts.index(part)
        filled[part.name] = {each.name: hyper_name(index, part, each.name, parts) for each in _parameters(part)}
    warm = next((part for part in timed if part.name == WARMUP.name), None)
    last = timed[-1]
    rising = ""
    if warm is not None:
        rising = WARMUP.rate.format(**filled[WARMUP.name])
        until = filled[WARMUP.name]["total_iters"]
        lines += [f"rising = {rising}", f"rises = where(k < {until}, 1, 0)", f"k = maximum(k - {until}, 0)"]
    momentum = ""
    if last is warm:
        rate = "lr"
    else:
        schedule = SCHEDULES[last.name]
        usual = {name: options[0] for name, options in schedule.choices.items()}
        before, rate, momentum = lines_of(schedule, usual | dict(last.words))
        spelled = filled[last.name] | ({MILESTONES: _passed(last)} if MILESTONES in last.words else {})
        lines += [line.format(**spelled) for line in before]
        rate, momentum = rate.format(**spelled), momentum.format(**spelled)
    lines.append(f"{RATE} = where(rises > 0, rising, {rate})" if warm is not None else f"{RATE} = {rate}")
    lines += [f"{_MOMENTUM} = {momentum}"] if momentum else []
    return lines, RATE, momentum


def _passed(part: Part) -> str:
    """How many milestones are passed."""
    return " + ".join(f"where(k >= {milestone}, 1, 0)" for milestone in part.words[MILESTONES].split("/"))


def _renamed(line: str, name: str, new: str) -> str:
    return re.sub(rf"\b{name}\b", new, line)


def _parameters(part: Part) -> tuple[Hyperparameter, ...]:
    if part.name in HOOKS:
        return HOOKS[part.name].parameters
    return () if part.name == FREEZE else _schedule(part.name).parameters


def _schedule(name: str) -> Schedule:
    return WARMUP if name == WARMUP.name else SCHEDULES[name]


def _part(text: str) -> Part:
    """Read ``name:parameter=value,…``."""
    name, colon, said = (piece.strip() for piece in text.partition(":"))
    name = name.lower()
    if name == FREEZE:
        if not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", said):
            raise InputError(f"{FREEZE} needs the name of a parameter, as in freeze:x, not '{text}'")
        return Part(FREEZE, {}, {"of": said})
    known = [*HOOKS, FREEZE, WARMUP.name, *SCHEDULES]
    if name not in known:
        raise InputError(
            f"there is no hook or schedule '{name}'{nearest(name, known) or ';'} there are {', '.join(known)}"
        )
    if colon and not said:
        raise InputError(f"after '{name}:' comes parameter=value, as in clip-norm:max_norm=1")
    parameters = HOOKS[name].parameters if name in HOOKS else _schedule(name).parameters
    choices = {} if name in HOOKS else _schedule(name).choices
    values: dict[str, float] = {}
    words: dict[str, str] = {}
    numbers = {each.name: each for each in parameters}
    lists = (MILESTONES,) if name == "multi-step" else ()
    for pair in said.split(",") if said else []:
        key, equals, value = (piece.strip() for piece in pair.partition("="))
        if not equals and numbers and key == said and re.fullmatch(r"[-+.0-9eE]+", key):
            key, equals, value = next(iter(numbers)), "=", key  # the first parameter alone, as in clip-norm:1
        if not equals or not key:
            raise InputError(f"'{pair.strip()}' in '{text}' is not parameter=value, as in clip-norm:max_norm=1")
        if key in numbers:
            values[key] = float(numbers[key].check(_number(key, value)))
        elif key in choices:
            words[key] = _word(key, value, choices[key])
        elif key in lists:
            words[key] = _milestones(value)
        else:
            has = ", ".join([*numbers, *choices, *lists]) or "none"
            raise InputError(f"{name} has no parameter '{key}'{nearest(key, [*numbers, *choices]) or ';'} it has {has}")
    if lists and MILESTONES not in words:
        raise InputError("multi-step needs its milestones, as in multi-step:milestones=10/20,gamma=0.3")
    return Part(
        name,
        values,
        {key: word for key, word in words.items() if key in lists or word != choices[key][0]}
        | ({key: word for key, word in words.items() if key in choices}),
    )


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{name} must be a number, not '{text}'")
    return value


def _word(name: str, text: str, options: tuple[str, ...]) -> str:
    chosen = text.strip().lower()
    if chosen not in options:
        raise InputError(f"{name} must be {' or '.join(options)}, not '{text}'")
    return chosen


def _milestones(text: str) -> str:
    found = [part.strip() for part in text.split("/")]
    if not all(re.fullmatch("[0-9]{1,9}", part) for part in found):
        raise InputError(f"milestones are whole numbers parted by /, as in 10/20, not '{text}'")
    return "/".join(str(number) for number in sorted(map(int, found)))
