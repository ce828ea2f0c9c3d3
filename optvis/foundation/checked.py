"""Values that a caller of the Python interface gives: each is taken, or refused in a sentence."""

from __future__ import annotations

import numbers
import os
from collections.abc import Collection, Iterable
from typing import Any

from optvis.foundation.errors import InputError, nearest


def whole_number(what: str, value: Any, least: int, most: int) -> int:
    """Return a whole number of a range.

    Raises
    ------
    InputError
        For anything else.
    """
    if not _is_number(value) or value != value // 1 or not least <= value <= most:
        raise InputError(f"{what} must be a whole number from {least:,} to {most:,}, not {value!r}")
    return int(value)


def number_in(what: str, value: Any, least: float, most: float) -> float:
    """Return a number of a range.

    Raises
    ------
    InputError
        For anything else.
    """
    if not _is_number(value) or not least <= value <= most:
        raise InputError(f"{what} must be a number from {least:g} to {most:g}, not {value!r}")
    return float(value)


def flag(what: str, value: Any) -> bool:
    """Return True or False.

    Raises
    ------
    InputError
        For anything else.
    """
    if not isinstance(value, bool):
        raise InputError(f"{what} must be True or False, not {value!r}")
    return value


def words(what: str, value: Any) -> str:
    """Return text.

    Raises
    ------
    InputError
        For anything else.
    """
    if not isinstance(value, str):
        raise InputError(f"{what} must be text, not {value!r}")
    return value


def file_name(value: Any) -> str:
    """Return the name of a file, given as text or as a path.

    Raises
    ------
    InputError
        For anything else.
    """
    name = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(name, str):
        raise InputError(f"a file is named by text or a path, such as 'picture.png', not {value!r}")
    return name


def one_of(what: str, value: Any, known: Collection[str]) -> str:
    """Return a name that is known.

    Raises
    ------
    InputError
        For anything else; it names what is known.
    """
    if not isinstance(value, str) or value not in known:
        *most, last = known
        hint = nearest(str(value), known) or f"; there are {', '.join(most)} and {last}"
        raise InputError(f"there is no {what} {value!r}{hint}")
    return value


def several_of(what: str, values: Any, known: Collection[str]) -> tuple[str, ...]:
    """Return names that are known, as a tuple.

    Raises
    ------
    InputError
        For one name that is in no list, and for names that are not known.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError(f"every {what} stands in a list, such as [{next(iter(known))!r}], not {values!r}")
    return tuple(one_of(what, value, known) for value in values)


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and value == value
