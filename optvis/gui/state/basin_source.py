"""Basin maps for the window: coarse at once, then finer, between the window's events."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

from optvis.engine.trajectory import Trajectory
from optvis.gui.state.slice_timer import SliceTimer
from optvis.maps.basins import BasinMap, basins_of_run_in_slices
from optvis.problems.problem import Bounds, Point, Problem

STAGES = (10, 3, 1)
"""Pixels to a cell, along x and along y."""


@dataclass(frozen=True)
class Wish:
    """A map that is wanted: whose, of which window, how many cells it has in the end, and whether it has steps."""

    label: str
    run: Trajectory
    bounds: Bounds
    cells: tuple[int, int]
    has_steps: bool

    @property
    def key(self) -> tuple[object, ...]:
        """What the map depends on; where its run starts is no part of that."""
        run = self.run
        hyper = tuple(run.hyper.items())
        return run.problem, run.optimizer, hyper, run.gradient, run.steps, self.bounds, self.cells

    def is_met_by(self, other: Wish) -> bool:
        """Whether what is computed for the other wish is what this one asks for."""
        return self.key == other.key and self.has_steps <= other.has_steps


class BasinWork(QObject):
    """Computes the maps that are wanted, all of them coarse before any of them fine.

    Attributes
    ----------
    maps
        One for each wish, as fine as they are by now, with the label of the run that it is of; None
        before the first, and for another problem.

    Signals
    -------
    changed()
        A map has come, or has become finer.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.maps: list[tuple[BasinMap, str] | None] = []
        self._wishes: list[Wish] = []
        self._waiting: list[tuple[int, int]] = []  # stage and wish
        self._minima: tuple[Point, ...] = ()  # of the problem, so that they keep their colours
        self._work = SliceTimer(self)
        self._work.finished.connect(self._take)

    @property
    def is_running(self) -> bool:
        """Whether a map is not as fine as it will be."""
        return self._work.is_running

    def want(self, wishes: list[Wish]) -> None:
        """Compute these from now on; what is there already stays."""
        if len(wishes) == len(self._wishes) and all(map(Wish.is_met_by, wishes, self._wishes)):
            return
        if self._problem(wishes) is not self._problem(self._wishes):
            self.maps, self._minima = [], ()
        if any(wish.has_steps for wish in wishes) and not any(wish.has_steps for wish in self._wishes):
            self.maps = []
        self.maps = [*self.maps, *[None] * len(wishes)][: len(wishes)]
        self._wishes = wishes
        self._waiting = [(stage, index) for stage in STAGES for index in range(len(wishes))]
        self._go_on()

    def _problem(self, wishes: list[Wish]) -> Problem | None:
        return wishes[0].run.problem if wishes else None

    def _go_on(self) -> None:
        if not self._waiting:
            self._work.stop()
            return
        stage, index = self._waiting[0]
        wish = self._wishes[index]
        cells = (max(2, wish.cells[0] // stage), max(2, wish.cells[1] // stage))
        self._work.start(basins_of_run_in_slices(wish.run, cells, wish.bounds, self._minima, has_steps=wish.has_steps))

    def _take(self, made: BasinMap) -> None:
        _, index = self._waiting.pop(0)
        self.maps[index] = (made, self._wishes[index].label)
        self._minima = made.minima
        self._go_on()
        self.changed.emit()
