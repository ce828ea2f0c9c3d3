"""What is seen of a mesh from one side: which cell at which pixel, and in what colour.

The mesh is painted in strips, back to front. A strip is one row of cells, or one column where the
viewer looks rather along the rows; none can hide one that comes later. What is painted is the number
of the cell, without antialiasing, so there are no seams; colours are looked up afterwards, pixel by
pixel. The numbers also tell whether a point is hidden.

Looking across a strip one sees, in a column of pixels, no more than about one cell of it. So the
numbers of a strip depend on the column alone, and a strip is one polygon, filled with a texture one
pixel high: some dozens of calls of Qt instead of thousands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6 import sip
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QBrush, QImage

from optvis.draw.paint.painting import painting
from optvis.draw.paint.theme import Theme, color_table
from optvis.draw.surface.camera import Projection
from optvis.draw.surface.mesh import Mesh

Array = NDArray[np.float64]

_NUMBER = 0xFFFFFF  # the bits of a pixel that hold the number of a cell plus 1
_LIGHT = (-0.45, 0.65, 0.60)  # where it comes from: right, up and towards the viewer; it turns with the viewer
_CONTRAST = 0.34
_UNDERSIDE = 0.72
_TOLERANCE = 1.5  # cells


@dataclass(frozen=True, eq=False)
class Facets:
    """What is seen of a mesh.

    Attributes
    ----------
    corner
        The upper left corner of the pixels, in logical pixels.
    density
        Samples per logical pixel along each side.
    numbers
        Which cell is seen, plus 1; 0 where there is none; ``(rows, columns)``.
    """

    mesh: Mesh
    projection: Projection
    corner: QPointF
    density: float
    numbers: NDArray[np.int32]

    def seen_at(self, pixels: Array) -> NDArray[np.intp]:
        """Return the cell that is seen at places ``(n, 2)`` in logical pixels; −1 where there is none."""
        rows, columns = self.numbers.shape
        if not self.numbers.size:
            return np.full(len(pixels), -1, dtype=np.intp)
        at = np.floor((pixels - (self.corner.x(), self.corner.y())) * self.density)
        inside = np.all((at >= 0) & (at < (columns, rows)), axis=1)
        at = np.where(inside[:, None], at, 0).astype(np.intp)
        return np.where(inside, self.numbers[at[:, 1], at[:, 0]].astype(np.intp) - 1, -1)

    def hides(self, pixels: Array, places: Array, *, is_rim: bool = False) -> NDArray[np.bool_]:
        """Tell which points just above the surface cannot be seen.

        They are behind some other part of it, or it shows its underside there.

        Parameters
        ----------
        pixels
            Where they are drawn, ``(n, 2)``.
        places
            Where they are in the box, ``(n, 2)``.
        is_rim
            The points are on the edge of the surface, which is seen from below too.
        """
        cells = self.seen_at(pixels)
        columns = self.mesh.resolution - 1
        x, y = self.mesh.nodes
        seen_x, seen_y = (x[:-1] + x[1:])[cells % columns] / 2, (y[:-1] + y[1:])[cells // columns] / 2
        ahead = self.projection.nearness(seen_x, seen_y) - self.projection.nearness(*places.T)
        extents = zip(self.projection.towards, self.mesh.half, strict=True)
        cell = sum(abs(part) * 2 * half / columns for part, half in extents)  # as the viewer sees it
        behind = (cells >= 0) & (ahead > _TOLERANCE * cell)
        if is_rim:
            return behind
        own_column, own_row = self.mesh.cell_at(places)
        return behind | ~self.faces_viewer[own_row, own_column]

    @cached_property
    def faces_viewer(self) -> NDArray[np.bool_]:
        """Which cells show their upper side, ``(n-1, n-1)``."""
        cos, sin = self.projection.tilt
        ahead = self.projection.nearness(*self.mesh.slopes)
        with np.errstate(invalid="ignore"):
            return np.asarray(sin - cos * ahead > 0)

    def image(self, theme: Theme, colormap: str) -> QImage:
        """Return the picture, clear where no cell is seen; `density` pixels per logical pixel."""
        colors = np.zeros(self.mesh.tones.size + 1, dtype=np.uint32)
        colors[1:] = self._colors(theme, colormap)
        pixels = colors.take(self.numbers)
        rows, columns = pixels.shape
        memory: Any = pixels.data
        return QImage(memory, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied).copy()

    def _colors(self, theme: Theme, colormap: str) -> NDArray[np.uint32]:
        """The colour of each cell: the map's, lit softly; a level cell has just the map's."""
        plain = _channels(colormap, theme)[self.mesh.tones.ravel()]
        light = _lit(self.mesh, self.projection).ravel()
        upper = self.faces_viewer.ravel()
        factor = np.where(upper, 1 + _CONTRAST * light, _UNDERSIDE * (1 - _CONTRAST * light / 2))
        lit = np.clip(np.nan_to_num(plain * factor[:, None]), 0, 255).astype(np.uint32)
        return np.asarray(0xFF000000 | lit[:, 0] << 16 | lit[:, 1] << 8 | lit[:, 2], dtype=np.uint32)


def facets(mesh: Mesh, projection: Projection, density: float) -> Facets:
    """Find out which cell is seen at every sample of the projection's rectangle."""
    x, y = mesh.nodes
    nodes = projection.to_pixels(x[None, :], y[:, None], mesh.heights)
    finite = nodes[np.isfinite(mesh.heights)]
    area = QRectF(projection.rect) if len(finite) else QRectF()
    if len(finite):
        (left, top), (right, bottom) = finite.min(axis=0) - 1, finite.max(axis=0) + 1
        area &= QRectF(left, top, right - left, bottom - top)
    # Whole samples, counted from the rectangle's corner, so that the picture fits the paper's pixels.
    origin = projection.rect.topLeft()
    first = [math.floor((low - of) * density) for low, of in ((area.left(), origin.x()), (area.top(), origin.y()))]
    corner = QPointF(origin.x() + first[0] / density, origin.y() + first[1] / density)
    size = QSize(math.ceil((area.right() - corner.x()) * density), math.ceil((area.bottom() - corner.y()) * density))
    if area.isEmpty() or size.isEmpty():
        return Facets(mesh, projection, corner, density, np.zeros((0, 0), dtype=np.int32))
    pixels = (nodes - (corner.x(), corner.y())) * density
    return Facets(mesh, projection, corner, density, _numbered(mesh, projection, pixels, size))


def _numbered(mesh: Mesh, projection: Projection, nodes: Array, size: QSize) -> NDArray[np.int32]:
    """Paint the numbers of the cells; ``nodes`` ``(n, n, 2)`` are given in samples."""
    cells: NDArray[np.int32] = np.arange(1, mesh.tones.size + 1, dtype=np.int32).reshape(mesh.tones.shape)
    whole, ahead = mesh.is_whole, projection.towards
    if abs(ahead[0]) * mesh.half[1] > abs(ahead[1]) * mesh.half[0]:  # strips along y
        nodes, cells, whole, ahead = nodes.swapaxes(0, 1), cells.T, whole.T, ahead[::-1]
    if ahead[1] < 0:
        nodes, cells, whole = nodes[::-1], cells[::-1], whole[::-1]
    columns, rows = size.width(), size.height()
    strips, count = cells.shape
    # Where each strip's cells begin and end, halfway between its two sides; equal steps from cell to cell.
    sides = (nodes[1:, :, 0] + nodes[:-1, :, 0]) / 2
    begin, end = sides[:, 0], sides[:, -1]
    share = (np.arange(columns) + 0.5 - begin[:, None]) * (count / (end - begin))[:, None]
    textures = np.take_along_axis(cells, np.clip(share, 0, count - 1).astype(np.intp), axis=1)
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(0)
    with painting(image) as painter:
        painter.setPen(Qt.PenStyle.NoPen)
        outlines = np.concatenate([nodes[:-1], nodes[1:, ::-1]], axis=1)
        polygons = _points(outlines.reshape(-1, 2))
        for strip in range(strips):
            memory: Any = textures[strip].data
            painter.setBrush(QBrush(QImage(memory, columns, 1, 4 * columns, QImage.Format.Format_RGB32)))
            if whole[strip].all():
                at = 2 * (count + 1) * strip
                painter.drawPolygon(polygons[at : at + 2 * (count + 1)], Qt.FillRule.WindingFill)
                continue
            for first, last in _runs(whole[strip]):
                part = cells[strip, np.clip(share[strip], first, last - 1).astype(np.intp)]
                memory = part.data
                painter.setBrush(QBrush(QImage(memory, columns, 1, 4 * columns, QImage.Format.Format_RGB32)))
                outline = [nodes[strip, first : last + 1], nodes[strip + 1, first : last + 1][::-1]]
                painter.drawPolygon(_points(np.concatenate(outline)), Qt.FillRule.WindingFill)
    bits: Any = image.constBits()
    bits.setsize(rows * columns * 4)
    numbered: NDArray[np.int32] = np.frombuffer(bits, dtype=np.int32).reshape(rows, columns) & _NUMBER
    return numbered


def _points(values: Array) -> Any:
    """Copy ``(n, 2)`` into one block of Qt points."""
    make: Any = sip.array
    block = make(QPointF, len(values))
    memory: Any = sip.voidptr(block, 16 * len(values))
    np.frombuffer(memory, dtype=np.float64)[:] = values.ravel()
    return block


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where flags are set: the first index and the one after the last of each run."""
    if flags.all():
        return [(0, len(flags))]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


@lru_cache(maxsize=8)
def _channels(colormap: str, theme: Theme) -> Array:
    """Red, green and blue of all tones, ``(256, 3)``."""
    table = np.array(color_table(colormap, theme), dtype=np.uint32)
    return np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], axis=1).astype(float)


def _lit(mesh: Mesh, projection: Projection) -> Array:
    """How much more light falls on each cell than on a level one, ``(n-1, n-1)``."""
    right, up, near = np.array(_LIGHT) / np.linalg.norm(_LIGHT)
    (ahead_x, ahead_y), (cos, sin) = projection.towards, projection.tilt
    x = -right * ahead_y + (near * cos - up * sin) * ahead_x
    y = right * ahead_x + (near * cos - up * sin) * ahead_y
    z = up * cos + near * sin
    slope_x, slope_y = mesh.slopes
    return np.asarray((z - x * slope_x - y * slope_y) / np.sqrt(1 + slope_x**2 + slope_y**2) - z)
