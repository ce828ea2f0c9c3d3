"""One chart as a pyqtgraph plot, painted by `optvis.draw`: the wheel and drags choose a window of it."""

from __future__ import annotations

from typing import Any, Protocol, Self

import pyqtgraph as pg
from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.plot.plots import dress, new_plot, place, set_look
from optvis.plot.strip_item import PaintedChart, StripItem
from optvis.problems.problem import Bounds

Limits = tuple[float | None, float | None, float | None, float | None]


class WindowedChart(PaintedChart, Protocol):
    """A chart of which a window can be shown."""

    @property
    def viewport(self) -> Viewport:
        """Where what lies."""

    @property
    def axes(self) -> AxesStyle:
        """The looks of its axes."""

    @property
    def full_bounds(self) -> Bounds:
        """The window in which everything is seen."""

    def windowed(self, bounds: Bounds) -> Self:
        """Show a window in the same place."""


class PaintedPlot(QWidget):
    """A view with one chart; the window that the mouse has chosen stays when the chart is another.

    Attributes
    ----------
    view, plot, box
        pyqtgraph's view, plot and view box. The right button is left to `clicked`.

    Signals
    -------
    moved(QPointF)
        The mouse is at a place of the view.
    clicked(object)
        pyqtgraph's event of a click.
    """

    moved = pyqtSignal(object)
    clicked = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full: WindowedChart | None = None
        self._seen: Bounds | None = None  # None for all
        self._theme: Theme | None = None
        self._is_placing = False
        self.view = pg.GraphicsView(self)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._strip = StripItem()
        self.plot = new_plot(has_menu=False)
        self.box = self.plot.getViewBox()
        for item in (self.box, self.plot.getAxis("bottom"), self.plot.getAxis("left")):
            item.setFlag(item.GraphicsItemFlag.ItemHasNoContents)
        self.box.setLeftButtonAction("rect")
        self.box.sigRangeChanged.connect(self._take_window)
        self.view.addItem(self._strip)
        self.view.addItem(self.plot)
        scene = self.view.scene()
        scene.sigMouseMoved.connect(self.moved)
        scene.sigMouseClicked.connect(self.clicked)
        scene.sigPrepareForPaint.connect(self.arrange)

    def arrange(self) -> None:
        """Show the chart, if it is not shown; before each paint, for who makes it as late as that."""

    def show_full(self, full: WindowedChart, theme: Theme, limits: Limits) -> None:
        """Show another chart.

        Parameters
        ----------
        limits
            The least and the largest x and y that can be chosen; None for no limit.
        """
        self._full, self._theme, self._is_placing = full, theme, True
        set_look(self.plot, full.axes)
        place(self.plot, full.viewport.rect)
        self.plot.layout.activate()
        dress(self.plot, theme)
        self.box.setLimits(**dict(zip(("xMin", "xMax", "yMin", "yMax"), limits, strict=True)))
        self._is_placing = False
        self._show_window()

    def reset_view(self) -> None:
        """Show all of the chart."""
        self._seen = None
        if self._full is not None:
            self._show_window()

    def window_changed(self, chart: Any) -> None:
        """Follow another chart, or another window of it; ``chart`` is what is shown."""

    def _show_window(self) -> None:
        assert self._full is not None
        assert self._theme is not None
        xmin, xmax, ymin, ymax = bounds = self._seen or self._full.full_bounds
        before, self._is_placing = self._is_placing, True
        # past the limits of `PlotBox`: all of a chart is shown, however narrow or wide it is
        pg.ViewBox.setRange(self.box, xRange=(xmin, xmax), yRange=(ymin, ymax), padding=0)
        self._is_placing = before
        chart = self._full.windowed(bounds)
        self._strip.show_charts([chart], self._theme, self.size())
        self.window_changed(chart)

    def _take_window(self) -> None:
        """Follow the box when the mouse has moved or zoomed what it shows."""
        if not self._is_placing and self._full is not None:
            (xmin, xmax), (ymin, ymax) = self.box.viewRange()
            self._seen = xmin, xmax, ymin, ymax
            self._show_window()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fill the widget."""
        self.view.setGeometry(self.rect())

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """Leave the right button to pyqtgraph, where it may also drag."""
        if event is not None:
            event.accept()

    def minimumSizeHint(self) -> QSize:
        """Of no size of its own."""
        return QSize(60, 40)
