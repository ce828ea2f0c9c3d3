"""The table of all steps: what it shows, that it follows and leads, and what it copies."""

import math

import numpy as np
import pytest
from PyQt6.QtCore import QItemSelectionModel, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QAbstractItemModelTester

from optvis import optimizers, problem, run
from optvis.foundation.number_text import number
from optvis.gui.inspector import step_table
from optvis.gui.inspector.step_table import DIGITS, StepModel, StepTable
from tests.gui.conftest import settle

LEFT = Qt.MouseButton.LeftButton
VALLEY = problem("quadratic-valley")


@pytest.fixture
def table(qtbot):
    made = StepTable()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    return made


def column(table, title):
    titles = [table.steps.headerData(i, Qt.Orientation.Horizontal) for i in range(table.steps.columnCount())]
    return titles.index(title)


def text(table, row, title):
    return table.steps.index(row, column(table, title)).data()


def click(qtbot, table, row, modifier=Qt.KeyboardModifier.NoModifier):
    index = table.steps.index(row, 1)
    table.scrollTo(index)
    qtbot.mouseClick(table.viewport(), LEFT, modifier, table.visualRect(index).center())


def test_it_holds_the_arrays_of_the_run(table):
    t = run(VALLEY, optimizers.Adam(lr=0.3), steps=20)
    table.set_trajectory(t)
    assert table.steps.rowCount() == 21
    for row in range(21):
        assert text(table, row, "x") == number(t.x[row], DIGITS)
        assert text(table, row, "f") == number(t.loss[row], DIGITS)
        assert text(table, row, "|∇f|") == number(math.hypot(t.grad["x"][row, 0], t.grad["y"][row, 0]), DIGITS)
        assert text(table, row, "m y") == number(t.state["m"]["y"][row, 0], DIGITS)
        length = np.hypot(t.x[row + 1] - t.x[row], t.y[row + 1] - t.y[row]) if row < 20 else None
        assert text(table, row, "|Δθ|") == ("" if length is None else number(length, DIGITS))


def test_the_model_keeps_the_rules_of_models(qtbot, qapp):
    model = StepModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for t in (
        run(VALLEY, optimizers.Adam(), steps=5), run(VALLEY, optimizers.Adam(lr=0.1), steps=5),
        run(VALLEY, optimizers.SGD(lr=3.0), steps=400), None, run(VALLEY, optimizers.SGD(), steps=2),
    ):  # fmt: skip
        model.set_trajectory(t)
        model.set_current(1)
        assert model.rowCount() == (0 if t is None else t.last + 1)


def test_the_current_row_is_marked_by_more_than_its_colour(table):
    table.set_trajectory(run(VALLEY, optimizers.SGD(), steps=20))
    table.set_step(4)
    assert [row for row in range(21) if text(table, row, "step").startswith("▸")] == [4]
    painted = []
    table.steps.dataChanged.connect(lambda first, last, _: painted.extend(range(first.row(), last.row() + 1)))
    table.set_step(11)
    assert {4, 11} <= set(painted)
    assert [row for row in range(21) if text(table, row, "step").startswith("▸")] == [11]
    assert table.currentIndex().row() == 11


def test_following_a_step_chooses_none(table):
    chosen = []
    table.stepChosen.connect(chosen.append)
    table.set_trajectory(run(VALLEY, optimizers.SGD(), steps=20))
    for step in (4, 20, 0):
        table.set_step(step)
    table.set_trajectory(run(VALLEY, optimizers.Adam(), steps=10))
    table.set_step(3)
    assert chosen == []


def test_a_click_and_the_keys_choose_a_step(qtbot, table):
    chosen = []
    table.stepChosen.connect(chosen.append)
    table.set_trajectory(run(VALLEY, optimizers.SGD(), steps=20))
    click(qtbot, table, 7)
    assert set(chosen) == {7}
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert chosen[-3:] == [8, 9, 8]


def test_a_row_that_is_clicked_is_the_step_of_the_window_and_playing_stops(qtbot, window):
    window.menus.actions["show inspector"].setChecked(True)
    settle(qtbot, window)
    table = window.inspector.table
    window.playback.play()
    click(qtbot, table, 17)
    assert not window.playback.playing
    assert window.playback.step == 17
    assert window.inspector.title.text() == "step 17 → 18"
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert window.playback.step == 18
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert window.playback.step == 0, "a key that the table has no use for is the window's"
    assert table.currentIndex().row() == 0
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert window.playback.playing
    window.playback.pause()


def test_selected_rows_are_copied_in_full(qtbot, table):
    t = run(VALLEY, optimizers.Adam(lr=0.3), steps=20)
    table.set_trajectory(t)
    copied = []
    table.copied.connect(copied.append)
    click(qtbot, table, 9)
    click(qtbot, table, 3, Qt.KeyboardModifier.ControlModifier)
    click(qtbot, table, 4, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    titles, *rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert titles[:4] == ["step", "x", "y", "f"]
    assert [int(row[0]) for row in rows] == [3, 4, 9]
    for row in rows:
        step = int(row[0])
        assert [float(cell) for cell in row[1:4]] == [t.x[step], t.y[step], t.loss[step]]
        assert float(row[titles.index("v y")]) == t.state["v"]["y"][step, 0]
    assert copied == [3]


def test_moving_within_what_is_selected_keeps_the_selection(qtbot, table):
    table.set_trajectory(run(VALLEY, optimizers.SGD(), steps=20))
    table.stepChosen.connect(table.set_step)  # as the window does
    click(qtbot, table, 3)
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    table.set_step(5)
    assert sorted(index.row() for index in table.selectionModel().selectedRows()) == [3, 4, 5]
    table.set_step(12)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [12]


def test_a_copy_of_very_many_rows_is_cut(qtbot, table, monkeypatch):
    monkeypatch.setattr(step_table, "MAX_COPIED", 6)
    table.set_trajectory(run(VALLEY, optimizers.SGD(), steps=20))
    table.selectAll()
    table.copy()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 7


def test_cells_are_read_only_where_they_are_seen(table, monkeypatch):
    t = run(VALLEY, optimizers.SGD(lr=1e-6), steps=200_000)
    asked = set()
    data = StepModel.data
    monkeypatch.setattr(
        StepModel, "data", lambda self, index, *role: (asked.add(index.row()), data(self, index, *role))[1]
    )
    counted = []
    count = StepModel.rowCount
    monkeypatch.setattr(StepModel, "rowCount", lambda self, *parent: (counted.append(1), count(self, *parent))[1])
    table.set_trajectory(t)
    table.set_step(123_456)
    table.grab()
    flags = QItemSelectionModel.SelectionFlag
    table.selectionModel().select(table.steps.index(9, 0), flags.Select | flags.Rows)
    table.selectAll()
    table.grab()
    assert 123_456 in asked
    assert len(asked) < 200
    assert len(counted) < 20_000, "not every row is asked for"
