"""The slider of a hyperparameter, with what every value would do painted into its groove."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QWidget

from optvis.draw.paint.painting import guarded, painting
from optvis.draw.sweeps.slider_strip import groove_image, paint_notch, paint_strip
from optvis.gui.widgets.groove_slider import GrooveSlider
from optvis.gui.widgets.palette import theme_of
from optvis.maps.slider_sweeps import Groove
from optvis.optimizers.slider_scale import POSITIONS

_NOTCH = 0.38  # of the height of a line of text
_DISABLED = 0.4
_NOTCH_REACH = 5.0  # pixels beside the notch's tip


class ValueGroove(GrooveSlider):
    """A slider over the positions of `optvis.optimizers.slider_scale`; its groove is plain until a `Groove` is known.

    Attributes
    ----------
    groove
        What its values would do; None while that is not known.

    Signals
    -------
    doubleClicked()
    left()
        The keyboard focus has gone elsewhere.
    """

    doubleClicked = pyqtSignal()
    left = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, POSITIONS)
        self.setSingleStep(5)  # a smaller one could vanish in the rounding of the value
        self.setPageStep(POSITIONS // 10)
        self.groove: Groove | None = None
        self._colormap = "viridis"
        self._strip = QImage()
        self._strip_key: tuple[Any, ...] = ()

    def set_groove(self, groove: Groove | None, colormap: str = "viridis") -> None:
        """Paint what the values would do; None for a plain groove."""
        if groove is not self.groove or colormap != self._colormap:
            self.groove, self._colormap = groove, colormap
            self.update()

    def groove_height(self) -> float:
        """More where there is something to see."""
        return super().groove_height() if self.groove is None else max(8.0, round(0.6 * self.fontMetrics().height()))

    def paint_groove(self, painter: QPainter, groove: QRectF) -> None:
        """Paint the strip of colours and a clear ground for the handle."""
        found = self.groove
        if found is None:
            super().paint_groove(painter, groove)
            return
        theme, radius = theme_of(self.palette()), groove.height() / 2
        key = found, groove.width(), groove.height(), self.devicePixelRatioF(), theme.name, self._colormap
        if key != self._strip_key:
            inset = radius, self.devicePixelRatioF()
            self._strip = groove_image(found, groove.width(), groove.height(), *inset, theme, self._colormap)
            self._strip_key = key
        painter.setOpacity(1.0 if self.isEnabled() else _DISABLED)
        paint_strip(painter, self._strip, groove, theme)
        painter.setOpacity(1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
        halo = self.handle_radius() + 2
        painter.drawEllipse(QPointF(self.handle_middle(), groove.center().y()), halo, halo)

    def best_position(self) -> int | None:
        """The position that the notch marks; None where there is none."""
        found = self.groove
        if found is None or found.best is None or found.makes_no_difference:
            return None
        return int(found.positions[found.best])

    def notch_tip(self, position: int) -> QPointF:
        """Return where the notch of a position points."""
        return QPointF(self.place_of(position), (self.height() - self.groove_height()) / 2 + 1)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the best value by a click on its notch, else as any slider."""
        best = self.best_position()
        if event is not None and event.button() == Qt.MouseButton.LeftButton and best is not None:
            away = event.position() - self.notch_tip(best)
            if abs(away.x()) <= _NOTCH_REACH and away.y() <= 0:
                self.setSliderDown(True)
                self.setSliderPosition(best)
                self.setSliderDown(False)
                return
        super().mousePressEvent(event)

    @guarded
    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Mark the best value, above the handle where it is there."""
        super().paintEvent(event)
        best = self.best_position()
        if best is None:
            return
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(1.0 if self.isEnabled() else _DISABLED)
            tip = self.notch_tip(best)
            paint_notch(painter, tip, _NOTCH * self.fontMetrics().height(), theme_of(self.palette()))

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Tell."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            self.doubleClicked.emit()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Tell."""
        super().focusOutEvent(event)
        self.left.emit()
