"""Still pictures, drawn without a window."""

from __future__ import annotations

import os
import sys
from typing import cast

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice
from PyQt6.QtGui import QGuiApplication, QImage, QPainter

from optvis import __version__
from optvis.draw.drawable import Drawable
from optvis.draw.figure import Figure, Layout
from optvis.draw.theme import THEMES
from optvis.errors import InputError
from optvis.export.limits import check
from optvis.files import check_target, write_whole

_INCH = 0.0254
_DOTS_PER_INCH = 96
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


def still(
    scene: Drawable,
    size: tuple[int, int] = (1200, 800),
    scale: float = 1.0,
    theme: str = "light",
    layout: str | None = None,
    step: int | None = None,
) -> QImage:
    """Draw a scene; parameters and errors as of `optvis.render`."""
    ensure_application()
    if theme not in THEMES:
        raise InputError(f"there is no theme {theme!r}; there are light and dark")
    layout = layout or scene.session.view.layout
    if layout not in ("map", "multiples"):
        raise InputError(f"there is no layout {layout!r}; there are map and multiples")
    step = scene.steps if step is None else step
    if not 0 <= step <= scene.steps:
        raise InputError(f"the step to draw must be from 0 to {scene.steps}, not {step}")
    width, height = size
    image = QImage(round(width * scale), round(height * scale), QImage.Format.Format_RGB32)
    if image.isNull():
        raise InputError(f"there is not enough memory for a picture of {width} by {height} at scale {scale:g}")
    image.setDevicePixelRatio(scale)
    figure = Figure(scene, size, THEMES[theme], cast(Layout, layout), scale)
    painter = QPainter(image)
    try:
        figure.paint(painter, step)
    finally:
        painter.end()
    return image


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


def write_still(
    scene: Drawable,
    file: str | os.PathLike[str],
    size: tuple[int, int] = (1200, 800),
    scale: float = 1.0,
    theme: str = "light",
    layout: str | None = None,
    step: int | None = None,
) -> None:
    """Draw a scene to a file; parameters and errors as of `optvis.render`."""
    check(file, size, scale)
    check_target(file)
    write_whole(file, png(still(scene, size, scale, theme, layout, step), scene.problem.title))
