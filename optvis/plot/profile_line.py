"""The profile line on a map, as a line that a mouse can drag by its ends and as a whole."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QPoint, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QWidget
from pyqtgraph.graphicsItems.ROI import Handle

from optvis.draw.maps.profile_line import Part, paint_place, paint_profile_line, place_reach
from optvis.draw.paint.theme import Theme
from optvis.draw.paint.viewport import Viewport
from optvis.plot.pixel_item import repaint
from optvis.plot.scene_pixels import guarded_item, scene_pixels, viewport_of
from optvis.plot.start_handle import REACH, rounded
from optvis.plot.themed import Themed, theme_named
from optvis.problems.problem import Point, Segment

_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class ProfileLine(Themed, pg.LineSegmentROI):  # type: ignore[misc]
    """A `pyqtgraph.LineSegmentROI` with ends that are large enough, painted as an export paints it.

    What is dragged stays under the mouse, and the mouse inside the view. Shift keeps an end level with the other
    one, or upright over it.

    Signals
    -------
    dragged(tuple)
        The mouse has moved it to these ends; numbers with no more digits than a pixel can tell.
    released()
        A drag has ended.
    menuRequested(QPoint)
        A right click, at this place of the screen.
    """

    dragged = pyqtSignal(object)
    released = pyqtSignal()
    menuRequested = pyqtSignal(QPoint)

    def __init__(self, segment: Segment, theme: Theme | str | None = None) -> None:
        self._set = segment
        self._place: Point | None = None
        self._grip: tuple[QPointF, QPointF] | None = None
        self._ends = _End(), _End()
        super().__init__((segment[:2], segment[2:]), handles=self._ends, rotatable=False, resizable=False)
        self._theme = theme_named(theme)
        for end in self._ends:
            end.setParentItem(self)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.setZValue(12)  # above the ways, beneath the start and the heads
        self._is_placing = False
        self.mouseHovering = False
        self.sigRegionChanged.connect(self._tell)

    @property
    def segment(self) -> Segment:
        """Its ends."""
        first, last = (self.mapToParent(end.pos()) for end in self._ends)
        return first.x(), first.y(), last.x(), last.y()

    @property
    def is_dragged(self) -> bool:
        """Whether the mouse has hold of it."""
        return self._grip is not None or any(end.isMoving for end in self._ends)

    @property
    def active(self) -> Part:
        """What is pointed at or dragged."""
        names: tuple[Part, Part] = ("A", "B")
        for name, end in zip(names, self._ends, strict=True):
            if end.is_hovered or end.isMoving:
                return name
        return "line" if self.mouseHovering or self._grip is not None else ""

    def setSegment(self, segment: Segment) -> None:
        """Set both ends, unless the mouse has hold of one."""
        if self.is_dragged or segment == self.segment:
            return
        self._is_placing, self._set = True, segment
        self.setPos(0.0, 0.0, update=False)
        for end, place in zip(self._ends, (segment[:2], segment[2:]), strict=True):
            super().movePoint(end, QPointF(*place))
        self._is_placing = False

    def setPlace(self, place: Point | None) -> None:
        """Show a small ring at a place; None for none."""
        view, before, self._place = self.getViewBox(), self._place, place
        if self.scene() is not None and isinstance(view, pg.ViewBox) and place != before:
            viewport = viewport_of(view)
            repaint(self.scene(), (place_reach(each, viewport) for each in (before, place) if each is not None))

    def _tell(self) -> None:
        """What moves it, and is not `setSegment`, is the mouse; a coordinate that it leaves alone stays as it is."""
        viewport = self._viewport
        if not self._is_placing and viewport is not None:
            each = zip(self.segment, self._set, 2 * viewport.scale, strict=True)
            ax, ay, bx, by = (at if at == old else rounded(at, scale) for at, old, scale in each)
            if (ax, ay) != (bx, by):
                self.dragged.emit((ax, ay, bx, by))

    @property
    def _viewport(self) -> Viewport | None:
        """None when it is in no view, or in one no more."""
        view = self.getViewBox() if self.scene() is not None else None
        return viewport_of(view) if isinstance(view, pg.ViewBox) else None

    # --- the mouse -------------------------------------------------------------------------------

    def hoverEvent(self, ev: Any) -> None:
        """Take drags and clicks while the mouse is over the line."""
        is_over = _takes(ev)
        if is_over != self.mouseHovering:
            self.mouseHovering = is_over
            self.update()

    def mouseClickEvent(self, ev: Any) -> None:
        """Keep a click from the map; a right one asks for the menu."""
        ev.accept()
        if ev.button() == _RIGHT:
            self.menuRequested.emit(ev.screenPos().toPoint())

    def mouseDragEvent(self, ev: Any) -> None:
        """Move the whole line."""
        viewport = self._viewport
        if ev.button() != _LEFT or viewport is None:
            ev.ignore()
            return
        ev.accept()
        x, y = viewport.to_data(*_inside(ev.scenePos(), viewport.rect))
        if ev.isStart():
            down = ev.buttonDownScenePos()
            self._grip = self.pos(), QPointF(*viewport.to_data(down.x(), down.y()))
        if self._grip is not None:
            at, begun = self._grip
            self.setPos(at.x() + x - begun.x(), at.y() + y - begun.y(), finish=False)
        if ev.isFinish():
            self.release()

    def release(self) -> None:
        """End a drag."""
        self._grip = None
        self.update()
        self.released.emit()

    def movePoint(
        self, handle: Any, pos: Any, modifiers: Any = None, finish: bool = True, coords: str = "parent"
    ) -> None:
        """Move one end with the mouse, as far as the view goes."""
        viewport = self._viewport
        if coords == "scene" and viewport is not None:
            x, y = _inside(pos, viewport.rect)
            if modifiers is not None and modifiers & Qt.KeyboardModifier.ShiftModifier:
                other = self._ends[1 - self.indexOfHandle(handle)].scenePos()
                x, y = (x, other.y()) if abs(x - other.x()) >= abs(y - other.y()) else (other.x(), y)
            pos = QPointF(x, y)
        super().movePoint(handle, pos, modifiers, finish, coords)

    # --- for Qt and pyqtgraph --------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        """All of the view."""
        return self.viewRect() or QRectF()

    def viewTransformChanged(self) -> None:
        """Take what the view shows now for its bounds."""
        self.prepareGeometryChange()
        super().viewTransformChanged()

    @guarded_item
    @guarded_item
    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint the line, and the ring."""
        viewport = self._viewport
        if viewport is None:
            return
        with scene_pixels(painter, self, widget):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(viewport.rect, Qt.ClipOperation.IntersectClip)
            paint_profile_line(painter, self.segment, viewport, self.theme, self.active)
            if self._place is not None:
                paint_place(painter, self._place, viewport, self.theme)


class _End(Handle):  # type: ignore[misc]
    """Where one end is taken hold of; the line paints it."""

    def __init__(self) -> None:
        super().__init__(REACH, typ="r")
        self.is_hovered = False
        self.setCursor(Qt.CursorShape.SizeAllCursor)

    def buildMenu(self) -> None:
        """It has none of its own."""

    def hoverEvent(self, ev: Any) -> None:
        """Take drags and clicks while the mouse is over it."""
        is_over = _takes(ev)
        if is_over != self.is_hovered:
            self.is_hovered = is_over
            self.parentItem().update()

    def mouseDragEvent(self, ev: Any) -> None:
        """Move this end."""
        super().mouseDragEvent(ev)
        if ev.isFinish():
            self.parentItem().release()

    def mouseClickEvent(self, ev: Any) -> None:
        """Be a part of the line."""
        if self.isMoving:
            super().mouseClickEvent(ev)
        else:
            self.parentItem().mouseClickEvent(ev)

    @guarded_item
    @guarded_item
    def paint(self, *_: Any) -> None:
        """Leave that to the line."""


def _takes(hover: Any) -> bool:
    """Whether what is under the mouse gets its drags; then it takes clicks too."""
    is_ours = not hover.isExit() and bool(hover.acceptDrags(_LEFT))
    if is_ours:
        hover.acceptClicks(_LEFT)
        hover.acceptClicks(_RIGHT)
    return is_ours


def _inside(at: QPointF, rect: QRectF) -> tuple[float, float]:
    """The pixel of a rectangle that is nearest to another."""
    return min(max(at.x(), rect.left()), rect.right()), min(max(at.y(), rect.top()), rect.bottom())
