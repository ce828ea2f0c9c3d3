"""The list of runs on the left, one card each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from optvis.document.session import MAX_RUNS, Scene, Session, session_problem
from optvis.draw.paint.theme import Theme
from optvis.explain.stability import limit_note
from optvis.gui.settings.run_card import RunCard
from optvis.gui.state import run_edits
from optvis.gui.state.store import Store
from optvis.gui.widgets.icons import icon
from optvis.optimizers.catalogue import CATALOGUE

if TYPE_CHECKING:
    from optvis.gui.settings.rule_dialog import RuleDialog


class RunsPanel(QWidget):
    """The runs of the session: add, remove, reorder, and a card for each.

    Cards follow their runs: one that has moved moves, one that is new appears, the others stay as
    they are, with the focus or the drag that they have.

    Attributes
    ----------
    cards
        In the order of the session's runs.

    Signals
    -------
    unfolded()
        A card shows more sliders.
    """

    unfolded = pyqtSignal()

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._shown: Session | None = None
        self.cards: list[RunCard] = []
        title = QLabel("Optimizers")
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.add_button = QToolButton()
        self.add_button.setIcon(icon("plus"))
        self.add_button.setAutoRaise(True)
        self.add_button.setToolTip("Add an optimizer")
        self.add_button.setAccessibleName("Add an optimizer")
        self.add_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.add_button.clicked.connect(lambda: self.show_add_menu())
        self.empty = _Empty()
        self.empty.button.clicked.connect(lambda: self.show_add_menu(self.empty.button))
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(6)
        self._column.addWidget(self.empty)
        self._column.addStretch(1)
        self.drop_line = QFrame(self._content)
        self.drop_line.setAutoFillBackground(True)
        self.drop_line.setBackgroundRole(QPalette.ColorRole.Highlight)
        self.drop_line.hide()
        self.area = QScrollArea()
        self.area.setWidget(self._content)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.add_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.area, 1)
        store.sessionChanged.connect(self._show_session)
        store.sceneChanged.connect(self._show_scene)
        self._show_session(store.session)
        self._show_scene(store.scene)

    def set_theme(self, theme: Theme) -> None:
        """Paint everything anew; the colours come from the palette."""
        for card in self.cards:
            card.swatch.set_style(card.spec.style, card.accessibleName())
        self.update()

    def toggle_run(self, index: int) -> None:
        """Switch a run on or off; nothing when there is none of this number."""
        if index < len(self.cards):
            self.cards[index].box.click()

    def show_add_menu(self, at: QWidget | None = None) -> QMenu:
        """Offer the catalogue and a rule of one's own."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        room = len(self._store.session.runs) < MAX_RUNS
        for name, optimizer in CATALOGUE.items():
            action = menu.addAction(optimizer.title)
            assert action is not None
            action.setToolTip((optimizer.__doc__ or "").split("\n")[0])
            action.setEnabled(room)
            action.triggered.connect(lambda _, name=name: self.add(name))
        menu.addSeparator()
        action = menu.addAction(icon("rule"), "&New rule…")
        assert action is not None
        action.setEnabled(room)
        action.triggered.connect(lambda: self.new_rule())
        below = self.add_button if at is None else at
        menu.popup(below.mapToGlobal(below.rect().bottomLeft()))
        return menu

    def add(self, optimizer: str) -> None:
        """Append a run of an optimizer and show its card."""
        self._store.edit(run_edits.added(self._store.session, optimizer))
        self._content.layout().activate()  # type: ignore[union-attr]
        self.area.ensureWidgetVisible(self.cards[-1])

    def new_rule(self) -> RuleDialog:
        """Ask for a rule and append a run of it."""
        from optvis.gui.settings.rule_dialog import RuleDialog  # what few sessions use is no part of the start

        dialog = RuleDialog(parent=self)
        dialog.accepted_rule.connect(lambda rule, _: self.add(rule))
        dialog.open()
        return dialog

    # --- following the store ---------------------------------------------------------------------

    def _show_session(self, session: Session) -> None:
        before = () if self._shown is None else self._shown.runs
        self._shown = session
        if len(before) != len(session.runs) or any(a is not b for a, b in zip(before, session.runs, strict=True)):
            self._match(run_edits.matched(before, session.runs), session)
        problem = session_problem(session.problem, session.bounds)
        for index, (card, spec) in enumerate(zip(self.cards, session.runs, strict=True)):
            card.set_run(index, spec, problem)
            card.set_chosen(index == session.chosen)

    def _show_scene(self, scene: Scene) -> None:
        if scene.session.runs == self._store.session.runs:
            for card, run in zip(self.cards, scene.runs, strict=True):
                outcome = run.trajectory.outcome
                card.set_outcome(outcome if not isinstance(outcome, list) else outcome[0])
                card.set_limit(*limit_note(run.trajectory, scene.problem))

    def _match(self, found: list[int | None], session: Session) -> None:
        """Bring the cards in line with the runs."""
        old = self.cards
        if found and found == list(range(len(old))):
            return
        cards = [self._made_card(at, session) if was is None else old[was] for at, was in enumerate(found)]
        gone = [card for card in old if card not in cards]
        self._hand_on_focus(gone, cards)
        for card in gone:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        if cards != [card for card in old if card not in gone]:
            for at, card in enumerate(cards):
                self._column.removeWidget(card)
                self._column.insertWidget(at, card)
                card.show()
        self.cards = cards
        self.empty.setVisible(not cards)
        self._order_tabs()

    def _made_card(self, at: int, session: Session) -> RunCard:
        card = RunCard(self._store, at, session.runs[at], self._content)
        card.grip.dragged.connect(lambda where: self._show_drop(card, where))
        card.grip.dropped.connect(lambda where: self._drop(card, where))
        card.unfolded.connect(self.unfolded)
        return card

    def _hand_on_focus(self, gone: list[RunCard], cards: list[RunCard]) -> None:
        """When the card with the focus goes, its neighbour's menu button gets the focus."""
        for card in gone:
            focused = self.focusWidget()
            if focused is not None and card.isAncestorOf(focused) and focused.hasFocus():
                heir = cards[min(card.index, len(cards) - 1)].menu_button if cards else self.empty.button
                heir.setFocus(Qt.FocusReason.OtherFocusReason)

    def _order_tabs(self) -> None:
        """Tab goes through the cards from top to bottom, whatever the order in which they were made."""
        chain: list[QWidget] = [self.add_button, self.empty.button]
        for card in self.cards:
            chain += card.tab_chain()
        for first, second in zip(chain, chain[1:], strict=False):
            QWidget.setTabOrder(first, second)

    # --- dragging a card -------------------------------------------------------------------------

    def _gap(self, where: QPoint) -> int:
        """Above which card a drop at this place on the screen goes; after the last, their number."""
        y = self._content.mapFromGlobal(where).y()
        return sum(card.geometry().center().y() < y for card in self.cards)

    def _show_drop(self, card: RunCard, where: QPoint) -> None:
        gap = self._gap(where)
        spacing = self._column.spacing()
        if gap < len(self.cards):
            y = self.cards[gap].y() - spacing // 2 - 1
        else:
            y = self.cards[-1].geometry().bottom() + spacing // 2
        self.drop_line.setGeometry(0, max(0, y - 1), card.width(), 3)
        self.drop_line.raise_()
        self.drop_line.show()
        at = self._content.mapFromGlobal(where)
        self.area.ensureVisible(at.x(), at.y(), 0, 24)

    def _drop(self, card: RunCard, where: QPoint) -> None:
        if self.drop_line.isHidden():  # not moved
            return
        self.drop_line.hide()
        gap = self._gap(where)
        to = gap - 1 if gap > card.index else gap
        self._store.edit(run_edits.moved(self._store.session, card.index, to))


class _Empty(QWidget):
    """What stands there when there is no run."""

    def __init__(self) -> None:
        super().__init__()
        text = QLabel("No optimizers yet. Add one to see how it moves.")
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = QPushButton(icon("plus"), "Add an optimizer")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 16, 8, 16)
        column.addWidget(text)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
