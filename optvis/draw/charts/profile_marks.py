"""The marks in a profile chart: a run's marker wherever it crosses the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter

from optvis.draw.paint.drawable import Run
from optvis.draw.paint.markers import draw_marker
from optvis.draw.paint.theme import Theme, run_style

Array = NDArray[np.float64]

_APART = 4.0  # pixels along the line within which crossings of a run have one mark


@dataclass(frozen=True, eq=False)
class Marks:
    """Where one run crosses the line, in a chart.

    Attributes
    ----------
    steps
        Of the crossings, ascending and with fractions as of `optvis.landscape.profile.Crossings`, ``(n,)``.
    points
        Pixels, ``(n, 2)``.
    counts
        How often the run crosses there, ``(n,)``; ``steps`` has the first.
    """

    run: Run
    steps: Array
    points: Array
    counts: NDArray[np.intp]

    def until(self, step: int) -> int:
        """Return how many marks there are at a step."""
        return int(np.searchsorted(self.steps, step, side="right"))

    def paint(self, painter: QPainter, count: int, radius: float, theme: Theme) -> None:
        """Paint the first so many."""
        style = run_style(self.run.spec.style, theme)
        for x, y in self.points[:count].tolist():
            draw_marker(painter, QPointF(x, y), style, radius)


def marks_of(run: Run, steps: Array, points: Array, rect: QRectF) -> Marks | None:
    """Put marks where crossings are in a rectangle, one for those near each other; None where there are none.

    Parameters
    ----------
    steps, points
        Of every crossing, ``(n,)`` and ``(n, 2)`` in pixels; not finite where the chart has a gap.
    """
    x, y = points[:, 0], points[:, 1]
    with np.errstate(invalid="ignore"):
        is_seen = (x >= rect.left()) & (x <= rect.right()) & (y >= rect.top()) & (y <= rect.bottom())
    rows = np.flatnonzero(is_seen)
    if not len(rows):
        return None
    _, firsts, counts = np.unique(np.floor(x[rows] / _APART), return_index=True, return_counts=True)
    order = np.argsort(firsts)
    rows = rows[firsts[order]]
    return Marks(run, steps[rows], points[rows], counts[order])


def pointed_at(marks: Sequence[Marks], px: float, reach: float) -> list[tuple[Run, float, int]]:
    """Return run, step and number of crossings of every run's mark that is nearest to a pixel along the line.

    Parameters
    ----------
    reach
        Pixels within which a mark counts as pointed at.
    """
    found = []
    for each in marks:
        away = np.abs(each.points[:, 0] - px)
        at = int(np.argmin(away))
        if away[at] <= reach:
            found.append((each.run, float(each.steps[at]), int(each.counts[at])))
    return found


def step_words(step: float) -> str:
    """Write the step of a crossing: ``7``, ``7.4``."""
    return f"{step:.1f}".removesuffix(".0")
