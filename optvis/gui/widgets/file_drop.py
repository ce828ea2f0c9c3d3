"""Files that are dropped on the window."""

from __future__ import annotations

from typing import cast

from PyQt6.QtCore import QEvent, QMimeData, QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QWidget


class FileDrop(QObject):
    """Takes one file, dropped anywhere on a widget that has no use for it itself.

    Signals
    -------
    dropped(str)
        Its name; after the other program has been let go.
    """

    dropped = pyqtSignal(str)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Accept what names one file of this computer."""
        if event is None or event.type() not in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop):
            return False
        drop = cast(QDropEvent, event)
        file = _file_in(drop.mimeData())
        if file is None:
            return False
        drop.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            QTimer.singleShot(0, lambda: self.dropped.emit(file))
        return True


def _file_in(data: QMimeData | None) -> str | None:
    urls = data.urls() if data is not None and data.hasUrls() else []
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else None
