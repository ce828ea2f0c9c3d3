"""``optvis tune``: its options, and what it prints or writes."""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import shlex
import sys
from pathlib import PurePath
from typing import Any

from optvis.cli.progress import finish_in_sight
from optvis.cli.said import session_said
from optvis.document.command_options import Parser, add_what_to_compute, numbers, whole_number
from optvis.document.session import RunSpec, Session, effective_hyper, session_problem
from optvis.document.shell_line import option_text
from optvis.foundation.errors import InputError
from optvis.foundation.files import check_target, write_whole
from optvis.foundation.version import __version__
from optvis.optimizers.catalogue import optimizer_class
from optvis.problems.problem import Problem
from optvis.problems.start_sets import lattice, random_starts
from optvis.tuning.report import aim_text, cells, headings, range_text, score_text, table
from optvis.tuning.tune import BUDGET, Tuning, compare_in_slices, usual_names

ABOUT = f"""\
examples:
  optvis tune -p quadratic-valley -O sgd
  optvis tune -p rosenbrock -O momentum -O adam --names lr --aim steps
  optvis tune -p ackley -O momentum -O adam -O adagrad --starts lattice:10 -o comparison.csv

Several -O are a fair comparison: each has the same budget and the same starts. The values given
with -O are tried first, and what is not tuned keeps them. Every run may spend {BUDGET:,} loss
evaluations unless --budget says otherwise. Each range is that of a slider in the window, or wider
where the problem asks for it. Good are values with which the target is reached, or the loss is at
most twice as far above the lowest known one, or which take at most a quarter more steps. Those
that lead are tried again from starts a billionth of the domain away; where the result turns out to
be a matter of chance, the worst of four counts.

JSON has every value that was tried along each axis through the best, with its score, and null for
inf. CSV has the columns {{columns}}.
"""
COLUMNS = "run,optimizer,settings,median,worst,success,before,evaluations"


def tune(words: list[str]) -> None:
    """Do what the words after ``optvis tune`` say.

    Raises
    ------
    InputError
        When they are not what it takes.
    """
    options = _parser().parse(words)
    names = _names(options.names)
    session = session_said(options, lambda optimizer: names or usual_names(optimizer.hyperparameters))
    if options.output is not None:
        if _ending(options.output) not in (".csv", ".json"):
            raise InputError(f"{options.output} must end in .csv or .json")
        check_target(options.output)
    elif sys.stdout is None:
        raise InputError("standard output is closed; name a file with -o")
    problem = session_problem(session.problem, session.bounds)
    seed = whole_number("--seed", options.seed)
    slices = compare_in_slices(
        problem,
        [optimizer_class(spec.optimizer)(**effective_hyper(spec, problem)) for spec in session.runs],
        names,
        starts=_starts(options.starts, problem, session, seed),
        steps=session.steps,
        gradient=session.gradient,
        aim=options.aim,
        target=None if options.target is None else numbers("--target", options.target, "LOSS")[0],
        budget=whole_number("--budget", options.budget),
        seed=seed,
    )
    found = finish_in_sight(slices, "tuning")
    _put_out(options, session, problem, found)


def _parser() -> Parser:
    parser = Parser("tune", description="Find good hyperparameters.", epilog=ABOUT.format(columns=COLUMNS))
    add_what_to_compute(parser)
    add = parser.add_argument_group("how to tune").add_argument
    add("--names", metavar="NAME,…", help="what is tuned (default: the main hyperparameters, without eps)")
    add(
        "--aim",
        metavar="AIM",
        choices=("loss", "steps"),
        default="loss",
        help="loss: a small final loss (default); steps: few steps to the target",
    )
    add("--target", metavar="LOSS", help="(default: a thousandth of the loss's usual height above its lowest)")
    add(
        "--starts",
        metavar="STARTS",
        default="one",
        help="one (default); lattice:N, the centres of N × N cells of the domain; random:N, N places in it",
    )
    add("--budget", metavar="N", default=str(BUDGET), help=f"loss evaluations for each run (default: {BUDGET:,})")
    add("--seed", metavar="S", default="0", help="for random starts, and for where to look (default: 0)")
    add("--json", action="store_true", help="all that was found, as JSON")
    add("-o", "--output", metavar="FILE", help="write a .csv or .json file (default: a table to standard output)")
    return parser


def _names(text: str | None) -> list[str] | None:
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise InputError("--names needs hyperparameters, as in --names lr,momentum")
    return names


def _starts(text: str, problem: Problem, session: Session, seed: int) -> Any:
    kind, colon, count = text.strip().partition(":")
    if kind == "one" and not colon:
        return session.start
    if kind not in ("lattice", "random") or not colon:
        raise InputError(f"--starts is one, lattice:N or random:N, not '{text}'")
    if session.start is not None:
        raise InputError(f"--starts {text} says itself where runs start; leave out --start")
    n = whole_number(f"the number in --starts {kind}:N", count)
    return lattice(problem, n) if kind == "lattice" else random_starts(problem, n, seed)


def _put_out(options: argparse.Namespace, session: Session, problem: Problem, found: list[Tuning]) -> None:
    ending = _ending(options.output)
    if options.json or ending == ".json":
        text = json.dumps(_document(options, session, problem, found), indent=2, allow_nan=False) + "\n"
    elif ending == ".csv":
        text = _csv(session, found)
    else:
        text = "\n".join(_lines(session, problem, found)) + "\n"
    if options.output is None:
        sys.stdout.write(text)
    else:
        write_whole(options.output, text.encode())


def _ending(path: str | None) -> str:
    return "" if path is None else PurePath(path).suffix.lower()


def _lines(session: Session, problem: Problem, found: list[Tuning]) -> list[str]:
    titles = _titles(session)
    rows = [("run", *headings(found[0]))]
    rows += [(title, *cells(each)) for title, each in zip(titles, found, strict=True)]
    lines = [f"{problem.title}: {aim_text(found[0])}", "", *table(rows)]
    for title, spec, each in zip(titles, session.runs, found, strict=True):
        lines += ["", f"{title}: {score_text(each, each.median)}, {len(each.tried):,} settings tried"]
        lines += [f"  {range_text(name, each.best[name], curve)}" for name, curve in each.neighbourhood.items()]
        lines += [f"  -O {shlex.quote(option_text(spec.with_values(each.best)))}"]
    return lines


def _titles(session: Session) -> list[str]:
    """Titles, with the number of the run where one stands twice."""
    titles = [optimizer_class(spec.optimizer).title for spec in session.runs]
    return [f"{title} (run {at})" if titles.count(title) > 1 else title for at, title in enumerate(titles)]


def _csv(session: Session, found: list[Tuning]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS.split(","))
    for index, (spec, each) in enumerate(zip(session.runs, found, strict=True)):
        settings = ",".join(f"{name}={value!r}" for name, value in spec.with_values(each.best).hyper)
        scores = (repr(value) for value in (each.median, each.worst, each.success, each.before))
        writer.writerow([index, optimizer_class(spec.optimizer).name, settings, *scores, each.evaluations])
    return text.getvalue()


def _document(options: argparse.Namespace, session: Session, problem: Problem, found: list[Tuning]) -> dict[str, Any]:
    first = found[0]
    return {
        "format": "optvis-tuning",
        "version": 1,
        "computed_by": {"optvis": __version__},
        "problem": problem.name,
        "bounds": list(problem.plane.bounds),
        "start": list(session.start or problem.start) if options.starts.strip() == "one" else None,
        "starts": options.starts.strip(),
        "steps": first.steps,
        "gradient": session.gradient,
        "aim": first.aim,
        "target": first.target,
        "budget": first.budget,
        "seed": int(options.seed),
        "runs": [_run(index, spec, each) for index, (spec, each) in enumerate(zip(session.runs, found, strict=True))],
    }


def _run(index: int, spec: RunSpec, tuning: Tuning) -> dict[str, Any]:
    return {
        "run": index,
        "optimizer": optimizer_class(spec.optimizer).name,
        "best": tuning.best,
        "hyper": tuning.optimizer.hyper,
        "median": _number(tuning.median),
        "worst": _number(tuning.worst),
        "success": tuning.success,
        "before": _number(tuning.before),
        "tried": len(tuning.tried),
        "evaluations": tuning.evaluations,
        "neighbourhood": {
            name: {
                "good": [curve.low, curve.high],
                "values": curve.values.tolist(),
                "scores": [_number(score) for score in curve.scores.tolist()],
            }
            for name, curve in tuning.neighbourhood.items()
        },
        "option": shlex.quote(option_text(spec.with_values(tuning.best))),
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
