"""One chart as a pyqtgraph plot: its view box is the window of steps and values, its cursor the step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PyQt6.QtCore import QObject, pyqtSignal

from optvis.draw.charts.chart import Chart
from optvis.draw.paint.theme import Theme
from optvis.explain.measures import per_step
from optvis.gui.charts.cursor_item import CursorItem
from optvis.plot import pg
from optvis.plot.plots import dress, new_plot, place, set_look

Range = tuple[float, float]

_SAME = 1e-6  # of an axis: what is as near to all of it is all of it
_FEWEST_STEPS = 2
_LOG_LIMITS = (-324.0, 308.0)  # of what a float can be


class ChartPanel(QObject):
    """A plot that shows a window of a chart; the mouse zooms it as pyqtgraph does.

    The plot has the places and the mouse alone; what it shows is painted by a `StripItem` below it.

    Attributes
    ----------
    plot, box
        The plot and its view box.
    cursor
        Draggable.
    steps, values
        The window, each a range or None for all: steps (or evaluations), and values as `ChartScale.shown`.

    Signals
    -------
    zoomed()
        The mouse has chosen another window.
    """

    zoomed = pyqtSignal()

    def __init__(self, view: pg.GraphicsView) -> None:
        super().__init__(view)
        self.plot = new_plot(has_menu=False)
        self.box = self.plot.getViewBox()
        for item in (self.box, self.plot.getAxis("bottom"), self.plot.getAxis("left")):
            item.setFlag(item.GraphicsItemFlag.ItemHasNoContents)
        view.addItem(self.plot)
        self.cursor = CursorItem()
        view.addItem(self.cursor)
        self.steps: Range | None = None
        self.values: Range | None = None
        self._full: Chart | None = None
        self._theme: Theme | None = None
        self._is_placing = False
        self.box.sigRangeChanged.connect(self._take_window)

    @property
    def chart(self) -> Chart:
        """The chart with the window that is shown."""
        assert self.cursor.chart is not None
        return self.cursor.chart

    def show_chart(self, chart: Chart, theme: Theme, steps: Range | None) -> None:
        """Show another chart of the same measure in its place; the window stays as far as it can.

        Parameters
        ----------
        chart
            All of it.
        steps
            The window of steps; None for all.
        """
        before, self._full = self._full, chart
        if before is not None and _kind_of_values(before) != _kind_of_values(chart):
            self.values = None
        self._set_visible(True)  # first, for layouts leave out what is hidden
        with self._placing():
            if before is None or before.axes != chart.axes:
                set_look(self.plot, chart.axes)
            if before is None or before.viewport.rect != chart.viewport.rect or before.axes != chart.axes:
                place(self.plot, chart.viewport.rect)
                self.plot.layout.activate()
            if theme is not self._theme:
                self._theme = theme
                dress(self.plot, theme)
            least = _FEWEST_STEPS * max((per_step(run.trajectory, chart.against) for run in chart.runs), default=1)
            low, high = _LOG_LIMITS if chart.scale.is_log else (None, None)
            self.box.setLimits(xMin=0, xMax=chart.last, minXRange=min(least, chart.last), yMin=low, yMax=high)
        self.show_steps(steps)

    def show_steps(self, steps: Range | None) -> None:
        """Show a window of steps; None for all."""
        self.steps = steps
        self._show_window()

    def show_values(self, values: Range | None) -> None:
        """Show a window of values; None for all."""
        self.values = values
        self._show_window()

    def hide(self) -> None:
        """Take the plot away until the next chart is shown."""
        self._set_visible(False)

    def _set_visible(self, is_visible: bool) -> None:
        self.plot.setVisible(is_visible)
        self.cursor.setVisible(is_visible)

    def _show_window(self) -> None:
        full, theme = self._full, self._theme
        assert full is not None
        assert theme is not None
        xmin, xmax, ymin, ymax = full.full_bounds
        (xmin, xmax), (ymin, ymax) = self.steps or (xmin, xmax), self.values or (ymin, ymax)
        with self._placing():  # past the limits of `PlotBox`: all of a chart is shown, however narrow or wide it is
            pg.ViewBox.setRange(self.box, xRange=(xmin, xmax), yRange=(ymin, ymax), padding=0)
        self.cursor.show_chart(full.windowed((xmin, xmax, ymin, ymax)), theme)

    def _take_window(self) -> None:
        """Follow the box when the mouse has moved or zoomed what it shows."""
        if self._is_placing or self._full is None:
            return
        xmin, xmax, ymin, ymax = self._full.full_bounds
        steps, values = self.box.viewRange()
        self.steps, self.values = _part(steps, (xmin, xmax)), _part(values, (ymin, ymax))
        self._show_window()
        self.zoomed.emit()

    @contextmanager
    def _placing(self) -> Iterator[None]:
        """While this goes on, it is not the mouse that changes the box."""
        before, self._is_placing = self._is_placing, True
        try:
            yield
        finally:
            self._is_placing = before


def _kind_of_values(chart: Chart) -> tuple[bool, float, str]:
    """What a window of values belongs to."""
    return chart.scale.is_log, chart.scale.base, chart.scale.label


def _part(found: list[float], whole: Range) -> Range | None:
    """A window of an axis, or None where it is all of it."""
    near = _SAME * (whole[1] - whole[0])
    is_all = abs(found[0] - whole[0]) <= near and abs(found[1] - whole[1]) <= near
    return None if is_all else (found[0], found[1])
