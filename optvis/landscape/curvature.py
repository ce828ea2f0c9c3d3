"""The curvature of a loss at a point of the plane.

The Hessian is made of differences of gradients of the gradient engine: of complex-step gradients
where the formula is analytic (error about 1e-10 of its largest entry), otherwise of central
differences (about 1e-6). `Curvature.error` is the estimate that was made on the way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.problems.gradient import Scheme, SchemeKind, numerical_gradient
from optvis.problems.problem import Problem
from optvis.problems.tolerances import tolerances

Array = NDArray[np.float64]

_ALIGNED = math.radians(10.0)
_TRUSTED = 1e-3
_EQUAL = 0.01


@dataclass(frozen=True, eq=False)
class Curvature:
    """The Hessian at a point of the plane.

    Attributes
    ----------
    hessian
        ``(2, 2)``, symmetric; nan where the loss has none.
    eigenvalues
        ``(2,)``, ascending.
    eigenvectors
        ``(2, 2)``; column i belongs to eigenvalue i.
    error
        Estimated error of the entries of the Hessian.
    flat
        Eigenvalues of at most this size count as 0.
    names
        What the two coordinates are called.
    """

    hessian: Array
    eigenvalues: Array
    eigenvectors: Array
    error: float
    flat: float
    names: tuple[str, str]

    @property
    def is_known(self) -> bool:
        """Whether the curvature could be measured: not at a kink, nor where the loss is not finite."""
        largest = float(np.abs(self.eigenvalues).max())
        return self.error <= max(_TRUSTED * largest, self.flat)  # also false for nan

    @property
    def condition(self) -> float:
        """The ratio of the larger curvature to the smaller, by absolute value; inf where one is 0."""
        small, large = sorted(abs(float(value)) for value in self.eigenvalues)
        if math.isnan(large):
            return math.nan
        return large / small if small > self.flat else math.inf

    def direction(self, index: int) -> str:
        """Name the direction of an eigenvalue: along x, across the valley.

        An axis is named when the eigenvector is within 10° of it.
        """
        low, high = (float(value) for value in self.eigenvalues)
        if abs(high - low) <= max(_EQUAL * max(abs(low), abs(high)), self.flat):
            return "in every direction"
        x, y = np.abs(self.eigenvectors[:, index])
        if math.atan2(y, x) <= _ALIGNED:
            return f"along {self.names[0]}"
        if math.atan2(x, y) <= _ALIGNED:
            return f"along {self.names[1]}"
        if index == 0:
            return "along the valley" if low > 0 else "at a slant"
        return "across the valley"


def curvature(problem: Problem, x: float, y: float) -> Curvature:
    """Measure the curvature at plane coordinates.

    Differences are taken at a ladder of step sizes at once, each pair freed of its leading error
    (Richardson, 1911), and the pair is kept that agrees best with its neighbour (as Ridders, 1982,
    does for first derivatives).
    """
    small = tolerances(problem)
    diagonal = small.movement / 2e-4
    flat = 1e-6 * (small.gradient / 1e-4) / diagonal
    analytic = problem.formula is not None and not problem.formula.not_analytic
    steps = diagonal * 2.0 ** -np.arange(5.0, 19.0 if analytic else 14.0)
    with np.errstate(all="ignore"):
        raw = _differences(problem, x, y, steps, "complex-step" if analytic else "central")
        raw = (raw + raw.transpose(0, 2, 1)) / 2
        refined = (4 * raw[1:] - raw[:-1]) / 3
        disagreement = np.abs(np.diff(refined, axis=0)).max(axis=(1, 2))
        disagreement = np.where(np.isfinite(disagreement), disagreement, np.inf)
    best = int(np.argmin(disagreement))
    error, hessian = float(disagreement[best]), refined[best + 1]
    if not math.isfinite(error) or not np.isfinite(problem.loss(problem.plane.point(x, y))):
        hessian = np.full((2, 2), np.nan)
        return Curvature(hessian, np.full(2, np.nan), np.full((2, 2), np.nan), math.nan, flat, problem.plane.names)
    values, vectors = np.linalg.eigh(hessian)
    return Curvature(hessian, values, vectors, error, flat, problem.plane.names)


def curvature_at_minimum(problem: Problem, x: float, y: float) -> Curvature | None:
    """Return the curvature at the known minimum that is nearest to a point; None where none is known."""
    if not problem.minima:
        return None
    nearest = min(problem.minima, key=lambda minimum: math.hypot(minimum.x - x, minimum.y - y))
    return _cached(problem, nearest.x, nearest.y)


_cached = lru_cache(maxsize=256)(curvature)


def _differences(problem: Problem, x: float, y: float, steps: Array, kind: SchemeKind) -> Array:
    """Central differences of gradients for every step size, ``(steps, 2, 2)``: [s, i, j] is ∂g_j/∂i."""
    stencil = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], dtype=float)
    a = (x + steps[:, None] * stencil[:, 0]).ravel()
    b = (y + steps[:, None] * stencil[:, 1]).ravel()

    def loss(point: dict[str, Any]) -> Any:
        if problem.formula is not None:  # also takes complex numbers
            return problem.formula(point["x"], point["y"])
        return problem.loss(problem.plane.point(point["x"], point["y"]))

    if kind == "complex-step":
        found = numerical_gradient(loss, {"x": a, "y": b}, scheme=Scheme(kind, 1e-20))
        gradients = np.stack([found["x"], found["y"]], axis=-1)
    else:  # a gradient's step goes with the step between gradients
        parts = []
        for h, aa, bb in zip(steps, a.reshape(len(steps), 4), b.reshape(len(steps), 4), strict=True):
            found = numerical_gradient(loss, {"x": aa, "y": bb}, scheme=Scheme(kind, float(h)))
            parts.append(np.stack([found["x"], found["y"]], axis=-1))
        gradients = np.concatenate(parts)
    gradients = gradients.reshape(len(steps), 4, 2)
    differences: Array = (gradients[:, 0::2] - gradients[:, 1::2]) / (2 * steps[:, None, None])
    return differences
