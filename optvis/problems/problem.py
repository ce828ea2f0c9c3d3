"""Problems: what is minimised, where it starts, and how it is drawn.

A problem of the catalogue and a formula that a user types are made in the same way, from a formula's
text; what the catalogue adds is data (`optvis.problems.catalogue`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from optvis.foundation.errors import InputError, nearest
from optvis.language.expression import FUNCTIONS, FormulaError
from optvis.language.formula import Formula, parse_formula
from optvis.problems.catalogue import ENTRIES, Entry, MinimumKind
from optvis.problems.learning_rates import suggested_rates

Params = dict[str, Any]
Bounds = tuple[float, float, float, float]
Point = tuple[float, float]
Segment = tuple[float, float, float, float]
"""The ends of a straight line in a plane: ax, ay, bx, by."""

DEFAULT_BOUNDS: Bounds = (-10.0, 10.0, -10.0, 10.0)
DEFAULT_STEPS = 100
_START_AT = (0.15, 0.8)
LARGEST = 1e150
"""The largest coordinate; a square of it is still a float."""
WIDEST = 1e152
"""The largest coordinate in sight: of an even scale, and of a window that is a little wider than the domain."""
NARROWEST = 2.0**-40
"""The shortest range, of the distance from 0: there are still thousands of floats across."""
SHORTEST = 1e-290
"""The shortest range round 0: what is shorter has no reciprocal, and so no pixels to a unit."""


@dataclass(frozen=True, eq=False)
class Plane:
    """The window through parameter space that is drawn: a point is origin + a·u + b·v.

    Attributes
    ----------
    origin, u, v
        Dicts with the same keys and, per key, arrays of one shape, without a lane axis. For a
        formula u is the unit of ``x`` and v that of ``y``, so a and b are x and y themselves.
    bounds
        amin, amax, bmin, bmax.

    Raises
    ------
    ValueError
        When u and v do not span a plane.
    """

    origin: Params
    u: Params
    v: Params
    bounds: Bounds

    def __post_init__(self) -> None:
        uu, uv, vv = self._products
        if not uu * vv - uv * uv > 1e-12 * uu * vv:
            raise ValueError("u and v do not span a plane: they must be neither 0 nor parallel")

    @cached_property
    def names(self) -> tuple[str, str]:
        """What the coordinates are called: after the one number that a direction goes along, else a and b."""
        first, second = (_along(direction) for direction in (self.u, self.v))
        return (first, second) if first and second else ("a", "b")

    @cached_property
    def _products(self) -> tuple[float, float, float]:
        uu, uv, vv = _dot(self.u, self.u), _dot(self.u, self.v), _dot(self.v, self.v)
        return float(uu), float(uv), float(vv)

    @cached_property
    def _is_identity(self) -> bool:
        """Whether the plane coordinates are the two parameters themselves, as for every formula."""
        if len(self.origin) != 2 or any(np.shape(value) for value in self.origin.values()):
            return False
        x, y = self.origin
        units = (self.u[x], self.u[y], self.v[x], self.v[y])
        return units == (1.0, 0.0, 0.0, 1.0) and self.origin[x] == self.origin[y] == 0.0

    def point(self, a: Any, b: Any) -> Params:
        """Return the parameters at plane coordinates.

        ``a`` and ``b`` are numbers, or arrays whose last axis is the lanes, shape (…, L); a parameter
        then is (…, *shape, L).
        """
        if self._is_identity:
            x, y = self.origin
            if np.ndim(a) or np.ndim(b):
                a, b = np.broadcast_arrays(a, b)
                return {x: np.array(a, dtype=float), y: np.array(b, dtype=float)}
            return {x: float(a), y: float(b)}
        params: Params = {}
        for key, origin in self.origin.items():
            shape = np.shape(origin)
            parts = [np.asarray(part, dtype=float) for part in (origin, self.u[key], self.v[key])]
            steps = [np.asarray(step, dtype=float) for step in (a, b)]
            if steps[0].ndim or steps[1].ndim:
                parts = [part[..., np.newaxis] for part in parts]
                steps = [step[(..., *[np.newaxis] * len(shape), slice(None))] if step.ndim else step for step in steps]
            value = parts[0] + steps[0] * parts[1] + steps[1] * parts[2]
            params[key] = value if value.ndim else float(value)
        return params

    def along(self, grad: Mapping[str, Any]) -> tuple[Any, Any]:
        """Return the slopes along u and along v of a gradient: numbers or (…, L), as in `coordinates`."""
        if self._is_identity:
            x, y = self.origin
            return grad[x], grad[y]
        with np.errstate(all="ignore"):
            return _dot(self.u, dict(grad)), _dot(self.v, dict(grad))

    def coordinates(self, params: Mapping[str, Any]) -> tuple[Any, Any]:
        """Return the coordinates of the plane's nearest point, by least squares.

        The inverse of `point` on the plane. A parameter is ``shape`` or (…, *shape, L), and the
        coordinates are numbers or (…, L).
        """
        if self._is_identity:
            x, y = self.origin
            return np.asarray(params[x], dtype=float), np.asarray(params[y], dtype=float)
        uu, uv, vv = self._products
        with np.errstate(all="ignore"):  # a trajectory that diverged is projected too
            offset = {key: np.asarray(params[key], dtype=float) - _with_lanes(origin, params[key])
                      for key, origin in self.origin.items()}  # fmt: skip
            along_u, along_v = _dot(self.u, offset), _dot(self.v, offset)
            if uv == 0.0:  # also keeps an infinite a out of b
                return along_u / uu, along_v / vv
            det = uu * vv - uv * uv
            return (vv * along_u - uv * along_v) / det, (uu * along_v - uv * along_u) / det


def _along(direction: Params) -> str:
    """The number that a direction goes along, as in ``W[0, 1]``; empty when it is several, or not by 1."""
    moved = [
        (key, at) for key, value in direction.items() for at in zip(*np.nonzero(np.atleast_1d(value)), strict=True)
    ]
    if len(moved) != 1:
        return ""
    key, place = moved[0]
    value = direction[key]
    if not np.ndim(value):
        return key if value == 1.0 else ""
    return f"{key}[{', '.join(str(int(index)) for index in place)}]" if value[place] == 1.0 else ""


def _with_lanes(fixed: Any, value: Any) -> Any:
    """Give a value of the plane a lane axis when the parameter beside it has one."""
    fixed = np.asarray(fixed, dtype=float)
    return fixed[..., np.newaxis] if np.ndim(value) > fixed.ndim else fixed


def _dot(direction: Params, other: Params) -> Any:
    """Sum the products over keys and over each parameter's own axes, lane by lane."""
    total: Any = 0.0
    for key, fixed in direction.items():
        if not np.any(fixed):  # a direction that ignores a parameter ignores its inf and nan too
            continue
        product = _with_lanes(fixed, other[key]) * other[key]
        own = np.ndim(fixed)
        last = -1 if np.ndim(other[key]) > own else 0
        total = total + np.sum(product, axis=tuple(range(last - own, last)))
    return total


@dataclass(frozen=True)
class Minimum:
    """A known global minimum: its place, the loss there, and whether the gradient vanishes.

    ``kind`` is ``smooth``; ``kink``, where there is no gradient; or ``edge``, where the loss goes on
    falling beyond the bounds.
    """

    x: float
    y: float
    value: float
    kind: MinimumKind = "smooth"


@dataclass(frozen=True)
class Suggested:
    """Settings that show something: a number of steps, and learning rates by optimizer name.

    An optimizer that is not in ``lr`` keeps its own default.
    """

    steps: int
    lr: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Problem:
    """What is minimised. Two problems are equal only when they are the same object.

    Attributes
    ----------
    name
        A name of the catalogue, or the text of a formula.
    title
        For people: ``Quadratic valley``, or the formula as it is printed.
    loss
        From a dict of parameters, ``(*shape, L)`` or floats, to ``(L,)`` or a float.
    start
        Plane coordinates.
    minima
        The global minima within the bounds of the catalogue; () when there is none, or none is known.
        Local minima are not listed: many functions have hundreds of them.
    formula
        None when the loss is not a formula.
    source, teaches
        Authors and year, and one line on what an optimizer meets; empty for a typed formula.
    """

    name: str
    title: str
    loss: Callable[[Params], Any]
    start: Point
    plane: Plane
    minima: tuple[Minimum, ...]
    suggested: Suggested
    formula: Formula | None
    source: str
    teaches: str


def checked_bounds(bounds: Sequence[float], largest: float = LARGEST) -> Bounds:
    """Return bounds as floats; those of a view may be as large as `WIDEST`.

    Raises
    ------
    InputError
        When they are not four numbers xmin < xmax, ymin < ymax that floats can tell apart.
    """
    xmin, xmax, ymin, ymax = _floats(bounds, 4, "the bounds must be four numbers xmin,xmax,ymin,ymax", largest)
    for axis, low, high in (("x", xmin, xmax), ("y", ymin, ymax)):
        if not low < high:
            raise InputError(f"the bounds need {axis}min below {axis}max, not {low:g} and {high:g}")
        if not is_range(low, high):
            raise InputError(f"the bounds of {axis} are too close together: {low!r} and {high!r}")
    return xmin, xmax, ymin, ymax


def is_range(low: float, high: float) -> bool:
    """Whether floats can tell places between two numbers apart, and no number is beyond all that is drawn."""
    return max(abs(low), abs(high)) <= WIDEST and high - low >= shortest_range(low, high)


def shortest_range(*near: float) -> float:
    """Return how long a range round some numbers has to be for floats to tell places in it apart."""
    return max(NARROWEST * max(map(abs, near)), SHORTEST)


def checked_start(start: Sequence[float]) -> Point:
    """Return a start as floats.

    Raises
    ------
    InputError
        When it is not two finite numbers of usable size.
    """
    x, y = _floats(start, 2, "the start must be two numbers x,y")
    return x, y


def checked_segment(segment: Sequence[float]) -> Segment:
    """Return the ends of a line as floats.

    Raises
    ------
    InputError
        When they are not four finite numbers of usable size, or both ends are one point.
    """
    ax, ay, bx, by = _floats(segment, 4, "the profile line must be four numbers ax,ay,bx,by")
    if (ax, ay) == (bx, by):
        raise InputError(f"the ends of the profile line must be two points, not {ax:g}, {ay:g} twice")
    return ax, ay, bx, by


def _floats(values: Sequence[float], count: int, wanted: str, largest: float = LARGEST) -> tuple[float, ...]:
    try:
        numbers = tuple(float(value) for value in values)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{wanted}, not {values!r}") from None
    if len(numbers) != count:
        raise InputError(f"{wanted}, not {len(numbers)} of them")
    for number in numbers:
        if not abs(number) <= largest:  # also false for nan
            raise InputError(f"{wanted} between -{largest:g} and {largest:g}, not {number:g}")
    return numbers


def problem(
    name_or_formula: str | Callable[..., Any], bounds: Sequence[float] | None = None, start: Any = None
) -> Problem:
    """Return a problem of the catalogue, or make one of a formula of two variables or of a function of one's own.

    Parameters
    ----------
    name_or_formula
        ``"rosenbrock"``, ``"x**2/20 + y**2"``, or with other names of the two variables ``"w**2/20 + b**2"`` or
        ``"f(weight, bias) = weight**2 + bias**2"``. Upper case, spaces and underscores in a name do not matter.
        Or a function: of two numbers, whose names become those of the axes, of an array of two, or with a
        ``start`` that is a dict of a dict of parameters; see `optvis.problems.own.problem_of`.
    bounds
        xmin, xmax, ymin, ymax; by default the catalogue's, or -10, 10, -10, 10 for a formula.
    start
        x, y; by default the catalogue's, or for a formula 0.15 and 0.8 of the way through the bounds. A function
        of a dict needs one: a dict of numbers and arrays.

    Raises
    ------
    InputError
        When there is no such name and it is not a formula (then a `FormulaError`, with the column),
        or when the bounds or the start cannot be used.
    """
    if callable(name_or_formula):
        from optvis.problems.own import problem_of  # which builds on this file

        return problem_of(name_or_formula, bounds, start)
    if not isinstance(name_or_formula, str):
        raise InputError(
            "a problem is a name such as 'rosenbrock', a formula such as 'x**2/20 + y**2', or a function of two "
            f"numbers, of an array of two or of a dict of parameters, not {name_or_formula!r}"
        )
    known = CATALOGUE.get(re.sub(r"[\s_-]+", "-", name_or_formula.strip().lower()))
    if known is None:
        return _typed(name_or_formula, bounds, start)
    if bounds is not None and (box := checked_bounds(bounds)) != known.plane.bounds:
        # What was lowest only because the domain ended there is no minimum of another domain.
        minima = tuple(minimum for minimum in known.minima if minimum.kind != "edge")
        known = replace(known, plane=replace(known.plane, bounds=box), minima=minima)
    return known if start is None else replace(known, start=checked_start(start))


def _typed(text: str, bounds: Sequence[float] | None, start: Sequence[float] | None) -> Problem:
    try:
        formula = parse_formula(text)
    except FormulaError:
        if _is_like_a_name(text):
            raise InputError(
                f"there is no problem called '{text.strip()}'{nearest(text, CATALOGUE)}"
                " (optvis list problems shows all; a formula in x and y works too)"
            ) from None
        raise
    box = DEFAULT_BOUNDS if bounds is None else checked_bounds(bounds)
    return _from_formula(formula, box, start_within(box) if start is None else checked_start(start))


def start_within(bounds: Bounds) -> Point:
    """Return the start of a problem that has none of its own: 0.15 and 0.8 of the way through its bounds."""
    x, y = (low + part * (high - low) for part, low, high in zip(_START_AT, bounds[::2], bounds[1::2], strict=True))
    return x, y


def _is_like_a_name(text: str) -> bool:
    """Words joined by spaces or hyphens, one of them too long for a slip in a formula."""
    words = re.split(r"[\s_-]+", text.strip())
    plain = all(re.fullmatch("[A-Za-z][A-Za-z0-9]*|[0-9]+", word) for word in words)
    return plain and any(len(word) > 2 and word not in FUNCTIONS for word in words)


def plane_of_two(names: tuple[str, str], bounds: Bounds) -> Plane:
    """Return the plane of two numbers themselves."""
    x, y = names
    return Plane({x: 0.0, y: 0.0}, {x: 1.0, y: 0.0}, {x: 0.0, y: 1.0}, bounds)


def _from_formula(formula: Formula, bounds: Bounds, start: Point) -> Problem:
    first, second = formula.names
    return Problem(
        name=formula.text,
        title=formula.display,
        loss=lambda params: formula(params[first], params[second]),
        start=start,
        plane=plane_of_two(formula.names, bounds),
        minima=(),
        suggested=Suggested(DEFAULT_STEPS, {}),
        formula=formula,
        source="",
        teaches="",
    )


def _from_entry(name: str, entry: Entry) -> Problem:
    return replace(
        _from_formula(parse_formula(entry.formula), checked_bounds(entry.bounds), checked_start(entry.start)),
        name=name,
        title=entry.title,
        minima=tuple(Minimum(float(x), float(y), float(value), entry.minimum_is) for x, y, value in entry.minima),
        suggested=Suggested(entry.steps, suggested_rates(name)),
        source=entry.source,
        teaches=entry.teaches,
    )


CATALOGUE: dict[str, Problem] = {name: _from_entry(name, entry) for name, entry in ENTRIES.items()}
"""The problems that are known by name, in the order they are listed."""
