"""Keys reach the program from wherever the focus is."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QWidget

from tests.gui.conftest import settle

KEY = Qt.Key


def focusable(window):
    """Every widget of the window that has the focus by the Tab key, when all of it is open."""
    found = [each for each in window.findChildren(QWidget) if each.isVisible() and each.isEnabled()]
    return [each for each in found if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.window() is window]


@pytest.fixture
def opened(qtbot, window):
    window.set_view(layout="basins")
    window.inspector_column.setVisible(True)
    settle(qtbot, window)
    window.activateWindow()
    return window


def test_space_plays_from_everywhere_but_text_fields(qtbot, opened):
    tried = set()
    for widget in focusable(opened):
        widget.setFocus()
        if opened.focusWidget() is not widget or not widget.isVisible():
            continue
        opened.playback.pause()
        before = opened.store.session
        qtbot.keyClick(widget, KEY.Key_Space)
        is_text = isinstance(widget, QLineEdit | QAbstractSpinBox)
        assert opened.playback.playing == (not is_text), widget
        assert is_text or opened.store.session == before
        tried.add(type(widget).__mro__[-4].__name__ if is_text else type(widget).__name__)
        assert QApplication.activePopupWidget() is None
    opened.playback.pause()
    assert len(tried) > 6


@pytest.mark.parametrize("key", [KEY.Key_End, KEY.Key_S, KEY.Key_Home, KEY.Key_B])
def test_no_letter_chooses_anything_in_a_closed_list(qtbot, opened, key):
    for box in [each for each in opened.findChildren(QComboBox) if each.isVisible() and not each.isEditable()]:
        box.setFocus()
        problem, index = opened.store.session.problem, box.currentIndex()
        qtbot.keyClick(box, key)
        settle(qtbot, opened)
        assert (opened.store.session.problem, box.currentIndex()) == (problem, index)
    opened.playback.pause()


def test_end_goes_to_the_last_step_from_a_list(qtbot, opened):
    box = opened.map_tabs.basin_bar.shows_box
    box.setFocus()
    qtbot.keyClick(box, KEY.Key_End)
    assert opened.playback.step == opened.playback.length
    qtbot.keyClick(box, KEY.Key_Down)
    assert box.currentIndex() == 1, "a list keeps the keys that go along it"


def test_enter_presses_a_button_and_opens_a_list(qtbot, opened):
    bar = opened.map_tabs.basin_bar
    bar.each_box.setFocus()
    qtbot.keyClick(bar.each_box, KEY.Key_Return)
    settle(qtbot, opened)
    assert opened.store.session.view.basins_of == "each"
    bar.shows_box.setFocus()
    qtbot.keyClick(bar.shows_box, KEY.Key_Return)
    assert bar.shows_box.view().isVisible()
    bar.shows_box.hidePopup()
    assert isinstance(bar.each_box, QAbstractButton)
