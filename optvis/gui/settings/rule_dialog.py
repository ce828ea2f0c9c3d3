"""Writing a rule: the mathematics of an optimizer as text, checked while it is typed."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from optvis.foundation.errors import InputError
from optvis.gui.widgets.error_label import ErrorLabel
from optvis.gui.widgets.palette import error_color
from optvis.language.expression import FUNCTIONS
from optvis.language.rule import RuleError, parse_rule
from optvis.optimizers.catalogue import optimizer_class
from optvis.optimizers.hyperparameter import symbol

EXAMPLE = """\
# momentum: a velocity gathers the gradients
v = momentum*v - lr*g
step = v
"""

HELP = f"""\
<p>One <b>name = expression</b> per line, read from top to bottom, for every coordinate alike.
<b>step</b> is what is added to the parameter.</p>
<p><b>g</b> gradient · <b>theta</b> parameter · <b>t</b> = 1, 2, … number of the update.
A name that is read before it is assigned is <i>state</i> and starts at 0; a name that is never
assigned is a <i>hyperparameter</i> and gets a slider.</p>
<p>+ − * / ** ( ) · pi, e · where(condition, a, b) with &lt; &lt;= &gt; &gt;= == != in the condition ·
{", ".join(FUNCTIONS)}. # begins a comment.</p>"""


def rule_spec(text: str) -> str:
    """Return the text of a rule as a session writes it: ``rule{ … }``."""
    return "rule{\n" + text.strip() + "\n}"


class RuleDialog(QDialog):
    """Asks for a rule.

    Parameters
    ----------
    text
        What stands there at first.
    edits
        The rule belongs to a run: it can be applied to that, or added as a new run.

    Signals
    -------
    accepted_rule(str, bool)
        ``rule{ … }``, and whether it is meant as a new run.
    """

    accepted_rule = pyqtSignal(str, bool)

    def __init__(
        self, text: str = EXAMPLE, title: str = "New rule", *, edits: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.editor = QPlainTextEdit()
        self.editor.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.editor.setPlainText(text)
        self.editor.setTabChangesFocus(True)
        self.editor.setAccessibleName("Rule")
        self.editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        label = QLabel("&Rule")
        label.setBuddy(self.editor)
        self.error = ErrorLabel()
        self.found = QLabel()
        self.found.setWordWrap(True)
        self.found.setTextFormat(Qt.TextFormat.PlainText)
        self.help_label = QLabel(HELP)
        self.help_label.setWordWrap(True)
        self.help_label.setAccessibleName("About the language of rules")
        self.apply_button = QPushButton("&Apply" if edits else "&Insert")
        self.new_button = QPushButton("Add as &new run")
        self.new_button.setVisible(edits)
        buttons = QDialogButtonBox()
        buttons.addButton(self.apply_button, QDialogButtonBox.ButtonRole.AcceptRole)
        if edits:
            buttons.addButton(self.new_button, QDialogButtonBox.ButtonRole.ActionRole)
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        assert cancel is not None
        cancel.setAutoDefault(False)  # Enter is for what the dialog is for
        buttons.rejected.connect(self.reject)
        self.apply_button.clicked.connect(lambda: self._accept(not edits))
        self.new_button.clicked.connect(lambda: self._accept(True))
        self.apply_button.setDefault(True)
        column = QVBoxLayout(self)
        column.addWidget(label)
        column.addWidget(self.editor, 1)
        column.addWidget(self.error)
        column.addWidget(self.found)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        column.addWidget(line)
        column.addWidget(self.help_label)
        column.addWidget(buttons)
        self._soon = QTimer(self)  # one check for a burst of keys
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.check)
        self.editor.textChanged.connect(self._soon.start)
        self.check()
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Eighty letters wide, and a dozen lines above the rest."""
        metrics = self.editor.fontMetrics()
        width = metrics.horizontalAdvance("m" * 80)
        return QSize(width, self.help_label.heightForWidth(width - 40) + 24 * metrics.height())

    def check(self) -> bool:
        """Say what is wrong, or what was found; return whether the rule can be used."""
        message, marks = "", []
        try:
            parse_rule(self.editor.toPlainText())  # counts lines as they stand here
            optimizer = optimizer_class(rule_spec(self.editor.toPlainText()))
        except InputError as error:
            message = str(error)
            if isinstance(error, RuleError):
                marks = self._marks(error.line, error.column)
            self.found.setText("")
        else:
            hyper = ", ".join(f"{known.name} ({symbol(known.name)})" if symbol(known.name) != known.name else known.name
                              for known in optimizer.hyperparameters)  # fmt: skip
            states = ", ".join(optimizer.rule.states)
            self.found.setText(f"Hyperparameters: {hyper or 'none'}\nState: {states or 'none'}")
        self.error.show_error(message)
        self.editor.setExtraSelections(marks)
        self.apply_button.setEnabled(not message)
        self.new_button.setEnabled(not message)
        return not message

    def _accept(self, as_new: bool) -> None:
        if self.check():
            self.accepted_rule.emit(rule_spec(self.editor.toPlainText()), as_new)
            self.accept()

    def _marks(self, line: int, column: int | None) -> list[QTextEdit.ExtraSelection]:
        """Underline the place of an error; nothing where several assignments stand in one line."""
        text = self.editor.toPlainText()
        if ";" in text:
            return []
        document = self.editor.document()
        assert document is not None
        block = document.findBlockByNumber(line - 1)
        content = block.text()
        first = len(content) - len(content.lstrip())
        length = max(1, len(content.split("#")[0].rstrip()) - first)
        if column is not None:
            first, length = min(first + column - 1, max(0, len(content) - 1)), 1
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + first)
        cursor.setPosition(block.position() + min(first + length, len(content)), QTextCursor.MoveMode.KeepAnchor)
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        color = error_color(self.palette())
        look.setUnderlineColor(color)
        look.setBackground(QColor(color.red(), color.green(), color.blue(), 50))
        mark.cursor, mark.format = cursor, look
        return [mark]
