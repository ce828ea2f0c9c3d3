"""A window on settings of its own, and no exception or widget left behind."""

import gc

import pyqtgraph as pg
import pytest
from PyQt6.QtCore import QEvent, QSettings
from PyQt6.QtWidgets import QApplication

from optvis.document.session_file import preset
from optvis.gui.window import Window


class Clock:
    """Time that passes only when a test says so."""

    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture(autouse=True)
def _every_move_counts(monkeypatch):
    """By default pyqtgraph swallows most moves of a drag that is simulated."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def settings(tmp_path):
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def make_window(qtbot, settings):
    """Open a window of 1,200 × 800 with a session, paused at the start."""
    windows = []

    def make(session=None):
        settings.setValue("theme", "light")
        settings.setValue("hint/seen", True)

        window = Window(session or preset("textbook"), settings)
        windows.append(window)
        window.resize(1200, 800)
        window.show()
        qtbot.waitExposed(window)
        settle(qtbot, window)
        return window

    yield make
    for window in windows:
        window.documents.saved = window.store.session  # nothing to ask about
        window.close()
        window.deleteLater()
    app = QApplication.instance()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    left = [widget for widget in app.topLevelWidgets() if widget.isVisible()]
    assert not left, f"left open: {left}"


@pytest.fixture
def window(make_window):
    return make_window()


def settle(qtbot, window):
    """Wait until everything that was begun has been computed and painted."""
    qtbot.waitUntil(lambda: not window.store.is_busy and window.canvas.is_settled)
    QApplication.processEvents()
