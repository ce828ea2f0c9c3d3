"""Choosing a problem from the catalogue, by searching."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QModelIndex, QObject, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFont, QIcon, QKeyEvent, QPainter, QPalette, QWheelEvent
from PyQt6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from optvis.draw.paint.painting import saved
from optvis.gui.widgets.icons import icon
from optvis.gui.widgets.palette import muted_color
from optvis.problems.problem import CATALOGUE, Problem

NAME = Qt.ItemDataRole.UserRole
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def fits(problem: Problem, words: str) -> bool:
    """Whether every word stands somewhere in the problem's title, name, formula or description."""
    formula = "" if problem.formula is None else f"{problem.formula.text} {problem.formula.display}"
    about = f"{problem.title} {problem.name} {formula} {problem.teaches} {problem.source}".lower()
    return all(word in about for word in words.lower().split())


class ProblemChooser(QComboBox):
    """Shows the title of the problem; opens a list with a search field.

    Signals
    -------
    problemChosen(str)
        A name of the catalogue.
    """

    problemChosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for name, problem in CATALOGUE.items():
            self.addItem(problem.title, name)
        self.setPlaceholderText("Formula of your own")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setAccessibleName("Problem")
        self.activated.connect(lambda index: self.problemChosen.emit(self.itemData(index)))
        self.popup: ProblemPopup | None = None

    def set_problem(self, problem: Problem) -> None:
        """Show a problem; one that is not in the catalogue is a formula of the user's own."""
        self.setCurrentIndex(self.findData(problem.name))
        about = f"{problem.teaches}\n{problem.source}".strip()
        self.setToolTip(about)
        self.setAccessibleDescription(about)

    def showPopup(self) -> None:
        """Open the list below, or above where there is more room."""
        self.popup = ProblemPopup(self.currentData(), self)
        self.popup.chosen.connect(self.problemChosen)
        self.popup.destroyed.connect(self._forget_popup)
        size = self.popup.sizeHint()
        screen = self.screen()
        assert screen is not None
        room = screen.availableGeometry()
        corner = self.mapToGlobal(self.rect().bottomLeft())
        top = min(corner.y(), max(room.top(), room.bottom() - size.height()))
        left = min(corner.x(), max(room.left(), room.right() - size.width()))
        self.popup.setGeometry(QRect(left, top, size.width(), min(size.height(), room.height())))
        self.popup.show()
        self.popup.search.setFocus()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Leave the wheel to the panel."""
        if event is not None:
            event.ignore()

    def _forget_popup(self) -> None:
        self.popup = None


class ProblemPopup(QFrame):
    """A search field above the list of problems.

    Signals
    -------
    chosen(str)
        A name of the catalogue; the list is closed then.
    """

    chosen = pyqtSignal(str)

    def __init__(self, current: str | None, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by name, formula or what it teaches")
        self.search.setAccessibleName("Search problems")
        self.search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Problems")
        self.list.setItemDelegate(_Lines(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        for name, problem in CATALOGUE.items():
            item = QListWidgetItem(problem.title, self.list)
            item.setData(NAME, name)
            item.setToolTip(f"{problem.teaches}\n{problem.source}".strip())
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, problem.teaches)
            if name == current:
                self.list.setCurrentItem(item)
        self.nothing = QLabel("Nothing fits. A formula can be typed into the field below.")
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)

    def sizeHint(self) -> QSize:
        """Nine problems high."""
        row = self.list.sizeHintForRow(0)
        width = self.fontMetrics().horizontalAdvance("x" * 64)
        return QSize(width, 9 * row + self.search.sizeHint().height() + 16)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Let the arrows move in the list while one types; Enter chooses."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVES:
                QApplication.sendEvent(self.list, event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                item = self.list.currentItem()
                if item is not None and not item.isHidden():
                    self._choose(item)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close()
                return True
        return False

    def _choose(self, item: QListWidgetItem) -> None:
        name = item.data(NAME)
        self.close()
        self.chosen.emit(name)

    def _filter(self, words: str) -> None:
        first: QListWidgetItem | None = None
        for row in range(self.list.count()):
            item = self.list.item(row)
            assert item is not None
            fitting = fits(CATALOGUE[item.data(NAME)], words)
            item.setHidden(not fitting)
            if fitting and first is None:
                first = item
        current = self.list.currentItem()
        if current is None or current.isHidden():
            self.list.setCurrentItem(first)
        self.nothing.setVisible(first is None)


class _Lines(QStyledItemDelegate):
    """Two lines for a problem: title and formula, and what it teaches."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(10, 2 * option.fontMetrics.height() + 10)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        assert painter is not None
        problem = CATALOGUE[index.data(NAME)]
        self.initStyleOption(option, index)
        option.text, option.icon = "", QIcon()
        style = QApplication.style()
        assert style is not None
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        palette = option.palette
        strong = palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        faint = strong if selected else muted_color(palette)
        with saved(painter):
            metrics = option.fontMetrics
            box = option.rect.adjusted(8, 4, -8, -4)
            bold = QFont(option.font)
            bold.setBold(True)
            painter.setFont(bold)
            painter.setPen(strong)
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            line = QRect(box.left(), box.top(), box.width(), metrics.height())
            painter.drawText(line, left, problem.title)
            taken = painter.fontMetrics().horizontalAdvance(problem.title) + metrics.averageCharWidth() * 2
            painter.setFont(option.font)
            painter.setPen(faint)
            line.setLeft(box.left() + taken)
            formula = "" if problem.formula is None else problem.formula.display
            painter.drawText(line, left, metrics.elidedText(formula, Qt.TextElideMode.ElideRight, line.width()))
            line = QRect(box.left(), box.top() + metrics.height() + 2, box.width(), metrics.height())
            painter.drawText(line, left, metrics.elidedText(problem.teaches, Qt.TextElideMode.ElideRight, line.width()))
