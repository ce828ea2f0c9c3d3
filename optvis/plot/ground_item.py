"""What lies beneath the runs of a map: the loss or basins, with grid, gradient field and minima."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QPainter

from optvis.draw.maps.map_panel import Ground, paint_problem
from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.strokes import is_vector
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.landscape.loss_surface import LossScale, loss_scale
from optvis.plot.kept_pixmap import KeptPixmap
from optvis.plot.pixel_item import PixelItem
from optvis.problems.gradient import Scheme
from optvis.problems.problem import Problem

Field = Literal["off", "linear", "log", "equal"]


class GroundItem(PixelItem):
    """The background of a map, kept as a pixmap until something in it changes.

    Auto-range shows the problem's domain.

    Attributes
    ----------
    kept
        The pixmap.
    """

    def __init__(self, problem: Problem, scale: LossScale | None = None, theme: Theme | str | None = None) -> None:
        super().__init__(theme)
        self.kept = KeptPixmap()
        self._problem, self._scale = problem, scale or loss_scale(problem)
        self._ground: Ground | None = None
        self._axes: AxesStyle | None = None
        self._field: Field = "off"
        self._scheme: str | Scheme = "central"
        self.setZValue(-90)

    @property
    def ground(self) -> Ground | None:
        """The picture; None before there is one."""
        return self._ground

    def setProblem(self, problem: Problem, scale: LossScale) -> None:
        """Set what is minimised; the ground stays until another is set."""
        if (problem, scale) != (self._problem, self._scale):
            self._problem, self._scale = problem, scale
            self.informViewBoundsChanged()
            self.update()

    def setGround(self, ground: Ground | None) -> None:
        """Set the picture; it may be of another window than the view's while a new one is computed."""
        if ground is not self._ground:
            self._ground = ground
            self.update()

    def setAxes(self, axes: AxesStyle | None) -> None:
        """Paint the frame, and a grid at the ticks of axes of this style; None for neither."""
        self._axes = axes and replace(axes, has_x_numbers=False, has_y_numbers=False)
        self.update()

    def setField(self, field: Field, scheme: str | Scheme = "central") -> None:
        """Show arrows of the negative gradient with these lengths, or none; computed by a scheme."""
        if (field, scheme) != (self._field, self._scheme):
            self._field, self._scheme = field, scheme
            self.update()

    def ground_for(self, viewport: Viewport, theme: Theme) -> Ground | None:
        """Return the picture to paint; a child class may see to a better one."""
        return self._ground

    def paint_pixels(self, painter: QPainter, viewport: Viewport, ratio: float, part: QRect) -> None:
        """Paint the pixmap; into files that keep lines, the lines."""
        theme = self.theme
        ground = self.ground_for(viewport, theme)

        def draw(inner: QPainter) -> None:
            paint_problem(
                inner, self._problem, self._scale, ground, viewport, theme, self._axes, self._field, self._scheme
            )

        if is_vector(painter):
            draw(painter)
        else:
            look = (self._axes, self._field, self._scheme)
            key = (self._problem, self._scale, ground, viewport, theme, *look)
            painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
            self.kept.paint(painter, viewport.rect, part, ratio, key, draw, theme.panel)

    def dataBounds(self, axis: int, frac: float = 1.0, orthoRange: Any = None) -> tuple[float | None, float | None]:
        """The problem's domain along an axis."""
        bounds = self._problem.plane.bounds
        return bounds[2 * axis], bounds[2 * axis + 1]


class GroundKeyItem(PixelItem):
    """What the colours of a `GroundItem` mean, painted over the runs where that has to be said."""

    def __init__(self, ground: GroundItem) -> None:
        super().__init__()
        self._of = ground
        self.setZValue(15)

    def paint_pixels(self, painter: QPainter, viewport: Viewport, ratio: float, part: QRect) -> None:
        """Paint the key, if there is one."""
        ground = self._of.ground
        if ground is not None and self._of.isVisible():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
            ground.paint_key(painter, viewport)
