"""Asking for the line of an optimizer: its name and settings, with hooks and a schedule round it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optvis.document.command_options import run_spec
from optvis.document.session import RunSpec
from optvis.foundation.errors import InputError
from optvis.gui.widgets.error_label import ErrorLabel
from optvis.optimizers.catalogue import optimizer_class
from optvis.optimizers.composed import is_composed, split
from optvis.optimizers.hooks import FREEZE, HOOKS
from optvis.optimizers.hyperparameter import Hyperparameter
from optvis.optimizers.schedules import SCHEDULES, WARMUP

HELP = "An optimizer, then hooks in their order, then a schedule of the learning rate, parted by |"


class LineDialog(QDialog):
    """Asks for the line; two lists put hooks and schedules into it, with their usual values.

    Attributes
    ----------
    field, error
        The line, and what is wrong with it.
    hook_box, schedule_box
        What can be put in.

    Signals
    -------
    acceptedSpec(RunSpec)
        The run that the line stands for.
    """

    acceptedSpec = pyqtSignal(object)

    def __init__(self, line: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Hooks and schedule")
        self.field = QLineEdit(line)
        self.field.setAccessibleName("Line of the optimizer")
        self.field.textChanged.connect(self.check)
        self.error = ErrorLabel()
        self.rule = QLabel()
        self.rule.setWordWrap(True)
        self.hook_box, self.schedule_box = QComboBox(), QComboBox()
        self.hook_box.addItem("Add a hook …")
        for hook in HOOKS.values():
            self.hook_box.addItem(f"{hook.name}: {hook.about}", _usual(hook.name, hook.parameters))
        self.hook_box.addItem(f"{FREEZE}: one parameter does not move", f"{FREEZE}:x")
        self.schedule_box.addItem("Add a schedule …")
        for schedule in (WARMUP, *SCHEDULES.values()):
            usual = _usual(schedule.name, schedule.parameters)
            if schedule.name == "multi-step":
                usual = f"{schedule.name}:milestones=10/20,gamma=0.3"
            self.schedule_box.addItem(f"{schedule.name}: {schedule.about}", usual)
        self.hook_box.activated.connect(lambda index: self._put_in(self.hook_box, index))
        self.schedule_box.activated.connect(lambda index: self._put_in(self.schedule_box, index))
        for box, name in ((self.hook_box, "Hooks"), (self.schedule_box, "Schedules")):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(24)
        self.apply_button = QPushButton("&Apply")
        buttons = QDialogButtonBox()
        buttons.addButton(self.apply_button, QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        assert cancel is not None
        cancel.setAutoDefault(False)  # Enter is for what the dialog is for
        self.apply_button.setDefault(True)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(QLabel(HELP))
        form = QFormLayout()
        form.addRow("&Line", self.field)
        column.addLayout(form)
        column.addWidget(self.error)
        boxes = QHBoxLayout()
        boxes.addWidget(self.hook_box, 1)
        boxes.addWidget(self.schedule_box, 1)
        column.addLayout(boxes)
        column.addWidget(self.rule, 1)
        column.addWidget(buttons)
        self.resize(max(640, self.sizeHint().width()), self.sizeHint().height())
        self.check()

    def check(self) -> RunSpec | None:
        """Say what is wrong, or show the rule that the line becomes; return the run."""
        try:
            spec = run_spec(self.field.text())
        except InputError as error:
            self.error.show_error(str(error))
            self.apply_button.setEnabled(False)
            return None
        self.error.show_error("")
        self.apply_button.setEnabled(True)
        self.rule.setText(optimizer_class(spec.optimizer).rule.text)
        return spec

    def _put_in(self, box: QComboBox, index: int) -> None:
        """Put a hook before the schedule, or a schedule in place of the one there is."""
        usual = box.itemData(index)
        box.setCurrentIndex(0)
        if usual is None or (spec := self.check()) is None:
            return
        pieces = [piece.strip() for piece in self.field.text().split(" | ")]
        parts = split(self.field.text())[1] if is_composed(spec.optimizer) else ()
        base, written = pieces[: len(pieces) - len(parts)], pieces[len(pieces) - len(parts) :]
        timed = [text for part, text in zip(parts, written, strict=True) if part.name in (WARMUP.name, *SCHEDULES)]
        hooks = [text for text in written if text not in timed]
        name = usual.partition(":")[0]
        if box is self.hook_box:
            hooks.append(usual)
        elif name == WARMUP.name:
            timed = [usual, *(text for text in timed if not text.startswith(WARMUP.name))]
        else:
            timed = [*(text for text in timed if text.startswith(WARMUP.name)), usual]
        self.field.setText(" | ".join([*base, *hooks, *timed]))

    def _accept(self) -> None:
        spec = self.check()
        if spec is not None:
            self.acceptedSpec.emit(spec)
            self.accept()


def _usual(name: str, parameters: tuple[Hyperparameter, ...]) -> str:
    """A hook or a schedule with the values that it has by default."""
    values = ",".join(f"{each.name}={each.default:g}" for each in parameters if each.main)
    return f"{name}:{values}" if values else name
