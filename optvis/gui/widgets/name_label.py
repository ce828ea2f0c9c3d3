"""A name that can be changed in place."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QStackedLayout, QWidget

from optvis.gui.widgets.elided_label import ElidedLabel

LONGEST = 80


class NameLabel(QWidget):
    """Shows a name; a double-click turns it into a field. Enter takes the new name, Esc the old one.

    Signals
    -------
    renamed(str)
        Empty for the name that it has by itself.
    """

    renamed = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = ElidedLabel()
        font = self.label.font()
        font.setBold(True)
        self.label.setFont(font)
        self.field: QLineEdit | None = None
        self._own = ""
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.label)
        self.label.doubleClicked.connect(self.begin)

    def set_name(self, own: str, given: str, tip: str = "") -> None:
        """Show the name that was given, or without one the own name."""
        self._own = own
        self.label.setText(given or own)
        self.label.set_tip(tip)

    def begin(self) -> None:
        """Turn into a field."""
        if self.field is not None:
            return
        self.field = QLineEdit(self.label.text())
        self.field.setMaxLength(LONGEST)
        self.field.setPlaceholderText(self._own)
        self.field.setAccessibleName(f"Name of {self.label.text()}")
        self.field.installEventFilter(self)
        self.field.editingFinished.connect(self._take)
        self._stack.addWidget(self.field)
        self._stack.setCurrentWidget(self.field)
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Esc ends it."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and event.type() in (
            QEvent.Type.KeyPress,
            QEvent.Type.ShortcutOverride,
        ):  # fmt: skip
            if event.type() == QEvent.Type.KeyPress:
                self._end()
            event.accept()
            return True
        return False

    def _take(self) -> None:
        if self.field is None:
            return
        name = self.field.text().strip()
        before = self.label.text()
        self._end()
        if name != before:
            self.renamed.emit("" if name == self._own else name)

    def _end(self) -> None:
        field, self.field = self.field, None
        if field is not None:
            self._stack.setCurrentWidget(self.label)
            self._stack.removeWidget(field)
            field.deleteLater()
