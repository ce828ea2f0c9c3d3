"""Lanes for optimizers that cannot carry them: one instance for each.

A learner's class usually works on arrays of lanes as it does on floats. One that takes a norm over all
of an array, or asks ``if`` of it, does not; it is found out by a few lanes over a few steps.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from optvis.problems.gradient import Params, Scheme, numerical_gradient
from optvis.problems.problem import Problem

_TRIED_LANES, _TRIED_STEPS = 4, 200  # a class may warm up before it begins to clip


class OnePerLane:
    """An optimizer that is made of one for every lane.

    Attributes
    ----------
    each
        One optimizer a lane.
    """

    def __init__(self, each: list[Any]) -> None:
        self.each = each

    def update(self, params: dict[str, Any], grads: dict[str, Any]) -> None:
        """Take one step in every lane."""
        for lane, optimizer in enumerate(self.each):
            own = {key: _own(value, lane) for key, value in params.items()}
            optimizer.update(own, {key: _own(value, lane) for key, value in grads.items()})
            for key, value in own.items():
                params[key][..., lane] = value


def with_lanes_apart(problem: Problem, optimizer: Any, point: Params, lanes: int, scheme: Scheme, steps: int) -> Any:
    """Return the optimizer where it treats lanes like lone runs, else one for each lane.

    Every step is compared from the same place, so that chaos does not look like a mixture of lanes.
    """
    some = np.unique(np.linspace(0, lanes - 1, _TRIED_LANES).astype(int))
    together = of_lanes(optimizer, some, lanes)
    apart = OnePerLane([of_lanes(optimizer, lane, lanes) for lane in some])
    now = {key: value[..., some].copy() for key, value in point.items()}
    try:
        for _ in range(min(steps, _TRIED_STEPS)):
            gradient = numerical_gradient(problem.loss, now, scheme=scheme)
            expected = {key: value.copy() for key, value in now.items()}
            with np.errstate(all="ignore"):
                together.update(now, {key: value.copy() for key, value in gradient.items()})
                apart.update(expected, gradient)
            if not all(np.allclose(now[key], expected[key], rtol=1e-9, atol=1e-300, equal_nan=True) for key in now):
                break
        else:
            return optimizer
    except Exception:  # whatever a class does with arrays that it was not written for
        pass
    return OnePerLane([of_lanes(optimizer, lane, lanes) for lane in range(lanes)])


def of_lanes(optimizer: Any, place: Any, lanes: int) -> Any:
    """Return a copy of an optimizer for one of its lanes or for some; of its arrays of lanes it has only their part."""
    if isinstance(optimizer, OnePerLane):
        return OnePerLane([copy.deepcopy(each) for each in np.array(optimizer.each, dtype=object)[place]])
    fresh = copy.deepcopy(optimizer)
    for name, value in list(getattr(fresh, "__dict__", {}).items()):
        if isinstance(value, np.ndarray) and value.shape == (lanes,):
            part = value[place]
            setattr(fresh, name, float(part) if np.ndim(part) == 0 else part)
    return fresh


def _own(value: Any, lane: int) -> Any:
    part = value[..., lane]
    return float(part) if np.ndim(part) == 0 else part.copy()
