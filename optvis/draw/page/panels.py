"""What a figure is made of: maps, the surface and charts, each in a place of its own.

A panel has a background, which is the same at every step, and what moves over it. An animation paints
the first once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from optvis.draw.charts.chart_grid import Charts
from optvis.draw.charts.profile_chart import ProfileChart
from optvis.draw.maps import map_panel
from optvis.draw.maps.basin_key import paint_strip
from optvis.draw.maps.basin_relief import BasinRelief
from optvis.draw.maps.map_panel import Ground
from optvis.draw.maps.swarm_layer import SwarmLayer
from optvis.draw.maps.swarms import paint_swarm_caption, swarm_run, swarm_words
from optvis.draw.maps.trails import TrailLayer
from optvis.draw.page.legend import paint_entry
from optvis.draw.page.vector_trails import paint_surface_trails, paint_trails
from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.drawable import Drawable, Run, chosen_last
from optvis.draw.paint.strokes import is_vector
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.draw.surface import surface3d
from optvis.draw.surface.surface_trails import SurfaceTrailLayer
from optvis.maps.swarm import Swarm


class Panel(Protocol):
    """One part of a figure."""

    rect: QRectF

    def paint_background(self, painter: QPainter) -> None:
        """Paint what is the same at every step."""

    def paint_moving(self, painter: QPainter, step: int) -> None:
        """Paint what belongs to a step."""


class MapPanel:
    """A map: where it is, what is on it and what stands round it.

    Attributes
    ----------
    viewport
        Its rectangle is ``rect``.
    axes
        What stands round it.
    title_rect
        Where the run's name stands; None where a legend names it.
    ground
        What lies beneath the runs.
    swarm
        Points beneath the trails; None for none.
    """

    def __init__(
        self,
        scene: Drawable,
        runs: tuple[Run, ...],
        viewport: Viewport,
        theme: Theme,
        ground: Ground,
        axes: AxesStyle,
        ratio: float = 1.0,
        title_rect: QRectF | None = None,
        pixels: float = 12.5,
        swarm: Swarm | None = None,
    ) -> None:
        self.scene, self.runs, self.viewport, self.theme = scene, runs, viewport, theme
        self.swarm = swarm
        self.rect, self.axes, self.title_rect = viewport.rect, axes, title_rect
        self.ground, self._ratio, self._pixels = ground, ratio, pixels
        self._layer, self._swarm_layer = TrailLayer(), SwarmLayer()

    def paint_background(self, painter: QPainter) -> None:
        """Paint the map without the runs."""
        map_panel.paint_background(painter, self.scene, self.ground, self.viewport, self.theme, self.axes)

    def paint_moving(self, painter: QPainter, step: int) -> None:
        """Paint the swarm, trails, heads and the run's name."""
        scene, theme = self.scene, self.theme
        run = swarm_run(scene, self.runs)
        if self.swarm is not None and run is not None:
            self._swarm_layer.paint(painter, self.swarm, self.viewport, step, run.spec.style, theme, self._ratio)
            words = swarm_words(self.swarm, step, run.label if self.title_rect is None else "")
            paint_swarm_caption(painter, words, self.viewport, theme)
        if self.title_rect is not None:
            for run in self.runs:
                paint_entry(painter, self.title_rect, run, step, theme, self._pixels, bold=True)
        if is_vector(painter):
            paint_trails(painter, self.runs, scene.bounds, self.viewport, step, theme)
        else:
            self._layer.update(self.runs, scene.bounds, self.viewport, step, theme, self._ratio)
            self._layer.paint(painter)
        map_panel.paint_overlay(painter, scene, self.runs, self.ground, self.viewport, step, theme)


class BasinKeyPanel:
    """One key for the basin maps above it."""

    def __init__(self, rect: QRectF, maps: Sequence[MapPanel], pixels: float) -> None:
        self.rect, self._pixels = rect, pixels
        self._maps = [panel.ground for panel in maps if isinstance(panel.ground, BasinRelief)]

    def paint_background(self, painter: QPainter) -> None:
        """Paint it."""
        paint_strip(painter, self.rect, self._maps, self._pixels)

    def paint_moving(self, painter: QPainter, step: int) -> None:
        """It is the same at every step."""


class SurfacePanel:
    """The surface in 3-D, from a side from which little is hidden."""

    def __init__(self, scene: Drawable, rect: QRectF, theme: Theme, ratio: float = 1.0, weight: float = 1.0) -> None:
        self.scene, self.rect, self.theme, self._ratio = scene, rect, theme, ratio
        mesh = surface3d.mesh_of(scene)
        self._view = surface3d.view_of(mesh, surface3d.camera_for(mesh), rect, ratio, weight=weight)
        self._layer = SurfaceTrailLayer()

    def paint_background(self, painter: QPainter) -> None:
        """Paint the surface without the runs."""
        surface3d.paint_background(painter, self.scene, self._view, self.theme)

    def paint_moving(self, painter: QPainter, step: int) -> None:
        """Paint trails and heads."""
        runs = chosen_last(self.scene, self.scene.visible_runs)
        if is_vector(painter):
            paint_surface_trails(painter, runs, self._view, step, self.theme)
        else:
            self._layer.update(runs, self._view, step, self.theme, self._ratio)
            self._layer.paint(painter)
        surface3d.paint_overlay(painter, self.scene, runs, self._view, step, self.theme)


class ChartsPanel:
    """The charts that the session's view has."""

    def __init__(self, scene: Drawable, rect: QRectF, theme: Theme, pixels: float, weight: float = 1.0) -> None:
        self.rect = rect
        self.charts = Charts(scene, rect, theme, pixels, weight=weight)

    def paint_background(self, painter: QPainter) -> None:
        """Paint the curves."""
        self.charts.paint_curves(painter)

    def paint_moving(self, painter: QPainter, step: int) -> None:
        """Paint the cursors."""
        self.charts.paint_cursors(painter, step)


class ProfilePanel:
    """The loss along the session's profile line."""

    def __init__(self, rect: QRectF, chart: ProfileChart, theme: Theme) -> None:
        self.rect, self.chart, self.theme = rect, chart, theme

    def paint_background(self, painter: QPainter) -> None:
        """Paint the curve."""
        self.chart.paint(painter, self.theme)

    def paint_moving(self, painter: QPainter, step: int) -> None:
        """Paint where runs have crossed the line."""
        self.chart.paint_passed(painter, step, self.theme)
