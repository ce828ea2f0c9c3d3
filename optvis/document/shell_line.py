"""A session as a line for the shell that draws the same."""

from __future__ import annotations

import shlex
from dataclasses import replace

from optvis.document.command_options import Parser, add_what_to_compute, session_of
from optvis.document.session import RunSpec, Session, View
from optvis.document.session_text import to_text
from optvis.document.view_options import add_view_options, view_words, with_view_options
from optvis.foundation.errors import InputError
from optvis.optimizers.catalogue import optimizer_class
from optvis.optimizers.composed import text_of


def render_command(session: Session, file: str = "picture.png") -> str:
    """Return the line ``optvis render …`` of a session, quoted for a POSIX shell.

    It names problem, optimizers and settings where options can say all there is, and else has the
    session as text.
    """
    words = [*_options(session), *view_words(session)]
    if _says(words, session):
        words += ["--view", session.view.layout] if session.view.layout != View.layout else []
    else:
        words = ["-s", to_text(session)]
    return shlex.join(["optvis", "render", *words, "-o", file])


def option_text(spec: RunSpec) -> str:
    """Return the word after ``-O`` that makes a run, not quoted."""
    return text_of(optimizer_class(spec.optimizer), dict(spec.hyper))


def _options(session: Session) -> list[str]:
    words = ["-p", session.problem]
    for spec in session.runs:
        words += ["-O", option_text(spec)]
    if session.bounds is not None:
        words += ["--bounds", ",".join(map(repr, session.bounds))]
    if session.start is not None:
        words += ["--start", ",".join(map(repr, session.start))]
    if session.steps is not None:
        words += ["--steps", str(session.steps)]
    if session.gradient != Session.gradient:
        words += ["--gradient", session.gradient]
    return words


def _says(words: list[str], session: Session) -> bool:
    """Whether the options, with those of the view, stand for this session and no other."""
    parser = Parser("render")
    add_what_to_compute(parser)
    add_view_options(parser.add_argument)
    try:
        options = parser.parse(words)
        said = with_view_options(session_of(options), options)
    except InputError:
        return False
    said = replace(said, view=replace(said.view, layout=session.view.layout))
    runs = tuple(replace(spec, optimizer=optimizer_class(spec.optimizer).name) for spec in session.runs)
    return said == replace(session, runs=runs)
