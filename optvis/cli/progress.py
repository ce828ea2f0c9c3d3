"""The progress line of a long computation on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Generator
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")
QUIET_SECONDS = 1.0


def finish_in_sight(slices: Generator[float, None, T], doing: str) -> T:
    """Go through all slices and return the result.

    On a terminal, work of more than a second shows how far it is.

    Parameters
    ----------
    doing
        A word for it, such as ``computing``.
    """
    began = perf_counter()
    shown = ""
    try:
        while True:
            try:
                share = next(slices)
            except StopIteration as end:
                result: T = end.value
                return result
            text = f"\r{doing} … {share:.0%}"
            if text != shown and perf_counter() - began > QUIET_SECONDS and _is_watched():
                print(text, end="", file=sys.stderr, flush=True)
                shown = text
    finally:
        slices.close()
        if shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _is_watched() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()
