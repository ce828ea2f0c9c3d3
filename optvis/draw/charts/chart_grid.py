"""Several charts side by side or in a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter

from optvis.draw.charts.chart import AGAINST_WORDS, Chart, chart, furthest
from optvis.draw.paint import text
from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.drawable import Drawable
from optvis.draw.paint.theme import Theme
from optvis.explain.measures import MeasureName

_LEAST_WIDTH = 13.0  # of a chart, and below of a panel, in heights of its numbers
_LEAST_HEIGHT = 5.0
_LEAST_BESIDE = 20.0  # of what stands beside the charts
_TITLE = 1.9
_SHAPE = 1.6  # width by height of a panel that reads well
_MARGIN = 4.0  # beside a panel, in heights of its numbers


class Charts:
    """The charts of a scene laid out in a rectangle, with one axis of steps below each column.

    A panel of a figure, or the strip in the window.

    Parameters
    ----------
    rect
        Takes the charts with their titles and numbers, in logical pixels.
    pixels
        Height of the numbers.
    kinds
        Which charts; None for those of the session's view.
    weight
        How heavy lines and marks are.

    Attributes
    ----------
    charts
        In the order of reading.
    """

    def __init__(
        self,
        scene: Drawable,
        rect: QRectF,
        theme: Theme,
        pixels: float = 11.0,
        kinds: Sequence[MeasureName] | None = None,
        weight: float = 1.0,
    ) -> None:
        self.rect, self.theme = rect, theme
        kinds = scene.session.view.charts if kinds is None else kinds
        label = AGAINST_WORDS[scene.session.view.against]
        axes = AxesStyle(pixels=pixels, x_label=label, y_label="", widest="−0.000")
        self.charts = [
            chart(scene, kind, panel, style, title, weight, cell)
            for kind, (panel, style, title, cell) in zip(
                kinds, cells(len(kinds), rect, axes, furthest(scene)), strict=True
            )
        ]

    def paint(self, painter: QPainter, step: int) -> None:
        """Paint everything as of a step."""
        self.paint_curves(painter)
        self.paint_cursors(painter, step)

    def paint_curves(self, painter: QPainter) -> None:
        """Paint what is the same at every step: axes and curves."""
        for each in self.charts:
            each.paint(painter, self.theme)

    def paint_cursors(self, painter: QPainter, step: int) -> None:
        """Paint what belongs to a step: the cursors and the runs' markers."""
        for each in self.charts:
            each.paint_cursor(painter, step, self.theme)

    def chart_at(self, point: QPointF) -> Chart | None:
        """Return the chart whose panel, title or numbers are nearest to a place."""

        def distance(each: Chart) -> float:
            middle = each.viewport.rect.center()
            width, height = each.viewport.rect.width(), each.viewport.rect.height()
            return max(abs(point.x() - middle.x()) / width, abs(point.y() - middle.y()) / height)

        return min(self.charts, key=distance, default=None)


def paint_charts(
    painter: QPainter,
    scene: Drawable,
    rect: QRectF,
    step: int,
    theme: Theme,
    pixels: float = 11.0,
    kinds: Sequence[MeasureName] | None = None,
    weight: float = 1.0,
) -> None:
    """Paint the charts of a scene once; parameters as of `Charts`."""
    Charts(scene, rect, theme, pixels, kinds, weight).paint(painter, step)


def grid_columns(count: int, width: float, height: float, pixels: float) -> int:
    """Return in how many columns so many charts stand: none too narrow, all as near to a good shape as can be."""
    fitting = max(1, min(count, int(width / (pixels * _LEAST_WIDTH))))

    def strangeness(columns: int) -> float:
        rows = math.ceil(count / columns)
        across = max(1.0, width / columns - pixels * _MARGIN)
        upward = max(1.0, (height - pixels * _MARGIN) / rows - pixels * _TITLE)
        return abs(math.log(across / upward / _SHAPE)) + 2 * math.log(columns * rows / count)

    return min(range(1, fitting + 1), key=strangeness)


def least_height(count: int, width: float, pixels: float) -> int:
    """Return how high a rectangle must be at least for so many charts in its width."""
    columns = max(1, min(count, int(width / (pixels * _LEAST_WIDTH))))
    rows = math.ceil(count / columns)
    return math.ceil(pixels * (rows * (_TITLE + _LEAST_HEIGHT) + 4))


def beside_charts(count: int, rect: QRectF, pixels: float) -> tuple[QRectF, QRectF]:
    """Divide a rectangle for so many charts and, to their right, another that is as high as all of them.

    It is as wide as one of them, and not too narrow for words; without charts it has the whole rectangle.
    """
    width = rect.width()
    if count:
        columns = grid_columns(count, width, rect.height(), pixels)
        width = math.floor(max(width / (columns + 1), min(width / 2, pixels * _LEAST_BESIDE)))
    charts = rect.adjusted(0, 0, -width, 0)
    return charts, QRectF(charts.right(), rect.top(), width, rect.height())


def cells(count: int, rect: QRectF, axes: AxesStyle, last: int) -> list[tuple[QRectF, AxesStyle, QRectF, QRectF]]:
    """Return panel, style, title and cell of every chart in a rectangle; all panels are of one size.

    Parameters
    ----------
    last
        The last number on the axis along, for which there is to be room.
    """
    if not count:
        return []
    columns = grid_columns(count, rect.width(), rect.height(), axes.pixels)
    rows = math.ceil(count / columns)
    cell_width = rect.width() / columns
    below = axes.plot_rect(rect)  # has the room for numbers and names that every column needs
    left, right, bottom = below.left() - rect.left(), rect.right() - below.right(), rect.bottom() - below.bottom()
    right = max(right, text.width(str(last)[:6], axes.pixels) / 2 + 3)
    title = math.ceil(axes.pixels * _TITLE)
    width = max(1, math.floor(cell_width - left - right))
    gap = math.ceil(axes.pixels * 0.5) if rows > 1 else 0
    height = max(1, math.floor((rect.height() - bottom - gap * (rows - 1)) / rows) - title)
    places = []
    for index in range(count):
        row, column = divmod(index, columns)
        has_below = index + columns < count
        x = math.ceil(rect.left() + column * cell_width + left)
        y = math.ceil(rect.top()) + row * (title + height + gap)
        style = replace(axes, x_label="" if has_below else axes.x_label, has_x_numbers=not has_below)
        place = QRectF(x - left + axes.pixels * 0.4, y, width + left, title - 3)
        beneath = gap if has_below else bottom
        cell = QRectF(x - left - 2, y, left + width + right, title + height + beneath)
        places.append((QRectF(x, y + title, width, height), style, place, cell))
    return places
