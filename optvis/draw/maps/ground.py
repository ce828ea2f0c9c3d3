"""What lies beneath the runs on a map: the loss, or something else that every place of the plane has."""

from __future__ import annotations

from typing import Protocol

from PyQt6.QtGui import QPainter

from optvis.draw.paint.viewport import Viewport


class Ground(Protocol):
    """A picture of a window of the plane, ready for painting in any viewport."""

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint it into the viewport's rectangle; where it ends nothing is painted."""

    def paint_key(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint over the trails what its colours mean, if that has to be said."""
