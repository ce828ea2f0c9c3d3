"""The loss as a height field over a window of the plane, ready to be looked at from any side."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optvis.draw.surface.camera import TOP
from optvis.foundation.slices import eager
from optvis.landscape.loss_surface import NOT_FINITE, LossScale, surface_in_slices
from optvis.problems.problem import Bounds, Problem

Array = NDArray[np.float64]

STILL = 120
"""Nodes along each side while the camera stands still, and in pictures."""
MOVING = 60
"""Nodes along each side while the camera turns."""

_SOFTER = 8.0
_NARROWEST = 0.25  # of the box, where one unit is to be as long on x as on y


@dataclass(frozen=True, eq=False)
class Polylines:
    """Lines through points of the box, all in one array, so that they are projected at once.

    Attributes
    ----------
    points
        ``(n, 3)``; z may be nan.
    is_joined
        Whether a line leads from a point to the next, ``(n-1,)``.
    """

    points: Array
    is_joined: NDArray[np.bool_]

    @classmethod
    def of(cls, lines: Sequence[Array]) -> Polylines:
        """Put lines ``(k, 3)`` together."""
        points = np.concatenate([np.empty((0, 3)), *lines])
        is_joined = np.ones(max(0, len(points) - 1), dtype=bool)
        is_joined[np.cumsum([len(line) for line in lines], dtype=np.intp)[:-1] - 1] = False
        return cls(points, is_joined)


@dataclass(frozen=True, eq=False)
class Mesh:
    """Heights at the nodes of a square grid, and colours of its cells.

    Places of the plane are given in coordinates of the box, see `to_box`; cells are numbered along x
    first.

    Attributes
    ----------
    half
        Half the lengths of the box along x and y; the longer is 1.
    heights
        ``(n, n)``, y first, from 0 to `TOP`; nan where the loss is not finite.
    tones
        Of the cells, ``(n-1, n-1)``, on the same scale as the map.
    scale
        Of the heights: that of the colours, stretched to the losses in view.
    contours
        Of the map's levels, on the surface.
    """

    bounds: Bounds
    half: tuple[float, float]
    heights: Array
    tones: NDArray[np.uint8]
    scale: LossScale
    contours: Polylines

    @property
    def resolution(self) -> int:
        """Nodes along each side."""
        return len(self.heights)

    def to_box(self, x: Any, y: Any) -> Array:
        """Return plane coordinates in those of the box, ``(…, 2)``; what is not finite stays so."""
        xmin, xmax, ymin, ymax = self.bounds
        with np.errstate(all="ignore"):
            across = (np.asarray(x, dtype=float) - (xmin + xmax) / 2) * (2 / (xmax - xmin)) * self.half[0]
            along = (np.asarray(y, dtype=float) - (ymin + ymax) / 2) * (2 / (ymax - ymin)) * self.half[1]
        return np.stack([across, along], axis=-1)

    def height_at(self, places: Array) -> Array:
        """Return how high the painted surface is at places of the box ``(…, 2)``.

        nan beyond the edges and in cells without a loss.
        """
        last = self.resolution - 1
        with np.errstate(invalid="ignore"):
            at = (places / self.half + 1) * (last / 2)
            inside = np.all((at >= -1e-9) & (at <= last + 1e-9), axis=-1)
        places = np.where(inside[..., None], places, 0.0)
        at = np.where(inside[..., None], at, last / 2)
        column, row = self.cell_at(places)
        share = at - np.stack([column, row], axis=-1)
        s, t = share[..., 0], share[..., 1]
        low = (1 - s) * self.heights[row, column] + s * self.heights[row, column + 1]
        high = (1 - s) * self.heights[row + 1, column] + s * self.heights[row + 1, column + 1]
        return np.where(inside, (1 - t) * low + t * high, np.nan)

    def cell_at(self, places: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the columns and the rows of the cells that finite places of the box ``(…, 2)`` are nearest to."""
        last = self.resolution - 1
        cell = np.clip((places / self.half + 1) * (last / 2), 0, last - 1).astype(np.intp)
        return cell[..., 0], cell[..., 1]

    @cached_property
    def nodes(self) -> tuple[Array, Array]:
        """Coordinates of the columns and of the rows of nodes, ``(n,)`` each."""
        return np.linspace(-self.half[0], self.half[0], self.resolution), np.linspace(
            -self.half[1], self.half[1], self.resolution
        )

    @cached_property
    def rim(self) -> Polylines:
        """The four edges of the surface."""
        (x, y), z = self.nodes, self.heights
        edges = ((x, y[0], z[0]), (x, y[-1], z[-1]), (x[0], y, z[:, 0]), (x[-1], y, z[:, -1]))
        return Polylines.of([np.column_stack(np.broadcast_arrays(*parts)) for parts in edges])

    @cached_property
    def slopes(self) -> tuple[Array, Array]:
        """How steep each cell is along x and along y, ``(n-1, n-1)``."""
        z = self.heights
        per_x, per_y = ((self.resolution - 1) / (2 * half) for half in self.half)
        along_x = (z[:-1, 1:] - z[:-1, :-1] + z[1:, 1:] - z[1:, :-1]) / 2
        along_y = (z[1:, :-1] - z[:-1, :-1] + z[1:, 1:] - z[:-1, 1:]) / 2
        return along_x * per_x, along_y * per_y

    @cached_property
    def is_whole(self) -> NDArray[np.bool_]:
        """Which cells have a loss at all four corners, ``(n-1, n-1)``."""
        return np.asarray(self.tones != NOT_FINITE)


def mesh_in_slices(
    problem: Problem, scale: LossScale, bounds: Bounds, resolution: int = STILL, *, is_equal: bool = False
) -> Generator[float, None, Mesh]:
    """Sample a window as a mesh of the box.

    Parameters
    ----------
    scale
        Of the map's colours.
    resolution
        Nodes along each side, at least 2.
    is_equal
        One unit is as long on x as on y, as far as the box does not get too narrow.
    """
    finer = 1 if resolution <= MOVING else 2  # contour lines want more nodes than the mesh
    nodes = finer * (resolution - 1) + 1
    made = yield from surface_in_slices(problem, scale, bounds, (nodes, nodes))
    values = made.grid.values[::finer, ::finer]
    low, high = scale.robust_range(made.grid.values)
    # A narrow gorge that is bottomless in logarithms would be torn to spikes between the nodes.
    steep = replace(scale, low=low, high=high, knee=scale.knee * _SOFTER, is_flat=not low < high)
    shades = scale.normalised(values)
    middle = (shades[:-1, :-1] + shades[:-1, 1:] + shades[1:, :-1] + shades[1:, 1:]) / 4
    with np.errstate(invalid="ignore"):
        tones = np.where(np.isnan(middle), NOT_FINITE, np.rint(middle * 254)).astype(np.uint8)
    half = _half(bounds) if is_equal else (1.0, 1.0)
    mesh = Mesh(bounds, half, TOP * steep.normalised(values), tones, steep, Polylines.of([]))
    yield 1.0
    places = [mesh.to_box(*line.T) for _, lines in made.contours for line in lines]
    return replace(mesh, contours=Polylines.of([np.column_stack([at, mesh.height_at(at)]) for at in places]))


mesh = eager(mesh_in_slices)


def _half(bounds: Bounds) -> tuple[float, float]:
    xmin, xmax, ymin, ymax = bounds
    across, along = xmax - xmin, ymax - ymin
    longer = max(across, along)
    return max(across / longer, _NARROWEST), max(along / longer, _NARROWEST)
