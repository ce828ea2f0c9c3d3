"""How good a run is when one hyperparameter alone is changed, along the scale of its slider, as a chart."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter

from optvis.draw.charts.chart import paint_curves
from optvis.draw.charts.chart_frame import paint_chart_frame, paint_chart_title
from optvis.draw.charts.chart_grid import cells
from optvis.draw.charts.chart_scale import ChartScale
from optvis.draw.paint.axes import AxesStyle, caption
from optvis.draw.paint.markers import draw_marker
from optvis.draw.paint.painting import saved
from optvis.draw.paint.theme import Theme, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.draw.sweeps.sweep_axes import axis_ticks
from optvis.optimizers.hyperparameter import symbol
from optvis.optimizers.slider_scale import share_along
from optvis.problems.problem import Bounds
from optvis.tuning.search import Curve

Array = NDArray[np.float64]

_LOG_SPAN = 1e-12  # of the largest: losses are told apart down to it
_ROOM = 0.06
_FEW = 4.0  # pixels for each value, from which on every value has a dot
_DOT = 1.8


@dataclass(frozen=True, eq=False)
class TunedCurve:
    """Where a run diverges, or does not get to the target, the curve is broken and there are dots along the top.

    Attributes
    ----------
    best
        The value that was found, which has the run's marker.
    style
        Of the run.
    viewport
        Where shares of the slider and `ChartScale.shown` scores lie.
    title_rect
        A line above the panel.
    """

    curve: Curve
    best: float
    style: int
    scale: ChartScale
    viewport: Viewport
    axes: AxesStyle
    title_rect: QRectF
    cell: QRectF

    @property
    def full_bounds(self) -> Bounds:
        """The window in which everything is seen."""
        return -_ROOM / 2, 1.0 + _ROOM / 2, self.scale.low, self.scale.high

    def windowed(self, bounds: Bounds) -> TunedCurve:
        """Show a window of shares and shown scores in the same place."""
        return self if bounds == self.viewport.bounds else replace(self, viewport=self.viewport.moved(bounds))

    @cached_property
    def points(self) -> Array:
        """A pixel for every value, ``(n, 2)``; at the top where there is no score."""
        has_score = np.isfinite(self.curve.scores)
        points = self.viewport.to_pixels(self._shares, np.where(has_score, self._shown, self.viewport.bounds[3]))
        points[~has_score, 1] += 2 * _DOT + 1
        return points

    def nearest(self, at: QPointF) -> int | None:
        """Return the value that is drawn nearest to the column of a pixel; None when no value is in the window."""
        is_seen = (self.points[:, 0] >= self.viewport.rect.left()) & (self.points[:, 0] <= self.viewport.rect.right())
        if not is_seen.any():
            return None
        away = np.where(is_seen, np.abs(self.points[:, 0] - at.x()), np.inf)
        return int(np.argmin(away))

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paint panel, axes, what is shaded, the curve and the marker."""
        rect, pixels = self.viewport.rect, self.axes.pixels
        xmin, xmax, ymin, ymax = self.viewport.bounds
        up = self.scale.ticks(ymin, ymax, rect.height(), pixels)
        along = axis_ticks(self.curve.hyper, rect.width() / (xmax - xmin), pixels * 4.5)
        seen = [k for k, share in enumerate(along.values) if xmin <= share <= xmax]
        right = replace(along, values=tuple(along.values[k] for k in seen), labels=tuple(along.labels[k] for k in seen))
        paint_chart_frame(painter, self.viewport, theme, self.axes, right, up)
        paint_chart_title(painter, self.title_rect, self.scale.label, "", up.note, theme, pixels)
        with saved(painter):
            painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._shade(painter, theme)
            if not np.isfinite(self.curve.scores).any():
                caption(painter, rect.center(), "no value gets there", theme, pixels)
            style = run_style(self.style, theme)
            paint_curves(painter, [(self._shares, self._shown, replace(style, dash=()))], self.viewport)
            self._paint_dots(painter, style.color)
        at = self.points[int(np.flatnonzero(self.curve.values == self.best)[0])]
        if rect.adjusted(-1, -1, 1, 1).contains(QPointF(*at)):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_marker(painter, QPointF(*at), style, radius=4.5)

    @cached_property
    def _shares(self) -> Array:
        return np.asarray(share_along(self.curve.hyper, self.curve.values), dtype=float)

    @cached_property
    def _shown(self) -> Array:
        """The scores along the vertical axis, what is too low to be told apart at its end; nan where there is none."""
        _, _, low, high = self.viewport.bounds
        wide = replace(self.scale, low=min(low, self.scale.low), high=max(high, self.scale.high))
        lowest = self.scale.low + _ROOM / (1.0 + 4 * _ROOM) * (self.scale.high - self.scale.low)
        shown = np.maximum(wide.shown(self.curve.scores), lowest)
        return np.where(np.isfinite(self.curve.scores), shown, np.nan)

    def _shade(self, painter: QPainter, theme: Theme) -> None:
        """Shade the values that reach the target, each as far as half way to its neighbours."""
        shade, rect = QColor(theme.accent), self.viewport.rect
        shade.setAlpha(50)
        x = self.points[:, 0]
        middles = (x[1:] + x[:-1]) / 2
        lefts, rights = np.concatenate([x[:1] - 2, middles]), np.concatenate([middles, x[-1:] + 2])
        for begin, end in stretches(self.curve.reaches):
            painter.fillRect(QRectF(lefts[begin], rect.top(), rights[end - 1] - lefts[begin], rect.height()), shade)

    def _paint_dots(self, painter: QPainter, color: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        has_all = len(self.points) < self.viewport.rect.width() / _FEW
        taken = -math.inf
        for (x, y), score in zip(self.points.tolist(), self.curve.scores.tolist(), strict=True):
            if (has_all or not math.isfinite(score)) and x - taken >= (0 if has_all else _FEW):
                painter.drawEllipse(QPointF(x, y), _DOT, _DOT)
                taken = x


def stretches(holds: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where a condition holds without a break, as first indices and those after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]]).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def tuned_curve(
    curve: Curve, best: float, floor: float, style: int, label: str, rect: QRectF, pixels: float = 11.0
) -> TunedCurve:
    """Lay out a curve with title and numbers in a rectangle.

    Parameters
    ----------
    floor
        The lowest known score. Scores are shown by how far they are above it, on a logarithmic scale unless one
        lies below.
    label
        What the scores are.
    """
    scale = _scale(curve.scores, floor, label)
    name = symbol(curve.hyper.name)
    axes = AxesStyle(pixels=pixels, x_label=name, y_label="", widest="−0.000")
    ((panel, axes, title, cell),) = cells(1, rect, axes, 0)
    made = TunedCurve(curve, best, style, scale, Viewport((0.0, 1.0, 0.0, 1.0), panel), axes, title, cell)
    return made.windowed(made.full_bounds)


def _scale(scores: Array, floor: float, label: str) -> ChartScale:
    finite = scores[np.isfinite(scores)]
    if not finite.size:
        return ChartScale(is_log=False, base=0.0, label=label)
    above = finite - floor
    is_log = bool(above.max() > 0 and above.min() >= -_LOG_SPAN * above.max())
    if is_log:
        found = np.log10(np.maximum(above, _LOG_SPAN * above.max()))
        label = f"{label} − {floor:.3g}" if floor else label
    else:
        found = finite
    low, high = float(found.min()), float(found.max())
    room = (high - low) or max(abs(high), 1.0) * 0.1
    return ChartScale(is_log, floor if is_log else 0.0, label, low - _ROOM * room, high + 3 * _ROOM * room)
