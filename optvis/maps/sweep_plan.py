"""What a sweep map of a run shows: which hyperparameters are on its axes, and from where to where."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, replace

from optvis.engine.trajectory import Trajectory, optimizer_of
from optvis.foundation.errors import InputError, nearest
from optvis.maps.sweeps import StepSweep, SweepMap, step_sweep_in_slices, sweep_map_in_slices
from optvis.optimizers.base import RuleOptimizer
from optvis.optimizers.hyperparameter import Hyperparameter
from optvis.optimizers.slider_scale import cell_values, rounded_along, share_along
from optvis.problems.gradient import Scheme
from optvis.problems.problem import Problem
from optvis.problems.tolerances import usual_target

STEPS = "steps"
"""The y axis that has the loss after every step of one hyperparameter's runs."""

COARSE = (32, 24)
"""Cells of a map that is there at once."""
FINEST = (256, 192)
"""Cells of a map that is as fine as it gets by itself."""
_PIXELS_PER_CELL = 3.5
_MAX_UPDATES = 4e9  # of all runs of a map


@dataclass(frozen=True)
class SweepPlan:
    """Everything that a sweep map is computed from, but for its resolution.

    Attributes
    ----------
    hyper
        Names and values of the hyperparameters that stay as they are.
    x, y
        Those on the axes, with the ends of the axes as ``low`` and ``high``; ``y`` is None where the
        steps are on it.
    target
        A loss; see `optvis.maps.sweeps.SweepMap.reached`.
    """

    problem: Problem
    optimizer: type[RuleOptimizer]
    hyper: tuple[tuple[str, float], ...]
    x: Hyperparameter
    y: Hyperparameter | None
    start: tuple[float, float]
    steps: int
    gradient: Scheme
    target: float

    @property
    def axes(self) -> tuple[Hyperparameter, ...]:
        """The hyperparameters on the axes, that of x first."""
        return (self.x,) if self.y is None else (self.x, self.y)

    def in_slices(self, cells: tuple[int, int]) -> Generator[float, None, SweepMap | StepSweep]:
        """Compute the map with so many cells along x and y, yielding the share that is done; drop it to cancel."""
        optimizer = self.optimizer(**dict(self.hyper))
        values = {axis.name: cell_values(axis, count) for axis, count in zip(self.axes, cells, strict=False)}
        given = (self.problem, optimizer, values, self.start, self.steps, self.gradient)
        if self.y is None:
            return (yield from step_sweep_in_slices(*given, rows=cells[1]))
        return (yield from sweep_map_in_slices(*given, target=self.target))

    def cells_for(self, width: float, height: float) -> tuple[int, int]:
        """Return how many cells suit a place of so many pixels; fewer where each of them takes many updates."""
        across, up = (
            min(most, max(least, int(length / _PIXELS_PER_CELL)))
            for most, least, length in zip(FINEST, COARSE, (width, height), strict=True)
        )
        runs = across if self.y is None else across * up
        shrink = math.sqrt(min(1.0, _MAX_UPDATES / (runs * self.steps)))
        return max(COARSE[0], int(across * shrink)), max(COARSE[1], int(up * shrink))

    def share_of(self, axis: Hyperparameter, value: float) -> float:
        """Return how far along an axis a value is, 0 to 1; beyond an end it is at the end."""
        return float(share_along(axis, value))

    def value_at(self, axis: Hyperparameter, share: float) -> float:
        """Return the value that a place on an axis stands for, as a slider rounds it."""
        return float(share >= 0.5) if axis.scale == "switch" else rounded_along(axis, share)


@dataclass(frozen=True, eq=False)
class Swept:
    """A plan and the sweep that was computed by it."""

    plan: SweepPlan
    found: SweepMap | StepSweep


def plan_of(
    trajectory: Trajectory,
    x: str = "",
    y: str = "",
    ranges: dict[str, tuple[float, float]] | None = None,
    target: float | None = None,
) -> SweepPlan:
    """Plan the sweep of a run.

    Parameters
    ----------
    x, y
        Names of hyperparameters, ``y`` also `STEPS`; what is empty, or no hyperparameter of this run's,
        is the first that is free. Hyperparameters of minor importance are not chosen by themselves.
    ranges
        Ends of an axis by its name; else those of the slider.
    target
        None for `optvis.problems.tolerances.usual_target`.

    Raises
    ------
    InputError
        For an optimizer that is neither of the catalogue nor a rule, or an unusable range.
    """
    problem, optimizer = trajectory.problem, type(optimizer_of(trajectory))
    known = {hyper.name: _reaching(hyper, optimizer, problem) for hyper in optimizer.hyperparameters}
    if not known:
        raise InputError(f"{optimizer.title} has no hyperparameter to sweep over")
    main = [name for name, hyper in known.items() if hyper.main]
    x = x if x in known else next((name for name in [*main, *known] if name != y), next(iter(known)))
    if y == x or y not in (*known, STEPS):
        y = next((name for name in main if name != x), STEPS)
    for name, ends in (ranges or {}).items():
        known[name] = _with_ends(known[name], *ends)
    names = (x,) if y == STEPS else (x, y)
    return SweepPlan(
        problem,
        optimizer,
        tuple((name, float(value)) for name, value in trajectory.hyper.items() if name not in names),
        known[x],
        None if y == STEPS else known[y],
        (float(trajectory.x[0]), float(trajectory.y[0])),
        trajectory.steps,
        trajectory.gradient,
        usual_target(problem) if target is None else target,
    )


def swept_in_slices(trajectory: Trajectory, x: str, y: str, size: tuple[float, float]) -> Generator[float, None, Swept]:
    """Compute the sweep of a run over two axes, as fine as suits so many pixels."""
    plan = plan_of(trajectory, x, y)
    found = yield from plan.in_slices(plan.cells_for(*size))
    return Swept(plan, found)


def checked_axis(optimizer: type[RuleOptimizer], name: str, *, steps: bool = False) -> str:
    """Return the name of a hyperparameter of an optimizer's, or `STEPS` where that is allowed.

    Raises
    ------
    InputError
        For any other name.
    """
    known = [hyper.name for hyper in optimizer.hyperparameters] + [STEPS] * steps
    if name not in known:
        raise InputError(
            f"{optimizer.title} has no '{name}' for an axis{nearest(name, known) or ';'} it has {', '.join(known)}"
        )
    return name


def _reaching(hyper: Hyperparameter, optimizer: type[RuleOptimizer], problem: Problem) -> Hyperparameter:
    """The range of the slider, for a switch half a cell on both sides of 0 and 1."""
    if hyper.scale == "switch":
        return replace(hyper, low=-0.5, high=1.5)
    suggested = problem.suggested.lr.get(optimizer.suggested_as, hyper.default) if hyper.name == "lr" else hyper.default
    return hyper.reaching(suggested)


def _with_ends(hyper: Hyperparameter, low: float, high: float) -> Hyperparameter:
    if hyper.scale == "switch":
        raise InputError(f"{hyper.name} is off or on; its axis has no other ends")
    hyper.check([low, high])
    if not low < high:
        raise InputError(
            f"the axis of {hyper.name} must go from a smaller value to a larger one, not {low:g} to {high:g}"
        )
    if hyper.scale == "log" and low <= 0:
        raise InputError(f"the axis of {hyper.name} is logarithmic and must begin above 0, not at {low:g}")
    if hyper.scale == "one-minus" and high >= 1:
        return replace(hyper, low=low, high=high, scale="linear")
    return replace(hyper, low=low, high=high)
