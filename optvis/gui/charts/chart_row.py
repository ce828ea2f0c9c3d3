"""The charts of the runs, and to their right the loss along the profile line."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRectF, QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWidget

from optvis.document.session import Session
from optvis.draw.charts.chart_grid import beside_charts
from optvis.gui.charts.chart_view import ChartView
from optvis.gui.charts.profile_view import ProfileView
from optvis.gui.state.store import Store


def has_charts(session: Session) -> bool:
    """Whether anything stands in the row."""
    return bool(session.view.charts) or session.view.profile is not None


class ChartRow(QWidget):
    """Divides its width as an exported figure does; what the session does not name takes no room."""

    def __init__(self, store: Store, charts: ChartView, profile: ProfileView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._charts, self._profile = store, charts, profile
        for view in (charts, profile):
            view.setParent(self)
        store.sceneChanged.connect(lambda _: self._divide())
        self._divide()

    def sizeHint(self) -> QSize:
        """A strip under the map."""
        return QSize(600, 180)

    def _divide(self) -> None:
        view = self._store.scene.session.view
        self._charts.setVisible(bool(view.charts))
        self._profile.setVisible(view.profile is not None)
        rect = QRectF(self.rect())
        charts, beside = rect, QRectF()
        if view.profile is not None:
            charts, beside = beside_charts(len(view.charts), rect, self.fontMetrics().height() * 0.72)
        self._charts.setGeometry(charts.toAlignedRect())
        self._profile.setGeometry(beside.toAlignedRect())
        self.setMinimumHeight(self._charts.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide anew."""
        self._divide()

    def event(self, event: QEvent) -> bool:
        """Follow what the charts need."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.setMinimumHeight(self._charts.minimumHeight())
        return super().event(event)
