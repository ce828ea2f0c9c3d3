"""Which swarms a page has: one on every map, of the run that is chosen or that has the map for itself."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter, QPen

from optvis.draw.paint import text
from optvis.draw.paint.drawable import Drawable, Run
from optvis.draw.paint.text import draw_text
from optvis.draw.paint.theme import OUTCOME_WORDS, Theme
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.number_text import percent
from optvis.maps.swarm import Swarm, SwarmSpec

_PIXELS = 11.5
_EDGE, _INSET = 8.0, 6.0
_ROUNDING = 24.0  # pixels in which the caption grows, so that it does not twitch with every number


def swarm_run(scene: Drawable, runs: Sequence[Run]) -> Run | None:
    """Return the run whose swarm a map with these runs has: the chosen one, or else the first."""
    chosen = scene.chosen
    return chosen if chosen is not None and chosen in runs else next(iter(runs), None)


def swarm_specs(scene: Drawable, maps: Sequence[Sequence[Run]]) -> list[SwarmSpec | None]:
    """Return what the swarm of every map is computed from; None where there is none.

    Several maps share the points, and the memory, of one.

    Parameters
    ----------
    maps
        The runs on each map.

    Raises
    ------
    InputError
        For a run whose optimizer is a class of its own.
    """
    session, runs = scene.session, [swarm_run(scene, each) for each in maps]
    if not session.view.swarm:
        return [None] * len(maps)
    count, part = max(1, session.view.swarm // len(maps)), 1 / max(1, len(maps))
    return [None if run is None else SwarmSpec.of(run.trajectory, count, session.seed, part) for run in runs]


def swarm_words(swarm: Swarm, step: int, label: str, wanted: int | None = None) -> str:
    """Say how many starts there are and what has become of them by a step.

    Parameters
    ----------
    label
        The run's; empty where it stands beside the map.
    wanted
        How many starts there will be, while the swarm is a coarser one.
    """
    of_all = f" of {wanted:,}" if wanted is not None and wanted != swarm.count else ""
    name = f", {label}" if label else ""
    parts = (f"{percent(share)} {OUTCOME_WORDS[kind]}" for kind, share in swarm.shares(step).items())
    return f"{swarm.count:,}{of_all} start{'s' * (of_all != '' or swarm.count != 1)}{name}: {', '.join(parts)}"


def swarm_caption_reach(viewport: Viewport) -> QRectF:
    """Return the rectangle outside of which `paint_swarm_caption` paints nothing."""
    rect, pixels = viewport.rect, _PIXELS * max(0.8, viewport.weight)
    return QRectF(rect.left(), rect.top(), rect.width(), _EDGE + pixels * 1.7 + 3)


def paint_swarm_caption(painter: QPainter, words: str, viewport: Viewport, theme: Theme) -> None:
    """Paint the words in the upper left corner of a map; where they do not fit the last shares are left out."""
    pixels = _PIXELS * max(0.8, viewport.weight)
    room = viewport.rect.width() - 2 * _EDGE
    shown = words
    while text.width(shown, pixels) > room - 2 * _INSET and ", " in words:
        words = words.rpartition(", ")[0]
        shown = f"{words}, …"
    wide = min(room, _ROUNDING * (text.width(shown, pixels) // _ROUNDING + 1) + 2 * _INSET)
    box = QRectF(viewport.rect.left() + _EDGE, viewport.rect.top() + _EDGE, wide, pixels * 1.7)
    paper = QColor(theme.paper)
    paper.setAlphaF(0.85)
    painter.setPen(QPen(theme.frame, 1))
    painter.setBrush(paper)
    painter.drawRoundedRect(box, 4, 4)
    draw_text(painter, box.adjusted(_INSET, 0, 1 - _INSET, 0), shown, theme.ink, pixels)
