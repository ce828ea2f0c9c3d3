"""Computations in short slices, so that a window can go on between them.

A computation that may be long is a generator that yields the share that is done (0 to 1) after
every few milliseconds and returns its result. Dropping it cancels it. A function that returns such a
generator has a name that ends with ``_in_slices``; it checks its arguments before the first slice is over.
`eager` makes of it the function that returns the result.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Generator
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_SUFFIX = "_in_slices"


def finish(slices: Generator[float, None, T]) -> T:
    """Go through all slices at once and return the result."""
    while True:
        try:
            next(slices)
        except StopIteration as end:
            result: T = end.value
            return result


def eager(in_slices: Callable[P, Generator[float, None, T]]) -> Callable[P, T]:
    """Make ``name`` of ``name_in_slices``: the function with the same parameters that returns the result at once.

    It has the docstring of the function in slices, which therefore says what both do.
    """

    @wraps(in_slices)
    def at_once(*args: P.args, **kwargs: P.kwargs) -> T:
        return finish(in_slices(*args, **kwargs))

    at_once.__name__ = in_slices.__name__.removesuffix(_SUFFIX)
    at_once.__qualname__ = in_slices.__qualname__.removesuffix(_SUFFIX)
    signature = inspect.signature(in_slices)
    result = re.sub(r"^Generator\[float, None, (.*)\]$", r"\1", str(signature.return_annotation))
    at_once.__signature__ = signature.replace(return_annotation=result)  # type: ignore[attr-defined]
    at_once.__annotations__ = in_slices.__annotations__ | {"return": result}
    return at_once


def part(slices: Generator[float, None, T], begin: float, end: float) -> Generator[float, None, T]:
    """Go through slices that are a part of something longer, from one share of it to another."""
    while True:
        try:
            share = next(slices)
        except StopIteration as done:
            result: T = done.value
            return result
        yield begin + share * (end - begin)
