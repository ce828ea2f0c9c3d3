"""The loss chart in the window; its cursor is the step, and a click or drag moves it."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from optvis.draw.axes import AxesStyle
from optvis.draw.chart import (
    ChartScale,
    chart_scale,
    chart_viewport,
    paint_chart,
    paint_chart_cursor,
    step_at,
)
from optvis.draw.viewport import Viewport
from optvis.gui.palette import theme_of
from optvis.gui.playback import Playback
from optvis.gui.store import Store


class ChartView(QWidget):
    """The loss of every run that is switched on, against the step.

    The curves are kept as a pixmap; a frame of play paints only the cursor over it.
    """

    def __init__(self, store: Store, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._playback = playback
        self._curves: QPixmap | None = None
        self._scale: ChartScale | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Loss chart")
        self.setAccessibleDescription("The loss of every run against the step; click to move the step.")
        self.setMinimumHeight(90)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        store.sceneChanged.connect(self._forget)
        playback.stepChanged.connect(lambda _: self.update())

    @property
    def viewport(self) -> Viewport:
        """Where steps and losses lie."""
        rect = self._axes.plot_rect(QRectF(self.rect()).adjusted(2, 2, -4, -2))
        return chart_viewport(self._store.scene, self.scale, rect)

    @property
    def scale(self) -> ChartScale:
        """How losses are laid out."""
        if self._scale is None:
            scene = self._store.scene
            self._scale = chart_scale(scene, scene.visible_runs, scene.session.view.loss_axis)
        return self._scale

    @property
    def _axes(self) -> AxesStyle:
        label = "f" if self._scale is None else self._scale.label
        return AxesStyle(pixels=self.fontMetrics().height() * 0.72, x_label="step", y_label=label)

    def sizeHint(self) -> QSize:
        """A strip under the map."""
        return QSize(600, 180)

    def _forget(self, _: Any = None) -> None:
        self._curves = self._scale = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the curves and the cursor."""
        ratio, theme, scene = self.devicePixelRatioF(), theme_of(self.palette()), self._store.scene
        viewport = self.viewport
        if self._curves is None or self._curves.devicePixelRatio() != ratio:
            self._curves = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            self._curves.setDevicePixelRatio(ratio)
            self._curves.fill(theme.paper)
            painter = QPainter(self._curves)
            paint_chart(painter, scene.visible_runs, self.scale, viewport, theme, self._axes)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._curves)
        paint_chart_cursor(painter, scene.visible_runs, self.scale, viewport, self._playback.step, theme)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint the curves anew."""
        self._curves = None

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._forget()
        super().changeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the step under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event)

    def _seek(self, event: QMouseEvent) -> None:
        self._playback.pause()
        self._playback.seek(step_at(self.viewport, event.position().x()))
