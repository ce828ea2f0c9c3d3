"""Where a loss is defined, for who has started where it is not."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from optvis.problems.gradient import numerical_gradient
from optvis.problems.problem import Point, Problem

_PLACES = 201  # along each side of the domain


@lru_cache(maxsize=64)
def nearest_defined(problem: Problem, start: Point) -> Point | None:
    """Return the place of a grid over the domain that is nearest to another and has a loss and a gradient.

    None where there is no such place. Distances are in widths and heights of the domain.
    """
    xmin, xmax, ymin, ymax = problem.plane.bounds
    x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(xmin, xmax, _PLACES), np.linspace(ymin, ymax, _PLACES)))
    point = problem.plane.point(x, y)
    with np.errstate(all="ignore"):
        finite = np.isfinite(np.asarray(problem.loss(point), dtype=float))
        for slope in numerical_gradient(problem.loss, point).values():
            finite &= np.isfinite(slope).reshape(-1, len(x)).all(axis=0)
        away = np.hypot((x - start[0]) / (xmax - xmin), (y - start[1]) / (ymax - ymin))
    if not finite.any():
        return None
    at = int(np.argmin(np.where(finite, away, np.inf)))
    return float(f"{x[at]:.12g}"), float(f"{y[at]:.12g}")
