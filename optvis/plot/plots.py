"""Plots with our axes and view, and the colours of a theme for anybody's plot."""

from __future__ import annotations

import pyqtgraph as pg
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPen

from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.theme import LIGHT, Theme
from optvis.plot.axis import Axis, TickFinder, margins
from optvis.plot.plot_box import PlotBox
from optvis.plot.themed import Themed, theme_named


def new_plot(
    look: AxesStyle | None = None,
    x_ticks: TickFinder | None = None,
    y_ticks: TickFinder | None = None,
    *,
    has_menu: bool = True,
) -> pg.PlotItem:
    """Return an empty plot with a `PlotBox` and two `Axis`; `dress` gives it colours.

    Parameters
    ----------
    look
        Of both axes.
    x_ticks, y_ticks
        As of `Axis`.
    has_menu
        As of `PlotBox`.
    """
    look = look or AxesStyle()
    axes = {"bottom": Axis("bottom", look, x_ticks), "left": Axis("left", look, y_ticks)}
    plot = pg.PlotItem(viewBox=PlotBox(has_menu=has_menu), axisItems=axes, enableMenu=has_menu)
    plot.hideButtons()
    set_look(plot, look)
    return plot


def set_look(plot: pg.PlotItem, look: AxesStyle) -> None:
    """Give both axes of a `new_plot` a style, and leave the room that it takes."""
    for side in ("bottom", "left"):
        plot.getAxis(side).setLook(look)
    _, top, right, _ = margins(look)
    plot.layout.setContentsMargins(0, top, right, 0)


def place(plot: pg.PlotItem, rect: QRectF) -> None:
    """Put a `new_plot` where its view takes just a rectangle of the scene; for plots in no layout."""
    left, top, right, bottom = margins(plot.getAxis("bottom").look)
    plot.setGeometry(rect.adjusted(-left, -top, right, bottom))


def dress(plot: pg.PlotItem | pg.PlotWidget, theme: Theme | str) -> None:
    """Give a plot, whoever made it, and our items in it the colours of a theme.

    Again after items were added, and after the palette of the program has changed.
    """
    item = plot.getPlotItem() if isinstance(plot, pg.PlotWidget) else plot
    colors = theme_named(theme) or LIGHT
    widget = item.getViewWidget()
    if widget is not None:
        widget.setBackground(colors.paper)
    view = item.getViewBox()
    if not isinstance(view, PlotBox):  # which has a background among its items
        view.setBackgroundColor(colors.panel)
    shade = QColor(colors.accent)
    shade.setAlpha(50)
    view.rbScaleBox.setPen(QPen(colors.accent, 0))
    view.rbScaleBox.setBrush(shade)
    for side in item.axes:
        axis = item.getAxis(side)
        if not isinstance(axis, Axis):
            axis.setPen(colors.frame)
            axis.setTextPen(colors.muted)
    item.titleLabel.setText(item.titleLabel.text, color=colors.ink)
    if item.legend is not None:
        item.legend.setLabelTextColor(colors.ink)
        for _, label in item.legend.items:
            label.setText(label.text)  # without which words that stand there keep their colour
        item.legend.setBrush(colors.paper)
        item.legend.setPen(colors.frame)
    ours = [view, *(item.getAxis(side) for side in item.axes), *view.innerSceneItem().childItems()]
    for each in ours:
        if isinstance(each, Themed):
            each.setTheme(colors)
