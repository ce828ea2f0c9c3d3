"""The table of commands, and what is made of it: menus, keys, the page of keys, the README's table."""

import re
from pathlib import Path

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QApplication, QLabel, QToolButton

from optvis.gui.command import Choice, Command
from optvis.gui.commands import COMMANDS
from optvis.gui.keys import KeysDialog, key_lines
from tests.gui.conftest import settle

README = Path(__file__).parents[2] / "README.md"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ROWS = [row for row in COMMANDS if isinstance(row, Command)]


def markdown():
    """The page of keys as the README has it."""
    rows = ["| | key | does |", "| --- | --- | --- |"]
    for section, lines in key_lines().items():
        first, *others = (f"| {keys} | {words} |" for keys, words in lines)
        rows += [f"| **{section}** {first}", *(f"| {other}" for other in others)]
    return "\n".join(rows)


def test_the_table_of_keys_in_the_readme_is_the_table_of_commands():
    (section,) = re.findall(r"\n### Keys\n\n(.*?)\n\n", README.read_text(encoding="utf-8"), re.DOTALL)
    assert section == markdown()


def test_every_command_with_a_key_is_on_the_page_of_keys(qtbot):
    shown = {key for lines in key_lines().values() for keys, _ in lines for key in keys.split("  ")}
    assert shown == {row.key_text for row in ROWS if row.key_text}
    dialog = KeysDialog()
    qtbot.addWidget(dialog)
    words = "".join(label.text() for label in dialog.findChildren(QLabel))
    assert all(what in words for lines in key_lines().values() for _, what in lines)


def test_names_differ_and_keys_are_keys():
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)
    choices = [row.name for row in COMMANDS if isinstance(row, Choice)]
    assert len(set(choices)) == len(choices)
    for row in ROWS:
        assert bool(row.menu) == bool(row.text), row.name
        assert row.does is not None or not (row.keys or row.menu), row.name
        assert row.yields or row.menu or not row.keys, f"{row.name}: a key without a menu has to yield"
        for key in row.keys.split():
            assert QKeySequence(key)[0].key() != Qt.Key.Key_unknown, key


def test_no_key_is_given_twice():
    """But for keys that yield: there the first that is enabled takes it, so that only the last may always be."""
    taken = [key for row in ROWS if not row.yields for key in row.keys.split()]
    assert len(set(taken)) == len(taken)
    yielding = {key for row in ROWS if row.yields for key in row.keys.split()}
    assert yielding.isdisjoint(taken)
    always = Command.enabled
    for key in yielding:
        rows = [row for row in ROWS if row.yields and key in row.keys.split()]
        assert all(row.enabled is not always for row in rows[:-1]), key


def test_every_command_stands_in_its_menu(window):
    entries = window.menus.actions
    assert list(entries) == [row.name for row in ROWS if row.menu]
    for row in ROWS:
        if row.menu:
            titles = [menu.title() for menu in entries[row.name].associatedObjects() if hasattr(menu, "title")]
            assert titles == [row.menu.split("/")[-1]]
            shown = row.text + (f"\t{row.key_text}" if row.yields else "")
            assert entries[row.name].text() == shown
            keys = [] if row.yields else row.keys.split()
            assert [key.toString() for key in entries[row.name].shortcuts()] == keys


def test_the_buttons_name_keys_of_the_table(window):
    known = {key for row in ROWS for key in row.keys.split()}
    buttons = [*window.transport.findChildren(QToolButton), *window.caption_bar.findChildren(QToolButton)]
    named = [re.search(r"\((\w+)\)$", button.toolTip()).group(1) for button in buttons]
    assert len(named) >= 10
    assert set(named) <= known


def test_the_edit_menu_names_what_it_takes_back(qtbot, window):
    undo, redo = window.menus.actions["undo"], window.menus.actions["redo"]
    assert (undo.text(), undo.isEnabled(), redo.text(), redo.isEnabled()) == ("&Undo", False, "&Redo", False)
    slider = window.runs_panel.cards[3].sliders["lr"]
    for value in (0.31, 0.35, 0.4):
        slider.valueEdited.emit(value)
    slider.editingFinished.emit()
    assert (undo.text(), undo.isEnabled()) == ("&Undo: Adam lr", True)
    window.set_view(levels="log")
    assert undo.text() == "&Undo: contour levels"
    undo.trigger()
    undo.trigger()
    assert (undo.text(), undo.isEnabled()) == ("&Undo", False)
    assert (redo.text(), redo.isEnabled()) == ("&Redo: Adam lr", True)
    settle(qtbot, window)


def test_a_name_of_a_run_is_no_access_key(qtbot, window):
    window.runs_panel.cards[0].name.renamed.emit("A & B")
    window.runs_panel.cards[0].duplicate()
    assert window.menus.actions["undo"].text() == "&Undo: A && B added"
    settle(qtbot, window)


def test_slow_motion_has_its_keys_before_playing_and_the_full_screen(qtbot, window):
    window.toggle_full_screen()
    qtbot.keyClick(window.canvas, Qt.Key.Key_S)
    assert window.slow_motion.playing
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    assert window.slow_motion.active
    assert not window.slow_motion.playing
    assert not window.playback.playing
    qtbot.keyClick(window.canvas, Qt.Key.Key_Right)
    assert (window.slow_motion.index, window.playback.step) == (1, 0)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert not window.slow_motion.active
    assert window.isFullScreen()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert not window.isFullScreen()


def test_the_menu_plays_though_the_key_belongs_to_slow_motion(window):
    window.slow_motion.start()
    window.menus.actions["play"].trigger()
    assert window.playback.playing
    assert not window.slow_motion.active


@pytest.mark.parametrize(("key", "held", "is_taken"), [
    (Qt.Key.Key_W, Qt.KeyboardModifier.NoModifier, True),
    (Qt.Key.Key_W, SHIFT, True),
    (Qt.Key.Key_Plus, SHIFT | Qt.KeyboardModifier.KeypadModifier, True),
    (Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier, False),
    (Qt.Key.Key_V, CTRL | SHIFT, False),
    (Qt.Key.Key_Left, CTRL, True),
    (Qt.Key.Key_Left, CTRL | SHIFT, False),
    (Qt.Key.Key_Q, Qt.KeyboardModifier.NoModifier, False),
    (ord("Ж"), Qt.KeyboardModifier.NoModifier, False),
])  # fmt: skip
def test_which_keys_the_window_takes(qtbot, window, key, held, is_taken):
    event = QKeyEvent(QEvent.Type.KeyPress, key, held)
    QApplication.sendEvent(window, event)
    assert event.isAccepted() == is_taken
    settle(qtbot, window)


def test_shift_n_goes_back(qtbot, window):
    qtbot.keyClick(window.canvas, Qt.Key.Key_N)
    qtbot.keyClick(window.canvas, Qt.Key.Key_N)
    qtbot.keyClick(window.canvas, Qt.Key.Key_N, SHIFT)
    assert window.store.session.view.chosen == 1
    settle(qtbot, window)
