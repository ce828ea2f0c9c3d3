"""Trajectories as numbers: CSV, JSON and NPZ. Imports no Qt.

All three have a row for the start and one after every update. Where a run diverged, its first row
out of range is the last one with numbers.

- CSV: ``run,optimizer,step,x,y,loss,grad_x,grad_y``, with the problem's own names in place of x and y; the
  rows after a divergence are left out; ``nan``, ``inf`` and ``-inf`` are written.
- JSON: what was computed and by which versions, and ``runs``, each with its hyperparameters and
  outcome, ``x``, ``y``, ``loss``, ``grad_x`` and ``grad_y`` as lists of steps + 1 numbers, null where
  one is not finite, and ``state``, the same for the inner state: ``state["v"]["x"]`` for a state ``v``.
- NPZ: ``x``, ``y``, ``loss``, ``grad_x`` and ``grad_y``, each (runs, steps + 1) with nan after a
  divergence; the inner state of run 0 as ``run0_v_x``, ``run0_v_y``, … for a state ``v``, of run 1 as
  ``run1_v_x``, and so on; and ``about``, the JSON without the lists.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePath
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from optvis.document.session import Scene
from optvis.engine.trajectory import Trajectory
from optvis.foundation.errors import InputError
from optvis.foundation.files import whole_file
from optvis.foundation.version import __version__
from optvis.problems.gradient import Scheme
from optvis.problems.problem import Problem

COLUMNS = ("x", "y", "loss", "grad_x", "grad_y")
_CHUNK = 20_000


def write_data(scene: Scene, path: str) -> None:
    """Write the trajectories of a scene in the format of the file's ending.

    Raises
    ------
    InputError
        For another ending, or a file that cannot be written; then nothing is.
    """
    write = _format(path)
    with whole_file(path) as file:
        write(scene, file)


def check_ending(path: str) -> None:
    """Raise InputError unless the file's ending is one that `write_data` knows."""
    _format(path)


def csv_chunks(scene: Scene) -> Iterator[str]:
    """Yield the text of a CSV file in pieces of some thousand rows; floats as `repr` writes them."""
    x, y = scene.problem.plane.names
    header = ("run", "optimizer", "step", x, y, "loss", f"grad_{x}", f"grad_{y}")
    yield ",".join(map(_quoted, header)) + "\n"
    for index, run in enumerate(scene.runs):
        trajectory = run.trajectory
        quoted = _quoted(trajectory.optimizer)
        columns, end = _columns(trajectory), trajectory.last + 1
        for first in range(0, end, _CHUNK):
            rows = zip(*(column[first : min(first + _CHUNK, end)].tolist() for column in columns), strict=True)
            yield "".join(
                f"{index},{quoted},{step},{x!r},{y!r},{loss!r},{grad_x!r},{grad_y!r}\n"
                for step, (x, y, loss, grad_x, grad_y) in enumerate(rows, start=first)
            )


def about(scene: Scene) -> dict[str, Any]:
    """Return what was computed, with a dict for every run, as values that JSON can hold."""
    return {
        "format": "optvis-data",
        "version": 1,
        **computed_of(scene.problem, scene.start, scene.steps, scene.gradient),
        "runs": [
            {
                "run": index,
                "optimizer": run.trajectory.optimizer,
                "label": run.label,
                "hyper": run.hyper,
                "outcome": {
                    "kind": run.trajectory.outcome.kind,
                    "step": run.trajectory.outcome.step,
                    "reason": run.trajectory.outcome.reason,
                    "loss": _number(run.trajectory.outcome.loss),
                },
                "evaluations": run.trajectory.evaluations,
            }
            for index, run in enumerate(scene.runs)
        ],
    }


def computed_of(problem: Problem, start: tuple[float, float] | None, steps: int, gradient: Scheme) -> dict[str, Any]:
    """Return by which versions something was computed, and of what, as values that JSON can hold; no start for all."""
    return {
        "computed_by": {"optvis": __version__, "numpy": np.__version__, "python": platform.python_version()},
        "problem": problem.name,
        "formula": problem.formula.text if problem.formula is not None else None,
        "bounds": list(problem.plane.bounds),
        "start": None if start is None else list(start),
        "steps": steps,
        "gradient": str(gradient),
    }


def json_chunks(scene: Scene) -> Iterator[str]:
    """Yield the text of a JSON file in pieces, at most those of one list of numbers; one key on a line."""
    document = about(scene)
    entries = document.pop("runs")
    yield "{\n" + _lines(document, 2) + ',\n  "runs": [\n'
    for index, (entry, run) in enumerate(zip(entries, scene.runs, strict=True)):
        yield (",\n" if index else "") + "    {\n" + _lines(entry, 6)
        for name, column in zip(COLUMNS, _columns(run.trajectory), strict=True):
            yield ",\n" + _lines({name: _numbers(column)}, 6)
        state = {
            name: {key: _numbers(array[:, 0]) for key, array in values.items()}
            for name, values in run.trajectory.state.items()
        }
        yield ",\n" + _lines({"state": state}, 6) + "\n    }"
    yield "\n  ]\n}\n"


def as_json(scene: Scene) -> str:
    """Return the text of a JSON file."""
    return "".join(json_chunks(scene))


def _write_npz(scene: Scene, file: BinaryIO) -> None:
    columns = [_columns(run.trajectory) for run in scene.runs]
    arrays: dict[str, Any] = {name: np.stack([run[i] for run in columns]) for i, name in enumerate(COLUMNS)}
    for index, run in enumerate(scene.runs):
        for state, values in run.trajectory.state.items():
            arrays |= {f"run{index}_{state}_{key}": array[:, 0] for key, array in values.items()}
    arrays["about"] = np.array(json.dumps(about(scene)))
    np.savez(file, **arrays)


def _write_text(chunks: Callable[[Scene], Iterator[str]], scene: Scene, file: BinaryIO) -> None:
    for chunk in chunks(scene):  # a million steps of eight runs are gigabytes
        file.write(chunk.encode())


def _columns(trajectory: Trajectory) -> list[NDArray[np.float64]]:
    slopes = (part[:, 0] for part in trajectory.problem.plane.along(trajectory.grad))
    return [trajectory.x, trajectory.y, trajectory.loss, *slopes]


def _quoted(name: str) -> str:
    return f'"{name}"' if "," in name else name  # there is no quotation mark in any name


def _lines(values: dict[str, Any], indent: int) -> str:
    # json.dumps would put every number of a list on a line of its own
    return ",\n".join(
        f"{' ' * indent}{json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in values.items()
    )


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [_number(value) for value in values.tolist()]


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


_FORMATS: dict[str, Callable[[Scene, BinaryIO], None]] = {
    ".csv": partial(_write_text, csv_chunks),
    ".json": partial(_write_text, json_chunks),
    ".npz": _write_npz,
}


def _format(path: str) -> Callable[[Scene, BinaryIO], None]:
    ending = PurePath(path).suffix.lower()
    if ending not in _FORMATS:
        raise InputError(f"{path} must end in .csv, .json or .npz" + (f", not {ending}" if ending else ""))
    return _FORMATS[ending]
