import pytest
from PyQt6.QtGui import QImage, QPainter

from optvis.document.session import STYLES, RunSpec, Session, resolve


@pytest.fixture(autouse=True)
def _application(qapp):
    """Fonts need one."""


@pytest.fixture
def painted():
    """A function that paints onto a white page and returns it."""

    def paint(size, draw, ratio=1.0, color="#ffffff"):
        image = QImage(round(size[0] * ratio), round(size[1] * ratio), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(int("ff" + color[1:], 16))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        try:
            draw(painter)
        finally:
            painter.end()
        return image

    return paint


@pytest.fixture(scope="session")
def scene_of():
    """A function from problem and runs to a scene; a run is a name or a name and hyperparameters."""

    def make(problem, *runs, **settings):
        specs = []
        for style, run in enumerate(runs):
            name, hyper = (run, {}) if isinstance(run, str) else run
            specs.append(RunSpec(name, tuple(sorted(hyper.items())), style % STYLES))
        return resolve(Session(problem, runs=tuple(specs), **settings))

    return make
