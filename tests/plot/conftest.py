"""Plots in views of their own, what they show as pixels, and what they repaint."""

import pyqtgraph as pg
import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QApplication

import optvis
from optvis.draw.page.panels import MapPanel
from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.theme import THEMES
from optvis.export.drawn import drawn
from optvis.plot.loss_map_item import LossMapItem
from optvis.plot.plots import dress, new_plot
from optvis.plot.scene_pixels import viewport_of
from optvis.plot.start_handle import StartHandle
from optvis.plot.trajectory_item import TrajectoryItem
from tests.draw.pixels import array

LOOK = AxesStyle(pixels=11.0, widest="−00.0")


class Shown:
    """A plot in a view, its ways to be looked at."""

    def __init__(self, plot, size):
        self.plot, self.view = plot, pg.GraphicsView()
        self.view.setCentralItem(plot)
        self.view.resize(*size)
        self.view.show()
        self.settle()

    @property
    def box(self):
        return self.plot.getViewBox()

    @property
    def viewport(self):
        return viewport_of(self.box)

    def settle(self):
        for _ in range(3):
            QApplication.processEvents()

    def image(self, ratio=1.0):
        """All of it painted anew at a scale."""
        image = QImage(
            round(self.view.width() * ratio),
            round(self.view.height() * ratio),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        self.view.viewport().render(image)
        return image

    def pixels(self, ratio=1.0):
        """Those inside the view's rectangle."""
        return inside(self.image(ratio), self.viewport.rect, ratio)

    def close(self):
        self.view.hide()
        self.view.setParent(None)
        self.view.deleteLater()


def inside(image, rect, ratio):
    left, top, width, height = (round(value * ratio) for value in rect.getRect())
    return array(image)[top : top + height, left : left + width]


@pytest.fixture(autouse=True)
def _every_move_counts(monkeypatch):
    """By default pyqtgraph swallows most moves of a drag that is simulated."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def show():
    """A function that puts a plot into a view of its own."""
    views = []

    def make(plot, size=(640, 480)):
        views.append(Shown(plot, size))
        return views[-1]

    yield make
    for each in views:
        each.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


RULES = (
    optvis.optimizers.SGD(lr=0.95),
    optvis.optimizers.Momentum(lr=0.1),
    optvis.optimizers.AdaGrad(lr=1.5),
    optvis.optimizers.SGD(lr=1.03),
)


@pytest.fixture(scope="session")
def problem():
    return optvis.problem("quadratic-valley", bounds=(-10, 10, -5, 5))


@pytest.fixture(scope="session")
def runs(problem):
    """Four trajectories, the last of which leaves the domain."""
    return [optvis.run(problem, rule, start=(-7, 2), steps=300) for rule in RULES]


@pytest.fixture
def shown_map(show, problem):
    """A function that shows the map of the problem with runs on it, in our own plot."""

    def make(runs, theme="light", step=None, start=(-7, 2), size=(640, 480)):
        plot = new_plot(LOOK)
        shown = show(plot, size)
        shown.ground = LossMapItem(problem)
        shown.ground.setAxes(LOOK)
        plot.addItem(shown.ground)
        shown.items = [TrajectoryItem(run, style, step) for style, run in enumerate(runs)]
        for item in shown.items:
            plot.addItem(item)
        shown.start = StartHandle(*start)
        plot.addItem(shown.start)
        xmin, xmax, ymin, ymax = problem.plane.bounds
        plot.setRange(xRange=(xmin, xmax), yRange=(ymin, ymax), padding=0)
        dress(plot, theme)
        shown.settle()
        return shown

    return make


def exported(shown, runs, step, theme, ratio=1.0):
    """What an export paints in the same rectangle of a page."""
    scene, viewport = drawn(runs), shown.viewport
    image = QImage(round(shown.view.width() * ratio), round(shown.view.height() * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(THEMES[theme].paper)
    panel = MapPanel(scene, scene.visible_runs, viewport, THEMES[theme], shown.ground.ground, LOOK, ratio)
    painter = QPainter(image)
    panel.paint_background(painter)
    panel.paint_moving(painter, step)
    painter.end()
    return image
