"""What tuning has found, as a table: one row for each run."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from optvis.document.session import RunSpec
from optvis.draw.paint.theme import run_style
from optvis.gui.tune.tune_form import run_name
from optvis.gui.widgets.palette import theme_of
from optvis.gui.widgets.plain_tip import plain_tip
from optvis.gui.widgets.swatch import swatch_icon
from optvis.tuning.report import cells, headings
from optvis.tuning.tune import Tuning


class TuneTable(QTableWidget):
    """Rows of text, with the swatch of the run; Ctrl+C copies all of them.

    Signals
    -------
    rowChosen(int)
        By a click, or by keys.
    """

    rowChosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What was found")
        self.setAccessibleDescription("Choose a row to see its neighbourhood; Ctrl+C copies the table.")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        side = self.verticalHeader()
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setHighlightSections(False)
        self.setIconSize(QSize(2 * self.fontMetrics().height(), self.fontMetrics().height()))
        self.horizontalHeader().setMinimumSectionSize(10 * self.fontMetrics().averageCharWidth())
        self.setMinimumHeight(4 * side.defaultSectionSize())
        self.currentCellChanged.connect(lambda row, *_: self.rowChosen.emit(row))

    def show_found(self, runs: Sequence[RunSpec], found: list[Tuning]) -> None:
        """Show a tuning of each of these runs."""
        titles = ["run", *headings(found[0])]
        self.clear()
        self.setColumnCount(len(titles))
        self.setRowCount(len(found))
        self.setHorizontalHeaderLabels(titles)
        theme = theme_of(self.palette())
        for row, (spec, tuning) in enumerate(zip(runs, found, strict=True)):
            for column, text in enumerate((run_name(spec), *cells(tuning))):
                item = QTableWidgetItem(text)
                if column > 1:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)
            style = run_style(spec.style, theme)
            self.item(row, 0).setIcon(swatch_icon(style, self.iconSize(), self.devicePixelRatioF()))
            self.item(row, 1).setToolTip(plain_tip(self.item(row, 1).text()))
        for column in range(self.columnCount()):
            heading = self.horizontalHeaderItem(column)
            align = Qt.AlignmentFlag.AlignLeft if column < 2 else Qt.AlignmentFlag.AlignRight
            heading.setTextAlignment(align | Qt.AlignmentFlag.AlignVCenter)
            mode = QHeaderView.ResizeMode.Stretch if column == 1 else QHeaderView.ResizeMode.ResizeToContents
            self.horizontalHeader().setSectionResizeMode(column, mode)
        self.setCurrentCell(0, 0)

    def as_text(self) -> str:
        """Return the table with tabs between its cells, under a line of titles."""
        columns = range(self.columnCount())
        lines = ["\t".join(self.horizontalHeaderItem(column).text() for column in columns)]
        lines += ["\t".join(self.item(row, column).text() for column in columns) for row in range(self.rowCount())]
        return "\n".join(lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy; everything else is the table's, and Enter the dialog's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            if self.rowCount():
                QGuiApplication.clipboard().setText(self.as_text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)
