"""Trails: the ways that the runs have gone, painted step by step into an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter

from optvis.draw.maps.exits import within
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.image_part import paint_part
from optvis.draw.paint.painting import painting
from optvis.draw.paint.strokes import Strokes, distinct, draw_dots, draw_lines, strokes, vertices
from optvis.draw.paint.theme import RunStyle, Theme, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.engine.trajectory import Trajectory
from optvis.explain.measures import BLOCK, LONG
from optvis.problems.problem import Bounds

Array = NDArray[np.float64]

LINE_WIDTH = 2.0
HALO_WIDTH = 5.0
HALO_OPACITY = 0.8
DOT_SIZE = 5.4
MAX_DOTS = 120
"""Runs with more steps than this show no dot at every step."""

_DOT_DISTANCE = 7.0
_STILL = 0.05  # pixels; less far from its end a run does not move
_PARTS = 4  # of a pixel that tell strokes apart
_MARGIN = 12.0  # pixels drawn beyond the edge, which is clipped


# How far long runs are from their end from then on, in blocks of rows, the last block first
_away: WeakKeyDictionary[Trajectory, Array] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Trail:
    """One run's way in pixels, cut so that any range of steps can be drawn.

    Attributes
    ----------
    line, halo
        The dashed line, and the whole one beneath it.
    dots
        Where steps are marked, ``(n, 2)`` logical pixels, and their steps ``(n,)``.
    """

    style: RunStyle
    weight: float
    line: Strokes
    halo: Strokes
    dots: Array
    dot_steps: NDArray[np.intp]

    def dots_between(self, after: int, to: int) -> Array:
        """Return the dots of the steps after the first and up to the second."""
        first, last = np.searchsorted(self.dot_steps, (after, to), side="right")
        return self.dots[first:last]


def trail(trajectory: Trajectory, bounds: Bounds, viewport: Viewport, style: RunStyle, ratio: float = 1.0) -> Trail:
    """Prepare a run's way.

    Parameters
    ----------
    bounds
        The domain. A run that has left both it and the viewport for good is not followed farther:
        one that diverges to and fro would cross the map all over.
    ratio
        Device pixels per logical pixel.
    """
    reach = viewport.rect.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
    rows = _rows_that_move(trajectory, _STILL / max(viewport.scale))
    points = vertices(viewport.to_pixels(trajectory.x[:rows], trajectory.y[:rows]), reach)
    points = points[: _last_of_interest(points, viewport.rect | viewport.within(bounds)) + 2]
    steps = distinct(points, ratio)
    kept = points[steps]
    line = strokes(kept, steps, tuple(part * viewport.weight for part in style.dash), reach)
    halo = strokes(kept, steps, (), reach) if style.dash else line
    line, halo = _once(line), _once(halo)
    few = points if len(points) <= MAX_DOTS + 1 else points[:0]
    marked = _marked(few, _DOT_DISTANCE * viewport.weight)
    marked = marked[within(points[marked], reach)]
    return Trail(style, viewport.weight, line, halo, points[marked], marked)


def _rows_that_move(trajectory: Trajectory, still: float) -> int:
    """How many rows of a long run to look at: in all others it stays nearer to its end than ``still``."""
    count = len(trajectory.x)
    if count <= LONG:
        return count
    away = _away.get(trajectory)
    if away is None:
        with np.errstate(all="ignore"):
            from_end = np.maximum(np.abs(trajectory.x - trajectory.x[-1]), np.abs(trajectory.y - trajectory.y[-1]))
        blocks = np.maximum.reduceat(np.nan_to_num(from_end, nan=np.inf), np.arange(0, count, BLOCK))
        away = _away[trajectory] = np.maximum.accumulate(blocks[::-1])  # from the end
    return count - max(0, int(np.searchsorted(away, still, side="right")) - 1) * BLOCK


def _once(found: Strokes) -> Strokes:
    """Leave out strokes that lie on earlier ones, where there are very many."""
    if len(found.lines) <= LONG:
        return found
    places = np.clip(np.rint(found.lines * _PARTS), -(2**14), 2**14 - 1).astype(np.int64) + 2**14
    keys = ((places[:, 0] << 15 | places[:, 1]) << 15 | places[:, 2]) << 15 | places[:, 3]
    first = np.sort(np.unique(keys, return_index=True)[1])
    return Strokes(found.lines[first], found.steps[first])


def _last_of_interest(points: Array, rect: QRectF) -> int:
    """The last row inside a rectangle, or the last of all."""
    inside = np.flatnonzero(within(points, rect))
    return int(inside[-1]) if len(inside) else len(points)


def _marked(points: Array, distance: float) -> NDArray[np.intp]:
    """The steps that get a dot: those far enough from the last that has one."""
    rows, last = [], None
    for row, point in enumerate(points):
        if last is None or np.hypot(*(point - last)) >= distance:
            rows.append(row)
            last = point
    return np.array(rows, dtype=np.intp)


_Key = tuple[Trajectory, int, Any]
"""A trajectory, its style, and where and how it is drawn."""


class TrailLayer:
    """Two images of all trails up to a step: halos beneath, lines above.

    Going forward draws only what is new; anything else draws anew, with the prepared ways of the
    runs that have not changed.

    Attributes
    ----------
    rebuilt
        How many ways were prepared so far; for tests and benchmarks.
    """

    def __init__(self) -> None:
        self.rebuilt = 0
        self._trails: dict[_Key, Trail] = {}
        self._drawn_for: list[_Key] | None = None
        self._step = -1
        self._halos = QImage()
        self._lines = QImage()
        self._rect = QRectF()

    def update(
        self, runs: Sequence[Run], bounds: Bounds, viewport: Viewport, step: int, theme: Theme, ratio: float = 1.0
    ) -> None:
        """Bring the images to a step.

        Parameters
        ----------
        runs
            The first is drawn first.
        bounds
            The domain, see `trail`.
        ratio
            Device pixels per logical pixel.
        """
        place = (bounds, viewport.bounds, viewport.rect.getRect(), viewport.weight, theme.name, ratio)
        keys = [(run.trajectory, run.spec.style, place) for run in runs]
        if keys != self._drawn_for or step < self._step:
            self._trails = {
                key: self._trails.get(key) or self._prepared(key, bounds, viewport, theme, ratio) for key in keys
            }
            self._drawn_for = keys
            self._step = -1
            self._clear(viewport.rect, ratio)
        if step > self._step:
            self._draw([self._trails[key] for key in keys], self._step, step)
            self._step = step

    def paint(self, painter: QPainter, part: QRect | None = None) -> None:
        """Paint the images where the viewport is, or a part of them; `update` comes first."""
        before = painter.opacity()
        painter.setOpacity(before * HALO_OPACITY)
        paint_part(painter, self._rect.topLeft(), self._halos, part)
        painter.setOpacity(before)
        paint_part(painter, self._rect.topLeft(), self._lines, part)

    def _prepared(self, key: _Key, bounds: Bounds, viewport: Viewport, theme: Theme, ratio: float) -> Trail:
        self.rebuilt += 1
        trajectory, style, _ = key
        return trail(trajectory, bounds, viewport, run_style(style, theme), ratio)

    def _clear(self, rect: QRectF, ratio: float) -> None:
        self._rect = rect
        size = (max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio)))
        for image in (self._halos, self._lines):
            if (image.width(), image.height()) != size:
                break
        else:
            self._halos.fill(0)
            self._lines.fill(0)
            return
        self._halos, self._lines = (QImage(*size, QImage.Format.Format_ARGB32_Premultiplied) for _ in range(2))
        for image in (self._halos, self._lines):
            image.setDevicePixelRatio(ratio)
            image.fill(0)

    def _draw(self, trails: list[Trail], after: int, to: int) -> None:
        for image, is_halo in ((self._halos, True), (self._lines, False)):
            with painting(image) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.translate(-self._rect.topLeft())
                for each in trails:
                    style, weight = each.style, each.weight
                    if is_halo:
                        square = Qt.PenCapStyle.SquareCap
                        draw_lines(painter, each.halo.between(after, to), style.halo, HALO_WIDTH * weight, square)
                        draw_dots(painter, each.dots_between(after, to), style.halo, (DOT_SIZE + 2.6) * weight)
                    else:
                        cap = Qt.PenCapStyle.FlatCap if style.dash else Qt.PenCapStyle.SquareCap
                        draw_lines(painter, each.line.between(after, to), style.color, LINE_WIDTH * weight, cap)
                        draw_dots(painter, each.dots_between(after, to), style.color, DOT_SIZE * weight)
