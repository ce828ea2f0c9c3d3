"""The command line: ``optvis``, ``optvis list``, ``optvis run``, ``optvis tune``, ``optvis render``, ``optvis map``.

Qt, contourpy and the window are imported inside the commands that need them.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from optvis.cli import list_command
from optvis.cli.map_command import make_map
from optvis.cli.progress import finish_in_sight
from optvis.cli.render_command import render
from optvis.cli.said import session_said
from optvis.cli.tune_command import tune
from optvis.document.command_options import Parser, add_what_to_compute
from optvis.document.opening import open_session
from optvis.document.session import Scene, Session, resolve_in_slices
from optvis.document.session_file import preset_names
from optvis.foundation.display import why_no_window
from optvis.foundation.errors import InputError, nearest
from optvis.foundation.files import check_target
from optvis.foundation.version import __version__

DONE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130

_ABOUT = """\
optvis shows how optimizers move: contours, trajectories, and why they end where they end.

  optvis [FILE]             open the window, with FILE as its session
  optvis list problems      the problems by name; also: optvis list optimizers
  optvis run …              compute trajectories: CSV, JSON, NPZ
  optvis tune …             find good hyperparameters, and compare optimizers fairly
  optvis render …           draw a picture or an animation, also where there is no display
  optvis map basin …        run from every place of the domain: a picture, NPZ; also: optvis map sweep

  optvis COMMAND --help     more about a command
  optvis --version          the version
"""
RUN_ABOUT = """\
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status: 0 done, 2 unusable input, 1 anything else."""
    words = list(sys.argv[1:] if argv is None else argv)
    if argv is None:
        _end_as_asked()
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
    finally:
        if argv is None:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done or told; Python would show where it stands


def _end_as_asked() -> None:
    """Let SIGTERM and SIGHUP end the program as an exit does, so that nothing half written stays."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda number, _: sys.exit(128 + number))


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

    return run_window(options.file)


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
    print(list_command.as_json(options.what) if options.json else list_command.as_lines(options.what))
    return DONE


def _run(words: list[str]) -> int:
    from optvis.export.data import trajectory_data

    parser = Parser("run", description="Compute trajectories and write every step.", epilog=RUN_ABOUT)
    add_what_to_compute(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write a .csv, .json or .npz file (default: CSV to standard output)"
    )
    options = parser.parse(words[1:])
    session = session_said(options)
    if options.output is None:
        if sys.stdout is None:
            raise InputError("standard output is closed; name a file with -o")
        for chunk in trajectory_data.csv_chunks(_resolved(session)):
            sys.stdout.write(chunk)
        return DONE
    trajectory_data.check_ending(options.output)
    check_target(options.output)
    trajectory_data.write_data(_resolved(session), options.output)
    return DONE


def _render(words: list[str]) -> int:
    render(words[1:])
    return DONE


def _map(words: list[str]) -> int:
    make_map(words[1:])
    return DONE


def _tune(words: list[str]) -> int:
    tune(words[1:])
    return DONE


def _resolved(session: Session) -> Scene:
    return finish_in_sight(resolve_in_slices(session), "computing")


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "list": _list, "run": _run, "tune": _tune, "render": _render, "map": _map,
}  # fmt: skip
