"""What a run looks like on the map, in small: its colour, dash pattern and marker."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PyQt6.QtWidgets import QMenu, QToolButton, QWidget

from optvis.draw.paint.markers import draw_marker
from optvis.draw.paint.painting import guarded, painting, saved
from optvis.draw.paint.theme import COLOR_COUNT, RunStyle, Theme, run_style
from optvis.gui.widgets.palette import theme_of

_DASH_SCALE = 0.6
_COLOR_NAMES = {
    "#0072b2": "blue",
    "#2f8fdd": "blue",  # in the dark
    "#d55e00": "vermilion",
    "#000000": "black",
    "#cc79a7": "pink",
    "#e69f00": "orange",
    "#009e73": "green",
    "#56b4e9": "sky blue",
    "#f0e442": "yellow",
}


def style_name(index: int, theme: Theme) -> str:
    """Say a style in words: ``blue, circle``."""
    style = run_style(index, theme)
    dashed = ", dashed" if style.dash else ""
    return f"{_COLOR_NAMES.get(style.color.name(), 'white')}, {style.marker.replace('-', ' ')}{dashed}"


def paint_swatch(painter: QPainter, rect: QRectF, style: RunStyle) -> None:
    """Paint a piece of trail with a marker in its middle."""
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y, width = rect.center().y(), 2.0
        ends = QPointF(rect.left(), y), QPointF(rect.right(), y)
        painter.setPen(QPen(style.halo, 2 * width, cap=Qt.PenCapStyle.FlatCap))
        painter.drawLine(*ends)
        pen = QPen(style.color, width, cap=Qt.PenCapStyle.FlatCap)
        if style.dash:
            pen.setDashPattern([_DASH_SCALE * length / width for length in style.dash])
            # the first gap comes before the marker
            pen.setDashOffset(max(0.0, (_DASH_SCALE * style.dash[0] - rect.width() / 6) / width))
        painter.setPen(pen)
        painter.drawLine(*ends)
        draw_marker(painter, rect.center(), style, radius=0.32 * min(rect.height(), rect.width()))


def swatch_icon(style: RunStyle, size: QSize, ratio: float) -> QIcon:
    """Return a swatch for a menu."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with painting(pixmap) as painter:
        paint_swatch(painter, QRectF(1, 1, size.width() - 2, size.height() - 2), style)
    return QIcon(pixmap)


class SwatchButton(QToolButton):
    """Shows a run's style; a click offers others.

    Signals
    -------
    styleChosen(int)
    """

    styleChosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = 0
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self.show_menu)

    def set_style(self, style: int, owner: str) -> None:
        """Show another style; ``owner`` is whose it is, for accessible names."""
        self._style = style
        name = style_name(style, theme_of(self.palette()))
        self.setToolTip(f"Style: {name}. Click for another")
        self.setAccessibleName(f"Style of {owner}")
        self.setAccessibleDescription(name)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a few dashes."""
        height = self.fontMetrics().height()
        return QSize(round(2.6 * height) + 6, height + 6)

    def offered(self) -> list[int]:
        """The styles that are offered: whole lines, each colour with a pattern of its own, and the present one."""
        patterned = [COLOR_COUNT * (1 + color % (COLOR_COUNT - 1)) + color for color in range(COLOR_COUNT)]
        return list(dict.fromkeys([*range(COLOR_COUNT), *patterned, self._style]))

    def show_menu(self) -> QMenu:
        """Offer the styles."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme = theme_of(self.palette())
        size = QSize(2 * self.fontMetrics().height(), self.fontMetrics().height())
        for index in self.offered():
            action = menu.addAction(swatch_icon(run_style(index, theme), size, self.devicePixelRatioF()), "")
            assert action is not None
            action.setText(f"{index + 1}  {style_name(index, theme)}")
            action.setCheckable(True)
            action.setChecked(index == self._style)
            action.triggered.connect(lambda _, index=index: self.styleChosen.emit(index))
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        return menu

    @guarded
    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the button, then the swatch on it."""
        super().paintEvent(event)
        with painting(self) as painter:
            rect = QRectF(self.rect()).adjusted(4, 3, -4, -3)
            paint_swatch(painter, rect, run_style(self._style, theme_of(self.palette())))
