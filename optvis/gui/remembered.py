"""What the window remembers from one time to the next: its geometry, what is folded, loop and speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication

from optvis.gui.charts.chart_row import has_charts
from optvis.gui.state import stored
from optvis.gui.state.playback import SPEEDS

if TYPE_CHECKING:
    from optvis.gui.window import Window

WIDE = 1500
"""Pixels from which on a window has room for the inspector at its first start."""


def restore(window: Window, settings: QSettings) -> None:
    """Give the window the geometry, the folding, the loop and the speed that it had when it was closed."""
    if not window.restoreGeometry(stored.state(settings, "window/geometry")):
        available = QApplication.primaryScreen().availableGeometry().size()
        window.resize(min(1360, available.width()), min(860, available.height()))
    for splitter, name, sizes in ((window.columns, "columns", (330, 1000, 330)), (window.plots, "plots", (600, 190))):
        if not splitter.restoreState(stored.state(settings, f"window/{name}")):
            splitter.setSizes(list(sizes))
    actions = window.menus.actions
    actions["show settings"].setChecked(stored.flag(settings, "window/settings", True))
    charts_shown = has_charts(window.store.session) and stored.flag(settings, "window/chart", True)
    actions["show charts"].setChecked(charts_shown)
    actions["show inspector"].setChecked(stored.flag(settings, "window/inspector", window.width() > WIDE))
    actions["paint grooves"].setChecked(stored.flag(settings, "window/grooves", True))
    window.inspector_column.restore_state(stored.state(settings, "window/inspector parts"))
    window.playback.set_loop(stored.flag(settings, "play/loop", False))
    speed = stored.number(settings, "play/speed", 1.0)
    window.playback.set_speed(speed if speed in SPEEDS else 1.0)


def save(window: Window, settings: QSettings) -> None:
    """Keep the same for the next time; charts that are gone because none is chosen do not count as folded."""
    is_on = window.menus.is_on
    settings.setValue("window/geometry", window.saveGeometry())
    settings.setValue("window/columns", window.columns.saveState())
    settings.setValue("window/plots", window.plots.saveState())
    settings.setValue("window/settings", is_on("show settings"))
    settings.setValue("window/chart", is_on("show charts") or not has_charts(window.store.session))
    settings.setValue("window/inspector", is_on("show inspector"))
    settings.setValue("window/grooves", is_on("paint grooves"))
    settings.setValue("window/inspector parts", window.inspector_column.save_state())
    settings.setValue("play/loop", window.playback.loop)
    settings.setValue("play/speed", window.playback.speed)
