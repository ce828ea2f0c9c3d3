"""The ways of all runs of a view: halos beneath lines, grown step by step."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QPainter

from optvis.draw.maps.trails import DOT_SIZE, HALO_WIDTH, TrailLayer
from optvis.draw.page.vector_trails import paint_trails
from optvis.draw.paint.strokes import is_vector, vertices
from optvis.draw.paint.viewport import Viewport
from optvis.plot.runs_item import RunsItem, ShownRun
from optvis.problems.problem import Bounds

_REACH = max(HALO_WIDTH, DOT_SIZE + 2.6) / 2 + 2.0  # pixels beside the way that its paint covers at most
_NEAR = 1e6  # pixels; what is farther may be nowhere at all

Group = tuple[int, Bounds, tuple[ShownRun, ...]]
"""Runs that are at the same step, and that step."""


class TrailsItem(RunsItem):
    """Keeps the ways as images, into which a step paints what is new.

    Attributes
    ----------
    layers
        The images of runs that go together.
    """

    def __init__(self) -> None:
        super().__init__()
        self.layers: dict[tuple[ShownRun, ...], TrailLayer] = {}
        self._together: list[tuple[ShownRun, ...]] = []
        self.setZValue(10)

    @property
    def groups(self) -> list[Group]:
        """The runs that are at the same step; one that has come to its end is at any later one too."""
        runs = self.shown
        furthest = max((run.step for run in runs), default=0)
        found: dict[tuple[int, Bounds], list[ShownRun]] = {}
        for run in runs:
            step = furthest if run.step >= run.trajectory.steps else run.step
            found.setdefault((step, run.bounds), []).append(run)
        return [(*place, tuple(members)) for place, members in found.items()]

    def paint_pixels(self, painter: QPainter, viewport: Viewport, ratio: float, part: QRect) -> None:
        """Bring the images to the runs' steps, and paint them."""
        theme, groups = self.theme, self.groups
        if is_vector(painter):
            for step, bounds, runs in groups:
                paint_trails(painter, runs, bounds, viewport, step, theme)
            return
        painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
        self._together = [runs for _, _, runs in groups]
        self.layers = {runs: self.layers.get(runs) or TrailLayer() for runs in self._together}
        for step, bounds, runs in groups:
            self.layers[runs].update(runs, bounds, viewport, step, theme, ratio)
            self.layers[runs].paint(painter, part)

    def changed(self, before: dict[ShownRun, int]) -> list[QRectF] | None:
        """Return the rectangles along what has been added; whoever goes back is painted anew."""
        viewport = self.viewport
        is_regrouped = [runs for _, _, runs in self.groups] != self._together
        if viewport is None or is_regrouped or any(run.step < before[run] for run in before):
            return None
        return list(self._added(before, viewport))

    def _added(self, before: dict[ShownRun, int], viewport: Viewport) -> Iterator[QRectF]:
        """Where the ways between the steps before and now lie."""
        reach = _REACH * max(1.0, viewport.weight)
        for run, after in before.items():
            rows = slice(min(after, run.trajectory.last), run.step + 1)
            x, y = run.trajectory.x[rows], run.trajectory.y[rows]
            if len(x) < 2 or not run.isVisible():
                continue
            right, down = viewport.x_to_px(x), viewport.y_to_px(y)
            if not (abs(right).max() < _NEAR and abs(down).max() < _NEAR):
                at = vertices(viewport.to_pixels(x, y), viewport.rect)
                right, down = at[:, 0], at[:, 1]
            corner, opposite = QPointF(right.min(), down.min()), QPointF(right.max(), down.max())
            yield QRectF(corner, opposite).adjusted(-reach, -reach, reach, reach)
