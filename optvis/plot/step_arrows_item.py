"""Why a run moves as it does: the arrows at its head."""

from __future__ import annotations

from collections.abc import Collection

from PyQt6.QtCore import QRect, QRectF
from PyQt6.QtGui import QPainter

from optvis.draw.maps.step_arrows import paint_step_arrows, step_arrows_reach
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.engine.trajectory import Trajectory
from optvis.plot.pixel_item import PixelItem


class StepArrowsItem(PixelItem):
    """Gradient, velocity, scaling and step of a run at a step, with a legend in the view's corner.

    Parameters
    ----------
    kinds
        Of ``gradient``, ``velocity``, ``scaling`` and ``step``.
    label
        The run's name, for the legend.
    """

    def __init__(
        self,
        trajectory: Trajectory,
        kinds: Collection[str] = ("gradient", "step"),
        step: int = 0,
        label: str = "",
        theme: Theme | str | None = None,
    ) -> None:
        super().__init__(theme)
        self._trajectory, self._kinds, self._step, self._label = trajectory, kinds, step, label
        self.setZValue(40)

    @property
    def step(self) -> int:
        """Which is shown."""
        return self._step

    def setStep(self, step: int) -> None:
        """Show what happens at a step."""
        if step != self._step:
            before = self._reach()
            self._step = step
            after = self._reach()
            self.update_pixels(None if before is None or after is None else [*before, *after])

    def _reach(self) -> list[QRectF] | None:
        viewport = self.viewport
        if viewport is None:
            return None
        return step_arrows_reach(self._trajectory, viewport, self._step, self._kinds, self._label)

    def setKinds(self, kinds: Collection[str]) -> None:
        """Show these arrows."""
        if tuple(kinds) != tuple(self._kinds):
            self._kinds = kinds
            self.update()

    def setTrajectory(self, trajectory: Trajectory, label: str = "") -> None:
        """Show those of another run."""
        if (trajectory, label) != (self._trajectory, self._label):
            self._trajectory, self._label = trajectory, label
            self.update()

    def paint_pixels(self, painter: QPainter, viewport: Viewport, ratio: float, part: QRect) -> None:
        """Paint the arrows."""
        if self._kinds:
            paint_step_arrows(painter, self._trajectory, viewport, self._step, self.theme, self._kinds, self._label)
