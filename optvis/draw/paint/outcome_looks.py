"""What an outcome looks like on a map: a colour, and a pattern for whoever cannot tell the colours apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PyQt6.QtGui import QColor

from optvis.draw.paint.cell_hatching import Pattern
from optvis.draw.paint.theme import Theme, mixed

# Okabe and Ito (2008), "Color universal design"; grey for what is of no use
_LOOKS: dict[str, tuple[str, Pattern]] = {
    "diverged": ("#9aa0a8", "/"),
    "growing": ("#D55E00", "\\"),
    "saddle": ("#0072B2", "x"),
    "plateau": ("#F0E442", "-"),
    "converged": ("#009E73", ""),
    "stalled": ("#E69F00", "+"),
    "oscillating": ("#CC79A7", "|"),
    "moving": ("#56B4E9", "."),
}
_STRENGTH = 0.62


@dataclass(frozen=True)
class OutcomeLook:
    """How cells of one outcome are painted."""

    color: QColor
    pattern: Pattern


@lru_cache(maxsize=32)
def outcome_look(kind: str, theme: Theme) -> OutcomeLook:
    """Return the look of an outcome, toned towards the theme's paper as the other maps are."""
    color, pattern = _LOOKS[kind]
    return OutcomeLook(mixed(QColor(color), theme.map_paper, _STRENGTH), pattern)
