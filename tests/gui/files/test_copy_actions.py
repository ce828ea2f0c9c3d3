"""Copying and pasting, and what the File menu exports."""

import json
import os
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QLineEdit, QPushButton

from optvis.document.session import RunSpec, Session, View
from optvis.document.session_file import preset
from optvis.document.session_text import from_text, to_text
from optvis.document.shell_line import render_command
from optvis.export.data.trajectory_data import as_json
from optvis.export.script import script
from optvis.gui.files import copy_actions
from tests.gui.conftest import settle

OWN = Session("sphere", steps=7, runs=(RunSpec("adam", style=2),))
CTRL = Qt.KeyboardModifier.ControlModifier


def clipboard():
    return QGuiApplication.clipboard()


@pytest.fixture
def said(window):
    words = []
    for speaker in (window.files, window.copying):
        speaker.said.connect(words.append)
    return words


@pytest.fixture
def told(window, monkeypatch):
    words = []
    monkeypatch.setattr(window.files, "tell", lambda *said: words.append(said))
    return words


def action(window, text):
    found = [each for menu in window.menuBar().actions() for each in menu.menu().actions()]
    (one,) = (each for each in found if each.text().replace("&", "").split("\t")[0] == text)
    return one


def test_a_session_goes_through_the_clipboard_by_keys(qtbot, window, said):
    qtbot.keyClick(window.canvas, Qt.Key.Key_C, CTRL)
    assert from_text(clipboard().text()) == preset("textbook")
    assert said[-1].startswith("Copied the session, ")
    clipboard().setText(f"  {to_text(OWN)}\n")
    qtbot.keyClick(window.canvas, Qt.Key.Key_V, CTRL)
    assert window.store.session == OWN
    assert (window.documents.path, window.documents.is_modified) == (None, False)
    settle(qtbot, window)


def test_a_field_keeps_copy_and_paste_for_itself(qtbot, window):
    field = next(f for f in window.problem_panel.findChildren(QLineEdit) if f.isVisible())
    field.setFocus()
    field.setText("x**2 + y**2")
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_C, CTRL)
    assert clipboard().text() == "x**2 + y**2"
    clipboard().setText("x**4")
    qtbot.keyClick(field, Qt.Key.Key_V, CTRL)
    assert field.text() == "x**4"
    settle(qtbot, window)


@pytest.mark.parametrize("text", ["", "hello", "optvis1:AAAA", "{}", "optvis9:abc", "[" * 10**6, "{" * 10**6])
def test_what_is_no_session_is_not_pasted(window, told, text):
    before = window.store.session
    clipboard().setText(text)
    action(window, "Paste session").trigger()
    ((what, why),) = told
    assert what == "The clipboard holds no session."
    assert why.isprintable()
    assert len(why) < 800
    assert window.store.session is before


def test_the_command_is_copied(window, said):
    action(window, "Copy as command").trigger()
    assert clipboard().text() == render_command(preset("textbook"))
    assert said[-1].startswith("Copied optvis render -p quadratic-valley")


def test_the_picture_is_copied_at_the_step_that_is_shown(qtbot, window, said):
    pictures = []
    for step in (0, 20):
        window.playback.seek(step)
        action(window, "Copy picture").trigger()
        qtbot.waitUntil(lambda: not window.copying.drawing.is_running)
        pictures.append(clipboard().image())
    assert (pictures[0].width(), pictures[0].height()) == (2400, 1600)
    assert pictures[0] != pictures[1]
    assert said[-1] == "Copied a picture of 2400 × 1600 pixels"


def test_a_picture_that_takes_long_is_drawn_between_events_and_can_be_cancelled(qtbot, make_window, monkeypatch):
    monkeypatch.setattr(copy_actions, "WORTH_SHOWING", 0.0)
    window = make_window(Session("himmelblau", steps=500, runs=OWN.runs, view=View(layout="basins")))
    copying, turns = window.copying, []
    clipboard().setText("what was there")
    action(window, "Copy picture").trigger()
    qtbot.waitUntil(lambda: copying.progress is not None)
    ticking = QTimer(window, interval=0)
    ticking.timeout.connect(lambda: turns.append(copying.progress.value()))
    ticking.start()
    qtbot.waitUntil(lambda: len(turns) > 5 and turns[-1] > turns[0])
    ticking.stop()
    cancel = copying.progress.findChild(QPushButton)
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert not copying.drawing.is_running
    assert copying.progress is None
    assert clipboard().text() == "what was there"
    action(window, "Copy picture").trigger()
    action(window, "Copy picture").trigger()
    qtbot.waitUntil(lambda: not copying.drawing.is_running, timeout=60_000)
    assert (clipboard().image().width(), copying.progress) == (2400, None)


@pytest.mark.parametrize("ending", ["csv", "json", "npz"])
def test_data_is_exported_in_the_background(qtbot, window, said, monkeypatch, tmp_path, ending):
    file = tmp_path / f"runs.{ending}"
    monkeypatch.setattr(window.files, "ask_file", lambda *_: str(file))
    action(window, "Export data…").trigger()
    qtbot.waitUntil(lambda: said == [f"Exported {file}"])
    if ending == "json":
        assert file.read_text(encoding="utf-8") == as_json(window.store.scene)
        assert len(json.loads(file.read_text(encoding="utf-8"))["runs"]) == 4
    else:
        assert file.stat().st_size > 1000


def test_a_script_is_exported(window, said, monkeypatch, tmp_path):
    monkeypatch.setattr(window.files, "ask_file", lambda *_: str(tmp_path / "a.py"))
    action(window, "Export as Python…").trigger()
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == script(window.store.session, "a.png")
    assert said == [f"Exported {tmp_path / 'a.py'}"]


@pytest.mark.parametrize(("entry", "name"), [("Export data…", "a.json"), ("Export as Python…", "a.py")])
@pytest.mark.parametrize("failure", ["full", "gone"])
def test_an_export_that_fails_is_said_and_leaves_the_old_file(
    qtbot, window, told, said, monkeypatch, tmp_path, entry, name, failure
):
    folder = tmp_path / "folder"
    if failure == "full":
        folder.mkdir()
        (folder / name).write_text("old")
        monkeypatch.setattr(os, "fsync", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    monkeypatch.setattr(window.files, "ask_file", lambda *_: str(folder / name))
    action(window, entry).trigger()
    qtbot.waitUntil(lambda: bool(told))
    ((what, why),) = told
    assert what == "The file cannot be written."
    assert ("the disk is full" if failure == "full" else "does not exist; make it first") in why
    assert said == []
    if failure == "full":
        assert [(path.name, path.read_text()) for path in folder.iterdir()] == [(name, "old")]


def test_a_cancelled_dialog_exports_nothing(window, said, told, monkeypatch):
    monkeypatch.setattr(window.files, "ask_file", lambda *_: "")
    for entry in ("Export data…", "Export as Python…", "Save as…"):
        action(window, entry).trigger()
    assert said == told == []
    assert not window.documents.is_modified
    assert replace(window.store.session) == preset("textbook")
