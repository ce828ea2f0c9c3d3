"""Editing one run out of eight, 1,000 steps each: compute and repaint apart, against doing all eight anew."""

import os
from collections.abc import Iterator
from itertools import count

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from optvis.document.session import RunSpec, Scene, Session, resolve
from optvis.draw.maps.trails import TrailLayer
from optvis.draw.paint.theme import LIGHT
from optvis.draw.paint.viewport import Viewport
from tests.benchmarks.ratio import Comparison, compare

OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamax", "lion")
EDITED = 5
STEPS = 1_000


def run(repeats: int) -> Iterator[Comparison]:
    """Compare the one with the eight."""
    session = Session(
        "quadratic-valley", steps=STEPS, runs=tuple(RunSpec(name, style=i) for i, name in enumerate(OPTIMIZERS))
    )
    scene = resolve(session)
    rates = (0.2 + 1e-4 * turn for turn in count())

    def edited() -> Session:
        return session.with_run(EDITED, session.runs[EDITED].with_hyper("lr", next(rates)))

    yield compare("compute", lambda: resolve(edited(), scene), lambda: resolve(edited()), repeats)

    viewport = Viewport(scene.bounds, QRectF(0, 0, 1200, 800))
    scenes = [resolve(edited(), scene) for _ in range(2)]
    turn = count()
    kept = TrailLayer()

    def repaint(layer: TrailLayer) -> None:
        _paint(layer, scenes[next(turn) % 2], viewport)

    yield compare("repaint of the trails", lambda: repaint(kept), lambda: repaint(TrailLayer()), repeats)


def _paint(layer: TrailLayer, scene: Scene, viewport: Viewport) -> None:
    image = QImage(1200, 800, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    layer.update(scene.visible_runs, scene.bounds, viewport, STEPS, LIGHT)
    layer.paint(painter)
    painter.end()
