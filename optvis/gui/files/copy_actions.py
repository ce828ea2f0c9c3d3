"""What the Edit menu copies: the session as text or as a command, and the picture."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QClipboard, QGuiApplication

from optvis.document.picture_spec import Picture
from optvis.document.session_text import to_text
from optvis.foundation.errors import InputError
from optvis.gui.state.store import Store

PICTURE_SCALE = 2.0


class CopyActions(QObject):
    """Puts things into the clipboard.

    Signals
    -------
    said(str)
        A line for the status bar.
    """

    said = pyqtSignal(str)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store

    def text(self) -> None:
        """Copy the session as one line."""
        line = to_text(self._store.session)
        clipboard().setText(line)
        self.said.emit(f"Copied the session, {len(line):,} letters: paste it into a message, or into another optvis")

    def command(self) -> None:
        """Copy the line for the shell that draws the same."""
        from optvis.document.shell_line import render_command  # late: argparse comes with it

        line = render_command(self._store.session)
        clipboard().setText(line)
        self.said.emit(f"Copied {line}" if len(line) < 100 else f"Copied {line[:90]} …")

    def picture(self, theme: str, step: int) -> None:
        """Copy the picture as it stands at a step."""
        from optvis.export.stills.write_still import still  # late: Qt's SVG comes with it

        scene = self._store.scene
        picture = Picture("clipboard.png", scale=PICTURE_SCALE, theme=theme, step=min(step, scene.steps))
        try:
            clipboard().setImage(still(scene, picture))
        except InputError as error:
            self.said.emit(str(error))
            return
        width, height = picture.pixels
        self.said.emit(f"Copied a picture of {width} × {height} pixels")


def clipboard() -> QClipboard:
    """Return the clipboard, which every application has."""
    found = QGuiApplication.clipboard()
    assert found is not None
    return found
