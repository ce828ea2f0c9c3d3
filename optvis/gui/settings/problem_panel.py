"""The problem on the left: which one, from where, how far, with which gradient."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QSignalBlocker, QSize, Qt
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from optvis.document.session import Session, session_problem
from optvis.foundation.errors import InputError
from optvis.foundation.number_text import number
from optvis.gui.settings.formula_row import FormulaRow
from optvis.gui.settings.problem_chooser import ProblemChooser
from optvis.gui.state.store import Store
from optvis.gui.widgets.elided_label import ElidedLabel
from optvis.gui.widgets.error_label import ErrorLabel
from optvis.gui.widgets.icons import icon
from optvis.gui.widgets.number_field import NumberField
from optvis.gui.widgets.plain_tip import plain_tip
from optvis.gui.widgets.scheme_box import SchemeBox
from optvis.gui.widgets.steps_box import StepsBox
from optvis.landscape.defined import nearest_defined
from optvis.problems.gradient import Scheme, parse_scheme
from optvis.problems.problem import CATALOGUE, Point, Problem

_NAME_EMS = 4  # the room of a coordinate's name beside its fields; the axes say all of it


class ProblemPanel(QWidget):
    """Shows the problem of the session and how it is run, and proposes edits of it.

    Attributes
    ----------
    chooser, formula
        A problem of the catalogue, or a formula typed in place.
    start, bounds
        Fields for x, y and for xmin, xmax, ymin, ymax.
    steps, scheme, h
        Number of updates; kind and step of the gradient.
    errors
        The message lines: ``formula``, ``start``, ``steps``, ``bounds``, ``gradient``.
    offer_button
        Where f is not defined at the start: the nearest place where it is, to be taken.
    """

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._shown: dict[str, object] = {}
        self.formula_row = FormulaRow(store)
        self.formula = self.formula_row.field
        self.errors = {name: ErrorLabel() for name in ("start", "steps", "bounds", "gradient")}
        self.errors["formula"] = self.formula_row.error
        self.chooser = ProblemChooser()
        self.chooser.problemChosen.connect(self.choose)
        self.teaches = ElidedLabel()
        self.teaches.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.start = [self._number("start") for _ in range(2)]
        self.bounds = [self._number("bounds") for _ in range(4)]
        self._axis_labels = [(QLabel(), QLabel()) for _ in ("start", "bounds")]
        self.steps = StepsBox()
        self.steps.setAccessibleName("Steps")
        self.steps.setToolTip("How many updates, from 1 to 1,000,000")
        self.steps.valueChanged.connect(self._set_steps)
        self.steps.left.connect(store.seal)
        self.scheme = SchemeBox()
        self.scheme.activated.connect(lambda _: self._set_scheme())
        self.h = NumberField(lambda h: parse_scheme(f"{self.scheme.currentText()}:{h!r}").h, "log")
        self.h.setAccessibleName("Step h of the gradient")
        self.h.setToolTip("The distance over which the loss is differenced")
        self.h.valueEdited.connect(lambda _: self._set_h())
        self.h.refused.connect(self.errors["gradient"].show_error)
        self.h.finished.connect(store.seal)
        self.suggested_button = QToolButton()
        self.suggested_button.setText("Suggested settings")
        self.suggested_button.setIcon(icon("reset"))
        self.suggested_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.suggested_button.setToolTip(
            "Give domain, start, steps and learning rates back to the problem's suggestions"
        )
        self.suggested_button.clicked.connect(self.suggest)
        self.more_button = QToolButton()
        self.more_button.clicked.connect(lambda: self._fold(self._folded.isHidden()))
        for button in (self.suggested_button, self.more_button):
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            side = self.fontMetrics().ascent()
            button.setIconSize(QSize(side, side))
        self.offer_button = QToolButton()
        self.offer_button.setAutoRaise(True)
        self.offer_button.hide()
        self.offer_button.clicked.connect(self._take_offer)
        self._offered: Point | None = None
        self._folded = QWidget()
        self._arrange()
        store.sessionChanged.connect(self._show_session)
        store.sceneChanged.connect(lambda _: self._offer_start())
        self._show_session(store.session)
        self._offer_start()

    def choose(self, name: str) -> None:
        """Take a problem of the catalogue, with its own domain and start."""
        self._propose(self._store.session.with_problem(name), "formula")

    def suggest(self) -> None:
        """Give everything back to what the problem suggests."""
        self._store.edit(self._store.session.with_suggested_settings())

    # --- arrangement -----------------------------------------------------------------------------

    def _arrange(self) -> None:
        title = QLabel("&Problem")
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        title.setBuddy(self.chooser)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.suggested_button)
        self.more_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        steps = QHBoxLayout()
        steps.addWidget(self.steps)
        steps.addStretch(1)
        steps.addWidget(self.more_button)
        rows, folded = QGridLayout(), QGridLayout(self._folded)
        (x, y), (across, up) = self._axis_labels
        self._row(rows, "S&tart", self.start[0], _line((x, self.start[0]), (y, self.start[1])), "start")
        self._row(rows, "&Steps", self.steps, steps, "steps")
        xmin, xmax, ymin, ymax = self.bounds
        self._row(folded, "&Domain", xmin, _line((across, xmin), ("to", xmax)), None)
        self._row(folded, "", None, _line((up, ymin), ("to", ymax)), "bounds")
        self._row(folded, "&Gradient", self.scheme, _line(("", self.scheme), ("h", self.h)), "gradient")
        width = max(self.fontMetrics().horizontalAdvance(text) for text in ("Start", "Steps", "Domain", "Gradient"))
        for grid in (rows, folded):
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setHorizontalSpacing(6)
            grid.setVerticalSpacing(3)
            grid.setColumnMinimumWidth(0, width + 2)
            grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.chooser)
        column.addWidget(self.formula_row)
        column.addWidget(self.teaches)
        column.addLayout(rows)
        column.addWidget(self.offer_button)
        column.addWidget(self._folded)
        self._fold(False)
        chain: list[QWidget] = [
            self.chooser, self.suggested_button, self.formula, *self.start, self.steps, self.more_button, *self.bounds,
            self.scheme, self.h,
        ]  # fmt: skip
        for first, second in zip(chain, chain[1:], strict=False):
            QWidget.setTabOrder(first, second)

    def _row(self, grid: QGridLayout, text: str, buddy: QWidget | None, content: object, error: str | None) -> None:
        row = grid.rowCount()
        label = QLabel(text)
        if buddy is not None:
            label.setBuddy(buddy)
        grid.addWidget(label, row, 0)
        if isinstance(content, QWidget):
            grid.addWidget(content, row, 1)
        elif isinstance(content, QHBoxLayout):
            grid.addLayout(content, row, 1)
        if error is not None:
            grid.addWidget(self.errors[error], row + 1, 0, 1, 2)

    def _number(self, error: str) -> NumberField:
        field = NumberField()
        edit: Callable[[NumberField], None] = self._set_start if error == "start" else self._set_bounds
        field.valueEdited.connect(lambda _: edit(field))
        field.refused.connect(self.errors[error].show_error)
        field.finished.connect(self._store.seal)
        return field

    def _fold(self, unfolded: bool) -> None:
        self._folded.setVisible(unfolded)
        self.more_button.setIcon(icon("fold" if unfolded else "unfold"))
        self.more_button.setText("less" if unfolded else "more")
        self.more_button.setAccessibleName("Hide domain and gradient" if unfolded else "Domain and gradient")
        self.more_button.setToolTip("Domain and gradient")

    def _offer_start(self) -> None:
        """Where f is not defined at the start, offer the nearest place where it is."""
        scene = self._store.scene
        with np.errstate(all="ignore"):
            is_defined = not math.isnan(float(scene.problem.loss(scene.problem.plane.point(*scene.start))))
        self._offered = None if is_defined else nearest_defined(scene.problem, scene.start)
        self.offer_button.setVisible(self._offered is not None)
        if self._offered is not None:
            x, y = map(number, self._offered)
            self.offer_button.setText(f"f is not defined there: start at {x}, {y}")

    def _take_offer(self) -> None:
        if self._offered is not None:
            self._propose(replace(self._store.session, start=self._offered), "start")

    # --- proposing edits -------------------------------------------------------------------------

    def _propose(self, session: Session, error: str, key: Hashable = None) -> bool:
        try:
            self._store.edit(session, key)
        except InputError as unusable:
            self.errors[error].show_error(str(unusable))
            return False
        self.errors[error].show_error("")
        return True

    def _set_start(self, field: NumberField) -> None:
        session = self._store.session
        old = session.start or self._problem().start
        values = self._pending(self.start, old, field)
        if values is not None:
            self._try(replace(session, start=(values[0], values[1])), field, old[self.start.index(field)], "start")

    def _set_bounds(self, field: NumberField) -> None:
        old = self._problem().plane.bounds
        values = self._pending(self.bounds, old, field)
        if values is not None:
            bounds = (values[0], values[1], values[2], values[3])
            session = replace(self._store.session, bounds=bounds)
            self._try(session, field, old[self.bounds.index(field)], "bounds")

    def _pending(self, fields: list[NumberField], old: Sequence[float], field: NumberField) -> list[float] | None:
        """What stands in all the fields, so that two numbers that are legal only together can be entered in turn."""
        try:
            return [each.pending() for each in fields]
        except InputError as unusable:
            field.refuse(str(unusable), old[fields.index(field)])
            return None

    def _try(self, session: Session, field: NumberField, old: float, error: str) -> None:
        try:
            self._store.edit(session, (error, id(field)))
        except InputError as unusable:
            field.refuse(str(unusable), old)
        else:
            self.errors[error].show_error("")

    def _set_steps(self, steps: int) -> None:
        self._propose(replace(self._store.session, steps=steps), "steps", "steps")

    def _set_scheme(self) -> None:
        scheme = self.scheme.chosen()
        if not self._propose(replace(self._store.session, gradient=str(scheme)), "gradient"):
            self.scheme.set_kind(parse_scheme(self._store.session.gradient))

    def _set_h(self) -> None:
        old = parse_scheme(self._store.session.gradient)
        scheme = Scheme(self.scheme.chosen().kind, self.h.pending())
        self._try(replace(self._store.session, gradient=str(scheme)), self.h, old.h, "gradient")

    # --- following the store ---------------------------------------------------------------------

    def _problem(self) -> Problem:
        return session_problem(self._store.session.problem, self._store.session.bounds)

    def _show_session(self, session: Session) -> None:
        problem = self._problem()
        if self._is_new("problem", session.problem):
            self.chooser.set_problem(problem)
            self.formula_row.show_problem(session.problem, problem)
            self._show_lesson(problem)
            self._show_names(problem.plane.names)
            for field in (*self.start, *self.bounds):
                field.restore()
        self._show_numbers("start", self.start, session.start or problem.start)
        self._show_numbers("bounds", self.bounds, problem.plane.bounds)
        scheme = parse_scheme(session.gradient)
        self.scheme.set_kind(scheme)
        self._show_numbers("gradient", [self.h], (scheme.h,))
        steps = problem.suggested.steps if session.steps is None else session.steps
        if self._is_new("steps", steps):
            with QSignalBlocker(self.steps):
                self.steps.setValue(steps)
            self.errors["steps"].show_error("")
        self.suggested_button.setEnabled(session != session.with_suggested_settings())

    def _show_numbers(self, name: str, fields: list[NumberField], values: Sequence[float]) -> None:
        new = self._is_new(name, tuple(values))
        for field, value in zip(fields, values, strict=True):
            field.set_value(value)
        if new:
            self.errors[name].show_error("")

    def _show_names(self, names: tuple[str, str]) -> None:
        metrics = self.fontMetrics()
        room = _NAME_EMS * metrics.horizontalAdvance("m")
        for labels in self._axis_labels:
            for label, name in zip(labels, names, strict=True):
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
                label.setText(shown)
                label.setToolTip("" if shown == name else plain_tip(name))
        for field, name in zip(self.start, names, strict=True):
            field.setAccessibleName(f"Start {name}")
        ends = [f"Domain {name} {end}" for name in names for end in ("from", "to")]
        for field, name in zip(self.bounds, ends, strict=True):
            field.setAccessibleName(name)

    def _show_lesson(self, problem: Problem) -> None:
        own = "A formula of your own." if problem.name not in CATALOGUE else ""
        self.teaches.setText(problem.teaches or own)
        self.teaches.set_tip(problem.source)

    def _is_new(self, name: str, value: object) -> bool:
        new = name not in self._shown or self._shown[name] != value
        self._shown[name] = value
        return new


def _line(*parts: tuple[str | QLabel, QWidget]) -> QHBoxLayout:
    """Put fields with their short labels into one line."""
    row = QHBoxLayout()
    row.setSpacing(5)
    for text, field in parts:
        if text:
            label = QLabel(text) if isinstance(text, str) else text
            label.setBuddy(field)
            row.addWidget(label)
        row.addWidget(field)
    row.addStretch(1)
    return row
