"""The options of the command line: from a list of words to a session.

argparse does the bookkeeping and writes the help. Two things it cannot do are done here: a value may
begin with a minus (``--start -7,2``, ``-p '-x**2'``), and an error is an `InputError` of one
sentence, without a usage block.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from optvis.document.session import STYLES, RunSpec, Session, View
from optvis.foundation.errors import InputError
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class
from optvis.optimizers.composed import composed, is_composed, split, values_of
from optvis.problems.problem import checked_bounds, checked_start

WHAT_TO_COMPUTE = ("problem", "optimizer", "bounds", "start", "steps", "gradient")


class Parser(argparse.ArgumentParser):
    """An argparse parser as this program wants it."""

    def __init__(self, command: str, **settings: Any) -> None:
        super().__init__(
            prog=f"optvis {command}".strip(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            add_help=False,
            **settings,
        )
        self.add_argument("-h", "--help", action="help", help="show this text")

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse the words that follow the command.

        Raises
        ------
        InputError
            When they are not what the command takes.
        """
        return self.parse_args(self._joined(words))

    def error(self, message: str) -> NoReturn:
        """Say in a sentence what argparse has to say."""
        message = re.sub(
            r"^argument ([^:]+): invalid choice: (.+) \(choose from (.+)\)$", r"\1 must be one of \3, not \2", message
        )
        message = re.sub(r"^argument ([^:]+): expected one argument$", r"\1 needs a value", message)
        message = re.sub(r"^argument ([^:]+): ", r"\1: ", message)
        raise InputError(f"{message}; {self.prog} --help says more")

    def _joined(self, words: Sequence[str]) -> list[str]:
        """Write every option with its value as ``--name=value``, whatever the value begins with."""
        long = {name: action.option_strings[-1] for action in self._actions for name in action.option_strings}
        valued = {name for action in self._actions if action.nargs is None for name in action.option_strings}
        joined: list[str] = []
        rest = iter(words)
        for word in rest:
            if word == "--":
                joined += [word, *rest]
            elif word in valued:
                value = next(rest, None)
                if value is None or value in long:
                    self.error(f"{word} needs a value")
                joined.append(f"{long[word]}={value}")
            elif word[:2] in valued and not word.startswith("--"):  # -Oadam
                joined.append(f"{long[word[:2]]}={word[2:]}")
            else:
                joined.append(word)
        return joined


def add_what_to_compute(parser: Parser) -> None:
    """Add the options that ``run`` and ``render`` share."""
    add = parser.add_argument_group("what to compute").add_argument
    add("-p", "--problem", metavar="PROBLEM", help="a name of `optvis list problems`, or a formula in x and y")
    add(
        "-O",
        "--optimizer",
        metavar="OPT[:name=value,…]",
        action="append",
        help="a name of `optvis list optimizers`, or a rule of one's own in braces; once for every run",
    )
    add(
        "--bounds",
        metavar="XMIN,XMAX,YMIN,YMAX",
        help="the domain (default: the problem's; a formula's: -10,10,-10,10)",
    )
    add("--start", metavar="X,Y", help="where all runs start (default: the problem's)")
    add("--steps", metavar="N", help="updates, 1 to 1,000,000 (default: the problem's; a formula's: 100)")
    add("--strict", action="store_true", help="refuse a rule of one's own with hyperparameters that nobody gave")
    add("--gradient", metavar="SCHEME", help="central:1e-4 (default), forward:1e-6 or complex-step")


def session_of(options: argparse.Namespace, view: View | None = None) -> Session:
    """Make a session of the options that `add_what_to_compute` adds.

    Raises
    ------
    InputError
        When a problem or an optimizer is not given, or a value cannot be used.
    """
    if options.problem is None:
        raise InputError("no problem is given; add for example -p quadratic-valley or -p 'x**2/20 + y**2'")
    if not options.optimizer:
        raise InputError("no optimizer is given; add for example -O adam or -O sgd:lr=0.1")
    return Session(
        problem=options.problem,
        bounds=None
        if options.bounds is None
        else checked_bounds(numbers("--bounds", options.bounds, "XMIN,XMAX,YMIN,YMAX")),
        start=None if options.start is None else checked_start(numbers("--start", options.start, "X,Y")),
        steps=None if options.steps is None else whole_number("--steps", options.steps),
        gradient=options.gradient or Session.gradient,
        runs=tuple(run_spec(text, index % STYLES) for index, text in enumerate(options.optimizer)),
        view=view or View(),
    )


_FIRST_OF_HYPER = re.compile(r":(?=\s*\w+\s*=)")


def run_spec(text: str, style: int = 0) -> RunSpec:
    """Make a run of ``OPT[:name=value,…]``; the hyperparameters begin after the last ``:`` followed by ``name=``.

    Raises
    ------
    InputError
        For an unknown optimizer, or hyperparameters that are not written like this.
    """
    if is_composed(text):
        return _surrounded_spec(text, style)
    *_, last = [None, *_FIRST_OF_HYPER.finditer(text)]
    spec, pairs = (text, "") if last is None else (text[: last.start()], text[last.end() :])
    before, colon, _ = spec.partition(":")
    if colon and before.strip().lower() in CATALOGUE:
        given = text.partition(":")[2]
        raise InputError(
            f"after '{before}:' comes name=value, as in {before}:lr=0.1, more of them behind commas, not '{given}'"
        )
    optimizer = optimizer_class(spec)
    values: dict[str, float] = {}
    for pair in pairs.split(",") if last else []:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not name or not equals:
            raise InputError(f"'{pair}' in '{text}' is not name=value, as in adam:lr=0.1,beta1=0.9")
        if name in values:
            raise InputError(f"{name} is given twice in '{text}'")
        values[name] = _float(value, f"{name} must be a number, not '{value}'")
    optimizer(**values)  # refuses what does not exist or is not legal
    return RunSpec(optimizer.name, tuple(sorted(values.items())), style)


def _surrounded_spec(text: str, style: int) -> RunSpec:
    """Make a run of an optimizer with hooks and schedules round it."""
    base, parts = split(text)
    lone = run_spec(base, style)
    optimizer = composed(optimizer_class(lone.optimizer), parts)
    known = {each.name for each in optimizer.hyperparameters}
    given = dict(lone.hyper) | values_of(parts)
    values = {name: value for name, value in given.items() if name in known}  # one-cycle has no use for lr
    optimizer(**values)
    return RunSpec(optimizer.name, tuple(sorted(values.items())), style)


def numbers(option: str, text: str, form: str) -> tuple[float, ...]:
    """Return the numbers of ``1,2,3``; as many as ``form`` has.

    Raises
    ------
    InputError
        When they are not numbers, or not so many.
    """
    parts = text.split(",")
    expected = f"{form.count(',') + 1} numbers {form}" if "," in form else "a number"
    message = f"{option} needs {expected}, not '{text}'"
    if len(parts) != form.count(",") + 1:
        raise InputError(message)
    return tuple(_float(part, message) for part in parts)


def whole_number(option: str, text: str) -> int:
    """Return a whole number.

    Raises
    ------
    InputError
        When it is none.
    """
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", text, re.ASCII):
        raise InputError(f"{option} must be a whole number, not '{text}'")
    return int(text)


def _float(text: str, message: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(message)
    return value
