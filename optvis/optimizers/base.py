"""Optimizers made from rules: the base class of the catalogue, and rules typed by a user."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from optvis.foundation.errors import InputError, nearest
from optvis.language.rule import Rule, parse_rule
from optvis.optimizers.hyperparameter import Hyperparameter, named


class RuleOptimizer:
    """An optimizer whose mathematics is a rule.

    A subclass gives ``name``, ``title``, ``hyperparameters`` and ``mathematics`` (the rule's text);
    the constructor takes the hyperparameters by position or by name, each a number or an array of
    one value per lane. They are attributes, and so is every state of the rule: None at first, later
    a dict with the keys of ``params``.

    Raises
    ------
    InputError
        From the constructor, for a hyperparameter that does not exist or is not legal.
    """

    name: ClassVar[str]
    suggested_as: ClassVar[str]
    title: ClassVar[str]
    mathematics: ClassVar[str]
    hyperparameters: ClassVar[tuple[Hyperparameter, ...]]
    rule: ClassVar[Rule]
    t: int
    __signature__: ClassVar[inspect.Signature]

    def __init_subclass__(cls) -> None:
        if "suggested_as" not in vars(cls):
            cls.suggested_as = cls.name
        cls.rule = parse_rule(inspect.cleandoc(cls.mathematics))
        declared = {hyper.name for hyper in cls.hyperparameters}
        if declared != set(cls.rule.hyperparameters):
            raise TypeError(f"{cls.__name__} declares {sorted(declared)}, its rule reads {cls.rule.hyperparameters}")
        parameters = [
            inspect.Parameter(hyper.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=hyper.default)
            for hyper in cls.hyperparameters
        ]
        cls.__signature__ = inspect.Signature(parameters)

    def __init__(self, /, *args: Any, **hyper: Any) -> None:
        if len(args) > len(self.hyperparameters):
            raise InputError(f"{self.title} has {len(self.hyperparameters)} hyperparameters, not {len(args)}")
        given = {known.name: value for known, value in zip(self.hyperparameters, args, strict=False)}
        if twice := given.keys() & hyper.keys():
            raise InputError(f"{self.title} got {twice.pop()} twice")
        given |= hyper
        names = [known.name for known in self.hyperparameters]
        for name in given:
            if name not in names:
                raise InputError(
                    f"{self.title} has no hyperparameter '{name}'{nearest(name, names) or ';'}"
                    f" it has {', '.join(names) or 'none'}"
                )
        for known in self.hyperparameters:
            setattr(self, known.name, known.check(given.get(known.name, known.default)))
        self.t = 0
        for state in self.rule.states:
            setattr(self, state, None)

    if TYPE_CHECKING:  # hyperparameters and states are attributes

        def __getattr__(self, name: str) -> Any: ...

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.hyper.items())})"

    @property
    def hyper(self) -> dict[str, Any]:
        """The values of the hyperparameters by name."""
        return {known.name: getattr(self, known.name) for known in self.hyperparameters}

    def with_hooks(self, *parts: str) -> RuleOptimizer:
        """Return an optimizer with the same settings and something round it.

        Parameters
        ----------
        parts
            Hooks in their order, then warm-up and a schedule of the learning rate, as they are written on the command
            line: ``"clip-norm:max_norm=1"``, ``"cosine:T_max=30"``.

        Raises
        ------
        InputError
            For a part that is not known or cannot stand there.

        Examples
        --------
        >>> Adam(lr=0.1).with_hooks("weight-decay:rate=0.3", "cosine:T_max=30")  # doctest: +SKIP
        """
        from optvis.optimizers.composed import surrounded  # which builds on this class

        return surrounded(self, " | ".join(parts))

    def update(self, params: dict[str, Any], grads: dict[str, Any]) -> None:
        """Take one step: add the rule's ``step`` to every value of ``params``.

        Values are floats or arrays ``(*shape, L)``; a hyperparameter may be a number or ``(L,)``.
        """
        self.t += 1
        states = self.rule.states
        hyper = tuple(getattr(self, name) for name in self.rule.hyperparameters)
        if self.t == 1:
            for name in states:
                setattr(self, name, {k: _zero_like(p) for k, p in params.items()})
        each = {}
        for k, theta in params.items():
            theta, g = (float(v) if type(v) is int else v for v in (theta, grads[k]))
            each[k] = (theta, g, *(getattr(self, name)[k] for name in states))
        if self.rule.sees_all:
            self.check_flags(each)
            found = self.rule.apply_to_all(self.t, each, hyper)
        else:
            found = {k: self.rule.apply(self.t, theta, g, tuple(old), hyper) for k, (theta, g, *old) in each.items()}
        for k, (step, *new) in found.items():
            with np.errstate(all="ignore"):
                params[k] = each[k][0] + step
            for name, value in zip(states, new, strict=True):
                getattr(self, name)[k] = value

    def check_flags(self, params: Collection[str]) -> None:
        """Refuse parameters that do not have the one that is frozen.

        Raises
        ------
        InputError
            When there is none of that name.
        """
        for flag in self.rule.flags:
            if flag not in params:
                raise InputError(f"there is no parameter '{flag}' to freeze; there are {', '.join(params)}")


def _zero_like(value: Any) -> Any:
    return 0.0 if isinstance(value, (int, float)) else np.zeros_like(value, dtype=float)


def is_typed(optimizer: type) -> bool:
    """Whether an optimizer is a rule that a user typed."""
    return issubclass(optimizer, RuleOptimizer) and optimizer.title == _TITLE


_TITLE = "Own rule"
_TYPED = re.compile(r"\s*rule\s*\{(?P<text>.*)\}\s*", re.DOTALL)


@lru_cache(maxsize=256)
def typed_rule(spec: str) -> type[RuleOptimizer]:
    """Make an optimizer from ``rule{ line; line; … }``; its free names become hyperparameters.

    Raises
    ------
    InputError
        When the text is not a rule.
    """
    match = _TYPED.fullmatch(spec)
    if match is None:
        raise InputError(
            f"'{spec.strip()}' is no optimizer: a rule of one's own stands in braces, rule{{ step = -lr*g }}"
        )
    rule = parse_rule(match["text"])
    attributes = {
        "__doc__": "A rule typed by a user.",
        "name": f"rule{{ {rule.text.replace(chr(10), '; ')} }}",
        "title": _TITLE,
        "mathematics": rule.text,
        "hyperparameters": tuple(named(name) for name in rule.hyperparameters),
    }
    return type("OwnRule", (RuleOptimizer,), attributes)
