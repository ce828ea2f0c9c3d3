"""Places of a plane that share a small square, so that what is asked of each is computed once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_EXACT = 2.0**53


def shared_cells(a: Array, b: Array, side: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Sort finite places ``(L,)`` into squares of a side.

    Returns
    -------
    tuple
        The first place of every square that has any, ``(S,)``; and the square of every place, an index
        into the first, ``(L,)``.
    """
    columns, rows = np.round(a / side), np.round(b / side)
    columns -= columns.min()
    rows -= rows.min()
    width = rows.max() + 1.0
    keys: Any = columns * width + rows  # one number is sorted much faster than two
    if not (columns.max() + 1.0) * width < _EXACT:
        keys = columns + 1j * rows
    _, first, square = np.unique(keys, return_index=True, return_inverse=True)
    return first, square
