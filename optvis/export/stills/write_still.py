"""Still pictures, drawn without a window: PNG, SVG and PDF."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import cast

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PyQt6.QtGui import QGuiApplication, QImage, QPainter

from optvis.document.layouts import WINDOW_LAYOUTS
from optvis.document.picture_session import with_session
from optvis.document.picture_spec import Picture
from optvis.document.session import Scene
from optvis.draw.page.figure import Figure
from optvis.draw.paint.drawable import Drawable
from optvis.draw.paint.painting import painting
from optvis.draw.paint.theme import THEMES
from optvis.export.stills.pdf import pdf_of
from optvis.export.stills.svg import svg_of
from optvis.foundation.errors import InputError
from optvis.foundation.files import check_target, write_whole
from optvis.foundation.slices import eager, part
from optvis.foundation.version import __version__
from optvis.maps.sweep_plan import Swept

_INCH = 0.0254
_DOTS_PER_INCH = 96
_RATIO_OF_LINES = 1.0
"""How fine the coloured surface is in files that keep lines; all else in them has no pixels."""


def write_still_in_slices(
    scene: Drawable, picture: Picture, swept: Swept | None = None
) -> Generator[float, None, None]:
    """Draw a scene to a file; errors as of `optvis.render`, ``swept`` as of `Figure`."""
    picture.check()
    check_target(picture.file)
    ratio = picture.scale if picture.ending == ".png" else _RATIO_OF_LINES
    figure = yield from part(figure_in_slices(scene, picture, ratio, swept), 0.0, 0.9)
    write_whole(picture.file, _KINDS[picture.ending](figure, picture))
    yield 1.0


def still_in_slices(scene: Drawable, picture: Picture) -> Generator[float, None, QImage]:
    """Draw a scene as an image; the file is not looked at."""
    return _image((yield from figure_in_slices(scene, picture, picture.scale)), picture)


still = eager(still_in_slices)


def _image(figure: Figure, picture: Picture) -> QImage:
    (step,) = picture.frames(figure.scene.steps)
    kind = QImage.Format.Format_ARGB32_Premultiplied if picture.transparent else QImage.Format.Format_RGB32
    width, height = picture.pixels
    image = QImage(width, height, kind)
    if image.isNull():
        raise InputError(f"there is not enough memory for a picture of {width} by {height} pixels")
    image.setDevicePixelRatio(picture.scale)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        figure.paint(painter, step, has_paper=not picture.transparent)
    return image


def figure_in_slices(
    scene: Drawable, picture: Picture, ratio: float, swept: Swept | None = None
) -> Generator[float, None, Figure]:
    """Lay a scene out as a picture wants it.

    Parameters
    ----------
    ratio
        Device pixels per logical pixel.
    swept
        As of `Figure`.
    """
    ensure_application()
    layout = picture.layout or scene.session.view.layout
    figure = Figure(scene, picture.page, THEMES[picture.theme], layout, ratio, swept=swept, at_once=False)
    yield from figure.lay_out()
    return figure


def png(image: QImage, title: str) -> bytes:
    """Return a picture as the bytes of a PNG file that says its title and what made it."""
    image.setText("Title", title)
    image.setText("Software", f"optvis {__version__}")
    dots = round(_DOTS_PER_INCH * image.devicePixelRatio() / _INCH)
    image.setDotsPerMeterX(dots)
    image.setDotsPerMeterY(dots)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):
        raise RuntimeError("Qt could not encode the picture as PNG")
    buffer.close()
    return data.data()


def _png(figure: Figure, picture: Picture) -> bytes:
    scene = figure.scene
    return _with_session(png(_image(figure, picture), scene.problem.title), scene, picture)


def _svg(figure: Figure, picture: Picture) -> bytes:
    return _with_session(_of_lines(svg_of, figure, picture), figure.scene, picture)


def _pdf(figure: Figure, picture: Picture) -> bytes:
    return _of_lines(pdf_of, figure, picture)


def _of_lines(
    make: Callable[[Callable[[QPainter], None], tuple[int, int], float, str], bytes], figure: Figure, picture: Picture
) -> bytes:
    (step,) = picture.frames(figure.scene.steps)

    def paint(painter: QPainter) -> None:
        figure.paint(painter, step, has_paper=not picture.transparent)

    return make(paint, picture.page, picture.scale, figure.scene.problem.title)


def _with_session(data: bytes, scene: Drawable, picture: Picture) -> bytes:
    """Put the session in, with the layout that is seen where a session can have it; trajectories have none."""
    if not isinstance(scene, Scene):
        return data
    view = scene.session.view
    if picture.layout in WINDOW_LAYOUTS:
        view = replace(view, layout=picture.layout)
    return with_session(data, replace(scene.session, view=view))


_KINDS: dict[str, Callable[[Figure, Picture], bytes]] = {".png": _png, ".svg": _svg, ".pdf": _pdf}


_application: QGuiApplication | None = None


def ensure_application() -> QGuiApplication:
    """Return the running Qt application, or start one that needs no display.

    Fonts need one. It is kept for the rest of the process.
    """
    global _application
    running = QGuiApplication.instance()
    if running is None:
        before = os.environ.get("QT_QPA_PLATFORM")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        try:
            _application = QGuiApplication([sys.argv[0] or "optvis"])
        finally:
            if before is None:
                del os.environ["QT_QPA_PLATFORM"]
            else:
                os.environ["QT_QPA_PLATFORM"] = before
        running = _application
    return cast(QGuiApplication, running)
