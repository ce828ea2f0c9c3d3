"""What the start of the program leaves to those who open it: dialogs, the inspector, tuning."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import optvis

ROOT = Path(optvis.__file__).parents[1]
WINDOW = """
import os, sys
from PyQt6.QtCore import QSettings, QTimer
from PyQt6.QtWidgets import QApplication
import optvis.gui.app
from optvis.document.session_file import preset
from optvis.gui import uncaught
from optvis.gui.window import Window

app = QApplication([])
settings = QSettings("settings.ini", QSettings.Format.IniFormat)
settings.setValue("window/inspector", sys.argv[1] == "inspected")
window = Window(preset("textbook"), settings)
uncaught.install()
window.show()
window.grab()
app.processEvents()
seen = set()

def look():
    seen.update(type(widget).__module__ for widget in app.allWidgets() if widget.isVisible())
    if (dialog := app.activeModalWidget()) is not None:
        dialog.close()

def open(does):
    QTimer.singleShot(0, look)  # while it waits for its dialog, if it does
    does()
    app.processEvents()
    app.processEvents()  # what that has asked for
    look()

def fail():
    raise RuntimeError("on purpose")

print(*sys.modules)
"""
END = "\nprint(*seen, flush=True); os._exit(0)"
OPENED = {
    "optvis.gui.inspector.inspector": "window.menus.actions['show inspector'].trigger",
    "optvis.gui.tune.tune_dialog": "window.ask_tune",
    "optvis.gui.files.export_dialog": "window.ask_export",
    "optvis.gui.settings.rule_dialog": "window.runs_panel.new_rule",
    "optvis.gui.keys": "window.show_keys",
    "optvis.gui.error_dialog": "lambda: QTimer.singleShot(0, fail)",
}
"""The modules of widgets, and what a person does who opens them."""


def told(code, folder, argument=""):
    """The words of the two lines that a fresh interpreter prints."""
    command = [sys.executable, "-c", WINDOW + code + END, argument]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, timeout=60, check=True)
    loaded, seen = ended.stdout.splitlines()
    return set(loaded.split()), set(seen.split())


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """The modules that a shown window has loaded, and those of the widgets that are seen when all is opened."""
    opening = "".join(f"open({does})\n" for does in OPENED.values())
    return told(opening, tmp_path_factory.mktemp("start"))


@pytest.mark.parametrize("module", OPENED)
def test_a_shown_window_has_not_loaded_what_is_there_when_it_is_opened(start, module):
    loaded, seen = start
    assert module not in loaded
    assert module in seen


def test_a_shown_window_has_not_loaded_tuning(start):
    loaded, _ = start
    assert "optvis.gui.window" in loaded
    assert not {name for name in loaded if name.startswith(("optvis.tuning", "optvis.gui.tune."))}


def test_a_window_that_shows_the_inspector_has_it_at_its_first_frame(tmp_path):
    loaded, seen = told("look()", tmp_path, "inspected")
    assert "optvis.gui.inspector.inspector" in loaded & seen
