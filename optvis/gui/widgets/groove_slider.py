"""A horizontal slider that paints itself: a groove, the part that is filled, and a round handle."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PyQt6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from optvis.draw.paint.painting import guarded, painting

_FINE = 0.1  # of a drag, with Shift


class GrooveSlider(QSlider):
    """A slider whose handle jumps to a click, and which leaves the wheel to the panel it lies in.

    The wheel moves it only while it has the keyboard focus, so that scrolling a panel is safe. A
    subclass may paint something of its own into the groove.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._offset = 0.0  # from the middle of the handle to where it was taken
        self._fine_from: tuple[float, int] | None = None  # x and position where Shift was pressed

    def sizeHint(self) -> QSize:
        """As high as a line of text, so that a row of label, slider and field is even."""
        return QSize(super().sizeHint().width(), max(super().sizeHint().height(), self.fontMetrics().height() + 4))

    def minimumSizeHint(self) -> QSize:
        """Five handles wide."""
        return QSize(5 * self._handle().width(), self.sizeHint().height())

    def handle_centre(self) -> QPoint:
        """Where the handle is, in the widget's coordinates."""
        return self._handle().center()

    def place_of(self, position: int) -> float:
        """Return the x at which the handle's middle stands for a value of the slider."""
        length = self._handle().width()
        share = (position - self.minimum()) / (self.maximum() - self.minimum())
        return length / 2 + share * (self.width() - length)

    def handle_middle(self) -> float:
        """Where the middle of the handle is along the groove, in the widget's coordinates."""
        return QRectF(self._handle()).center().x()

    def handle_radius(self) -> float:
        """Of the round handle."""
        return min(self._handle().width(), self.height()) / 2 - 2.5

    def position_at(self, x: float) -> int:
        """Return the slider's value when its handle stands at x."""
        option = self._option()
        length = self._handle().width()
        return QStyle.sliderValueFromPosition(
            self.minimum(), self.maximum(), round(x - length / 2), self.width() - length, option.upsideDown
        )

    def groove_height(self) -> float:
        """Logical pixels."""
        return max(4.0, self.fontMetrics().height() / 3)

    def paint_groove(self, painter: QPainter, groove: QRectF) -> None:
        """Paint the groove and the part left of the handle.

        The groove's round ends have their centres where the handle's middle is at its ends.
        """
        radius = groove.height() / 2
        palette = self.palette()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(palette.color(QPalette.ColorRole.Button))
        painter.drawRoundedRect(groove, radius, radius)
        filled = QRectF(groove)
        filled.setRight(self._handle().center().x())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._accent())
        painter.drawRoundedRect(filled, radius, radius)

    @guarded
    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint groove and handle; the focus is a ring around the handle."""
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            handle = QRectF(self._handle())
            height = self.groove_height()
            inset = handle.width() / 2 - height / 2
            groove = QRectF(inset, (self.height() - height) / 2, self.width() - 2 * inset, height)
            self.paint_groove(painter, groove)
            centre = QPointF(handle.center().x(), self.height() / 2)
            radius = self.handle_radius()
            palette = self.palette()
            if self.hasFocus():
                painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(centre, radius + 1.5, radius + 1.5)
                radius -= 1
            painter.setPen(QPen(self._accent(), 1.5))
            hovered = self.isEnabled() and (self.underMouse() or self.isSliderDown())
            painter.setBrush(palette.color(QPalette.ColorRole.Light if hovered else QPalette.ColorRole.Base))
            painter.drawEllipse(centre, radius, radius)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the handle, or let it jump to the click."""
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        handle, x = self._handle(), event.position().x()
        caught = handle.left() <= x <= handle.right()
        self._offset = x - handle.center().x() if caught else 0.0
        self.setSliderDown(True)
        if not caught:
            self.setSliderPosition(self.position_at(x))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag; with Shift a pixel counts as a tenth of one."""
        assert event is not None
        if not self.isSliderDown():
            return
        x, is_fine = event.position().x(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if is_fine != (self._fine_from is not None):  # from here on, without a jump
            self._fine_from = (x, self.sliderPosition()) if is_fine else None
            self._offset = x - self._handle().center().x()
        if self._fine_from is None:
            self.setSliderPosition(self.position_at(x - self._offset))
        else:
            begin, position = self._fine_from
            per_pixel = (self.maximum() - self.minimum()) / max(1, self.width() - self._handle().width())
            self.setSliderPosition(position + round(_FINE * (x - begin) * per_pixel))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """End the drag."""
        self._fine_from = None
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Move by the wheel only with the focus."""
        assert event is not None
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Leave combinations such as Alt+Up to others."""
        assert event is not None
        if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _accent(self) -> QColor:
        palette = self.palette()
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        return palette.color(group, QPalette.ColorRole.Highlight if self.isEnabled() else QPalette.ColorRole.Mid)

    def _option(self) -> QStyleOptionSlider:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return option

    def _handle(self) -> QRect:
        style = self.style()
        assert style is not None
        control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
        return style.subControlRect(control, self._option(), part, self)
