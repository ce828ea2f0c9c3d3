"""A whole figure: a page with one map, small multiples, the surface, charts or a sweep map on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from optvis.document.layouts import LAYOUTS
from optvis.draw.charts.chart_grid import beside_charts, least_height
from optvis.draw.charts.profile_chart import profile_chart
from optvis.draw.maps.basin_colors import common_range
from optvis.draw.maps.basin_key import strip_height
from optvis.draw.maps.basin_relief import BasinRelief, basin_cells
from optvis.draw.maps.map_panel import Ground
from optvis.draw.maps.relief import Relief
from optvis.draw.maps.swarms import swarm_specs
from optvis.draw.page.page import Page
from optvis.draw.page.panels import BasinKeyPanel, ChartsPanel, MapPanel, Panel, ProfilePanel, SurfacePanel
from optvis.draw.page.places import Place, has_panels, legend_runs, map_places, one_map, weight_in
from optvis.draw.paint.drawable import Drawable, chosen_last
from optvis.draw.paint.painting import painting
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.draw.sweeps.sweep_panel import SweepPanel
from optvis.explain.crossed_profile import crossed_profile_in_slices
from optvis.foundation.slices import finish, part
from optvis.landscape.lens import map_surface_in_slices
from optvis.maps.basins import BasinMap, basins_of_run_in_slices, sharing_minima
from optvis.maps.swarm import swarms_in_slices
from optvis.maps.sweep_plan import Swept, swept_in_slices
from optvis.problems.problem import Bounds

Panels = Generator[float, None, Sequence[Panel]]
_LEAST_CHARTS, _MAX_CHARTS = 0.30, 0.55  # of the height of a page that has a map too


class Figure:
    """A scene laid out on a page; made once, painted at any step.

    Painting at rising steps, as for an animation, draws only the new part of the trails.

    Parameters
    ----------
    size
        Width and height in logical pixels.
    layout
        The name of one: one ``map`` with all visible runs, ``multiples`` with one panel per run, the ``surface``, the
        ``charts`` of the session's view, a ``figure``: the map with the charts, the ``basins`` of the
        chosen run, or of each in a panel of its own, as the view says, or the chosen run's ``sweep``.
    ratio
        Device pixels per logical pixel.
    bounds
        The window of the plane; None for the problem's domain.
    swept
        The sweep to show; None to compute that of the session's view.
    at_once
        Whether what the panels show is computed here; else `lay_out` does it, before anything is painted.
    """

    def __init__(
        self,
        scene: Drawable,
        size: tuple[float, float],
        theme: Theme,
        layout: str = "map",
        ratio: float = 1.0,
        bounds: Bounds | None = None,
        swept: Swept | None = None,
        *,
        at_once: bool = True,
    ) -> None:
        self.scene, self.theme, self.layout, self.ratio = scene, theme, layout, ratio
        self.size = size
        self._swept = swept
        has_step = LAYOUTS[layout].can_be_animated
        self.page = Page(scene, size, theme, legend_runs(scene, layout), has_step=has_step)
        self.unit, self.pixels = self.page.unit, self.page.pixels
        self._bounds = bounds or scene.bounds
        self.panels: Sequence[Panel] = []
        if at_once:
            finish(self.lay_out())

    def lay_out(self) -> Generator[float, None, None]:
        """Compute what the panels show, in slices of a few ms."""
        is_seen = not LAYOUTS[self.layout].needs_runs or bool(self.scene.visible_runs)
        self.panels = yield from _PANELS[self.layout if is_seen else "map"](self)

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
        with painting(image) as painter:
            for panel in self.panels:
                panel.paint_background(painter)
        return image

    def paint_moving(self, painter: QPainter, step: int) -> None:
        """Paint what belongs to a step: header, trails, heads, legend."""
        self.page.paint(painter, step)
        for panel in self.panels:
            panel.paint_moving(painter, step)

    def _map_alone(self) -> Panels:
        return (yield from self._one_map(self.page.body))

    def _multiples(self) -> Panels:
        return (yield from self._maps(map_places(self.page.body, self.scene, self.layout, self.pixels)))

    def _surface_alone(self) -> Panels:
        yield from ()
        body = self.page.body
        return [SurfacePanel(self.scene, body, self.theme, self.ratio, self._weight(body))]

    def _charts_alone(self) -> Panels:
        return (yield from self._charts(self.page.body))

    def _map_with_charts(self) -> Panels:
        view = self.scene.session.view
        if not view.charts and view.profile is None:
            return (yield from self._map_alone())
        above, below = self._with_charts(self.page.body)
        maps = yield from part(self._one_map(above), 0.0, 0.9)
        return [*maps, *(yield from part(self._charts(below), 0.9, 1.0))]

    def _basin_maps(self) -> Panels:
        if not has_panels(self.scene, self.layout):
            return (yield from self._maps(map_places(self.page.body, self.scene, self.layout, self.pixels)))
        body = self.page.body  # one key below all of them
        strip = QRectF(body.left(), body.bottom(), body.width(), strip_height(self.pixels))
        strip.moveBottom(body.bottom())
        above = body.adjusted(0, 0, 0, -strip.height() - 4 * self.unit)
        maps = yield from self._maps(map_places(above, self.scene, self.layout, self.pixels))
        return [*maps, BasinKeyPanel(strip, maps, self.pixels * 0.9)]

    def _sweep(self) -> Panels:
        run, view = self.scene.chosen, self.scene.session.view
        if self._swept is None and run is not None:
            self._swept = yield from swept_in_slices(run.trajectory, view.sweep_x, view.sweep_y, self.size)
        return [SweepPanel(self.scene, self._swept, self.page.body, self.theme, self.pixels, self.unit)]

    def _one_map(self, rect: QRectF) -> Generator[float, None, list[MapPanel]]:
        runs = chosen_last(self.scene, self.scene.visible_runs)
        return (yield from self._maps(one_map(rect, runs, self.pixels, self.scene.problem.plane.names)))

    def _charts(self, rect: QRectF) -> Panels:
        """The charts, and to their right the loss along the profile line, if there is one."""
        scene, pixels, segment = self.scene, self.pixels * 0.9, self.scene.session.view.profile
        if segment is None:
            return [ChartsPanel(scene, rect, self.theme, pixels, self.unit)]
        charts, beside = beside_charts(len(scene.session.view.charts), rect, pixels)
        crossed = yield from crossed_profile_in_slices(
            scene.problem, segment, [run.trajectory for run in scene.visible_runs]
        )
        profile = ProfilePanel(beside, profile_chart(scene, crossed, beside, pixels, self.unit), self.theme)
        return [ChartsPanel(scene, charts, self.theme, pixels, self.unit), profile]

    def _with_charts(self, body: QRectF) -> tuple[QRectF, QRectF]:
        """Divide the body: the map above, the charts below, beside each other where they can."""
        pixels = self.pixels * 0.9
        count, width = len(self.scene.session.view.charts), body.width()
        if self.scene.session.view.profile is not None:
            width = beside_charts(count, body, pixels)[0].width()
        least = least_height(max(1, count), width, pixels)
        height = math.ceil(min(body.height() * _MAX_CHARTS, max(least, body.height() * _LEAST_CHARTS)))
        gap = math.ceil(6 * self.unit)
        above = QRectF(body.left(), body.top(), body.width(), body.height() - height - gap)
        return above, QRectF(body.left(), above.bottom() + gap, body.width(), height)

    def _maps(self, places: list[Place]) -> Generator[float, None, list[MapPanel]]:
        view = self.scene.session.view
        viewports = [
            Viewport.fitted(self._bounds, place.rect, view.aspect, self._weight(place.rect)) for place in places
        ]
        share = 1 / (2 + len(places))
        relief = yield from part(self._relief(viewports[0]), 0.0, share)
        grounds: list[Ground] = [relief] * len(places)
        if self.layout == "basins" and all(place.runs for place in places):
            maps = []
            for number, (place, viewport) in enumerate(zip(places, viewports, strict=True), start=1):
                slices = self._basins(place, viewport)
                maps.append((yield from part(slices, number * share, (number + 1) * share)))
            grounds = list(self._basin_grounds(sharing_minima(maps), places, relief))
        specs = swarm_specs(self.scene, [place.runs for place in places])
        swarms = yield from part(swarms_in_slices(specs), 1.0 - share, 1.0)
        return [
            MapPanel(
                self.scene, place.runs, viewport, self.theme, ground, place.axes, self.ratio, place.title_rect,
                self.pixels, swarm,
            )
            for place, viewport, ground, swarm in zip(places, viewports, grounds, swarms, strict=True)
        ]  # fmt: skip

    def _basins(self, place: Place, viewport: Viewport) -> Generator[float, None, BasinMap]:
        """The basins of the run on a map."""
        cells, has_steps = basin_cells(viewport, self.ratio), self.scene.session.view.basins == "steps"
        return basins_of_run_in_slices(place.runs[0].trajectory, cells, viewport.bounds, has_steps=has_steps)

    def _basin_grounds(self, maps: list[BasinMap], places: list[Place], relief: Relief) -> list[BasinRelief]:
        view = self.scene.session.view
        ends = common_range(maps, view.basins)
        return [
            BasinRelief(basins, view.basins, self.theme, view.colormap, place.runs[0].label, relief, ends)
            for basins, place in zip(maps, places, strict=True)
        ]

    def _weight(self, rect: QRectF) -> float:
        return weight_in(rect, self.unit)

    def _relief(self, viewport: Viewport) -> Generator[float, None, Relief]:
        rows, columns = (
            int(min(900, max(120, length * self.ratio / 1.5)))
            for length in (viewport.rect.height(), viewport.rect.width())
        )
        lines = 11 if self.layout == "multiples" else 15
        scene, view = self.scene, self.scene.session.view
        made = yield from map_surface_in_slices(
            scene.problem, scene.scale, viewport.bounds, (rows, columns), lines, view.lens, scene.gradient
        )
        return Relief(
            made,
            self.theme,
            view.colormap,
            has_bar=view.color_bar == "on" and self.layout != "basins",
            has_labels=view.contour_labels == "on",
        )


_PANELS: dict[str, Callable[[Figure], Panels]] = {
    "map": Figure._map_alone,
    "multiples": Figure._multiples,
    "surface": Figure._surface_alone,
    "charts": Figure._charts_alone,
    "figure": Figure._map_with_charts,
    "basins": Figure._basin_maps,
    "sweep": Figure._sweep,
}
"""What lays out each layout of `optvis.document.layouts`."""


def paint_figure(
    painter: QPainter,
    scene: Drawable,
    step: int,
    size: tuple[float, float],
    theme: Theme,
    layout: str = "map",
    ratio: float = 1.0,
) -> None:
    """Paint a figure once; parameters as of `Figure`."""
    Figure(scene, size, theme, layout, ratio).paint(painter, step)
