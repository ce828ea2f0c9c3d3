"""A session as a short Python script that computes and draws the same. Imports no Qt."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import PurePath
from typing import Any

from optvis.document.session import RunSpec, Session, effective_hyper, session_problem
from optvis.engine.preparation import checked_steps
from optvis.foundation.files import write_whole
from optvis.foundation.version import __version__
from optvis.optimizers.catalogue import optimizer_class
from optvis.problems.gradient import parse_scheme

_LONG = 110


def write_script(session: Session, path: str | os.PathLike[str], drawing: Mapping[str, Any] | None = None) -> None:
    """Write the script of a session; the picture it draws gets the script's name with ``.png``.

    Parameters
    ----------
    drawing
        More arguments of `optvis.render`.

    Raises
    ------
    InputError
        When something in the session cannot be used, or the file cannot be written; then nothing is.
    """
    write_whole(path, script(session, f"{PurePath(path).stem}.png", drawing or {}).encode())


def script(session: Session, picture: str = "picture.png", drawing: Mapping[str, Any] | None = None) -> str:
    """Return the script of a session.

    What follows the problem's suggestions is written out, so that it computes the same when they change.

    Raises
    ------
    InputError
        When something in the session cannot be used.
    """
    minimised = session_problem(session.problem, session.bounds)
    steps = checked_steps(minimised.suggested.steps if session.steps is None else session.steps)
    settings = {
        "problem": minimised.name,
        "bounds": minimised.plane.bounds,
        "start": minimised.start if session.start is None else session.start,
        "steps": steps,
        "gradient": str(parse_scheme(session.gradient)),
    } | ({"seed": session.seed} if session.seed else {})
    options = "".join(f", {name}={_literal(value)}" for name, value in (drawing or {}).items())
    return "\n".join(
        [
            f'"""Computes and draws a session of optvis {__version__}."""',
            "",
            "import optvis",
            "",
            "session = optvis.Session(",
            *(f"    {name}={_literal(value)}," for name, value in settings.items()),
            "    runs=(",
            *(f"        {line}" for spec in session.runs for line in _run(spec, effective_hyper(spec, minimised))),
            "    ),",
            *(f"    {line}" for line in _view(session)),
            ")",
            "scene = optvis.resolve(session)",
            "",
            "for run in scene.runs:",
            f"    t = run.trajectory  # with arrays of {steps + 1:,} values: t.x, t.y, t.loss, t.grad, t.state",
            '    print(f"{run.label}: {t.outcome.kind}, loss {t.outcome.loss:g} after {t.last} steps")',
            "",
            f"optvis.render(scene, {_literal(picture)}{options})",
            "",
        ]
    )


def _run(spec: RunSpec, hyper: Mapping[str, float]) -> Iterator[str]:
    """Lines of one run: one if it is short, else with the parts of a rule one below the other."""
    changed = {each.name: getattr(spec, each.name) for each in fields(spec) if getattr(spec, each.name) != each.default}
    rest = "".join(f", {name}={_literal(changed[name])}" for name in ("style", "visible", "label") if name in changed)
    *first, last = optimizer_class(spec.optimizer).name.split("; ")
    line = f"optvis.RunSpec({_literal(last)}, {_literal(dict(hyper))}{rest}),"
    if not first and len(line) < _LONG:
        yield line
        return
    yield "optvis.RunSpec("
    yield from (f"    {_literal(part + '; ')}" for part in first)
    yield f"    {_literal(last)},"
    yield f"    {_literal(dict(hyper))}{rest},"
    yield "),"


def _view(session: Session) -> Iterator[str]:
    view = session.view
    changed = {each.name: getattr(view, each.name) for each in fields(view) if getattr(view, each.name) != each.default}
    if changed:
        yield f"view=optvis.View({', '.join(f'{name}={_literal(value)}' for name, value in changed.items())}),"


def _literal(value: Any) -> str:
    """Python's own notation, with text in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"({', '.join(map(_literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_literal(key)}: {_literal(each)}' for key, each in value.items())}}}"
    return repr(value)
