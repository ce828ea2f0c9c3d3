"""Tuning in the window: ask, wait or cancel, read, apply, undo."""

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import QGuiApplication, QWheelEvent
from PyQt6.QtWidgets import QApplication, QLabel

import optvis
from optvis.document.session import RunSpec, Session, session_problem
from optvis.draw.paint.theme import LIGHT, run_style
from optvis.draw.sweeps.tuned_curve import tuned_curve
from optvis.foundation.number_text import percent
from optvis.gui import keys
from optvis.gui.tune.tune_chart import TuneChart
from optvis.gui.tune.tune_dialog import TuneDialog
from optvis.tuning.search import Curve
from tests.gui.conftest import settle

RUNS = (RunSpec("sgd"), RunSpec("adam", style=1), RunSpec("momentum", style=2, visible=False, label="Heavy"))


@pytest.fixture
def tuned_window(make_window):
    return make_window(Session("quadratic-valley", runs=RUNS))


@pytest.fixture
def dialog(tuned_window):
    made = tuned_window.ask_tune()
    made.form.budget_choice.setCurrentIndex(0)
    yield made
    if tuned_window.findChild(TuneDialog):
        made.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def tune(qtbot, dialog):
    dialog.start_button.click()
    assert dialog.is_tuning
    qtbot.waitUntil(lambda: not dialog.is_tuning)


def charts(dialog):
    row = dialog.charts.layout()
    return [row.itemAt(at).widget().findChild(TuneChart) for at in range(row.count())]


def column(table, title):
    titles = [table.horizontalHeaderItem(at).text() for at in range(table.columnCount())]
    return [table.item(row, titles.index(title)).text() for row in range(table.rowCount())]


def test_the_runs_that_are_shown_are_tuned_as_python_tunes_them(qtbot, tuned_window, dialog):
    tune(qtbot, dialog)
    valley = session_problem("quadratic-valley", None)
    expected = optvis.compare(valley, ["sgd", "adam"], budget=1_000_000, target=dialog.form.target_field.value())
    assert column(dialog.table, "run") == ["SGD", "Adam"]
    assert [tuning.best for tuning in dialog.found] == [tuning.best for tuning in expected]
    assert column(dialog.table, "loss") == [f"{tuning.median:.3g}" for tuning in expected]
    assert column(dialog.table, "evaluations") == [f"{tuning.evaluations:,}" for tuning in expected]
    assert column(dialog.table, "before") == [
        f"{run.trajectory.outcome.loss:.3g}" for run in tuned_window.store.scene.visible_runs
    ]
    assert dialog.summary.text().startswith("The final loss from one start, 30 steps")


def test_apply_is_one_edit_that_can_be_undone(qtbot, tuned_window, dialog):
    store = tuned_window.store
    before = store.session
    tune(qtbot, dialog)
    found = dialog.found
    assert store.session is before, "nothing changes until it is applied"
    dialog.apply_button.click()
    assert not dialog.isVisible()
    assert dict(store.session.runs[0].hyper) == found[0].best
    assert dict(store.session.runs[1].hyper) == found[1].best
    assert store.session.runs[2] == before.runs[2]
    settle(qtbot, tuned_window)
    assert store.scene.runs[0].trajectory.outcome.loss == pytest.approx(found[0].median)
    store.undo()
    assert store.session == before
    assert not store.can_undo


def test_one_run_is_tuned_from_its_card_whether_it_is_shown_or_not(qtbot, tuned_window):
    menu = tuned_window.runs_panel.cards[2].show_menu()
    (entry,) = (action for action in menu.actions() if action.text() == "&Tune…")
    entry.trigger()
    menu.close()
    (dialog,) = tuned_window.runs_panel.cards[2].findChildren(TuneDialog)
    assert dialog.form.indices == (2,)
    dialog.form.budget_choice.setCurrentIndex(0)
    dialog.form.names_choice.setCurrentIndex(1)
    tune(qtbot, dialog)
    assert column(dialog.table, "run") == ["Heavy"]
    dialog.apply_button.click()
    assert [name for name, _ in tuned_window.store.session.runs[2].hyper] == ["lr"]
    assert tuned_window.store.session.runs[:2] == RUNS[:2]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_many_starts_and_few_steps(qtbot, dialog):
    form = dialog.form
    form.aim_choice.setCurrentIndex(1)
    form.starts_choice.setCurrentIndex(1)
    assert form.count_box.isVisible()
    form.count_box.setValue(4)
    assert form.count_label.text() == "× 4"
    form.target_field.setText("0.5")
    tune(qtbot, dialog)
    assert [tuning.starts for tuning in dialog.found] == [16, 16]
    assert [tuning.target for tuning in dialog.found] == [0.5, 0.5]
    assert column(dialog.table, "median steps") == [f"{tuning.median:g}" for tuning in dialog.found]
    assert column(dialog.table, "reach target") == [percent(tuning.success) for tuning in dialog.found]
    form.starts_choice.setCurrentIndex(2)
    assert form.count_label.text() == "starts"
    form.starts_choice.setCurrentIndex(0)
    assert form.count_box.isHidden()


def test_cancel_stops_and_keeps_what_was_found_before(qtbot, tuned_window, dialog):
    before = tuned_window.store.session
    tune(qtbot, dialog)
    found = dialog.found
    dialog.form.budget_choice.setCurrentIndex(dialog.form.budget_choice.count() - 1)
    dialog.form.starts_choice.setCurrentIndex(1)
    dialog.start_button.click()
    assert not dialog.form.isEnabled()
    assert not dialog.apply_button.isEnabled()
    assert dialog.close_button.text() == "Cancel"
    ticks = []
    QTimer.singleShot(0, lambda: ticks.append(dialog.is_tuning))
    qtbot.waitUntil(lambda: bool(ticks))
    assert ticks == [True], "the window's own events come in between"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.is_tuning
    assert dialog.isVisible()
    assert dialog.found is found
    assert dialog.apply_button.isEnabled()
    assert dialog.form.isEnabled()
    qtbot.wait(30)
    assert dialog.found is found
    assert dialog.close_button.text() == "Close"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert tuned_window.store.session is before


def test_closing_the_dialog_stops_it(qtbot, dialog):
    dialog.form.budget_choice.setCurrentIndex(dialog.form.budget_choice.count() - 1)
    dialog.start_button.click()
    assert dialog.is_tuning
    dialog.close()
    assert not dialog.is_tuning


@pytest.mark.parametrize(
    ("upset", "message"),
    [
        (lambda form: form.target_field.setText("low"), "'low' is not a number"),
        (lambda form: (form.starts_choice.setCurrentIndex(2), form.count_box.setValue(10_000)), "is too small"),
    ],
)
def test_what_cannot_be_tuned_is_said_above_the_table(dialog, upset, message):
    upset(dialog.form)
    dialog.start_button.click()
    assert not dialog.is_tuning
    assert message in dialog.error_label.text()
    assert dialog.error_label.isVisible()


def test_a_session_that_has_changed_meanwhile_is_not_overwritten(qtbot, tuned_window, dialog):
    tune(qtbot, dialog)
    changed = tuned_window.store.session.with_run(0, RunSpec("lion"))
    tuned_window.store.edit(changed)
    dialog.apply_button.click()
    assert tuned_window.store.session is changed
    assert "the session has changed" in dialog.error_label.text()


def test_without_runs_there_is_nothing_to_tune(make_window):
    window = make_window(Session("sphere"))
    dialog = window.ask_tune()
    assert not dialog.start_button.isEnabled()
    assert "no run to tune" in dialog.error_label.text()
    dialog.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    hidden = make_window(Session("sphere", runs=(RunSpec("sgd", visible=False),)))
    dialog = hidden.ask_tune()
    assert dialog.form.indices == (0,), "where none is shown, one is offered"
    dialog.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_table_is_copied_and_read_by_keys(qtbot, dialog):
    tune(qtbot, dialog)
    assert len(charts(dialog)) == 1
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Down)
    assert [chart.accessibleName() for chart in charts(dialog)] == [
        "Neighbourhood of lr", "Neighbourhood of beta1", "Neighbourhood of beta2",
    ]  # fmt: skip
    assert dialog.caption.text().startswith("Adam:")
    qtbot.keyClick(dialog.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    titles, *copied = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert titles == ["run", "best settings", "loss", "before", "reaches target", "evaluations"]
    assert [row[0] for row in copied] == ["SGD", "Adam"]
    assert copied[0][1] == f"lr={dialog.found[0].best['lr']:.6g}"


def test_the_keyboard_opens_tunes_and_applies(qtbot, tuned_window):
    qtbot.keyClick(tuned_window, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    dialog = tuned_window.findChild(TuneDialog)
    dialog.form.budget_choice.setCurrentIndex(0)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.is_tuning
    qtbot.waitUntil(lambda: not dialog.is_tuning)
    before = tuned_window.store.session
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert tuned_window.store.session != before
    assert ("Ctrl+U", "Tune: find good hyperparameters") in keys.key_lines()["Runs"]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_everything_has_a_name_for_who_cannot_see_it(qtbot, dialog):
    form = dialog.form
    for widget in (
        form.runs_choice, form.names_choice, form.budget_choice, form.aim_choice, form.target_field,
        form.starts_choice, form.count_box, dialog.table, dialog.progress_bar,
    ):  # fmt: skip
        assert widget.accessibleName()
    labels = [label.text().replace("&", "") for label in form.findChildren(QLabel) if label.buddy()]
    assert labels == ["Runs", "What", "Budget", "Aim", "Target", "Starts"]
    tune(qtbot, dialog)
    (chart,) = charts(dialog)
    assert chart.accessibleDescription().startswith("lr 0.9")
    assert "good from" in chart.accessibleDescription()


# --- the chart ----------------------------------------------------------------------------------


def test_heights_keep_the_order_of_the_scores(qtbot):
    hyper = optvis.optimizers.SGD.hyperparameters[0]
    values = np.array([1e-4, 0.01, 0.1, 1.0])

    def made(scores, floor=0.0):
        scores = np.array(scores)
        curve = Curve(hyper, values, scores, 0.2, 0.1, 0.1, scores < 1e-2)
        return tuned_curve(curve, 0.1, floor, 0, "final loss", QRectF(0, 0, 400, 200))

    up = made([1e-9, 1e-3, 1.0, np.inf]).points[:, 1]
    assert up[0] > up[1] > up[2] > up[3]
    assert (up[0] - up[1]) / (up[0] - up[2]) == pytest.approx(6 / 9)
    linear = made([-5.0, 0.0, 5.0, 5.0])
    assert not linear.scale.is_log, "linear below the floor"
    assert np.diff(linear.points[:3, 1]) == pytest.approx(np.diff(linear.points[:3, 1])[0])
    assert np.isfinite(made([2.0, 2.0, 2.0, 2.0]).points).all()
    assert np.isfinite(made([np.inf] * 4).points).all()


@pytest.mark.parametrize("best", [0.01, 0.1, 1.0])
def test_the_best_is_marked_where_its_value_stands_on_the_slider(qtbot, best):
    chart = chart_of(qtbot, best)
    image = chart.grab().toImage()
    rect, color = chart.chart.viewport.rect, run_style(1, LIGHT).color
    row = next(y for y in range(199, 0, -1) if sum(image.pixelColor(x, y) == color for x in range(416)) > 5)
    middle = np.mean([x for x in range(416) if image.pixelColor(x, row) == color])
    share = np.log10(best / 1e-4) / 5
    assert middle == pytest.approx(rect.left() + (share + 0.03) / 1.06 * rect.width(), abs=4)
    assert chart.text == f"lr {best:g}, good only there"


def chart_of(qtbot, best=0.1):
    hyper = optvis.optimizers.SGD.hyperparameters[0]
    values = np.array([1e-4, 0.01, 0.1, 1.0, 10.0])
    scores = np.abs(np.log10(values / best)) + 0.1
    scores[-1] = np.inf
    chart = TuneChart("lr", best, Curve(hyper, values, scores, 0.2, best, best, scores < 1.2), 0.0, 1, "final loss")
    qtbot.addWidget(chart)
    chart.resize(416, 200)
    chart.show()
    qtbot.waitExposed(chart)
    return chart


def test_what_reaches_the_target_is_shaded_and_nothing_else(qtbot):
    chart = chart_of(qtbot)
    image, painted = chart.grab().toImage(), chart.chart
    x, y = painted.points[:, 0], painted.viewport.rect.bottom() - 3
    panel = LIGHT.panel.name()
    shaded = [image.pixelColor(round(each) + 3, round(y)).name() != panel for each in x]
    assert shaded == painted.curve.reaches.tolist() == [False, True, True, True, False]


def test_the_chart_zooms_by_the_wheel_and_shows_all_again(qtbot):
    chart = chart_of(qtbot)
    chart.grab()
    full, at = chart.chart.full_bounds, chart.chart.viewport.rect.center()
    turn(chart.view, at)
    xmin, xmax, ymin, ymax = chart.chart.viewport.bounds
    assert full[0] < xmin < xmax < full[1]
    assert full[2] < ymin < ymax < full[3]
    chart.menu.actions()[0].trigger()
    assert chart.chart.viewport.bounds == full


def test_the_value_under_the_mouse_is_told(qtbot):
    chart = chart_of(qtbot)
    chart.grab()
    at = QPointF(chart.chart.points[1, 0] + 2, chart.chart.viewport.rect.center().y())
    assert chart.chart.nearest(at) == 1
    assert chart.value_words(1) == "lr 0.01: final loss 1.1, reaches the target"
    assert chart.value_words(4) == "lr 10: final loss none, does not reach the target"


def turn(view, at):
    widget = view.viewport()
    none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    far = QPointF(widget.mapToGlobal(at.toPoint()))
    event = QWheelEvent(at, far, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, none, phase, False)
    QApplication.sendEvent(widget, event)
    QApplication.processEvents()
