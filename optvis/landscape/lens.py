"""The gradient lens: the map shaded by the error of the numerical gradient instead of by the loss."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Literal

import numpy as np

from optvis.foundation.errors import InputError
from optvis.foundation.number_text import number
from optvis.landscape.gradient_error import gradient_error_in_slices
from optvis.landscape.loss_surface import NOT_FINITE, LossScale, Surface, ToneKey, surface_in_slices
from optvis.problems.gradient import Scheme
from optvis.problems.problem import Bounds, Problem

_LEAST_DECADES = 3  # between the two ends of the colours
_COARSER = 2  # nodes of the loss per node of the error


def map_surface_in_slices(
    problem: Problem,
    scale: LossScale,
    bounds: Bounds,
    shape: tuple[int, int],
    count: int = 15,
    lens: Literal["none", "gradient"] = "none",
    scheme: Scheme | None = None,
) -> Generator[float, None, Surface]:
    """Compute the surface of a map; parameters as of `optvis.landscape.loss_surface.surface`.

    Through the ``gradient`` lens the tones are the error of ``scheme``, and the surface's key says so;
    contour lines stay those of the loss. Where complex-step has no answer the key says why and the
    tones stay those of the loss.
    """
    made = yield from surface_in_slices(problem, scale, bounds, shape, count)
    if lens == "none" or scheme is None:
        return made
    coarse = (max(2, shape[0] // _COARSER), max(2, shape[1] // _COARSER))
    try:
        found = yield from gradient_error_in_slices(problem, scheme, bounds, coarse)
    except InputError as error:
        return replace(made, key=ToneKey(str(error)))
    known = found.absolute[np.isfinite(found.absolute)]
    low = float(np.floor(known.min())) if known.size else 0.0
    high = max(float(np.ceil(known.max())) if known.size else 0.0, low + _LEAST_DECADES)
    with np.errstate(invalid="ignore"):
        share = np.clip((found.absolute - low) / (high - low), 0.0, 1.0)
        tones = np.where(np.isfinite(found.absolute), np.rint(share * 254), NOT_FINITE).astype(np.uint8)
    title = f"error of the {scheme.kind} gradient, h = {number(scheme.h)}"
    return replace(made, tones=tones, key=ToneKey(title, low, high))
