"""The map in the window: paints what `optvis.draw` makes, and lets a mouse set the start and the view."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication, QPushButton, QWidget

from optvis.document.layouts import LAYOUTS
from optvis.document.session import Scene
from optvis.draw.maps.basin_colors import common_range
from optvis.draw.maps.basin_key import paint_strip, strip_height
from optvis.draw.maps.basin_relief import BasinRelief, basin_cells
from optvis.draw.maps.map_panel import paint_background, paint_overlay
from optvis.draw.maps.relief import Relief
from optvis.draw.maps.swarm_layer import SwarmLayer
from optvis.draw.maps.swarms import paint_swarm_caption, swarm_run, swarm_specs, swarm_words
from optvis.draw.maps.trails import TrailLayer
from optvis.draw.page.legend import paint_entry
from optvis.draw.page.places import Place, has_panels, map_places, weight_in
from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.number_text import number
from optvis.gui.state.basin_work import BasinWork, Wish
from optvis.gui.state.playback import Playback
from optvis.gui.state.slice_timer import SliceTimer
from optvis.gui.state.store import Store
from optvis.gui.state.swarm_source import SwarmSource
from optvis.gui.widgets.palette import theme_of
from optvis.landscape.lens import map_surface_in_slices
from optvis.landscape.loss_surface import Surface
from optvis.maps.swarm import Swarm, SwarmSpec
from optvis.problems.gradient import gradient_norm, numerical_gradient
from optvis.problems.problem import Bounds

HANDLE_REACH = 12.0
"""Pixels round the start in which it can be taken hold of."""

_NODE_PIXELS = 2.0  # pixels per node of the sampled surface
_WHEEL_NOTCH = 1.2  # zoom factor
_CONTOURS, _CONTOURS_IN_MULTIPLES = 15, 11
_TEXT = 0.8  # height of text on the map, in heights of the window's text


@dataclass(eq=False)
class Panel:
    """One map of the canvas: where it is and what is on it, the plane in it, and what has been painted so far.

    Its basins lie beneath the runs in place of the loss; None where they are not shown or not known yet.
    """

    place: Place
    viewport: Viewport
    trails: TrailLayer = field(default_factory=TrailLayer)
    swarm: SwarmLayer = field(default_factory=SwarmLayer)
    basins: BasinRelief | None = None


class MapCanvas(QWidget):
    """The map, or one map for each run, of the store's scene at the playback's step.

    Background, trails and heads are three coats: the first is kept as a pixmap, the second grows
    step by step, and only the third is painted in every frame; a swarm moves beneath the trails. A
    surface for a new view is computed in slices between events; until it is there the old one is
    shown moved and stretched.

    Attributes
    ----------
    panels
        The maps that are shown, each with its runs and its viewport.
    relief
        The picture of the loss beneath all of them; None until the first is computed.
    swarm_source
        The swarm of every map.

    Signals
    -------
    pointed(str)
        What is under the mouse, in words; empty when it has left.
    addRequested()
        The button that stands on a map without runs was pressed.
    """

    pointed = pyqtSignal(str)
    addRequested = pyqtSignal()

    def __init__(self, store: Store, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._playback = playback
        self._scene: Scene = store.scene
        self._view: Bounds | None = None  # None: the domain
        place = Place(QRectF(0, 0, 1, 1), None, (), AxesStyle())
        self.panels = [Panel(place, Viewport(store.scene.bounds, place.rect))]
        self._background: QPixmap | None = None
        self._strip = QRectF()  # of the key to basins side by side
        self.relief: Relief | None = None
        self._wanted: tuple[Any, ...] = ()  # what the surface under way, or the last one, is of
        self._press: QPointF | None = None
        self._drag: str = ""  # "start" or "pan" while the mouse moves something
        self._over_start = False
        self._arrow_kinds: Collection[str] | None = None
        self._work = SliceTimer(self)
        self._work.finished.connect(self._adopt)
        self._basin_work = BasinWork(self)
        self._basin_work.changed.connect(self._show_basins)
        self.swarm_source = SwarmSource(self)
        self.swarm_source.changed.connect(self._show_swarms)
        self._add_button = QPushButton("Add an optimizer", self, clicked=self.addRequested.emit)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Map")
        self.setMinimumSize(240, 160)
        store.sceneChanged.connect(self._show_scene)
        playback.stepChanged.connect(lambda _: self.update())
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
        return not (self._work.is_running or self._basin_work.is_running or self.swarm_source.is_running)

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
        runs = ", ".join(f"{run.label} {run.trajectory.outcome.kind}" for run in self._scene.visible_runs)
        x, y = self._scene.start
        of = swarm_run(self._scene, self._scene.visible_runs)
        swarms = "".join(
            f"; swarm of {swarm_words(swarm, self._scene.steps, run.label, spec.count)}"
            for _, swarm, run, spec in self._swarms()
            if run is of
        )
        basins = "".join(f"{panel.basins.words()}. " for panel in self.panels if panel.basins is not None)
        self.setAccessibleDescription(
            f"{self._scene.problem.title}; start {number(x)}, {number(y)}; {runs or 'no runs'}{swarms}. {basins}"
            "Click to set the start, drag to pan, turn the wheel to zoom."
        )

    def _lay_out(self) -> None:
        """Place the panels, and see to the surface of what they show."""
        scene = self._scene
        view = scene.session.view
        body = QRectF(self.rect()).adjusted(2, 4, -4, -2)
        pixels = self.fontMetrics().height() * _TEXT
        self._strip = QRectF()
        if view.layout == "basins" and has_panels(scene, view.layout):  # one key below all of them
            self._strip = QRectF(0, 0, body.width() - 8, strip_height(pixels))
            self._strip.moveBottomLeft(body.bottomLeft() + QPointF(6, 0))
            body.setBottom(self._strip.top() - 2)
        places = map_places(body, scene, view.layout, pixels)
        while len(self.panels) < len(places):
            self.panels.append(Panel(places[0], self.viewport))
        del self.panels[len(places) :]
        for panel, place in zip(self.panels, places, strict=True):
            panel.place = place
            weight = weight_in(place.rect)
            panel.viewport = Viewport.fitted(self._view or scene.bounds, place.rect, view.aspect, weight)
        self._background = None
        self._begin_surface()
        self._begin_basins()
        if LAYOUTS[view.layout].has_map:  # elsewhere nobody sees them
            self.swarm_source.want(swarm_specs(scene, [panel.place.runs for panel in self.panels]))
        self._place_button()
        self.update()

    def _place_button(self) -> None:
        self._add_button.setVisible(not self._scene.runs)
        self._add_button.adjustSize()
        centre = self.viewport.rect.center().toPoint()
        self._add_button.move(centre - self._add_button.rect().center())

    # --- the surface of the view, computed in slices ---------------------------------------------

    def _begin_surface(self) -> None:
        viewport, view = self.viewport, self._scene.session.view
        shape = (
            max(2, round(viewport.rect.height() / _NODE_PIXELS)),
            max(2, round(viewport.rect.width() / _NODE_PIXELS)),
        )
        scene = self._scene
        count = _CONTOURS if len(self.panels) == 1 else _CONTOURS_IN_MULTIPLES
        scheme = None if view.lens == "none" else scene.gradient
        wanted = (scene.problem, scene.scale, viewport.bounds, shape, count, view.lens, scheme)
        if wanted == self._wanted:
            if self.relief is not None and (self.relief.theme, self._colormap) != (self.theme, view.colormap):
                self._adopt(self.relief.surface)
            return
        if self._wanted and wanted[:2] != self._wanted[:2]:
            self.relief = None  # the picture of another function would be wrong, not just coarse
        self._wanted = wanted
        self._work.start(map_surface_in_slices(*wanted))

    def _adopt(self, surface: Surface) -> None:
        self._colormap = self._scene.session.view.colormap
        self.relief = Relief(surface, self.theme, self._colormap)
        self._show_basins()

    # --- the basins of the view, computed in slices ----------------------------------------------

    def _begin_basins(self) -> None:
        view = self._scene.session.view
        panels = [panel for panel in self.panels if view.layout == "basins" and panel.place.runs]
        self._basin_work.want(
            [
                Wish(run.label, run.trajectory, shown.bounds, basin_cells(shown), view.basins == "steps")
                for run, shown in ((panel.place.runs[0], panel.viewport) for panel in panels)
            ]
        )
        self._show_basins()

    def _show_basins(self) -> None:
        """Make the maps that are there ready for painting, beneath the panels of their runs."""
        view, theme = self._scene.session.view, self.theme
        maps = [*self._basin_work.maps, *[None] * len(self.panels)][: len(self.panels)]
        known = [made[0] for made in maps if made is not None]
        ends = common_range(known, view.basins) if known else None
        for panel, made in zip(self.panels, maps, strict=True):
            if made is None:
                panel.basins = None
                continue
            basins, label = made  # of the run that was shown before, while that of this one is computed
            if panel.basins is None or not panel.basins.is_of(basins, view.basins, theme, view.colormap, label, ends):
                panel.basins = BasinRelief(basins, view.basins, theme, view.colormap, label, ends=ends)
            panel.basins.relief = self.relief
        self._describe()
        self._background = None
        self.update()

    # --- swarms ----------------------------------------------------------------------------------

    def _show_swarms(self) -> None:
        self._describe()
        self.update()

    def _swarms(self) -> list[tuple[Panel, Swarm, Run, SwarmSpec]]:
        """Every map that has a swarm, the run that it is of, and what it will be in full."""
        source = self.swarm_source
        found = zip(self.panels, source.swarms, source.specs, strict=False)  # there is none before the first layout
        return [
            (panel, swarm, run, spec)
            for panel, swarm, spec in found
            if swarm is not None and spec is not None and (run := swarm_run(self._scene, panel.place.runs)) is not None
        ]

    # --- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the three coats."""
        ratio, theme, step = self.devicePixelRatioF(), self.theme, self._playback.step
        painter = QPainter(self)
        if self._background is None or self._background.devicePixelRatio() != ratio:
            self._background = self._painted_background(ratio)
        painter.drawPixmap(0, 0, self._background)
        for panel, swarm, run, spec in self._swarms():
            panel.swarm.paint(painter, swarm, panel.viewport, step, run.spec.style, theme, ratio)
            words = swarm_words(swarm, step, run.label if panel.place.title_rect is None else "", spec.count)
            paint_swarm_caption(painter, words, panel.viewport, theme)
        for panel in self.panels:
            runs = panel.place.runs
            panel.trails.update(runs, self._scene.bounds, panel.viewport, step, theme, ratio)
            panel.trails.paint(painter)
            if panel.place.title_rect is not None:
                pixels = self.fontMetrics().height() * _TEXT
                paint_entry(painter, panel.place.title_rect, runs[0], step, theme, pixels, bold=True)
            active = self._over_start or self._drag == "start"
            hints = bool(self._scene.runs)  # without runs the button says what to do
            paint_overlay(
                painter, self._scene, runs, panel.basins or self.relief, panel.viewport, step, theme,
                is_start_active=active, has_hints=hints, arrow_kinds=self._arrow_kinds,
            )  # fmt: skip
        painter.end()

    def _painted_background(self, ratio: float) -> QPixmap:
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(self.theme.paper)
        painter = QPainter(pixmap)
        for panel in self.panels:
            ground = panel.basins or self.relief
            paint_background(painter, self._scene, ground, panel.viewport, self.theme, panel.place.axes)
        maps = [panel.basins for panel in self.panels if panel.basins is not None]
        paint_strip(painter, self._strip, maps if not self._strip.isEmpty() else [], self.fontMetrics().height() * 0.72)
        painter.end()
        return pixmap

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the panels anew."""
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._lay_out()
        super().changeEvent(event)

    # --- the view --------------------------------------------------------------------------------

    def set_arrow_kinds(self, kinds: Collection[str] | None) -> None:
        """Show these arrows at the head of the chosen run; None: as the session says."""
        if kinds != self._arrow_kinds:
            self._arrow_kinds = kinds
            self.update()

    def reset_view(self) -> None:
        """Show the whole domain again."""
        self._view = None
        self._lay_out()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Magnify about a place of the widget, or about the middle of the map."""
        panel = self._panel_at(at) if at is not None else None
        viewport = (panel or self.panels[0]).viewport
        middle = viewport.rect.center() if panel is None or at is None else at
        self._set_view(viewport.zoomed(factor, middle.x(), middle.y()))

    def pan(self, right: float, up: float) -> None:
        """Move the view by shares of what is in view."""
        rect = self.viewport.rect
        self._set_view(self.viewport.panned(-right * rect.width(), up * rect.height()))

    def _set_view(self, viewport: Viewport) -> None:
        self._view = viewport.bounds
        self._lay_out()

    def _panel_at(self, at: QPointF) -> Panel | None:
        return next((panel for panel in self.panels if panel.viewport.rect.contains(at)), None)

    # --- mouse -----------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the mouse."""
        notches = event.angleDelta().y() / 120
        if notches and self._panel_at(event.position()) is not None:
            self.zoom(_WHEEL_NOTCH**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click, a drag of the start or a pan."""
        if event.button() == Qt.MouseButton.LeftButton and self._panel_at(event.position()) is not None:
            self._press = event.position()
            self._drag = "start" if self._is_over_start(event.position()) else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the start or the view, or tell what is under the mouse."""
        at = event.position()
        if self._press is not None and not self._drag:
            far = (at - self._press).manhattanLength() >= QApplication.startDragDistance()
            self._drag = "pan" if far else ""
        if self._drag == "start":
            self._propose_start(at)
        elif self._drag == "pan" and self._press is not None:
            moved = at - self._press
            self._press = at
            self._set_view(self.viewport.panned(moved.x(), moved.y()))
        self._point_at(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag; a click without a drag sets the start."""
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        if not self._drag:
            self._propose_start(event.position())
        self._store.seal()
        self._press, self._drag = None, ""
        self._point_at(event.position())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        self._over_start = False
        self.pointed.emit("")
        self.update()

    def _propose_start(self, at: QPointF) -> None:
        panel = self._panel_at(self._press or at) or self.panels[0]
        rect = panel.viewport.rect
        inside = QPointF(min(max(at.x(), rect.left()), rect.right()), min(max(at.y(), rect.top()), rect.bottom()))
        x, y = panel.viewport.to_data(inside.x(), inside.y())
        per_x, per_y = panel.viewport.scale
        self._store.edit(
            replace(self._store.session, start=(_rounded(x, per_x), _rounded(y, per_y))), key="start on map"
        )

    def _is_over_start(self, at: QPointF) -> bool:
        panel = self._panel_at(at)
        if panel is None:
            return False
        away = at - panel.viewport.point(*self._scene.start)
        return math.hypot(away.x(), away.y()) <= HANDLE_REACH

    def _point_at(self, at: QPointF) -> None:
        panel = self._panel_at(at)
        over = self._is_over_start(at)
        if over != self._over_start:
            self._over_start = over
            self.update()
        if self._drag == "pan":
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif over or self._drag == "start":
            self.setCursor(Qt.CursorShape.SizeAllCursor)
        elif panel is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()
        self.pointed.emit("" if panel is None else self._words_at(panel, *panel.viewport.to_data(at.x(), at.y())))

    def _words_at(self, panel: Panel, x: float, y: float) -> str:
        problem = self._scene.problem
        point = problem.plane.point(x, y)
        loss = float(problem.loss(point))
        slope = float(gradient_norm(numerical_gradient(problem.loss, point)))
        leads = "" if panel.basins is None else f"   {panel.basins.words_from(x, y)}"
        return f"x {number(x, 4)}   y {number(y, 4)}   f {number(loss, 4)}   |∇f| {number(slope, 4)}{leads}"


def _rounded(value: float, pixels_per_unit: float) -> float:
    """A coordinate with no more digits than a pixel can tell."""
    digits = max(0, math.ceil(math.log10(pixels_per_unit)) + 1) if 0 < pixels_per_unit < 1e300 else 0
    return round(value, min(digits, 300))
