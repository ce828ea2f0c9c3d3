"""Computations in short slices, so that a window can go on between them.

A computation that may be long is a generator that yields the share that is done (0 to 1) after
every few milliseconds and returns its result. Dropping it cancels it.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def finish(slices: Generator[float, None, T]) -> T:
    """Go through all slices at once and return the result."""
    while True:
        try:
            next(slices)
        except StopIteration as end:
            result: T = end.value
            return result


def part(slices: Generator[float, None, T], begin: float, end: float) -> Generator[float, None, T]:
    """Go through slices that are a part of something longer, from one share of it to another."""
    while True:
        try:
            share = next(slices)
        except StopIteration as done:
            result: T = done.value
            return result
        yield begin + share * (end - begin)
