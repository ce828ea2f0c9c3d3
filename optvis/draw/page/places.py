"""Where the maps of a page or of the window go: one, or small multiples with shared axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PyQt6.QtCore import QRectF

from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.drawable import Drawable, Run, chosen_last

_COLUMNS = (1, 1, 2, 2, 2, 3, 3, 4, 4)  # for so many panels on a page that is wider than high


@dataclass(frozen=True)
class Place:
    """Where a map goes, its title, which runs are on it and what stands round it."""

    rect: QRectF
    title_rect: QRectF | None
    runs: tuple[Run, ...]
    axes: AxesStyle


def one_map(body: QRectF, runs: tuple[Run, ...], pixels: float, names: tuple[str, str]) -> list[Place]:
    """One map with all runs; ``pixels`` is the height of text, ``names`` are those of the axes."""
    axes = AxesStyle(pixels=pixels * 0.9, x_label=names[0], y_label=names[1], widest="−00.0")
    return [Place(axes.plot_rect(body), None, runs, axes)]


def has_panels(scene: Drawable, layout: str) -> bool:
    """Whether every run has a map of its own in a layout."""
    return layout == "multiples" or (layout == "basins" and scene.session.view.basins_of == "each")


def runs_on_map(scene: Drawable, layout: str) -> tuple[Run, ...]:
    """The runs of a layout: those that are visible, or under one map of basins the chosen one."""
    if layout == "basins" and not has_panels(scene, layout):
        return () if scene.chosen is None or not scene.chosen.spec.visible else (scene.chosen,)
    return tuple(scene.visible_runs)


def legend_runs(scene: Drawable, layout: str) -> tuple[Run, ...]:
    """The runs that a legend has to name; a sweep map names its own."""
    return () if layout == "sweep" or has_panels(scene, layout) else runs_on_map(scene, layout)


def map_places(body: QRectF, scene: Drawable, layout: str, pixels: float) -> list[Place]:
    """Where the maps of a layout go."""
    runs = runs_on_map(scene, layout)
    if runs and has_panels(scene, layout):
        return small_multiples(body, runs, pixels, scene.problem.plane.names)
    return one_map(body, chosen_last(scene, runs), pixels, scene.problem.plane.names)


def small_multiples(body: QRectF, runs: Sequence[Run], pixels: float, names: tuple[str, str]) -> list[Place]:
    """One panel per run, all of one size; numbers only at the left and at the bottom."""
    count = len(runs)
    columns = _COLUMNS[count] if count < len(_COLUMNS) else math.ceil(math.sqrt(count * 1.4))
    rows = math.ceil(count / columns)
    if body.height() > body.width():
        columns, rows = rows, columns
    axes = AxesStyle(pixels=pixels * 0.85, widest="−00.0", is_tight=columns > 1)
    inner = axes.plot_rect(body)
    title, gap = math.ceil(pixels * 1.8), math.ceil(pixels * 1.1)
    width = math.floor((inner.width() - gap * (columns - 1)) / columns)
    height = math.floor((inner.height() - gap * (rows - 1)) / rows) - title
    places = []
    for index, run in enumerate(runs):
        row, column = divmod(index, columns)
        left, top = inner.left() + column * (width + gap), inner.top() + row * (height + title + gap)
        has_below = index + columns < count
        style = replace(
            axes,
            x_label="" if has_below else names[0],
            y_label="" if column else names[1],
            has_x_numbers=not has_below,
            has_y_numbers=column == 0,
        )
        rect = QRectF(left, top + title, max(1, width), max(1, height))
        places.append(Place(rect, QRectF(left, top, max(1, width), title), (run,), style))
    return places


def weight_in(rect: QRectF, unit: float = 1.0) -> float:
    """Return how heavy lines and marks are: as the page is large, and lighter in small panels."""
    return unit * min(1.0, max(0.6, math.sqrt(rect.width() * rect.height()) / (400 * unit)))
