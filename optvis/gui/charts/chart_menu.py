"""The menu of the charts: which, linear or logarithmic, against what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu, QWidget

from optvis.document.session import Session
from optvis.explain.measures import MEASURES, MeasureName
from optvis.gui.state.store import Store

_CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "loss_axis": (("log", "Lo&garithmic"), ("linear", "L&inear")),
    "against": (("steps", "Against &steps"), ("evaluations", "Against loss &evaluations")),
}
_KEYS: dict[MeasureName, str] = {
    "loss": "&Loss",
    "slope": "Gradient &norm",
    "length": "Step le&ngth",
    "distance": "&Distance to minimum",
    "x": "&x",
    "y": "&y",
}


class ChartMenu(QMenu):
    """Shows the session's view and edits it; the same menu stands in the menu bar.

    Attributes
    ----------
    kinds
        The action of every kind of chart.
    choices
        The actions of every other choice, by what they set in the view.
    """

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__("C&harts", parent)
        self._store = store
        self.setToolTipsVisible(True)
        self.kinds: dict[MeasureName, QAction] = {kind: self._add_kind(kind) for kind in MEASURES}
        self.choices: dict[str, QActionGroup] = {}
        for attribute, choices in _CHOICES.items():
            self.addSeparator()
            self.choices[attribute] = self._add_choice(attribute, choices)
        store.sessionChanged.connect(self._show)
        self._show(store.session)

    def toggle(self, kind: MeasureName) -> None:
        """Switch a chart on, where it stands in the menu, or off."""
        charts = self._store.session.view.charts
        self._set(charts=without(charts, kind) if kind in charts else with_kind(charts, kind))

    def _add_kind(self, kind: MeasureName) -> QAction:
        action = QAction(_KEYS[kind], self)
        action.setCheckable(True)
        action.setToolTip(MEASURES[kind].meaning)
        action.triggered.connect(lambda _, kind=kind: self.toggle(kind))
        self.addAction(action)
        return action

    def _add_choice(self, attribute: str, choices: tuple[tuple[str, str], ...]) -> QActionGroup:
        group = QActionGroup(self)
        for value, title in choices:
            action = QAction(title, self)
            action.setCheckable(True)
            action.setData(value)
            group.addAction(action)
            self.addAction(action)
        group.triggered.connect(lambda action: self._set(**{attribute: action.data()}))
        return group

    def _set(self, **changes: Any) -> None:
        session = self._store.session
        self._store.edit(replace(session, view=replace(session.view, **changes)))

    def _show(self, session: Session) -> None:
        for kind, action in self.kinds.items():
            action.setChecked(kind in session.view.charts)
        for attribute, group in self.choices.items():
            for action in group.actions():
                action.setChecked(action.data() == getattr(session.view, attribute))


def with_kind(charts: tuple[MeasureName, ...], kind: MeasureName) -> tuple[MeasureName, ...]:
    """Put a chart before the first that stands later in the menu; the others keep their order."""
    order = list(MEASURES)
    later = (place for place, other in enumerate(charts) if order.index(other) > order.index(kind))
    place = next(later, len(charts))
    return (*charts[:place], kind, *charts[place:])


def without(charts: tuple[MeasureName, ...], kind: MeasureName) -> tuple[MeasureName, ...]:
    """Take a chart away."""
    return tuple(other for other in charts if other != kind)
