"""A whole figure: a page with one map, small multiples, the surface or charts on it."""

from __future__ import annotations

import math
from typing import Literal

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from optvis.draw.charts import least_height
from optvis.draw.drawable import Drawable
from optvis.draw.page import Page
from optvis.draw.panels import ChartsPanel, MapPanel, Panel, SurfacePanel
from optvis.draw.places import Place, one_map, small_multiples, weight_in
from optvis.draw.relief import Relief
from optvis.draw.swarms import swarm_specs
from optvis.draw.theme import Theme
from optvis.draw.viewport import Viewport
from optvis.lens import map_surface_in_slices
from optvis.problems import Bounds
from optvis.slices import finish
from optvis.swarm import SwarmSpec, swarms_in_slices

Layout = Literal["map", "multiples", "surface", "charts", "figure"]
_LEAST_CHARTS, _MOST_CHARTS = 0.30, 0.55  # of the height of a page that has a map too


class Figure:
    """A scene laid out on a page; made once, painted at any step.

    Painting at rising steps, as for an animation, draws only the new part of the trails.

    Parameters
    ----------
    size
        Width and height in logical pixels.
    layout
        One ``map`` with all visible runs, ``multiples`` with one panel per run, the ``surface``, the
        ``charts`` of the session's view, or a ``figure``: the map with the charts.
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
        self.page = Page(scene, size, theme, has_legend=layout != "multiples")
        self.unit, self.pixels = self.page.unit, self.page.pixels
        self._bounds = bounds or scene.bounds
        self.panels: list[Panel] = self._laid_out()

    def paint(self, painter: QPainter, step: int, *, has_paper: bool = True) -> None:
        """Paint everything as of a step.

        Parameters
        ----------
        has_paper
            Whether the page has a background; else what is there shines through.
        """
        if has_paper:
            self.page.paint_paper(painter)
        for panel in self.panels:
            panel.paint_background(painter)
        self.paint_moving(painter, step)

    def background(self) -> QImage:
        """Return a picture of what is the same at every step, for `paint_moving` to go over."""
        width, height = (round(side * self.ratio) for side in self.size)
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self.ratio)
        image.fill(self.theme.paper)
        painter = QPainter(image)
        for panel in self.panels:
            panel.paint_background(painter)
        painter.end()
        return image

    def paint_moving(self, painter: QPainter, step: int) -> None:
        """Paint what belongs to a step: header, trails, heads, legend."""
        self.page.paint(painter, step)
        for panel in self.panels:
            panel.paint_moving(painter, step)

    def _laid_out(self) -> list[Panel]:
        scene, body = self.scene, self.page.body
        runs = tuple(scene.visible_runs)
        if self.layout == "surface":
            return [SurfacePanel(scene, body, self.theme, self.ratio, self._weight(body))]
        if self.layout == "charts":
            return [self._charts(body)]
        if self.layout == "multiples" and runs:
            return list(self._maps(small_multiples(body, runs, self.pixels)))
        if self.layout == "figure" and scene.session.view.charts:
            above, below = self._with_charts(body)
            return [*self._maps(one_map(above, runs, self.pixels)), self._charts(below)]
        return list(self._maps(one_map(body, runs, self.pixels)))

    def _charts(self, rect: QRectF) -> ChartsPanel:
        return ChartsPanel(self.scene, rect, self.theme, self.pixels * 0.9, self.unit)

    def _with_charts(self, body: QRectF) -> tuple[QRectF, QRectF]:
        """Divide the body: the map above, the charts below, beside each other where they can."""
        pixels = self.pixels * 0.9
        least = least_height(len(self.scene.session.view.charts), body.width(), pixels)
        height = math.ceil(min(body.height() * _MOST_CHARTS, max(least, body.height() * _LEAST_CHARTS)))
        gap = math.ceil(6 * self.unit)
        above = QRectF(body.left(), body.top(), body.width(), body.height() - height - gap)
        return above, QRectF(body.left(), above.bottom() + gap, body.width(), height)

    def _maps(self, places: list[Place]) -> list[MapPanel]:
        view = self.scene.session.view
        viewports = [
            Viewport.fitted(self._bounds, place.rect, view.aspect, self._weight(place.rect)) for place in places
        ]
        relief = self._relief(viewports[0])
        swarms = finish(swarms_in_slices(swarm_specs(self.scene, [place.runs for place in places])))
        return [
            MapPanel(
                self.scene, place.runs, viewport, self.theme, relief, place.axes, self.ratio, place.title_rect,
                self.pixels, swarm,
            )
            for place, viewport, swarm in zip(places, viewports, swarms, strict=True)
        ]  # fmt: skip

    def _weight(self, rect: QRectF) -> float:
        return weight_in(rect, self.unit)

    def _relief(self, viewport: Viewport) -> Relief:
        rows, columns = (
            int(min(900, max(120, length * self.ratio / 1.5)))
            for length in (viewport.rect.height(), viewport.rect.width())
        )
        lines = 11 if self.layout == "multiples" else 15
        scene, view = self.scene, self.scene.session.view
        slices = map_surface_in_slices(
            scene.problem, scene.scale, viewport.bounds, (rows, columns), lines, view.lens, scene.gradient
        )
        return Relief(finish(slices), self.theme, view.colormap)


def swarms_of(scene: Drawable, layout: Layout) -> list[SwarmSpec | None]:
    """Return what the swarms of a figure are computed from.

    A figure computes them itself, at once; while somebody holds what `optvis.swarm.swarms_in_slices`
    made of these, it need not.
    """
    runs = tuple(scene.visible_runs)
    if layout in ("surface", "charts"):
        return []
    return swarm_specs(scene, [(run,) for run in runs] if layout == "multiples" and runs else [runs])


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
