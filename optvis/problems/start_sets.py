"""Many starts over a problem's domain: a lattice, or a random set that a seed makes anew."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.foundation.errors import InputError
from optvis.problems.problem import Problem

Array = NDArray[np.float64]
Starts = tuple[Array, Array]
"""x and y of every start, in plane coordinates."""

MAX_STARTS = 10_000


def lattice(problem: Problem, n: int) -> Starts:
    """Return the centres of n × n cells of the domain.

    Raises
    ------
    InputError
        When n is not from 1 to 100.
    """
    _check_problem(problem)
    count = _checked(n, "a lattice has from 1 to 100 starts on each side", round(MAX_STARTS**0.5))
    xmin, xmax, ymin, ymax = problem.plane.bounds
    share = (np.arange(count) + 0.5) / count
    x, y = np.meshgrid(xmin + share * (xmax - xmin), ymin + share * (ymax - ymin))
    return x.ravel(), y.ravel()


def random_starts(problem: Problem, n: int, seed: int = 0) -> Starts:
    """Return n starts drawn evenly from the domain; the same ones for the same seed.

    Raises
    ------
    InputError
        When n is not from 1 to 10,000, or the seed is negative.
    """
    _check_problem(problem)
    count = _checked(n, "a random set has from 1 to 10,000 starts", MAX_STARTS)
    xmin, xmax, ymin, ymax = problem.plane.bounds
    x, y = checked_generator(seed).random((count, 2)).T
    return xmin + x * (xmax - xmin), ymin + y * (ymax - ymin)


def _check_problem(problem: Any) -> None:
    if not isinstance(problem, Problem):
        raise InputError(f"starts are drawn from a problem, as problem('rosenbrock') makes it, not {problem!r}")


def spread_points(first: int, count: int, axes: int, offset: Array) -> Array:
    """Return points number ``first`` and following of a sequence that fills the unit cube evenly, ``(count, axes)``.

    Whatever their number, they are far apart, and no two have a coordinate in common: so that each
    one is another learning rate. The R sequence of Roberts (2018), "The unreasonable effectiveness of
    quasirandom sequences": multiples of the powers of 1/φ, where φ**(axes + 1) = φ + 1, modulo 1.
    """
    phi = 2.0
    for _ in range(60):
        phi = (1.0 + phi) ** (1.0 / (axes + 1))
    steps = phi ** -np.arange(1.0, axes + 1)
    return (offset + np.arange(first + 1, first + count + 1)[:, None] * steps) % 1.0


def checked_generator(seed: int) -> np.random.Generator:
    """Return a source of random numbers.

    Raises
    ------
    InputError
        When the seed is not a whole number from 0 up.
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError(f"a seed is a whole number from 0 up, not {seed!r}")
    return np.random.default_rng(int(seed))


def _checked(n: int, law: str, most: int) -> int:
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or not 1 <= n <= most:
        raise InputError(f"{law}, not {n}")
    return int(n)
