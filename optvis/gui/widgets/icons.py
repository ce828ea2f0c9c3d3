"""Icons, drawn as paths in the colours of the palette."""

from __future__ import annotations

from functools import cache
from typing import Final

from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPainterPath, QPalette, QPen, QPixmap

from optvis.draw.paint.painting import painting, saved
from optvis.foundation import assets

GRID: Final = 16.0
_STROKE = 1.6

ICONS: dict[str, str] = {
    # playback
    "play": "fill M4 2 L14 8 L4 14 Z",
    "pause": "fill M3.5 2.5 L6.5 2.5 L6.5 13.5 L3.5 13.5 Z M9.5 2.5 L12.5 2.5 L12.5 13.5 L9.5 13.5 Z",
    "step-forward": "fill M3 2.5 L10 8 L3 13.5 Z M11 2.5 L13 2.5 L13 13.5 L11 13.5 Z",
    "step-back": "fill M13 2.5 L6 8 L13 13.5 Z M5 2.5 L3 2.5 L3 13.5 L5 13.5 Z",
    "to-end": "fill M2 3 L7 8 L2 13 Z M7 3 L12 8 L7 13 Z M12.5 3 L14.2 3 L14.2 13 L12.5 13 Z",
    "to-start": "fill M14 3 L9 8 L14 13 Z M9 3 L4 8 L9 13 Z M3.5 3 L1.8 3 L1.8 13 L3.5 13 Z",
    "loop": "line M3 9 L3 7 C3 4.5 4.5 4 6 4 L13 4 M10.5 1.5 L13 4 L10.5 6.5"
    " M13 7 L13 9 C13 11.5 11.5 12 10 12 L3 12 M5.5 9.5 L3 12 L5.5 14.5",
    "slow": "line O8 8.5 5.5 M8 5.3 L8 8.5 L10.2 9.8 M6.3 1.3 L9.7 1.3",
    # editing
    "plus": "line M8 2.5 L8 13.5 M2.5 8 L13.5 8",
    "more": "fill O3 8 1.5 O8 8 1.5 O13 8 1.5",
    "remove": "line M3.5 3.5 L12.5 12.5 M12.5 3.5 L3.5 12.5",
    "duplicate": "line M6 6 L13.5 6 L13.5 13.5 L6 13.5 Z M10 6 L10 2.5 L2.5 2.5 L2.5 10 L6 10",
    "up": "line M8 13.5 L8 2.5 M3.5 7 L8 2.5 L12.5 7",
    "down": "line M8 2.5 L8 13.5 M3.5 9 L8 13.5 L12.5 9",
    "fold": "line M3.5 6 L8 10.5 L12.5 6",
    "unfold": "line M6 3.5 L10.5 8 L6 12.5",
    "grip": "fill O5.5 3.5 1.2 O10.5 3.5 1.2 O5.5 8 1.2 O10.5 8 1.2 O5.5 12.5 1.2 O10.5 12.5 1.2",
    "reset": "line M3 5.5 C5 1.5 11 1.5 12.8 6 C14.6 11 8.5 15 4.2 11.8 M2.8 1.8 L3 5.5 L6.7 5.3",
    "rename": "line M3 13 L3.6 10 L11 2.6 L13.4 5 L6 12.4 Z",
    "rule": "line M12 3 C9.5 1.5 8.5 3 8 6 L6.8 12 C6.4 14 5 14.5 3.5 13.5 M5 7 L11 7",
    "tune": "line M2 4.5 L4 4.5 M7.6 4.5 L14 4.5 O5.8 4.5 1.8 M2 11.5 L8.4 11.5 M12 11.5 L14 11.5 O10.2 11.5 1.8",
    "search": "line O6.5 6.5 4.2 M9.8 9.8 L13.8 13.8",
    "export": "line M8 10 L8 2 M4.5 5.5 L8 2 L11.5 5.5 M2.5 9.5 L2.5 13.5 L13.5 13.5 L13.5 9.5",
    "open": "line M2 13 L2 3.5 L6 3.5 L7.5 5.5 L14 5.5 L14 13 Z",
    "save": "line M2.5 2.5 L11 2.5 L13.5 5 L13.5 13.5 L2.5 13.5 Z M5 2.5 L5 6 L10 6 L10 2.5"
    " M5 13.5 L5 9.5 L11 9.5 L11 13.5",
    "undo": "line M3 6 L10 6 C14.5 6 14.5 12.5 10 12.5 L6 12.5 M6 3 L3 6 L6 9",
    "redo": "line M13 6 L6 6 C1.5 6 1.5 12.5 6 12.5 L10 12.5 M10 3 L13 6 L10 9",
    "eye": "line M1.5 8 C4.5 2.5 11.5 2.5 14.5 8 C11.5 13.5 4.5 13.5 1.5 8 Z O8 8 2.2",
    "eye-off": "line M1.5 8 C4.5 2.5 11.5 2.5 14.5 8 C11.5 13.5 4.5 13.5 1.5 8 Z M3 13.5 L13 2.5",
    "warning": "line M8 2 L14.5 13.5 L1.5 13.5 Z M8 6.3 L8 9.6 M8 11.3 L8 11.9",
    # outcomes, by their kind
    "diverged": "line M3 13 L13 3 M6.5 3 L13 3 L13 9.5",
    "growing": "line M2 13.5 C7 13 9.5 9.5 12 3 M8.4 4.8 L12 3 L13.8 6.6",
    "saddle": "line M2.5 3 C6 9 10 9 13.5 3 M2.5 13 C6 7.5 10 7.5 13.5 13",
    "plateau": "line M1.5 12 L4 5.5 L12 5.5 L14.5 12",
    "converged": "line M2.5 8.5 L6.3 12.5 L13.5 3.5",
    "stalled": "fill M3.5 3.5 L12.5 3.5 L12.5 12.5 L3.5 12.5 Z",
    "oscillating": "line M1.5 8 C3 2 5 2 6 8 C7 14 9 14 10 8 C11 2 13 2 14.5 8",
    "moving": "line M2 8 L13.5 8 M9 3.5 L13.5 8 L9 12.5",
}
"""Shapes on a grid of 16 by 16.

``fill`` or ``line``, then M(ove), L(ine), C(urve), Z (close) and O (circle: x, y, radius).
"""


@cache
def _shape(name: str) -> tuple[bool, QPainterPath]:
    """Whether to fill, and the path on the grid."""
    kind, commands = ICONS[name].split(" ", 1)
    path = QPainterPath()
    for command in _commands(commands):
        letter, *numbers = command
        values = [float(number) for number in numbers]
        points = [QPointF(x, y) for x, y in zip(values[::2], values[1::2], strict=False)]
        match letter:
            case "M":
                path.moveTo(points[0])
            case "L":
                path.lineTo(points[0])
            case "C":
                path.cubicTo(*points)
            case "O":
                path.addEllipse(points[0], values[2], values[2])
            case _:
                path.closeSubpath()
    return kind == "fill", path


def _commands(text: str) -> list[list[str]]:
    commands: list[list[str]] = []
    for word in text.split():
        if word[0].isalpha():
            commands.append([word[0]])
            word = word[1:]
        if word:
            commands[-1].append(word)
    return commands


def paint_icon(painter: QPainter, rect: QRectF, name: str, color: QColor) -> None:
    """Paint an icon as large as fits in the middle of a rectangle."""
    filled, path = _shape(name)
    side = min(rect.width(), rect.height())
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(rect.center().x() - side / 2, rect.center().y() - side / 2)
        painter.scale(side / GRID, side / GRID)
        pen = QPen(color, _STROKE, cap=Qt.PenCapStyle.RoundCap, join=Qt.PenJoinStyle.RoundJoin)
        if filled:
            painter.fillPath(path, color)
        else:
            painter.strokePath(path, pen)


class _Engine(QIconEngine):
    """Paints at any size and device pixel ratio, in the palette's colours at that moment."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        assert painter is not None
        palette = QGuiApplication.palette()
        group = QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        role = QPalette.ColorRole.HighlightedText if mode == QIcon.Mode.Selected else QPalette.ColorRole.ButtonText
        paint_icon(painter, QRectF(rect), self._name, palette.color(group, role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        with painting(pixmap) as painter:
            self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        return pixmap

    def clone(self) -> QIconEngine:
        return _Engine(self._name)


def icon(name: str) -> QIcon:
    """Return an icon by its name in `ICONS`."""
    if name not in ICONS:
        raise KeyError(name)
    return QIcon(_Engine(name))


def program_icon() -> QIcon:
    """Return the program's own icon."""
    return QIcon(str(assets.path("icons/optvis.svg")))
