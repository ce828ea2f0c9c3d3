"""The command line: ``optvis``, ``optvis list``, ``optvis run``, ``optvis render``.

Qt, contourpy and the window are imported inside the commands that need them.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from optvis import __version__, listing
from optvis.arguments import WHAT_TO_COMPUTE, Parser, add_what_to_compute, numbers, session_of, whole_number
from optvis.display import why_no_qt, why_no_window
from optvis.errors import InputError, nearest
from optvis.exporter import Exporter
from optvis.files import check_target
from optvis.opening import open_session
from optvis.picture import Picture
from optvis.session import Scene, Session, resolve_in_slices
from optvis.session_file import preset_names
from optvis.session_text import from_text
from optvis.slices import finish

DONE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
QUIET_SECONDS = 1.0

_ABOUT = """\
optvis shows how optimizers move: contours, trajectories, and why they end where they end.

  optvis [FILE]             open the window, with FILE as its session
  optvis list problems      the problems by name; also: optvis list optimizers
  optvis run …              compute trajectories: CSV, JSON, NPZ
  optvis render …           draw a picture, also where there is no display

  optvis COMMAND --help     more about a command
  optvis --version          the version
"""
_RUN_ABOUT = """\
examples:
  optvis run -p quadratic-valley -O sgd:lr=0.95
  optvis run -p 'x**2/20 + y**2' -O sgd -O adam:lr=0.3,beta1=0.8 --start -7,2 --steps 30 -o runs.csv
  optvis run -p rosenbrock -O 'rule{ v = momentum*v - lr*g; step = v }:lr=0.001,momentum=0.9'

The columns of CSV are run,optimizer,step,x,y,loss,grad_x,grad_y. JSON also has each run's
hyperparameters, outcome, evaluations and inner state. NPZ has the arrays x, y, loss, grad_x and
grad_y of shape (runs, steps + 1), the inner state of run 0 as run0_v_x, run0_v_y, …, of run 1 as
run1_v_x, and so on, and the rest as text in about.
A learning rate that is not given is the problem's suggestion.
"""
_RENDER_ABOUT = """\
examples:
  optvis render textbook -o textbook.png
  optvis render my-session.json --view multiples --theme dark -o figure.png
  optvis render my-session.json -o figure.py
  optvis render -p himmelblau -O adam -O sgd --step 20 --size 800,600 --scale 2 -o figure.png

presets: {presets}
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status: 0 done, 2 unusable input, 1 anything else."""
    words = list(sys.argv[1:] if argv is None else argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that has no ² shows ?, and the work is done
    try:
        status = _COMMANDS.get(words[0], _window)(words) if words else _window(words)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except SystemExit as end:  # argparse, after --help
        return end.code if isinstance(end.code, int) else DONE
    except InputError as error:
        return _fail(str(error), UNUSABLE)
    except BrokenPipeError:  # the reader, such as head, has what it wants
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return _fail("interrupted", INTERRUPTED)
    except MemoryError:
        return _fail("there is not enough memory for so many steps or pixels", FAILED)
    except OSError as error:
        return _fail(": ".join(str(part) for part in (error.filename or "output", error.strerror or error)), FAILED)
    except Exception as error:
        return _fail(f"{type(error).__name__}: {error} (a fault of optvis; OPTVIS_DEBUG=1 shows where)", FAILED)


def _fail(message: str, status: int) -> int:
    if os.environ.get("OPTVIS_DEBUG") == "1":
        traceback.print_exc()
    # What a user typed may hold line ends and worse; an error is one line
    line = "".join(letter if letter.isprintable() else " " for letter in message)
    if sys.stderr is not None:
        print(f"optvis: error: {line}", file=sys.stderr)
    return status


def _window(words: list[str]) -> int:
    parser = Parser("", description=_ABOUT, usage="optvis [FILE]")
    parser.add_argument("file", metavar="FILE", nargs="?", help="a session file, or the name of a preset")
    parser.add_argument("--version", action="store_true", help="show the version")
    if words and not words[0].startswith("-"):
        _check_session(words[0])
    options = parser.parse(words)
    if options.version:
        print(f"optvis {__version__}")
        return DONE
    if reason := why_no_window():
        raise InputError(reason)
    from optvis.gui.app import run_window

    return run_window(options.file, Exporter())


def _check_session(name: str) -> None:
    """Refuse a file before the window opens; a bare word may have been meant for a command."""
    if not (Path(name).suffix or name in preset_names() or os.path.lexists(name)):
        known = [*_COMMANDS, *preset_names()]
        hint = nearest(name, known) or f"; there are {', '.join(known)}"
        raise InputError(f"there is no command or preset called '{name}'{hint}")
    open_session(name)


def _list(words: list[str]) -> int:
    parser = Parser("list", description="List the problems or the optimizers, one on a line.")
    parser.add_argument("what", choices=("problems", "optimizers"))
    parser.add_argument("--json", action="store_true", help="all that is known about them, as JSON")
    options = parser.parse(words[1:])
    print(listing.as_json(options.what) if options.json else listing.as_lines(options.what))
    return DONE


def _run(words: list[str]) -> int:
    from optvis.export import data

    parser = Parser("run", description="Compute trajectories and write every step.", epilog=_RUN_ABOUT)
    add_what_to_compute(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write a .csv, .json or .npz file (default: CSV to standard output)"
    )
    options = parser.parse(words[1:])
    session = session_of(options)
    if options.output is None:
        if sys.stdout is None:
            raise InputError("standard output is closed; name a file with -o")
        for chunk in data.csv_chunks(_resolved(session)):
            sys.stdout.write(chunk)
        return DONE
    data.check_ending(options.output)
    check_target(options.output)
    data.write_data(_resolved(session), options.output)
    return DONE


def _render(words: list[str]) -> int:
    parser = Parser(
        "render",
        description="Draw a picture of a session, without a window.",
        epilog=_RENDER_ABOUT.format(presets=", ".join(preset_names())),
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
    add("-o", "--output", metavar="FILE", help="the picture: a .png file; or a .py script that draws it")
    add("--size", metavar="W,H", default="1200,800", help="width and height in pixels (default: 1200,800)")
    add("--scale", metavar="FACTOR", default="1", help="pixels for each of them, for sharp print (default: 1)")
    add(
        "--view",
        metavar="VIEW",
        choices=("map", "multiples"),
        help="all runs on one map, or multiples: one panel for each run",
    )
    add("--step", metavar="K", help="draw the trajectories up to step K (default: the last)")
    add("--theme", metavar="THEME", choices=("light", "dark"), default="light", help="light (default) or dark")
    options = parser.parse(words[1:])
    session = _session_to_draw(options.session, options)
    if options.output is None:
        raise InputError("no file is given for the picture; add for example -o picture.png")
    width, height = numbers("--size", options.size, "W,H")
    (scale,) = numbers("--scale", options.scale, "FACTOR")
    step = None if options.step is None else whole_number("--step", options.step)
    wanted = Picture(options.output, (width, height), scale, options.theme, step=step)
    if wanted.ending == ".py":
        return _write_script(session, wanted)
    if reason := why_no_qt():
        raise InputError(reason)
    from optvis.export import render_in_slices

    wanted.check()
    check_target(options.output)
    finish(render_in_slices(_resolved(session), wanted))
    return DONE


def _write_script(session: Session, wanted: Picture) -> int:
    """Write a script instead of the picture; it asks for a PNG that is otherwise like it."""
    from optvis.export.script import write_script

    like = replace(wanted, file="picture.png")
    like.check()
    given = vars(replace(like, size=like.page))
    usual = vars(Picture(like.file, Picture(like.file).page))
    write_script(session, wanted.file, {name: wish for name, wish in given.items() if wish != usual[name]})
    return DONE


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
        session = session_of(options)
    layout = options.view or session.view.layout
    return replace(session, view=replace(session.view, layout=layout))


def _resolved(session: Session) -> Scene:
    """Compute; on a terminal, work of more than a second shows how far it is."""
    began = perf_counter()
    shown = ""
    slices = resolve_in_slices(session)
    try:
        while True:
            try:
                share = next(slices)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            text = f"\rcomputing … {share:.0%}"
            if (
                text != shown
                and perf_counter() - began > QUIET_SECONDS
                and sys.stderr is not None
                and sys.stderr.isatty()
            ):
                print(text, end="", file=sys.stderr, flush=True)
                shown = text
    finally:
        if shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


_COMMANDS: dict[str, Callable[[list[str]], int]] = {"list": _list, "run": _run, "render": _render}
