"""The swarms of the map, computed between the window's events: at once coarsely, then in full."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QObject, pyqtSignal

from optvis.gui.state.slice_timer import SliceTimer
from optvis.maps.swarm import Swarm, SwarmSpec, swarms_in_slices


class SwarmSource(QObject):
    """Has a swarm for every map; the newest wish cancels what is under way.

    Until a new swarm is there the old one of the same optimizer on the same problem stays.

    Attributes
    ----------
    specs
        What is wanted for every map; None for none.
    swarms
        What there is for every map.

    Signals
    -------
    changed()
        When new ones are there.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.swarms: list[Swarm | None] = []
        self.specs: list[SwarmSpec | None] = []
        self._work = SliceTimer(self)
        self._work.finished.connect(self._take)

    @property
    def is_running(self) -> bool:
        """Whether there is something left to compute."""
        return self._work.is_running

    def want(self, specs: Sequence[SwarmSpec | None]) -> None:
        """See to the swarms of all maps."""
        if list(specs) == self.specs:
            return
        self.specs = list(specs)
        old = self.swarms if len(self.swarms) == len(specs) else [None] * len(specs)
        self.swarms = [
            swarm if swarm is not None and spec is not None and _is_like(swarm.spec, spec) else None
            for swarm, spec in zip(old, specs, strict=True)
        ]
        self._work.start(swarms_in_slices([spec and spec.coarser() for spec in specs]))

    def _take(self, swarms: list[Swarm | None]) -> None:
        self.swarms = swarms
        if any(spec is not None and swarm is not None and swarm.spec != spec
               for spec, swarm in zip(self.specs, swarms, strict=True)):  # fmt: skip
            self._work.start(swarms_in_slices(self.specs))
        self.changed.emit()


def _is_like(one: SwarmSpec, other: SwarmSpec) -> bool:
    return one.problem is other.problem and one.optimizer == other.optimizer
