"""A picture as SVG: paths, and text that can be found and changed.

`QSvgGenerator` leaves out clipping and does not say how wide text is. So the painter here notes every
clip in the file, and what it wrote is then put into groups with clip paths; text gets the width that it
had, for a viewer with other fonts must not write over what stands beside it.
"""

from __future__ import annotations

import secrets
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QTransform
from PyQt6.QtSvg import QSvgGenerator

from optvis.draw.paint import text
from optvis.foundation.version import __version__

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_RESOLUTION = 96
_BOLD = 600
ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _XLINK)

Element = ElementTree.Element


def svg_of(paint: Callable[[QPainter], None], size: tuple[int, int], scale: float, title: str) -> bytes:
    """Return the bytes of an SVG file.

    Parameters
    ----------
    paint
        Paints the page in logical pixels, which are the units of the file's view box.
    size
        Width and height of it in logical pixels.
    scale
        How many times as large a viewer shows it.
    """
    width, height = size
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(_RESOLUTION)
    generator.setSize(QSize(width, height))
    generator.setViewBox(QRect(0, 0, width, height))
    generator.setTitle(title)
    generator.setDescription(f"Made by optvis {__version__}")
    painter = _ClipNotingPainter(generator)
    try:
        paint(painter)
    finally:
        painter.end()
    buffer.close()
    root = ElementTree.fromstring(data.data())
    root.set("width", f"{width * scale:g}")
    root.set("height", f"{height * scale:g}")
    for attribute in ("version", "baseProfile"):
        root.attrib.pop(attribute, None)  # Tiny 1.2 has no clip paths
    for element in root.iter(_name("text")):
        _fix_width(element)
    _put_into_clips(root, painter.token)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


class _ClipNotingPainter(QPainter):
    """Writes every change of the clip into the file, as a text that nobody else writes.

    Attributes
    ----------
    token
        The text begins with it; the rectangle follows, in the units of the file, or nothing.
    """

    def __init__(self, device: QSvgGenerator) -> None:
        super().__init__(device)
        self.token = secrets.token_hex(8)
        self._clip: QRectF | None = None
        self._saved: list[QRectF | None] = []

    def setClipRect(self, *args: Any, **_: Any) -> None:
        """Note the clip; it is always one that cuts the one before."""
        rect, operation = args[0], args[1] if len(args) > 1 else Qt.ClipOperation.ReplaceClip
        rect = self.worldTransform().mapRect(QRectF(rect))
        cuts = operation == Qt.ClipOperation.IntersectClip and self._clip is not None
        self._note(rect & self._clip if cuts and self._clip is not None else rect)

    def save(self) -> None:
        """Save the clip too."""
        self._saved.append(self._clip)
        super().save()

    def restore(self) -> None:
        """Restore the clip too."""
        super().restore()
        self._note(self._saved.pop())

    def _note(self, clip: QRectF | None) -> None:
        if clip == self._clip:
            return
        self._clip = None if clip is None else QRectF(clip)
        numbers = "" if clip is None else " ".join(f"{part:g}" for part in clip.getRect() if part is not None)
        super().save()
        self.setTransform(QTransform())
        self.setOpacity(1.0)
        self.setPen(Qt.GlobalColor.black)
        self.drawText(QPointF(0, 0), f"{self.token} {numbers}".strip())
        super().restore()


def _put_into_clips(root: Element, token: str) -> None:
    """Move what was painted under a clip into a group with it, and leave out empty groups."""
    page, definitions = root.find(_name("g")), root.find(_name("defs"))
    assert page is not None
    assert definitions is not None
    place, known = page, dict[str, str]()
    children = list(page)
    page[:] = []
    for child in children:
        words = child.findtext(_name("text")) or ""
        if words.startswith(token):
            numbers = words.removeprefix(token).strip()
            place = page
            if numbers:
                if numbers not in known:
                    known[numbers] = f"clip{len(known)}"
                    definitions.append(_clip_path(known[numbers], numbers))
                place = ElementTree.SubElement(page, _name("g"), {"clip-path": f"url(#{known[numbers]})"})
        elif len(child):
            place.append(child)
    for group in list(page):
        if not len(group):
            page.remove(group)


def _clip_path(name: str, numbers: str) -> Element:
    made = Element(_name("clipPath"), {"id": name})
    sides = zip(("x", "y", "width", "height"), numbers.split(), strict=True)
    ElementTree.SubElement(made, _name("rect"), dict(sides))
    return made


def _fix_width(element: Element) -> None:
    """Say how wide a text is, and which fonts will do in place of its own."""
    family, words = element.get("font-family", ""), element.text or ""
    element.set("font-family", f"{family}, sans-serif")
    bold = int(element.get("font-weight", "400")) >= _BOLD
    if words.strip():
        width = text.width(words, float(element.get("font-size", "12")), bold=bold)
        element.set("textLength", f"{width:.2f}")
        element.set("lengthAdjust", "spacingAndGlyphs")


def _name(tag: str) -> str:
    return f"{{{_SVG}}}{tag}"
