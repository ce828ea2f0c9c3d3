"""Tool tips show names as they were typed."""

from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtGui import QHelpEvent, QTextDocument
from PyQt6.QtWidgets import QApplication, QWidget

from optvis.document.session import RunSpec, Session
from optvis.gui.widgets.plain_tip import plain_tip
from tests.gui.conftest import settle

LABEL = "<b>bold</b><img src=x>"


def test_what_looks_like_markup_is_shown_as_it_is():
    document = QTextDocument()
    document.setHtml(plain_tip(f"{LABEL}\nsecond line"))
    assert document.toPlainText().replace("\u2028", "\n") == f"{LABEL}\nsecond line"
    assert plain_tip("a > b & c") == "a > b & c"


def test_no_tool_tip_of_the_window_takes_a_name_for_markup(qtbot, make_window):
    window = make_window(Session("sphere", runs=(RunSpec("adam", label=LABEL),)))
    window.menus.actions["show inspector"].setChecked(True)
    settle(qtbot, window)
    for widget in window.findChildren(QWidget):
        if widget.isVisible():
            QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, QPoint(1, 1), widget.mapToGlobal(QPoint())))
        assert LABEL not in widget.toolTip(), widget
