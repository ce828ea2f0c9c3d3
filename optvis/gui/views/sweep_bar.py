"""The choices of a sweep map: what is along x, what is along y, and what the colours show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QSignalBlocker
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from optvis.document.session import Scene
from optvis.gui.state.store import Store
from optvis.maps.sweep_plan import STEPS, SweepPlan, plan_of
from optvis.optimizers.hyperparameter import symbol

SHOWS = {"loss": "Final loss", "steps": "Steps to the target", "outcome": "Outcome"}


class SweepBar(QWidget):
    """Shown over the sweep map; every choice is an edit of the session's view.

    Attributes
    ----------
    x_choice, y_choice, shows_choice
        Boxes whose data are names of hyperparameters (for y also ``steps``) and what is shown.
    """

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.x_choice, self.y_choice, self.shows_choice = QComboBox(), QComboBox(), QComboBox()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        for words, name, box in (
            ("&x", "Hyperparameter along x", self.x_choice),
            ("&y", "Hyperparameter along y, or the steps", self.y_choice),
            ("Sho&ws", "What the colours show", self.shows_choice),
        ):
            label = QLabel(words)
            label.setBuddy(box)
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            row.addWidget(label)
            row.addWidget(box)
            row.addSpacing(8)
        row.addStretch(1)
        for shows, words in SHOWS.items():
            self.shows_choice.addItem(words, shows)
        self.x_choice.activated.connect(lambda: self._propose("sweep_x"))
        self.y_choice.activated.connect(lambda: self._propose("sweep_y"))
        self.shows_choice.activated.connect(lambda: self._propose("sweep_shows"))
        store.sceneChanged.connect(self._show_scene)
        self._show_scene(store.scene)

    def _show_scene(self, scene: Scene) -> None:
        view, run = scene.session.view, scene.chosen
        has_any = run is not None and bool(run.optimizer.hyperparameters)
        self.setVisible(view.layout == "sweep" and has_any)
        if run is None or not has_any:
            return
        plan = plan_of(run.trajectory, view.sweep_x, view.sweep_y)
        names = [hyper.name for hyper in run.optimizer.hyperparameters]
        x, y = _names_on(plan)
        _fill(self.x_choice, names, x)
        _fill(self.y_choice, [*names, STEPS], y)
        has_choice = plan.y is not None
        self.shows_choice.setEnabled(has_choice)
        self.shows_choice.setToolTip("" if has_choice else "Along the steps it is the loss after every step.")
        with QSignalBlocker(self.shows_choice):
            self.shows_choice.setCurrentIndex(self.shows_choice.findData(view.sweep_shows if has_choice else "loss"))

    def _propose(self, attribute: str) -> None:
        """Edit the view; what is chosen for one axis while it is on the other changes places with it."""
        session, run = self._store.session, self._store.scene.chosen
        if run is None:
            return
        old_x, old_y = _names_on(plan_of(run.trajectory, session.view.sweep_x, session.view.sweep_y))
        x, y = self.x_choice.currentData(), self.y_choice.currentData()
        if attribute == "sweep_shows":
            changes: dict[str, Any] = {"sweep_shows": self.shows_choice.currentData()}
        else:
            if x == y:
                x, y = (x, old_x) if attribute == "sweep_x" else ("" if old_y == STEPS else old_y, y)
            changes = {"sweep_x": x, "sweep_y": y}
        self._store.edit(replace(session, view=replace(session.view, **changes)))
        self._show_scene(self._store.scene)  # where the same was chosen again


def _names_on(plan: SweepPlan) -> tuple[str, str]:
    return plan.x.name, STEPS if plan.y is None else plan.y.name


def _fill(box: QComboBox, names: list[str], chosen: str) -> None:
    with QSignalBlocker(box):
        if [box.itemData(index) for index in range(box.count())] != names:
            box.clear()
            for name in names:
                box.addItem(name if name == STEPS or symbol(name) == name else f"{symbol(name)}  {name}", name)
        box.setCurrentIndex(box.findData(chosen))
