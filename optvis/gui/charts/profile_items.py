"""What belongs to a step in the chart of a profile: the marks that runs have come to, and a ring under the mouse."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QWidget

from optvis.draw.charts.profile_chart import ProfileChart
from optvis.draw.paint.theme import LIGHT, Theme
from optvis.plot import pg
from optvis.plot.pixel_item import repaint
from optvis.plot.scene_pixels import guarded_item

_MARGIN = 12.0  # pixels that marks may reach beyond the panel


class PassedItem(pg.GraphicsObject):  # type: ignore[misc]
    """Of a change only what was and what is painted is painted anew."""

    def __init__(self) -> None:
        super().__init__()
        self.chart: ProfileChart | None = None
        self.share: float | None = None
        self._theme: Theme = LIGHT
        self._step = 0
        self.setZValue(100)

    def show_chart(self, chart: ProfileChart, theme: Theme) -> None:
        """Show what belongs to a step of a chart from now on."""
        self.prepareGeometryChange()
        self.chart, self._theme = chart, theme
        self.update()

    def set_step(self, step: int) -> None:
        """Show another step."""
        before, self._step = self._step, step
        if self.chart is not None:
            self._repaint(self.chart.reach(before, step))

    def point_at(self, share: float | None) -> None:
        """Show, or take away, the ring."""
        before, self.share = self.share, share
        if self.chart is not None and share != before:
            self._repaint([self.chart.hover_reach(each) for each in (before, share) if each is not None])

    def _repaint(self, rects: list[QRectF]) -> None:
        if self.isVisible() and self.scene() is not None:
            repaint(self.scene(), rects)

    def boundingRect(self) -> QRectF:
        """The panel, and as far beyond it as marks reach."""
        rect = QRectF() if self.chart is None else self.chart.viewport.rect
        return rect.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)

    @guarded_item
    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint the marks and the ring."""
        if self.chart is not None:
            self.chart.paint_passed(painter, self._step, self._theme)
            if self.share is not None:
                self.chart.paint_hover(painter, self.share, self._theme)
