"""The surface with the runs on it, in three coats as the map has them: background, trails, overlay.

The background changes with the camera, the trails grow with the step, and only the overlay is painted
anew in every frame. A canvas caches the first, keeps a `SurfaceTrailLayer` for the second and paints
the third over both. What all three are drawn by is `Facets`, made once for a place of the camera.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSizeF, Qt
from PyQt6.QtGui import QColor, QPainter

from optvis.draw.paint.axes import caption
from optvis.draw.paint.drawable import Drawable, Run
from optvis.draw.paint.markers import HEAD_RADIUS, draw_arrow, draw_marker, draw_minimum, draw_start
from optvis.draw.paint.painting import saved
from optvis.draw.paint.strokes import draw_lines
from optvis.draw.paint.text import LABEL_PIXELS
from optvis.draw.paint.theme import RunStyle, Theme, run_style
from optvis.draw.surface.box_axes import axes_of, paint_floor, paint_numbers, paint_walls
from optvis.draw.surface.camera import FLOOR, Camera, Projection
from optvis.draw.surface.facets import Facets, facets
from optvis.draw.surface.mesh import STILL, Mesh, Polylines, mesh
from optvis.draw.surface.surface_trails import FAINT, LIFT, SurfaceTrailLayer, exit_of
from optvis.foundation.number_text import number

Array = NDArray[np.float64]

_STILL_SAMPLES = 2.0  # per device pixel along each side, for smooth edges
_MOVING_SAMPLES = 0.5
_LINE_LIFT = 0.4
_VALLEYS = 0.25  # the lowest part of the surface
_WORTH_TURNING = 1.2
_EDGE_OPACITY = 0.55
_FAINT_HEAD = 0.45


def view_of(
    mesh: Mesh, camera: Camera, rect: QRectF, ratio: float = 1.0, *, weight: float = 1.0, is_moving: bool = False
) -> Facets:
    """Look at a mesh: what the functions of this module and `SurfaceTrailLayer` draw by.

    Parameters
    ----------
    rect
        What all is painted into, in logical pixels.
    ratio
        Device pixels per logical pixel.
    weight
        Logical pixels for a line of width 1.
    is_moving
        Be quick: less smooth edges; best with a mesh of `optvis.draw.surface.mesh.MOVING` nodes.
    """
    projection = Projection(camera, QRectF(rect), mesh.half, weight)
    return facets(mesh, projection, ratio * (_MOVING_SAMPLES if is_moving else _STILL_SAMPLES))


def mesh_of(scene: Drawable, resolution: int = STILL) -> Mesh:
    """Return the mesh of a scene's domain, all at once; `optvis.draw.surface.mesh.mesh_in_slices` takes its time."""
    is_equal = scene.session.view.aspect == "equal"
    return mesh(scene.problem, scene.scale, scene.bounds, resolution, is_equal=is_equal)


def camera_for(mesh: Mesh) -> Camera:
    """Return the usual camera, turned by right angles where much more of the valleys is seen from there."""
    usual = Camera()
    low = mesh.heights[:-1, :-1] < np.nanquantile(mesh.heights, _VALLEYS) if mesh.is_whole.any() else mesh.is_whole

    def seen(turn: float) -> int:
        camera = replace(usual, azimuth=(usual.azimuth + turn + 180) % 360 - 180)
        numbers = facets(mesh, Projection(camera, QRectF(0, 0, 320, 240), mesh.half), 1.0).numbers
        return int(np.count_nonzero(low.ravel()[np.unique(numbers[numbers > 0]) - 1]))

    counts = {turn: seen(turn) for turn in (0.0, 90.0, -90.0, 180.0)}
    best = max(counts, key=lambda turn: counts[turn])
    worth_it = counts[best] > _WORTH_TURNING * counts[0.0]
    return replace(usual, azimuth=(usual.azimuth + best + 180) % 360 - 180) if worth_it else usual


def paint_surface(
    painter: QPainter,
    scene: Drawable,
    step: int,
    rect: QRectF,
    theme: Theme,
    camera: Camera | None = None,
    ratio: float = 1.0,
    runs: Sequence[Run] | None = None,
    weight: float = 1.0,
) -> None:
    """Paint everything into a rectangle, for pictures.

    Parameters
    ----------
    ratio
        Device pixels per logical pixel; for paper, about 3.
    runs
        None for those that are switched on.
    camera
        None for a side from which little is hidden.
    weight
        Logical pixels for a line of width 1.
    """
    chosen = scene.visible_runs if runs is None else runs
    made = mesh_of(scene)
    view = view_of(made, camera or camera_for(made), rect, ratio, weight=weight)
    paint_background(painter, scene, view, theme)
    layer = SurfaceTrailLayer()
    layer.update(chosen, view, step, theme, ratio)
    layer.paint(painter)
    paint_overlay(painter, scene, chosen, view, step, theme)


def paint_background(painter: QPainter, scene: Drawable, view: Facets, theme: Theme) -> None:
    """Paint the box, the floor with its contours, the surface, the minima and the numbers.

    Parameters
    ----------
    scene
        Its ``problem``, ``scale`` and ``session.view.colormap`` are used.
    """
    colormap = scene.session.view.colormap
    projection, surface = view.projection, view.mesh
    with saved(painter):
        painter.setClipRect(projection.rect, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        axes = axes_of(surface, projection, scene.problem.plane.names)
        paint_walls(painter, surface, projection, axes, theme)
        paint_floor(painter, projection, theme)
        _paint_floor_contours(painter, view, theme)
        if view.numbers.size:
            image = view.image(theme, colormap)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            rows, columns = view.numbers.shape
            painter.drawImage(QRectF(view.corner, QSizeF(columns, rows) / view.density), image)
        _paint_lines_on_surface(painter, view, theme)
        paint_numbers(painter, axes, theme, projection.weight)
        minima = [(minimum.x, minimum.y) for minimum in scene.problem.minima]
        for at, is_hidden in _on_surface(view, minima):
            if at is not None:
                painter.setOpacity(FAINT if is_hidden else 1.0)
                draw_minimum(painter, at, theme, projection.weight)
        painter.setOpacity(1.0)
        if scene.scale.is_flat:
            size = LABEL_PIXELS * projection.weight
            words = f"f = {number(scene.scale.low)} everywhere: there is nothing to minimise"
            caption(painter, QPointF(projection.rect.center().x(), projection.rect.top() + 30), words, theme, size)


def paint_overlay(
    painter: QPainter, scene: Drawable, runs: Sequence[Run], view: Facets, step: int, theme: Theme
) -> None:
    """Paint the start, the heads of the runs at a step, and arrows where runs have left the box."""
    weight = view.projection.weight
    with saved(painter):
        painter.setClipRect(view.projection.rect, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows = [min(step, run.trajectory.last) for run in runs]
        heads = [(run.trajectory.x[row], run.trajectory.y[row]) for run, row in zip(runs, rows, strict=True)]
        (at, is_hidden), *placed = _on_surface(view, [scene.start, *heads])
        if at is not None:
            painter.setOpacity(FAINT if is_hidden else 1.0)
            draw_start(painter, at, theme, weight)
        for run, row, (at, is_hidden) in zip(runs, rows, placed, strict=True):
            style = run_style(run.spec.style, theme)
            painter.setOpacity(_FAINT_HEAD if is_hidden and at is not None else 1.0)
            if at is not None:
                draw_marker(painter, at, style, HEAD_RADIUS * weight)
            else:
                _paint_exit(painter, run, row, view, style)


def _paint_exit(painter: QPainter, run: Run, step: int, view: Facets, style: RunStyle) -> None:
    """Paint an arrow where a run that is outside the box at a step left it."""
    found = exit_of(run.trajectory, step, view)
    if found is not None:
        tail, tip = found
        draw_arrow(painter, QPointF(*tip), (tip[0] - tail[0], tip[1] - tail[1]), style, view.projection.weight)


def _on_surface(view: Facets, places: Sequence[tuple[float, float]]) -> list[tuple[QPointF | None, bool]]:
    """Return where places of the plane lie on the surface, and which are hidden; None beyond the edges."""
    if not places:
        return []
    at = view.mesh.to_box(*np.array(places, dtype=float).T)
    height = view.mesh.height_at(at)
    is_there = np.isfinite(height)
    at = np.where(is_there[:, None], at, 0.0)
    pixels = view.projection.to_pixels(at[:, 0], at[:, 1], np.nan_to_num(height)) - (0.0, LIFT)
    points = [QPointF(*place) if there else None for place, there in zip(pixels, is_there, strict=True)]
    return list(zip(points, view.hides(pixels, at).tolist(), strict=True))


def _paint_floor_contours(painter: QPainter, view: Facets, theme: Theme) -> None:
    contours = view.mesh.contours
    x, y, _ = contours.points.T
    pixels = view.projection.to_pixels(x, y, FLOOR)
    lines = np.hstack([pixels[:-1], pixels[1:]])[contours.is_joined]
    draw_lines(painter, lines, theme.contour, view.projection.weight)


def _paint_lines_on_surface(painter: QPainter, view: Facets, theme: Theme) -> None:
    """Contour lines, and the edges of the surface, where they are seen."""
    draw_lines(painter, _seen(view, view.mesh.contours), theme.contour, view.projection.weight)
    color = QColor(theme.contour)
    color.setAlphaF(_EDGE_OPACITY)
    draw_lines(painter, _seen(view, view.mesh.rim, is_rim=True), color, view.projection.weight)


def _seen(view: Facets, lines: Polylines, *, is_rim: bool = False) -> Array:
    """Return the strokes ``(n, 4)`` of lines on the surface that nothing hides."""
    x, y, z = lines.points.T
    pixels = view.projection.to_pixels(x, y, np.nan_to_num(z)) - (0.0, _LINE_LIFT)
    shown = np.isfinite(z) & ~view.hides(pixels - (0.0, LIFT), lines.points[:, :2], is_rim=is_rim)
    strokes: Array = np.hstack([pixels[:-1], pixels[1:]])[lines.is_joined & shown[1:] & shown[:-1]]
    return strokes
