"""How a session is shown, as options of the command line: one table for what is read and what is written.

Whatever a `View` chooses from a list of names has an option of its own name, such as ``--loss-axis linear``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from optvis.document.command_options import numbers, whole_number
from optvis.document.picture_spec import with_view
from optvis.document.session import CHOICES, MAX_SWARM, STYLES, Session, View
from optvis.foundation.errors import InputError

_ABOUT = {
    "levels": "how contours and colours are spread",
    "aspect": "whether one unit is as long on x as on y",
    "colormap": "of the map",
    "color_bar": "what the colours of the map stand for",
    "contour_labels": "losses written on contour lines",
    "loss_axis": "of charts of what is never negative",
    "against": "what charts have along",
    "lens": "shade the map with the error of the numerical gradient",
    "basins": "what a map of basins shows",
    "basins_of": "the chosen run, or each in a panel of its own",
    "sweep_shows": "what a sweep map shows",
    "field": "arrows of the negative gradient",
}
_SEVERAL = {"arrows": "at the head of the chosen run", "charts": "for charts and figure (default: loss)"}


def add_view_options(add: Callable[..., Any]) -> None:
    """Add them to a group of a parser."""
    for name, about in _ABOUT.items():
        choices = CHOICES[name]
        add(_option(name), metavar="NAME", choices=choices, help=f"{about}: {', '.join(choices)}")
    for name, about in _SEVERAL.items():
        add(_option(name), metavar="KIND,…", help=f"{about}: {', '.join(CHOICES[name])}")
    add(
        "--swarm",
        metavar="N",
        help=f"move the chosen run's optimizer from N starts, up to {MAX_SWARM:,}, as points over the map; with "
        "multiples each run's",
    )
    add(
        "--profile",
        metavar="AX,AY,BX,BY",
        help="lay a line over the map; a figure has a chart of the loss along it, marked where runs cross",
    )
    add("--chosen", metavar="RUN", help="which run has basins, arrows and swarm, counted from 0 (default: the first)")
    add("--sweep-x", metavar="NAME", help="the hyperparameter along x of a sweep map (default: the first)")
    add("--sweep-y", metavar="NAME", help="along y, or steps (default: the second, else steps)")
    add("--seed", metavar="S", help="of what is drawn at random (default: 0)")
    add("--styles", metavar="N,…", help=f"the look of every run, 0 to {STYLES - 1} (default: 0,1,2,…)")
    add("--patterns", action="store_true", help="give every run a dash pattern, for print")
    add("--label", metavar="TEXT", action="append", help="a name for the first run, once more for the second, …")
    add("--hidden", metavar="RUN,…", help="runs that are computed and not drawn, counted from 0")


def with_view_options(session: Session, options: argparse.Namespace) -> Session:
    """Show a session as the options say; what they do not say stays.

    Raises
    ------
    InputError
        For what cannot be shown.
    """
    given = {name: value for name in _ABOUT if (value := getattr(options, name)) is not None}
    given |= {name: value for name in ("sweep_x", "sweep_y") if (value := getattr(options, name)) is not None}
    if options.chosen is not None:
        given["chosen"] = whole_number("--chosen", options.chosen)
    session = replace(session, view=replace(session.view, **given))
    swarm = None if options.swarm is None else whole_number("--swarm", options.swarm)
    profile = None if options.profile is None else numbers("--profile", options.profile, "AX,AY,BX,BY")
    session = with_view(session, _kinds(options.arrows), None, _kinds(options.charts), swarm, profile)
    if options.seed is not None:
        session = replace(session, seed=whole_number("--seed", options.seed))
    session = _with_looks(session, options)
    return session.with_patterns() if options.patterns else session


def view_words(session: Session) -> list[str]:
    """Return the options that show a session as it is shown, but for its layout."""
    view, usual = session.view, View()
    words: list[str] = []
    for name in (*_ABOUT, "sweep_x", "sweep_y"):
        if (value := getattr(view, name)) != getattr(usual, name):
            words += [_option(name), value]
    for name in _SEVERAL:
        if (kinds := getattr(view, name)) != getattr(usual, name):
            words += [_option(name), ",".join(kinds)]
    words += ["--swarm", str(view.swarm)] if view.swarm else []
    words += ["--profile", ",".join(map(repr, view.profile))] if view.profile is not None else []
    words += ["--chosen", str(view.chosen)] if view.chosen else []
    words += ["--seed", str(session.seed)] if session.seed else []
    styles = [spec.style for spec in session.runs]
    if styles != [index % STYLES for index in range(len(styles))]:
        words += ["--styles", ",".join(map(str, styles))]
    labels = [spec.label for spec in session.runs]
    while labels and not labels[-1]:
        labels.pop()
    for label in labels:
        words += ["--label", label]
    hidden = [str(index) for index, spec in enumerate(session.runs) if not spec.visible]
    return words + (["--hidden", ",".join(hidden)] if hidden else [])


def _with_looks(session: Session, options: argparse.Namespace) -> Session:
    """Give runs their looks and names, and hide some."""
    runs = list(session.runs)
    styles = [] if options.styles is None else [whole_number("--styles", part) for part in options.styles.split(",")]
    if options.styles is not None and len(styles) != len(runs):
        raise InputError(f"--styles needs a number for each of the {len(runs)} runs, not {len(styles)}")
    for index, style in enumerate(styles):
        runs[index] = replace(runs[index], style=style)
    labels = options.label or []
    if len(labels) > len(runs):
        raise InputError(f"--label is given {len(labels)} times for {len(runs)} runs")
    for index, label in enumerate(labels):
        runs[index] = replace(runs[index], label=label)
    for part in [] if options.hidden is None else options.hidden.split(","):
        index = whole_number("--hidden", part)
        if not 0 <= index < len(runs):
            raise InputError(f"--hidden counts runs from 0 to {len(runs) - 1}, not {index}")
        runs[index] = replace(runs[index], visible=False)
    return replace(session, runs=tuple(runs))


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _kinds(text: str | None) -> list[str] | None:
    return None if text is None else [kind.strip() for kind in text.split(",") if kind.strip()]
