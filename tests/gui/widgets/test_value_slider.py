"""The row of a hyperparameter, driven by mouse and keys."""

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget

from optvis.engine.preparation import run_settings
from optvis.foundation.slices import finish
from optvis.gui.widgets.value_slider import ValueSlider
from optvis.maps.slider_sweeps import grooves_in_slices
from optvis.optimizers import SGD
from optvis.optimizers.catalogue import CATALOGUE
from optvis.optimizers.hyperparameter import learning_rate, symbol
from optvis.optimizers.slider_scale import POSITIONS, value_at
from optvis.problems.problem import problem

LEFT = Qt.MouseButton.LeftButton


def hyper_of(optimizer, name):
    return next(hyper for hyper in CATALOGUE[optimizer].hyperparameters if hyper.name == name)


@pytest.fixture
def make(qtbot):
    def make(optimizer="adam", name="lr"):
        frame = QWidget()
        qtbot.addWidget(frame)
        row = ValueSlider(hyper_of(optimizer, name), "Adam")
        QVBoxLayout(frame).addWidget(row)
        row.frame = frame
        row.events = []
        row.valueEdited.connect(lambda value: row.events.append(value))
        row.editingFinished.connect(lambda: row.events.append("finished"))
        row.resetRequested.connect(lambda: row.events.append("reset"))
        frame.resize(300, 60)
        frame.show()
        QApplication.processEvents()
        return row

    return make


def drag(qtbot, slider, to_x):
    start = slider.handle_centre()
    qtbot.mousePress(slider, LEFT, pos=start)
    for part in range(1, 11):
        qtbot.mouseMove(slider, QPoint(start.x() + (to_x - start.x()) * part // 10, start.y()))
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(to_x, start.y()))


def wheel(widget, delta):
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre, widget.mapToGlobal(centre), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_a_drag_proposes_on_its_way_and_finishes_once(qtbot, make):
    row = make()
    drag(qtbot, row.slider, row.slider.width() - 1)
    values = [event for event in row.events if isinstance(event, float)]
    assert len(values) > 3
    assert values == sorted(values)
    assert values[-1] == row.hyper.high
    assert row.events[-1] == "finished"
    assert row.events.count("finished") == 2, "at the press, to seal what was before, and at the end"
    assert row.field.text() == "10"


def test_dragged_to_the_left_end_it_is_exactly_zero(qtbot, make):
    row = make()
    drag(qtbot, row.slider, 0)
    assert row.value() == 0.0
    assert row.field.text() == "0"


def test_a_click_in_the_groove_brings_the_handle_there(qtbot, make):
    row = make()
    place = QPoint(row.slider.width() // 4, row.slider.height() // 2)
    qtbot.mouseClick(row.slider, LEFT, pos=place)
    assert abs(row.slider.handle_centre().x() - place.x()) <= 2


def test_a_press_on_the_handle_changes_nothing(qtbot, make):
    row = make()
    qtbot.mouseClick(row.slider, LEFT, pos=row.slider.handle_centre())
    assert [event for event in row.events if event != "finished"] == []


@pytest.mark.parametrize("part", ["slider", "label"])
def test_a_double_click_asks_for_a_reset(qtbot, make, part):
    row = make()
    widget = getattr(row, part)
    where = row.slider.handle_centre() if part == "slider" else widget.rect().center()
    qtbot.mouseClick(widget, LEFT, pos=where)
    qtbot.mouseDClick(widget, LEFT, pos=where)
    assert "reset" in row.events
    assert not row.slider.isSliderDown()


def test_keys_move_the_slider(qtbot, make):
    row = make()
    row.slider.setFocus()
    before = row.value()
    qtbot.keyClick(row.slider, Qt.Key.Key_Right)
    assert row.value() > before
    qtbot.keyClick(row.slider, Qt.Key.Key_PageDown)
    assert row.value() < before
    qtbot.keyClick(row.slider, Qt.Key.Key_End)
    assert row.value() == row.hyper.high
    qtbot.keyClick(row.slider, Qt.Key.Key_Home)
    assert row.value() == 0.0
    assert "finished" not in row.events
    row.field.setFocus()
    assert row.events[-1] == "finished"


def test_the_wheel_moves_it_only_with_the_focus(make):
    row = make()
    row.field.setFocus()
    wheel(row.slider, 120)
    assert row.events in ([], ["finished"])
    row.slider.setFocus()
    row.events.clear()
    wheel(row.slider, 120)
    assert [event for event in row.events if isinstance(event, float)]


def test_a_typed_value_may_be_beyond_the_slider(qtbot, make):
    row = make()
    row.field.selectAll()
    qtbot.keyClicks(row.field, "250")
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    assert row.value() == 250.0
    assert row.slider.value() == POSITIONS
    assert row.events[:2] == [250.0, "finished"]


def test_an_illegal_value_is_refused_beneath(qtbot, make):
    row = make("adam", "beta1")
    row.field.selectAll()
    qtbot.keyClicks(row.field, "1")
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    assert row.value() == 0.9
    assert row.error.isVisible()
    assert "beta1" in row.error.text()
    assert "below 1" in row.error.text()
    assert row.error.geometry().top() >= row.field.geometry().bottom()
    qtbot.keyClick(row.field, Qt.Key.Key_Escape)
    assert not row.error.isVisible()
    assert row.field.text() == "0.9"


def test_an_error_goes_when_the_slider_is_used(qtbot, make):
    row = make("adam", "beta1")
    row.field.setText("x")
    row.field.setModified(True)
    row.field.commit()
    assert row.error.isVisible()
    drag(qtbot, row.slider, 40)
    assert not row.error.isVisible()


def test_setting_a_value_from_outside_proposes_nothing(make):
    row = make()
    row.set_value(0.123456789, by_hand=True)
    assert row.events == []
    assert row.field.text() == "0.123456789"
    assert row.label.font().bold()
    row.set_value(0.3)
    assert not row.label.font().bold()


def test_the_handle_is_not_pulled_from_under_a_drag(qtbot, make):
    row = make()
    slider = row.slider
    qtbot.mousePress(slider, LEFT, pos=slider.handle_centre())
    qtbot.mouseMove(slider, QPoint(60, 5))
    position = slider.value()
    row.set_value(9.0)  # another edit arrives
    assert slider.value() == position
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(60, 5))


def test_a_switch_is_a_check_box(qtbot, make):
    row = make("rmsprop", "centered")
    assert row.slider is None
    qtbot.mouseClick(row.box, LEFT, pos=QPoint(5, row.box.height() // 2))
    assert row.events == [1.0, "finished"]


def test_labels_of_all_rows_are_equally_wide(make):
    widths = {make(*which).label.width() for which in (("adam", "beta1"), ("momentum", "momentum"), ("adam", "eps"))}
    assert len(widths) == 1


@pytest.mark.parametrize(("name", "sign"), [("beta1", "β₁"), ("eps", "ε"), ("lr", "lr"), ("lr_decay", "lr decay")])
def test_symbols(name, sign):
    assert symbol(name) == sign


def test_everything_has_a_name_a_buddy_and_says_its_value(make):
    row = make()
    assert row.label.buddy() is row.field
    assert row.slider.accessibleName() != row.field.accessibleName() != ""
    row.set_value(0.7, by_hand=True, suggested=0.3)
    for widget in (row.slider, row.field):
        assert "0.7" in widget.accessibleDescription()
        assert "0.3" in widget.accessibleDescription(), "what a reset would bring"
        assert row.hyper.meaning in widget.toolTip()


def test_the_focus_can_be_seen(make):
    row = make()
    row.field.setFocus()
    without = row.slider.grab().toImage()
    row.slider.setFocus()
    assert row.slider.grab().toImage() != without


@pytest.mark.parametrize("suggested", [2e-6, 0.3, 70.0])
def test_the_slider_of_a_learning_rate_reaches_round_what_is_suggested(qtbot, suggested):
    slider = ValueSlider(learning_rate(0.1))
    qtbot.addWidget(slider)
    slider.set_value(suggested, suggested=suggested)
    assert slider.hyper.low <= suggested / 50
    assert slider.hyper.high >= suggested * 10
    place = slider.slider.value()
    assert 0 < place < slider.slider.maximum()
    slider.set_value(suggested * 2, True, suggested=suggested)
    assert slider.slider.value() > place


def moved(widget, x, y, *, with_shift=False):
    """A move of the mouse with the left button held."""
    place, keys = QPointF(x, y), Qt.KeyboardModifier.ShiftModifier if with_shift else Qt.KeyboardModifier.NoModifier
    kind = QEvent.Type.MouseMove
    QApplication.sendEvent(widget, QMouseEvent(kind, place, widget.mapToGlobal(place), LEFT, LEFT, keys))


def test_with_shift_a_drag_is_ten_times_as_fine_and_does_not_jump(qtbot, make):
    slider = make().slider
    slider.setValue(500)
    start = slider.handle_centre()
    qtbot.mousePress(slider, LEFT, pos=start)
    moved(slider, start.x() + 20, start.y())
    coarse = slider.sliderPosition() - 500
    assert coarse > 40
    before = slider.sliderPosition()
    moved(slider, start.x() + 20, start.y(), with_shift=True)
    assert slider.sliderPosition() == before
    moved(slider, start.x() + 40, start.y(), with_shift=True)
    assert slider.sliderPosition() - before == pytest.approx(coarse / 10, abs=1)
    before = slider.sliderPosition()
    moved(slider, start.x() + 40, start.y())
    assert abs(slider.sliderPosition() - before) <= 5, "without it the handle goes on from where it is"
    qtbot.mouseRelease(slider, LEFT, pos=start)


def test_a_click_on_the_notch_takes_the_best_value(qtbot, make):
    row = make("sgd")
    settings = run_settings(problem("quadratic-valley"), SGD(lr=0.1), None, 30, "central")
    groove = finish(grooves_in_slices(settings, [row.hyper]))["lr"]
    row.set_groove(groove)
    QApplication.processEvents()
    best = int(groove.positions[groove.best])
    assert row.slider.value() != best
    tip = row.slider.notch_tip(best)
    qtbot.mouseClick(row.slider, LEFT, pos=QPoint(round(tip.x()), round(tip.y()) - 3))
    assert row.slider.value() == best
    assert row.value() == value_at(row.hyper, best)
    assert row.events == [row.value(), "finished"] or row.events[-1] == "finished"
    qtbot.mouseClick(row.slider, LEFT, pos=QPoint(round(tip.x()) - 40, row.slider.height() // 2))
    assert row.slider.value() < best, "elsewhere a click moves the handle there"
