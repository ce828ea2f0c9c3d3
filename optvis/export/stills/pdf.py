"""A picture as PDF: one page, with lines, text and fonts."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF
from PyQt6.QtGui import QPageSize, QPainter, QPdfWriter

from optvis.draw.paint.painting import painting
from optvis.foundation.version import __version__

_POINTS_PER_PIXEL = 72 / 96
_RESOLUTION = 1200


def pdf_of(paint: Callable[[QPainter], None], size: tuple[int, int], scale: float, title: str) -> bytes:
    """Return the bytes of a PDF file.

    Parameters
    ----------
    paint
        Paints the page in logical pixels.
    size
        Width and height of it in logical pixels, of which 96 are one inch.
    scale
        How many times as large the page is.
    """
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator(f"optvis {__version__}")
    points = [max(1, round(side * scale * _POINTS_PER_PIXEL)) for side in size]
    page = QPageSize(QSizeF(*points), QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setPageSize(page)
    writer.setResolution(_RESOLUTION)
    with painting(writer) as painter:
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        painter.scale(writer.width() / size[0], writer.height() / size[1])
        paint(painter)
    buffer.close()
    return data.data()
