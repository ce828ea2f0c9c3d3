"""A sweep map with its title, key and axes, and the mark at the settings that a run has."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen

from optvis.draw.paint.axes import caption
from optvis.draw.paint.cell_hatching import paint_pattern
from optvis.draw.paint.drawable import Drawable
from optvis.draw.paint.markers import HEAD_RADIUS, draw_arrow, draw_marker
from optvis.draw.paint.outcome_looks import outcome_look
from optvis.draw.paint.painting import saved
from optvis.draw.paint.text import Align, draw_text, width
from optvis.draw.paint.theme import Theme, color_table, mixed, run_style
from optvis.draw.sweeps.sweep_axes import paint_sweep_axes, sweep_axes_style
from optvis.draw.sweeps.sweep_key import LINE, LINES, paint_sweep_key
from optvis.draw.sweeps.sweep_words import best_words, title_words
from optvis.engine.outcome import KIND_NAMES
from optvis.maps.sweep_plan import Swept
from optvis.maps.sweep_shades import NO_KIND, Shows, shades
from optvis.optimizers.hyperparameter import Hyperparameter

_LOWEST_WITH_KEY = 14.0  # heights of the text


class SweepPanel:
    """A sweep of the chosen run in a place of its own; the mark stands at the settings of the run.

    Parameters
    ----------
    swept
        None where there is no run, or nothing yet.
    pixels
        Height of text.
    weight
        How heavy lines and marks are.

    Attributes
    ----------
    plot
        Where the cells are.
    title, best
        The words above them.
    """

    def __init__(
        self,
        scene: Drawable,
        swept: Swept | None,
        rect: QRectF,
        theme: Theme,
        pixels: float,
        weight: float = 1.0,
    ) -> None:
        self.scene, self.swept, self.rect, self.theme = scene, swept, QRectF(rect), theme
        self._pixels, self._weight = pixels, weight
        self.plot, self.title, self.best = QRectF(rect), "", ""
        if swept is None or scene.chosen is None:
            return
        self.shows: Shows = "loss" if swept.plan.y is None else scene.session.view.sweep_shows
        self.shades = shades(swept.plan, swept.found, self.shows)
        self._axes = sweep_axes_style(pixels * 0.9, swept.plan)
        line = pixels * LINE
        self._head = QRectF(rect.left() + 4, rect.top(), rect.width() - 8, line)
        has_key = rect.height() >= _LOWEST_WITH_KEY * pixels
        self._key = QRectF(rect.left() + 4, self._head.bottom() + 3, rect.width() - 8, line * LINES * has_key)
        self.plot = self._axes.plot_rect(rect.adjusted(0, self._key.bottom() + 2 - rect.top(), 0, 0))
        self.title = title_words(swept, self.shades, self.shows, scene.chosen.label)
        self.best = best_words(swept, self.shades, self.shows)
        self._image = self._painted_cells()

    def paint_background(self, painter: QPainter) -> None:
        """Paint everything but the mark."""
        theme, pixels = self.theme, self._pixels
        if self.swept is None or self.scene.chosen is None:
            painter.fillRect(self.rect, theme.panel)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            caption(painter, self.rect.center(), self.why_empty, theme, 14 * self._weight)
            return
        room = self._head.width() - width(self.best, pixels * 0.92) - pixels
        has_best = room >= 0.45 * self._head.width()
        place = QRectF(self._head)
        if has_best:
            draw_text(painter, place, self.best, theme.muted, pixels * 0.92, Align.AlignRight | Align.AlignVCenter)
            place.setWidth(room)
        draw_text(painter, place, self.title, theme.ink, pixels, bold=True)
        colormap = self.scene.session.view.colormap
        if not self._key.isEmpty():
            paint_sweep_key(painter, self._key, self.shades, self.shows, theme, colormap, pixels * 0.92)
        painter.fillRect(self.plot, theme.panel)
        with saved(painter):
            painter.setClipRect(self.plot, Qt.ClipOperation.IntersectClip)
            cells = self.cells_rect()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(cells, self._image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for index in np.unique(self.shades.kinds):
                if index != NO_KIND:
                    look = outcome_look(KIND_NAMES[index], theme)
                    has_color = self.shows == "outcome" or KIND_NAMES[index] != "diverged"
                    color = mixed(theme.ink, look.color, 0.45) if has_color else theme.hatch
                    paint_pattern(painter, self.shades.kinds == index, cells, look.pattern, color, self._weight)
        paint_sweep_axes(painter, self.plot, self.swept.plan, theme, self._axes)

    def paint_moving(self, painter: QPainter, step: int, hyper: Mapping[str, float] | None = None) -> None:
        """Paint the mark; along the steps it is at ``step``.

        Parameters
        ----------
        hyper
            The settings of the run; None for those of its trajectory.
        """
        run, swept = self.scene.chosen, self.swept
        if run is None or swept is None:
            return
        values = run.trajectory.hyper if hyper is None else hyper
        if not all(axis.name in values for axis in swept.plan.axes):
            return  # the map is still that of another run
        along = swept.plan.share_of(swept.plan.x, values[swept.plan.x.name])
        up = step / swept.plan.steps
        if swept.plan.y is not None:
            up = swept.plan.share_of(swept.plan.y, values[swept.plan.y.name])
        at = self.place(along, min(up, 1.0))
        style = run_style(run.spec.style, self.theme)
        plot = self.plot
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for color, thick, strength in ((self.theme.halo, 3.0, 0.6), (self.theme.ink, 1.0, 0.8)):
            faint = QColor(color)
            faint.setAlphaF(strength)
            painter.setPen(QPen(faint, thick * self._weight))
            painter.drawLine(QPointF(at.x(), plot.top()), QPointF(at.x(), plot.bottom()))
            painter.drawLine(QPointF(plot.left(), at.y()), QPointF(plot.right(), at.y()))
        sides = [_beyond(axis, values[axis.name]) for axis in swept.plan.axes]
        if any(sides):
            across, above = (*sides, 0)[:2]
            draw_arrow(painter, at, (across, -above), style, self._weight)
        else:
            draw_marker(painter, at, style, HEAD_RADIUS * self._weight)

    @property
    def why_empty(self) -> str:
        """What is said where there are no cells."""
        run = self.scene.chosen
        if run is None:
            return "There is no run to sweep: add an optimizer"
        if not run.trajectory.hyper:
            return f"{run.label} has no hyperparameter to sweep over"
        return "computing the sweep …"

    def place(self, along: float, up: float) -> QPointF:
        """Return where shares of the axes lie, in logical pixels."""
        return QPointF(self.plot.left() + along * self.plot.width(), self.plot.bottom() - up * self.plot.height())

    def shares(self, at: QPointF) -> tuple[float, float]:
        """Return how far along the axes a pixel is, 0 to 1; beside the plot as at its edge."""
        along = (at.x() - self.plot.left()) / self.plot.width()
        up = (self.plot.bottom() - at.y()) / self.plot.height()
        return min(max(along, 0.0), 1.0), min(max(up, 0.0), 1.0)

    def cell_at(self, at: QPointF) -> tuple[int, int]:
        """Return the row and the column of the cell at a pixel, or of the nearest one."""
        cells = self.cells_rect()
        rows, columns = self.shades.tones.shape
        column = math.floor((at.x() - cells.left()) / cells.width() * columns)
        row = math.floor((cells.bottom() - at.y()) / cells.height() * rows)
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)

    def cells_rect(self) -> QRectF:
        """Where all cells are; along the steps the first and the last one reach out of the plot by half."""
        rows = self.shades.tones.shape[0]
        if self.swept is None or self.swept.plan.y is not None or rows < 2:
            return QRectF(self.plot)
        half = self.plot.height() / (rows - 1) / 2
        return self.plot.adjusted(0, -half, 0, half)

    def _painted_cells(self) -> QImage:
        """A picture with a pixel for each cell, clear where there is no number."""
        tones = self.shades.kinds if self.shows == "outcome" else self.shades.tones
        rows, columns = tones.shape
        memory = np.ascontiguousarray(tones[::-1])  # the first row of a picture is the top
        image = QImage(memory.data, columns, rows, columns, QImage.Format.Format_Indexed8)  # type: ignore[call-overload]
        if self.shows == "outcome":
            colors = [outcome_look(kind, self.theme).color.rgba() for kind in KIND_NAMES]
            image.setColorTable(colors + [0] * (256 - len(colors)))
        else:
            image.setColorTable(list(color_table(self.scene.session.view.colormap, self.theme)))
        copied: QImage = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        return copied


def _beyond(axis: Hyperparameter, value: float) -> int:
    """On which side of an axis a value lies; 0 where it is on it."""
    return int(value > axis.high) - int(value < axis.low)
