"""A basin map as numbers: NPZ. Imports no Qt.

- ``x`` and ``y``: the starts along each axis, ``(nx,)`` and ``(ny,)``.
- ``minima``: x and y of the minima, ``(n, 2)``.
- ``minimum``, ``kind``, ``steps``, ``loss``, ``end_x``, ``end_y``: ``(ny, nx)``, as of
  `optvis.maps.basins.BasinMap`; ``kind`` counts through the list ``kinds`` in ``about``.
- ``about``: what was computed, as JSON.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from optvis.engine.outcome import KINDS
from optvis.export.data.trajectory_data import computed_of
from optvis.foundation.files import whole_file
from optvis.maps.basins import BasinMap


def write_basins(basins: BasinMap, path: str) -> None:
    """Write a basin map as NPZ.

    Raises
    ------
    InputError
        For a file that cannot be written.
    """
    arrays: dict[str, Any] = {
        "x": basins.xs,
        "y": basins.ys,
        "minima": np.array(basins.minima, dtype=float).reshape(-1, 2),
        "minimum": basins.minimum,
        "kind": basins.kind,
        "loss": basins.loss,
        "end_x": basins.x,
        "end_y": basins.y,
        "about": np.array(json.dumps(_about(basins))),
    }
    if basins.steps is not None:
        arrays["steps"] = basins.steps
    with whole_file(path) as file:
        np.savez_compressed(file, **arrays)


def _about(basins: BasinMap) -> dict[str, Any]:
    return {
        "format": "optvis-map",
        "version": 1,
        "map": "basin",
        **computed_of(basins.problem, None, basins.run_steps, basins.gradient),
        "optimizer": basins.optimizer,
        "hyper": dict(basins.hyper),
        "bounds": list(basins.bounds),
        "kinds": list(KINDS),
        "evaluations": basins.evaluations,
    }
