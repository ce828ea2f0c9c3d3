"""What ten times the lanes, or ten times the steps, cost: ten times the time, without cliffs.

Every row is the same work and ten times of it: the ratio is to stay near 10 once the fixed cost of a
call, a tenth of a millisecond, is behind. Adam on Himmelblau with the judgement of every lane.
"""

from collections.abc import Iterator

import numpy as np

from optvis.engine.lanes import run_lanes
from optvis.engine.preparation import run_settings
from optvis.optimizers import Adam
from optvis.problems.problem import problem
from tests.benchmarks.ratio import Comparison, compare

FEW_STEPS, FEW_LANES = 100, 64


def run(repeats: int) -> Iterator[Comparison]:
    """From 1 lane to 10⁶, and from 10 steps to 10⁵."""
    for power in range(6):
        small, large = 10**power, 10 ** (power + 1)
        yield compare(
            f"{small:,} and {large:,} lanes, {FEW_STEPS} steps",
            lambda count=small: carried(count, FEW_STEPS),
            lambda count=large: carried(count, FEW_STEPS),
            max(2, min(repeats, 10 ** (5 - power))),
        )
    for power in range(1, 5):
        small, large = 10**power, 10 ** (power + 1)
        yield compare(
            f"{FEW_LANES} lanes, {small:,} and {large:,} steps",
            lambda steps=small: carried(FEW_LANES, steps),
            lambda steps=large: carried(FEW_LANES, steps),
            repeats,
        )


def carried(lanes: int, steps: int) -> None:
    """So many lanes, so many steps."""
    x, y = np.random.default_rng(1).uniform(-5, 5, (2, lanes))
    run_lanes(run_settings(problem("himmelblau"), Adam(lr=0.2), (x, y), steps))
