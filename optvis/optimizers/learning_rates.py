"""The learning rate of every update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.foundation.errors import InputError
from optvis.language.algebra import evaluate
from optvis.optimizers.catalogue import optimizer_class
from optvis.optimizers.composed import RATE, is_composed

Array = NDArray[np.float64]


def learning_rates(optimizer: str, hyper: Mapping[str, Any], steps: int) -> Array:
    """Return the learning rate of every update of an optimizer with these settings, ``(T, L)``; L is 1 for numbers.

    Raises
    ------
    InputError
        When it has none.
    """
    if is_composed(optimizer):
        assignments = optimizer_class(optimizer).rule.assignments
        if any(name == RATE for name, _ in assignments):
            known: dict[str, Any] = {name: np.atleast_1d(np.asarray(value, float)) for name, value in hyper.items()}
            known["t"] = np.arange(1.0, steps + 1.0)[:, None]
            for name, tree in assignments:
                known[name] = evaluate(tree, known)
                if name == RATE:
                    return np.broadcast_to(known[name], (steps, np.shape(known[name])[-1])).astype(float)
    if "lr" not in hyper:
        raise InputError(f"{optimizer} has no learning rate lr")
    rates = np.atleast_1d(np.asarray(hyper["lr"], dtype=float))
    return np.broadcast_to(rates, (steps, len(rates))).astype(float)
