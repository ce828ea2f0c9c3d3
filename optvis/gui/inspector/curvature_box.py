"""The curvature at a run's head and at the nearest minimum, and what it means for the learning rate."""

from __future__ import annotations

import html

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from optvis.document.session import SceneRun
from optvis.explain.stability import sentence, stability_limit
from optvis.explain.update import rule_of
from optvis.foundation.number_text import number
from optvis.gui.widgets.palette import muted_color
from optvis.landscape.curvature import Curvature, curvature, curvature_at_minimum
from optvis.problems.problem import Problem


class CurvatureBox(QWidget):
    """Eigenvalues, directions, condition number, limit of the learning rate, and a plain sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = _made_label()
        self.table.setAccessibleName("Curvature")
        self.words = _made_label()
        self.words.setAccessibleName("What the curvature means")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.table)
        column.addWidget(self.words)
        self._shown: tuple[object, ...] = ()

    def show_step(self, run: SceneRun | None, problem: Problem, step: int) -> None:
        """Show the curvature at a step of a run; nothing where the run has no values."""
        if run is None or step > run.trajectory.last:
            self._write((), "", "There is nothing to measure here.")
            return
        x, y = float(run.trajectory.x[step]), float(run.trajectory.y[step])
        here, there = curvature(problem, x, y), curvature_at_minimum(problem, x, y)
        key = run.trajectory, x, y, self.palette().cacheKey()
        if key != self._shown:
            self._write(key, _table(run, here, there, muted_color(self.palette()).name()), _words(run, here, there))

    def _write(self, key: tuple[object, ...], table: str, words: str) -> None:
        self._shown = key
        for label, text in ((self.table, table), (self.words, words)):
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))


def _made_label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def _limit(run: SceneRun, found: Curvature) -> float | None:
    rule = rule_of(run.trajectory)
    return None if rule is None else stability_limit(rule, run.hyper, float(found.eigenvalues[1]))


def _table(run: SceneRun, here: Curvature, there: Curvature | None, muted: str) -> str:
    columns = [("at the head", here)] + ([("at the minimum", there)] if there is not None else [])
    rows = [("", [f"<span style='color: {muted}'>{title}</span>" for title, _ in columns])]
    rows.append(("λ<sub>max</sub>", [_value(found, 1) for _, found in columns]))
    rows.append(("λ<sub>min</sub>", [_value(found, 0) for _, found in columns]))
    rows.append(("condition", [number(found.condition) if found.is_known else "—" for _, found in columns]))
    limits = [_limit(run, found) if found.is_known else None for _, found in columns]
    if any(limit is not None for limit in limits):
        rows.append(("limit of lr", ["—" if limit is None else number(limit) for limit in limits]))
    body = "".join(
        f"<tr><td style='color: {muted}'>{title}</td>"
        + "".join(f"<td style='padding-left: 10px'>{cell}</td>" for cell in cells)
        + "</tr>"
        for title, cells in rows
    )
    return f"<table cellspacing='0' cellpadding='1' width='100%'>{body}</table>"


def _value(found: Curvature, index: int) -> str:
    if not found.is_known:
        return "—"
    return f"{number(float(found.eigenvalues[index]))} {html.escape(found.direction(index))}"


def _words(run: SceneRun, here: Curvature, there: Curvature | None) -> str:
    """What holds at the minimum, then what holds at the head where that is different."""
    rule = rule_of(run.trajectory)
    if rule is None:
        return ""
    at_head = sentence(here, rule, run.hyper)
    if there is None:
        return f"At the head: {at_head}."
    at_minimum = sentence(there, rule, run.hyper)
    if at_head == at_minimum:
        return f"{at_minimum[:1].upper()}{at_minimum[1:]}."
    return f"At the minimum: {at_minimum}.\nAt the head: {at_head}."
