"""``optvis map``: a run for every cell of a map, as a picture or as numbers."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from optvis.cli.progress import finish_in_sight
from optvis.cli.said import session_said
from optvis.document.command_options import Parser, add_what_to_compute, numbers, whole_number
from optvis.document.picture_spec import STILLS, THEMES, Picture
from optvis.document.session import Scene, resolve_in_slices
from optvis.foundation.display import why_no_qt
from optvis.foundation.errors import InputError, nearest
from optvis.foundation.files import check_target
from optvis.maps.basins import basins_of_run_in_slices
from optvis.maps.sweep_plan import FINEST, STEPS, SweepPlan, Swept, checked_axis, plan_of
from optvis.maps.sweeps import MAX_CELLS
from optvis.optimizers.catalogue import optimizer_class

_ABOUT = """\
Run an optimizer for every cell of a map.

  optvis map basin …        every place of the domain is a start: where each one leads
  optvis map sweep …        any two hyperparameters on the axes, or one and the steps

  optvis map KIND --help    more about a kind of map
"""
SWEEP_ABOUT = """\
examples:
  optvis map sweep -p quadratic-valley -O momentum --x lr --y momentum -o sweep.png
  optvis map sweep -p rosenbrock -O adam:beta2=0.99 --x lr:0.001:1 --y beta1 --show steps -o sweep.png
  optvis map sweep -p quadratic-valley -O sgd --x lr:0.1:2 --y steps -o losses.npz

NPZ has the values on the axes as x and y, and of shape (y, x) the final loss as loss, the outcome as
kind (a number that counts through the list kinds in about), the first step at the target as reached
(-1: none), the first step from which a run hardly moves as settled, the last step as last, and the place
of the end as end_x and end_y; and what was computed as text in about. Along the steps loss is the
loss after every step.
"""
BASIN_ABOUT = """\
examples:
  optvis map basin -p himmelblau -O momentum:lr=0.02 -o basins.png
  optvis map basin -p himmelblau -O adam -O sgd --show steps -o side-by-side.svg
  optvis map basin -p 'x**4 - x**2 + y**2' -O adam --bounds -2,2,-2,2 --resolution 300,200 -o basins.npz

Several optimizers stand side by side in a picture. NPZ is of one: the starts as x and y, and of shape
(y, x) the index of the minimum that is reached as minimum (-1: none) into the rows of minima, the outcome
as kind (a number that counts through the list kinds in about), the first step from which a run stays near
its minimum as steps (-1: none), the final loss as loss, and the place of the end as end_x and end_y.
"""
_OF_PICTURES = ("size", "scale", "theme", "show")


def make_map(words: list[str]) -> None:
    """Do what the words after ``optvis map`` say.

    Raises
    ------
    InputError
        When they are not what it takes.
    """
    if words and words[0] in MAPS:
        MAPS[words[0]](words[1:])
        return
    if words and not words[0].startswith("-"):
        hint = nearest(words[0], MAPS) or f"; there is {' and '.join(MAPS)}"
        raise InputError(f"there is no map called '{words[0]}'{hint}")
    Parser("map", description=_ABOUT, usage="optvis map KIND …").parse(words)
    raise InputError(f"no kind of map is given; there is {' and '.join(MAPS)}, as in optvis map sweep --help")


def sweep(words: list[str]) -> None:
    """Do what the words after ``optvis map sweep`` say; errors as of `make_map`."""
    options = _sweep_parser().parse(words)
    x, x_ends = _axis("--x", options.x)
    y, y_ends = _axis("--y", options.y)
    session = session_said(options, lambda _: {x, y})
    if len(session.runs) > 1:
        raise InputError(f"a sweep is of one optimizer, not of {len(session.runs)}; give -O once")
    optimizer = optimizer_class(session.runs[0].optimizer)
    if x:
        checked_axis(optimizer, x)
    if y:
        checked_axis(optimizer, y, steps=True)
    if x and x == y:
        raise InputError(f"--x and --y are both {x}; an axis of its own belongs to each")
    ranges = {name: ends for name, ends in ((x, x_ends), (y, y_ends)) if ends is not None}
    if STEPS in ranges:
        raise InputError("--y steps goes from 0 to the last step; set --steps instead of a range")
    target = None if options.target is None else numbers("--target", options.target, "LOSS")[0]
    picture = _picture(options, "sweep")
    view = replace(session.view, layout="sweep", sweep_x=x, sweep_y=y, sweep_shows=options.show or "loss")
    scene = finish_in_sight(resolve_in_slices(replace(session, view=view)), "computing")
    assert scene.chosen is not None
    plan = plan_of(scene.chosen.trajectory, x, y, ranges, target)
    if plan.y is None and options.show in ("steps", "outcome"):
        raise InputError(f"along the steps a sweep shows the loss after every step, not {options.show}")
    swept = Swept(plan, finish_in_sight(plan.in_slices(_cells(options, plan, picture)), "computing"))
    _write(scene, swept, picture, str(options.output))


def basin(words: list[str]) -> None:
    """Do what the words after ``optvis map basin`` say; errors as of `make_map`."""
    options = _basin_parser().parse(words)
    session = session_said(options)
    picture = _picture(options, "basins")
    if picture is None and len(session.runs) > 1:
        raise InputError(f"numbers are of one optimizer, not of {len(session.runs)}; give -O once, or draw a picture")
    if picture is not None and options.resolution is not None:
        raise InputError("a picture has a cell for every pixel; say --size instead of --resolution")
    cells = (512, 512) if options.resolution is None else _resolution(options.resolution)
    view = replace(session.view, layout="basins", basins=options.show or "minimum")
    if len(session.runs) > 1:
        view = replace(view, basins_of="each")
    scene = finish_in_sight(resolve_in_slices(replace(session, view=view)), "computing")
    if picture is not None:
        from optvis.export.render import render_in_slices

        finish_in_sight(render_in_slices(scene, picture), "computing")
        return
    from optvis.export.data.basin_data import write_basins

    slices = basins_of_run_in_slices(scene.runs[0].trajectory, cells, scene.bounds)
    write_basins(finish_in_sight(slices, "computing"), str(options.output))


def _basin_parser() -> Parser:
    parser = Parser(
        "map basin",
        description="Run an optimizer from every place of the domain and tell where each run ends.",
        epilog=BASIN_ABOUT,
    )
    add_what_to_compute(parser)
    add = parser.add_argument_group("the map").add_argument
    add("--resolution", metavar="W,H", help="cells along x and y, for numbers (default: 512,512)")
    _add_output(parser, ("minimum", "steps", "loss"), "minimum (default) that is reached, steps to it, or final loss")
    return parser


def _sweep_parser() -> Parser:
    parser = Parser(
        "map sweep",
        description="Run an optimizer with every combination of two hyperparameters.",
        epilog=SWEEP_ABOUT,
    )
    add_what_to_compute(parser)
    add = parser.add_argument_group("the map").add_argument
    add(
        "--x",
        metavar="NAME[:LOW:HIGH]",
        help="hyperparameter along x, and its range (default: the first, as its slider)",
    )
    add("--y", metavar="NAME[:LOW:HIGH]", help="hyperparameter along y, or steps (default: the second, else steps)")
    add(
        "--target",
        metavar="LOSS",
        help="what is to be reached (default: a thousandth of the usual height above the lowest)",
    )
    add(
        "--resolution",
        metavar="W,H",
        help=f"cells along x and y (default: {FINEST[0]},{FINEST[1]}, or what suits --size)",
    )
    _add_output(parser, ("loss", "steps", "outcome"), "loss (default), steps to the target, or outcome")
    return parser


def _add_output(parser: Parser, shows: tuple[str, ...], what: str) -> None:
    add = parser.add_argument_group("the file").add_argument
    add("-o", "--output", metavar="FILE", help=f"numbers .npz, or a picture {' '.join(STILLS)}")
    add("--show", metavar="WHAT", choices=shows, help=f"pictures: {what}")
    add("--size", metavar="W,H", help="width and height in pixels (default: 1200,800)")
    add("--scale", metavar="FACTOR", help="pixels for each of them, for sharp print (default: 1)")
    add("--theme", metavar="THEME", choices=THEMES, help="light (default) or dark")


def _axis(option: str, text: str | None) -> tuple[str, tuple[float, float] | None]:
    """Return name and range of ``NAME[:LOW:HIGH]``."""
    if text is None:
        return "", None
    name, colon, ends = text.partition(":")
    if not colon:
        return name.strip(), None
    low, _, high = ends.partition(":")
    form = f"{option} takes a name and maybe a range, as in {name or 'lr'}:0.01:1, not '{text}'"
    try:
        first, last = numbers(option, f"{low},{high}", "LOW,HIGH")
    except InputError:
        raise InputError(form) from None
    return name.strip(), (first, last)


def _picture(options: argparse.Namespace, layout: str) -> Picture | None:
    """The picture that is wanted; None for numbers. The file is looked at before anything is computed."""
    if options.output is None:
        raise InputError("no file is given for the map; add for example -o map.png or -o map.npz")
    ending = PurePath(options.output).suffix.lower()
    if ending == ".npz":
        for name in _OF_PICTURES:
            if getattr(options, name) is not None:
                raise InputError(f"--{name} is for pictures ({', '.join(STILLS)}), which {options.output} is not")
        check_target(options.output)
        return None
    if ending not in STILLS:
        known = ", ".join((*STILLS, ".npz"))
        raise InputError(f"a map is written to a file that ends in {known}, not to {options.output}")
    if reason := why_no_qt():
        raise InputError(reason)
    picture = Picture(
        options.output,
        size=None if options.size is None else _pair("--size", options.size),
        scale=1.0 if options.scale is None else numbers("--scale", options.scale, "FACTOR")[0],
        theme=options.theme or "light",
        layout=layout,
    )
    picture.check()
    check_target(picture.file)
    return picture


def _cells(options: argparse.Namespace, plan: SweepPlan, wanted: Picture | None) -> tuple[int, int]:
    if options.resolution is not None:
        return _resolution(options.resolution)
    if wanted is not None:
        return plan.cells_for(*wanted.page)
    return FINEST if plan.y is not None else (FINEST[0], min(plan.steps + 1, MAX_CELLS // FINEST[0]))


def _resolution(text: str) -> tuple[int, int]:
    cells = _pair("--resolution", text)
    if min(cells) < 1:
        raise InputError(f"--resolution must be whole numbers from 1 up, not {text}")
    return cells


def _pair(option: str, text: str) -> tuple[int, int]:
    first, comma, second = text.partition(",")
    if not comma:
        raise InputError(f"{option} needs 2 numbers W,H, not '{text}'")
    return whole_number(option, first), whole_number(option, second)


def _write(scene: Scene, swept: Swept, wanted: Picture | None, file: str) -> None:
    if wanted is None:
        from optvis.export.data.sweep_data import write_sweep

        write_sweep(swept, file)
    else:
        from optvis.export.stills.write_still import write_still_in_slices

        finish_in_sight(write_still_in_slices(scene, wanted, swept), "drawing")


MAPS: dict[str, Callable[[list[str]], None]] = {"basin": basin, "sweep": sweep}
