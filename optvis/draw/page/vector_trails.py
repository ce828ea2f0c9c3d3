"""Trails as lines, for files that keep lines: SVG and PDF.

On the screen trails are painted into images and grow there. A file that can be enlarged gets them whole,
one path for each run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter

from optvis.draw.maps.trails import DOT_SIZE, HALO_WIDTH, LINE_WIDTH, trail
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.painting import saved
from optvis.draw.paint.strokes import draw_dots, draw_lines
from optvis.draw.paint.theme import Theme, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.draw.surface.facets import Facets
from optvis.draw.surface.surface_trails import FAINT, HALO, SHADOW_WIDTH, surface_trail
from optvis.problems.problem import Bounds

FINENESS = 4.0
"""Points for each logical pixel along each side that are told apart."""
_HALO_DOT = DOT_SIZE + 2.6


def paint_trails(
    painter: QPainter, runs: Sequence[Run], bounds: Bounds, viewport: Viewport, step: int, theme: Theme
) -> None:
    """Paint the ways of runs on a map up to a step; parameters as of `TrailLayer.update`."""
    styles = [run_style(run.spec.style, theme) for run in runs]
    ways = [trail(run.trajectory, bounds, viewport, style, FINENESS) for run, style in zip(runs, styles, strict=True)]
    with saved(painter):
        painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
        for way in ways:
            draw_lines(painter, way.halo.between(-1, step), way.style.halo, HALO_WIDTH * way.weight)
            draw_dots(painter, way.dots_between(-1, step), way.style.halo, _HALO_DOT * way.weight)
        for way in ways:
            draw_lines(painter, way.line.between(-1, step), way.style.color, LINE_WIDTH * way.weight)
            draw_dots(painter, way.dots_between(-1, step), way.style.color, DOT_SIZE * way.weight)


def paint_surface_trails(painter: QPainter, runs: Sequence[Run], view: Facets, step: int, theme: Theme) -> None:
    """Paint the ways of runs on the surface up to a step; parameters as of `SurfaceTrailLayer.update`."""
    ways = [surface_trail(run.trajectory, view, run_style(run.spec.style, theme), FINENESS) for run in runs]
    with saved(painter):
        painter.setClipRect(view.projection.rect, Qt.ClipOperation.IntersectClip)
        before = painter.opacity()
        painter.setOpacity(before * FAINT)
        for way in ways:
            draw_lines(painter, way.shadow.between(-1, step), way.style.color, SHADOW_WIDTH * way.weight)
            draw_lines(painter, way.hidden.between(-1, step), way.style.color, LINE_WIDTH * way.weight)
        painter.setOpacity(before)
        for way in ways:
            dots = way.dots[: int(np.searchsorted(way.dot_steps, step, side="right"))]
            draw_lines(painter, way.halo.between(-1, step), way.style.halo, HALO * way.weight)
            draw_dots(painter, dots, way.style.halo, _HALO_DOT * way.weight)
        for way in ways:
            dots = way.dots[: int(np.searchsorted(way.dot_steps, step, side="right"))]
            draw_lines(painter, way.line.between(-1, step), way.style.color, LINE_WIDTH * way.weight)
            draw_dots(painter, dots, way.style.color, DOT_SIZE * way.weight)
