"""The swarms of the maps, computed between the window's events: at once coarsely, then in full."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PyQt6.QtCore import QObject

from optvis.gui.state.refinement import Refinement
from optvis.maps.swarm import Swarm, SwarmSpec, swarms_in_slices


class SwarmSource:
    """Has a swarm for every map; the newest request cancels what is under way.

    Until a new swarm is there the old one of the same optimizer on the same problem stays.

    Attributes
    ----------
    specs
        What is wanted for every map; None for none.
    refinement
        Says when new ones are there.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        self.specs: tuple[SwarmSpec | None, ...] = ()
        self.refinement: Refinement[list[Swarm | None]] = Refinement(parent)

    @property
    def swarms(self) -> list[Swarm | None]:
        """What there is for every map."""
        return self.refinement.result or []

    def want(self, specs: Sequence[SwarmSpec | None]) -> None:
        """See to the swarms of all maps."""
        self.specs = tuple(specs)
        old = self.swarms if len(self.swarms) == len(specs) else [None] * len(specs)
        self.refinement.result = [
            swarm if swarm is not None and spec is not None and _is_like(swarm.spec, spec) else None
            for swarm, spec in zip(old, specs, strict=True)
        ]
        coarse = tuple(spec and spec.coarser() for spec in specs)
        sizes = dict.fromkeys((coarse, self.specs))  # a small swarm is whole at once
        self.refinement.want(self.specs, [partial(swarms_in_slices, each) for each in sizes])


def _is_like(swarm: SwarmSpec, other: SwarmSpec) -> bool:
    return swarm.problem is other.problem and swarm.optimizer == other.optimizer
