"""Finding good hyperparameters, for one optimizer or for several with the same budget.

How it searches is in `optvis.tuning.search`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Generator, Iterable
from dataclasses import dataclass
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from optvis.engine.preparation import run_settings, suggested_values, with_values
from optvis.foundation.errors import InputError, nearest
from optvis.foundation.slices import eager, part
from optvis.optimizers.base import RuleOptimizer
from optvis.optimizers.catalogue import optimizer_class
from optvis.optimizers.hyperparameter import Hyperparameter, named
from optvis.problems.gradient import Scheme
from optvis.problems.problem import Problem
from optvis.problems.start_sets import checked_generator
from optvis.problems.tolerances import tolerances, usual_target
from optvis.tuning.search import Curve, least_candidates, search_in_slices
from optvis.tuning.trials import Aim, Question, Trials

Array = NDArray[np.float64]
MAX_TRIED = 100_000
BUDGET = 10_000_000
MAX_BUDGET = 10**12
_EPSILONS = ("eps", "epsilon")


@dataclass(frozen=True, eq=False)
class Tuning:
    """What tuning has found.

    Attributes
    ----------
    optimizer
        A fresh one with the best values.
    best
        The values by name; of what was not tuned there is nothing.
    median, worst
        Of the best over all starts: the final loss, or the steps to the target, as the aim says; inf
        stands for a run that diverged, or does not get there.
    success
        The share of starts from which the best reaches the target.
    before
        The median with the values that were given.
    neighbourhood
        A `Curve` for every name.
    tried, scores
        Every candidate, ``(N, names)``, and its median, ``(N,)``. Those that led were tried again from
        starts moved by a billionth of the domain, and with values one position of their sliders away; where that
        showed that the result is a matter of chance, or stands alone, the worst of them counts, also in
        ``median`` and ``worst``.
    evaluations, budget
        Loss evaluations that were spent, and how many might have been.
    """

    optimizer: Any
    best: dict[str, float]
    aim: Aim
    target: float
    starts: int
    steps: int
    median: float
    worst: float
    success: float
    before: float
    neighbourhood: dict[str, Curve]
    tried: Array
    scores: Array
    evaluations: int
    budget: int

    @property
    def names(self) -> tuple[str, ...]:
        """What was tuned, in the order of the columns of ``tried``."""
        return tuple(self.best)


def tune_in_slices(
    problem: Problem,
    optimizer: Any,
    names: Collection[str] | None = None,
    *,
    starts: Any = None,
    steps: int | None = None,
    gradient: str | Scheme = "central:1e-4",
    aim: Aim = "loss",
    target: float | None = None,
    budget: int = BUDGET,
    seed: int = 0,
) -> Generator[float, None, Tuning]:
    """Find good hyperparameters.

    Parameters
    ----------
    optimizer
        An object such as ``Adam(beta1=0.8)``, which keeps the values of what is not tuned, or a class or
        a name of the catalogue.
    names
        What is tuned; None for all that matter most, which leaves out eps and switches.
    starts
        ``(x, y)``, numbers or arrays, such as of `lattice` and `random_starts`; None for the problem's start.
    steps, gradient
        As of `optvis.run`.
    aim
        ``loss``: the final loss is made small. ``steps``: the number of steps to the target is. Over many
        starts it is the median that counts, and among equals the worst.
    target
        A loss; None for a thousandth of the usual height above the lowest known loss.
    budget
        Loss evaluations that may be spent.
    seed
        The same seed finds the same.

    Raises
    ------
    InputError
        For unusable arguments, such as a budget that is too small for a first sweep.
    """
    if isinstance(problem, Problem):
        optimizer = _instance(problem, optimizer)
    settings = run_settings(problem, optimizer, starts, steps, gradient)
    settings.check_hyper("tuning")
    known = _hyperparameters(optimizer, settings.hyper)
    tuned = _checked_names(known, names, settings.name)
    question = Question(settings, tuned, _checked_aim(aim), _checked_target(problem, target))
    now = {name: settings.hyper[name] for name in question.names}
    _check_budget(budget, question)
    offset = checked_generator(seed).random(len(now))
    wide = [_reaching(problem, settings.name, known[name], value) for name, value in now.items()]
    most = MAX_TRIED * question.cost  # where a run is short, more candidates than these find nothing new
    return _tuning(question, wide, np.array(list(now.values())), min(int(budget), most), offset)


tune = eager(tune_in_slices)


def _tuning(
    question: Question, wide: list[Hyperparameter], given: Array, budget: int, offset: Array
) -> Generator[float, None, Tuning]:
    trials = Trials(question, budget, wide)
    curves = yield from search_in_slices(question, trials, wide, given, offset)
    best, settings = trials.best, question.settings
    values = {name: float(value) for name, value in zip(question.names, trials.values[best], strict=True)}
    return Tuning(
        optimizer=with_values(settings.optimizer, values),
        best=values,
        aim=question.aim,
        target=question.target,
        starts=len(question.starts[0]),
        steps=settings.steps,
        median=float(trials.median[best]),
        worst=float(trials.worst[best]),
        success=float(trials.success[best]),
        before=trials.before,
        neighbourhood=dict(zip(question.names, curves, strict=True)),
        tried=trials.values,
        scores=trials.median,
        evaluations=trials.evaluations,
        budget=budget,
    )


def compare_in_slices(
    problem: Problem, optimizers: Iterable[Any], names: Collection[str] | None = None, **settings: Any
) -> Generator[float, None, list[Tuning]]:
    """Tune each of several optimizers with the same budget, over the same starts.

    Parameters
    ----------
    names
        What is tuned, in each optimizer as far as it has it.
    settings
        As of `tune`; the budget is that of each optimizer.

    Raises
    ------
    InputError
        As `tune`.
    """
    if isinstance(optimizers, str):
        raise InputError(f"a comparison is of several optimizers, as in [{optimizers!r}, 'adam'], not of one name")
    if not isinstance(optimizers, Iterable):
        raise InputError(f"a comparison is of several optimizers in a list, as in [SGD(), Adam()], not {optimizers!r}")
    chosen = list(optimizers)
    if len(chosen) == 1:
        return _one_by_one([tune_in_slices(problem, chosen[0], names, **settings)])
    for name in [] if names is None else [names] if isinstance(names, str) else names:
        if not any(hasattr(_instance(problem, each), name) for each in chosen):
            raise InputError(f"none of these optimizers has a hyperparameter {name!r}")
    waiting = [tune_in_slices(problem, each, _own_names(problem, each, names), **settings) for each in chosen]
    return _one_by_one(waiting)


compare = eager(compare_in_slices)


def _one_by_one(waiting: list[Generator[float, None, Tuning]]) -> Generator[float, None, list[Tuning]]:
    found: list[Tuning] = []
    for index, slices in enumerate(waiting):
        found.append((yield from part(slices, index / len(waiting), (index + 1) / len(waiting))))
    return found


# --- what may be asked ---------------------------------------------------------------------------


def _of_the_catalogue(problem: Problem, optimizer: Any) -> Any:
    """Make an optimizer of a name or a class, with the problem's suggestions."""
    if isinstance(optimizer, str):
        optimizer = optimizer_class(optimizer)
    if not issubclass(optimizer, RuleOptimizer):
        return optimizer()
    return optimizer(**suggested_values(optimizer, problem))


def _hyperparameters(optimizer: Any, values: dict[str, Any]) -> dict[str, Hyperparameter]:
    """Every hyperparameter of an optimizer, of a user's own class what its name says about it."""
    if isinstance(optimizer, RuleOptimizer):
        return {known.name: known for known in optimizer.hyperparameters}
    return {name: named(name) for name, value in values.items() if not isinstance(value, bool)}


def usual_names(known: Iterable[Hyperparameter]) -> tuple[str, ...]:
    """Return what is tuned when nothing is said: the main hyperparameters, without eps and switches."""
    return tuple(
        hyper.name for hyper in known if hyper.main and hyper.scale != "switch" and hyper.name not in _EPSILONS
    )


def _checked_names(known: dict[str, Hyperparameter], names: Collection[str] | None, owner: str) -> tuple[str, ...]:
    if names is None:
        found = usual_names(known.values())
    else:
        found = tuple(dict.fromkeys((names,) if isinstance(names, str) else names))
    for name in found:
        if name not in known:
            raise InputError(
                f"{owner} has no hyperparameter '{name}'{nearest(name, known) or ';'}"
                f" it has {', '.join(known) or 'none'}"
            )
    if not found:
        raise InputError(f"there is nothing to tune: {owner} has {', '.join(known) or 'no hyperparameters'}")
    return found


def _instance(problem: Problem, optimizer: Any) -> Any:
    return _of_the_catalogue(problem, optimizer) if isinstance(optimizer, (str, type)) else optimizer


def _own_names(problem: Problem, optimizer: Any, names: Collection[str] | None) -> Collection[str] | None:
    """Those of the names that an optimizer has; all of them where it has none, to be refused."""
    if names is None:
        return None
    optimizer = _instance(problem, optimizer)
    given = (names,) if isinstance(names, str) else tuple(names)
    return [name for name in given if hasattr(optimizer, name)] or given


def _checked_aim(aim: Any) -> Aim:
    if aim not in get_args(Aim):
        raise InputError(f"the aim of tuning is loss or steps, not {aim!r}")
    return cast(Aim, aim)


def _checked_target(problem: Problem, target: float | None) -> float:
    if target is None:
        return usual_target(problem)
    try:
        value = float(target)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"the target is a loss, a finite number, not {target!r}")
    return value


def _check_budget(budget: Any, question: Question) -> None:
    if isinstance(budget, bool) or not isinstance(budget, (int, np.integer)) or not 1 <= budget <= MAX_BUDGET:
        raise InputError(f"the budget is a whole number of loss evaluations from 1 to 1e12, not {budget!r}")
    least = least_candidates(len(question.names))
    if budget < least * question.cost:
        starts = len(question.starts[0])
        where = "from one start" if starts == 1 else f"from each of {starts:,} starts"
        raise InputError(
            f"a budget of {budget:,} loss evaluations is too small: a first sweep of {least} candidates,"
            f" {question.settings.steps:,} steps {where}, takes {least * question.cost:,}; raise it,"
            f" or take fewer {'steps' if starts == 1 else 'steps or starts'}"
        )


def _reaching(problem: Problem, optimizer: str, hyper: Hyperparameter, value: float) -> Hyperparameter:
    """Return a hyperparameter whose range reaches round its value and what may suit the problem.

    Where no learning rate is suggested, one is guessed from the units: a rate is a length where the
    steps have a length of their own, else a length squared over a loss.
    """
    hyper = hyper.reaching(value)
    if hyper.name != "lr":
        return hyper
    if optimizer in problem.suggested.lr:
        return hyper.reaching(problem.suggested.lr[optimizer])
    xmin, xmax, ymin, ymax = problem.plane.bounds
    diagonal, height = math.hypot(xmax - xmin, ymax - ymin), tolerances(problem).height
    hyper = hyper.reaching(1e-3 * diagonal)
    return hyper.reaching(1e-2 * diagonal**2 / height) if height > 0 else hyper
