"""After a crash: offering what was not saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

from PyQt6.QtWidgets import QMessageBox, QWidget

from optvis.foundation.errors import InputError
from optvis.gui.files.autosave import Autosave, Leftover, leftovers
from optvis.gui.files.documents import Documents
from optvis.gui.files.file_actions import plain_box

Answer = Literal["restore", "discard", "later"]
QUESTION = "optvis did not close properly. Restore the session you were working on?"


def offer(
    folder: Path, documents: Documents, autosave: Autosave, ask: Callable[[Leftover], Answer] | None = None
) -> bool:
    """Ask about every copy that a crash left, the newest first, until one is restored.

    Returns
    -------
    bool
        Whether one was. Those that were not asked about, and those for later, are offered at the next start.
    """
    for leftover in leftovers(folder):
        answer = (ask or ask_in_dialog)(leftover)
        if answer == "restore":
            try:
                documents.restore(leftover.session, leftover.path)
            except InputError:  # of a version that knew more
                leftover.remove()
                continue
            autosave.write()  # before the old copy goes
            leftover.remove()
            return True
        if answer == "discard":
            leftover.remove()
        else:
            leftover.keep()
    return False


def ask_in_dialog(leftover: Leftover, parent: QWidget | None = None) -> Answer:
    """Ask the question in a dialog; closing it leaves it for later."""
    changed = datetime.fromtimestamp(leftover.file.stat().st_mtime)
    name = leftover.path.name if leftover.path is not None else "A session without a file"
    detail = f"{name}, {leftover.session.problem[:80]}, last changed {changed:%Y-%m-%d %H:%M}."
    box = plain_box(QMessageBox.Icon.Question, QUESTION, detail, parent)
    restore = box.addButton("&Restore", QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton("&Discard", QMessageBox.ButtonRole.DestructiveRole)
    box.setEscapeButton(box.addButton("Ask &later", QMessageBox.ButtonRole.RejectRole))
    box.setDefaultButton(restore)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return "restore" if clicked is restore else "discard" if clicked is discard else "later"
