"""Starting the window."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication

from optvis.document.opening import is_file_name, open_session
from optvis.gui import uncaught
from optvis.gui.files.autosave import Autosave, state_folder
from optvis.gui.files.recovery import ask_in_dialog, offer
from optvis.gui.leaving import EndBySignal
from optvis.gui.widgets.icons import program_icon
from optvis.gui.window import Window


def run_window(path: str | None, state: Path | None = None, settings: QSettings | None = None) -> int:
    """Open the window with a session file or a preset, or with the textbook comparison, and play it.

    Parameters
    ----------
    state
        Folder for what is not saved yet; None for the system's.
    settings
        Where geometry, theme and recent files are remembered; None for the user's.

    Returns
    -------
    int
        The exit status of the program.

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
    uncaught.install()
    window = Window(session, settings or QSettings("optvis", "optvis"))
    if path is not None and is_file_name(path):
        window.documents.adopt(path)
    folder = state or state_folder()
    autosave = Autosave(folder, window.store, window.documents)
    autosave.failed.connect(lambda words: window.statusBar().showMessage(words))
    window.show()
    if not offer(folder, window.documents, autosave, lambda leftover: ask_in_dialog(leftover, window)):
        window.playback.play()
    end = EndBySignal(app)
    status: int = app.exec()
    end.stop()
    if end.number:
        autosave.write()  # nobody was asked: what is not saved is offered at the next start
        autosave.keep()
    else:
        autosave.finish()
    return status
