"""What keys of maps are made of: the paper they stand on, and the colours of a colour map from end to end."""

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QLinearGradient, QPainter, QPen

from optvis.draw.paint.theme import Theme, color_table


def paint_paper(painter: QPainter, box: QRectF, theme: Theme) -> None:
    """Paint a framed box through which the map is hardly seen."""
    paper = QColor(theme.paper)
    paper.setAlphaF(0.9)
    painter.setPen(QPen(theme.frame, 1))
    painter.setBrush(paper)
    painter.drawRoundedRect(box, 5, 5)


def paint_tones(painter: QPainter, bar: QRectF, theme: Theme, colormap: str) -> None:
    """Fill a bar with the tones of a colour map, the lowest at its left end."""
    tones = QLinearGradient(bar.topLeft(), bar.topRight())
    colors = color_table(colormap, theme)
    for index in range(0, 255, 6):
        tones.setColorAt(index / 254, QColor.fromRgba(colors[index]))
    painter.fillRect(bar, tones)
