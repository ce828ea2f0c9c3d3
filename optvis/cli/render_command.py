"""``optvis render``: its options, and what they make."""

from __future__ import annotations

import argparse
from dataclasses import fields, replace

from optvis.cli.progress import finish_in_sight
from optvis.cli.said import session_said
from optvis.document.command_options import (
    WHAT_TO_COMPUTE,
    Parser,
    add_what_to_compute,
    numbers,
    whole_number,
)
from optvis.document.layouts import LAYOUTS, WINDOW_LAYOUTS
from optvis.document.opening import open_session
from optvis.document.picture_spec import ANIMATIONS, STILLS, THEMES, Picture
from optvis.document.session import Session, resolve_in_slices
from optvis.document.session_file import preset_names
from optvis.document.session_text import from_text
from optvis.document.view_options import add_view_options, with_view_options
from optvis.foundation.display import why_no_qt
from optvis.foundation.errors import InputError
from optvis.foundation.files import check_target

ABOUT = """\
examples:
  optvis render textbook -o textbook.png
  optvis render my-session.json --view multiples --theme dark -o figure.svg
  optvis render my-session.json -o figure.py
  optvis render -p himmelblau -O adam -O sgd --step 20 --size 800,600 --scale 2 -o figure.png
  optvis render -p rosenbrock -O adam --view surface --fps 30 -o adam.gif
  optvis render -p himmelblau -O adam --swarm 10000 -o swarm.gif

presets: {presets}
"""
_OF_ANIMATIONS = ("fps", "steps_per_frame", "hold", "loop")


def render(words: list[str]) -> None:
    """Do what the words after ``optvis render`` say.

    Raises
    ------
    InputError
        When they are not what it takes.
    """
    options = _parser().parse(words)
    session = _session_to_draw(options.session, options)
    if options.output is None:
        raise InputError("no file is given for the picture; add for example -o picture.png")
    wanted = _picture(options)
    if wanted.ending == ".py":
        _write_script(session, wanted)
        return
    if reason := why_no_qt():
        raise InputError(reason)
    from optvis.export.render import render_in_slices

    wanted.check(session.view.layout)
    check_target(wanted.file)
    scene = finish_in_sight(resolve_in_slices(session), "computing")
    finish_in_sight(render_in_slices(scene, wanted), "drawing")


def _parser() -> Parser:
    parser = Parser(
        "render",
        description="Draw a picture or an animation of a session, without a window.",
        epilog=ABOUT.format(presets=", ".join(preset_names())),
    )
    parser.add_argument(
        "session",
        metavar="SESSION",
        nargs="?",
        help="a session file (a name with an ending), a picture that carries its session, or the name of a preset",
    )
    parser.add_argument("-s", "--session-text", metavar="TEXT", help="a session as the window copies it: optvis1:…")
    add_what_to_compute(parser)
    add = parser.add_argument_group("how to draw it").add_argument
    kinds = f"a picture {' '.join(STILLS)}, an animation {' '.join(ANIMATIONS)}, or a .py script that draws it"
    add("-o", "--output", metavar="FILE", help=f"the kind by its ending: {kinds}")
    add("--size", metavar="W,H", help="width and height in pixels (default: 1200,800; an animation: 800,600)")
    add("--scale", metavar="FACTOR", default="1", help="pixels for each of them, for sharp print (default: 1)")
    add(
        "--view",
        metavar="VIEW",
        choices=tuple(LAYOUTS),
        help="; ".join(f"{name}: {each.about}" if each.about else name for name, each in LAYOUTS.items()),
    )
    add_view_options(add)
    add(
        "--step",
        metavar="K",
        help="draw the runs up to step K (default: the last; an animation ends where all has settled), or from FROM:TO",
    )
    add("--theme", metavar="THEME", choices=THEMES, default="light", help="light (default) or dark")
    add("--transparent", action="store_true", help="a picture without a background")
    add = parser.add_argument_group("animations").add_argument
    add("--fps", metavar="RATE", help=f"frames per second (default: {Picture.fps:g})")
    add("--steps-per-frame", metavar="N", help="(default: so many that there are at most some 200 frames)")
    add("--hold", metavar="SECONDS", help=f"how much longer the last frame stays (default: {Picture.hold:g})")
    add("--loop", action=argparse.BooleanOptionalAction, help="begin again at the end (default: yes)")
    return parser


def _picture(options: argparse.Namespace) -> Picture:
    wanted = Picture(
        options.output,
        size=None if options.size is None else _pair(numbers("--size", options.size, "W,H")),
        scale=numbers("--scale", options.scale, "FACTOR")[0],
        theme=options.theme,
        layout=None if options.view in WINDOW_LAYOUTS else options.view,  # the session has those
        step=None if options.step is None else _step(options.step),
        transparent=options.transparent,
    )
    given = {name: getattr(options, name) for name in _OF_ANIMATIONS if getattr(options, name) is not None}
    if given and not wanted.is_animation:
        option = next(iter(given)).replace("_", "-")
        raise InputError(f"--{option} is for animations ({', '.join(ANIMATIONS)}), which {options.output} is not")
    for name, text in given.items():
        if name == "steps_per_frame":
            given[name] = whole_number("--steps-per-frame", text)
        elif name != "loop":
            (given[name],) = numbers(f"--{name}", text, name.upper())
    return replace(wanted, **given)


def _pair(values: tuple[float, ...]) -> tuple[float, float]:
    width, height = (int(value) if value.is_integer() else value for value in values)
    return width, height


def _step(text: str) -> int | tuple[int, int]:
    first, colon, last = text.partition(":")
    if not colon:
        return whole_number("--step", text)
    return whole_number("--step", first), whole_number("--step", last)


def _write_script(session: Session, wanted: Picture) -> None:
    """Write a script instead of the picture; it asks for a PNG that is otherwise like it."""
    from optvis.export.script import write_script

    replace(wanted, file="picture.png").check()
    given = {each.name: getattr(wanted, each.name) for each in fields(wanted) if each.name != "file"}
    usual = vars(Picture(wanted.file))
    write_script(session, wanted.file, {name: wish for name, wish in given.items() if wish != usual[name]})


def _session_to_draw(name: str | None, options: argparse.Namespace) -> Session:
    given = [option for option in WHAT_TO_COMPUTE if getattr(options, option) is not None]
    text = options.session_text
    if name is None and text is None and not given:
        raise InputError("nothing to draw is given; name a session file or a preset such as textbook, or add -p and -O")
    if name is not None and text is not None:
        raise InputError(f"{name} and the text after -s are two sessions; leave out one")
    if (name or text) and given:
        what = "-s" if name is None else name
        raise InputError(f"{what} says itself what to compute; leave out --{given[0]}, or leave out {what}")
    if text is not None:
        session = from_text(text)
    elif name is not None:
        session = open_session(name)
    else:
        session = session_said(options)
    session = with_view_options(session, options)
    layout = options.view if options.view in WINDOW_LAYOUTS else session.view.layout
    return replace(session, view=replace(session.view, layout=layout))
