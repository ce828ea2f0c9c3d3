"""The bar at the bottom, driven by mouse and keys."""

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QComboBox, QLineEdit, QSlider, QToolButton, QVBoxLayout, QWidget

from optvis.gui.state.playback import SPEEDS, Playback
from optvis.gui.transport import Transport

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot):
    frame = QWidget()
    qtbot.addWidget(frame)
    play = Playback(frame)
    play.set_length(30)
    bar = Transport(play)
    bar.play = play
    bar.frame = frame
    bar.other = QLineEdit()
    column = QVBoxLayout(frame)
    column.addWidget(bar.other)
    column.addWidget(bar)
    frame.resize(700, 90)
    frame.show()
    frame.activateWindow()
    QApplication.processEvents()
    yield bar
    play.pause()


def test_buttons_do_what_they_say(qtbot, bar):
    play = bar.play
    qtbot.mouseClick(bar.forward_button, LEFT)
    qtbot.mouseClick(bar.forward_button, LEFT)
    assert play.step == 2
    qtbot.mouseClick(bar.back_button, LEFT)
    assert play.step == 1
    qtbot.mouseClick(bar.end_button, LEFT)
    assert play.step == 30
    qtbot.mouseClick(bar.start_button, LEFT)
    assert play.step == 0
    qtbot.mouseClick(bar.play_button, LEFT)
    assert play.playing
    assert bar.play_button.accessibleName() == "Pause"
    qtbot.mouseClick(bar.play_button, LEFT)
    assert not play.playing
    assert bar.play_button.accessibleName() == "Play"
    qtbot.mouseClick(bar.loop_button, LEFT)
    assert play.loop


def test_the_bar_follows_the_playback(bar):
    bar.play.seek(12)
    assert bar.scrub.value() == 12
    assert bar.counter.text() == "step 012 / 030"
    bar.play.set_loop(True)
    assert bar.loop_button.isChecked()
    bar.play.set_speed(0.25)
    assert bar.speed_box.currentText() == "0.25×"


def test_the_counter_does_not_jump(bar):
    width = bar.counter.width()
    needed = set()
    for step in range(31):
        bar.play.seek(step)
        QApplication.processEvents()
        needed.add((bar.counter.width(), bar.scrub.x(), bar.scrub.width()))
        assert bar.counter.fontMetrics().horizontalAdvance(bar.counter.text()) <= width
    assert len(needed) == 1


def test_a_long_run_has_a_wider_counter(bar):
    bar.play.set_length(1_000_000)
    bar.play.seek(999_999)
    assert bar.counter.text() == "step 0999999 / 1000000"
    assert bar.counter.width() >= bar.counter.fontMetrics().horizontalAdvance(bar.counter.text())


def test_scrubbing_shows_every_step_and_playing_goes_on_afterwards(qtbot, bar):
    seen = []
    bar.play.stepChanged.connect(seen.append)
    bar.play.play()
    qtbot.mousePress(bar.scrub, LEFT, pos=bar.scrub.handle_centre())
    assert not bar.play.playing
    for x in range(0, bar.scrub.width() // 2, 5):
        qtbot.mouseMove(bar.scrub, QPoint(x, 5))
    assert len(seen) > 5
    assert bar.play.step == seen[-1] > 5
    qtbot.mouseRelease(bar.scrub, LEFT)
    assert bar.play.playing


def test_speeds(qtbot, bar):
    assert [bar.speed_box.itemText(row) for row in range(len(SPEEDS))][0::6] == ["0.25×", "16×"]
    bar.speed_box.setFocus()
    qtbot.keyClick(bar.speed_box, Qt.Key.Key_Down)
    assert bar.play.speed == 2.0


def test_a_click_leaves_the_focus_where_it_is(qtbot, bar):
    bar.other.setFocus()
    for button in bar.findChildren(QToolButton):
        qtbot.mouseClick(button, LEFT)
        assert bar.other.hasFocus()
    qtbot.mouseClick(bar.scrub, LEFT, pos=QPoint(30, 5))
    assert bar.other.hasFocus()


def test_tab_reaches_everything(qtbot, bar):
    bar.other.setFocus()
    reached = []
    for _ in range(8):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    wanted = [bar.start_button, bar.back_button, bar.play_button, bar.forward_button, bar.end_button, bar.scrub]
    assert reached == [*wanted, bar.speed_box, bar.loop_button]


def test_everything_has_a_name(bar):
    for widget in bar.findChildren(QToolButton) + bar.findChildren(QSlider) + bar.findChildren(QComboBox):
        assert widget.accessibleName()
        assert widget.toolTip()
