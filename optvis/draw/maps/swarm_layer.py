"""Swarms: many points over a map, painted into an image at a cost that hardly depends on their number.

Few points are discs, placed to a fraction of a pixel, the fewest with a halo. Many are squares of about a
pixel whose colour deepens where several are on one. Where a crowd is on one pixel, a disc grows with it: a
swarm that has come together in four minima is four dots that can be seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from optvis.draw.paint.strokes import is_vector
from optvis.draw.paint.theme import Theme, contrast, mixed, run_style
from optvis.draw.paint.viewport import Viewport
from optvis.maps.swarm import Swarm

Array = NDArray[np.float64]

LARGEST, SMALLEST = 6.0, 1.6
"""Diameters of discs in logical pixels; what would be smaller is a square."""
MAX_DISCS = 12_500
MAX_HALOS = 2_500
_CROWD = 8  # points on one pixel, or more
_MAX_CROWDS = 1_500
_GROWTH = 2.4  # pixels for ten times as many
_HALO = 1.6  # of a disc's diameter
_MARGIN = 32.0  # pixels beside the map from where a disc may still reach into it, also on a large page
_RATIO_OF_LINES = 2.0
_LEVELS = 16  # of coverage
_LEAST_CONTRAST = 2.0  # to the paper of the map
_TILE = 64.0  # pixels
_DEEPEST = 6  # points on a pixel from where the colour is deepest


class SwarmLayer:
    """An image of a swarm at a step; the same step painted again only paints the image.

    Attributes
    ----------
    drawn
        How many images were made so far; for tests.
    """

    def __init__(self) -> None:
        self.drawn = 0
        self._drawn_for: tuple[Any, ...] = ()
        self._rect = QRectF()
        self._canvas: _Canvas | None = None

    def paint(
        self,
        painter: QPainter,
        swarm: Swarm,
        viewport: Viewport,
        step: int,
        style: int,
        theme: Theme,
        ratio: float = 1.0,
    ) -> None:
        """Paint a swarm as of a step into the viewport's rectangle.

        Files that keep lines get a fine image too, for no program likes 100,000 paths.

        Parameters
        ----------
        style
            Of the run, 0 to 63.
        ratio
            Device pixels per logical pixel.
        """
        self._update(swarm, viewport, step, style, theme, _RATIO_OF_LINES if is_vector(painter) else ratio)
        if self._canvas is not None:
            painter.drawImage(self._rect, self._canvas.image)

    def _update(self, swarm: Swarm, viewport: Viewport, step: int, style: int, theme: Theme, ratio: float) -> None:
        place = (viewport.bounds, viewport.rect.getRect(), viewport.weight, ratio)
        drawn_for = (swarm.spec, place, step, style, theme.name)  # which holds no positions
        if drawn_for == self._drawn_for:
            return
        self.drawn += 1
        self._drawn_for, self._rect = drawn_for, QRectF(viewport.rect)
        size = (max(1, round(viewport.rect.width() * ratio)), max(1, round(viewport.rect.height() * ratio)))
        if self._canvas is None or (self._canvas.size, self._canvas.ratio) != (size, ratio):
            self._canvas = _Canvas(size, ratio)
        self._canvas.draw(swarm, viewport, step, shades_of(style, theme))


@dataclass(frozen=True, eq=False)
class Shades:
    """Ready pixels of one run's swarm, each array from the least to the most.

    Attributes
    ----------
    halo, plain, on_halo, deep
        Of which so much is covered: by a halo, by a disc, by a disc on its halo, by a disc for a crowd of squares.
    squares
        On which there are 1, 2, 3, … points.
    """

    halo: NDArray[np.uint32]
    plain: NDArray[np.uint32]
    on_halo: NDArray[np.uint32]
    deep: NDArray[np.uint32]
    squares: NDArray[np.uint32]


@lru_cache(maxsize=32)
def shades_of(style: int, theme: Theme) -> Shades:
    """Return the pixels of a run's style; a colour as pale as the map is darkened."""
    run = run_style(style, theme)
    color = run.color if contrast(run.color, theme.map_paper) >= _LEAST_CONTRAST else mixed(run.color, theme.ink, 0.5)
    deep = mixed(color, theme.ink, 0.45)
    covered = np.linspace(0.0, 1.0, _LEVELS)
    return Shades(
        halo=_pixels(run.halo, covered),
        plain=_pixels(color, covered),
        on_halo=_mixtures(color, run.halo, covered, np.ones(_LEVELS)),
        deep=_pixels(deep, covered),
        squares=_mixtures(deep, color, np.linspace(0.0, 1.0, _DEEPEST), np.linspace(0.8, 1.0, _DEEPEST)),
    )


def diameter_of(count: int, viewport: Viewport) -> float:
    """Return how wide points are in logical pixels, as they are far from each other over the whole map."""
    apart = math.sqrt(viewport.rect.width() * viewport.rect.height() / count)
    return min(LARGEST, 0.8 * math.sqrt(apart)) * viewport.weight


def moved_reach(swarm: Swarm, viewport: Viewport, before: int, after: int) -> list[QRectF]:
    """Return rectangles outside of which a swarm looks the same at two steps."""
    widest = diameter_of(swarm.count, viewport) + _GROWTH * viewport.weight * math.log10(swarm.count) + 1
    reach = widest / 2 * _HALO + 2
    places = [viewport.to_pixels(*swarm.at(step).T) for step in (before, after)]
    with np.errstate(invalid="ignore"):
        has_moved = ~(places[0] == places[1]).all(axis=1)
        at = np.concatenate(places)[np.tile(has_moved, 2)]
        rect = viewport.rect.adjusted(-reach, -reach, reach, reach)
        is_near = (at[:, 0] >= rect.left()) & (at[:, 0] <= rect.right())
        is_near &= (at[:, 1] >= rect.top()) & (at[:, 1] <= rect.bottom())
    columns, rows = ((at[is_near] - (rect.left(), rect.top())) // _TILE).astype(np.intp).T
    high = int(rect.height() // _TILE) + 1
    tiles = np.flatnonzero(np.bincount(columns * high + rows)).tolist()
    side = _TILE + 2 * reach
    corners = ((rect.left() + tile // high * _TILE, rect.top() + tile % high * _TILE) for tile in tiles)
    return [QRectF(x - reach, y - reach, side, side) for x, y in corners]


class _Canvas:
    """Pixels of one map with a margin all round, so that nothing needs clipping.

    Attributes
    ----------
    size
        Of the image in device pixels.
    image
        The pixels without the margin.
    """

    def __init__(self, size: tuple[int, int], ratio: float) -> None:
        self.size, self.ratio = size, ratio
        self._margin = math.ceil(_MARGIN * ratio)
        self._width, self._height = (side + 2 * self._margin for side in size)
        self._pixels = np.zeros(self._width * self._height, np.uint32)
        first = self._margin * (self._width + 1)
        inside: Any = self._pixels[first:].data
        self.image = QImage(inside, *size, 4 * self._width, QImage.Format.Format_ARGB32_Premultiplied)
        self.image.setDevicePixelRatio(ratio)

    def draw(self, swarm: Swarm, viewport: Viewport, step: int, shades: Shades) -> None:
        """Draw all points anew."""
        self._pixels.fill(0)
        places = self._places(swarm, viewport, step)
        if len(places) == 0:
            return
        weight, size = viewport.weight, diameter_of(swarm.count, viewport)
        sizes, crowds, together = self._crowds(places, swarm.count, size, weight)
        groups = [(crowds[sizes == each], float(each)) for each in np.unique(sizes)]
        if swarm.count > MAX_DISCS or size < SMALLEST * weight:
            self._squares(places, together, weight, shades.squares)
            color = shades.deep
        else:
            groups = [(places, size), *groups]
            color = shades.on_halo if swarm.count <= MAX_HALOS else shades.plain
        if color is shades.on_halo:
            for group, diameter in groups:
                self._cover(group, diameter / 2 * _HALO, shades.halo)
        for group, diameter in groups:
            self._cover(group, diameter / 2, color)

    def _places(self, swarm: Swarm, viewport: Viewport, step: int) -> Array:
        """Where points are that can be seen, in device pixels from the corner of the margin, ``(n, 2)``."""
        at = swarm.at(step)
        pixels = viewport.to_pixels(at[:, 0], at[:, 1])
        with np.errstate(all="ignore"):
            pixels -= (viewport.rect.left(), viewport.rect.top())
            pixels = pixels * self.ratio + self._margin
            seen = (pixels >= 0) & (pixels < (self._width, self._height))
        return pixels[seen[:, 0] & seen[:, 1]]

    def _crowds(self, places: Array, count: int, size: float, weight: float) -> tuple[Array, Array, NDArray[np.intp]]:
        """Sizes and places of crowds, and for every point how many are on its logical pixel."""
        cell = max(1.0, self.ratio)
        columns, rows = math.ceil(self._width / cell), math.ceil(self._height / cell)
        cells = (places / cell).astype(np.intp)
        index = cells[:, 1] * columns + cells[:, 0]
        together = np.bincount(index, minlength=columns * rows)[index]
        crowded = np.flatnonzero(together >= max(_CROWD, count / _MAX_CROWDS))
        _, first = np.unique(index[crowded], return_index=True)
        members = crowded[first]
        sizes = np.round(size + _GROWTH * weight * np.log10(together[members]))
        return sizes, places[members], together

    def _squares(self, places: Array, together: NDArray[np.intp], weight: float, shades: NDArray[np.uint32]) -> None:
        """Draw a square for every point; what several share is deeper."""
        side = max(1, round(self.ratio * weight))
        shade = shades[np.minimum(together, len(shades)) - 1]
        corner = (places - (side - 1) / 2).astype(np.intp).clip(0, (self._width - side, self._height - side))
        index = corner[:, 1] * self._width + corner[:, 0]
        for down in range(side):
            for right in range(side):
                self._pixels[index + (down * self._width + right)] = shade

    def _cover(self, places: Array, radius: float, shades: NDArray[np.uint32]) -> None:
        """Draw discs over what is there; what one covers wholly no edge of another covers again."""
        index, share = self._covered(places, radius * self.ratio)
        level = (share * (len(shades) - 1) + 0.5).astype(np.uint8)
        is_whole = level == len(shades) - 1
        at_edge = ~is_whole
        self._pixels[index[at_edge]] = shades[level[at_edge]]
        self._pixels[index[is_whole]] = shades[-1]

    def _covered(self, places: Array, radius: float) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Indices of the pixels that discs of a radius in device pixels touch, and how much of each is covered."""
        reach = math.ceil(radius)
        places = places.clip(reach, (self._width - reach - 1.001, self._height - reach - 1.001))
        corner = places.astype(np.intp)
        around = np.arange(-reach, reach + 1)
        across, down = (
            (around[:, None] + (0.5 - (places[:, axis] - corner[:, axis]))).astype(np.float32) for axis in (0, 1)
        )
        far = np.sqrt(across[None] ** 2 + down[:, None] ** 2)
        share = np.clip(np.float32(radius + 0.5) - far, 0.0, 1.0)
        index = (corner[:, 1] + around[:, None])[:, None] * self._width + (corner[:, 0] + around[:, None])[None]
        touched = share > 0
        return index[touched], share[touched]


def _mixtures(one: QColor, other: QColor, shares: Array, alphas: Array) -> NDArray[np.uint32]:
    """So much of the first colour with the rest of the second, each with its alpha."""
    pairs = zip(shares.tolist(), alphas.tolist(), strict=True)
    return np.concatenate([_pixels(mixed(one, other, share), np.array([alpha])) for share, alpha in pairs])


def _pixels(color: QColor, alphas: Array) -> NDArray[np.uint32]:
    """A colour as 0xAARRGGBB, multiplied by each alpha."""
    red, green, blue = (np.rint(part * alphas).astype(np.uint32) for part in color.getRgb()[:3] if part is not None)
    return (np.rint(255 * alphas).astype(np.uint32) << 24 | red << 16 | green << 8 | blue).astype(np.uint32)
