"""Exceptions that nobody caught."""

import sys
import threading
import weakref

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QPushButton

from optvis.foundation.errors import InputError
from optvis.gui.error_dialog import ErrorDialog
from optvis.gui.uncaught import OFTEN, install


@pytest.fixture
def hooked(qtbot, monkeypatch):
    """The hook in force; what goes to standard error is gathered instead."""
    printed = []
    monkeypatch.setattr(sys, "__excepthook__", lambda kind, error, trace: printed.append(error))
    before = sys.excepthook
    uninstall = install()
    yield printed
    uninstall()
    assert sys.excepthook == before
    assert dialogs() == []


def dialogs():
    return [
        widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ErrorDialog) and widget.isVisible()
    ]


def fail(message="the slot is broken"):
    raise RuntimeError(message)


def test_a_slot_that_fails_opens_a_dialog_and_the_program_goes_on(qtbot, hooked):
    button = QPushButton()
    qtbot.addWidget(button)
    clicks = []
    button.clicked.connect(lambda: clicks.append(1))
    button.clicked.connect(lambda: fail())
    button.click()
    QApplication.processEvents()
    (dialog,) = dialogs()
    assert "the slot is broken" in dialog.message.text()
    assert "Traceback" in dialog.details.toPlainText()
    dialog.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert "RuntimeError" in copied
    assert "in fail" in copied
    dialog.close()
    button.click()
    assert clicks == [1, 1]
    assert [type(error) for error in hooked] == [RuntimeError, RuntimeError]


def test_no_frame_is_kept_alive(qtbot, hooked):
    held = []

    class Held:
        pass

    def fails():
        precious = Held()
        held.append(weakref.ref(precious))
        raise RuntimeError("held")

    QTimer.singleShot(0, fails)
    qtbot.waitUntil(lambda: len(dialogs()) == 1)
    hooked.clear()
    assert held[0]() is None
    assert not hasattr(sys, "last_traceback")


def test_what_the_user_caused_is_said_plainly(qtbot, hooked):
    def refuse():
        raise InputError("steps must be a whole number")

    QTimer.singleShot(0, refuse)
    qtbot.waitUntil(lambda: len(dialogs()) == 1)
    assert dialogs()[0].message.text() == "steps must be a whole number"


def test_many_errors_are_one_dialog(qtbot, hooked):
    for number in range(20):
        QTimer.singleShot(0, lambda number=number: fail(f"number {number}"))
    qtbot.waitUntil(lambda: len(hooked) == 20)
    (dialog,) = dialogs()
    assert "number 0" in dialog.message.text()
    assert "number 19" in dialog.details.toPlainText()


def test_an_error_that_comes_again_and_again_stops_opening_dialogs(qtbot, hooked):
    opened = 0
    for at in range(1, OFTEN + 4):
        QTimer.singleShot(0, fail)
        qtbot.waitUntil(lambda at=at: len(hooked) == at)
        for dialog in dialogs():
            opened += 1
            dialog.close()
    assert opened == OFTEN


def test_an_error_on_another_thread_is_shown_on_this_one(qtbot, hooked):
    def work():
        try:
            fail("elsewhere")
        except RuntimeError:
            sys.excepthook(*sys.exc_info())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(dialogs()) == 1)
    assert "elsewhere" in dialogs()[0].message.text()


def test_an_interrupt_is_no_error(hooked):
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert dialogs() == []
    assert len(hooked) == 1
