"""Pixels in the order that Pillow has them in."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from optvis.export.animation.frame_changes import Pixels

_ORDER = (2, 1, 0, 3) if sys.byteorder == "little" else (1, 2, 3, 0)


def rgba(pixels: Pixels) -> NDArray[np.uint8]:
    """Return red, green, blue and alpha, ``(height, width, 4)``, of 0xAARRGGBB."""
    parts = np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)
    return np.ascontiguousarray(parts[..., _ORDER])
