"""What lies on the maps of a scene: the loss or the basins beneath its runs, and the swarms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal

from optvis.document.layouts import LAYOUTS
from optvis.document.session import Scene
from optvis.draw.maps.basin_colors import common_range
from optvis.draw.maps.basin_relief import BasinRelief, basin_cells
from optvis.draw.maps.relief import Relief
from optvis.draw.maps.swarms import swarm_specs
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.gui.state.basin_source import BasinRequest, BasinSource
from optvis.gui.state.refinement import Refinement
from optvis.gui.state.swarm_source import SwarmSource
from optvis.landscape.lens import map_surface_in_slices
from optvis.landscape.loss_surface import LossScale, Surface
from optvis.problems.problem import Problem

_NODE_PIXELS = 2.0  # pixels per node of the sampled surface
_CONTOURS, _CONTOURS_OF_SEVERAL = 15, 11


class MapLayers(QObject):
    """Computes what lies on the maps of a scene, for the window of the plane and the pixels that each of them shows.

    Until the new layers are there the old ones stay, where they are not of something else.

    Attributes
    ----------
    relief
        The picture of the loss beneath all maps; None until the first is computed.
    basins
        For every map the picture of its basins, in place of the loss; None where they are not shown or not
        known yet.
    swarm_source
        The swarm of every map.

    Signals
    -------
    groundChanged()
        The loss or basins have changed.
    swarmsChanged()
        New swarms are there.
    """

    groundChanged = pyqtSignal()
    swarmsChanged = pyqtSignal()

    def __init__(self, scene: Scene, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene, self._theme = scene, theme
        self._maps: list[tuple[Viewport, Sequence[Run]]] = []
        self.relief: Relief | None = None
        self.basins: list[BasinRelief | None] = []
        self._look: tuple[Theme, str, str, str] | None = None  # of the relief
        self._function: tuple[Problem, LossScale] | None = None
        self._surface: Refinement[Surface] = Refinement(self)
        self._surface.changed.connect(self._show_ground)
        self._basin_source = BasinSource(self)
        self._basin_source.refinement.changed.connect(self._show_ground)
        self.swarm_source = SwarmSource(self)
        self.swarm_source.refinement.changed.connect(self.swarmsChanged)
        self._work = (self._surface, self._basin_source.refinement, self.swarm_source.refinement)

    @property
    def is_settled(self) -> bool:
        """Whether everything is there as finely as it will be."""
        return not any(work.is_running for work in self._work)

    @property
    def error(self) -> str:
        """Why something cannot be computed; empty where everything can."""
        return next((work.error for work in self._work if work.error), "")

    @property
    def moving_share(self) -> float:
        """The share of starts that are still moving after the last step, of the map that has most of them."""
        shown = [each.basins for each in self.basins if each is not None]
        return max((each.kind_shares().get("moving", 0.0) for each in shown), default=0.0)

    def show(self, scene: Scene, theme: Theme, maps: Sequence[tuple[Viewport, Sequence[Run]]]) -> None:
        """See to the layers of these maps.

        Parameters
        ----------
        maps
            Where the plane lies in each of them, which is the same window in all, and its runs.
        """
        self._scene, self._theme, self._maps = scene, theme, list(maps)
        self._want_surface()
        self._want_basins()
        self._show_ground()
        if LAYOUTS[scene.session.view.layout].has_map:  # elsewhere nobody sees them
            self.swarm_source.want(swarm_specs(scene, [runs for _, runs in maps]))

    def _want_surface(self) -> None:
        scene, view = self._scene, self._scene.session.view
        viewport, _ = self._maps[0]
        sides = viewport.rect.height(), viewport.rect.width()
        rows, columns = (max(2, round(side / _NODE_PIXELS)) for side in sides)
        count = _CONTOURS if len(self._maps) == 1 else _CONTOURS_OF_SEVERAL
        scheme = None if view.lens == "none" else scene.gradient
        if (function := (scene.problem, scene.scale)) != self._function:
            self._surface.result = None  # the picture of another function would be wrong, not just coarse
        self._function = function
        sampled = (*function, viewport.bounds, (rows, columns), count, view.lens, scheme)
        self._surface.want(sampled, [partial(map_surface_in_slices, *sampled)])

    def _want_basins(self) -> None:
        view = self._scene.session.view
        shown = [(runs[0], viewport) for viewport, runs in self._maps if view.layout == "basins" and runs]
        self._basin_source.want(
            [BasinRequest(run.label, run.trajectory, seen.bounds, basin_cells(seen)) for run, seen in shown],
            has_steps=view.basins == "steps",
        )

    def _show_ground(self) -> None:
        """Make what is there ready for painting."""
        view, theme, surface = self._scene.session.view, self._theme, self._surface.result
        if surface is None:
            self.relief = None
        else:
            look = (theme, view.colormap, view.color_bar, view.contour_labels)
            if self.relief is None or self.relief.surface is not surface or look != self._look:
                self._look = look
                self.relief = Relief(
                    surface,
                    theme,
                    view.colormap,
                    has_bar=view.color_bar == "on",
                    has_labels=view.contour_labels == "on",
                )
        count = len(self._maps)
        maps = [*self._basin_source.maps, *[None] * count][:count]
        known = [made[0] for made in maps if made is not None]
        ends = common_range(known, view.basins) if known else None
        old = [*self.basins, *[None] * count]
        self.basins = []
        for made, relief in zip(maps, old, strict=False):
            if made is None:
                self.basins.append(None)
                continue
            basins, label = made  # of the run that was shown before, while that of this one is computed
            if relief is None or not relief.is_of(basins, view.basins, theme, view.colormap, label, ends):
                relief = BasinRelief(basins, view.basins, theme, view.colormap, label, ends=ends)
            self.basins.append(relief.over(self.relief))
        self.groundChanged.emit()
