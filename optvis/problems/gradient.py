"""Numerical gradients of a loss over a dict of parameters."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from optvis.foundation.errors import InputError, nearest

Params = dict[str, Any]
Loss = Callable[[Params], Any]
SchemeKind = Literal["central", "forward", "complex-step"]

DEFAULT_H: dict[SchemeKind, float] = {"central": 1e-4, "forward": 1e-6, "complex-step": 1e-20}
"""The step of each kind when none is given; 1e-4 is the textbook's."""


@dataclass(frozen=True)
class Scheme:
    """A way to compute a gradient: ``central:1e-4``, ``forward:1e-6`` or ``complex-step:1e-20``.

    Central differences have an error of order h² (truncation) plus eps·|f|/h (rounding), forward
    differences of order h plus the same. Complex-step, Im f(x + ih)/h, has no subtraction and so no
    rounding error to speak of (Squire & Trapp, 1998, eq. 6), but asks for an analytic formula.
    """

    kind: SchemeKind
    h: float

    def __str__(self) -> str:
        return f"{self.kind}:{self.h!r}"

    def evaluations(self, coordinates: int) -> int:
        """Loss evaluations that one gradient over so many coordinates needs."""
        return {"central": 2 * coordinates, "forward": coordinates + 1, "complex-step": coordinates}[self.kind]


def parse_scheme(text: str | Scheme) -> Scheme:
    """Make a `Scheme` from ``kind`` or ``kind:h``.

    Raises
    ------
    InputError
        For an unknown kind, or a step that is not a number from 1e-300 to 1e6.
    """
    if isinstance(text, Scheme):
        return text
    kind, colon, step = str(text).strip().lower().partition(":")
    if kind not in DEFAULT_H:
        raise InputError(
            f"there is no gradient scheme '{kind}'{nearest(kind, DEFAULT_H) or ';'}"
            " the schemes are central, forward and complex-step, with an optional step as in central:1e-4"
        )
    if not colon:
        return Scheme(kind, DEFAULT_H[kind])
    try:
        h = float(step)
    except ValueError:
        h = math.nan
    if not 1e-300 <= h <= 1e6:
        raise InputError(
            f"the step h of a gradient must be a number from 1e-300 to 1e6, not '{step}'; write central:1e-4"
        )
    return Scheme(kind, h)


def numerical_gradient(
    loss: Loss, params: Mapping[str, Any], h: float | None = None, scheme: str | Scheme = "central"
) -> Params:
    """Differentiate a loss with respect to every number in ``params``.

    Parameters
    ----------
    loss
        Takes a dict like ``params``. Either one number comes back, or ``(L,)`` for ``L`` lanes; then
        the last axis of every array in ``params`` is the lane axis.
    params
        Numbers or arrays of any shape, by name. Integers are converted. Nothing is changed.
    h
        The step, in the units of the parameter; None takes the scheme's own (central: 1e-4).
    scheme
        ``central``, ``forward`` or ``complex-step``, or a `Scheme`.

    Returns
    -------
    dict
        A gradient of the same shape for every key, ``(L,)`` for a number that serves all lanes. Where
        the loss overflows it is inf or nan.

    Raises
    ------
    InputError
        For an unusable scheme or step, arrays that do not fit the lanes of the loss, or when
        complex-step meets a loss that is not analytic.
    """
    chosen = parse_scheme(scheme)
    if h is not None:
        chosen = parse_scheme(f"{chosen.kind}:{h!r}")
    if not callable(loss):
        raise InputError(f"a loss is a function of a dict of parameters, not {loss!r}")
    if not isinstance(params, Mapping):
        raise InputError(f"parameters are given by name, as in {{'x': 1.0, 'y': 2.0}}, not {params!r}")
    try:
        point: Params = {
            k: float(v) if isinstance(v, (int, float)) or np.ndim(v) == 0 else np.array(v, dtype=float)
            for k, v in params.items()
        }
    except (TypeError, ValueError):
        raise InputError(f"parameters are numbers or arrays of numbers, not {dict(params)!r}") from None
    with np.errstate(all="ignore"):
        try:
            return _gradient(loss, point, chosen)
        except TypeError:
            value = loss(point)  # a fault within the loss is its own; what is no number is said here
            if isinstance(value, (numbers.Number, np.ndarray)):
                raise
            raise InputError(f"a loss returns a number, or one for each lane, not {value!r}") from None


def _gradient(loss: Loss, point: Params, scheme: Scheme) -> Params:
    h = scheme.h
    arrays = any(isinstance(value, np.ndarray) for value in point.values())
    here: Any = loss(point) if arrays or scheme.kind == "forward" else 0.0
    lanes = np.ndim(here) == 1
    if lanes and any(np.ndim(value) and np.shape(value)[-1] != len(here) for value in point.values()):
        shapes = ", ".join(f"{key} {np.shape(value)}" for key, value in point.items())
        raise InputError(f"a loss of shape {np.shape(here)} has one value for each lane, the parameters are {shapes}")

    def slope(key: str, index: tuple[int, ...] | None) -> Any:
        def loss_at(d: complex) -> Any:
            return loss(point | {key: _moved(point[key], index, d)})

        if scheme.kind == "central":
            return (loss_at(h) - loss_at(-h)) / (2 * h)
        if scheme.kind == "forward":
            return (loss_at(h) - here) / h
        value = loss_at(1j * h)
        if not np.iscomplexobj(value):
            raise InputError("complex-step asks for a loss that accepts complex numbers; choose central or forward")
        return np.imag(value) / h

    gradient: Params = {}
    for key, value in point.items():
        if isinstance(value, float):
            found = slope(key, None)  # an array where one number serves all lanes
            gradient[key] = found if np.ndim(found) else float(found)
            continue
        gradient[key] = np.empty_like(value)
        shape = value.shape[:-1] if lanes else value.shape
        for index in np.ndindex(shape):
            gradient[key][index] = slope(key, index)
    return gradient


def _moved(value: Any, index: tuple[int, ...] | None, d: complex) -> Any:
    """A copy of a parameter with ``d`` added to one of its numbers; a float has no index."""
    if index is None:
        return np.complex128(value + d) if isinstance(d, complex) else value + d
    copy = value.astype(complex) if isinstance(d, complex) else value.copy()
    copy[index] += d
    return copy


def gradient_norm(grad: Mapping[str, Any], leading: int = 0) -> Any:
    """Euclidean norm over all parameters.

    A gradient is a float, ``(*shape, L)``, or with ``leading`` axes such as the step before that,
    ``(T+1, *shape, L)``; the norm is a float, ``(L,)`` or ``(T+1, L)``.
    """
    with np.errstate(all="ignore"):
        total: Any = 0.0
        for g in grad.values():
            squares = np.square(g)
            if own := tuple(range(leading, max(leading, np.ndim(g) - 1))):
                squares = squares.sum(axis=own)
            if np.shape(total) == np.shape(squares) != ():
                total += squares  # a long run has many rows; they are not copied once more
            else:
                total = squares + total
        return np.sqrt(total, out=total) if np.ndim(total) else np.sqrt(total)
