"""The view that plots stand in."""

from __future__ import annotations

import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget


class Stage(pg.GraphicsView):  # type: ignore[misc]
    """A `pyqtgraph.GraphicsView` that fills a widget: it has the mouse, and leaves the keyboard to the widget.

    It has no central item: `optvis.plot.plots.place` says where a plot goes.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCentralItem(None)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scene().contextMenu.clear()  # of pyqtgraph's exporters, which would paint in another way than ours
