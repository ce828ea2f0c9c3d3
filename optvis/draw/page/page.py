"""What stands round the panels of a picture: title, formula and step above, the legend below."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from optvis.draw.page.legend import legend_height, paint_legend
from optvis.draw.paint import text
from optvis.draw.paint.drawable import Drawable, Run
from optvis.draw.paint.text import Align, draw_text
from optvis.draw.paint.theme import Theme


class Page:
    """A page with a header, a body for panels and a legend, all as large as the page asks for.

    Attributes
    ----------
    unit
        1 on a page of 1,200 × 800, more on larger ones.
    pixels
        Height of text.
    runs
        Those that the legend names; () for no legend.
    header, body, legend
        Where they are; the legend is empty where there is none.
    """

    def __init__(
        self, scene: Drawable, size: tuple[float, float], theme: Theme, runs: Sequence[Run], *, has_step: bool = True
    ) -> None:
        self.scene, self.size, self.theme, self.runs = scene, size, theme, runs
        self._has_step = has_step
        self.unit = min(1.9, max(0.72, math.sqrt(size[0] * size[1] / (1200 * 800))))
        self.pixels = 12.5 * self.unit
        margin = 22 * self.unit
        page = QRectF(0, 0, *size).adjusted(margin, margin * 0.8, -margin, -margin * 0.8)
        height = math.ceil((28 + (22 if self._has_formula_line else 0)) * self.unit)
        self.header = QRectF(page.left(), page.top(), page.width(), height)
        self.body = page.adjusted(0, self.header.height() + 6 * self.unit, 0, 0)
        self.legend = QRectF()
        if runs:
            height = math.ceil(legend_height(runs, scene.steps, page.width(), self.pixels))
            self.legend = QRectF(page.left(), page.bottom() - height, page.width(), height)
            self.body.setBottom(self.legend.top() - 6 * self.unit)

    def paint_paper(self, painter: QPainter) -> None:
        """Paint the background of the page."""
        painter.fillRect(QRectF(0, 0, *self.size), self.theme.paper)

    def paint(self, painter: QPainter, step: int) -> None:
        """Paint the header and the legend as of a step."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_header(painter, step)
        if not self.legend.isEmpty():
            scene = self.scene
            paint_legend(painter, self.legend, self.runs, step, self.theme, self.pixels, scene.steps)

    @property
    def _equation(self) -> str:
        """The formula with its variables; empty where the loss is none."""
        problem = self.scene.problem
        return "" if problem.formula is None else f"f({', '.join(problem.plane.names)}) = {problem.formula.display}"

    @property
    def _has_formula_line(self) -> bool:
        formula = self.scene.problem.formula
        return formula is not None and formula.display != self.scene.problem.title

    def _paint_header(self, painter: QPainter, step: int) -> None:
        rect, theme, unit = self.header, self.theme, self.unit
        words = f"step {step} of {self.scene.steps}" if self._has_step else ""
        wide = text.width(f"step {self.scene.steps} of {self.scene.steps}", 14 * unit) + 6
        title = self.scene.problem.title if self._has_formula_line else self._equation or self.scene.problem.title
        top = QRectF(rect.left(), rect.top(), rect.width() - wide - 16 * unit, 26 * unit)
        large = 20 * unit if title == self.scene.problem.title else 16 * unit
        draw_text(painter, top, title, theme.ink, large, bold=True)
        right = QRectF(rect.right() - wide, rect.top(), wide, 26 * unit)
        draw_text(painter, right, words, theme.muted, 14 * unit, Align.AlignRight | Align.AlignVCenter)
        if self._has_formula_line:
            below = QRectF(rect.left(), top.bottom() + 1, rect.width(), 20 * unit)
            draw_text(painter, below, self._equation, theme.muted, 13.5 * unit)
