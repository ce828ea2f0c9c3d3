"""Trails on the surface: the ways of the map, laid over hill and dale.

A way follows the surface between two steps, for the map's straight line says nothing of heights. What
is behind a ridge is painted faintly, and a thin shadow lies on the floor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter

from optvis.draw.maps.exits import left_at
from optvis.draw.maps.trails import DOT_SIZE, HALO_OPACITY, HALO_WIDTH, LINE_WIDTH, MAX_DOTS
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.painting import painting, saved
from optvis.draw.paint.strokes import Strokes, distinct, draw_dots, draw_lines, strokes, vertices
from optvis.draw.paint.theme import RunStyle, Theme, run_style
from optvis.draw.surface.camera import FLOOR
from optvis.draw.surface.facets import Facets
from optvis.engine.trajectory import Trajectory

Array = NDArray[np.float64]

FAINT = 0.30
"""Opacity of what is hidden."""
LIFT = 1.5
"""Pixels between the surface and what lies on it."""
HALO = 0.8 * HALO_WIDTH

_PIECE = 5.0  # pixels of a line that follow the surface as one straight piece
_MAX_PIECES = 60_000
SHADOW_WIDTH = 1.0
_LOOK_BACK = 500  # steps; painted in every frame, so not the whole of a long run is searched
_DOT_DISTANCE = 7.0


@dataclass(frozen=True, eq=False)
class SurfaceTrail:
    """One run's way in pixels, cut so that any range of steps can be drawn.

    Attributes
    ----------
    line, halo
        What is seen: the dashed line, and the whole one beneath it.
    hidden
        The dashed line behind ridges.
    shadow
        On the floor, where it is seen.
    dots, dot_steps
        Where steps are marked, ``(n, 2)``, and their steps ``(n,)``; only what is seen.
    """

    style: RunStyle
    weight: float
    line: Strokes
    halo: Strokes
    hidden: Strokes
    shadow: Strokes
    dots: Array
    dot_steps: NDArray[np.intp]


def ground_lines(trajectory: Trajectory, facets: Facets, ratio: float, rows: range | None = None) -> Strokes:
    """Return a run's way on the floor, clipped to the box, in coordinates of the box.

    A run that has left the box for good is not followed farther: one that diverges to and fro would
    cross it all over.

    Parameters
    ----------
    rows
        The steps to look at; None for all.
    """
    mesh, scale = facets.mesh, facets.projection.scale
    half_x, half_y = mesh.half
    box = QRectF(-half_x, -half_y, 2 * half_x, 2 * half_y)
    left = left_at(trajectory, mesh.bounds)
    end = (trajectory.last if left is None else left) + 1
    first, end = (0, end) if rows is None else (rows.start, min(end, rows.stop))
    places = vertices(mesh.to_box(trajectory.x[first:end], trajectory.y[first:end]), box)
    steps = distinct(places * scale, ratio)
    return strokes(places[steps], steps + first, (), box)


def exit_of(trajectory: Trajectory, step: int, facets: Facets) -> tuple[Array, Array] | None:
    """Return two places on the way, in pixels: the last that is on the surface before a step, and one before it."""
    left = left_at(trajectory, facets.mesh.bounds)
    at = step if left is None else min(step, left)
    lines = ground_lines(trajectory, facets, 1.0, range(max(0, at - _LOOK_BACK), at + 1))
    places, _, is_joined = _in_pieces(lines, facets.projection.scale)
    height = facets.mesh.height_at(places)
    good = np.flatnonzero(is_joined[1:] & np.isfinite(height[1:]) & np.isfinite(height[:-1]))
    if len(good) == 0:
        return None
    two = slice(good[-1], good[-1] + 2)
    tail, tip = facets.projection.to_pixels(places[two, 0], places[two, 1], height[two])
    return tail, tip


def surface_trail(trajectory: Trajectory, facets: Facets, style: RunStyle, ratio: float = 1.0) -> SurfaceTrail:
    """Prepare a run's way.

    Parameters
    ----------
    ratio
        Device pixels per logical pixel.
    """
    mesh, projection = facets.mesh, facets.projection
    dash = tuple(part * projection.weight for part in style.dash)
    places, steps, is_joined = _in_pieces(ground_lines(trajectory, facets, ratio), projection.scale)
    height = mesh.height_at(places)
    is_joined &= np.isfinite(height)
    is_joined[1:] &= np.isfinite(height[:-1])
    pixels = projection.to_pixels(places[:, 0], places[:, 1], np.nan_to_num(height)) - (0.0, LIFT)
    behind = facets.hides(pixels, places)
    floor = projection.to_pixels(places[:, 0], places[:, 1], np.full(len(places), FLOOR))
    on_floor = is_joined & (facets.seen_at(floor) < 0)
    seen, hidden = is_joined & ~behind, is_joined & behind
    count = np.arange(len(places))
    line = strokes(pixels, count, dash, projection.rect)
    halo = strokes(pixels, count, (), projection.rect) if dash else line
    shadow = strokes(floor, count, (), projection.rect)
    dots, dot_steps = _dots(trajectory, facets)
    return SurfaceTrail(
        style,
        projection.weight,
        _only(line, seen, steps),
        _only(halo, seen, steps),
        _only(line, hidden, steps),
        _only(shadow, on_floor, steps),
        dots,
        dot_steps,
    )


def _only(made: Strokes, wanted: NDArray[np.bool_], steps: NDArray[np.intp]) -> Strokes:
    """Keep the strokes that lead to wanted vertices, and give them the steps of these."""
    keep = wanted[made.steps]
    return Strokes(made.lines[keep], steps[made.steps[keep]])


def _in_pieces(lines: Strokes, scale: float) -> tuple[Array, NDArray[np.intp], NDArray[np.bool_]]:
    """Cut lines on the floor so finely that they can follow the surface.

    Returns
    -------
    places
        Vertices ``(v, 2)`` in coordinates of the box.
    steps
        The step that each leads to.
    is_joined
        Whether a line leads to it from the vertex before.
    """
    begin, along = lines.lines[:, :2], lines.lines[:, 2:] - lines.lines[:, :2]
    length = np.hypot(*along.T) * scale
    piece = max(_PIECE, float(length.sum()) / _MAX_PIECES)
    count = np.maximum(1, np.ceil(length / piece)).astype(np.intp) + 1  # of vertices
    which = np.repeat(np.arange(len(begin)), count)
    at = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    places = begin[which] + along[which] * (at / np.maximum(count - 1, 1)[which])[:, None]
    return places, lines.steps[which], at > 0


def _dots(trajectory: Trajectory, facets: Facets) -> tuple[Array, NDArray[np.intp]]:
    """Return where steps are marked, and which: none of a long run, and not one on top of another."""
    mesh, rows = facets.mesh, trajectory.last + 1
    places = mesh.to_box(trajectory.x[:rows], trajectory.y[:rows])
    height = mesh.height_at(places)
    steps = np.flatnonzero(np.isfinite(height))
    if rows > MAX_DOTS + 1 or len(steps) == 0:
        return np.empty((0, 2)), np.empty(0, dtype=np.intp)
    pixels = facets.projection.to_pixels(places[steps, 0], places[steps, 1], height[steps]) - (0.0, LIFT)
    kept = distinct(pixels, 1 / (_DOT_DISTANCE * facets.projection.weight))
    kept = kept[~facets.hides(pixels[kept], places[steps[kept]])]
    return pixels[kept], steps[kept]


def _area_of(trails: Iterable[SurfaceTrail], rect: QRectF) -> QRectF:
    """Return the part of a rectangle that trails take; the rest of their images stays clear."""
    ends, reach = [np.empty((0, 2))], 0.0
    for each in trails:
        ends += [each.dots, *(part.lines.reshape(-1, 2) for part in (each.halo, each.hidden, each.shadow))]
        reach = max(reach, 2 * HALO * each.weight)
    points = np.concatenate(ends)
    if len(points) == 0:
        return QRectF()
    (left, top), (right, bottom) = np.floor(points.min(axis=0) - reach), np.ceil(points.max(axis=0) + reach)
    return rect & QRectF(left, top, right - left, bottom - top)


_Key = tuple[Trajectory, int]


class SurfaceTrailLayer:
    """Three images of all trails up to a step: what is hidden, halos, and lines above.

    Going forward draws only what is new, as on the map; while the camera stands still, playing
    costs no more than there.

    Attributes
    ----------
    rebuilt
        How many ways were prepared so far; for tests and benchmarks.
    """

    def __init__(self) -> None:
        self.rebuilt = 0
        self._trails: dict[_Key, SurfaceTrail] = {}
        self._drawn_for: tuple[Any, ...] | None = None
        self._step = -1
        self._rect = QRectF()
        self._area = QRectF()
        self._images: tuple[QImage, QImage, QImage] = (QImage(), QImage(), QImage())

    def update(self, runs: Sequence[Run], facets: Facets, step: int, theme: Theme, ratio: float = 1.0) -> None:
        """Bring the images to a step.

        Parameters
        ----------
        runs
            The first is drawn first.
        facets
            What is seen of the surface; the same object as long as nothing about it changes.
        ratio
            Device pixels per logical pixel.
        """
        keys = [(run.trajectory, run.spec.style) for run in runs]
        place = (facets, theme.name, ratio)
        if self._drawn_for is None or self._drawn_for[0] != place:
            self._trails = {}
        if self._drawn_for != (place, keys) or step < self._step:
            self._trails = {key: self._trails.get(key) or self._prepared(key, facets, theme, ratio) for key in keys}
            self._drawn_for = (place, keys)
            self._step = -1
            self._clear(facets.projection.rect, ratio)
            self._area = _area_of(self._trails.values(), self._rect)
        if step > self._step:
            self._draw([self._trails[key] for key in keys], self._step, step)
            self._step = step

    def paint(self, painter: QPainter) -> None:
        """Paint the images where the projection is; `update` comes first."""
        with saved(painter):
            painter.setClipRect(self._area, Qt.ClipOperation.IntersectClip)
            before = painter.opacity()
            for image, share in zip(self._images, (FAINT, HALO_OPACITY, 1.0), strict=True):
                painter.setOpacity(before * share)
                painter.drawImage(self._rect.topLeft(), image)

    def _prepared(self, key: _Key, facets: Facets, theme: Theme, ratio: float) -> SurfaceTrail:
        self.rebuilt += 1
        trajectory, style = key
        return surface_trail(trajectory, facets, run_style(style, theme), ratio)

    def _clear(self, rect: QRectF, ratio: float) -> None:
        self._rect = QRectF(rect)
        wide, high = max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio))
        if (self._images[0].width(), self._images[0].height()) != (wide, high):
            kind = QImage.Format.Format_ARGB32_Premultiplied
            self._images = QImage(wide, high, kind), QImage(wide, high, kind), QImage(wide, high, kind)
        for image in self._images:
            image.setDevicePixelRatio(ratio)
            image.fill(0)

    def _draw(self, trails: list[SurfaceTrail], after: int, to: int) -> None:
        with ExitStack() as stack:
            painters = [stack.enter_context(painting(image)) for image in self._images]
            for painter in painters:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.translate(-self._rect.topLeft())
            self._stroke(trails, after, to, *painters)

    def _stroke(
        self, trails: list[SurfaceTrail], after: int, to: int, faint: QPainter, halos: QPainter, lines: QPainter
    ) -> None:
        for each in trails:
            style, weight = each.style, each.weight
            flat, square = Qt.PenCapStyle.FlatCap, Qt.PenCapStyle.SquareCap
            cap = flat if style.dash else square
            draw_lines(faint, each.shadow.between(after, to), QColor(style.color), SHADOW_WIDTH * weight, flat)
            draw_lines(faint, each.hidden.between(after, to), style.color, LINE_WIDTH * weight, cap)
            draw_lines(halos, each.halo.between(after, to), style.halo, HALO * weight, square)
            draw_lines(lines, each.line.between(after, to), style.color, LINE_WIDTH * weight, cap)
            first, last = np.searchsorted(each.dot_steps, (after, to), side="right")
            draw_dots(halos, each.dots[first:last], style.halo, (DOT_SIZE + 2.6) * weight)
            draw_dots(lines, each.dots[first:last], style.color, DOT_SIZE * weight)
