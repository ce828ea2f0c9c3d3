"""Starting the window."""

from __future__ import annotations

import signal
import sys
from typing import Any

from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication

from optvis.gui import error_dialog
from optvis.gui.export_dialog import Export
from optvis.gui.icons import program_icon
from optvis.gui.window import Window
from optvis.opening import open_session


def run_window(path: str | None, export: Export) -> int:
    """Open the window with a session file or a preset, or with the textbook comparison, and play it.

    Returns the exit status of the program.

    Raises
    ------
    InputError
        When the file cannot be used; no window has been opened then.
    """
    session = open_session("textbook" if path is None else path)
    app: Any = QApplication.instance() or QApplication(sys.argv[:1])
    app.setApplicationName("optvis")
    app.setApplicationDisplayName("optvis")
    app.setDesktopFileName("optvis")
    app.setWindowIcon(program_icon())
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal ends the program
    error_dialog.install()
    window = Window(session, QSettings("optvis", "optvis"), export)
    window.show()
    window.playback.play()
    status: int = app.exec()
    return status
