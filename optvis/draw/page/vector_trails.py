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
    painter.save()
    painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
    for one in ways:
        draw_lines(painter, one.halo.between(-1, step), one.style.halo, HALO_WIDTH * one.weight)
        draw_dots(painter, one.dots_between(-1, step), one.style.halo, _HALO_DOT * one.weight)
    for one in ways:
        draw_lines(painter, one.line.between(-1, step), one.style.color, LINE_WIDTH * one.weight)
        draw_dots(painter, one.dots_between(-1, step), one.style.color, DOT_SIZE * one.weight)
    painter.restore()


def paint_surface_trails(painter: QPainter, runs: Sequence[Run], view: Facets, step: int, theme: Theme) -> None:
    """Paint the ways of runs on the surface up to a step; parameters as of `SurfaceTrailLayer.update`."""
    ways = [surface_trail(run.trajectory, view, run_style(run.spec.style, theme), FINENESS) for run in runs]
    painter.save()
    painter.setClipRect(view.projection.rect, Qt.ClipOperation.IntersectClip)
    before = painter.opacity()
    painter.setOpacity(before * FAINT)
    for one in ways:
        draw_lines(painter, one.shadow.between(-1, step), one.style.color, SHADOW_WIDTH * one.weight)
        draw_lines(painter, one.hidden.between(-1, step), one.style.color, LINE_WIDTH * one.weight)
    painter.setOpacity(before)
    for one in ways:
        dots = one.dots[: int(np.searchsorted(one.dot_steps, step, side="right"))]
        draw_lines(painter, one.halo.between(-1, step), one.style.halo, HALO * one.weight)
        draw_dots(painter, dots, one.style.halo, _HALO_DOT * one.weight)
    for one in ways:
        dots = one.dots[: int(np.searchsorted(one.dot_steps, step, side="right"))]
        draw_lines(painter, one.line.between(-1, step), one.style.color, LINE_WIDTH * one.weight)
        draw_dots(painter, dots, one.style.color, DOT_SIZE * one.weight)
    painter.restore()
