"""How wrong a numerical gradient is: against complex-step, over the view and over the step h.

Complex-step has neither a truncation error nor a rounding error to speak of at h = 1e-20 (Squire &
Trapp, 1998), so that it stands for the exact gradient, where the formula is analytic.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from optvis.foundation.errors import InputError
from optvis.foundation.slices import eager
from optvis.problems.gradient import Scheme, SchemeKind, numerical_gradient, parse_scheme
from optvis.problems.problem import Bounds, Problem

Array = NDArray[np.float64]

SLICE_SECONDS = 0.0015
EXACT = Scheme("complex-step", 1e-20)
EXPONENTS = (-1.0, -13.0)
"""The range of log10 h that is of interest."""
NO_ERROR = -17.0
"""log10 of an error that is 0 in floats."""
_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False)
class GradientError:
    """The error of a gradient scheme at the nodes of a grid.

    Attributes
    ----------
    xs, ys
        Plane coordinates of the nodes, ``(nx,)`` and ``(ny,)``, ascending.
    absolute, relative
        ``(ny, nx)``; log10 of the norm of the error, and of its ratio to the exact gradient's norm; at
        least `NO_ERROR`, nan where there is no gradient.
    """

    scheme: Scheme
    bounds: Bounds
    xs: Array
    ys: Array
    absolute: Array
    relative: Array


@dataclass(frozen=True, eq=False)
class ErrorCurve:
    """The error of a kind of gradient at one point against the step h.

    Attributes
    ----------
    h
        Descending from 0.1 to 1e-13.
    error
        Norm of the error; 0 where floats see none.
    truncation, rounding
        What theory expects of each: the one falls with h, the other grows. Complex-step may do better,
        for powers are continued to first order only and so without truncation.
    best_h
        Where the sum of the two is least; for complex-step, where truncation is below rounding. Where
        there is no truncation, as with central differences of a quadratic, the largest h.
    """

    kind: SchemeKind
    point: tuple[float, float]
    h: Array
    error: Array
    truncation: Array
    rounding: Array
    best_h: float


def gradient_error_in_slices(
    problem: Problem, scheme: str | Scheme, bounds: Bounds | None = None, shape: tuple[int, int] = (120, 160)
) -> Generator[float, None, GradientError]:
    """Compare a gradient scheme with complex-step at ``shape`` = (ny, nx) nodes of a view.

    Raises
    ------
    InputError
        When complex-step has no answer: the loss is no formula, or has a function such as ``abs``.
    """
    chosen = parse_scheme(scheme)
    _refuse_without_answer(problem)
    return _at_nodes(problem, chosen, problem.plane.bounds if bounds is None else bounds, shape)


gradient_error = eager(gradient_error_in_slices)


def error_curve(problem: Problem, point: tuple[float, float], kind: SchemeKind, count: int = 73) -> ErrorCurve:
    """Measure the error at a point for ``count`` values of h from 0.1 to 1e-13.

    With D = f''' for central and f'' for forward differences, per axis, truncation is h²|D|/6 or
    h|D|/2; rounding is eps·(|f| + |x·f'|) over h or twice that, for the loss and for x + h are rounded.

    Raises
    ------
    InputError
        When complex-step has no answer.
    """
    _refuse_without_answer(problem)
    h = np.logspace(*EXPONENTS, count)
    x, y = (np.full(1, float(value)) for value in point)
    exact = _gradients(problem, EXACT, x, y)[:, 0]
    with np.errstate(all="ignore"):
        found = np.stack([_gradients(problem, Scheme(kind, float(step)), x, y)[:, 0] for step in h])
        error = np.hypot(*(found - exact).T)
        loss = abs(float(problem.loss(problem.plane.point(*point))))
        second, third = _higher_derivatives(problem, point)
        noise = _EPS * float(np.hypot(*(loss + np.abs(np.array(point) * exact))))
        if kind == "complex-step":
            truncation, rounding = h**2 / 6 * third, np.full(count, _EPS * float(np.hypot(*exact)))
            best = float(np.sqrt(np.divide(6 * rounding[0], third)))
        elif kind == "central":
            truncation, rounding = h**2 / 6 * third, noise / h
            best = float(np.cbrt(np.divide(3 * noise, third)))
        else:
            truncation, rounding = h / 2 * second, 2 * noise / h
            best = float(np.sqrt(np.divide(4 * noise, second)))
    best = h[0] if math.isnan(best) else min(max(best, float(h[-1])), float(h[0]))
    return ErrorCurve(kind, (float(point[0]), float(point[1])), h, error, truncation, rounding, float(best))


def _refuse_without_answer(problem: Problem) -> None:
    if problem.formula is None:
        raise InputError("complex-step has no answer here: the loss is not a formula")
    if problem.formula.not_analytic:
        names = " and ".join(problem.formula.not_analytic)
        raise InputError(f"complex-step has no answer here: it cannot differentiate {names} in {problem.formula.text}")


def _at_nodes(
    problem: Problem, scheme: Scheme, bounds: Bounds, shape: tuple[int, int]
) -> Generator[float, None, GradientError]:
    ny, nx = shape
    xs, ys = np.linspace(bounds[0], bounds[1], nx), np.linspace(bounds[2], bounds[3], ny)
    absolute, relative = np.empty((ny, nx)), np.empty((ny, nx))
    row, rows = 0, 1
    while row < ny:
        began = perf_counter()
        block = slice(row, min(row + rows, ny))
        y = ys[block]
        difference, size = _compared(problem, scheme, np.tile(xs, len(y)), np.repeat(y, nx))
        with np.errstate(all="ignore"):
            absolute[block] = _log(difference).reshape(-1, nx)
            ratio = np.where(size > EXACT.h, difference / size, np.inf)  # relative to nothing it means nothing
            relative[block] = _log(np.where(difference == 0, 0.0, ratio)).reshape(-1, nx)
        row = block.stop
        yield row / ny
        elapsed = perf_counter() - began
        rows = max(1, int(rows * min(4.0, SLICE_SECONDS / max(elapsed, 1e-6))))
    return GradientError(scheme, bounds, xs, ys, absolute, relative)


def _compared(problem: Problem, scheme: Scheme, x: Array, y: Array) -> tuple[Array, Array]:
    """Norms of the error and of the exact gradient at points ``(n,)``."""
    exact, found = _gradients(problem, EXACT, x, y), _gradients(problem, scheme, x, y)
    with np.errstate(all="ignore"):
        return np.hypot(*(found - exact)), np.hypot(*exact)


def _gradients(problem: Problem, scheme: Scheme, x: Array, y: Array) -> Array:
    """Return the gradients at points ``(n,)``, ``(2, n)``."""
    found = numerical_gradient(problem.loss, problem.plane.point(x, y), scheme=scheme)
    return np.stack(problem.plane.along(found))


def _log(error: Array) -> Array:
    logs = np.where(error > 0, np.log10(error), NO_ERROR)
    return np.where(np.isfinite(error), np.maximum(logs, NO_ERROR), np.nan)


def _higher_derivatives(problem: Problem, point: tuple[float, float]) -> tuple[float, float]:
    """Norms of (f_xx, f_yy) and of (f_xxx, f_yyy), from differences of complex-step gradients.

    0 where the differences are no more than rounding.
    """
    xmin, xmax, ymin, ymax = problem.plane.bounds
    d = 1e-4 * float(np.hypot(xmax - xmin, ymax - ymin))
    steps = d * np.array([-1.0, 0.0, 1.0])
    along_x = _gradients(problem, EXACT, point[0] + steps, np.full(3, point[1]))[0]
    along_y = _gradients(problem, EXACT, np.full(3, point[0]), point[1] + steps)[1]
    second = [(g[2] - g[0]) / (2 * d) for g in (along_x, along_y)]
    third = [(g[2] - 2 * g[1] + g[0]) / d**2 for g in (along_x, along_y)]
    noise = 4 * _EPS * float(np.hypot(np.abs(along_x).max(), np.abs(along_y).max())) / d
    sizes = float(np.hypot(*second)), float(np.hypot(*third))
    return sizes[0] if sizes[0] > noise else 0.0, sizes[1] if sizes[1] > noise / d else 0.0
