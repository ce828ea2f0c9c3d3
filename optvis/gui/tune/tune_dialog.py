"""Finding good hyperparameters of one run, or of all with the same budget."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optvis.document.session import RunSpec, effective_hyper
from optvis.foundation.errors import InputError
from optvis.foundation.number_text import typeset
from optvis.gui.state.store import Store
from optvis.gui.tune.tune_chart import TuneChart
from optvis.gui.tune.tune_form import TuneForm, run_name
from optvis.gui.tune.tune_table import TuneTable
from optvis.gui.widgets.error_label import ErrorLabel
from optvis.optimizers.catalogue import optimizer_class
from optvis.plot.slice_timer import SliceTimer
from optvis.problems.tolerances import tolerances
from optvis.tuning.report import aim_text, shade_text
from optvis.tuning.tune import Tuning, compare_in_slices

_ABOUT = (
    "Looks for good values: over the whole range of the sliders first, then nearer and nearer to the best. "
    "Several runs are tuned with the same budget from the same starts, so that they can be compared."
)


class TuneDialog(QDialog):
    """Tunes, shows what was found, and on demand sets the runs to it, as one edit.

    While it computes, Cancel stops it; what was found before stays.

    Parameters
    ----------
    index
        The run that is offered first; None for all that are shown.

    Attributes
    ----------
    found
        One tuning for each of the runs of the table.
    """

    def __init__(self, store: Store, index: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Tune")
        self._store = store
        self._session = store.session
        self._asked: tuple[int, ...] = ()
        self._indices: tuple[int, ...] = ()
        self.found: list[Tuning] = []
        self._work = SliceTimer(self)
        self._work.progressed.connect(lambda share: self.progress_bar.setValue(round(1000 * share)))
        self._work.finished.connect(self._take)
        self.form = TuneForm(self._session, index)
        self.about = QLabel(_ABOUT)
        self.about.setWordWrap(True)
        self.error_label = ErrorLabel()
        self.progress_bar = QProgressBar(maximum=1000, textVisible=False, enabled=False)
        self.progress_bar.setAccessibleName("Tuning")
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.caption = QLabel()
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setWordWrap(True)
        self.table = TuneTable()
        self.table.rowChosen.connect(self._show_neighbourhood)
        self.charts = QWidget()
        self._charts_row = QHBoxLayout(self.charts)
        self._charts_row.setContentsMargins(0, 0, 0, 0)
        self._charts_row.setSpacing(12)
        self.start_button = QPushButton("&Tune", clicked=self.start)
        self.apply_button = QPushButton("&Apply", clicked=self.apply, enabled=False)
        self.apply_button.setToolTip("Set these runs to their best values, as one step that can be undone")
        self.close_button = QPushButton("Close")
        self._buttons = QDialogButtonBox()
        self._buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        self._buttons.addButton(self.start_button, QDialogButtonBox.ButtonRole.ActionRole)
        self._buttons.addButton(self.apply_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.rejected.connect(self.reject)
        self.close_button.setAutoDefault(False)  # Enter is for what the dialog is for
        self.start_button.setDefault(True)
        self._arrange()
        self.start_button.setFocus()
        if not self._session.runs:
            self.start_button.setEnabled(False)
            self.error_label.show_error("there is no run to tune; add an optimizer first")

    @property
    def is_tuning(self) -> bool:
        """Whether it computes."""
        return self._work.is_running

    def start(self) -> None:
        """Tune the runs that are chosen."""
        self.error_label.show_error("")
        self._asked = self.form.indices
        try:
            if not self._asked:
                raise InputError("no run is shown; choose one, or switch one on")
            problem, specs = self.form.problem, [self._session.runs[index] for index in self._asked]
            slices = compare_in_slices(
                problem,
                [optimizer_class(spec.optimizer)(**effective_hyper(spec, problem)) for spec in specs],
                self.form.names,
                **self.form.settings,
            )
        except InputError as error:
            self.error_label.show_error(str(error))
            return
        self._show_tuning(True)
        self._work.start(slices)

    def apply(self) -> None:
        """Set the runs to what was found, and close."""
        session = self._store.session
        if session != self._session:
            self.error_label.show_error("the session has changed meanwhile; close this dialog and tune again")
            return
        for index, tuning in zip(self._indices, self.found, strict=True):
            session = session.with_run(index, session.runs[index].with_values(tuning.best))
        self._store.edit(session)
        self.accept()

    def reject(self) -> None:
        """Stop tuning; when nothing is tuned, close."""
        if self.is_tuning:
            self._work.stop()
            self._show_tuning(False)
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Stop tuning, and close."""
        self._work.stop()
        super().closeEvent(event)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        for widget in (self.about, self.form, self.error_label, self.progress_bar, self.summary):
            column.addWidget(widget)
        column.addWidget(self.table, 3)
        column.addWidget(self.caption)
        column.addWidget(self.charts, 4)
        column.addWidget(self._buttons)
        line = self.fontMetrics().height()
        for label in (self.about, self.summary, self.caption):  # a layout reckons with one line of what is wrapped
            label.setMinimumHeight(2 * line + 2)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        self.charts.setMinimumHeight(13 * line)
        self.progress_bar.setFixedHeight(max(6, line // 2))
        self.resize(max(56 * line, self.sizeHint().width()), 38 * line)

    def _show_tuning(self, is_tuning: bool) -> None:
        self.form.setEnabled(not is_tuning)
        self.start_button.setEnabled(not is_tuning)
        self.apply_button.setEnabled(not is_tuning and bool(self.found))
        self.progress_bar.setValue(0)
        self.progress_bar.setEnabled(is_tuning)
        self.close_button.setText("Cancel" if is_tuning else "Close")
        (self.close_button if is_tuning else self.start_button).setFocus()

    def _take(self, found: list[Tuning]) -> None:
        self.found, self._indices = found, self._asked
        self._show_tuning(False)
        words = typeset(aim_text(found[0]))
        self.summary.setText(words[:1].upper() + words[1:])
        self.table.show_found(self._runs, found)
        self._show_neighbourhood(0)
        self.apply_button.setDefault(True)
        self.apply_button.setFocus()

    @property
    def _runs(self) -> list[RunSpec]:
        return [self._session.runs[index] for index in self._indices]

    def _show_neighbourhood(self, row: int) -> None:
        while item := self._charts_row.takeAt(0):
            old = item.widget()
            assert old is not None
            old.hide()
            old.deleteLater()
        self.caption.clear()
        if not 0 <= row < len(self.found):
            return
        tuning, spec = self.found[row], self._runs[row]
        self.caption.setText(
            f"{run_name(spec)}: each value changed alone; lower is better. {typeset(shade_text(tuning))}"
        )
        floor = tolerances(self.form.problem).lowest if tuning.aim == "loss" else 0.0
        label = "final loss" if tuning.aim == "loss" else "steps"
        for name, curve in tuning.neighbourhood.items():
            chart = TuneChart(name, tuning.best[name], curve, floor, spec.style, label)
            words = QLabel(chart.text.replace(", ", "\n"))
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setMinimumWidth(1)
            both = QWidget()
            column = QVBoxLayout(both)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(words)
            column.addWidget(chart, 1)
            self._charts_row.addWidget(both)
