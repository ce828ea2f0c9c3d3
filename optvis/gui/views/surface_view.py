"""The 3-D surface in the window: drag to turn it, wheel to zoom; the step is that of every view."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import QMouseEvent, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

from optvis.document.session import Scene
from optvis.draw.paint.axes import caption
from optvis.draw.paint.drawable import chosen_last
from optvis.draw.paint.painting import guarded, painting
from optvis.draw.surface.camera import Camera
from optvis.draw.surface.facets import Facets
from optvis.draw.surface.mesh import MOVING, STILL, Mesh, mesh_in_slices
from optvis.draw.surface.surface3d import camera_for, paint_background, paint_overlay, view_of
from optvis.draw.surface.surface_trails import SurfaceTrailLayer
from optvis.gui.state.playback import Playback
from optvis.gui.state.refinement import Refinement
from optvis.gui.state.store import Store
from optvis.gui.widgets.palette import theme_of

_WHEEL_NOTCH = 1.15
_REST_MS = 180
_DEGREES_PER_SHARE = 90.0  # what a pan by the whole width turns


class SurfaceView(QWidget):
    """The surface of the store's scene with the trajectories on it.

    While the camera moves the surface is coarser; at rest it is drawn finely once and kept, so that
    playing paints only trails and heads over it. Meshes are computed in slices between events.

    Attributes
    ----------
    background
        The surface as it is kept; None until it is painted.
    """

    def __init__(self, store: Store, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Scene = store.scene
        self._playback = playback
        self._colormap = ""  # in which it is shown
        self._camera: Camera | None = None  # None: a side from which little is hidden
        self._view: Facets | None = None
        self.background: QPixmap | None = None
        self._trails = SurfaceTrailLayer()
        self._grip: QPointF | None = None
        self._is_moving = False
        self._refinement: Refinement[dict[int, Mesh]] = Refinement(self)
        self._refinement.changed.connect(self._forget)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._come_to_rest)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("3-D surface")
        self.setAccessibleDescription("The loss as a surface with all runs on it; drag to turn it, wheel to zoom.")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        store.sceneChanged.connect(self._show_scene)
        playback.stepChanged.connect(lambda _: self.update())

    @property
    def is_settled(self) -> bool:
        """Whether the fine surface is there and shown."""
        return not self._refinement.is_running and not self._is_moving and not self._rest.isActive()

    @property
    def camera(self) -> Camera:
        """From where the surface is seen."""
        if self._camera is None and self._meshes:
            self._camera = camera_for(self._meshes[min(self._meshes)])
        return self._camera or Camera()

    def sizeHint(self) -> QSize:
        """A size that suits a large part of a screen."""
        return QSize(900, 600)

    # --- meshes ----------------------------------------------------------------------------------

    @property
    def _meshes(self) -> dict[int, Mesh]:
        """The coarse mesh, and when it is there the fine one, by their resolutions."""
        return self._refinement.result or {}

    def _show_scene(self, scene: Scene) -> None:
        if scene.problem is not self._scene.problem:
            self._camera = None
        self._scene = scene
        self._begin()

    def _begin(self) -> None:
        """See to the meshes of the scene, if anybody looks."""
        scene, view = self._scene, self._scene.session.view
        made_of = (scene.problem, scene.scale, view.aspect)
        if self.isVisible() and (made_of, view.colormap) != (self._refinement.key, self._colormap):
            if made_of != self._refinement.key:
                self._refinement.result = None
                self._refinement.want(made_of, [partial(self._with_mesh, scene, each) for each in (MOVING, STILL)])
            self._colormap = view.colormap
            self._forget()
        self.update()

    def _with_mesh(self, scene: Scene, resolution: int) -> Generator[float, None, dict[int, Mesh]]:
        is_equal = scene.session.view.aspect == "equal"
        mesh = yield from mesh_in_slices(scene.problem, scene.scale, scene.bounds, resolution, is_equal=is_equal)
        return {**self._meshes, resolution: mesh}

    def _forget(self) -> None:
        self._view = self.background = None
        self.update()

    # --- painting --------------------------------------------------------------------------------

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint surface, trails and heads."""
        theme, ratio, step = theme_of(self.palette()), self.devicePixelRatioF(), self._playback.step
        with painting(self) as painter:
            if not self._meshes:
                painter.fillRect(self.rect(), theme.paper)
                words = self._refinement.error or "computing the surface …"
                caption(painter, QRectF(self.rect()).center(), words, theme, 14)
                return
            if self._view is None or self.background is None or self.background.devicePixelRatio() != ratio:
                mesh = self._meshes.get(MOVING if self._is_moving else STILL) or self._meshes[min(self._meshes)]
                self._view = view_of(mesh, self.camera, QRectF(self.rect()), ratio, is_moving=self._is_moving)
                background = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
                background.setDevicePixelRatio(ratio)
                background.fill(theme.paper)
                with painting(background) as behind:
                    paint_background(behind, self._scene, self._view, theme)
                self.background = background
            painter.drawPixmap(0, 0, self.background)
            runs = chosen_last(self._scene, self._scene.visible_runs)
            self._trails.update(runs, self._view, step, theme, ratio)
            self._trails.paint(painter)
            paint_overlay(painter, self._scene, runs, self._view, step, theme)

    def showEvent(self, event: Any) -> None:
        """Compute what was put off while nobody looked."""
        super().showEvent(event)
        self._begin()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint anew."""
        self._forget()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._forget()
        super().changeEvent(event)

    # --- camera ----------------------------------------------------------------------------------

    def reset_view(self) -> None:
        """Look from the usual side again."""
        self._camera = None
        self._forget()

    def zoom(self, factor: float) -> None:
        """Come closer."""
        self._move(self.camera.zoomed(factor))

    def pan(self, right: float, up: float) -> None:
        """Turn by shares of the size, as the arrow keys do."""
        self._move(self.camera.rotated(-right * _DEGREES_PER_SHARE, -up * _DEGREES_PER_SHARE))

    def _move(self, camera: Camera) -> None:
        self._camera = camera
        self._is_moving = True
        self._rest.start()
        self._forget()

    def _come_to_rest(self) -> None:
        if self._grip is None:
            self._is_moving = False
            self._forget()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the surface."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn it."""
        if self._grip is not None:
            moved = event.position() - self._grip
            self._grip = event.position()
            self._move(self.camera.rotated(moved.x(), moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it rest."""
        if event.button() == Qt.MouseButton.LeftButton and self._grip is not None:
            self._grip = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self._come_to_rest()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Come closer or go farther away."""
        if notches := event.angleDelta().y() / 120:
            self.zoom(_WHEEL_NOTCH**notches)
        event.accept()
