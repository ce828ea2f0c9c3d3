"""The loss along a line with the places where trajectories cross it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from optvis.engine.trajectory import Trajectory
from optvis.foundation.slices import part
from optvis.landscape.profile import PLACES, Crossings, Profile, crossings_in_slices, profile_in_slices
from optvis.problems.problem import Problem, Segment


@dataclass(frozen=True, eq=False)
class CrossedProfile:
    """A profile, and of every trajectory where it crosses its line."""

    profile: Profile
    crossings: Mapping[Trajectory, Crossings]


def crossed_profile_in_slices(
    problem: Problem, segment: Segment, trajectories: Sequence[Trajectory], count: int = PLACES
) -> Generator[float, None, CrossedProfile]:
    """Evaluate the loss at ``count`` places along a line, and find where lone trajectories cross it."""
    each = 1 / (1 + len(trajectories))
    along = yield from part(profile_in_slices(problem, segment, count), 0.0, each)
    found = {}
    for number, trajectory in enumerate(trajectories, start=1):
        slices = crossings_in_slices(trajectory.x, trajectory.y, segment)
        found[trajectory] = yield from part(slices, number * each, (number + 1) * each)
    return CrossedProfile(along, found)
