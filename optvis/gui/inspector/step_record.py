"""What there is to tell about one step of a run: its numbers and the lines of its update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optvis.document.session import SceneRun
from optvis.engine.trajectory import Trajectory
from optvis.explain.update import Line, explain, rule_of, rule_symbols

PARTS = {"theta": "position", "g": "gradient", "step": "step", "loss": "loss", "slope": "slope"}
"""What the names that every rule shares mean."""


@dataclass(frozen=True)
class Quantity:
    """Something that has a number for every parameter, or one number in all.

    Attributes
    ----------
    name
        As in the rule: ``theta``, ``g``, a state's name, ``step``; also ``loss`` and ``slope``.
    symbol
        For people, as simple HTML.
    meaning
        In one or two words.
    values
        By parameter; the key is "" where there is one number.
    """

    name: str
    symbol: str
    meaning: str
    values: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class StepRecord:
    """Everything about one row of a run and the update that follows it.

    Attributes
    ----------
    params
        The names of the parameters.
    note
        Why no update follows, or why there is nothing at all; empty where all is there.
    quantities
        Empty beyond the end of a run that diverged.
    lines
        The update, line by line; empty where none follows.
    """

    run: SceneRun
    step: int
    params: tuple[str, ...]
    note: str
    quantities: tuple[Quantity, ...]
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        """Which update: ``step 12 → 13``."""
        return f"step {self.step} → {self.step + 1}" if self.lines else f"step {self.step}"

    def as_text(self) -> str:
        """Everything as a table with tabs, every number in full."""
        rows: list[tuple[str, ...]] = [(self.run.label, "step", str(self.step))]
        if self.note:
            rows.append((self.note,))
        if self.quantities:
            rows.append(("", *self.params))
        rows += [(known.name, *(repr(value) for value in known.values.values())) for known in self.quantities]
        rows += [(line.text, *(repr(float(line.value[key])) for key in self.params)) for line in self.lines]
        return "\n".join("\t".join(row) for row in rows)


def step_record(run: SceneRun, step: int) -> StepRecord:
    """Gather what there is to tell about a step."""
    trajectory = run.trajectory
    step = min(step, trajectory.steps)
    params = tuple(trajectory.params)
    if step > trajectory.last:
        note = f"{run.label} diverged at step {trajectory.last}: it has no values after that."
        return StepRecord(run, step, params, note, (), ())
    lines = explain(trajectory, step) if step < trajectory.last and rule_of(trajectory) is not None else ()
    note = ""
    if step == trajectory.last < trajectory.steps:
        note = "The run diverged here: no update follows."
    elif step == trajectory.steps:
        note = "This is the last step: no update follows."
    return StepRecord(run, step, params, note, _quantities(trajectory, step, lines), lines)


def formulas(run: SceneRun) -> tuple[str, ...]:
    """Return the lines of a run's rule as simple HTML, without numbers; the move comes last."""
    return tuple(line.html for line in explain(run.trajectory, 0)) if rule_of(run.trajectory) is not None else ()


def state_symbols(trajectory: Trajectory, *, html: bool = False) -> dict[str, str]:
    """Return how the pieces of inner state are printed, by name."""
    rule = rule_of(trajectory)
    known = rule_symbols(rule, html=html) if rule is not None else {}
    return {name: known[name].text if name in known else name for name in trajectory.state}


def _quantities(trajectory: Trajectory, step: int, lines: tuple[Line, ...]) -> tuple[Quantity, ...]:
    def row(name: str, symbol: str, arrays: Mapping[str, object], meaning: str = "") -> Quantity:
        values = {key: float(array[step, 0]) for key, array in arrays.items()}  # type: ignore[index]
        return Quantity(name, symbol, meaning or PARTS[name], values)

    found = [row("theta", "θ", trajectory.params), row("g", "g", trajectory.grad)]
    for name, symbol in state_symbols(trajectory, html=True).items():
        found.append(row(name, symbol, trajectory.state[name], "state"))
    for line in lines:
        if line.kind == "step":
            values = {key: float(value) for key, value in line.value.items()}
            found.append(Quantity("step", line.symbol_html, PARTS["step"], values))
    found.append(Quantity("loss", "f", PARTS["loss"], {"": float(trajectory.loss[step])}))
    found.append(Quantity("slope", "|∇f|", PARTS["slope"], {"": float(trajectory.slope[step])}))
    return tuple(found)
