"""The loss of a problem as the background of a plot."""

from __future__ import annotations

from typing import Any, Literal

from optvis.draw.maps.map_panel import Ground
from optvis.draw.maps.relief import Relief
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.slices import finish
from optvis.landscape.loss_surface import Surface, loss_scale, surface_in_slices
from optvis.plot.ground_item import GroundItem
from optvis.plot.slice_timer import SliceTimer
from optvis.problems.problem import Problem

_NODE_PIXELS = 2.0  # logical pixels for each node of the surface


class LossMapItem(GroundItem):
    """A filled map with contour lines, which follows the view.

    The first picture is computed before it is painted. When the view changes, the last one is moved and
    stretched while a new one is computed between the window's events.

    Parameters
    ----------
    problem
        As of `optvis.problem`.
    levels
        How heights are coloured: ``linear``, ``log``, or ``auto`` for what suits the problem.
    colormap
        ``viridis`` or ``cividis``.
    theme
        ``light``, ``dark``, or None for what suits the view's background.
    contours
        About how many contour lines.

    Examples
    --------
    >>> plot.addItem(LossMapItem(optvis.problem("rosenbrock")))  # doctest: +SKIP
    """

    def __init__(
        self,
        problem: Problem,
        levels: Literal["auto", "linear", "log"] = "auto",
        colormap: str = "viridis",
        theme: Theme | str | None = None,
        contours: int = 15,
    ) -> None:
        super().__init__(problem, loss_scale(problem, levels), theme)
        self._colormap, self._contours = colormap, contours
        self._wanted: tuple[Any, ...] = ()
        self._timer = SliceTimer(self)
        self._timer.finished.connect(self._adopt)

    @property
    def is_settled(self) -> bool:
        """Whether the picture is of what the view shows."""
        return not self._timer.is_running

    def ground_for(self, viewport: Viewport, theme: Theme) -> Ground | None:
        """Return the last picture in these colours, and see to a new one if it is not of this view."""
        rect = viewport.rect
        shape = (max(2, round(rect.height() / _NODE_PIXELS)), max(2, round(rect.width() / _NODE_PIXELS)))
        wanted = (self._problem, self._scale, viewport.bounds, shape, self._contours)
        if wanted != self._wanted:
            self._wanted = wanted
            slices = surface_in_slices(*wanted)
            if self._ground is None:
                self.setGround(Relief(finish(slices), theme, self._colormap))
            else:
                self._timer.start(slices)
        relief = self._ground
        if isinstance(relief, Relief) and relief.theme is not theme:
            self._ground = Relief(relief.surface, theme, self._colormap)
        return self._ground

    def _adopt(self, surface: Surface) -> None:
        self.setGround(Relief(surface, self.theme, self._colormap))
