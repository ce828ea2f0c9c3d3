"""The column on the right: one step of the chosen run in numbers and in mathematics."""

from __future__ import annotations

from time import monotonic

from PyQt6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QPalette, QShowEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from optvis.document.session import Scene, SceneRun
from optvis.draw.paint.theme import run_style
from optvis.explain.update import rule_of, rule_symbols
from optvis.foundation.number_text import number
from optvis.gui.inspector.arrow_switches import ArrowSwitches
from optvis.gui.inspector.curvature_box import CurvatureBox
from optvis.gui.inspector.rule_view import RuleView
from optvis.gui.inspector.step_numbers import StepNumbers
from optvis.gui.inspector.step_record import StepRecord, step_record
from optvis.gui.inspector.step_table import MAX_COPIED, StepTable
from optvis.gui.state import run_edits
from optvis.gui.state.playback import Playback
from optvis.gui.state.slow_motion import SlowMotion
from optvis.gui.state.store import Store
from optvis.gui.widgets.icons import icon
from optvis.gui.widgets.palette import theme_of
from optvis.gui.widgets.plain_tip import plain_tip
from optvis.gui.widgets.run_box import offer_those_on
from optvis.gui.widgets.swatch import swatch_icon

REFRESH_SECONDS = 1 / 15
"""While playing or dragging, the least time between two updates; paused, every step is shown at once."""


class Inspector(QWidget):
    """Follows the chosen run and the playback's step.

    Attributes
    ----------
    record
        What is shown; None without runs.

    Signals
    -------
    said(str)
        A word about what was copied, for the status line.
    """

    said = pyqtSignal(str)

    def __init__(
        self, store: Store, playback: Playback, slow_motion: SlowMotion, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._playback = playback
        self._slow_motion = slow_motion
        self.record: StepRecord | None = None
        self._refreshed = 0.0
        self._keys: tuple[tuple[str, int, bool], ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)
        self.run_box = self._made_run_box()
        self.title = QLabel()
        self.copy_button = _button("duplicate", "Copy these numbers in full", self.copy)
        self.slow_button = _button("slow", "Play this step in slow motion  (S)", slow_motion.toggle)
        self.slow_button.setText("Slow motion")
        self.slow_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.slow_button.setCheckable(True)
        self.note, self.caption, self.legend = _words(), _words(), _words()
        self.legend.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.legend.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.numbers = StepNumbers()
        self.rule_view = RuleView()
        self.arrows = ArrowSwitches(store)
        self.curvature = CurvatureBox()
        self.table = StepTable()
        self._arrange()
        self.table.stepChosen.connect(self._seek)
        self.table.copied.connect(self._tell_copied)
        store.sceneChanged.connect(lambda _: self._refresh_soon())
        playback.stepChanged.connect(lambda _: self._follow_step())
        playback.playingChanged.connect(lambda playing: None if playing else self.refresh())
        slow_motion.changed.connect(self.refresh)
        self.refresh()

    def save_state(self) -> QByteArray:
        """How the room is divided."""
        return self._parts.saveState()

    def restore_state(self, state: QByteArray) -> bool:
        """Divide the room as it was."""
        return self._parts.restoreState(state)

    def copy(self) -> None:
        """Put all that is shown of the step on the clipboard, as a table with tabs."""
        if self.record is not None:
            QGuiApplication.clipboard().setText(self.record.as_text())
            self.said.emit(f"Copied step {self.record.step} of {self.record.run.label}")

    def refresh(self) -> None:
        """Show the present step of the chosen run."""
        self._timer.stop()
        if not self.isVisible():
            return
        self._refreshed = monotonic()
        scene = self._store.scene
        run, step = scene.chosen, self._playback.step
        self._show_runs(scene)
        self.record = None if run is None else step_record(run, step)
        self.title.setText("" if self.record is None else self.record.title)
        note = "There is no run. Add an optimizer to look into its steps." if self.record is None else self.record.note
        _show_words(self.note, note)
        self.numbers.show_record(self.record)
        self._show_update(run)
        self.curvature.show_step(run, scene.problem, step)
        self.table.set_trajectory(None if run is None else run.trajectory)
        self.table.set_step(step)
        self._below.setVisible(run is not None)
        self.table.setVisible(run is not None)
        self.copy_button.setEnabled(run is not None)
        self.slow_button.setEnabled(self._slow_motion.can_start())
        self.slow_button.setChecked(self._slow_motion.active)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Catch up."""
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and hasattr(self, "table"):
            self._keys = ()
            self.refresh()

    # --- arrangement -----------------------------------------------------------------------------

    def _arrange(self) -> None:
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.caption.setFont(font)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.slow_button)
        head.addWidget(self.copy_button)
        self._below = _Content()
        inner = QVBoxLayout(self._below)
        inner.setContentsMargins(0, 0, 6, 0)
        inner.setSpacing(4)
        inner.addWidget(self.numbers)
        for title, *widgets in (
            ("Update", self.rule_view, self.legend),
            ("Arrows on the map", self.arrows),
            ("Curvature", self.curvature),
        ):
            inner.addSpacing(6)
            inner.addWidget(_heading(str(title)))
            for widget in widgets:
                assert isinstance(widget, QWidget)
                inner.addWidget(widget)
        inner.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidget(self._below)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.addWidget(self.area)
        self._parts.addWidget(self.table)
        self._parts.setStretchFactor(0, 1)
        self._parts.setCollapsible(0, False)
        self._parts.setSizes([600, 190])
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.run_box)
        column.addLayout(head)
        column.addWidget(self.note)
        column.addWidget(self.caption)
        column.addWidget(self._parts, 1)

    def _made_run_box(self) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName("Run to inspect")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(10)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.activated.connect(lambda index: self._store.edit(run_edits.chosen(self._store.session, index), "chosen"))
        return box

    # --- what is shown ---------------------------------------------------------------------------

    def _follow_step(self) -> None:
        if self._playback.playing:
            self._refresh_soon()
        else:
            self.refresh()

    def _refresh_soon(self) -> None:
        """Refresh, but not too often."""
        if self._timer.isActive():
            return
        wait = self._refreshed + REFRESH_SECONDS - monotonic()
        if wait <= 0:
            self.refresh()
        else:
            self._timer.start(max(1, round(1000 * wait)))

    def _show_runs(self, scene: Scene) -> None:
        keys = tuple((run.label, run.spec.style, run.spec.visible) for run in scene.runs)
        if keys != self._keys:
            self._keys = keys
            self.run_box.clear()
            height = self.fontMetrics().height()
            size, theme = QSize(2 * height, height), theme_of(self.palette())
            self.run_box.setIconSize(size)
            for label, style, _ in keys:
                self.run_box.addItem(swatch_icon(run_style(style, theme), size, self.devicePixelRatioF()), label)
            offer_those_on(self.run_box, (run.spec.visible for run in scene.runs))
        self.run_box.setEnabled(bool(keys))
        if (chosen := scene.session.chosen) is not None:
            self.run_box.setCurrentIndex(chosen)
            self.run_box.setToolTip(plain_tip(f"{self.run_box.currentText()}\nA click on a run's card chooses it, too"))

    def _show_update(self, run: SceneRun | None) -> None:
        """The lines, all of them or in slow motion as far as they are done."""
        stage, stages, index = self._slow_motion.stage, self._slow_motion.stages, self._slow_motion.index
        if stage is None:
            _show_words(self.caption, "")
            self.rule_view.show_record(self.record)
        else:
            _show_words(self.caption, f"{index + 1} of {len(stages)}: {stage.caption}")
            active = set(stage.lines)
            if index == 0:
                active.add(-1)
            elif not active:  # a division in the line of the step, before the step is worked out
                active.add(stages[index + 1].lines[0])
            self.rule_view.show_record(self.record, self._slow_motion.lines, active)
            self._reveal_marked()
        _show_words(self.legend, "" if run is None else _settings(run))

    def _reveal_marked(self) -> None:
        """Scroll to the lines of the present stage."""
        place = self.rule_view.marked_place()
        if place is not None:
            self._below.layout().activate()
            above = self.rule_view.y()
            for y in (place[1], place[0]):  # the upper edge counts when both do not fit
                self.area.ensureVisible(0, above + y, 0, 12)

    # --- what is done ----------------------------------------------------------------------------

    def _seek(self, step: int) -> None:
        self._playback.pause()
        self._playback.seek(step)

    def _tell_copied(self, rows: int) -> None:
        rest = "" if rows < MAX_COPIED else "; an export takes more"
        self.said.emit(f"Copied {rows:,} {'row' if rows == 1 else 'rows'}{rest}")


class _Content(QWidget):
    """As high as its layout is at its width; the least heights of wrapped labels are for no width at all."""

    def minimumSizeHint(self) -> QSize:
        """None, so that the scroll area asks for the height at its width."""
        return QSize(0, 0)


def _settings(run: SceneRun) -> str:
    """What the names of a rule stand for: ``η = lr = 0.3``."""
    rule = rule_of(run.trajectory)
    symbols = rule_symbols(rule) if rule is not None else {}
    parts = []
    for name, value in run.hyper.items():
        short = symbols[name].text if name in symbols else name
        parts.append(" = ".join([*dict.fromkeys((short, name)), number(value, 6)]).replace(" ", "\N{NO-BREAK SPACE}"))
    return ",  ".join(parts)


def _words() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def _show_words(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
    label.setVisible(bool(text))


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _button(name: str, text: str, clicked: object) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setAutoRaise(True)
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda: clicked())  # type: ignore[operator]
    return button
