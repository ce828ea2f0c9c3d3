"""Which arrows the map shows at the head of the chosen run."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QIcon, QPainter, QPen, QPixmap
from PyQt6.QtWidgets import QCheckBox, QGridLayout, QWidget

from optvis.document.session import Scene
from optvis.draw.maps.step_arrows import arrow_colors
from optvis.draw.paint.markers import arrow_head
from optvis.draw.paint.painting import painting
from optvis.draw.paint.theme import Theme
from optvis.explain.update import rule_of
from optvis.gui.state.slow_motion import ARROWS
from optvis.gui.state.store import Store
from optvis.gui.widgets.palette import theme_of
from optvis.language.rule_analysis import structure

_TIPS = {
    "gradient": "Against the gradient, as far as plain gradient descent with this learning rate would go",
    "velocity": "The velocity, or the first moment times the learning rate",
    "scaling": "How much each axis is scaled, as an ellipse",
    "step": "The step that follows, and its parts where it is a sum",
}


class ArrowSwitches(QWidget):
    """A check box with its key for each kind of arrow.

    Attributes
    ----------
    boxes
        By the kind: ``gradient``, ``velocity``, ``scaling``, ``step``.
    """

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.boxes: dict[str, QCheckBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        for index, kind in enumerate(ARROWS):
            box = QCheckBox(kind)
            box.clicked.connect(lambda on, kind=kind: self._switch(kind, on))
            grid.addWidget(box, index // 2, index % 2)
            self.boxes[kind] = box
        self._show_keys()
        store.sessionChanged.connect(lambda _: self._show_session())
        store.sceneChanged.connect(self._show_scene)
        self._show_session()
        self._show_scene(store.scene)

    def changeEvent(self, event: QEvent | None) -> None:
        """Paint the keys in the colours of another theme."""
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._show_keys()

    def _switch(self, kind: str, on: bool) -> None:
        session = self._store.session
        chosen = {*session.view.arrows, kind} if on else {*session.view.arrows} - {kind}
        arrows = tuple(known for known in ARROWS if known in chosen)
        self._store.edit(replace(session, view=replace(session.view, arrows=arrows)))

    def _show_session(self) -> None:
        for kind, box in self.boxes.items():
            box.setChecked(kind in self._store.session.view.arrows)

    def _show_scene(self, scene: Scene) -> None:
        """Say which kinds the chosen run's rule has none of."""
        rule = None if scene.chosen is None else rule_of(scene.chosen.trajectory)
        missing = set()
        if rule is not None:
            missing = {"velocity"} if not structure(rule).moments else set()
            missing |= {"scaling"} if structure(rule).division is None else set()
        for kind, box in self.boxes.items():
            box.setText(f"{kind} (none)" if kind in missing else kind)
            title = "" if scene.chosen is None else scene.chosen.optimizer.title
            box.setToolTip(_TIPS[kind] + (f"\n{title} has none" if kind in missing else ""))

    def _show_keys(self) -> None:
        height = self.fontMetrics().height()
        size, theme = QSize(round(1.6 * height), height), theme_of(self.palette())
        for kind, box in self.boxes.items():
            box.setIconSize(size)
            box.setIcon(_key(kind, theme, size, self.devicePixelRatioF()))


def _key(kind: str, theme: Theme, size: QSize, ratio: float) -> QIcon:
    """A small arrow in the colour of its kind, or an ellipse, as the map's legend has them."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with painting(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, right = size.height() / 2, QPointF(size.width() - 1, size.height() / 2)
        if kind == "scaling":
            painter.setPen(QPen(theme.ink, 1.5))
            painter.drawEllipse(QRectF(1, middle - 4.5, size.width() - 3, 9))
        else:
            color = arrow_colors(theme)[kind]
            painter.setPen(QPen(color, 3.0 if kind == "step" else 2.0))
            painter.drawLine(QPointF(1, middle), right - QPointF(4, 0))
            painter.fillPath(arrow_head(right, (1.0, 0.0), 8.5), color)
    return QIcon(pixmap)
