"""What is to be tuned, from where, towards what, and for how many loss evaluations."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QSpinBox, QWidget

from optvis.document.session import RunSpec, Session, session_problem
from optvis.draw.paint.theme import run_style
from optvis.foundation.number_text import number
from optvis.gui.widgets.number_field import NumberField
from optvis.gui.widgets.palette import theme_of
from optvis.gui.widgets.plain_tip import plain_tip
from optvis.gui.widgets.swatch import swatch_icon
from optvis.optimizers.catalogue import optimizer_class
from optvis.problems.start_sets import MAX_STARTS, Starts, lattice, random_starts
from optvis.problems.tolerances import tolerances, usual_target

_MILLIONS = (1, 3, 10, 30, 100, 300)
_USUAL_MILLIONS = 10


class TuneForm(QWidget):
    """The settings of one tuning.

    Parameters
    ----------
    index
        The run that is offered first; None for all that are shown.

    Attributes
    ----------
    problem
        Of the session.
    """

    def __init__(self, session: Session, index: int | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.problem = session_problem(session.problem, session.bounds)
        self.runs_choice = _choice({-1: "All runs that are shown"})
        size = QSize(2 * self.fontMetrics().height(), self.fontMetrics().height())
        self.runs_choice.setIconSize(size)
        for at, spec in enumerate(session.runs):
            style = run_style(spec.style, theme_of(self.palette()))
            self.runs_choice.addItem(
                swatch_icon(style, size, self.devicePixelRatioF()), f"{at + 1}  {run_name(spec)}", at
            )
        shown = any(spec.visible for spec in session.runs)
        self.runs_choice.setCurrentIndex(max(0, self.runs_choice.findData(index)) if index is not None or shown else 1)
        self.names_choice = _choice({"main": "Main hyperparameters", "lr": "Learning rate only"})
        self.aim_choice = _choice({"loss": "A small final loss", "steps": "Few steps to the target"})
        self.target_field = NumberField(digits=10)
        self.target_field.set_value(float(f"{usual_target(self.problem):.6g}"))
        self.starts_choice = _choice({
            "one": "The start of the session", "lattice": "A lattice over the domain", "random": "Random places",
        })  # fmt: skip
        self.count_box = QSpinBox(minimum=1)
        self.count_label = QLabel()
        self.budget_choice = _choice({
            million * 1_000_000: f"{million} million loss evaluations each" for million in _MILLIONS
        })  # fmt: skip
        self.budget_choice.setCurrentIndex(_MILLIONS.index(_USUAL_MILLIONS))
        self._arrange()
        self.starts_choice.currentIndexChanged.connect(self._follow_starts)
        self.count_box.valueChanged.connect(self._show_count)
        self._follow_starts()

    @property
    def indices(self) -> tuple[int, ...]:
        """The runs that are chosen."""
        chosen = int(self.runs_choice.currentData())
        if chosen >= 0:
            return (chosen,)
        return tuple(at for at, spec in enumerate(self._session.runs) if spec.visible)

    @property
    def names(self) -> tuple[str, ...] | None:
        """What is tuned of every run; None for the main hyperparameters."""
        return None if self.names_choice.currentData() == "main" else ("lr",)

    @property
    def settings(self) -> dict[str, Any]:
        """What `optvis.tuning.tune.tune` takes by name.

        Raises
        ------
        InputError
            When the target is not a number.
        """
        return {
            "starts": self._starts(),
            "steps": self._session.steps,
            "gradient": self._session.gradient,
            "aim": self.aim_choice.currentData(),
            "target": self.target_field.pending(),
            "budget": self.budget_choice.currentData(),
            "seed": self._session.seed,
        }

    def _starts(self) -> Starts | tuple[float, float] | None:
        match self.starts_choice.currentData():
            case "lattice":
                return lattice(self.problem, self.count_box.value())
            case "random":
                return random_starts(self.problem, self.count_box.value(), self._session.seed)
            case _:
                return self._session.start

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        starts = QWidget()
        row = QHBoxLayout(starts)
        row.setContentsMargins(0, 0, 0, 0)
        for part in (self.starts_choice, self.count_box, self.count_label):
            row.addWidget(part)
        row.addStretch(1)
        starts.setFocusProxy(self.starts_choice)
        rows: tuple[tuple[str, QWidget, str], ...] = (
            ("&Runs", self.runs_choice, "Runs"),
            ("&What", self.names_choice, "What is tuned"),
            ("&Budget", self.budget_choice, "Budget"),
            ("A&im", self.aim_choice, "Aim"),
            ("Tar&get", self.target_field, "Target, a loss"),
            ("&Starts", starts, ""),
        )
        for at, (text, widget, name) in enumerate(rows):
            label = QLabel(text)
            label.setBuddy(widget)
            grid.addWidget(label, at % 3, 2 * (at // 3))
            grid.addWidget(widget, at % 3, 2 * (at // 3) + 1)
            if name:
                widget.setAccessibleName(name)
        self.starts_choice.setAccessibleName("Starts")
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        tip = f"The lowest known loss is {number(tolerances(self.problem).lowest, 6)}"
        self.target_field.setToolTip(plain_tip(f"A run that gets to this loss has succeeded. {tip}"))

    def _follow_starts(self) -> None:
        kind = self.starts_choice.currentData()
        is_lattice = kind == "lattice"
        self.count_box.setMaximum(round(MAX_STARTS**0.5) if is_lattice else MAX_STARTS)
        self.count_box.setValue(10 if is_lattice else 100)
        self.count_box.setAccessibleName("Starts on each side" if is_lattice else "Number of starts")
        for widget in (self.count_box, self.count_label):
            widget.setVisible(kind != "one")
        self._show_count()

    def _show_count(self) -> None:
        n = self.count_box.value()
        self.count_label.setText(f"× {n}" if self.starts_choice.currentData() == "lattice" else "starts")


def run_name(spec: RunSpec) -> str:
    """Return the user's own name of a run, or the optimizer's title."""
    return spec.label or optimizer_class(spec.optimizer).title


def _choice(words: dict[Any, str]) -> QComboBox:
    box = QComboBox()
    for data, text in words.items():
        box.addItem(text, data)
    return box
