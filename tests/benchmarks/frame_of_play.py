"""A frame of play at 1,200 × 800: 8 zigzagging dashed runs of 1,000 steps, against pyqtgraph.

Ours paints the cached background, adds one step to the trails and paints the heads. The other way
is the usual one in pyqtgraph: an ImageItem, one curve item per contour level and one per run, all
antialiased, of which the runs get one more point. Both paint into an image of the same size.
pyqtgraph takes many seconds for such a frame, so it is measured at most twice, and also at step
100. The last row compares our own frames at the two ends of a run.
"""

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPen

from optvis.document.session import RunSpec, Session, resolve
from optvis.draw.maps.map_panel import paint_background, paint_overlay
from optvis.draw.maps.relief import Relief
from optvis.draw.maps.trails import LINE_WIDTH, TrailLayer
from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.theme import LIGHT, color_table, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.landscape.loss_surface import surface
from tests.benchmarks.ratio import Comparison, compare

SIZE = (1200, 800)
STEPS = 1000
RATES = [0.9990 + 0.0001 * k for k in range(8)]


def run(repeats: int) -> list[Comparison]:
    """Measure."""
    scene = resolve(
        Session(
            "quadratic-valley", runs=tuple(RunSpec("sgd", (("lr", lr),), k) for k, lr in enumerate(RATES)), steps=STEPS
        )
    )
    view = Viewport(scene.bounds, AxesStyle().plot_rect(QRectF(0, 0, *SIZE)))
    made = surface(scene.problem, scene.scale, scene.bounds, (512, 512))
    ours, theirs = Ours(scene, view, made), Pyqtgraph(scene, made)
    early, late = "a frame near step 100", "a frame near step 1,000"
    rows = [
        compare(early, ours.player(50), theirs.player(100), min(repeats, 3), wanted=5),
        compare(late, ours.player(STEPS - 100), theirs.player(STEPS), min(repeats, 2), wanted=5),
    ]
    first = Ours(scene, view, made).player(2)
    ends = "our frames near step 1,000 and, as the other, near step 10"
    rows.append(compare(ends, ours.player(STEPS - 250), first, max(repeats, 200), wanted=0.8))
    return rows


class Ours:
    """The window's way."""

    def __init__(self, scene, view, made):
        self.scene, self.view = scene, view
        self.layer = TrailLayer()
        self.page = QImage(*SIZE, QImage.Format.Format_RGB32)
        self.background = QImage(*SIZE, QImage.Format.Format_RGB32)
        self.background.fill(LIGHT.paper)
        painter = QPainter(self.background)
        paint_background(painter, scene, Relief(made, LIGHT), view, LIGHT, AxesStyle())
        painter.end()

    def player(self, step):
        """A function that plays the next frame, beginning after a step."""
        self.layer.update(self.scene.runs, self.scene.bounds, self.view, step, LIGHT)
        first, self.step = step, step

        def frame():
            self.step = self.step + 1 if self.step < min(first + 240, STEPS) else self.step
            painter = QPainter(self.page)
            painter.drawImage(0, 0, self.background)
            self.layer.update(self.scene.runs, self.scene.bounds, self.view, self.step, LIGHT)
            self.layer.paint(painter)
            paint_overlay(painter, self.scene, self.scene.runs, None, self.view, self.step, LIGHT)
            painter.end()

        return frame


class Pyqtgraph:
    """One item for the image, one per contour level, one per run."""

    def __init__(self, scene, made):
        import pyqtgraph

        self.scene = scene
        self.page = QImage(*SIZE, QImage.Format.Format_RGB32)
        self.widget = pyqtgraph.PlotWidget()
        self.widget.resize(*SIZE)
        xmin, xmax, ymin, ymax = scene.bounds
        table = np.array([[(c >> 16) & 255, (c >> 8) & 255, c & 255] for c in color_table("viridis", LIGHT)], np.uint8)
        image = pyqtgraph.ImageItem(table[made.tones], axisOrder="row-major")
        image.setRect(QRectF(xmin, ymin, xmax - xmin, ymax - ymin))
        self.widget.addItem(image)
        for _, lines in made.contours:
            joined = np.vstack([part for line in lines for part in (line, [[np.nan, np.nan]])])
            self.widget.addItem(
                pyqtgraph.PlotCurveItem(*joined.T, pen=QPen(LIGHT.contour, 0), connect="finite", antialias=True)
            )
        self.curves = []
        for run in scene.runs:
            style = run_style(run.spec.style, LIGHT)
            pen = QPen(style.color, LINE_WIDTH)
            pen.setCosmetic(True)
            if style.dash:
                pen.setDashPattern([length / LINE_WIDTH for length in style.dash])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            self.curves.append(pyqtgraph.PlotCurveItem(pen=pen, antialias=True))
            self.widget.addItem(self.curves[-1])
        self.widget.setRange(xRange=(xmin, xmax), yRange=(ymin, ymax), padding=0)

    def player(self, step):
        """A function that plays a frame at a step."""

        def frame():
            for curve, run in zip(self.curves, self.scene.runs, strict=True):
                curve.setData(run.trajectory.x[: step + 1], run.trajectory.y[: step + 1])
            painter = QPainter(self.page)
            self.widget.render(painter)
            painter.end()

        return frame
