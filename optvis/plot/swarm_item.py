"""A swarm in a plot: one optimizer from many starts at once."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QPainter

from optvis.draw.maps.swarm_layer import SwarmLayer, moved_reach
from optvis.draw.maps.swarms import paint_swarm_caption, swarm_caption_reach
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.engine.trajectory import Trajectory
from optvis.foundation.slices import finish
from optvis.maps.swarm import Swarm, SwarmSpec, swarm_in_slices
from optvis.plot.pixel_item import PixelItem


class SwarmItem(PixelItem):
    """Many points that move with the step; auto-range shows the problem's domain.

    Parameters
    ----------
    swarm
        As of `optvis.maps.swarm.swarm_in_slices`; `SwarmItem.of` computes one.
    style
        0 to 63: the colour.
    step
        Which is shown first; None for the last.
    """

    def __init__(self, swarm: Swarm, style: int = 0, step: int | None = None, theme: Theme | str | None = None) -> None:
        super().__init__(theme)
        self._layer = SwarmLayer()
        self._swarm: Swarm | None = swarm
        self._style, self._words = style, ""
        self._step = swarm.spec.steps if step is None else step
        self.setZValue(-10)

    @classmethod
    def of(cls, trajectory: Trajectory, count: int = 1_000, style: int = 0, seed: int = 0) -> SwarmItem:
        """Let the optimizer of a trajectory start from so many places of the domain.

        Raises
        ------
        InputError
            For a run of a class that is neither in the catalogue nor a rule.
        """
        return cls(finish(swarm_in_slices(SwarmSpec.of(trajectory, count, seed))), style)

    @property
    def step(self) -> int:
        """Which is shown."""
        return self._step

    def setStep(self, step: int) -> None:
        """Show the points at a step."""
        if step != self._step:
            before, self._step = self._step, step
            viewport = self.viewport
            if self._swarm is None or viewport is None:
                self.update()
            else:
                self.update_pixels(moved_reach(self._swarm, viewport, before, step))

    def setSwarm(self, swarm: Swarm | None, style: int = 0) -> None:
        """Show another one in its place; None lets go of its memory, whoever still knows this item."""
        if swarm is self._swarm and style == self._style:
            return
        self._swarm, self._style = swarm, style
        if swarm is None:
            self._layer = SwarmLayer()
        self.update()

    def setCaption(self, words: str) -> None:
        """Write words in the view's upper left corner; empty for none."""
        if words != self._words:
            self._words = words
            viewport = self.viewport
            self.update_pixels(None if viewport is None else [swarm_caption_reach(viewport)])

    def paint_pixels(self, painter: QPainter, viewport: Viewport, ratio: float, part: QRect) -> None:
        """Paint the points and the caption."""
        if self._swarm is None:
            return
        theme = self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
        self._layer.paint(painter, self._swarm, viewport, self._step, self._style, theme, ratio)
        if self._words:
            paint_swarm_caption(painter, self._words, viewport, theme)

    def dataBounds(self, axis: int, frac: float = 1.0, orthoRange: Any = None) -> tuple[float | None, float | None]:
        """The problem's domain along an axis."""
        if self._swarm is None:
            return None, None
        bounds = self._swarm.spec.problem.plane.bounds
        return bounds[2 * axis], bounds[2 * axis + 1]
