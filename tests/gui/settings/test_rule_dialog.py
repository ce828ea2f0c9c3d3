"""Writing a rule: checked while it is typed."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication

from optvis.gui.settings.rule_dialog import EXAMPLE, RuleDialog, rule_spec
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class


@pytest.fixture
def dialog(qtbot):
    dialog = RuleDialog()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.taken = []
    dialog.accepted_rule.connect(lambda rule, as_new: dialog.taken.append((rule, as_new)))
    return dialog


def write(dialog, text):
    dialog.editor.setPlainText(text)
    QApplication.processEvents()


def test_it_begins_with_an_example_that_works(qtbot, dialog):
    assert dialog.apply_button.isEnabled()
    assert "momentum" in dialog.found.text()
    assert "State: v" in dialog.found.text()
    qtbot.mouseClick(dialog.apply_button, Qt.MouseButton.LeftButton)
    ((rule, as_new),) = dialog.taken
    assert as_new
    assert optimizer_class(rule).rule.hyperparameters == ("momentum", "lr")
    assert EXAMPLE.strip() in rule, "comments stay"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("v = lr*g\n\nstep = -v ?", 3, "column"),
        ("# only words\nstep = foo(g)", 2, "foo"),
        ("step", 1, "name = expression"),
        ("theta = 1\nstep = g", 1, "theta"),
    ],
)
def test_an_error_names_line_and_reason_and_marks_the_place(dialog, text, line, said):
    write(dialog, text)
    assert not dialog.apply_button.isEnabled()
    assert dialog.error.isVisible()
    assert f"line {line} " in dialog.error.text()
    assert said in dialog.error.text()
    (mark,) = dialog.editor.extraSelections()
    assert mark.cursor.blockNumber() == line - 1
    assert mark.cursor.hasSelection()


@pytest.mark.parametrize("text", ["", "v = g", "step = __import__('os')", "step = -lr*g\n}", "x" * 5000])
def test_what_is_no_rule_cannot_be_inserted(qtbot, dialog, text):
    write(dialog, text)
    assert not dialog.apply_button.isEnabled()
    assert dialog.error.text()
    qtbot.mouseClick(dialog.apply_button, Qt.MouseButton.LeftButton)
    assert dialog.taken == []


def test_an_error_goes_when_it_is_corrected(qtbot, dialog):
    write(dialog, "step = -lr*")
    assert dialog.error.isVisible()
    dialog.editor.setFocus()
    dialog.editor.moveCursor(dialog.editor.textCursor().MoveOperation.End)
    qtbot.keyClicks(dialog.editor, "g")
    QApplication.processEvents()
    assert not dialog.error.isVisible()
    assert dialog.editor.extraSelections() == []
    assert dialog.apply_button.isEnabled()


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_rule_of_the_catalogue_can_be_edited(dialog, name):
    text = CATALOGUE[name].rule.text
    write(dialog, text)
    assert dialog.apply_button.isEnabled()
    assert optimizer_class(rule_spec(text)).rule == CATALOGUE[name].rule


def test_nothing_of_the_help_is_cut(dialog):
    assert dialog.help_label.height() >= dialog.help_label.heightForWidth(dialog.help_label.width())


def test_escape_leaves_without_a_rule(qtbot, dialog):
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert dialog.taken == []
