"""What a right click on a chart offers besides the choice of charts: its window, and what a drag does."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QActionGroup
from PyQt6.QtWidgets import QGridLayout, QLabel, QMenu, QWidget, QWidgetAction

from optvis.draw.charts.chart import AGAINST_WORDS
from optvis.gui.charts.chart_menu import ChartMenu
from optvis.gui.charts.chart_panel import ChartPanel, Range
from optvis.gui.widgets.number_field import NumberField

_HIGHEST_POWER = 308.0


class WindowMenu(QMenu):
    """The chart menu, and what concerns the chart that was clicked: view all, ranges that are typed, the mouse mode.

    Attributes
    ----------
    view_all
        The action that shows everything in all charts.
    ranges
        The fields.
    drags
        The actions that choose what a drag does, by pyqtgraph's mouse mode.
    """

    def __init__(self, charts: ChartMenu, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.addActions(charts.actions())
        self.addSeparator()
        self.view_all = self.addAction("View &all")
        self.ranges = RangesForm(self)
        self._ranges_menu = self.addMenu("&Ranges")
        holder = QWidgetAction(self._ranges_menu)
        holder.setDefaultWidget(self.ranges)
        self._ranges_menu.addAction(holder)
        group = QActionGroup(self)
        self.drags = {}
        for mode, words in (("rect", "Drag to &zoom"), ("pan", "Drag to &move")):
            action = group.addAction(words)
            action.setCheckable(True)
            action.setChecked(mode == "rect")
            self.drags[mode] = action
            self.addAction(action)

    def popup_for(self, panel: ChartPanel | None, at: QPoint) -> None:
        """Open at a place of the screen, for a chart."""
        self._ranges_menu.setEnabled(panel is not None)
        if panel is not None:
            self.ranges.show_panel(panel)
        self.popup(at)


class RangesForm(QWidget):
    """From where to where a chart shows steps and values, in numbers as its axes have them.

    Attributes
    ----------
    fields
        First and last step, lowest and highest value.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panel: ChartPanel | None = None
        self._names = QLabel(), QLabel()
        self.fields = tuple(NumberField(digits=9) for _ in range(4))
        grid = QGridLayout(self)
        for row, name in enumerate(self._names):
            low, high = self.fields[2 * row : 2 * row + 2]
            for column, widget in enumerate((name, low, QLabel("to"), high)):
                grid.addWidget(widget, row, column)
            for field in (low, high):
                field.valueEdited.connect(lambda _, row=row: self._take(row))

    def show_panel(self, panel: ChartPanel) -> None:
        """Show the window of a chart, and edit it from now on."""
        self._panel = panel
        chart = panel.chart
        for name, words in zip(self._names, (AGAINST_WORDS[chart.against], chart.scale.label), strict=True):
            name.setText(words[:1].upper() + words[1:] if words == AGAINST_WORDS[chart.against] else words)
        for index, (field, value) in enumerate(zip(self.fields, chart.viewport.bounds, strict=True)):
            end = "highest" if index % 2 else "lowest"
            field.setAccessibleName(f"{self._names[index // 2].text()}, {end}")
            field.set_value(_written(10.0 ** min(value, _HIGHEST_POWER) if self._is_log(index // 2) else value))

    def _is_log(self, row: int) -> bool:
        return row == 1 and self._panel is not None and self._panel.chart.scale.is_log

    def _take(self, row: int) -> None:
        """Show what was typed, unless it is no range."""
        panel, found = self._panel, self._typed(row)
        if panel is None:
            return
        if found is not None:
            axis = {"xRange": found} if row == 0 else {"yRange": found}
            panel.box.setRange(**axis, padding=0)
        self.show_panel(panel)

    def _typed(self, row: int) -> Range | None:
        low, high = (field.value() for field in self.fields[2 * row : 2 * row + 2])
        if low is None or high is None or not (math.isfinite(low) and math.isfinite(high) and low < high):
            return None
        if not self._is_log(row):
            return low, high
        return (math.log10(low), math.log10(high)) if low > 0 else None


def _written(value: float) -> float:
    """A number with as many digits as one reads."""
    return float(f"{value:.6g}")
