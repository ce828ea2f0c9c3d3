"""The function that is made of one in slices is it in all but the slices."""

from __future__ import annotations

import inspect
import pickle
import typing
from collections.abc import Generator

import pytest

import optvis
from optvis.foundation.slices import eager


def counted_in_slices(
    upto: int, /, each: list[float] | None = None, *, by: int = 1
) -> Generator[float, None, list[int]]:
    """Count to a number.

    Raises
    ------
    ValueError
        For a number below 0.
    """
    if upto < 0:
        raise ValueError("below 0")
    return _counting(upto, by)


def _counting(upto: int, by: int) -> Generator[float, None, list[int]]:
    found = []
    for number in range(0, upto, by):
        found.append(number)
        yield number / upto
    return found


counted = eager(counted_in_slices)


def test_it_returns_what_the_slices_return():
    assert counted(7, by=2) == [0, 2, 4, 6]
    assert counted(0) == []
    with pytest.raises(ValueError, match="below 0"):
        counted(-1)


def test_it_has_the_parameters_the_result_and_the_docstring():
    own, theirs = inspect.signature(counted), inspect.signature(counted_in_slices)
    assert own.parameters == theirs.parameters
    assert own.return_annotation == "list[int]"
    assert typing.get_type_hints(counted)["return"] == list[int]
    assert typing.get_type_hints(counted)["each"] == list[float] | None
    assert counted.__doc__ == counted_in_slices.__doc__
    assert (counted.__name__, counted.__module__) == ("counted", __name__)


def test_the_public_functions_are_found_by_their_names():
    for name in ("run", "basin_map", "sweep_map", "step_sweep", "tune", "compare", "resolve"):
        function = getattr(optvis, name)
        assert inspect.isfunction(function)
        assert (function.__name__, function.__qualname__) == (name, name)
        assert pickle.loads(pickle.dumps(function)) is function
        assert "Generator" not in str(inspect.signature(function))
