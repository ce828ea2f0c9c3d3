"""Where a window of the plane lies on the paper."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF

from optvis.problems.problem import WIDEST, Bounds, is_range, shortest_range

Aspect = Literal["free", "equal"]


@dataclass(frozen=True)
class Viewport:
    """A window of the plane and the rectangle of pixels that shows it; y points up.

    Attributes
    ----------
    bounds
        xmin, xmax, ymin, ymax at the edges of the rectangle.
    rect
        In logical pixels.
    weight
        How heavy lines and marks are: 1 in a window, less in small panels, more on large pages.
    """

    bounds: Bounds
    rect: QRectF
    weight: float = 1.0

    @classmethod
    def fitted(cls, bounds: Bounds, rect: QRectF, aspect: Aspect = "free", weight: float = 1.0) -> Viewport:
        """Show all of ``bounds``; with aspect ``equal`` one unit is as long on x as on y, so more is shown."""
        if aspect == "equal" and rect.width() > 0 and rect.height() > 0:
            xmin, xmax, ymin, ymax = bounds
            unit = max((xmax - xmin) / rect.width(), (ymax - ymin) / rect.height())
            x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
            half_x, half_y = unit * rect.width() / 2, unit * rect.height() / 2
            bounds = (x - half_x, x + half_x, y - half_y, y + half_y)
        return cls(bounds, QRectF(rect), weight)

    @property
    def scale(self) -> tuple[float, float]:
        """Pixels per unit of x and of y."""
        xmin, xmax, ymin, ymax = self.bounds
        return self.rect.width() / (xmax - xmin), self.rect.height() / (ymax - ymin)

    def x_to_px(self, x: Any) -> Any:
        """Return where an x lies, in logical pixels; numbers or arrays."""
        return self.rect.left() + (x - self.bounds[0]) * self.scale[0]

    def y_to_px(self, y: Any) -> Any:
        """Return where a y lies, in logical pixels; numbers or arrays."""
        return self.rect.bottom() - (y - self.bounds[2]) * self.scale[1]

    def to_pixels(self, x: Any, y: Any) -> NDArray[np.float64]:
        """Return positions ``(n, 2)`` in logical pixels; what is not finite stays so."""
        with np.errstate(all="ignore"):
            return np.column_stack([self.x_to_px(np.asarray(x, float)), self.y_to_px(np.asarray(y, float))])

    def point(self, x: float, y: float) -> QPointF:
        """Return a finite place of the plane in logical pixels."""
        return QPointF(self.x_to_px(x), self.y_to_px(y))

    def to_data(self, px: float, py: float) -> tuple[float, float]:
        """Return the place of the plane that is drawn at a pixel."""
        per_x, per_y = self.scale
        return self.bounds[0] + (px - self.rect.left()) / per_x, self.bounds[2] + (self.rect.bottom() - py) / per_y

    def shows(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Whether a place is in the rectangle, or at most ``margin`` pixels beside it; no for what is not finite."""
        rect = self.rect.adjusted(-margin, -margin, margin, margin)
        return math.isfinite(x) and math.isfinite(y) and rect.contains(self.point(x, y))

    def zoomed(self, factor: float, px: float, py: float) -> Viewport:
        """Magnify by ``factor`` about a pixel, which keeps its place of the plane.

        Stops where floats could no longer tell pixels apart, and where numbers get too large.
        """
        x, y = self.to_data(px, py)
        xmin, xmax, ymin, ymax = self.bounds
        for low, high, at in ((xmin, xmax, x), (ymin, ymax, y)):
            narrowest = 2 * shortest_range(at, low, high)  # twice, for where it is rounded
            factor = min(factor, max(1.0, (high - low) / narrowest))
            factor = max(factor, min(1.0, (high - low) / WIDEST))
        return self.moved((x + (xmin - x) / factor, x + (xmax - x) / factor,
                           y + (ymin - y) / factor, y + (ymax - y) / factor))  # fmt: skip

    def panned(self, dx: float, dy: float) -> Viewport:
        """Shift what is shown by pixels, as a hand drags it: to the right and down when positive."""
        per_x, per_y = self.scale
        xmin, xmax, ymin, ymax = self.bounds
        shift_x, shift_y = -dx / per_x, dy / per_y
        bounds = (xmin + shift_x, xmax + shift_x, ymin + shift_y, ymax + shift_y)
        return self.moved(bounds) if is_range(*bounds[:2]) and is_range(*bounds[2:]) else self

    def moved(self, bounds: Bounds) -> Viewport:
        """Show another window in the same rectangle."""
        return replace(self, bounds=bounds)

    def within(self, bounds: Bounds) -> QRectF:
        """Return the rectangle of pixels that a window of the plane takes."""
        xmin, xmax, ymin, ymax = bounds
        return QRectF(self.point(xmin, ymax), self.point(xmax, ymin))
