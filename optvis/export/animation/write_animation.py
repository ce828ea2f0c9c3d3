"""Animations: the frames of a scene, one after the other, into a file.

One figure is painted at rising steps and draws only what is new; of a frame only what differs from the
one before is written (`frame_changes`), in the way of each format (`gif`, `apng`, `webp`). Video finds
differences itself and gets whole frames (`mp4`).
"""

from __future__ import annotations

from collections.abc import Generator
from fractions import Fraction
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QImage, QPainter

from optvis.document.picture_spec import Picture
from optvis.draw.page.figure import Figure
from optvis.draw.paint.drawable import Drawable
from optvis.draw.paint.painting import painting
from optvis.draw.paint.theme import run_style
from optvis.explain.settled import settled_step
from optvis.export.animation.apng import Apng
from optvis.export.animation.frame_changes import ChangesWriter
from optvis.export.animation.gif import Gif
from optvis.export.animation.webp import WebP
from optvis.export.stills.write_still import figure_in_slices
from optvis.foundation.errors import InputError
from optvis.foundation.files import whole_file
from optvis.foundation.slices import part

_LAID_OUT = 0.1  # of an animation is done when its figure is
Pixels = NDArray[np.uint32]
"""A frame, ``(height, width)``: 0xFFRRGGBB."""


class Writer(Protocol):
    """Takes the frames of one file."""

    def add(self, pixels: Pixels, until: Fraction) -> None:
        """Write a frame that is shown up to a time, in seconds from the beginning."""

    def close(self) -> None:
        """Write what comes after the last frame."""


def write_animation_in_slices(scene: Drawable, picture: Picture) -> Generator[float, None, None]:
    """Draw an animation to a file, yielding the share that is done after every slice.

    Drop the generator to cancel; a file that is not whole is left nowhere.

    Raises
    ------
    InputError
        As of `optvis.render`; most before the first slice is over.
    """
    picture.check()
    steps = picture.frames(scene.steps, settled_step((run.trajectory for run in scene.visible_runs), scene.bounds))
    if picture.ending == ".mp4":
        from optvis.export.animation.mp4 import check_video

        check_video()
    with whole_file(picture.file) as file:
        yield 0.0
        figure = yield from part(figure_in_slices(scene, picture, picture.scale), 0.0, _LAID_OUT)
        frames = Frames(figure, picture.pixels)
        yield _LAID_OUT
        writer = _writer(file, picture, frames, steps)
        rate = Fraction(picture.fps).limit_denominator(1000)
        for index, step in enumerate(steps):
            pixels = frames.at(step)
            yield 1 - (1 - _LAID_OUT) * (1 - (index + 0.5) / len(steps))
            is_last = index == len(steps) - 1
            hold = Fraction(picture.hold).limit_denominator(1000) if is_last else 0
            writer.add(pixels, (index + 1) / rate + hold)
            yield 1 - (1 - _LAID_OUT) * (1 - (index + 1) / len(steps))
        writer.close()


class Frames:
    """A figure as pixels at any step."""

    def __init__(self, figure: Figure, size: tuple[int, int]) -> None:
        self._figure = figure
        self._background = figure.background()
        self._image = QImage(*size, QImage.Format.Format_RGB32)
        if self._image.isNull():
            raise InputError(f"there is not enough memory for frames of {size[0]} by {size[1]} pixels")
        self._image.setDevicePixelRatio(figure.ratio)
        self._image.fill(figure.theme.paper)

    @property
    def main_colors(self) -> list[int]:
        """Colours that must not change: those of the page, of text and of the runs; 0xFFRRGGBB."""
        theme = self._figure.theme
        runs = (run_style(run.spec.style, theme).color for run in self._figure.scene.visible_runs)
        return [color.rgb() for color in (theme.paper, theme.ink, theme.muted, theme.halo, *runs)]

    def at(self, step: int) -> Pixels:
        """Return the frame of a step; it holds until the next one is asked for."""
        with painting(self._image) as painter:
            painter.drawImage(0, 0, self._background)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._figure.paint_moving(painter, step)
        bits: Any = self._image.constBits()
        bits.setsize(self._image.sizeInBytes())
        shape = self._image.height(), self._image.bytesPerLine() // 4
        return np.frombuffer(bits, dtype=np.uint32).reshape(shape)[:, : self._image.width()]


def _writer(file: BinaryIO, picture: Picture, frames: Frames, steps: list[int]) -> Writer:
    size, loop = picture.pixels, picture.loop
    if picture.ending == ".mp4":
        from optvis.export.animation.mp4 import Mp4

        return Mp4(file, size, picture.fps)
    if picture.ending == ".gif":
        samples = [frames.at(step).copy() for step in (steps[-1], steps[0])]
        return ChangesWriter(Gif(file, size, loop, samples, frames.main_colors))
    return ChangesWriter(Apng(file, size, loop) if picture.ending == ".apng" else WebP(file, size, loop))
