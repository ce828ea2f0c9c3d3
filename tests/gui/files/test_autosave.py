"""After a crash nothing is lost but the last second; a living process is no crash."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import optvis
from optvis.document.session import Session
from optvis.document.session_file import preset, read_session, to_json
from optvis.gui import app as gui_app
from optvis.gui.files import autosave as module
from optvis.gui.files.autosave import Autosave, leftovers
from optvis.gui.files.documents import Documents
from optvis.gui.files.process_lock import ProcessLock
from optvis.gui.files.recovery import QUESTION, offer
from optvis.gui.state.store import Store

# Opens the window as the program does, edits it all the time, and prints what was edited.
CHILD = """
import sys
from dataclasses import replace
from pathlib import Path
from PyQt6.QtCore import QSettings, QTimer
from PyQt6.QtWidgets import QApplication
from optvis.gui import app

class Edited(app.Window):
    def showEvent(self, event):
        super().showEvent(event)
        self.steps = 0
        self.timer = QTimer(self, interval=20)
        self.timer.timeout.connect(self.step)
        self.timer.start()

    def step(self):
        self.steps += 1
        self.store.edit(replace(self.store.session, steps=self.steps))
        print(self.steps, flush=True)
        if self.steps == int(sys.argv[3]):
            self.documents.saved = self.store.session  # saved, so that nothing is asked
            self.close()

app.Window = Edited
state = Path(sys.argv[1])
settings = QSettings(str(state.parent / "settings.ini"), QSettings.Format.IniFormat)
sys.exit(app.run_window(sys.argv[2], state, settings))
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def start(folder, tmp_path):
    """Start a process that edits; it is killed at the end in any case."""
    processes = []
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(optvis.__file__).parents[1])}

    def begin(name="textbook", until=10**6):
        process = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(folder), str(name), str(until)],
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def documents(qapp, settings):
    return Documents(Store(preset("textbook")), settings)


@pytest.fixture
def autosave(documents, folder):
    kept = Autosave(folder, documents.store, documents)
    yield kept
    kept.finish()


def edited_for(process, seconds):
    """Read what the process prints; return (when, steps) of every edit."""
    edits, until = [], None
    for line in process.stdout:
        edits.append((time.monotonic(), int(line)))
        until = until or edits[0][0] + seconds
        if edits[-1][0] > until:
            return edits
    raise AssertionError("the process has ended")


def found(folder):
    """What a start would offer; let go again."""
    copies = []
    for leftover in leftovers(folder):
        copies.append((leftover.session, leftover.path))
        leftover.keep()
    return copies


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
def test_a_killed_program_loses_no_more_than_the_last_second(start, folder, documents, autosave):
    process = start()
    edits = edited_for(process, 2.5)
    assert found(folder) == [], "as long as it lives"
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed = time.monotonic()
    (copy,) = folder.glob("*.unsaved")
    copy.with_suffix(".part").write_bytes(b"{")  # it may have been writing the next one
    asked = []

    def ask(leftover):
        asked.append(leftover.path)
        return "restore"

    assert offer(folder, documents, autosave, ask)
    assert asked == [None]
    assert len(list(folder.glob("*.unsaved"))) == 1, "ours was there before the old one went"
    session = documents.store.session
    assert replace(session, steps=None) == preset("textbook")
    last_for_sure = max(steps for when, steps in edits if when < killed - 1)
    assert session.steps >= last_for_sure
    assert documents.is_modified, "what is restored is not saved yet"
    assert found(folder) == [], "it is ours now"
    autosave.finish()
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
def test_a_second_program_is_not_taken_for_a_crash(start, folder, tmp_path):
    first, second = start(), start("ravine")
    edited_for(first, 1.2), edited_for(second, 1.2)
    assert found(folder) == []
    second.kill()
    second.wait()
    ((session, _),) = found(folder)
    assert replace(session, steps=None) == replace(preset("ravine"), steps=None)
    assert first.poll() is None


def test_a_program_that_ends_leaves_nothing(start, folder):
    process = start(until=60)
    assert len(edited_for(process, 1.0)) > 1
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert list(folder.iterdir()) == []


def test_the_file_of_a_killed_session_is_known(start, folder, tmp_path, documents, autosave):
    own = tmp_path / "own.json"
    own.write_text(to_json(Session("sphere", runs=preset("textbook").runs)), encoding="utf-8")
    process = start(own)
    edited_for(process, 1.2)
    process.kill()
    process.wait()
    assert offer(folder, documents, autosave, lambda _: "restore")
    assert documents.path == own
    assert documents.is_modified
    documents.save()
    assert read_session(own).steps == documents.store.session.steps


# --- in one process -----------------------------------------------------------------------------


def crashed(folder, session, path=None, name="a"):
    """Leave what a crash leaves."""
    folder.mkdir(exist_ok=True)
    content = {"path": None if path is None else str(path), "session": module.to_text(session)}
    (folder / f"{name}.unsaved").write_text(json.dumps(content), encoding="utf-8")


def test_a_copy_is_there_only_while_there_are_changes(qtbot, folder, documents, autosave):
    store = documents.store
    qtbot.wait(2 * module.INTERVAL_MS)
    assert not folder.exists()
    store.edit(replace(store.session, steps=3))
    qtbot.waitUntil(lambda: any(folder.glob("*.unsaved")))
    store.undo()
    qtbot.waitUntil(lambda: not any(folder.glob("*.unsaved")))
    store.redo()
    qtbot.waitUntil(lambda: any(folder.glob("*.unsaved")))
    documents.save(folder.parent / "a.json")
    qtbot.waitUntil(lambda: not any(folder.glob("*.unsaved")))


def test_edits_without_a_pause_do_not_put_it_off(qtbot, folder, documents, autosave):
    store = documents.store
    before = time.monotonic()
    steps = 1
    while not (folder.exists() and any(folder.glob("*.unsaved"))):
        steps += 1
        store.edit(replace(store.session, steps=steps))
        qtbot.wait(20)
        assert time.monotonic() < before + 20


@pytest.mark.parametrize(("answer", "left"), [("discard", 0), ("later", 2)])
def test_what_is_not_restored_is_removed_or_asked_about_again(folder, documents, autosave, answer, left):
    crashed(folder, Session("sphere"), name="a")
    crashed(folder, Session("beale"), name="b")
    before = documents.store.session
    assert not offer(folder, documents, autosave, lambda _: answer)
    assert documents.store.session == before
    assert len(found(folder)) == left


def test_the_newest_is_offered_first_and_the_others_stay(folder, documents, autosave):
    crashed(folder, Session("sphere"), name="z")
    crashed(folder, Session("beale"), name="a")
    os.utime(folder / "z.unsaved", (1, 1))
    assert offer(folder, documents, autosave, lambda _: "restore")
    assert documents.store.session == Session("beale")
    assert found(folder) == [(Session("sphere"), None)]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{}", b'{"path": null, "session": "optvis1:AAAA"}'])
def test_a_copy_that_is_broken_is_removed(folder, content):
    folder.mkdir()
    (folder / "a.unsaved").write_bytes(content)
    assert found(folder) == []
    assert list(folder.iterdir()) == []


def test_changes_of_a_file_that_is_gone_are_all_there_is(folder, tmp_path, documents, autosave):
    crashed(folder, Session("sphere"), tmp_path / "gone.json")
    assert offer(folder, documents, autosave, lambda _: "restore")
    assert documents.path == tmp_path / "gone.json"
    assert documents.is_modified
    documents.save()
    assert read_session(tmp_path / "gone.json") == Session("sphere")
    assert not documents.is_modified


def test_a_folder_that_cannot_be_made_is_said_once(qtbot, tmp_path, documents):
    (tmp_path / "file").touch()
    kept = Autosave(tmp_path / "file" / "state", documents.store, documents)
    said = []
    kept.failed.connect(said.append)
    documents.store.edit(Session("sphere"))
    kept.write()
    kept.write()
    assert len(said) == 1
    assert said[0].startswith("Changes are not kept for the case of a crash: ")
    kept.finish()


def test_where_nothing_can_be_locked_there_is_no_autosave_and_no_hang(folder, documents, monkeypatch):
    monkeypatch.setattr(ProcessLock, "acquire", lambda _: False)
    kept = Autosave(folder, documents.store, documents)
    said = []
    kept.failed.connect(said.append)
    documents.store.edit(Session("sphere"))
    kept.write()
    assert said == ["Changes are not kept for the case of a crash: files cannot be locked there"]
    kept.finish()


def test_a_lock_is_held_once_and_given_back(tmp_path):
    first, second = (ProcessLock(tmp_path / "a.lock") for _ in range(2))
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
    assert list(tmp_path.iterdir()) == []


def test_the_question(qtbot, monkeypatch, folder, settings, tmp_path):
    """The whole start, with the dialog answered by its button."""
    from PyQt6.QtCore import QTimer
    from PyQt6.QtWidgets import QApplication

    crashed(folder, Session("sphere", steps=5, runs=preset("textbook").runs), tmp_path / "mine.json")
    seen = []

    def press_restore():
        box = QApplication.activeModalWidget()
        seen.append((box.text(), box.informativeText().split(",")[:2]))
        next(button for button in box.buttons() if button.text() == "&Restore").click()

    def then(window):
        seen.append((window.store.session.problem, window.windowTitle()))
        window.documents.saved = window.store.session
        window.close()

    class Seen(gui_app.Window):
        def showEvent(self, event):
            super().showEvent(event)
            QTimer.singleShot(0, press_restore)
            QTimer.singleShot(300, lambda: then(self))

    monkeypatch.setattr(gui_app, "Window", Seen)
    monkeypatch.setattr(gui_app.uncaught, "install", lambda: None)
    settings.setValue("hint/seen", True)
    assert gui_app.run_window(None, folder, settings) == 0
    assert seen == [(QUESTION, ["mine.json", " sphere"]), ("sphere", "mine.json[*] — optvis")]
    assert list(folder.iterdir()) == []


def test_changes_are_kept_again_when_the_folder_comes_back(documents, autosave, folder):
    documents.store.edit(replace(documents.store.session, steps=5))
    autosave.write()
    shutil.rmtree(folder)
    documents.store.edit(replace(documents.store.session, steps=6))
    autosave.write()
    (copy,) = folder.glob("*.unsaved")
    assert json.loads(copy.read_text())["session"]
    assert found(folder) == [], "it is locked as before"


def test_a_failure_is_told_again_after_it_had_gone(documents, autosave, folder, monkeypatch):
    told = []
    autosave.failed.connect(told.append)
    documents.store.edit(replace(documents.store.session, steps=5))
    for is_broken in (True, True, False, True):
        with monkeypatch.context() as patched:
            if is_broken:
                patched.setattr(module, "_fresh_lock", lambda _: (_ for _ in ()).throw(OSError(28, "disk is full")))
                autosave.keep()
            autosave.write()
    assert len(told) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_program_that_is_asked_to_end_ends_and_keeps_what_is_not_saved(start, folder, number):
    process = start()
    edits = edited_for(process, 0.5)
    process.send_signal(number)
    assert process.wait(20) == 128 + number
    ((session, path),) = found(folder)
    assert path is None
    assert session.steps >= edits[-1][1]


def test_a_copy_is_written_beside_the_old_one_which_stays_until_it_is_whole(documents, autosave, folder, monkeypatch):
    documents.store.edit(replace(documents.store.session, steps=7))
    autosave.write()
    (file,) = folder.glob("*.unsaved")
    before = file.read_bytes()
    written = []
    write = Path.write_text

    def half(path, text, **options):
        written.append(path)
        write(path, text[:20], **options)
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    documents.store.edit(replace(documents.store.session, steps=8))
    autosave.write()
    assert written
    assert file not in written
    assert file.read_bytes() == before
