"""A line of a chart, dashed and smooth, that is fast however many points it has and however it crosses itself."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPen
from PyQt6.QtWidgets import QWidget

from optvis.draw.charts.chart import LINE_WIDTH, paint_curves
from optvis.draw.paint.strokes import is_vector
from optvis.draw.paint.theme import Theme, run_style
from optvis.plot.kept_pixmap import KeptPixmap
from optvis.plot.scene_pixels import exposed, guarded_item, scene_pixels, viewport_of
from optvis.plot.themed import Themed, theme_named


class Curve(Themed, pg.PlotDataItem):  # type: ignore[misc]
    """A `pyqtgraph.PlotDataItem` in the style of a run: data, log axes and legend are pyqtgraph's.

    Parameters
    ----------
    *args
        x and y ``(n,)``, or y alone; broken where y is nan.
    style
        0 to 63: a colour and a dash pattern; up to 7 a whole line.
    **kwargs
        As of `pyqtgraph.PlotDataItem`, such as ``name``.
    """

    curve: Any  # pyqtgraph's own until it is replaced

    def __init__(self, *args: Any, style: int = 0, theme: Theme | str | None = None, **kwargs: Any) -> None:
        self._style = style
        super().__init__()
        self._theme = theme_named(theme)
        self.curve.setParentItem(None)
        self.curve = StyledLine(self)
        self.curve.setParentItem(self)
        self.curve.sigClicked.connect(lambda _, ev: self.sigClicked.emit(self, ev))
        kwargs.setdefault("dynamicRangeLimit", None)  # which would bend what leads out of the view
        self.setData(*args, **kwargs)
        self.setPen(self._sample_pen())

    @property
    def style(self) -> int:
        """Colour and dash pattern."""
        return self._style

    def setStyle(self, style: int) -> None:
        """Set colour and dash pattern."""
        self._style = style
        self.setPen(self._sample_pen())

    def setTheme(self, theme: Theme | str | None) -> None:
        """Set the theme; the line follows."""
        super().setTheme(theme)
        self.setPen(self._sample_pen())

    def _sample_pen(self) -> QPen:
        """What stands in a legend, and says how far the line reaches beyond its points."""
        style = run_style(self._style, self.theme)
        pen = QPen(style.color, LINE_WIDTH)
        pen.setCosmetic(True)
        if style.dash:
            pen.setDashPattern([length / LINE_WIDTH for length in style.dash])
        return pen


class StyledLine(pg.PlotCurveItem):  # type: ignore[misc]
    """The line of a `Curve`, kept as a pixmap until the data or the view change."""

    def __init__(self, of: Curve) -> None:
        self._of = of
        self.kept = KeptPixmap()
        self._version = 0
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        """All of the view."""
        return self.viewRect() or QRectF()

    def setData(self, *args: Any, **kwargs: Any) -> None:
        """Take points; what was kept is of others."""
        self._version += 1
        super().setData(*args, **kwargs)

    def viewTransformChanged(self) -> None:
        """Take what the view shows now for its bounds."""
        super().viewTransformChanged()
        pg.GraphicsObject.viewTransformChanged(self)  # which PlotCurveItem leaves out

    @guarded_item
    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint the line in the scene's pixels."""
        view = self.getViewBox()
        if self.xData is None or len(self.xData) == 0 or not isinstance(view, pg.ViewBox):
            return
        viewport, style = viewport_of(view), run_style(self._of.style, self._of.theme)

        def draw(inner: QPainter) -> None:
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_curves(inner, [(self.xData, self.yData, style)], viewport)

        with scene_pixels(painter, self, widget) as ratio:
            painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
            if is_vector(painter):
                draw(painter)
            else:
                part, key = exposed(self, option, viewport), (self._version, viewport, style)
                self.kept.paint(painter, viewport.rect, part, ratio, key, draw)
