"""What a sweep map says in words: its title, one of its cells, its best cell."""

from __future__ import annotations

from optvis.draw.paint.theme import OUTCOME_WORDS
from optvis.engine.outcome import KIND_NAMES
from optvis.foundation.number_text import number
from optvis.maps.sweep_plan import STEPS, Swept
from optvis.maps.sweep_shades import Shades, Shows
from optvis.maps.sweeps import SweepMap


def title_words(swept: Swept, shades: Shades, shows: Shows, label: str) -> str:
    """Say whose sweep it is and what the colours are."""
    target = f", f ≤ {number(swept.plan.target)}" if shows == "steps" and swept.plan.y is not None else ""
    return f"{label}: {shades.title}{target}"


def cell_words(swept: Swept, row: int, column: int) -> str:
    """Say the settings of a cell and what they did: ``lr 0.3   momentum 0.9   f 0.012   converged``."""
    plan, found = swept.plan, swept.found
    parts = [setting_words(swept, row, column), f"f {number(float(found.loss[row, column]), 4)}"]
    if isinstance(found, SweepMap):
        reached, last = int(found.reached[row, column]), int(found.last[row, column])
        kind = KIND_NAMES[found.kind[row, column]]
        parts.append(OUTCOME_WORDS[kind] + (f" at step {last}" if kind == "diverged" else ""))
        goal = f"f ≤ {number(plan.target)}"
        parts.append(f"{goal} at step {reached}" if reached >= 0 else f"never {goal}")
    else:
        parts.append(OUTCOME_WORDS[KIND_NAMES[found.kind[column]]])
    return "   ".join(parts)


def best_words(swept: Swept, shades: Shades, shows: Shows) -> str:
    """Say where the map is best; empty where it has no number."""
    if shades.best is None:
        return ""
    row, column = shades.best
    where = setting_words(swept, row, column, ", ")
    if shows == "steps" and isinstance(swept.found, SweepMap):
        return f"soonest at step {int(shades.value[row, column])}: {where}"
    return f"least f {number(float(swept.found.loss[row, column]))}: {where}"


def setting_words(swept: Swept, row: int, column: int, between: str = "   ") -> str:
    """Say the values on the axes that belong to a cell."""
    plan, found = swept.plan, swept.found
    if isinstance(found, SweepMap):
        values = [found.axes[0][column], found.axes[1][row]]
        return between.join(
            f"{axis.name} {number(float(value), 4)}" for axis, value in zip(plan.axes, values, strict=True)
        )
    return f"{found.name} {number(float(found.values[column]), 4)}{between}{STEPS[:-1]} {found.at[row]}"
