"""Running an optimizer on a problem and recording every step of it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.engine.outcome import Outcome, classify
from optvis.engine.preparation import Optimizer, RunSettings, run_settings
from optvis.engine.recording import recorded
from optvis.foundation.errors import InputError
from optvis.foundation.slices import eager
from optvis.optimizers.base import RuleOptimizer
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class
from optvis.optimizers.composed import is_composed
from optvis.optimizers.learning_rates import learning_rates
from optvis.problems.gradient import Scheme, gradient_norm
from optvis.problems.problem import Problem

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What one optimizer did from one start, or from L starts carried together.

    Row 0 is the start, row k the state after k updates; there are always T + 1 rows. Where a lane
    diverges its first row out of range is kept as computed and its later rows are nan.

    Attributes
    ----------
    optimizer
        Its catalogue name, or the name of its class.
    hyper
        Its hyperparameters, each a number or ``(L,)``.
    params, grad
        By parameter, ``(T+1, *shape, L)``; L is 1 for a lone run.
    loss
        ``(T+1,)`` for a lone run, else ``(T+1, L)``.
    state
        The optimizer's inner state by name and parameter, ``(T+1, *shape, L)``.
    outcomes
        How each lane ended, L of them; `outcome` is that of a lone run.
    evaluations
        Loss evaluations per lane that the gradients of the updates needed.
    """

    problem: Problem
    optimizer: str
    hyper: dict[str, Any]
    gradient: Scheme
    params: dict[str, Array]
    loss: Array
    grad: dict[str, Array]
    state: dict[str, dict[str, Array]]
    outcomes: tuple[Outcome, ...]
    evaluations: int

    @property
    def outcome(self) -> Outcome:
        """How a run of one lane ended.

        Raises
        ------
        InputError
            When there are several lanes.
        """
        if len(self.outcomes) != 1:
            raise InputError(
                f"this trajectory has {len(self.outcomes)} lanes and an outcome for each of them:"
                " take outcomes, as in trajectory.outcomes[0]"
            )
        return self.outcomes[0]

    @property
    def steps(self) -> int:
        """T, the number of updates asked for."""
        return len(self.loss) - 1

    @cached_property
    def x(self) -> Array:
        """First plane coordinate, shaped like `loss`."""
        return self._coordinates()[0]

    @cached_property
    def y(self) -> Array:
        """Second plane coordinate, shaped like `loss`."""
        return self._coordinates()[1]

    @cached_property
    def slope(self) -> Array:
        """Norm of the gradient, shaped like `loss`."""
        return np.asarray(gradient_norm(self.grad, leading=1)).reshape(self.loss.shape)

    @cached_property
    def lr(self) -> Array:
        """The learning rate of every update, ``(T,)`` for a lone run, else ``(T, L)``; as its schedule says.

        Raises
        ------
        InputError
            When the optimizer has no learning rate.
        """
        rates = learning_rates(self.optimizer, self.hyper, self.steps)
        shape = (self.steps, *self.loss.shape[1:])
        return np.broadcast_to(rates if self.loss.ndim > 1 else rates[:, 0], shape)

    @cached_property
    def last(self) -> int:
        """The last row of a lone run that was computed: T, or where it diverged."""
        return self.outcome.step if self.outcome.kind == "diverged" else self.steps

    def _coordinates(self) -> tuple[Array, Array]:
        a, b = self.problem.plane.coordinates(self.params)
        return a.reshape(self.loss.shape), b.reshape(self.loss.shape)


def run_in_slices(
    problem: Problem,
    optimizer: Optimizer,
    start: Any = None,
    steps: int | None = None,
    gradient: str | Scheme = "central:1e-4",
) -> Generator[float, None, Trajectory]:
    """Run a fresh copy of ``optimizer`` and record every step.

    Parameters
    ----------
    start
        Plane coordinates ``(x, y)`` or a dict of parameters; numbers for a lone run, arrays ``(L,)``
        for lanes. None takes the problem's start.
    steps
        Updates, 1 to 1,000,000; None takes the problem's suggestion.
    gradient
        ``central:1e-4``, ``forward:1e-6`` or ``complex-step``.

    Raises
    ------
    InputError
        For unusable arguments.
    """
    return trajectory_in_slices(run_settings(problem, optimizer, start, steps, gradient))


run = eager(run_in_slices)


def trajectory_in_slices(settings: RunSettings) -> Generator[float, None, Trajectory]:
    """Run as the settings say and record every step."""
    problem, scheme = settings.problem, settings.gradient
    params, loss, grad, state, last = yield from recorded(settings)
    a, b = problem.plane.coordinates(params)
    outcomes = classify(problem, a, b, loss, gradient_norm(grad, leading=1), last)
    coordinates = sum(int(np.prod(values.shape[1:-1])) for values in params.values())
    return Trajectory(
        problem=problem,
        optimizer=settings.name,
        hyper=settings.hyper,
        gradient=scheme,
        params=params,
        loss=loss[:, 0] if settings.lone else loss,
        grad=grad,
        state=state,
        outcomes=tuple(outcomes),
        evaluations=int(last.max()) * scheme.evaluations(coordinates),
    )


def optimizer_of(trajectory: Trajectory) -> RuleOptimizer:
    """Make the optimizer of a trajectory anew, with its settings.

    Raises
    ------
    InputError
        When it is neither of the catalogue nor a rule: a class of one's own is only known to its caller.
    """
    name = trajectory.optimizer
    if name not in CATALOGUE and not name.startswith("rule{") and not is_composed(name):
        raise InputError(
            f"basins, sweeps and swarms of a trajectory need an optimizer of the catalogue or a rule, and {name} is "
            "a class of its own; optvis.basin_map and optvis.sweep_map take it"
        )
    return optimizer_class(name)(**trajectory.hyper)
