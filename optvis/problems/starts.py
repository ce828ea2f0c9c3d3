"""Where a run starts: at one point, or at many that are carried together as lanes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from optvis.foundation.errors import InputError
from optvis.problems.problem import LARGEST, WIDEST, Params, Problem


def start_point(problem: Problem, start: Any) -> Params:
    """Return a start as a dict of floats, or of float arrays of lanes.

    Parameters
    ----------
    start
        Plane coordinates ``(x, y)``, or a dict of parameters.

    Raises
    ------
    InputError
        When it is not made of finite numbers of usable size, or not for this problem.
    """
    if not isinstance(start, Mapping):
        try:
            a, b = start
        except (TypeError, ValueError):
            raise InputError(f"a start is two numbers x, y, not {start!r}") from None
        a, b = _finite(a), _finite(b)
        _joint_length(np.shape(a), np.shape(b))
        start = problem.plane.point(a, b)
    point = {k: _finite(v) for k, v in start.items()}
    expected = problem.plane.origin.keys()
    if point.keys() != expected:
        raise InputError(f"a start of this problem gives {', '.join(expected)}, not {', '.join(point) or 'nothing'}")
    return point


def _finite(value: Any) -> Any:
    if type(value) is float and abs(value) <= LARGEST:
        return value
    try:
        values = np.array(value, dtype=float)
    except (TypeError, ValueError, OverflowError):
        values = np.array(math.nan)
    if values.size == 0 or not np.all(np.abs(values) <= (WIDEST if values.ndim else LARGEST)):  # also false for nan
        raise InputError(f"a start must be finite numbers of at most 1e150, not {value!r}")
    return float(values) if values.ndim == 0 else values


def spread_over_lanes(problem: Problem, point: Params, hyper: Mapping[str, Any]) -> tuple[int | None, bool]:
    """Widen ``point`` to (*shape, L), and return L and whether it is a lone run.

    A lone run is carried on plain floats (None, and ``point`` stays) where every parameter is a
    number, else as one lane.

    Raises
    ------
    InputError
        When starts and hyperparameters are for different numbers of lanes.
    """
    own = {k: np.shape(origin) for k, origin in problem.plane.origin.items()}
    for k, v in point.items():
        if np.shape(v)[: len(own[k])] != own[k] or np.ndim(v) > len(own[k]) + 1:
            raise InputError(
                f"{k} in the start must have the shape {own[k]}, or one axis more for lanes, not {np.shape(v)}"
            )
    shapes = [np.shape(v)[-1:] for k, v in point.items() if np.ndim(v) > len(own[k])]
    shapes += [np.shape(v)[-1:] for v in hyper.values() if np.ndim(v)]
    if not shapes and not any(own.values()):
        return None, True
    lanes = _joint_length((1,), *shapes)
    for k, v in point.items():
        with_lane = v if np.ndim(v) > len(own[k]) else np.asarray(v)[..., np.newaxis]
        point[k] = np.array(np.broadcast_to(with_lane, (*own[k], lanes)))
    return lanes, not shapes


def _joint_length(*shapes: tuple[int, ...]) -> int:
    try:
        return int((1, *np.broadcast_shapes(*shapes))[-1])
    except ValueError:
        raise InputError("arrays of starts and of hyperparameters must have one value for each lane") from None
