"""The tabs over the map: one map, small multiples, the 3-D surface, basins, the sweep map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from optvis.document.layouts import WINDOW_LAYOUTS
from optvis.document.session import Session
from optvis.gui.state.store import Store
from optvis.gui.views.basin_bar import BasinBar
from optvis.gui.views.canvas import MapCanvas
from optvis.gui.views.lens_bar import LensBar
from optvis.gui.views.surface_view import SurfaceView
from optvis.gui.views.sweep_bar import SweepBar
from optvis.gui.views.sweep_view import SweepView


class MapTabs(QWidget):
    """Shows the view that the session's layout names; a tab proposes another layout.

    Attributes
    ----------
    canvas, surface, sweep
        The map, or the maps, the surface, and the sweep map.
    lens_bar, basin_bar, sweep_bar
        Over them while the gradient lens is on, or basins or a sweep map are shown.
    """

    def __init__(
        self,
        store: Store,
        canvas: MapCanvas,
        surface: SurfaceView,
        sweep: SweepView,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self.canvas, self.surface, self.sweep = canvas, surface, sweep
        self.bar = QTabBar()
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(False)
        self.bar.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)  # tools give way, tabs do not
        self.bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.bar.setAccessibleName("View")
        for layout in WINDOW_LAYOUTS.values():
            self.bar.setTabData(self.bar.addTab(layout.tab), layout.name)
        self._stack = QStackedWidget()
        self._stack.addWidget(canvas)
        self._stack.addWidget(surface)
        self._stack.addWidget(sweep)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(0)
        self._head = QHBoxLayout()
        self._head.addWidget(self.bar)
        self._head.addStretch(1)
        column.addLayout(self._head)
        self.lens_bar = LensBar(store)
        column.addWidget(self.lens_bar)
        self.basin_bar = BasinBar(store)
        column.addWidget(self.basin_bar)
        canvas.layers.groundChanged.connect(lambda: self.basin_bar.show_moving(canvas.layers.moving_share))
        self.sweep_bar = SweepBar(store)
        column.addWidget(self.sweep_bar)
        column.addWidget(self._stack, 1)
        self._show_session(store.session)
        store.sessionChanged.connect(self._show_session)
        self.bar.currentChanged.connect(self._propose)

    def add_tools(self, tools: QWidget) -> None:
        """Put tools beside the tabs, at the right end."""
        self._head.addWidget(tools)

    @property
    def current(self) -> Any:
        """The view that is seen; it can be zoomed, panned and reset."""
        return self._stack.currentWidget()

    def _show_session(self, session: Session) -> None:
        self.bar.setCurrentIndex(list(WINDOW_LAYOUTS).index(session.view.layout))
        own: dict[str, QWidget] = {"surface": self.surface, "sweep": self.sweep}
        self._stack.setCurrentWidget(own.get(session.view.layout, self.canvas))

    def _propose(self, index: int) -> None:
        session = self._store.session
        layout = self.bar.tabData(index)
        if layout != session.view.layout:
            self._store.edit(replace(session, view=replace(session.view, layout=layout)))
