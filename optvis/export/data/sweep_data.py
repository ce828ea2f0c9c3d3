"""A sweep as numbers: NPZ. Imports no Qt.

- ``x`` and ``y``: the values on the axes, ``(nx,)`` and ``(ny,)``; their names are in ``about``.
- ``loss``, ``kind``, ``reached``, ``settled``, ``last``, ``end_x``, ``end_y``: ``(ny, nx)``, as of
  `optvis.maps.sweeps.SweepMap`; ``kind`` counts through the list ``kinds`` in ``about``.
- ``about``: what was computed, as JSON.

Along the steps ``y`` are the steps, ``loss`` is ``(ny, nx)`` and ``kind`` and ``last`` are ``(nx,)``.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from optvis.engine.outcome import KINDS
from optvis.export.data.trajectory_data import computed_of
from optvis.foundation.files import whole_file
from optvis.maps.sweep_plan import STEPS, Swept
from optvis.maps.sweeps import SweepMap


def write_sweep(swept: Swept, path: str) -> None:
    """Write a sweep as NPZ.

    Raises
    ------
    InputError
        For a file that cannot be written.
    """
    found = swept.found
    arrays: dict[str, Any] = {"loss": found.loss, "kind": found.kind, "last": found.last}
    if isinstance(found, SweepMap):
        arrays |= {"x": found.axes[0], "y": found.axes[1], "reached": found.reached, "settled": found.settled}
        arrays |= {"end_x": found.x, "end_y": found.y}
    else:
        arrays |= {"x": found.values, "y": found.at}
    arrays["about"] = np.array(json.dumps(_about(swept)))
    with whole_file(path) as file:
        np.savez_compressed(file, **arrays)


def _about(swept: Swept) -> dict[str, Any]:
    plan, found = swept.plan, swept.found
    about = {
        "format": "optvis-map",
        "version": 1,
        "map": "sweep",
        **computed_of(plan.problem, plan.start, plan.steps, plan.gradient),
        "optimizer": plan.optimizer.name,
        "hyper": dict(plan.hyper),
        "x": plan.x.name,
        "y": STEPS if plan.y is None else plan.y.name,
        "kinds": list(KINDS),
    }
    if isinstance(found, SweepMap):
        about |= {"target": found.target, "evaluations": found.evaluations}
    return about
