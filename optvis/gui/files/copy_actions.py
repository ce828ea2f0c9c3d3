"""What the Edit menu copies: the session as text or as a command, and the picture."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QClipboard, QGuiApplication, QImage
from PyQt6.QtWidgets import QProgressDialog, QWidget

from optvis.document.picture_spec import Picture
from optvis.document.session_text import to_text
from optvis.gui.state.refinement import Refinement
from optvis.gui.state.store import Store

PICTURE_SCALE = 2.0
WORTH_SHOWING = 0.4  # seconds


class CopyActions(QObject):
    """Puts things into the clipboard.

    Attributes
    ----------
    drawing
        The picture that is being drawn.
    progress
        A dialog that shows how far it is and can cancel it; None where that takes no time.

    Signals
    -------
    said(str)
        A line for the status bar.
    """

    said = pyqtSignal(str)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._parent = store, parent
        self.drawing: Refinement[QImage] = Refinement(self)
        self.drawing.changed.connect(self._take_picture)
        self.drawing.progressed.connect(self._show_progress)
        self.progress: QProgressDialog | None = None

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
        """Copy the picture as it stands at a step; drawn between events, and instead of one that is being drawn."""
        from optvis.export.stills.write_still import still_in_slices  # late: Qt's SVG comes with it

        scene = self._store.scene
        picture = Picture("clipboard.png", scale=PICTURE_SCALE, theme=theme, step=min(step, scene.steps))
        self._end_progress()
        self.drawing.cancel()
        self.drawing.want(picture, [partial(still_in_slices, scene, picture)])

    def cancel(self) -> None:
        """Draw no further; the clipboard keeps what it has."""
        self.drawing.cancel()
        self._end_progress()

    def _take_picture(self) -> None:
        self._end_progress()
        image = self.drawing.result
        if image is None:
            self.said.emit(self.drawing.error)
        else:
            clipboard().setImage(image)
            self.said.emit(f"Copied a picture of {image.width()} × {image.height()} pixels")
        self.drawing.result = None  # which would be kept in memory else

    def _show_progress(self, share: float) -> None:
        if self.progress is None:
            if self.drawing.seconds < WORTH_SHOWING:
                return
            self.progress = QProgressDialog("Drawing the picture …", "&Cancel", 0, 1000, self._parent)
            self.progress.setWindowTitle("Copy picture")
            self.progress.setAutoClose(False)
            self.progress.canceled.connect(self.cancel)
            self.progress.show()
        self.progress.setValue(round(1000 * share))

    def _end_progress(self) -> None:
        if self.progress is not None:
            progress, self.progress = self.progress, None
            progress.canceled.disconnect()
            progress.close()
            progress.deleteLater()


def clipboard() -> QClipboard:
    """Return the clipboard, which every application has."""
    found = QGuiApplication.clipboard()
    assert found is not None
    return found
