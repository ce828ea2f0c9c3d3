"""The basins of the maps, computed between the window's events: all of them coarse before any of them fine."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Sequence
from dataclasses import dataclass
from functools import partial

from PyQt6.QtCore import QObject

from optvis.engine.trajectory import Trajectory
from optvis.gui.state.refinement import Refinement
from optvis.maps.basins import BasinMap, basins_of_run_in_slices
from optvis.problems.problem import Bounds, Point, Problem

STAGES = (10, 3, 1)
"""Pixels to a cell, along x and along y."""


@dataclass(frozen=True, eq=False)
class BasinRequest:
    """A basin map that is wanted: of which run, under which name, of which window, and its cells in the end."""

    label: str
    run: Trajectory
    bounds: Bounds
    cells: tuple[int, int]

    @property
    def key(self) -> Hashable:
        """What the map depends on; where its run starts is no part of that."""
        run = self.run
        hyper = tuple(run.hyper.items())
        return run.problem, run.optimizer, hyper, run.gradient, run.steps, self.bounds, self.cells


Made = list[tuple[BasinMap, BasinRequest] | None]


def _name(made: BasinRequest, now: BasinRequest | None) -> str:
    """Return the name of the run that a map is of: the present one where it is still that run's."""
    return now.label if now is not None and now.key == made.key else made.label


class BasinSource:
    """Has a basin map for every request; the newest requests cancel what is under way.

    Attributes
    ----------
    refinement
        Says when a map has come, or has become finer.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        self.refinement: Refinement[Made] = Refinement(parent)
        self._requests: Sequence[BasinRequest] = ()
        self._problem: Problem | None = None
        self._minima: tuple[Point, ...] = ()  # of the problem, so that they keep their colours
        self._has_steps = False

    @property
    def maps(self) -> list[tuple[BasinMap, str] | None]:
        """The maps as fine as they are by now, each with the label of the run that it is of; None before the first.

        A run has its present name; one that is wanted no more has its last one while its map still stands.
        """
        made = self.refinement.result or []
        wanted = [*self._requests, *[None] * len(made)]
        return [each and (each[0], _name(each[1], now)) for each, now in zip(made, wanted, strict=False)]

    def want(self, requests: Sequence[BasinRequest], *, has_steps: bool) -> None:
        """Compute these from now on; maps of the same problem stay until theirs are there.

        Parameters
        ----------
        has_steps
            Whether the maps have the steps to each minimum; those that have serve also where none are asked for.
        """
        self._requests = requests
        keys = tuple(request.key for request in requests)
        has_steps = has_steps or self.refinement.key == (keys, True)
        problem = requests[0].run.problem if requests else None
        if problem is not self._problem:
            self._minima = ()
        if problem is not self._problem or (has_steps and not self._has_steps):
            self.refinement.result = None
        self._problem, self._has_steps = problem, has_steps
        order = [(pixels, index) for pixels in STAGES for index in range(len(requests))]
        self.refinement.want((keys, has_steps), [partial(self._stage, requests, *each) for each in order])

    def _stage(self, requests: Sequence[BasinRequest], pixels: int, index: int) -> Generator[float, None, Made]:
        """Compute the map of one request, and put it among the others."""
        request = requests[index]
        cells = (max(2, request.cells[0] // pixels), max(2, request.cells[1] // pixels))
        made = yield from basins_of_run_in_slices(
            request.run, cells, request.bounds, self._minima, has_steps=self._has_steps
        )
        self._minima = made.minima
        maps = [*(self.refinement.result or []), *[None] * len(requests)][: len(requests)]
        maps[index] = (made, request)
        return maps
