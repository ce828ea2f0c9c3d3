"""Problems made of a function of one's own: of two numbers, of an array of two, or of a dict of parameters."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.foundation.errors import InputError
from optvis.problems.problem import (
    DEFAULT_BOUNDS,
    DEFAULT_STEPS,
    Params,
    Plane,
    Problem,
    Suggested,
    checked_bounds,
    checked_start,
    plane_of_two,
    start_within,
)

Array = NDArray[np.float64]
OfTwo = Callable[[Any, Any], Any]

_TRIED = ((0.25, 0.5), (0.6, 0.3), (0.8, 0.75))  # shares of the bounds where lanes are compared with numbers


def problem_of(function: Callable[..., Any], bounds: Sequence[float] | None = None, start: Any = None) -> Problem:
    """Make a problem of a function.

    Parameters
    ----------
    function
        Of two numbers, whose names become those of the axes; of an array of two; or, with a ``start`` that is a
        dict, of a dict of parameters ``(*shape,)``. It returns a number. Where it can take arrays of lanes it is
        called with them, which is tried and not assumed; else it is called lane by lane.
    bounds
        xmin, xmax, ymin, ymax of the first two numbers; -10, 10, -10, 10, or as far round a start that is a dict.
    start
        Two numbers, or a dict of parameters. The plane that is drawn goes along their first two numbers.

    Raises
    ------
    InputError
        When it cannot be called so, or returns no number.
    """
    if isinstance(start, Mapping):
        plane = _plane_through(start, bounds)
        x, y = map(float, plane.coordinates(start))
        loss = _Loss(function, plane)
    else:
        box = DEFAULT_BOUNDS if bounds is None else checked_bounds(bounds)
        x, y = start_within(box) if start is None else checked_start(start)
        names, of_two = _of_two(function, (x, y))
        plane = plane_of_two(names, box)
        loss = _Loss(lambda params: of_two(*(params[key] for key in names)), plane)
    loss(plane.point(x, y))  # so that what cannot be used is said at once
    name = _name(function)
    return Problem(
        name=name,
        title=name,
        loss=loss,
        start=(x, y),
        plane=plane,
        minima=(),
        suggested=Suggested(DEFAULT_STEPS, {}),
        formula=None,
        source="",
        teaches="",
    )


class _Loss:
    """A function as a loss of the engine: numbers and lanes, and errors in a sentence."""

    def __init__(self, call: Callable[[Params], Any], plane: Plane) -> None:
        self._call, self._plane = call, plane
        self._takes_lanes = self._is_same_on_lanes()

    def __call__(self, params: Params) -> Any:
        lanes = self._lanes(params)
        if not lanes:
            return self._number(params)
        flat = {key: np.reshape(value, (*self._shape(key, value, lanes), -1)) for key, value in params.items()}
        count = math.prod(lanes)
        if self._takes_lanes:
            dtype = complex if _is_complex(params) else float
            found = np.broadcast_to(np.asarray(self._called(flat), dtype=dtype), (count,))
        else:
            each = ({key: _one(value, lane) for key, value in flat.items()} for lane in range(count))
            found = np.array([self._number(one) for one in each])
        return found.reshape(lanes)

    def _lanes(self, params: Params) -> tuple[int, ...]:
        """The axes that parameters have beyond their own; () for plain numbers."""
        for key, value in params.items():
            own = np.ndim(self._plane.origin[key])
            if (beyond := np.ndim(value) - own) > 0:
                shape = np.shape(value)
                return (*shape[: beyond - 1], shape[-1])
        return ()

    def _shape(self, key: str, value: Any, lanes: tuple[int, ...]) -> tuple[int, ...]:
        own = np.shape(self._plane.origin[key])
        if len(lanes) > 1 and own:
            raise InputError("a function of arrays takes one axis of lanes")
        return own

    def _called(self, params: Params) -> Any:
        with np.errstate(all="ignore"):
            return self._call(dict(params))

    def _number(self, params: Params) -> Any:
        try:
            value = self._called(params)
        except ArithmeticError:
            return math.nan  # as NumPy has it: outside the domain, or beyond all floats
        except Exception as error:
            said = f"{type(error).__name__}: {error}".removesuffix(": ")
            raise InputError(f"the function failed at {_place(params)} with {said}") from None
        try:
            if np.ndim(value) > 1 or np.size(value) != 1:
                raise TypeError
            number = complex(np.ravel(value)[0])
        except (TypeError, ValueError):
            raise InputError(f"the function must return a number, not {_short(value)}") from None
        if _is_complex(params):
            return np.complex128(number)
        return number.real if number.imag == 0 else math.nan

    def _is_same_on_lanes(self) -> bool:
        """Whether the function gives on arrays of lanes what it gives on numbers, at some places of the plane."""
        xmin, xmax, ymin, ymax = self._plane.bounds
        a, b = (
            np.array([low + share[axis] * (high - low) for share in _TRIED])
            for axis, (low, high) in enumerate(((xmin, xmax), (ymin, ymax)))
        )
        lanes = self._plane.point(a, b)
        try:
            found = np.asarray(self._called(lanes), dtype=float)
            if found.shape not in ((), a.shape):
                return False
            alone = [self._number(self._plane.point(float(x), float(y))) for x, y in zip(a, b, strict=True)]
        except Exception:  # whatever it is, numbers one by one are always right
            return False
        return bool(np.allclose(np.broadcast_to(found, a.shape), alone, rtol=1e-9, atol=1e-300, equal_nan=True))


def _of_two(function: Callable[..., Any], point: tuple[float, float]) -> tuple[tuple[str, str], OfTwo]:
    """Return the names of the two numbers, and the function of them."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # some of NumPy's
        parameters = []
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    plain = [each for each in parameters if each.kind in kinds]
    needed = [each for each in plain if each.default is inspect.Parameter.empty]
    if len(needed) > 2:
        raise InputError(
            "a problem of your own is a function of two numbers, of an array of two, or of a dict of parameters, "
            f"as in optvis.problem(lambda x, y: x**2 + y**2); this one takes {len(needed)} numbers"
        )
    if len(needed) == 2 or (len(plain) >= 2 and not needed):
        first, second = plain[0].name, plain[1].name
        return (first, second), function
    if not plain:
        return ("x", "y"), function
    return ("x", "y"), _of_one(function, point)


def _of_one(function: Callable[[Any], Any], point: tuple[float, float]) -> OfTwo:
    """A function of an array of two, or of a dict with x and y: whichever it takes."""
    try:
        with np.errstate(all="ignore"):
            function(np.array(point, dtype=float))
    except (KeyError, IndexError, TypeError, AttributeError):
        return lambda x, y: function({"x": x, "y": y})
    except ArithmeticError:
        pass
    return lambda x, y: function(np.array([*np.broadcast_arrays(x, y)]))


def _plane_through(start: Mapping[str, Any], bounds: Sequence[float] | None) -> Plane:
    """The plane along the first two numbers of a dict of parameters."""
    try:
        point = {str(key): np.array(value, dtype=float) for key, value in start.items()}
    except (TypeError, ValueError):
        raise InputError(f"a start is made of numbers and arrays of numbers by name, not {dict(start)!r}") from None
    if sum(value.size for value in point.values()) < 2:
        raise InputError("a problem needs at least two numbers as its parameters, so that a plane can be drawn")
    if not all(np.isfinite(value).all() for value in point.values()):
        raise InputError("a start must be finite numbers")
    numbers = np.concatenate([value.ravel() for value in point.values()])
    ends = np.cumsum([value.size for value in point.values()])[:-1]

    def params(flat: Array) -> Params:
        parts = zip(point.items(), np.split(flat, ends), strict=True)
        return {key: part.reshape(value.shape) if value.ndim else float(part[0]) for (key, value), part in parts}

    u, v = np.eye(2, numbers.size)
    a, b = numbers[:2].tolist()
    xmin, xmax, ymin, ymax = DEFAULT_BOUNDS
    box = (a + xmin, a + xmax, b + ymin, b + ymax) if bounds is None else checked_bounds(bounds)
    return Plane(params(np.where(u + v > 0, 0.0, numbers)), params(u), params(v), box)


def _is_complex(params: Params) -> bool:
    return any(np.iscomplexobj(value) for value in params.values())


def _one(values: Any, lane: int) -> Any:
    part = values[..., lane]
    return float(part) if np.ndim(part) == 0 and not np.iscomplexobj(part) else part


def _name(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return "own function" if name == "<lambda>" else str(name)


def _place(params: Params) -> str:
    return ", ".join(f"{key} = {_short(value)}" for key, value in params.items())


def _short(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}…"
