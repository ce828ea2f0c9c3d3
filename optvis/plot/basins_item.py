"""Basins as the background of a plot."""

from __future__ import annotations

from typing import Any

from optvis.draw.maps.basin_colors import Shows
from optvis.draw.maps.basin_relief import BasinRelief
from optvis.draw.maps.map_panel import Ground
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.maps.basins import BasinMap
from optvis.plot.ground_item import GroundItem, GroundKeyItem


class BasinsItem(GroundItem):
    """A map of where every start leads; it is of one window, beside which nothing is painted.

    Parameters
    ----------
    basins
        As of `optvis.basin_map`.
    shows
        ``minimum`` which one is reached, the ``loss`` at the end, or in how many ``steps``.
    label
        The run's name, for the key.
    theme
        ``light``, ``dark``, or None for what suits the view's background.

    Attributes
    ----------
    key
        An item that says what the colours mean; add it to the plot too.
    """

    def __init__(
        self,
        basins: BasinMap,
        shows: Shows = "minimum",
        colormap: str = "viridis",
        label: str = "",
        theme: Theme | str | None = None,
    ) -> None:
        super().__init__(basins.problem, theme=theme)
        self._basins, self._shows, self._colormap, self._label = basins, shows, colormap, label or basins.optimizer
        self.key = GroundKeyItem(self)

    def ground_for(self, viewport: Viewport, theme: Theme) -> Ground | None:
        """Return the basins in these colours."""
        if not isinstance(self._ground, BasinRelief) or self._ground.theme is not theme:
            self._ground = BasinRelief(self._basins, self._shows, theme, self._colormap, self._label)
        return self._ground

    def dataBounds(self, axis: int, frac: float = 1.0, orthoRange: Any = None) -> tuple[float | None, float | None]:
        """The window of the map along an axis."""
        return self._basins.bounds[2 * axis], self._basins.bounds[2 * axis + 1]
