"""The bar over basin maps: whose basins, what is shown of them, one map or one for each run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QSignalBlocker, Qt
from PyQt6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from optvis.document.session import Scene
from optvis.engine.preparation import MAX_STEPS
from optvis.foundation.number_text import percent
from optvis.gui.state import run_edits
from optvis.gui.state.store import Store
from optvis.gui.widgets.run_box import offer_those_on

MORE = 10
"""How many times as many steps are offered where starts are still moving."""

_LEAST_MOVING = 0.01  # of the starts; what is less is no reason to run longer
SHOWS = {"minimum": "which minimum", "steps": "how many steps", "loss": "final loss"}


class BasinBar(QWidget):
    """Shown while the session's layout is ``basins``; every control proposes an edit.

    Attributes
    ----------
    run_box, shows_box, each_box
        The run, what the map shows, and whether each visible run has a map of its own.
    more_button
        Where starts are still moving after the last step: takes more steps.
    """

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.run_box = QComboBox(accessibleName="Run whose basins are shown", toolTip="Whose basins (N: the next run)")
        self.run_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.run_box.setMinimumContentsLength(12)
        self.shows_box = QComboBox(accessibleName="What the map of basins shows")
        for value, words in SHOWS.items():
            self.shows_box.addItem(words, value)
        self.each_box = QCheckBox("&Side by side", toolTip="A map for each run that is switched on")
        run_label, shows_label = QLabel("&Basins of"), QLabel("s&how")
        run_label.setBuddy(self.run_box)
        shows_label.setBuddy(self.shows_box)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 4)
        self.more_button = QToolButton()
        self.more_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more_button.clicked.connect(self._take_more)
        for widget in (run_label, self.run_box, shows_label, self.shows_box, self.each_box):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.more_button)
        self._moving = 0.0
        self.run_box.activated.connect(lambda index: self._store.edit(run_edits.chosen(self._store.session, index)))
        self.shows_box.activated.connect(lambda: self._propose(basins=self.shows_box.currentData()))
        self.each_box.clicked.connect(lambda on: self._propose(basins_of="each" if on else "chosen"))
        store.sceneChanged.connect(self._show_scene)
        self._show_scene(store.scene)

    def show_moving(self, share: float) -> None:
        """Say that this share of the starts is still moving after the last step, and offer more steps."""
        self._moving = share
        scene = self._store.scene
        more = min(MAX_STEPS, MORE * scene.steps)
        self.more_button.setVisible(share >= _LEAST_MOVING and more > scene.steps)
        self.more_button.setText(f"{percent(share)} still moving: {more:,} steps")
        words = f"{percent(share)} of the starts are still on their way after {scene.steps:,} steps: run {more:,} steps"
        self.more_button.setToolTip(words)
        self.more_button.setAccessibleName(words)

    def _take_more(self) -> None:
        session = self._store.session
        self._store.edit(replace(session, steps=min(MAX_STEPS, MORE * self._store.scene.steps)))

    def _propose(self, **changes: Any) -> None:
        session = self._store.session
        self._store.edit(replace(session, view=replace(session.view, **changes)))

    def _show_scene(self, scene: Scene) -> None:
        view = scene.session.view
        self.setVisible(view.layout == "basins")
        with QSignalBlocker(self.run_box):
            self.run_box.clear()
            self.run_box.addItems([run.label for run in scene.runs])
            offer_those_on(self.run_box, (run.spec.visible for run in scene.runs))
            self.run_box.setCurrentIndex(-1 if scene.session.chosen is None else scene.session.chosen)
        self.run_box.setEnabled(view.basins_of == "chosen" and len(scene.runs) > 1)
        self.shows_box.setCurrentIndex(self.shows_box.findData(view.basins))
        self.each_box.setChecked(view.basins_of == "each")
        self.show_moving(self._moving)
