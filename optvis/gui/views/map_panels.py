"""The maps of a scene in the window: where each lies, and the plot that shows it."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter

from optvis.document.session import Scene
from optvis.draw.maps.basin_key import strip_height
from optvis.draw.maps.basin_relief import BasinRelief
from optvis.draw.maps.map_panel import Ground
from optvis.draw.page.legend import ending, paint_entry
from optvis.draw.page.places import Place, has_panels, map_places
from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.gui.views.painted_item import PaintedItem
from optvis.maps.swarm import Swarm
from optvis.plot.ground_item import GroundItem, GroundKeyItem
from optvis.plot.plot_box import PlotBox
from optvis.plot.plots import dress, new_plot, place, set_look
from optvis.plot.scene_pixels import viewport_of
from optvis.plot.stage import Stage
from optvis.plot.start_handle import StartHandle
from optvis.plot.step_arrows_item import StepArrowsItem
from optvis.plot.swarm_item import SwarmItem
from optvis.plot.trajectory_item import TrajectoryItem
from optvis.problems.problem import Bounds


def places_in(rect: QRectF, scene: Scene, pixels: float) -> tuple[list[Place], QRectF]:
    """Return where the maps of a scene's layout go, and the one key to basins side by side.

    Parameters
    ----------
    pixels
        Height of text.

    Returns
    -------
    tuple
        The rectangle of the key is empty where there is none.
    """
    layout = scene.session.view.layout
    body, strip = rect.adjusted(2, 4, -4, -2), QRectF()
    if layout == "basins" and has_panels(scene, layout):
        strip = QRectF(0, 0, body.width() - 8, strip_height(pixels))
        strip.moveBottomLeft(body.bottomLeft() + QPointF(6, 0))
        body.setBottom(strip.top() - 2)
    return map_places(body, scene, layout, pixels), strip


def panel_at(panels: list[Panel], at: QPointF) -> Panel | None:
    """Return the map at a pixel; None beside all of them."""
    return next((panel for panel in panels if panel.viewport.rect.contains(at)), None)


class Panel:
    """One map of the window: a plot with what lies on it; it is kept when another layout needs no more of them.

    Attributes
    ----------
    place
        Where it goes, its runs and what stands round it.
    plot, box
        The plot and its view.
    ground, items, swarm, arrows, start, title
        What lies on the map, from the ground up: loss or basins, runs, points, arrows at the head of the chosen
        run, the start, and the run's name above the map.
    """

    def __init__(self, stage: Stage, scene: Scene, theme: Theme) -> None:
        self.place = Place(QRectF(), None, (), AxesStyle())
        self.plot = new_plot(self.place.axes)
        self.plot.setMenuEnabled(False, None)  # its entries bring lines and grids of another look
        self.box: PlotBox = self.plot.getViewBox()
        self.box.setCursor(Qt.CursorShape.CrossCursor)
        self.ground = GroundItem(scene.problem, scene.scale)
        self.items: list[TrajectoryItem] = []
        self.swarm: SwarmItem | None = None
        self.arrows: StepArrowsItem | None = None
        self.start = StartHandle(*scene.start)
        self.start.setCursor(Qt.CursorShape.SizeAllCursor)
        self.title = PaintedItem()
        stage.addItem(self.plot)
        stage.addItem(self.title)
        for item in (self.ground, GroundKeyItem(self.ground)):
            self.plot.addItem(item)
        self.plot.addItem(self.start, ignoreBounds=True)  # to show all is to show the domain
        self.set_theme(theme)

    @property
    def viewport(self) -> Viewport:
        """Where the plane lies in the pixels of the window's map."""
        return viewport_of(self.box)

    @property
    def basins(self) -> BasinRelief | None:
        """What lies beneath the runs in place of the loss; None where they are not shown or not known yet."""
        ground = self.ground.ground
        return ground if isinstance(ground, BasinRelief) else None

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        dress(self.plot, theme)
        self.title.setTheme(theme)

    def show_view(self, at: Place, bounds: Bounds, *, is_equal: bool) -> None:
        """Go to a place and show a window of the plane; ``is_equal``: one unit is as long on x as on y."""
        if at.axes != self.place.axes:
            set_look(self.plot, at.axes)
            self.ground.setAxes(at.axes)
        self.place = at
        place(self.plot, at.rect)
        self.plot.layout.activate()
        if is_equal != bool(self.box.state["aspectLocked"]):
            self.box.setAspectLocked(is_equal)
        xmin, xmax, ymin, ymax = bounds
        self.box.setRange(xRange=(xmin, xmax), yRange=(ymin, ymax), padding=0)
        self.plot.show()

    def show_scene(self, scene: Scene, step: int) -> None:
        """Show the runs of the place, in as many items as there are runs."""
        self.ground.setProblem(scene.problem, scene.scale)
        self.ground.setField(scene.session.view.field, scene.gradient)
        self.start.setPos(*scene.start)
        runs = self.place.runs
        for item in self.items[len(runs) :]:
            self.plot.removeItem(item)
        del self.items[len(runs) :]
        for item, run in zip(self.items, runs, strict=False):
            if item.trajectory is not run.trajectory:
                item.setTrajectory(run.trajectory)
            if item.spec.style != run.spec.style:
                item.setStyle(run.spec.style)
        for run in runs[len(self.items) :]:
            self.items.append(TrajectoryItem(run.trajectory, run.spec.style, step))
            self.plot.addItem(self.items[-1])

    def show_ground(self, ground: Ground | None) -> None:
        """Show the loss or basins."""
        self.ground.setGround(ground)

    def show_swarm(self, swarm: Swarm | None, style: int, words: str, step: int) -> None:
        """Show many starts at a step with a caption; None for none."""
        if swarm is None:
            if self.swarm is not None:
                self.swarm.setSwarm(None)
                self.plot.removeItem(self.swarm)
            self.swarm = None
            return
        if self.swarm is None:
            self.swarm = SwarmItem(swarm, style, step)
            self.plot.addItem(self.swarm)
        self.swarm.setSwarm(swarm, style)
        self.swarm.setStep(step)
        self.swarm.setCaption(words)

    def show_arrows(self, run: Run | None, kinds: Collection[str], step: int) -> None:
        """Show arrows at the head of a run; None for none."""
        if run is None or not kinds:
            if self.arrows is not None:
                self.plot.removeItem(self.arrows)
            self.arrows = None
            return
        if self.arrows is None:
            self.arrows = StepArrowsItem(run.trajectory)
            self.plot.addItem(self.arrows)
        self.arrows.setTrajectory(run.trajectory, run.label)
        self.arrows.setKinds(kinds)
        self.arrows.setStep(step)

    def show_title(self, step: int, pixels: float) -> None:
        """Write the run's name, its loss and how it ended above the map, where the place has room for it."""
        rect = self.place.title_rect
        if rect is None:
            self.title.show_in(QRectF(), None)
            return
        run = self.place.runs[0]
        draw = partial(_paint_title, run=run, step=step, pixels=pixels)
        self.title.show_in(rect, draw, run.label, run.spec.style, *ending(run, step), pixels)

    def fold(self) -> None:
        """Show nothing, and keep nothing that a scene has computed."""
        self.place = Place(self.place.rect, None, (), self.place.axes)
        for item in self.items:
            self.plot.removeItem(item)
        self.items.clear()
        self.show_ground(None)
        self.show_swarm(None, 0, "", 0)
        self.show_arrows(None, (), 0)
        self.show_title(0, 0)
        self.plot.hide()


def _paint_title(painter: QPainter, rect: QRectF, theme: Theme, *, run: Run, step: int, pixels: float) -> None:
    paint_entry(painter, rect, run, step, theme, pixels, bold=True)
