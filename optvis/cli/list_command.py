"""``optvis list``: the problems and the optimizers, as lines for people or as JSON."""

from __future__ import annotations

import inspect
import json
from typing import Any, Literal

from optvis.optimizers.base import RuleOptimizer
from optvis.optimizers.catalogue import CATALOGUE as OPTIMIZERS
from optvis.optimizers.hyperparameter import HUGE, Hyperparameter
from optvis.problems.problem import CATALOGUE as PROBLEMS
from optvis.problems.problem import Problem

What = Literal["problems", "optimizers"]


def as_lines(what: What) -> str:
    """Return a line for each: a problem with what it teaches, an optimizer with its hyperparameters and defaults."""
    if what == "problems":
        rows = [(name, problem.teaches) for name, problem in PROBLEMS.items()]
    else:
        rows = [(name, _defaults(optimizer)) for name, optimizer in OPTIMIZERS.items()]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:{width}}  {text}" for name, text in rows)


def as_json(what: What) -> str:
    """Return all that is known about the problems or the optimizers as an indented JSON list."""
    if what == "problems":
        entries = [_problem(problem) for problem in PROBLEMS.values()]
    else:
        entries = [_optimizer(optimizer) for optimizer in OPTIMIZERS.values()]
    return json.dumps(entries, indent=2, allow_nan=False)


def _defaults(optimizer: type[RuleOptimizer]) -> str:
    return ",".join(f"{hyper.name}={hyper.default:g}" for hyper in optimizer.hyperparameters)


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "name": problem.name,
        "title": problem.title,
        "formula": problem.formula.text if problem.formula is not None else None,
        "bounds": list(problem.plane.bounds),
        "start": list(problem.start),
        "minima": [{"x": each.x, "y": each.y, "value": each.value, "kind": each.kind} for each in problem.minima],
        "steps": problem.suggested.steps,
        "lr": dict(problem.suggested.lr),
        "source": problem.source,
        "teaches": problem.teaches,
    }


def _optimizer(optimizer: type[RuleOptimizer]) -> dict[str, Any]:
    summary, _, source = inspect.cleandoc(optimizer.__doc__ or "").partition("\n\n")
    return {
        "name": optimizer.name,
        "title": optimizer.title,
        "class": optimizer.__name__,
        "summary": " ".join(summary.split()),
        "source": " ".join(source.split()),
        "rule": optimizer.rule.text.splitlines(),
        "hyperparameters": [_hyperparameter(hyper) for hyper in optimizer.hyperparameters],
    }


def _hyperparameter(hyper: Hyperparameter) -> dict[str, Any]:
    return {
        "name": hyper.name,
        "meaning": hyper.meaning,
        "default": hyper.default,
        "low": hyper.low,
        "high": hyper.high,
        "scale": hyper.scale,
        "zero": hyper.zero,
        "least": hyper.least,
        "most": hyper.most if hyper.most < HUGE else None,
    }
