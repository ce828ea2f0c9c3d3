"""A trajectory in a plot: its way, and its head or where it has left the view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QBrush, QPen, QTransform

from optvis.document.session import RunSpec
from optvis.draw.maps.trails import LINE_WIDTH
from optvis.draw.paint.markers import marker_path
from optvis.draw.paint.theme import run_style
from optvis.engine.trajectory import Trajectory
from optvis.foundation.errors import InputError
from optvis.plot.heads_item import HeadsItem
from optvis.plot.runs_item import RunsItem
from optvis.plot.scene_pixels import guarded_item
from optvis.plot.themed import theme_behind
from optvis.plot.trails_item import TrailsItem
from optvis.problems.problem import Bounds

_SAMPLE = 11.0  # pixels of the marker in a legend


class TrajectoryItem(pg.GraphicsObject):  # type: ignore[misc]
    """One run, painted together with all others of its view.

    Auto-range shows its way as far as it is in the domain of its problem. In a legend it stands with
    ``legend.addItem(item, "a name")``.

    Parameters
    ----------
    trajectory
        A lone run, as of `optvis.run`.
    style
        0 to 63: a colour, a dash pattern and a marker.
    step
        Up to which it is shown; None for all of it.

    Attributes
    ----------
    painted_by
        The items of its view that paint it; none outside a view.

    Raises
    ------
    InputError
        For a trajectory of several lanes.

    Examples
    --------
    >>> plot.addItem(TrajectoryItem(optvis.run(problem, optvis.optimizers.Adam())))  # doctest: +SKIP
    """

    def __init__(self, trajectory: Trajectory, style: int = 0, step: int | None = None) -> None:
        if trajectory.loss.ndim != 1:
            raise InputError(f"a trajectory of {trajectory.loss.shape[1]} lanes cannot be drawn; run one start")
        self._trajectory, self._spec = trajectory, RunSpec(trajectory.optimizer, style=style)
        self._step = trajectory.steps if step is None else max(0, step)
        self.painted_by: tuple[RunsItem, ...] = ()
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemHasNoContents)

    @property
    def trajectory(self) -> Trajectory:
        """What is shown."""
        return self._trajectory

    @property
    def spec(self) -> RunSpec:
        """Whose ``style`` is the item's."""
        return self._spec

    @property
    def label(self) -> str:
        """The optimizer's name."""
        return self._trajectory.optimizer

    @property
    def step(self) -> int:
        """Up to which it is shown; it may be beyond the last."""
        return self._step

    @property
    def bounds(self) -> Bounds:
        """The domain of its problem; a run that has left it for good is not followed farther."""
        return self._trajectory.problem.plane.bounds

    @property
    def opts(self) -> dict[str, Any]:
        """What `pyqtgraph.ItemSample` paints in a legend."""
        style = run_style(self._spec.style, theme_behind(self))
        pen = QPen(style.color, LINE_WIDTH)
        pen.setCosmetic(True)  # it goes round the marker too, which is magnified
        if style.dash:
            pen.setDashPattern([length / LINE_WIDTH for length in style.dash])
        marker = QTransform.fromScale(0.5, 0.5).map(marker_path(style.marker))
        return {
            "pen": pen, "antialias": True, "symbol": marker, "size": _SAMPLE, "brush": QBrush(style.color),
        }  # fmt: skip

    def setStep(self, step: int) -> None:
        """Show it up to a step; `show_step` sets several at once, which is faster."""
        show_step([self], step)

    def setTrajectory(self, trajectory: Trajectory) -> None:
        """Show another run in its place, up to the same step."""
        self._trajectory = trajectory
        self.informViewBoundsChanged()
        self._repaint()

    def setStyle(self, style: int) -> None:
        """Set colour, dash pattern and marker."""
        self._spec = replace(self._spec, style=style)
        self._repaint()

    def move_to(self, step: int) -> int:
        """Set the step without asking for new paint, and return the one before."""
        before, self._step = self._step, max(0, step)
        return before

    def _repaint(self) -> None:
        for item in self.painted_by:
            item.update()

    # --- for Qt and pyqtgraph ---------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        """It paints nothing itself."""
        return QRectF()

    @guarded_item
    def paint(self, *_: Any) -> None:
        """Leave that to what all runs of the view have in common."""

    def dataBounds(self, axis: int, frac: float = 1.0, orthoRange: Any = None) -> tuple[float | None, float | None]:
        """From where to where it goes along an axis inside the domain, or at all if it never was there."""
        last = self._trajectory.last
        places = np.array([self._trajectory.x[: last + 1], self._trajectory.y[: last + 1]])
        places = places[:, np.isfinite(places).all(axis=0)]
        low, high = np.reshape(self.bounds, (2, 2)).T[:, :, None]
        inside = ((places >= low) & (places <= high)).all(axis=0)
        values = places[axis, inside] if inside.any() else places[axis]
        if orthoRange is not None:
            other = places[1 - axis, inside] if inside.any() else places[1 - axis]
            values = values[(other >= orthoRange[0]) & (other <= orthoRange[1])]
        return (float(values.min()), float(values.max())) if len(values) else (None, None)

    def viewChanged(self, view: Any, oldView: Any) -> None:
        """Be painted with the runs of the new view."""
        for painter in self.painted_by:
            painter.remove(self)
        self.painted_by = (TrailsItem.of(view), HeadsItem.of(view)) if isinstance(view, pg.ViewBox) else ()
        for painter in self.painted_by:
            painter.add(self)

    def itemChange(self, change: Any, value: Any) -> Any:
        """Be painted anew when switched on or off, and when moved above others."""
        result = super().itemChange(change, value)
        kinds = self.GraphicsItemChange
        if change in (kinds.ItemVisibleHasChanged, kinds.ItemZValueHasChanged):
            self._repaint()
        return result


def show_step(items: Iterable[TrajectoryItem], step: int) -> None:
    """Show several trajectories up to a step; asks for new paint only where something changes."""
    before = {item: item.move_to(step) for item in items}
    views: dict[tuple[RunsItem, ...], dict[Any, int]] = {}
    for item, was in before.items():
        if was != item.step:
            views.setdefault(item.painted_by, {})[item] = was
    for painters, moved in views.items():
        found = [painter.changed(moved) for painter in painters]
        for painter in painters[:1]:
            painter.update_pixels(None if None in found else [rect for rects in found for rect in rects or ()])
