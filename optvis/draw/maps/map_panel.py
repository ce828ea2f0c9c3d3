"""The map with the runs on it, in three coats: background, trails, overlay.

The background changes with the problem and the viewport, the trails grow with the step, and only
the overlay is painted anew in every frame. So who paints many frames keeps the first as an image, has a
`optvis.draw.maps.trails.TrailLayer` for the second and paints the third over both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter

from optvis.draw.maps.field import paint_field
from optvis.draw.maps.heads import head_of, paint_head
from optvis.draw.maps.profile_line import paint_profile_line
from optvis.draw.maps.step_arrows import paint_step_arrows
from optvis.draw.paint import text
from optvis.draw.paint.axes import AxesStyle, caption, paint_axes
from optvis.draw.paint.drawable import Drawable, Run
from optvis.draw.paint.markers import draw_minimum, draw_start
from optvis.draw.paint.painting import saved
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.number_text import number
from optvis.landscape.loss_surface import LossScale
from optvis.problems.gradient import Scheme
from optvis.problems.problem import Problem

_MARK = 30.0  # pixels beside the map from where a mark may still reach into it


class Ground(Protocol):
    """A picture of a window of the plane, ready for painting in any viewport."""

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint it into the viewport's rectangle; where it ends nothing is painted."""

    def paint_key(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint over the trails what its colours mean, if that has to be said."""


def paint_background(
    painter: QPainter, scene: Drawable, ground: Ground | None, viewport: Viewport, theme: Theme, axes: AxesStyle
) -> None:
    """Paint the image, contours, gradient field, grid, minima, frame and numbers.

    Parameters
    ----------
    scene
        Its ``problem``, ``scale`` and view are used.
    ground
        The loss, or its basins; may be of another window than the viewport's while a new one is computed, and
        None before the first.
    """
    field = scene.session.view.field
    paint_problem(painter, scene.problem, scene.scale, ground, viewport, theme, axes, field, scene.gradient)


def paint_problem(
    painter: QPainter,
    problem: Problem,
    scale: LossScale,
    ground: Ground | None,
    viewport: Viewport,
    theme: Theme,
    axes: AxesStyle | None,
    field: Literal["off", "linear", "log", "equal"] = "off",
    scheme: str | Scheme = "central",
) -> None:
    """Paint the background of a problem that is in no scene; without ``axes`` no grid, frame and numbers."""
    painter.fillRect(viewport.rect, theme.panel)
    if ground is not None:
        ground.paint(painter, viewport)
    if axes is not None:
        paint_axes(painter, viewport, theme, axes)
    if field != "off":
        paint_field(painter, problem, viewport, theme, field, scheme)
    with saved(painter):
        painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
        if scale.is_flat:
            words = f"f = {number(scale.low)} everywhere: there is nothing to minimise"
            caption(
                painter, QPointF(viewport.rect.center().x(), viewport.rect.top() + 30), words, theme, text.LABEL_PIXELS
            )
        for minimum in problem.minima:
            if viewport.shows(minimum.x, minimum.y, _MARK):
                draw_minimum(painter, viewport.point(minimum.x, minimum.y), theme, viewport.weight)


def paint_overlay(
    painter: QPainter,
    scene: Drawable,
    runs: Sequence[Run],
    ground: Ground | None,
    viewport: Viewport,
    step: int,
    theme: Theme,
) -> None:
    """Paint the profile line, the ground's key, the start, and the heads of the runs at a step.

    Where runs have left the map there are arrows.

    At the head of the chosen run, if it is among ``runs``, stand the arrows that the view asks for.

    Parameters
    ----------
    scene
        Its ``start``, ``bounds`` and view are used.
    runs
        Usually ``scene.visible_runs``; of each ``label``, ``spec.style`` and ``trajectory`` are used.
    """
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
        if scene.session.view.profile is not None:
            paint_profile_line(painter, scene.session.view.profile, viewport, theme)
        if ground is not None:
            ground.paint_key(painter, viewport)
        if viewport.shows(*scene.start, _MARK):
            draw_start(painter, viewport.point(*scene.start), theme, viewport.weight)
        taken: list[QRectF] = []
        for run in runs:
            paint_head(painter, head_of(run, step, scene.bounds, viewport, taken), viewport, theme)
        kinds, chosen = scene.session.view.arrows, scene.chosen
        if kinds and chosen is not None and chosen in runs:
            paint_step_arrows(painter, chosen.trajectory, viewport, step, theme, kinds, chosen.label)
