"""What counts as small on a problem, and how far away is out of range.

All of it is relative to the problem, so that a formula in metres and the same in millimetres end the same
way. D is the diagonal of the domain and F the typical height of the loss above its lowest value there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from optvis.problems.problem import Problem

WINDOW = 10
"""Steps at the end of a run over which growth, movement and slope are judged."""
ROUNDING = 1e-15
"""Of a loss, the share that may be rounding alone."""


@dataclass(frozen=True)
class Tolerances:
    """The sizes that count as small on a problem.

    Attributes
    ----------
    limit
        Distance from the domain's centre, per axis, beyond which a lane has diverged: 1e6·D.
    movement
        Path length of the last ten steps: 2e-4·D.
    gradient
        Norm of the gradient: 1e-4·F/D. Ten times as much near a saddle, which is approached ever
        more slowly; and in a narrow minimum, where the loss is higher all round the ring, a
        twentieth of the slope from there up to the ring.
    radius
        Of the ring of points round the end: 2e-3·D. Where that ring says that it is no minimum, a
        ring five times as wide also counts as seeing a saddle, or as a plateau where nothing on it
        differs by more than a slope of ``gradient`` makes.
    flat
        Difference of losses that counts as none: 1e-10·F, and at least rounding.
    lowest
        The lowest known loss: of the listed minima, or of a grid over the domain.
    height
        F: how far the median of the loss over the domain lies above its lowest value.
    """

    limit: float
    movement: float
    gradient: float
    radius: float
    flat: float
    lowest: float
    height: float


@lru_cache(maxsize=256)
def tolerances(problem: Problem) -> Tolerances:
    """Measure the problem on a 41 × 41 grid over its domain."""
    xmin, xmax, ymin, ymax = problem.plane.bounds
    diagonal = float(np.hypot(xmax - xmin, ymax - ymin))
    a, b = (axis.ravel() for axis in np.meshgrid(np.linspace(xmin, xmax, 41), np.linspace(ymin, ymax, 41)))
    loss = np.asarray(problem.loss(problem.plane.point(a, b)), dtype=float)
    loss = loss[np.isfinite(loss)]
    known = [minimum.value for minimum in problem.minima]
    if loss.size == 0:
        loss = np.zeros(1)
    lowest = min([float(loss.min()), *known])
    height = float(np.median(loss)) - lowest or float(loss.max()) - lowest
    return Tolerances(
        limit=1e6 * diagonal,
        movement=2e-4 * diagonal,
        gradient=1e-4 * height / diagonal,
        radius=2e-3 * diagonal,
        flat=max(1e-10 * height, ROUNDING * float(np.median(np.abs(loss))), 1e-300),
        lowest=lowest,
        height=height,
    )


def usual_target(problem: Problem) -> float:
    """Return the loss at which a run has reached its target unless another is asked for: F/1000 above the lowest."""
    small = tolerances(problem)
    return small.lowest + 1e-3 * small.height


def in_range(problem: Problem, a: Any, b: Any, loss: Any) -> Any:
    """Whether positions and losses are finite and within 1e6 times the domain's size of its centre."""
    low_a, high_a, low_b, high_b = range_limits(problem)
    with np.errstate(invalid="ignore"):
        return (low_a < a) & (a < high_a) & (low_b < b) & (b < high_b) & np.isfinite(loss)


def range_limits(problem: Problem) -> tuple[float, float, float, float]:
    """The box of plane coordinates outside of which a lane has diverged."""
    xmin, xmax, ymin, ymax = problem.plane.bounds
    limit = tolerances(problem).limit
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    return x - limit, x + limit, y - limit, y + limit
