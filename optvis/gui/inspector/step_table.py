"""All steps of a run in a table that can be scrolled; a row that is clicked becomes the step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from optvis.engine.trajectory import Trajectory
from optvis.foundation.number_text import number
from optvis.gui.inspector.step_numbers import with_even_digits
from optvis.gui.inspector.step_record import state_symbols

DIGITS = 5
MAX_COPIED = 20_000
"""Rows that go to the clipboard at most; an export takes them all."""

_ROLE = Qt.ItemDataRole
_NOWHERE = QModelIndex()


@dataclass(frozen=True)
class Column:
    """A column of the table: its heading, what it means, and the value of a row."""

    title: str
    meaning: str
    value: Callable[[int], float]


def columns_of(trajectory: Trajectory) -> tuple[Column, ...]:
    """Return the columns of a lone run: place, loss, slope, length of the step, and all inner state."""
    params, grad = trajectory.params, trajectory.grad

    def entry(array: Any) -> Callable[[int], float]:
        return lambda row: float(array[row].flat[0])

    def slope(row: int) -> float:
        return math.hypot(*(float(array[row, 0]) for array in grad.values()))

    def length(row: int) -> float:
        if row >= trajectory.last:
            return math.nan
        return math.hypot(*(float(array[row + 1, 0]) - float(array[row, 0]) for array in params.values()))

    found = [Column(key, f"Position {key}", entry(array)) for key, array in params.items()]
    found.append(Column("f", "Loss", entry(trajectory.loss)))
    found.append(Column("|∇f|", "Norm of the gradient", slope))
    found.append(Column("|Δθ|", "Length of the step that follows", length))
    symbols = state_symbols(trajectory)
    for name, arrays in trajectory.state.items():
        for key, array in arrays.items():
            found.append(Column(f"{symbols[name]} {key}", f"State {name} of {key}", entry(array)))
    return tuple(found)


class StepModel(QAbstractTableModel):
    """Reads the arrays of a trajectory when a cell is asked for; the first column is the step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trajectory: Trajectory | None = None
        self._columns: tuple[Column, ...] = ()
        self._rows = 0
        self.current = -1
        self._bold = QFont()
        self._bold.setBold(True)

    def set_trajectory(self, trajectory: Trajectory | None) -> None:
        """Show another run."""
        if trajectory is self._trajectory:
            return
        columns = () if trajectory is None else columns_of(trajectory)
        rows = 0 if trajectory is None else trajectory.last + 1
        titles = [column.title for column in columns]
        same_shape = rows == self._rows and titles == [column.title for column in self._columns]
        if not same_shape:
            self.beginResetModel()
        self._trajectory, self._columns, self._rows = trajectory, columns, rows
        if not same_shape:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, len(columns)))

    def set_current(self, row: int) -> None:
        """Mark the row of the step that is shown."""
        before, self.current = self.current, row
        for changed in {before, row}:
            if 0 <= changed < self._rows:
                self.dataChanged.emit(self.index(changed, 0), self.index(changed, 0))

    def rowCount(self, parent: QModelIndex = _NOWHERE) -> int:
        """One row for each row of the run that was computed."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: QModelIndex = _NOWHERE) -> int:
        """The step and what `columns_of` has."""
        return 0 if parent.isValid() or not self._columns else 1 + len(self._columns)

    def data(self, index: QModelIndex, role: int = _ROLE.DisplayRole) -> Any:
        """Text, number in full as tooltip, alignment; the current step is marked."""
        row, column = index.row(), index.column() - 1
        if role == _ROLE.DisplayRole:
            if column < 0:
                return f"▸ {row}" if row == self.current else str(row)
            value = self._columns[column].value(row)
            return "" if self._ends(row, column, value) else number(value, DIGITS)
        if role == _ROLE.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == _ROLE.ToolTipRole and column >= 0:
            return repr(self._columns[column].value(row))
        if role == _ROLE.FontRole and row == self.current and column < 0:
            return self._bold
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Titles across; nothing at the side."""
        if orientation != Qt.Orientation.Horizontal or section > len(self._columns):
            return None
        if role == _ROLE.DisplayRole:
            return "step" if section == 0 else self._columns[section - 1].title
        if role == _ROLE.ToolTipRole:
            return "Step; 0 is the start" if section == 0 else self._columns[section - 1].meaning
        return None

    def as_text(self, rows: list[int]) -> str:
        """Return rows with tabs between their numbers, all in full, under a line of titles."""
        lines = ["\t".join(["step", *(column.title for column in self._columns)])]
        for row in rows:
            values = (column.value(row) for column in self._columns)
            lines.append("\t".join([str(row), *map(repr, values)]))
        return "\n".join(lines)

    def _ends(self, row: int, column: int, value: float) -> bool:
        """Whether there is no step after a row to have a length."""
        return math.isnan(value) and self._columns[column].title == "|Δθ|" and row == self._rows - 1


class StepTable(QTableView):
    """The table; its current row is the step that is shown.

    Signals
    -------
    stepChosen(int)
        By a click, or by keys.
    copied(int)
        So many rows have gone to the clipboard.
    """

    stepChosen = pyqtSignal(int)
    copied = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_following = False
        self.steps = StepModel(self)
        self.setModel(self.steps)
        self.setFont(with_even_digits(self.font()))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setAccessibleName("All steps")
        self.setAccessibleDescription("Choose a row to show its step; Ctrl+C copies the selected rows.")
        side = self.verticalHeader()
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(self.fontMetrics().height() + 3)
        heading = self.horizontalHeader()
        heading.setSectionsClickable(False)
        # one of its own, or it asks for every row whether it is selected
        heading.setSelectionModel(QItemSelectionModel(self.steps, heading))
        self.setMinimumHeight(4 * side.defaultSectionSize())
        self.selectionModel().currentRowChanged.connect(self._choose)
        self.clicked.connect(lambda index: self.stepChosen.emit(index.row()))
        self.steps.modelReset.connect(self._size_columns)

    def set_trajectory(self, trajectory: Trajectory | None) -> None:
        """Show another run."""
        self._is_following = True
        self.steps.set_trajectory(trajectory)
        self._is_following = False

    def set_step(self, step: int) -> None:
        """Go to a step; selected rows stay selected when it is among them."""
        row = step if step < self.steps.rowCount() else -1
        self.steps.set_current(row)
        if row == self.currentIndex().row():
            return
        index = self.steps.index(row, max(0, self.currentIndex().column())) if row >= 0 else QModelIndex()
        flags = QItemSelectionModel.SelectionFlag
        self._is_following = True
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._is_following = False

    def copy(self) -> None:
        """Put the selected rows on the clipboard."""
        rows: list[int] = []
        for part in self.selectionModel().selection():
            rows += range(part.top(), min(part.bottom(), part.top() + MAX_COPIED) + 1)
        rows = sorted(set(rows))[:MAX_COPIED]
        if rows:
            QGuiApplication.clipboard().setText(self.steps.as_text(rows))
            self.copied.emit(len(rows))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move and select with keys, copy; single keys that a table has no use for are the window's."""
        key = Qt.Key
        moves = (key.Key_Up, key.Key_Down, key.Key_PageUp, key.Key_PageDown, key.Key_Left, key.Key_Right)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in moves or event.matches(QKeySequence.StandardKey.SelectAll):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid() and not self._is_following:
            self.stepChosen.emit(index.row())

    def _size_columns(self) -> None:
        metrics = self.fontMetrics()
        heading = self.horizontalHeader()
        digits = len(str(max(0, self.steps.rowCount() - 1)))
        for column in range(self.steps.columnCount()):
            words = "▸ " + "0" * max(4, digits) if column == 0 else "−0.012345"
            title = self.steps.headerData(column, Qt.Orientation.Horizontal)
            wide = max(metrics.horizontalAdvance(words), metrics.horizontalAdvance(str(title)))
            heading.resizeSection(column, wide + 14)
