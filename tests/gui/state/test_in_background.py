"""Work beside the window: what it says, where, and when nobody listens any more."""

import threading

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QThread

from optvis.foundation.errors import InputError
from optvis.gui.state.in_background import InBackground


@pytest.mark.parametrize(
    ("error", "said"),
    [(None, None), (InputError("the disk is full"), "the disk is full"), (MemoryError(), "there is not enough memory")],
)
def test_work_is_done_elsewhere_and_its_end_is_told_here(qtbot, error, said):
    background = InBackground()
    places, ends = [], []

    def work():
        places.append(threading.current_thread())
        if error is not None:
            raise error

    background.run(work, lambda problem: ends.append((problem, QThread.currentThread())))
    qtbot.waitUntil(lambda: bool(ends))
    assert places[0] is not threading.main_thread()
    ((problem, place),) = ends
    assert place is background.thread()
    assert (None if problem is None else str(problem)) == said


def test_a_window_that_is_gone_is_not_told(qapp):
    background = InBackground()
    may_end, ended, told = threading.Event(), [], []
    before = set(threading.enumerate())  # those that compile and carry lanes wait for more for good

    def work():
        may_end.wait(10)
        ended.append(threading.current_thread())

    background.run(work, told.append)
    sip.delete(background)
    may_end.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    qapp.processEvents()
    assert len(ended) == 1
    assert told == []
