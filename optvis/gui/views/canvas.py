"""The map in the window: pyqtgraph plots that are painted with `optvis.draw`, linked by their views."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QResizeEvent
from PyQt6.QtWidgets import QPushButton, QWidget

from optvis.document.session import Scene
from optvis.draw.maps.basin_key import Explained, paint_strip
from optvis.draw.maps.exits import reached
from optvis.draw.maps.swarms import swarm_run, swarm_words
from optvis.draw.paint.axes import caption
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.gui.state.playback import Playback
from optvis.gui.state.store import Store
from optvis.gui.views.map_layers import MapLayers
from optvis.gui.views.map_mouse import MapMouse
from optvis.gui.views.map_panels import Panel, places_in
from optvis.gui.views.map_words import map_words
from optvis.gui.views.painted_item import PaintedItem
from optvis.gui.views.profile_lines import ProfileLines
from optvis.gui.widgets.palette import theme_of
from optvis.maps.swarm import Swarm, SwarmSpec
from optvis.plot.plot_box import PlotBox
from optvis.plot.stage import Stage
from optvis.plot.trajectory_item import show_step
from optvis.problems.problem import Bounds

_TEXT = 0.8  # height of text on the map, in heights of the window's text
_STRIP_TEXT = 0.72


class MapCanvas(QWidget):
    """The map, or one map for each run, of the store's scene at the playback's step.

    pyqtgraph holds the plots, their views and what a mouse does with them; all maps show one window of the
    plane. A surface for a new view is computed in slices between events; until it is there the old one is
    shown moved and stretched.

    Attributes
    ----------
    panels
        The maps that are shown, each with its runs and its viewport.
    stage
        The view that they are in; it fills the widget, and has the mouse but no keys.
    layers
        What lies on them: the loss or basins, and swarms.
    profile_lines
        The line on every map along which a chart shows the loss.

    Signals
    -------
    pointed(str)
        What is under the mouse, in words; empty when it has left.
    addRequested()
        The button that stands on a map without runs was pressed.
    copyRequested()
        The menu's *Copy picture* was chosen.
    """

    pointed = pyqtSignal(str)
    addRequested = pyqtSignal()
    copyRequested = pyqtSignal()

    def __init__(self, store: Store, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self._scene: Scene = store.scene
        self._view: Bounds | None = None  # None: the domain
        self._is_laying_out = False
        self._arrow_kinds: Collection[str] | None = None
        self.stage = Stage(self)
        self._kept: list[Panel] = []  # shown or not
        self.panels: list[Panel] = []
        self._mouse = MapMouse(store, playback, self.panels, self.stage, self)
        self._mouse.pointed.connect(self.pointed)
        self._mouse.fitRequested.connect(self.fit_runs)
        self._mouse.resetRequested.connect(self.reset_view)
        self._mouse.copyRequested.connect(self.copyRequested)
        self.profile_lines = ProfileLines(store, self)
        self._strip, self._notice = PaintedItem(), PaintedItem()
        for item in (self._strip, self._notice):
            self.stage.addItem(item)
        self.layers = MapLayers(store.scene, self.theme, self)
        self.layers.groundChanged.connect(self._show_ground)
        self.layers.swarmsChanged.connect(self._show_swarms)
        self._add_button = QPushButton("Add an optimizer", self, clicked=self.addRequested.emit)
        self.reset_button = QPushButton("Reset the view", self, clicked=self.reset_view, toolTip="Show the domain (R)")
        self.reset_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Map")
        self.setMinimumSize(240, 160)
        self._use_panels(1)
        store.sceneChanged.connect(self._show_scene)
        playback.stepChanged.connect(self._show_step)
        self._describe()

    # --- what is shown ---------------------------------------------------------------------------

    @property
    def theme(self) -> Theme:
        """The theme that the widget's palette belongs to."""
        return theme_of(self.palette())

    @property
    def viewport(self) -> Viewport:
        """Where the plane lies in the first map."""
        return self.panels[0].viewport

    @property
    def is_settled(self) -> bool:
        """Whether the surface of the present view is there, and its basins and swarms where they are shown."""
        return self.layers.is_settled

    def sizeHint(self) -> QSize:
        """A size that suits a large part of a screen."""
        return QSize(900, 600)

    def _show_scene(self, scene: Scene) -> None:
        before, self._scene = self._scene, scene
        if scene.problem is not before.problem:
            self._view = None
        self._lay_out()
        self._describe()

    def _describe(self) -> None:
        basins = [panel.basins for panel in self.panels if panel.basins is not None]
        self.setAccessibleDescription(map_words(self._scene, basins, [found[1:] for found in self._swarms()]))

    # --- the maps --------------------------------------------------------------------------------

    @property
    def _pixels(self) -> float:
        """Height of text."""
        return self.fontMetrics().height() * _TEXT

    def _use_panels(self, count: int) -> None:
        """Show so many maps; those that were shown before are taken first."""
        while len(self._kept) < count:
            panel = Panel(self.stage, self._scene, self.theme)
            self._mouse.follow(panel)
            panel.box.sigRangeChanged.connect(self._follow_view)
            panel.box.sigStateChanged.connect(self._follow_drag)
            self._kept.append(panel)
        self.panels[:] = self._kept[:count]
        for panel in self._kept[count:]:
            panel.fold()

    def _lay_out(self) -> None:
        """Place the maps, and see to what lies on them."""
        places, strip = places_in(QRectF(self.rect()), self._scene, self._pixels)
        self._is_laying_out = True
        self._use_panels(len(places))
        bounds, is_equal = self._view or self._scene.bounds, self._scene.session.view.aspect == "equal"
        for panel, place in zip(self.panels, places, strict=True):
            panel.show_view(place, bounds, is_equal=is_equal)
            panel.show_scene(self._scene, self._playback.step)
        self._is_laying_out = False
        self.profile_lines.show(self.panels)
        self._strip.show_in(strip, None)
        self.layers.show(self._scene, self.theme, [(panel.viewport, panel.place.runs) for panel in self.panels])
        self._show_step(self._playback.step)
        self._place_button()

    def _place_button(self) -> None:
        self._add_button.setVisible(not self._scene.runs)
        self._add_button.adjustSize()
        rect = self.viewport.rect.toRect()
        self._add_button.move(rect.center() - self._add_button.rect().center())
        self.reset_button.setVisible(self._view is not None)
        self.reset_button.adjustSize()
        self.reset_button.move(rect.right() - self.reset_button.width() - 8, rect.top() + 8)

    def _show_ground(self) -> None:
        for panel, basins in zip(self.panels, self.layers.basins, strict=True):
            panel.show_ground(basins or self.layers.relief)
        self._show_words()
        self._describe()

    def _show_words(self) -> None:
        """Write the one key to basins side by side, and what keeps a map from showing anything."""
        maps = [panel.basins for panel in self.panels if panel.basins is not None]
        rect = self._strip.boundingRect()
        strip = partial(_paint_strip, maps=maps, pixels=self.fontMetrics().height() * _STRIP_TEXT)
        self._strip.show_in(rect, None if rect.isEmpty() else strip, *maps)
        words, pixels = self.layers.error, 14.0
        if not words and self._scene.runs and not self.panels[0].place.runs:
            words, pixels = "All runs are switched off", 16.0
        draw = partial(_paint_notice, words=words, pixels=pixels) if words else None
        self._notice.show_in(self.viewport.rect, draw, words)

    def _show_swarms(self) -> None:
        self._show_step(self._playback.step)
        self._describe()

    def _swarms(self) -> list[tuple[Panel, Swarm, Run, SwarmSpec]]:
        """Every map that has a swarm, the run that it is of, and what it will be in full."""
        source = self.layers.swarm_source
        found = zip(self.panels, source.swarms, source.specs, strict=False)  # there is none before the first layout
        return [
            (panel, swarm, run, spec)
            for panel, swarm, spec in found
            if swarm is not None and spec is not None and (run := swarm_run(self._scene, panel.place.runs)) is not None
        ]

    # --- the step --------------------------------------------------------------------------------

    def _show_step(self, step: int) -> None:
        """Show all maps at a step; nothing is computed."""
        show_step([item for panel in self.panels for item in panel.items], step)
        swarms = {id(panel): (swarm, run, spec) for panel, swarm, run, spec in self._swarms()}
        for panel in self.panels:
            panel.show_title(step, self._pixels)
            if id(panel) in swarms:
                swarm, run, spec = swarms[id(panel)]
                label = run.label if panel.place.title_rect is None else ""
                panel.show_swarm(swarm, run.spec.style, swarm_words(swarm, step, label, spec.count), step)
            else:
                panel.show_swarm(None, 0, "", step)
        self._show_arrows(step)

    def _show_arrows(self, step: int) -> None:
        kinds = self._scene.session.view.arrows if self._arrow_kinds is None else self._arrow_kinds
        chosen = self._scene.chosen
        for panel in self.panels:
            panel.show_arrows(chosen if chosen in panel.place.runs else None, kinds, step)

    def set_arrow_kinds(self, kinds: Collection[str] | None) -> None:
        """Show these arrows at the head of the chosen run; None: as the session says."""
        if kinds != self._arrow_kinds:
            self._arrow_kinds = kinds
            self._show_arrows(self._playback.step)

    # --- the view --------------------------------------------------------------------------------

    def reset_view(self) -> None:
        """Show the whole domain again."""
        self._set_view(None)

    def fit_runs(self) -> None:
        """Show all places that the visible runs reach within reason, with room round them."""
        bounds = reached(self._scene.visible_runs, self._scene.bounds)
        if bounds is not None:
            self._set_view(bounds)

    def zoom(self, factor: float) -> None:
        """Magnify about the middle of the map."""
        middle = self.viewport.rect.center()
        self._set_view(self.viewport.zoomed(factor, middle.x(), middle.y()).bounds)

    def pan(self, right: float, up: float) -> None:
        """Move the view by shares of what is in view."""
        rect = self.viewport.rect
        self._set_view(self.viewport.panned(-right * rect.width(), up * rect.height()).bounds)

    def _set_view(self, bounds: Bounds | None) -> None:
        self._view = bounds
        self._lay_out()

    def _follow_view(self, box: PlotBox) -> None:
        """Show in all maps what a mouse or a menu has made one of them show."""
        if self._is_laying_out:
            return
        (xmin, xmax), (ymin, ymax) = box.targetRange()
        if (xmin, xmax, ymin, ymax) == self._scene.bounds:
            self._set_view(None)
        else:
            (xmin, xmax), (ymin, ymax) = box.viewRange()
            self._set_view((xmin, xmax, ymin, ymax))

    def _follow_drag(self, box: PlotBox) -> None:
        """A drag does in all maps what it does in one of them."""
        for panel in self._kept:
            if panel.box.state["mouseMode"] != box.state["mouseMode"]:
                panel.box.setMouseMode(box.state["mouseMode"])

    # --- events ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the maps anew."""
        self.stage.setGeometry(self.rect())
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        if event.type() == QEvent.Type.PaletteChange:
            for panel in self._kept:
                panel.set_theme(self.theme)
            for item in (self._strip, self._notice):
                item.setTheme(self.theme)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._lay_out()
        super().changeEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        self._mouse.leave()


def _paint_strip(painter: QPainter, rect: QRectF, theme: Theme, *, maps: Collection[Explained], pixels: float) -> None:
    paint_strip(painter, rect, list(maps), pixels)


def _paint_notice(painter: QPainter, rect: QRectF, theme: Theme, *, words: str, pixels: float) -> None:
    caption(painter, rect.center(), words, theme, pixels)
