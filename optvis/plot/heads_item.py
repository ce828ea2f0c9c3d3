"""The heads of all runs of a view, and arrows where runs have left it."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QPainter

from optvis.draw.maps.heads import Head, head_of, paint_head
from optvis.draw.paint.viewport import Viewport
from optvis.plot.runs_item import RunsItem, ShownRun


class HeadsItem(RunsItem):
    """Paints every run's marker at its step, over all trails."""

    def __init__(self) -> None:
        super().__init__()
        self._heads: list[Head] = []
        self._laid_out_for: tuple[Any, ...] = ()
        self.setZValue(30)

    def paint_pixels(self, painter: QPainter, viewport: Viewport, ratio: float, part: QRect) -> None:
        """Paint the markers."""
        theme = self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
        for head in self._laid_out(viewport):
            paint_head(painter, head, viewport, theme)

    def changed(self, before: dict[ShownRun, int]) -> list[QRectF] | None:
        """Return where heads were and where they are now."""
        viewport = self.viewport
        if viewport is None:
            return None
        heads, is_same_view = self._heads, self._laid_out_for[:1] == (viewport,)
        now = self._laid_out(viewport)
        if not is_same_view or len(heads) != len(now):
            return None
        moved = [pair for pair in zip(heads, now, strict=True) if pair[0] != pair[1]]
        return [rect for pair in moved for head in pair for rect in head.reach(viewport.weight)]

    def _laid_out(self, viewport: Viewport) -> list[Head]:
        runs = self.shown
        wanted = (viewport, *((run.trajectory, run.spec.style, run.step, run.bounds) for run in runs))
        if wanted != self._laid_out_for:
            taken: list[QRectF] = []
            self._heads = [head_of(run, run.step, run.bounds, viewport, taken) for run in runs]
            self._laid_out_for = wanted
        return self._heads
