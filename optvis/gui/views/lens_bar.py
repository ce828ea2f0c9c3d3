"""The bar of the gradient lens: the step h as a slider, and the error it makes at the start."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from optvis.document.session import Scene, Session
from optvis.draw.charts.error_curve import paint_error_curve
from optvis.draw.paint.painting import guarded, painting
from optvis.foundation.errors import InputError
from optvis.foundation.number_text import number
from optvis.gui.state.store import Store
from optvis.gui.widgets.palette import theme_of
from optvis.gui.widgets.value_slider import ValueSlider
from optvis.landscape.gradient_error import ErrorCurve, error_curve
from optvis.optimizers.hyperparameter import Hyperparameter
from optvis.problems.gradient import DEFAULT_H, Scheme, parse_scheme

H = Hyperparameter("h", 1e-4, 1e-13, 1e-1, "log", "step of the numerical gradient", least=1e-300, most=1e6)


class LensBar(QWidget):
    """Shown while the lens is on: changing h changes the map, the curve and the trajectories."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.title = QLabel()
        self.slider = ValueSlider(H, "the gradient")
        self.words = QLabel(wordWrap=True)
        self.curve = _Curve()
        left = QVBoxLayout()
        left.addWidget(self.title)
        left.addWidget(self.slider)
        left.addWidget(self.words)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 4)
        row.addLayout(left, 3)
        row.addWidget(self.curve, 4)
        self.slider.valueEdited.connect(self._propose)
        self.slider.editingFinished.connect(store.seal)
        self.slider.resetRequested.connect(lambda: self._propose(DEFAULT_H[parse_scheme(store.session.gradient).kind]))
        store.sessionChanged.connect(self._show_session)
        store.sceneChanged.connect(self._show_scene)
        self._show_session(store.session)
        self._show_scene(store.scene)

    def _propose(self, h: float) -> None:
        session = self._store.session
        scheme = replace(parse_scheme(session.gradient), h=h)
        try:
            self._store.edit(replace(session, gradient=str(scheme)), key="gradient h")
        except InputError as error:
            self.slider.refuse(str(error), parse_scheme(session.gradient).h)

    def _show_session(self, session: Session) -> None:
        scheme = parse_scheme(session.gradient)
        self.setVisible(session.view.lens == "gradient")
        self.title.setText(f"<b>Gradient lens</b> · {scheme.kind}")
        self.slider.set_value(scheme.h, scheme.h != DEFAULT_H[scheme.kind], DEFAULT_H[scheme.kind])

    def _show_scene(self, scene: Scene) -> None:
        if scene.session.view.lens != "gradient":
            return
        x, y = scene.start
        try:
            found = error_curve(scene.problem, (x, y), scene.gradient.kind)
        except InputError as error:
            self.curve.show_curve(None, scene.gradient)
            self.words.setText(str(error))
            return
        self.curve.show_curve(found, scene.gradient)
        self.words.setText(
            f"At the start the error is least near h = {number(found.best_h)}: larger steps cut the formula short"
            " (truncation), smaller ones lose digits in the difference (rounding)."
        )


class _Curve(QWidget):
    """Error against h at one point."""

    def __init__(self) -> None:
        super().__init__()
        self._curve: ErrorCurve | None = None
        self._scheme = Scheme("central", 1e-4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Error of the gradient against h")

    def sizeHint(self) -> QSize:
        """Seven lines of text high."""
        return QSize(360, round(self.fontMetrics().height() * 7))

    def show_curve(self, curve: ErrorCurve | None, scheme: Scheme) -> None:
        """Show another curve, or none."""
        self._curve, self._scheme = curve, scheme
        self.setVisible(curve is not None)
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the curve."""
        if self._curve is None:
            return
        with painting(self) as painter:
            pixels = self.fontMetrics().height() * 0.68
            paint_error_curve(
                painter, self._curve, self._scheme.h, QRectF(self.rect()), theme_of(self.palette()), pixels
            )
