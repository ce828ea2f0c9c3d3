"""The sweep map in the window: a coarse one at once, finer ones after it; a click sets the settings of the run."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from functools import partial
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QWidget

from optvis.document.session import Scene, effective_hyper
from optvis.draw.paint.painting import guarded, painting
from optvis.draw.paint.theme import Theme
from optvis.draw.sweeps.sweep_panel import SweepPanel
from optvis.draw.sweeps.sweep_words import cell_words
from optvis.foundation.errors import InputError
from optvis.gui.state.playback import Playback
from optvis.gui.state.refinement import Refinement
from optvis.gui.state.store import Store
from optvis.gui.widgets.palette import theme_of
from optvis.maps.sweep_plan import COARSE, SweepPlan, Swept, plan_of
from optvis.maps.sweeps import SweepMap
from optvis.optimizers.hyperparameter import Hyperparameter

_TEXT = 0.8  # height of text, in heights of the window's text
_BETWEEN = 3  # times as coarse as the finest is the second map
_FAR = 10  # cells that a key moves the setting together with Shift
_WORTH_SHOWING = 0.3  # seconds after which one sees how far the computation is

_ARROWS: dict[Any, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class SweepView(QWidget):
    """The sweep of the run that is inspected, as the session's view asks for it.

    A map of few cells is there at once, then finer ones take its place; any change that concerns it
    begins anew, and the last map stays until then. Nothing is computed while nobody looks.

    Attributes
    ----------
    refinement
        Of the sweep that is wanted.
    background
        Everything but the mark, as it is kept; None until it is painted.

    Signals
    -------
    pointed(str)
        What is under the mouse, in words; empty when it has left.
    """

    pointed = pyqtSignal(str)

    def __init__(self, store: Store, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._playback = store, playback
        self._plan: SweepPlan | None = None  # of the map that is wanted
        self._cells = (0, 0)  # of the finest map of that plan
        self.refinement: Refinement[Swept] = Refinement(self)
        self.refinement.progressed.connect(self._progress)
        self.refinement.changed.connect(self._take)
        self._scene_swept = store.scene  # whose sweep is shown
        self._panel: SweepPanel | None = None
        self.background: QPixmap | None = None
        self._looks = _looks(store.scene)
        self._share = 0.0
        self._is_dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Sweep map")
        store.sceneChanged.connect(self._show_scene)
        store.sessionChanged.connect(lambda _: self.update())  # the mark follows at once
        playback.stepChanged.connect(lambda _: self.update())

    @property
    def is_settled(self) -> bool:
        """Whether the finest map is there."""
        return not self.refinement.is_running

    @property
    def swept(self) -> Swept | None:
        """What is shown; None before the first."""
        return self.refinement.result

    @property
    def panel(self) -> SweepPanel:
        """What is painted."""
        if self._panel is None:
            rect = QRectF(self.rect()).adjusted(2, 2, -4, -2)
            pixels = self.fontMetrics().height() * _TEXT
            is_current = self.swept is None or self.swept.plan == self._plan
            scene = self._store.scene if is_current else self._scene_swept
            self._panel = SweepPanel(scene, self.swept, rect, self._theme, pixels)
            self._describe(self._panel)
        return self._panel

    @property
    def _theme(self) -> Theme:
        return theme_of(self.palette())

    def sizeHint(self) -> QSize:
        """A size that suits a large part of a screen."""
        return QSize(900, 600)

    # --- computing -------------------------------------------------------------------------------

    def _show_scene(self, scene: Scene) -> None:
        self._begin()
        if (looks := _looks(scene)) != self._looks:  # a drag of the mark paints nothing else
            self._looks = looks
            self._forget()
        self.update()

    def _begin(self) -> None:
        """See to the map that is wanted, if anybody looks."""
        if not self.isVisible():
            return
        scene = self._store.scene
        run, view = scene.chosen, scene.session.view
        plan = None
        if run is not None:
            with contextlib.suppress(InputError):  # an own rule may have nothing to sweep over
                plan = plan_of(run.trajectory, view.sweep_x, view.sweep_y)
        if plan is None:
            self.refinement.cancel()
            self._plan = self.refinement.result = None
            self._forget()
            return
        cells = plan.cells_for(self.width(), self.height())
        if plan == self._plan and cells[0] <= self._cells[0] and cells[1] <= self._cells[1]:
            cells = self._cells  # a smaller window is served as well
        self._plan, self._cells = plan, cells
        middle = max(COARSE[0], cells[0] // _BETWEEN), max(COARSE[1], cells[1] // _BETWEEN)
        columns = self.swept.found.loss.shape[1] if self.swept is not None and self.swept.plan == plan else 0
        sizes = dict.fromkeys(each for each in (COARSE, middle, cells) if each == cells or each[0] > columns)
        self.refinement.want((plan, cells), [partial(_swept, plan, each) for each in sizes])

    def _take(self) -> None:
        self._scene_swept = self._store.scene
        self._forget()

    def _progress(self, share: float) -> None:
        is_long = self.refinement.seconds > _WORTH_SHOWING
        if is_long and round(100 * share) != round(100 * self._share):
            self.update()
        self._share = share

    def _forget(self) -> None:
        self._panel = self.background = None
        self.update()

    def _describe(self, panel: SweepPanel) -> None:
        if self.swept is None:
            self.setAccessibleDescription(panel.why_empty)
            return
        axes = " and ".join(axis.name for axis in self.swept.plan.axes)
        mark = f"Click or use the arrow keys to set {axes}."
        self.setAccessibleDescription(". ".join(part for part in (panel.title, panel.best, mark) if part))

    # --- painting --------------------------------------------------------------------------------

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the map, which is kept as a picture, and the mark over it."""
        ratio, panel, theme = self.devicePixelRatioF(), self.panel, self._theme
        if self.background is None or self.background.devicePixelRatio() != ratio:
            background = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            background.setDevicePixelRatio(ratio)
            background.fill(theme.paper)
            with painting(background) as behind:
                panel.paint_background(behind)
            self.background = background
        with painting(self) as painter:
            painter.drawPixmap(0, 0, self.background)
            panel.paint_moving(painter, self._playback.step, self._settings())
            if self.refinement.is_running and self.refinement.seconds > _WORTH_SHOWING:
                done = QRectF(panel.plot.left(), panel.plot.top() - 3, panel.plot.width() * self._share, 3)
                painter.fillRect(done, theme.accent)

    def showEvent(self, event: Any) -> None:
        """Compute what was put off while nobody looked."""
        super().showEvent(event)
        self._begin()

    def hideEvent(self, event: Any) -> None:
        """Stop computing."""
        super().hideEvent(event)
        if self.refinement.is_running:
            self.refinement.cancel()
        self.pointed.emit("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew; a larger map has more cells."""
        self._begin()
        self._forget()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._forget()
        super().changeEvent(event)

    # --- the view: there is nothing to zoom ------------------------------------------------------

    def reset_view(self) -> None:
        """Do nothing: the whole range is always shown."""

    def zoom(self, factor: float) -> None:
        """Do nothing: the whole range is always shown."""

    def pan(self, right: float, up: float) -> None:
        """Do nothing: the whole range is always shown."""

    # --- the settings ----------------------------------------------------------------------------

    def _index(self) -> int:
        """Which run is inspected."""
        chosen = self._store.session.chosen
        assert chosen is not None, "there are runs where their settings are asked for"
        return chosen

    def _settings(self) -> dict[str, float] | None:
        """What the inspected run has in the newest session, which may be ahead of the scene."""
        session, scene = self._store.session, self._store.scene
        is_same = scene.chosen is not None and len(session.runs) == len(scene.runs)
        return effective_hyper(session.runs[self._index()], scene.problem) if is_same else None

    def _can_set(self) -> bool:
        """Whether the map is of the run that would be changed, and its axes are known."""
        settings = self._settings()
        return (
            self.swept is not None
            and settings is not None
            and all(axis.name in settings for axis in self.swept.plan.axes)
        )

    def _propose(self, values: dict[Hyperparameter, float]) -> None:
        index, session = self._index(), self._store.session
        spec = session.runs[index]
        for axis, value in values.items():
            spec = spec.with_hyper(axis.name, value)
        self._store.edit(session.with_run(index, spec), key=("sweep", index))

    def _set_at(self, at: QPointF) -> None:
        """Give the run the settings at a place of the map; along the steps also show the step there."""
        if not self._can_set() or self.swept is None:
            return
        plan, shares = self.swept.plan, self.panel.shares(at)
        self._propose({axis: plan.value_at(axis, share) for axis, share in zip(plan.axes, shares, strict=False)})
        if plan.y is None:
            self._playback.pause()
            self._playback.seek(round(shares[1] * plan.steps))

    def _move(self, across: int, up: int) -> bool:
        """Move the settings by cells; along the steps there is only x to move."""
        if not self._can_set() or self.swept is None:
            return False
        plan, found, settings = self.swept.plan, self.swept.found, self._settings() or {}
        values = found.axes if isinstance(found, SweepMap) else (found.values,)
        wanted = {}
        for axis, cells, by in zip(plan.axes, values, (across, up), strict=False):
            if by:
                here = min(int(plan.share_of(axis, settings[axis.name]) * len(cells)), len(cells) - 1)
                share = (min(max(here + by, 0), len(cells) - 1) + 0.5) / len(cells)
                wanted[axis] = plan.value_at(axis, share)
        if wanted:
            self._propose(wanted)
        return bool(wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the settings with the arrow keys, with Shift by many cells."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        is_plain = held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        across, up = _ARROWS.get(event.key(), (0, 0))
        by = _FAR if held == Qt.KeyboardModifier.ShiftModifier else 1
        if not (is_plain and (across or up) and self._move(across * by, up * by)):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """End a series of keys, which is one entry of the history."""
        super().focusOutEvent(event)
        self._store.seal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the settings at the mouse."""
        if event.button() == Qt.MouseButton.LeftButton and self.panel.plot.contains(event.position()):
            self._is_dragging = True
            self._store.seal()  # what the keys did before is another edit
            self._set_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the settings along, and tell what is under the mouse."""
        if self._is_dragging:
            self._set_at(event.position())
        self._point_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag, which is one entry of the history."""
        if event.button() == Qt.MouseButton.LeftButton and self._is_dragging:
            self._is_dragging = False
            self._store.seal()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        self.pointed.emit("")

    def _point_at(self, at: QPointF) -> None:
        over = self.swept is not None and self.panel.swept is not None and self.panel.plot.contains(at)
        if over and self.swept is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)
            self.pointed.emit(cell_words(self.swept, *self.panel.cell_at(at)))
        else:
            self.unsetCursor()
            self.pointed.emit("")


def _looks(scene: Scene) -> tuple[Any, ...]:
    """What the look of a map depends on, but for the theme."""
    view, run = scene.session.view, scene.chosen
    return run and (run.label, run.spec.style), view.sweep_shows, view.colormap


def _swept(plan: SweepPlan, cells: tuple[int, int]) -> Generator[float, None, Swept]:
    found = yield from plan.in_slices(cells)
    return Swept(plan, found)
