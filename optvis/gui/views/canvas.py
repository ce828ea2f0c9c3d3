"""The map in the window: paints what `optvis.draw` makes, and lets a mouse set the start and the view."""

from __future__ import annotations

from collections.abc import Collection

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QPushButton, QWidget

from optvis.document.session import Scene
from optvis.draw.maps.basin_key import paint_strip
from optvis.draw.maps.map_panel import paint_background, paint_overlay
from optvis.draw.maps.swarms import paint_swarm_caption, swarm_run, swarm_words
from optvis.draw.page.legend import paint_entry
from optvis.draw.paint.axes import caption
from optvis.draw.paint.drawable import Run
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.number_text import number
from optvis.gui.state.playback import Playback
from optvis.gui.state.store import Store
from optvis.gui.views.map_layers import MapLayers
from optvis.gui.views.map_mouse import MapMouse
from optvis.gui.views.map_panels import Panel, first_panel, place_panels
from optvis.gui.widgets.palette import theme_of
from optvis.maps.swarm import Swarm, SwarmSpec
from optvis.problems.problem import Bounds

_TEXT = 0.8  # height of text on the map, in heights of the window's text


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
    layers
        What lies on them: the loss or basins, and swarms.

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
        self._playback = playback
        self._scene: Scene = store.scene
        self._view: Bounds | None = None  # None: the domain
        self.panels: list[Panel] = [first_panel(store.scene)]
        self._background: QPixmap | None = None
        self._strip = QRectF()  # of the key to basins side by side
        self._arrow_kinds: Collection[str] | None = None
        self.layers = MapLayers(store.scene, self.theme, self)
        self.layers.groundChanged.connect(self._show_ground)
        self.layers.swarmsChanged.connect(self._show_swarms)
        self._mouse = MapMouse(store, self.panels, self)
        self._mouse.pointed.connect(self.pointed)
        self._mouse.viewMoved.connect(self._set_view)
        self._mouse.changed.connect(self._show_mouse)
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
        """Place the panels, and see to what lies on them."""
        pixels = self.fontMetrics().height() * _TEXT
        bounds = self._view or self._scene.bounds
        self._strip = place_panels(self.panels, QRectF(self.rect()), self._scene, bounds, pixels)
        self.layers.show(self._scene, self.theme, [(panel.viewport, panel.place.runs) for panel in self.panels])
        self._place_button()

    def _place_button(self) -> None:
        self._add_button.setVisible(not self._scene.runs)
        self._add_button.adjustSize()
        centre = self.viewport.rect.center().toPoint()
        self._add_button.move(centre - self._add_button.rect().center())

    def _show_ground(self) -> None:
        for panel, basins in zip(self.panels, self.layers.basins, strict=True):
            panel.basins = basins
        self._background = None
        self._describe()
        self.update()

    def _show_swarms(self) -> None:
        self._describe()
        self.update()

    def _swarms(self) -> list[tuple[Panel, Swarm, Run, SwarmSpec]]:
        """Every map that has a swarm, the run that it is of, and what it will be in full."""
        source = self.layers.swarm_source
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
            hints = bool(self._scene.runs)  # without runs the button says what to do
            paint_overlay(
                painter, self._scene, runs, panel.basins or self.layers.relief, panel.viewport, step, theme,
                is_start_active=self._mouse.is_start_active, has_hints=hints, arrow_kinds=self._arrow_kinds,
            )  # fmt: skip
        painter.end()

    def _painted_background(self, ratio: float) -> QPixmap:
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(self.theme.paper)
        painter = QPainter(pixmap)
        for panel in self.panels:
            ground = panel.basins or self.layers.relief
            paint_background(painter, self._scene, ground, panel.viewport, self.theme, panel.place.axes)
        maps = [panel.basins for panel in self.panels if panel.basins is not None]
        paint_strip(painter, self._strip, maps if not self._strip.isEmpty() else [], self.fontMetrics().height() * 0.72)
        if self.layers.error:
            caption(painter, self.viewport.rect.center(), self.layers.error, self.theme, 14)
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

    def zoom(self, factor: float) -> None:
        """Magnify about the middle of the map."""
        middle = self.viewport.rect.center()
        self._set_view(self.viewport.zoomed(factor, middle.x(), middle.y()))

    def pan(self, right: float, up: float) -> None:
        """Move the view by shares of what is in view."""
        rect = self.viewport.rect
        self._set_view(self.viewport.panned(-right * rect.width(), up * rect.height()))

    def _set_view(self, viewport: Viewport) -> None:
        self._view = viewport.bounds
        self._lay_out()

    # --- mouse -----------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the mouse."""
        self._mouse.wheel(event.angleDelta().y() / 120, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click, a drag of the start or a pan."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._mouse.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the start or the view, or tell what is under the mouse."""
        self._mouse.move(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a click or a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._mouse.release(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        self._mouse.leave()

    def _show_mouse(self) -> None:
        if self._mouse.cursor is None:
            self.unsetCursor()
        else:
            self.setCursor(self._mouse.cursor)
        self.update()
