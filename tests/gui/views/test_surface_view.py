"""The 3-D surface in the window: turned by dragging, zoomed by the wheel, and in step with the rest."""

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication

from optvis.draw.paint.theme import LIGHT, run_style
from tests.gui.conftest import settle

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def surface(qtbot, window):
    tab = next(i for i in range(window.map_tabs.bar.count()) if window.map_tabs.bar.tabText(i) == "Surface")
    qtbot.mouseClick(window.map_tabs.bar, LEFT, pos=window.map_tabs.bar.tabRect(tab).center())
    qtbot.waitUntil(lambda: window.surface.is_settled)
    return window.surface


def test_a_tab_shows_the_surface_as_an_edit(qtbot, window, surface):
    assert surface.isVisible()
    assert not window.canvas.isVisible()
    assert window.store.session.view.layout == "surface"
    window.store.undo()
    settle(qtbot, window)
    assert window.canvas.isVisible()


def test_dragging_turns_and_the_wheel_zooms(qtbot, window, surface):
    before = surface.camera
    session = window.store.session
    middle = surface.rect().center()
    qtbot.mousePress(surface, LEFT, pos=middle)
    qtbot.mouseMove(surface, middle + QPoint(40, 0))
    assert not surface.is_settled
    qtbot.mouseMove(surface, middle + QPoint(80, 30))
    qtbot.mouseRelease(surface, LEFT, pos=middle + QPoint(80, 30))
    turned = surface.camera
    assert turned.azimuth != before.azimuth
    assert turned.elevation > before.elevation
    place = QPointF(middle)
    event = QWheelEvent(
        place, surface.mapToGlobal(place), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(surface, event)
    assert surface.camera.zoom > turned.zoom
    qtbot.waitUntil(lambda: surface.is_settled)
    qtbot.keyClick(surface, Qt.Key.Key_R)
    assert surface.camera == before
    assert window.store.session == session, "the camera is no part of the document"


def test_heads_follow_the_step(qtbot, window, surface):
    colors = {run_style(run.spec.style, LIGHT).color.name() for run in window.store.scene.runs}
    seen = []
    for step in (0, 12, 30):
        window.playback.seek(step)
        image = surface.grab().toImage()
        seen.append(image)
    assert seen[0] != seen[1] != seen[2]
    found = {
        seen[2].pixelColor(x, y).name() for x in range(0, seen[2].width(), 2) for y in range(0, seen[2].height(), 2)
    }
    assert colors <= found


def test_playing_paints_the_surface_once(qtbot, window, surface):
    surface.grab()
    background = surface.background
    for step in range(1, 20):
        window.playback.seek(step)
        surface.grab()
    assert surface.background is background


def test_another_problem_makes_another_surface(qtbot, window, surface):
    before = surface.grab().toImage()
    window.problem_panel.choose("himmelblau")
    settle(qtbot, window)
    qtbot.waitUntil(lambda: surface.is_settled)
    assert surface.grab().toImage() != before
