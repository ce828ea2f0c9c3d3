"""Pictures of the window for the README: ``python -m tests.window_pictures NAME FILE``; not run by pytest.

What `optvis render` cannot draw is painted by the window itself, without a display.
"""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_SCALE_FACTOR"] = "2"

from PyQt6.QtCore import QPoint, QRect, QSettings
from PyQt6.QtWidgets import QApplication, QWidget

from optvis.document.session import RunSpec, Session
from optvis.document.session_file import preset
from optvis.gui.tune.tune_dialog import TuneDialog
from optvis.gui.window import Window

_AT_REST = 1.0
EXAMPLE = Path(__file__).resolve().parents[1] / "assets" / "examples" / "trajectories_in_pyqtgraph.py"


def sliders(window: Window) -> QWidget:
    """The cards of the textbook's optimizers, each slider with what it would do."""
    window.store.replace(preset("textbook"))
    window.resize(1100, 760)
    settle()
    return window.runs_panel


def tune(window: Window) -> QWidget:
    """A fair comparison, finished."""
    runs = tuple(RunSpec(name, style=style) for style, name in enumerate(("sgd", "momentum", "adam", "adamax")))
    window.store.replace(Session("rosenbrock", runs=runs))
    settle()
    dialog = TuneDialog(window.store, None, window)
    dialog.resize(880, 560)
    dialog.show()
    dialog.start()
    settle(lambda: dialog.is_tuning)
    return dialog


def items(window: Window) -> QWidget:
    """A plot of somebody else's pyqtgraph program, with our items in it: the example."""
    plot: QWidget = runpy.run_path(str(EXAMPLE))["plot"]
    plot.resize(480, 290)
    settle()
    return plot


PICTURES: dict[str, Callable[[Window], QWidget]] = {"sliders.png": sliders, "tune.png": tune, "items.png": items}


def settle(is_busy: Callable[[], bool] = lambda: False) -> None:
    """Let the window do what it has to do, until it has been at rest for a while."""
    until = perf_counter() + _AT_REST
    while perf_counter() < until:
        QApplication.processEvents()
        if is_busy():
            until = perf_counter() + _AT_REST


def main(name: str, file: str) -> int:
    """Draw one of the pictures."""
    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        settings.setValue("theme", "light")
        settings.setValue("hint/seen", True)
        window = Window(preset("textbook"), settings)
        window.show()
        shown = PICTURES[name](window)
        lowest = max((child.geometry().bottom() for child in _cards(window)), default=shown.height())
        area = QRect(QPoint(), shown.size())
        if shown is window.runs_panel:
            area.setHeight(min(area.height(), lowest + window.runs_panel.area.y() + 8))
        done = shown.grab(area).save(file)
        window.documents.saved = window.store.session  # nothing to ask about
        window.close()
        del app
    return 0 if done else 1


def _cards(window: Window) -> list[QWidget]:
    return list(window.runs_panel.cards)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
