"""What tuning has found, in words and as rows of a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from optvis.foundation.number_text import percent
from optvis.tuning.search import Curve
from optvis.tuning.tune import Tuning


def values_text(values: Mapping[str, float]) -> str:
    """Write ``lr=0.928, momentum=0.43``."""
    return ", ".join(f"{name}={value:.6g}" for name, value in values.items())


def score_text(tuning: Tuning, score: float) -> str:
    """Write a loss, or a number of steps, in few digits; a word where there is none."""
    if tuning.aim == "steps":
        return f"{score:g}" if math.isfinite(score) else "never"
    return f"{score:.3g}" if math.isfinite(score) else "diverges"


def headings(tuning: Tuning) -> tuple[str, ...]:
    """Return the titles of the columns of `cells`."""
    what = "steps" if tuning.aim == "steps" else "loss"
    if tuning.starts == 1:
        return "best settings", what, "before", "reaches target", "evaluations"
    return "best settings", f"median {what}", f"worst {what}", "before", "reach target", "evaluations"


def cells(tuning: Tuning) -> tuple[str, ...]:
    """Return the row of a table, one cell under each of the `headings`."""
    best, worst, before = (score_text(tuning, score) for score in (tuning.median, tuning.worst, tuning.before))
    reached = percent(tuning.success)
    spent = f"{tuning.evaluations:,}"
    if tuning.starts == 1:
        return values_text(tuning.best), best, before, "yes" if tuning.success else "no", spent
    return values_text(tuning.best), best, worst, before, reached, spent


def range_text(name: str, value: float, curve: Curve) -> str:
    """Say in which range a hyperparameter is good: ``lr 0.928, good from 0.818 to 0.95``."""
    here = f"{name} {value:.6g}"
    if not math.isfinite(curve.good):
        return f"{here}, nothing better found"
    if curve.low == curve.high:
        return f"{here}, good only there"
    everywhere = curve.low == curve.values[0] and curve.high == curve.values[-1]
    return f"{here}, good {'everywhere ' if everywhere else ''}from {curve.low:.6g} to {curve.high:.6g}"


def shade_text(tuning: Tuning) -> str:
    """Say which of the values in a neighbourhood are shaded, and what one start is worth."""
    if not any(curve.reaches.any() for curve in tuning.neighbourhood.values()):
        found = f"No value reaches the target, a loss of {tuning.target:.3g}."
    else:
        found = f"Shaded values reach the target, a loss of {tuning.target:.3g}."
    if tuning.starts == 1:
        return f"{found} From one start alone luck may win; several starts tell more."
    return found


def aim_text(tuning: Tuning) -> str:
    """Say what was made small, over which starts, and what else holds."""
    what = "the steps to a loss of " + f"{tuning.target:.3g}" if tuning.aim == "steps" else "the final loss"
    over = "from one start" if tuning.starts == 1 else f"in the median over {tuning.starts:,} starts"
    aim = f"{what} {over}, {tuning.steps:,} steps, at most {tuning.budget:,} loss evaluations for each run"
    return aim if tuning.aim == "steps" else f"{aim}; the target is a loss of {tuning.target:.3g}"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align columns: words to the left, numbers, which begin with the third column, to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if at < 2 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
