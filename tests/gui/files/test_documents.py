"""New, Open, Save: what belongs to which file, what is asked, and what a failure leaves."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox

import optvis
from optvis.document.session import RunSpec, Session
from optvis.document.session_file import preset, read_session, to_json
from optvis.foundation.errors import InputError
from optvis.gui.files.documents import MAX_RECENT, NEW, ChangedOnDisk, Documents
from optvis.gui.files.recent_menu import RecentMenu
from optvis.gui.state.store import Store
from tests.gui.conftest import settle

OWN = Session("sphere", steps=7, runs=(RunSpec("adam", style=2),))
Button = QMessageBox.StandardButton


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "own.json"
    path.write_text(to_json(OWN), encoding="utf-8")
    return path


@pytest.fixture
def store(qapp):
    return Store(preset("textbook"))


@pytest.fixture
def documents(store, settings):
    return Documents(store, settings)


def with_steps(session, steps):
    return replace(session, steps=steps)


# --- the document by itself ---------------------------------------------------------------------


def test_modified_means_different_from_the_file(store, documents, file, qtbot):
    documents.open(file)
    assert (store.session, documents.path, documents.is_modified) == (OWN, file, False)
    changes = []
    documents.changed.connect(lambda: changes.append(documents.is_modified))
    for steps in (8, 9, 10):
        store.edit(with_steps(OWN, steps))
    store.undo()
    assert changes == [True]
    store.undo()
    store.undo()
    assert not documents.is_modified, "undo went back to what is in the file"
    store.redo()
    documents.save()
    assert not documents.is_modified
    store.undo()
    assert documents.is_modified, "the file has what came after"
    assert changes == [True, False, True, False, True]
    assert read_session(file) == with_steps(OWN, 8)


def test_which_run_is_inspected_is_no_change(store, documents):
    store.edit(replace(store.session, view=replace(store.session.view, chosen=2)))
    assert not documents.is_modified
    store.edit(replace(store.session, view=replace(store.session.view, aspect="equal")))
    assert documents.is_modified


def test_saving_elsewhere_changes_the_file(store, documents, file, tmp_path):
    documents.open(file)
    store.edit(with_steps(OWN, 3))
    documents.save(tmp_path / "other.json")
    assert documents.path == tmp_path / "other.json"
    assert not documents.is_modified
    assert read_session(file) == OWN
    assert read_session(tmp_path / "other.json") == with_steps(OWN, 3)
    documents.begin()
    assert (documents.path, store.session, documents.is_modified) == (None, NEW, False)
    with pytest.raises(InputError, match="no file yet"):
        documents.save()


def test_a_picture_is_opened_as_a_new_document(store, documents, tmp_path):
    optvis.render(OWN, tmp_path / "a.png", (300, 200))
    before = (tmp_path / "a.png").read_bytes()
    documents.open(tmp_path / "a.png")
    assert (store.session, documents.path, documents.is_modified) == (OWN, None, False)
    assert documents.recent == [tmp_path / "a.png"]
    with pytest.raises(InputError):
        documents.save()
    assert (tmp_path / "a.png").read_bytes() == before


def test_recent_files_are_ten_without_doubles_and_survive(documents, settings, store, tmp_path):
    files = [tmp_path / f"{number}.json" for number in range(MAX_RECENT + 3)]
    for path in files:
        documents.save(path)
    documents.open(files[5])
    expected = [files[5], *(path for path in reversed(files) if path != files[5])][:MAX_RECENT]
    assert documents.recent == expected
    settings.sync()
    assert Documents(store, type(settings)(settings.fileName(), settings.format())).recent == expected
    documents.forget_recent()
    assert documents.recent == []
    documents.save(files[0])
    settings.sync()
    assert Documents(store, type(settings)(settings.fileName(), settings.format())).recent == [files[0]]


def test_the_menu_of_recent_files_shows_what_is_gone(documents, tmp_path, qtbot):
    menu = RecentMenu(documents)
    qtbot.addWidget(menu)
    for name in ("a & b.json", "gone.json"):
        documents.save(tmp_path / name)
    (tmp_path / "gone.json").unlink()
    menu.aboutToShow.emit()
    gone, there, _, clear = menu.actions()
    assert (gone.isEnabled(), there.isEnabled(), clear.isEnabled()) == (False, True, True)
    assert there.text() == "&2  a && b.json"
    chosen = []
    menu.chosen.connect(chosen.append)
    there.trigger()
    assert chosen == [str(tmp_path / "a & b.json")]
    clear.trigger()
    menu.aboutToShow.emit()
    assert [action.isEnabled() for action in menu.actions() if action.text()] == [False, False]


# --- failures leave everything as it was --------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_save_that_fails_leaves_file_and_document(store, documents, file, monkeypatch, number, function):
    documents.open(file)
    store.edit(with_steps(OWN, 3))
    before = file.read_bytes()

    def fail(*_):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(os, function, fail)
        with pytest.raises(InputError, match="own.json cannot be written: "):
            documents.save()
        with pytest.raises(InputError, match="other.json cannot be written: "):
            documents.save(file.with_name("other.json"))
    assert file.read_bytes() == before
    assert (documents.path, documents.is_modified) == (file, True)
    assert [path.name for path in file.parent.iterdir() if path.suffix != ".ini"] == ["own.json"]
    documents.save()
    assert read_session(file) == with_steps(OWN, 3)


def test_a_folder_that_vanishes_is_said_and_the_changes_are_kept(store, documents, tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    documents.save(folder / "a.json")
    store.edit(with_steps(store.session, 3))
    (folder / "a.json").unlink()
    folder.rmdir()
    with pytest.raises(InputError, match="the folder .*stick does not exist"):
        documents.save()
    assert documents.is_modified
    assert not folder.exists()


GOOD = to_json(OWN).encode()
BAD = {
    "nothing.json": None,
    "empty.json": b"",
    "noise.json": bytes(range(256)) * 100,
    "noise.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100,
    "cut.json": GOOD[:-20],
    "deep.json": b"[" * 3_000_000,
    "many.json": b'{"runs": [' + b"{}," * 10**6 + b"{}]}",
    "runs.json": GOOD.replace(b'"runs": [', b'"runs": [' + b'{"optimizer": "sgd"},' * 100_000),
    "steps.json": GOOD.replace(b'"steps": 7', b'"steps": 1000000000000'),
    "formula.json": GOOD.replace(b'"sphere"', b'"' + b"x + " * 900_000 + b'y"'),
    "rule.json": GOOD.replace(b'"adam"', b'"rule{ step = ' + b"-" * 3_000_000 + b'g }"'),
    "name.json": GOOD.replace(b'"adam"', b'"' + b"adam" * 900_000 + b'"'),
    "keys.json": b"{" + b",".join(b'"%d": 0' % number for number in range(300_000)) + b', "299999": 1}',
    "large.json": GOOD + b" " * 5_000_000,
    "later.json": GOOD.replace(b'"version": 1', b'"version": 2'),
    "page.svg": b"<svg><metadata>optvis1:AAAA</metadata></svg>",
    "photo.jpg": b"\xff\xd8\xff\xe0" + bytes(10_000),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.timeout(10)
def test_a_bad_file_is_one_message_and_changes_nothing(qtbot, make_window, monkeypatch, tmp_path, name):
    if BAD[name] is not None:
        (tmp_path / name).write_bytes(BAD[name])
    window = make_window(OWN)
    window.store.edit(with_steps(OWN, 8))
    before = window.store.session, window.documents.path, window.documents.is_modified, window.documents.recent
    told = []
    monkeypatch.setattr(window.files, "tell", lambda *words: told.append(words))
    monkeypatch.setattr(window.files, "may_lose", lambda: True)
    window.files.open_file(str(tmp_path / name))
    ((what, why),) = told
    assert what == "This session cannot be opened."
    assert name in why
    assert len(why) < 800
    assert why.isprintable()
    after = window.store.session, window.documents.path, window.documents.is_modified, window.documents.recent
    assert after == before
    assert window.store.can_undo


# --- in the window ------------------------------------------------------------------------------


def answer(monkeypatch, button):
    """Answer the next questions; what was asked is in the list."""
    asked = []

    def exec_(box):
        asked.append(box.text())
        return button

    monkeypatch.setattr(QMessageBox, "exec", exec_)
    return asked


def test_the_title_names_the_file_and_marks_changes(qtbot, window, file):
    assert window.windowTitle() == "Quadratic valley[*] — optvis"
    window.files.open_file(str(file))
    assert window.windowTitle() == "own.json[*] — optvis"
    assert not window.isWindowModified()
    window.store.edit(with_steps(OWN, 3))
    assert window.isWindowModified()
    window.store.undo()
    assert not window.isWindowModified()
    settle(qtbot, window)
    strange = file.with_name("a[*].json")
    window.documents.save(strange)
    assert window.windowTitle() == "a[*][*].json[*] — optvis", "doubled, the mark is the name's own"


def test_nothing_is_asked_where_nothing_is_lost(window, monkeypatch, file):
    asked = answer(monkeypatch, Button.Cancel)
    window.files.open_file(str(file))
    window.files.open_preset("ravine")
    window.files.new()
    assert window.store.session == NEW
    assert window.close()
    assert asked == []


LEAVING = {
    "new": lambda window, _: window.files.new(),
    "open": lambda window, file: window.files.open_file(str(file)),
    "preset": lambda window, _: window.files.open_preset("ravine"),
    "paste": lambda window, file: window.files.paste(file.read_text(encoding="utf-8")),
    "quit": lambda window, _: window.close(),
}


@pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING)
def test_changes_are_not_lost_without_a_question(window, monkeypatch, file, tmp_path, leave):
    window.documents.save(tmp_path / "mine.json")
    mine = with_steps(window.store.session, 5)
    window.store.edit(mine)

    asked = answer(monkeypatch, Button.Cancel)
    leave(window, file)
    assert asked == ["Save the changes of mine.json?"]
    assert window.store.session == mine
    assert window.isVisible()
    assert window.documents.is_modified

    answer(monkeypatch, Button.Save)
    leave(window, file)
    assert read_session(tmp_path / "mine.json") == mine
    assert not window.isVisible() or window.store.session != mine


def test_discarded_changes_are_gone_and_the_file_stays(window, monkeypatch, file, tmp_path):
    window.documents.save(tmp_path / "mine.json")
    before = (tmp_path / "mine.json").read_bytes()
    window.store.edit(with_steps(window.store.session, 5))
    answer(monkeypatch, Button.Discard)
    window.files.open_file(str(file))
    assert window.store.session == OWN
    assert (tmp_path / "mine.json").read_bytes() == before


def test_a_save_that_fails_keeps_the_window_open(window, monkeypatch, tmp_path):
    window.documents.save(tmp_path / "mine.json")
    window.store.edit(with_steps(window.store.session, 5))
    told = []
    monkeypatch.setattr(window.files, "tell", lambda *words: told.append(words))
    answer(monkeypatch, Button.Save)
    with monkeypatch.context() as full:
        full.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
        assert not window.close()
    assert told == [("The session cannot be saved.", f"{tmp_path / 'mine.json'} cannot be written: the disk is full")]
    assert window.isVisible()


def test_the_question_itself(qtbot, window):
    window.store.edit(with_steps(window.store.session, 5))
    seen = []

    def press_cancel():
        box = QApplication.activeModalWidget()
        seen.append((box.text(), box.standardButtons()))
        qtbot.keyClick(box, Qt.Key.Key_Escape)

    QTimer.singleShot(0, press_cancel)
    assert not window.files.may_lose()
    assert seen == [("Save the changes of this session?", Button.Save | Button.Discard | Button.Cancel)]


def test_a_message_about_a_file_is_no_markup(qtbot, window, tmp_path):
    (tmp_path / "<b>a.json").write_text('{"<img src=x>": 1}')
    seen = []

    def look():
        box = QApplication.activeModalWidget()
        seen.extend(label.textFormat() for label in box.findChildren(QLabel) if "<b>a.json" in label.text())
        box.reject()

    QTimer.singleShot(0, look)
    window.files.open_file(str(tmp_path / "<b>a.json"))
    assert seen == [Qt.TextFormat.PlainText]


def test_save_as_asks_for_a_name_and_adds_the_ending(qtbot, window, settings, tmp_path):
    settings.setValue("folder", str(tmp_path))
    seen = []

    def type_a_name(name):
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        seen.append(Path(dialog.selectedFiles()[0]).name)
        dialog.selectFile(name)
        dialog.accept()

    QTimer.singleShot(0, lambda: type_a_name("lesson"))
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert seen == ["quadratic-valley.json"]
    assert window.documents.path == tmp_path / "lesson.json"
    assert read_session(tmp_path / "lesson.json") == window.store.session
    window.store.edit(with_steps(window.store.session, 5))
    assert window.files.save(), "without a question"
    assert read_session(tmp_path / "lesson.json").steps == 5
    settle(qtbot, window)


def drop(window, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, none)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copy, data, left, none))
    return enter.isAccepted()


def test_a_session_and_a_picture_can_be_dropped(qtbot, window, file, tmp_path):
    assert drop(window, file)
    qtbot.waitUntil(lambda: window.store.session == OWN)
    settle(qtbot, window)
    shown = replace(OWN, steps=9)
    optvis.render(shown, tmp_path / "a.png", (300, 200))
    assert drop(window, tmp_path / "a.png")
    qtbot.waitUntil(lambda: window.store.session == shown)
    settle(qtbot, window)
    assert not drop(window, file, tmp_path / "a.png"), "two files are not one document"
    assert window.store.session == shown


def test_an_opened_document_plays_from_its_start(qtbot, window, file):
    window.playback.to_end()
    window.files.open_file(str(file))
    assert window.playback.playing
    assert window.playback.step == 0
    assert not window.store.can_undo
    settle(qtbot, window)


# --- two windows on one file --------------------------------------------------------------------


def choose(monkeypatch, words):
    """Press the button whose text begins so; what was asked is in the list."""
    asked, chosen = [], []

    def exec_(box):
        asked.append(box.text())
        chosen.append(next(each for each in box.buttons() if each.text().replace("&", "").startswith(words)))

    monkeypatch.setattr(QMessageBox, "exec", exec_)
    monkeypatch.setattr(QMessageBox, "clickedButton", lambda box: chosen[-1])
    return asked


def test_a_file_that_another_window_has_written_is_not_replaced_unasked(documents, store, file):
    documents.open(file)
    store.edit(with_steps(OWN, 3))
    documents.save()
    store.edit(with_steps(OWN, 4))
    documents.save()  # what it wrote itself is no change
    file.write_text(to_json(with_steps(OWN, 99)), encoding="utf-8")
    store.edit(with_steps(OWN, 5))
    with pytest.raises(ChangedOnDisk, match=r"own\.json has changed on disk"):
        documents.save()
    assert read_session(file).steps == 99
    assert documents.is_modified
    documents.save(file, replaces_others=True)
    assert read_session(file).steps == 5


@pytest.mark.parametrize(
    ("answer_", "saved", "on_disk", "shown"),
    [("Replace", True, 5, 5), ("Open the other", False, 99, 99), ("Cancel", False, 99, 5)],
)
def test_of_two_versions_the_user_chooses(window, monkeypatch, file, answer_, saved, on_disk, shown):
    window.files.open_file(str(file))
    window.store.edit(with_steps(OWN, 5))
    file.write_text(to_json(with_steps(OWN, 99)), encoding="utf-8")
    asked = choose(monkeypatch, answer_)
    assert window.files.save() is saved
    assert asked == ["own.json has changed on disk since it was opened here."]
    assert read_session(file).steps == on_disk
    assert window.store.session.steps == shown


def test_both_versions_can_be_kept(window, monkeypatch, file):
    window.files.open_file(str(file))
    window.store.edit(with_steps(OWN, 5))
    file.write_text(to_json(with_steps(OWN, 99)), encoding="utf-8")
    choose(monkeypatch, "Save under another name")
    monkeypatch.setattr(window.files, "ask_file", lambda *_: str(file.with_name("mine.json")))
    assert window.files.save()
    assert (read_session(file).steps, read_session(file.with_name("mine.json")).steps) == (99, 5)


def test_a_file_that_was_deleted_is_written_again(documents, store, file):
    documents.open(file)
    file.unlink()
    store.edit(with_steps(OWN, 5))
    documents.save()
    assert read_session(file).steps == 5
