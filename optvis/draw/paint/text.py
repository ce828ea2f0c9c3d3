"""Text in pictures: fonts by pixel size, elided lines, words on a halo."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QGuiApplication, QPainter, QPainterPath, QPen

Align = Qt.AlignmentFlag

LABEL_PIXELS = 11.5
"""Height of the words on a map or a surface."""


def font(pixels: float, *, bold: bool = False) -> QFont:
    """Return the program's font at a height in logical pixels, the same on every screen."""
    return _fonts()(max(6, round(pixels)), bold)[0]


def with_accents(given: QFont) -> QFont:
    """Return a font that puts accents over their letters, as in m̂.

    DejaVu Sans says that they belong below some letters; without its table of places they stand right.
    """
    made = QFont(given)
    if hasattr(made, "setFeature") and QFontInfo(made).family().startswith("DejaVu Sans"):  # Qt 6.7 and later
        made.setFeature(QFont.Tag("mark"), 0)
    return made


def metrics(pixels: float, *, bold: bool = False) -> QFontMetricsF:
    """Return how wide and high text of that size is."""
    return _fonts()(max(6, round(pixels)), bold)[1]


class _Fonts:
    """The sizes that were asked for of one font; making one anew takes longer than painting a number with it."""

    def __init__(self, given: QFont) -> None:
        self.given = given
        self._made: dict[tuple[int, bool], tuple[QFont, QFontMetricsF]] = {}

    def __call__(self, pixels: int, bold: bool) -> tuple[QFont, QFontMetricsF]:
        """Return a size and its metrics."""
        if (pixels, bold) not in self._made:
            made = QFont(self.given)
            made.setPixelSize(pixels)
            made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
            made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            made = with_accents(made)
            self._made[pixels, bold] = made, QFontMetricsF(made)
        return self._made[pixels, bold]


_of_program: list[_Fonts] = []


def _fonts() -> _Fonts:
    given = QGuiApplication.font()
    if not _of_program or _of_program[0].given != given:
        _of_program[:] = [_Fonts(given)]
    return _of_program[0]


def width(text: str, pixels: float, *, bold: bool = False) -> float:
    """Return the width of text in logical pixels."""
    return metrics(pixels, bold=bold).horizontalAdvance(text)


def elided(text: str, pixels: float, room: float, *, bold: bool = False) -> str:
    """Shorten text to a width, with an ellipsis at its end."""
    return metrics(pixels, bold=bold).elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, room))


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    color: QColor,
    pixels: float,
    align: Align = Align.AlignLeft | Align.AlignVCenter,
    *,
    bold: bool = False,
) -> None:
    """Draw one line inside a rectangle, shortened where it does not fit."""
    painter.setFont(font(pixels, bold=bold))
    painter.setPen(color)
    room = rect.width() + 0.5
    painter.drawText(rect, int(align) | int(Qt.TextFlag.TextSingleLine), elided(text, pixels, room, bold=bold))


def draw_text_on_halo(
    painter: QPainter, at: QPointF, text: str, color: QColor, halo: QColor, pixels: float, *, bold: bool = False
) -> None:
    """Draw text with its baseline's left end at a point, outlined so that it is readable on a map."""
    path = QPainterPath()
    path.addText(at, font(pixels, bold=bold), text)
    pen = QPen(halo, 3.5)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.fillPath(path, color)
