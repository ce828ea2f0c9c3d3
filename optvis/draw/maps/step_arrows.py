"""Why a run moves as it does: arrows at its head, the scaling of its axes, and a legend of both."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from optvis.draw.paint import text
from optvis.draw.paint.markers import arrow_head
from optvis.draw.paint.painting import saved
from optvis.draw.paint.text import draw_text
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.tone_bar import paint_paper
from optvis.draw.paint.viewport import Viewport
from optvis.engine.trajectory import Trajectory
from optvis.explain.arrows import Arrow, arrows, scaling
from optvis.foundation.number_text import number

_NOTHING = 1e-200  # pixels; what is shorter cannot be magnified
LONGEST = 0.36
"""Share of the panel's smaller side that the longest arrow takes at most."""

SHORTEST = 64.0
"""Pixels that the longest arrow takes at least; all are stretched alike until it does."""

_RING = 42.0  # pixels of the larger half axis of the scaling's ellipse
_LEGEND_PIXELS, _LINE = 11.5, 1.55
_KINDS = {"gradient": "gradient", "velocity": "velocity", "term": "step", "step": "step"}  # arrow -> its switch


@dataclass(frozen=True)
class Drawn:
    """An arrow in pixels, and how it stands in the legend."""

    arrow: Arrow
    tail: QPointF
    tip: QPointF
    is_to_scale: bool


def placed(found: Sequence[Arrow], viewport: Viewport, kinds: Collection[str]) -> tuple[tuple[Drawn, ...], float]:
    """Lay arrows out in pixels; also the factor by which they are longer than in the plane.

    One factor, a power of two, holds for all of them, so that the parts of a step still add up. A
    gradient or a moment that is out of all proportion to the step is cut and no longer to scale.
    """
    chosen = [arrow for arrow in found if _KINDS[arrow.kind] in kinds]
    if not chosen:
        return (), 1.0
    per_x, per_y = viewport.scale
    head = viewport.to_pixels(chosen[0].tail[0], chosen[0].tail[1])[0]
    origin = np.array(found[0].tail)

    def offset(place: tuple[float, float]) -> tuple[float, float]:
        return float((place[0] - origin[0]) * per_x), float((origin[1] - place[1]) * per_y)

    longest = LONGEST * min(viewport.rect.width(), viewport.rect.height())
    reach = [math.hypot(*offset(arrow.tip)) for arrow in chosen if arrow.kind in ("term", "step")]
    farthest = max(reach or [math.hypot(*offset(arrow.tip)) for arrow in chosen])
    factor = 1.0
    if _NOTHING < farthest < math.inf:
        factor = 2.0 ** math.ceil(math.log2(SHORTEST / farthest)) if farthest < SHORTEST else 1.0
        factor = 2.0 ** math.floor(math.log2(longest / farthest)) if farthest > longest else factor
    drawn = []
    for arrow in chosen:
        (tail_x, tail_y), (tip_x, tip_y) = offset(arrow.tail), offset(arrow.tip)
        length = math.hypot(tip_x - tail_x, tip_y - tail_y) * factor
        cut = min(1.0, 1.3 * longest / length) if length > 0 else 1.0
        tail = QPointF(head[0] + tail_x * factor, head[1] + tail_y * factor)
        along = QPointF((tip_x - tail_x) * factor * cut, (tip_y - tail_y) * factor * cut)
        drawn.append(Drawn(arrow, tail, tail + along, cut == 1.0))
    return tuple(drawn), factor


def paint_step_arrows(
    painter: QPainter,
    trajectory: Trajectory,
    viewport: Viewport,
    step: int,
    theme: Theme,
    kinds: Collection[str],
    label: str = "",
) -> None:
    """Paint what happens at a step of a run, and a legend in the panel's corner.

    Parameters
    ----------
    kinds
        Of ``gradient``, ``velocity``, ``scaling``, ``step``.
    label
        The run's name, for the legend.
    """
    found = _at_head(trajectory, viewport, step, kinds, label)
    if found is None:
        return
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
        if found.shares is not None:
            _paint_scaling(painter, found.here, found.shares, viewport.weight, theme)
        colors = arrow_colors(theme)
        for each in found.drawn:
            _paint_arrow(painter, each, colors[each.arrow.kind], viewport.weight, theme)
        _paint_legend(painter, found, viewport, theme)


def step_arrows_reach(
    trajectory: Trajectory, viewport: Viewport, step: int, kinds: Collection[str], label: str = ""
) -> list[QRectF]:
    """Return rectangles outside of which `paint_step_arrows` paints nothing."""
    found = _at_head(trajectory, viewport, step, kinds, label)
    if found is None:
        return []
    ring, far = _RING * viewport.weight + 4, 14.0 * viewport.weight + 2
    rects = [QRectF(each.tail, each.tip).normalized().adjusted(-far, -far, far, far) for each in found.drawn]
    if found.shares is not None:
        rects.append(QRectF(found.here.x() - ring, found.here.y() - ring, 2 * ring, 2 * ring))
    return [*rects, found.legend_box(viewport).adjusted(-2, -2, 2, 2)]


@dataclass(frozen=True)
class _AtHead:
    """What stands at a run's head at a step."""

    drawn: tuple[Drawn, ...]
    factor: float
    shares: tuple[float, float] | None
    names: tuple[str, str]
    here: QPointF
    label: str

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The lines of the legend: the kind of arrow, and words."""
        rows: list[tuple[str, str]] = [(each.arrow.kind, _words(each)) for each in self.drawn]
        if self.shares is not None:
            words = "  ".join(f"{name} {number(share)}" for name, share in zip(self.names, self.shares, strict=True))
            rows.append(("scaling", f"scaling  {words}"))
        return rows or [("", "no arrows: this rule has none of what is switched on")]

    @property
    def title(self) -> str:
        """Over the lines of the legend."""
        return self.label + (f"   ·   lengths × {number(self.factor, 6)}" if self.drawn and self.factor != 1 else "")

    def legend_box(self, viewport: Viewport) -> QRectF:
        """In the corner where the head is not."""
        pixels = _legend_pixels(viewport)
        wide = max(text.width(words, pixels) for _, words in self.rows) + 34 * pixels / 11.5
        wide = max(wide, text.width(self.title, pixels, bold=True)) + 18
        high = math.ceil(pixels * _LINE) * (len(self.rows) + 1) + 8
        box = QRectF(viewport.rect.left() + 8, viewport.rect.top() + 8, wide, high)
        if box.adjusted(0, 0, 40, 40).contains(self.here):
            box.moveRight(viewport.rect.right() - 8)
        return box


def _at_head(
    trajectory: Trajectory, viewport: Viewport, step: int, kinds: Collection[str], label: str
) -> _AtHead | None:
    """None where the run has ended, or its head is not in sight."""
    if not kinds or step > trajectory.last:
        return None
    here = viewport.to_pixels(trajectory.x[step], trajectory.y[step])[0]
    if not (np.isfinite(here).all() and viewport.rect.contains(QPointF(*here))):
        return None
    drawn, factor = placed(arrows(trajectory, step), viewport, kinds)
    shares = scaling(trajectory, step) if "scaling" in kinds else None
    return _AtHead(drawn, factor, shares, trajectory.problem.plane.names, QPointF(*here), label)


def _legend_pixels(viewport: Viewport) -> float:
    return _LEGEND_PIXELS * max(1.0, viewport.weight)


def arrow_colors(theme: Theme) -> dict[str, QColor]:
    """Colours of the kinds of arrows; the legend names them, so colour is never alone."""
    light = {"gradient": "#b3261e", "velocity": "#6b3fa0", "term": "#3d4757", "step": "#0b7a3b"}
    dark = {"gradient": "#ff8a80", "velocity": "#c8a2ff", "term": "#c3ccda", "step": "#6fe39a"}
    return {kind: QColor(name) for kind, name in (light if theme.name == "light" else dark).items()}


def _paint_arrow(painter: QPainter, drawn: Drawn, color: QColor, weight: float, theme: Theme) -> None:
    along = drawn.tip - drawn.tail
    length = math.hypot(along.x(), along.y())
    if length < 0.5:
        return
    width = (3.2 if drawn.arrow.kind == "step" else 2.2) * weight
    size = min(4.2 * width, 0.6 * length)
    end = drawn.tip - along * (0.7 * size / length)
    path = arrow_head(drawn.tip, (along.x(), along.y()), size)
    pen = QPen(
        theme.halo, width + 3 * weight, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    )
    painter.setPen(pen)
    painter.drawLine(drawn.tail, end)
    painter.strokePath(path, QPen(theme.halo, 3 * weight))
    pen = QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    if not drawn.is_to_scale:
        pen.setDashPattern([3.0, 1.6])
    painter.setPen(pen)
    painter.drawLine(drawn.tail, end)
    painter.fillPath(path, color)


def _paint_scaling(painter: QPainter, here: QPointF, shares: tuple[float, float], weight: float, theme: Theme) -> None:
    """An ellipse whose half axes are as long as the scaling is large; the circle is equal scaling."""
    across, up = (max(_RING * weight * share, 1.5) for share in shares)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((theme.halo, 4.0), (theme.ink, 1.6)):
        painter.setPen(QPen(color, width * weight))
        painter.drawEllipse(here, across, up)
    faint = QPen(theme.muted, 1.0 * weight)
    faint.setDashPattern([3.0, 3.0])
    painter.setPen(faint)
    painter.drawEllipse(here, _RING * weight, _RING * weight)


def _paint_legend(painter: QPainter, found: _AtHead, viewport: Viewport, theme: Theme) -> None:
    pixels, box = _legend_pixels(viewport), found.legend_box(viewport)
    line = math.ceil(pixels * _LINE)
    paint_paper(painter, box, theme)
    row = QRectF(box.left() + 9, box.top() + 4, box.width() - 18, line)
    draw_text(painter, row, found.title, theme.ink, pixels, bold=True)
    colors = arrow_colors(theme)
    for kind, words in found.rows:
        row.translate(0, line)
        left = QPointF(row.left() + 1, row.center().y())
        if kind in colors:
            right = left + QPointF(22 * pixels / 11.5, 0)
            painter.setPen(QPen(colors[kind], 3.0 if kind == "step" else 2.0))
            painter.drawLine(left, right - QPointF(4, 0))
            painter.fillPath(arrow_head(right, (1.0, 0.0), 8.5), colors[kind])
        elif kind:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.ink, 1.5))
            painter.drawEllipse(left + QPointF(10, 0), 9, 4.5)
        indent = 30 * pixels / 11.5 if kind else 0
        draw_text(painter, row.adjusted(indent, 0, 0, 0), words, theme.ink, pixels)


def _words(drawn: Drawn) -> str:
    words = drawn.arrow.symbol if drawn.arrow.name == "step" else f"{drawn.arrow.symbol}   {drawn.arrow.name}"
    return words if drawn.is_to_scale else f"{words} (cut)"
