"""What all trajectories of a view have in common, so that they are painted together."""

from __future__ import annotations

from typing import Protocol, TypeVar

import pyqtgraph as pg
from PyQt6.QtCore import QRectF

from optvis.draw.paint.drawable import Run
from optvis.plot.pixel_item import PixelItem
from optvis.problems.problem import Bounds

S = TypeVar("S", bound="RunsItem")


class ShownRun(Run, Protocol):
    """A run in a view; `optvis.plot.trajectory_item.TrajectoryItem` is one."""

    @property
    def step(self) -> int:
        """Up to which it is shown."""

    @property
    def bounds(self) -> Bounds:
        """The domain of its problem."""

    def isVisible(self) -> bool:
        """Whether it is shown at all."""

    def zValue(self) -> float:
        """Runs of higher values are painted over others."""


class RunsItem(PixelItem):
    """Paints one aspect of all runs of a view; there is one of a kind in a view as long as it has runs.

    All halos lie beneath all lines, and all heads above them: no run could paint these by itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._runs: list[ShownRun] = []

    @classmethod
    def of(cls: type[S], view: pg.ViewBox) -> S:
        """Return the one in a view, made if there is none."""
        for item in view.innerSceneItem().childItems():
            if isinstance(item, cls):
                return item
        made = cls()
        made.setParentItem(view.innerSceneItem())  # not added to the view, whose user need not know of it
        return made

    @property
    def shown(self) -> list[ShownRun]:
        """The runs that are switched on, the one to paint first before the others."""
        return sorted((run for run in self._runs if run.isVisible()), key=lambda run: run.zValue())

    def add(self, run: ShownRun) -> None:
        """Paint a run too."""
        self._runs.append(run)
        self.update()

    def remove(self, run: ShownRun) -> None:
        """Paint a run no more; with the last one the item goes."""
        self._runs.remove(run)
        self.update()
        if not self._runs and self.scene() is not None:
            self.scene().removeItem(self)
        elif not self._runs:
            self.setParentItem(None)

    def changed(self, before: dict[ShownRun, int]) -> list[QRectF] | None:
        """Return the rectangles in which runs differ from what they were at the steps ``before``; None for all."""
        raise NotImplementedError
