"""What the window remembers from one time to the next: its geometry, what is folded, loop and speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, QSettings
from PyQt6.QtWidgets import QApplication

from optvis.gui.state.playback import SPEEDS

if TYPE_CHECKING:
    from optvis.gui.window import Window

WIDE = 1500
"""Pixels from which on a window has room for the inspector at its first start."""


def restore(window: Window, settings: QSettings) -> None:
    """Give the window the geometry, the folding, the loop and the speed that it had when it was closed."""
    geometry = settings.value("window/geometry")
    if not (isinstance(geometry, QByteArray) and window.restoreGeometry(geometry)):
        available = QApplication.primaryScreen().availableGeometry().size()
        window.resize(min(1360, available.width()), min(860, available.height()))
    for splitter, name, sizes in ((window.columns, "columns", (330, 1000, 330)), (window.plots, "plots", (600, 190))):
        state = settings.value(f"window/{name}")
        if not (isinstance(state, QByteArray) and splitter.restoreState(state)):
            splitter.setSizes(list(sizes))
    actions = window.menus.actions
    actions["show settings"].setChecked(settings.value("window/settings", True, type=bool))
    has_charts = bool(window.store.session.view.charts)
    actions["show charts"].setChecked(has_charts and settings.value("window/chart", True, type=bool))
    actions["show inspector"].setChecked(settings.value("window/inspector", window.width() > WIDE, type=bool))
    actions["paint grooves"].setChecked(settings.value("window/grooves", True, type=bool))
    parts = settings.value("window/inspector parts")
    if isinstance(parts, QByteArray):
        window.inspector_column.restore_state(parts)
    window.playback.set_loop(settings.value("play/loop", False, type=bool))
    speed = settings.value("play/speed", 1.0, type=float)
    window.playback.set_speed(speed if speed in SPEEDS else 1.0)


def save(window: Window, settings: QSettings) -> None:
    """Keep the same for the next time; charts that are gone because none is chosen do not count as folded."""
    is_on = window.menus.is_on
    settings.setValue("window/geometry", window.saveGeometry())
    settings.setValue("window/columns", window.columns.saveState())
    settings.setValue("window/plots", window.plots.saveState())
    settings.setValue("window/settings", is_on("show settings"))
    settings.setValue("window/chart", is_on("show charts") or not window.store.session.view.charts)
    settings.setValue("window/inspector", is_on("show inspector"))
    settings.setValue("window/grooves", is_on("paint grooves"))
    settings.setValue("window/inspector parts", window.inspector_column.save_state())
    settings.setValue("play/loop", window.playback.loop)
    settings.setValue("play/speed", window.playback.speed)
