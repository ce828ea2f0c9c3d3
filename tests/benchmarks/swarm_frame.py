"""A frame of play of a swarm at 1,000 × 700, against drawing every point with Qt and with pyqtgraph.

All play the same swarm a step further. Ours finds the positions, makes the image and paints it. Qt's own
way is `QPainter.drawPoints` with a round pen, antialiased where points are wider than a pixel, at both usual
scales of a screen; a plain pen of one pixel at scale 1 is faster than ours, and shows neither crowds nor, at
scale 2, anything in time. pyqtgraph's way is a ScatterPlotItem of small squares, where it is installed.
"""

import importlib.util
from collections.abc import Iterator
from typing import Any

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from optvis.document.session import RunSpec, Session, resolve
from optvis.draw.maps.swarm_layer import SwarmLayer, diameter_of
from optvis.draw.paint.strokes import draw_dots
from optvis.draw.paint.theme import LIGHT, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.slices import finish
from optvis.maps.swarm import Swarm, SwarmSpec, swarm_in_slices
from tests.benchmarks.ratio import Comparison, compare

SIZE = (1000, 700)
STEPS = 100
COUNTS = (1_000, 10_000, 100_000)


def run(repeats: int) -> Iterator[Comparison]:
    """Every number of points at every scale."""
    scene = resolve(Session("himmelblau", steps=STEPS, runs=(RunSpec("adam"),)))
    for count in COUNTS:
        swarm = finish(swarm_in_slices(SwarmSpec.of(scene.runs[0].trajectory, count)))
        for ratio in (1.0, 2.0):
            name = f"{count:,} points, scale {ratio:g}"
            yield compare(f"{name}, drawPoints", Ours(swarm, ratio).frame, Points(swarm, ratio).frame, repeats)
        if importlib.util.find_spec("pyqtgraph") is None:
            print("  skipped: pyqtgraph is not installed; the extra `bench` has it")
        else:
            ours, theirs = Ours(swarm, 1.0), Scatter(swarm, 1.0)
            wanted = 5 if count == COUNTS[-1] else None
            yield compare(f"{count:,} points, pyqtgraph", ours.frame, theirs.frame, repeats, wanted=wanted)


class Player:
    """A swarm that goes a step further with every frame."""

    def __init__(self, swarm: Swarm, ratio: float) -> None:
        self.swarm, self.ratio, self.step = swarm, ratio, 0
        self.page = QImage(*(round(side * ratio) for side in SIZE), QImage.Format.Format_RGB32)
        self.page.setDevicePixelRatio(ratio)
        self.view = Viewport(swarm.spec.problem.plane.bounds, QRectF(0, 0, *SIZE))

    def frame(self) -> None:
        """Play one."""
        self.step = min(self.step + 1, STEPS)
        painter = QPainter(self.page)
        self.paint(painter)
        painter.end()

    def paint(self, painter: QPainter) -> None:
        """Paint the points of the step."""
        raise NotImplementedError


class Ours(Player):
    """The window's way."""

    def __init__(self, swarm: Swarm, ratio: float) -> None:
        super().__init__(swarm, ratio)
        self.layer = SwarmLayer()

    def paint(self, painter: QPainter) -> None:
        """Paint an image of all."""
        self.layer.paint(painter, self.swarm, self.view, self.step, 0, LIGHT, self.ratio)


class Points(Player):
    """Every point by itself."""

    def paint(self, painter: QPainter) -> None:
        """Paint dots as wide as ours."""
        at = self.swarm.at(self.step)
        wide = diameter_of(self.swarm.count, self.view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, wide > 1.5)
        draw_dots(painter, self.view.to_pixels(at[:, 0], at[:, 1]), run_style(0, LIGHT).color, wide)


class Scatter(Player):
    """One item with all points."""

    def __init__(self, swarm: Swarm, ratio: float) -> None:
        import pyqtgraph

        super().__init__(swarm, ratio)
        self.widget: Any = pyqtgraph.PlotWidget()
        self.widget.resize(*SIZE)
        xmin, xmax, ymin, ymax = self.view.bounds
        self.widget.setRange(xRange=(xmin, xmax), yRange=(ymin, ymax), padding=0)
        self.item = pyqtgraph.ScatterPlotItem(symbol="s", size=2, pen=None, brush=run_style(0, LIGHT).color)
        self.widget.addItem(self.item)

    def paint(self, painter: QPainter) -> None:
        """Paint the whole plot."""
        self.item.setData(pos=self.swarm.at(self.step))
        self.widget.render(painter)
