"""What the command line was told to compute, and what it takes because nobody said otherwise."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection

from optvis.document.command_options import session_of
from optvis.document.session import Session, effective_hyper, session_problem
from optvis.foundation.errors import InputError
from optvis.optimizers.base import RuleOptimizer, is_typed
from optvis.optimizers.catalogue import optimizer_class

Chosen = Callable[[type[RuleOptimizer]], Collection[str]]


def session_said(options: argparse.Namespace, besides: Chosen = lambda _: ()) -> Session:
    """Make a session of the options, and say on standard error which hyperparameters of rules nobody gave.

    A rule makes a hyperparameter of every name that it does not know, so a slip of the pen may be one.

    Parameters
    ----------
    besides
        Which hyperparameters of an optimizer the command chooses itself.

    Raises
    ------
    InputError
        For what cannot be used; with ``--strict`` also for a hyperparameter that nobody gave.
    """
    session = session_of(options)
    for note in _left_to_defaults(session, besides):
        if options.strict:
            raise InputError(f"{note}; --strict asks for all of them, as in -O 'rule{{ step = -lr*g }}:lr=0.1'")
        if sys.stderr is not None:
            print(f"optvis: note: {note}", file=sys.stderr)
    return session


def _left_to_defaults(session: Session, besides: Chosen) -> list[str]:
    """One sentence for every rule of one's own that has hyperparameters which nobody gave."""
    minimised = session_problem(session.problem, session.bounds)
    notes = []
    for spec in session.runs:
        optimizer = optimizer_class(spec.optimizer)
        if not is_typed(optimizer):
            continue
        given = {*dict(spec.hyper), *besides(optimizer)}
        left = [f"{name} = {value:g}" for name, value in effective_hyper(spec, minimised).items() if name not in given]
        if left:
            rule = spec.optimizer if len(spec.optimizer) <= 60 else f"{spec.optimizer[:57]}…"
            notes.append(f"nobody gave these hyperparameters of {rule}: {', '.join(left)}")
    return notes
