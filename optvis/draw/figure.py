"""A whole figure: title, formula, step, one map or small multiples, legend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from optvis.draw.axes import AxesStyle
from optvis.draw.drawable import Drawable, Run
from optvis.draw.legend import paint_entry
from optvis.draw.map_panel import paint_background, paint_overlay
from optvis.draw.page import Page
from optvis.draw.relief import Relief
from optvis.draw.theme import Theme
from optvis.draw.trails import TrailLayer
from optvis.draw.viewport import Viewport
from optvis.lens import map_surface_in_slices
from optvis.problems import Bounds
from optvis.slices import finish

Layout = Literal["map", "multiples"]
_COLUMNS = (1, 1, 2, 2, 2, 3, 3, 4, 4)  # for so many panels on a page that is wider than high


@dataclass(frozen=True)
class Panel:
    """One map of a figure: where it is, what is on it and what stands round it."""

    rect: QRectF
    title_rect: QRectF | None
    runs: tuple[Run, ...]
    axes: AxesStyle


class Figure:
    """A scene laid out on a page; made once, painted at any step.

    Painting at rising steps, as for an animation, draws only the new part of the trails.

    Parameters
    ----------
    size
        Width and height in logical pixels.
    layout
        One ``map`` with all visible runs, or ``multiples`` with one panel per run.
    ratio
        Device pixels per logical pixel.
    bounds
        The window of the plane; None for the problem's domain.
    """

    def __init__(
        self,
        scene: Drawable,
        size: tuple[float, float],
        theme: Theme,
        layout: Layout = "map",
        ratio: float = 1.0,
        bounds: Bounds | None = None,
    ) -> None:
        self.scene, self.theme, self.layout, self.ratio = scene, theme, layout, ratio
        self.size = size
        self.page = Page(scene, size, theme, has_legend=layout == "map")
        self.unit, self.pixels = self.page.unit, self.page.pixels
        runs, body = tuple(scene.visible_runs), self.page.body
        self.panels = _one(body, runs, self.pixels) if layout == "map" or not runs else _grid(body, runs, self.pixels)
        self._layers = [TrailLayer() for _ in self.panels]
        self._viewports = [self._viewport(panel.rect, bounds or scene.bounds) for panel in self.panels]
        self._relief = self._made_relief()

    def paint(self, painter: QPainter, step: int) -> None:
        """Paint everything as of a step."""
        self.page.paint(painter, step)
        scene, theme = self.scene, self.theme
        for panel, layer, viewport in zip(self.panels, self._layers, self._viewports, strict=True):
            if panel.title_rect is not None:
                for run in panel.runs:
                    paint_entry(painter, panel.title_rect, run, step, theme, self.pixels, bold=True)
            paint_background(painter, scene, self._relief, viewport, theme, panel.axes)
            layer.update(panel.runs, scene.bounds, viewport, step, theme, self.ratio)
            layer.paint(painter)
            paint_overlay(painter, scene, panel.runs, viewport, step, theme, has_hints=False)

    def _viewport(self, rect: QRectF, bounds: Bounds) -> Viewport:
        """Lines and marks are as heavy as the page is large, and lighter in small panels."""
        weight = self.unit * min(1.0, max(0.6, math.sqrt(rect.width() * rect.height()) / (400 * self.unit)))
        return Viewport.fitted(bounds, rect, self.scene.session.view.aspect, weight)

    def _made_relief(self) -> Relief:
        viewport = self._viewports[0]
        rows, columns = (
            int(min(900, max(120, length * self.ratio / 1.5)))
            for length in (viewport.rect.height(), viewport.rect.width())
        )
        lines = 15 if self.layout == "map" else 11
        scene, view = self.scene, self.scene.session.view
        slices = map_surface_in_slices(
            scene.problem, scene.scale, viewport.bounds, (rows, columns), lines, view.lens, scene.gradient
        )
        return Relief(finish(slices), self.theme, view.colormap)


def paint_figure(
    painter: QPainter,
    scene: Drawable,
    step: int,
    size: tuple[float, float],
    theme: Theme,
    layout: Layout = "map",
    ratio: float = 1.0,
) -> None:
    """Paint a figure once; parameters as of `Figure`."""
    Figure(scene, size, theme, layout, ratio).paint(painter, step)


def _one(body: QRectF, runs: tuple[Run, ...], pixels: float) -> list[Panel]:
    axes = AxesStyle(pixels=pixels * 0.9, widest="−00.0")
    return [Panel(axes.plot_rect(body), None, runs, axes)]


def _grid(body: QRectF, runs: Sequence[Run], pixels: float) -> list[Panel]:
    """One panel per run, all of one size; numbers only at the left and at the bottom."""
    count = len(runs)
    columns = _COLUMNS[count] if count < len(_COLUMNS) else math.ceil(math.sqrt(count * 1.4))
    rows = math.ceil(count / columns)
    if body.height() > body.width():
        columns, rows = rows, columns
    axes = AxesStyle(pixels=pixels * 0.85, widest="−00.0", is_tight=columns > 1)
    inner = axes.plot_rect(body)
    title, gap = math.ceil(pixels * 1.8), math.ceil(pixels * 1.1)
    width = math.floor((inner.width() - gap * (columns - 1)) / columns)
    height = math.floor((inner.height() - gap * (rows - 1)) / rows) - title
    panels = []
    for index, run in enumerate(runs):
        row, column = divmod(index, columns)
        left, top = inner.left() + column * (width + gap), inner.top() + row * (height + title + gap)
        has_below = index + columns < count
        style = replace(
            axes,
            x_label="" if has_below else "x",
            y_label="" if column else "y",
            has_x_numbers=not has_below,
            has_y_numbers=column == 0,
        )
        rect = QRectF(left, top + title, max(1, width), max(1, height))
        panels.append(Panel(rect, QRectF(left, top, max(1, width), title), (run,), style))
    return panels
