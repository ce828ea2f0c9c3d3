"""The formula, typed in place: it is taken while it is typed, and an error stands beneath."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtWidgets import QGridLayout, QLabel, QWidget

from optvis.document.session import Session, session_problem
from optvis.foundation.errors import InputError
from optvis.gui.state.store import Store
from optvis.gui.widgets.error_label import ErrorLabel
from optvis.gui.widgets.formula_field import FormulaField
from optvis.language.expression import MAX_LENGTH, FormulaError
from optvis.problems.problem import CATALOGUE, Problem


class FormulaRow(QWidget):
    """Shows the formula of the session's problem and makes a problem of what is typed.

    Letter by letter, every text that is a formula is taken at once; all of it is one edit. As long
    as it is none, what was in force before the typing is in force again, and no beginning of the text.

    Attributes
    ----------
    field, error
        The text, and the message beneath.
    """

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._before: Session | None = None  # what was in force when typing began
        self._is_proposing = False
        self.field = FormulaField()
        self.field.setAccessibleName("Formula in x and y")
        self.field.setToolTip(
            "A formula in x and y, for example x**2/20 + y**2, or in two names of your own: w**2/20 + b**2"
        )
        self.field.setMaxLength(2 * MAX_LENGTH)  # what is too long is said, not cut silently
        self.field.textEdited.connect(self._typed)
        self.field.takenBack.connect(self._take_back)
        self.field.editingFinished.connect(self._finish)
        self.error = ErrorLabel()
        label = QLabel("f =")
        label.setBuddy(self.field)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.field, 0, 1)
        grid.addWidget(self.error, 1, 0, 1, 2)
        grid.setColumnStretch(1, 1)

    def show_problem(self, text: str, problem: Problem) -> None:
        """Show the session's problem, whose text this is; what is being typed stays."""
        if self._is_proposing and self._before is not None:
            return  # what is being typed stays
        self._before = None
        if self.field.hasFocus() and self.field.text().strip() == text:
            self.field.mark(None)
        else:
            self.field.settle(_formula_of(problem))
        self.error.show_error("")

    def _typed(self, text: str) -> None:
        session = self._store.session
        if self._before is None:
            self._before = session
        formula = text.strip()
        shown = session_problem(session.problem, session.bounds)
        if formula in CATALOGUE:
            changed = session.with_problem(formula)
        elif shown.name in CATALOGUE:
            # a variation of what is on the screen: the view does not jump, the start stays
            bounds, start = shown.plane.bounds, session.start or shown.start
            changed = replace(session, problem=formula, bounds=bounds, start=start)
        else:
            changed = replace(session, problem=formula)
        message, column = self._proposed(changed)
        if message:
            self._restore(self._before)
        self.error.show_error(message)
        leading = len(text) - len(text.lstrip())
        self.field.mark(None if column is None else column + leading)

    def _proposed(self, session: Session) -> tuple[str, int | None]:
        """Propose an edit; return what is wrong with it, and where."""
        self._is_proposing = True
        try:
            self._store.edit(session, "formula")
        except FormulaError as error:
            return str(error), error.column
        except InputError as error:
            return str(error), None
        finally:
            self._is_proposing = False
        return "", None

    def _take_back(self) -> None:
        """Esc: what was in force before the typing, a problem of the catalogue too."""
        before, self._before = self._before, None
        if before is not None:
            self._restore(before)
        self.error.show_error("")

    def _restore(self, before: Session) -> None:
        """Put the problem of an earlier session back in force; everything else stays."""
        now = self._store.session
        view = replace(now.view, profile=before.view.profile)
        self._proposed(replace(now, problem=before.problem, bounds=before.bounds, start=before.start, view=view))

    def _finish(self) -> None:
        self._before = None
        self._store.seal()
        if not self.error.text():
            session = self._store.session
            self.field.settle(_formula_of(session_problem(session.problem, session.bounds)))


def _formula_of(problem: Problem) -> str:
    return "" if problem.formula is None else problem.formula.text
