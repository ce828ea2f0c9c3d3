"""A groove in words: the best value, where runs converge, and where they grow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optvis.foundation.number_text import number
from optvis.maps.slider_sweeps import Groove

_MAX_RANGES = 3


def describe(groove: Groove) -> str:
    """Say shortly what a slider's values would do: ``best 0.31 (loss 2×10⁻⁹); converges from 0.002 to 0.98``.

    Limits are the outermost values of the groove for which it holds.
    """
    if groove.begins_nowhere:
        return "f is not defined at the start"
    return "; ".join(part for part in (_best(groove), _converging(groove), _growing(groove)) if part)


def _best(groove: Groove) -> str:
    if groove.best is None:
        return ""
    loss = _loss_text(float(groove.loss[groove.best]))
    if groove.makes_no_difference:
        return f"every value ends at loss {loss}"
    good = np.flatnonzero(groove.as_good)
    is_range = 1 < len(good) == good[-1] - good[0] + 1
    best = _where(groove.as_good, groove.values) if is_range else _text(groove.values[groove.best])
    return f"best {best} (loss {loss})"


def _converging(groove: Groove) -> str:
    converged = groove.ends("converged")
    if converged.any():
        return f"converges {_where(converged, groove.values)}"
    if groove.ends("diverged", "growing").all():
        return ""
    return f"does not converge in {groove.steps:,} step{'s' * (groove.steps != 1)}"


def _growing(groove: Groove) -> str:
    diverged, growing = groove.ends("diverged"), groove.ends("growing")
    verb = " or ".join(word for word, cells in (("grows", growing), ("diverges", diverged)) if cells.any())
    within = f"within {groove.steps:,} step{'s' * (groove.steps != 1)}"
    return f"{verb} {within} {_where(growing | diverged, groove.values)}" if verb else ""


def _where(holds: NDArray[np.bool_], values: NDArray[np.float64]) -> str:
    """Say for which values it holds; for at least one."""
    if holds.all():
        return "everywhere"
    edges = np.diff(np.concatenate([[0], holds.astype(np.int8), [0]]))
    ranges = list(zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1, strict=True))
    if len(ranges) > _MAX_RANGES:
        low, high = (_text(values[at]) for at in (ranges[0][0], ranges[-1][1]))
        return f"in {len(ranges)} ranges between {low} and {high}"
    words = []
    for first, last in ranges:
        low, high = _text(values[first]), _text(values[last])
        if last == len(values) - 1:
            words.append(f"from {low} up")
        elif low == high:
            words.append(f"at {low}")
        elif first == 0:
            words.append(f"up to {high}")
        else:
            words.append(f"from {low} to {high}")
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[:-1] else words)


def _text(value: float) -> str:
    """All digits that a slider gives a value: ``0.95``, ``2×10⁻⁹``."""
    return number(float(value), 12)


def _loss_text(loss: float) -> str:
    """Two digits, and all before the point: ``0.0034``, ``123``, ``−4.6×10⁶``."""
    return number(loss, 3 if 100 <= abs(loss) < 1000 else 2)
