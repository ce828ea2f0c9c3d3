"""One run in the panel on the left: on or off, style, name, outcome and settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QShortcut
from PyQt6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from optvis.document.session import MAX_RUNS, RunSpec, effective_hyper
from optvis.draw.paint.painting import guarded, painting
from optvis.engine.outcome import Outcome
from optvis.foundation.errors import InputError
from optvis.gui.state import run_edits
from optvis.gui.state.store import Store
from optvis.gui.widgets.elided_label import ElidedLabel
from optvis.gui.widgets.grip import Grip
from optvis.gui.widgets.icons import icon
from optvis.gui.widgets.name_label import NameLabel
from optvis.gui.widgets.outcome_badge import OutcomeBadge
from optvis.gui.widgets.swatch import SwatchButton
from optvis.gui.widgets.value_slider import ValueSlider
from optvis.optimizers.catalogue import optimizer_class
from optvis.problems.problem import Problem

if TYPE_CHECKING:
    from optvis.gui.settings.line_dialog import LineDialog
    from optvis.gui.settings.rule_dialog import RuleDialog
    from optvis.gui.tune.tune_dialog import TuneDialog


class RunCard(QFrame):
    """Shows one run of the session and proposes edits of it.

    Attributes
    ----------
    index
        Which run of the session; the panel keeps it right.
    spec
        What is shown.
    sliders
        By the hyperparameter's name.

    Signals
    -------
    unfolded()
        More sliders are shown.
    """

    unfolded = pyqtSignal()

    def __init__(self, store: Store, index: int, spec: RunSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.index = index
        self.spec = spec
        self._problem: Problem | None = None
        self._optimizer = optimizer_class(spec.optimizer)
        self.grip = Grip()
        self.box = QCheckBox()
        self.box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.box.clicked.connect(self._toggle)
        self.swatch = SwatchButton()
        self.swatch.styleChosen.connect(lambda style: self._edit(replace(self.spec, style=style)))
        self.name = NameLabel()
        self.name.renamed.connect(lambda name: self._edit(replace(self.spec, label=name)))
        self.badge = OutcomeBadge()
        self.more_button = _button("unfold", "More")
        self.more_button.clicked.connect(lambda: self._fold(self._folded.isHidden()))
        self.menu_button = _button("more", "Menu")
        self.menu_button.clicked.connect(self.show_menu)
        self.sliders = {hyper.name: self._made_slider(hyper.name) for hyper in self._optimizer.hyperparameters}
        self.limit = ElidedLabel()
        self.limit.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        font = self.limit.font()
        font.setPointSizeF(0.9 * font.pointSizeF())
        self.limit.setFont(font)
        self.limit.hide()
        self._is_chosen = False
        self._folded = QWidget()
        self._arrange()
        for key, by in (("Alt+Up", -1), ("Alt+Down", 1)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda by=by: self.move_by(by))

    def set_run(self, index: int, spec: RunSpec, problem: Problem) -> None:
        """Show a run of the same optimizer."""
        if (index, problem) == (self.index, self._problem) and spec is self.spec:
            return
        self.index, self.spec, self._problem = index, spec, problem
        title = self._optimizer.title
        name = spec.label or title
        key = index + 1 if index < 9 else None
        who = f"{name}, run {index + 1}"  # the same optimizer may stand twice
        self.setAccessibleName(who)
        self.box.setText(str(key) if key else "")
        self.box.setChecked(spec.visible)
        self.box.setAccessibleName(f"Show {who}")
        self.box.setToolTip("Show this run" + (f"  (key {key})" if key else ""))
        self.swatch.set_style(spec.style, who)
        about = (self._optimizer.__doc__ or "").split("\n")[0]
        self.name.set_name(title, spec.label, f"{title}: {about}\n{self._optimizer.rule.text}")
        self.menu_button.setAccessibleName(f"Menu of {who}")
        self.more_button.setAccessibleName(f"More settings of {who}")
        values = effective_hyper(spec, problem)
        suggested = effective_hyper(replace(spec, hyper=()), problem)
        by_hand = dict(spec.hyper)
        for hyper, slider in self.sliders.items():
            slider.set_owner(who)
            slider.set_value(values[hyper], hyper in by_hand, suggested[hyper])
        hidden_by_hand = any(not known.main and known.name in by_hand for known in self._optimizer.hyperparameters)
        font = self.more_button.font()
        font.setBold(hidden_by_hand)
        self.more_button.setFont(font)

    def set_outcome(self, outcome: Outcome | None) -> None:
        """Show how it ended."""
        self.badge.set_outcome(outcome)

    def set_limit(self, short: str, full: str) -> None:
        """Say under the learning rate how it stands to the limit of stability; nothing for an empty note."""
        self.limit.setText(short[:1].upper() + short[1:])
        self.limit.set_tip(full)
        self.limit.setAccessibleDescription(full)
        self.limit.setVisible(bool(short))

    def set_chosen(self, chosen: bool) -> None:
        """Mark the run that is inspected."""
        if chosen != self._is_chosen:
            self._is_chosen = chosen
            self.setAccessibleDescription("Inspected" if chosen else "")
            self.update()

    def choose(self) -> None:
        """Make this the run that is inspected."""
        self._store.edit(run_edits.chosen(self._store.session, self.index), key="chosen")

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """A click where there is no control chooses this run."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.choose()

    def move_by(self, by: int) -> None:
        """Go up or down in the list."""
        runs = self._store.session.runs
        if 0 <= self.index + by < len(runs):
            self._store.edit(run_edits.moved(self._store.session, self.index, self.index + by))

    def tab_chain(self) -> list[QWidget]:
        """Everything in this card that the keyboard reaches, from top to bottom."""
        chain: list[QWidget] = [self.box, self.swatch, self.menu_button, self.more_button]
        known = sorted(self._optimizer.hyperparameters, key=lambda hyper: not hyper.main)
        for hyper in known:
            chain += self.sliders[hyper.name].tab_chain()
        return chain

    def shown_sliders(self) -> list[ValueSlider]:
        """The rows with a slider that are not folded away."""
        known = (hyper for hyper in self._optimizer.hyperparameters if hyper.main or not self._folded.isHidden())
        return [self.sliders[hyper.name] for hyper in known if hyper.scale != "switch"]

    def duplicate(self) -> None:
        """Put a copy below."""
        self._store.edit(run_edits.duplicated(self._store.session, self.index))

    def remove(self) -> None:
        """Take this run out of the session."""
        self._store.edit(run_edits.removed(self._store.session, self.index))

    def edit_rule(self) -> RuleDialog:
        """Open this optimizer's rule as text; what comes back replaces it or becomes a run below."""
        from optvis.gui.settings.rule_dialog import RuleDialog  # what few sessions use is no part of the start

        dialog = RuleDialog(self._optimizer.rule.text, f"Rule of {self.name.label.text()}", edits=True, parent=self)
        dialog.accepted_rule.connect(self._take_rule)
        dialog.open()
        return dialog

    def tune(self) -> TuneDialog:
        """Offer to find good settings of this run."""
        from optvis.gui.tune.tune_dialog import TuneDialog  # as for the rule

        dialog = TuneDialog(self._store, self.index, self)
        dialog.open()
        return dialog

    def edit_line(self) -> LineDialog:
        """Ask for the line of the optimizer, with hooks and a schedule round it."""
        from optvis.document.shell_line import option_text
        from optvis.gui.settings.line_dialog import LineDialog  # as for the rule

        own = replace(self.spec, hyper=tuple(self._effective().items()))
        dialog = LineDialog(option_text(own), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.acceptedSpec.connect(
            lambda spec: self._edit(replace(self.spec, optimizer=spec.optimizer, hyper=spec.hyper))
        )
        dialog.open()
        return dialog

    def _effective(self) -> dict[str, float]:
        """The settings of the line: those by hand, and the learning rate that holds."""
        held = {} if self._problem is None else effective_hyper(self.spec, self._problem)
        return ({"lr": held["lr"]} if "lr" in held else {}) | dict(self.spec.hyper)

    def show_menu(self) -> QMenu:
        """Offer what can be done with this run."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        last = len(self._store.session.runs) - 1
        entries = (
            ("search", "&Inspect", self.choose, not self._is_chosen and self.spec.visible),
            None,
            ("duplicate", "&Duplicate", self.duplicate, last + 1 < MAX_RUNS),
            ("remove", "&Remove", self.remove, True),
            None,
            ("up", "Move &up\tAlt+Up", lambda: self.move_by(-1), self.index > 0),
            ("down", "Move d&own\tAlt+Down", lambda: self.move_by(1), self.index < last),
            None,
            ("reset", "&Suggested settings", lambda: self._edit(replace(self.spec, hyper=())), bool(self.spec.hyper)),
            ("tune", "&Tune…", self.tune, True),
            ("rename", "Re&name…", self.name.begin, True),
            ("rule", "&Edit rule…", self.edit_rule, True),
            ("tune", "&Hooks and schedule…", self.edit_line, True),
        )
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            picture, text, slot, enabled = entry
            action = menu.addAction(icon(picture), text)
            assert action is not None
            action.setEnabled(enabled)
            action.triggered.connect(lambda _, slot=slot: slot())
        menu.popup(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))
        return menu

    @guarded
    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the card with round corners; the chosen one has a bar at its left edge."""
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
            painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
            card = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(card, 5, 5)
            if self._is_chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self.palette().color(QPalette.ColorRole.Highlight))
                painter.drawRoundedRect(QRectF(card.left() - 0.5, card.top() + 5, 3, card.height() - 10), 1.5, 1.5)

    def _arrange(self) -> None:
        head, below = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(4)
        for widget in (self.grip, self.box, self.swatch):
            head.addWidget(widget)
        head.addWidget(self.name, 1)
        head.addWidget(self.menu_button)
        below.setContentsMargins(4, 0, 0, 2)
        below.addWidget(self.badge, 1)
        below.addWidget(self.more_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 3, 6, 6)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(below)
        folded = QVBoxLayout(self._folded)
        folded.setContentsMargins(0, 0, 0, 0)
        folded.setSpacing(2)
        settings = QVBoxLayout()
        settings.setContentsMargins(4, 0, 0, 0)
        settings.setSpacing(2)
        for hyper in self._optimizer.hyperparameters:
            (settings if hyper.main else folded).addWidget(self.sliders[hyper.name])
            if hyper.name == "lr":
                (settings if hyper.main else folded).addWidget(self.limit)
        settings.addWidget(self._folded)
        column.addLayout(settings)
        self._fold(False)
        self.more_button.setVisible(folded.count() > 0)
        self.more_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        side = self.fontMetrics().ascent()
        self.more_button.setIconSize(QSize(side, side))

    def _made_slider(self, name: str) -> ValueSlider:
        hyper = next(known for known in self._optimizer.hyperparameters if known.name == name)
        slider = ValueSlider(hyper)
        slider.valueEdited.connect(lambda value: self._set_hyper(name, value))
        slider.editingFinished.connect(self._store.seal)
        slider.resetRequested.connect(lambda: self._edit(self.spec.with_hyper(name, None)))
        return slider

    def _set_hyper(self, name: str, value: float) -> None:
        before = self._store.session
        try:
            self._store.edit(
                before.with_run(self.index, self.spec.with_hyper(name, value)), ("hyper", self.index, name)
            )
        except InputError as error:
            assert self._problem is not None
            self.sliders[name].refuse(str(error), effective_hyper(self.spec, self._problem)[name])

    def _edit(self, spec: RunSpec) -> None:
        self._store.edit(self._store.session.with_run(self.index, spec))

    def _toggle(self, on: bool) -> None:
        self._edit(replace(self.spec, visible=on))

    def _fold(self, unfolded: bool) -> None:
        self._folded.setVisible(unfolded)
        self.more_button.setIcon(icon("fold" if unfolded else "unfold"))
        self.more_button.setText("less" if unfolded else "more")
        if unfolded:
            self.unfolded.emit()

    def _take_rule(self, rule: str, as_new: bool) -> None:
        self._store.edit(run_edits.with_rule(self._store.session, self.index, rule, as_new=as_new))


def _button(name: str, text: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setAutoRaise(True)
    button.setAccessibleName(text)
    button.setToolTip(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
