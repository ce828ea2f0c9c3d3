"""Whatever fails while it is painted: the error is told once, its place says so, and the program goes on."""

import importlib
import inspect
import pkgutil
import sys

import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter, QPixmap
from PyQt6.QtWidgets import QApplication, QGraphicsItem, QWidget

import optvis
from optvis.document.session import RunSpec, Session, View
from optvis.draw.paint import painting
from optvis.draw.paint.painting import saved
from tests.gui.conftest import settle

RUNS = (RunSpec("sgd"), RunSpec("adam", style=1))
LAYOUTS = ("map", "multiples", "surface", "basins", "sweep")


def paints():
    """Every method of ours that Qt calls to have a widget or an item painted."""
    for found in pkgutil.walk_packages(optvis.__path__, "optvis."):
        if not found.name.startswith(("optvis.gui", "optvis.plot", "optvis.items")):
            continue
        for kind in vars(importlib.import_module(found.name)).values():
            if inspect.isclass(kind) and kind.__module__ == found.name and issubclass(kind, QWidget | QGraphicsItem):
                name = "paintEvent" if issubclass(kind, QWidget) else "paint"
                if name in vars(kind):
                    yield kind, vars(kind)[name]


PAINTS = {kind.__name__: paint for kind, paint in paints()}


def test_every_paint_is_guarded():
    assert len(PAINTS) > 20
    assert [name for name, paint in PAINTS.items() if not hasattr(paint, "__wrapped__")] == []


@pytest.fixture
def told(monkeypatch):
    """The errors that were told, instead of failing the test."""
    errors = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: errors.append(str(error)))
    return errors


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_program_goes_on_and_the_place_says_so(qtbot, make_window, monkeypatch, told, layout):
    view = View(layout=layout, profile=(-4.0, 1.0, 4.0, -1.0), swarm=50, arrows=("step",))
    window = make_window(Session("quadratic-valley", steps=20, runs=RUNS, view=view))
    window.resize(1200, 900)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not window.sweep.refinement.is_running and window.groove_painter.is_settled)

    def look():
        for theme in ("dark", "light"):
            window.set_theme(theme)
            for step in (3, 20):
                window.playback.seek(step)
                picture = window.grab().toImage()
        return picture

    before, failed = look(), set()
    noticed = []
    for place in ("optvis.draw.paint.painting", "optvis.plot.scene_pixels"):
        monkeypatch.setattr(f"{place}.paint_notice", lambda painter, rect, *rest: noticed.append(rect))
    for name, paint in PAINTS.items():
        told.clear()
        noticed.clear()

        def fails(item, *args, name=name):
            painter = next((each for each in args if isinstance(each, QPainter)), None)
            if painter is not None:
                painter.save()  # as what was being painted would have left it
                painter.restore()
                painter.setOpacity(0.3)
            raise OverflowError(f"{name} cannot be painted")

        with monkeypatch.context() as patch:
            patch.setattr(paint, "__wrapped__", fails)
            look()
        assert set(told) <= {f"{name} cannot be painted"}
        if told:
            failed.add(name)
            assert noticed
            assert not all(rect.isEmpty() for rect in noticed)
    assert len(failed) >= 9
    assert look() == before
    QApplication.processEvents()


def test_a_kept_picture_that_failed_is_painted_again(qtbot, make_window, monkeypatch, told):
    window = make_window(Session("quadratic-valley", steps=20, runs=RUNS))
    window.set_theme("dark")
    QApplication.processEvents()
    before = window.grab().toImage()
    window.set_theme("light")
    QApplication.processEvents()
    with monkeypatch.context() as patch:
        patch.setattr("optvis.plot.ground_item.paint_problem", lambda *a, **b: 1 / 0)
        patch.setattr("optvis.draw.charts.chart.paint_curves", lambda *a, **b: 1 / 0)
        window.set_theme("dark")
        QApplication.processEvents()
        assert window.grab().toImage() != before
    assert set(told) == {"division by zero"}
    told.clear()
    assert window.grab().toImage() == before
    assert not told
    window.set_theme("light")


def test_a_painter_ends_and_is_given_back_in_every_case(qapp):
    pixmap = QPixmap(20, 20)

    def fails(painter):
        with saved(painter):
            painter.setOpacity(0.5)
            painter.setClipRect(QRectF(0, 0, 2, 2))
            raise OverflowError

    with painting.painting(pixmap) as painter:
        with pytest.raises(OverflowError):
            fails(painter)
        assert painter.opacity() == 1.0
        assert not painter.hasClipping()

    def paints():
        with painting.painting(pixmap) as painter:
            fails(painter)

    with pytest.raises(OverflowError):
        paints()
    assert not pixmap.paintingActive()
