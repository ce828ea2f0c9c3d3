"""The view of a plot: what a mouse may do with it, and its frame."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QCursor, QPainter, QPainterPath, QPen
from PyQt6.QtWidgets import QWidget

from optvis.plot.scene_pixels import guarded_item, scene_pixels, viewport_of
from optvis.plot.themed import Themed
from optvis.plot.view_menu import ViewMenu
from optvis.problems.problem import WIDEST, is_range

_WHEEL_NOTCH = 1.2  # zoom factor
_NOTCH = 120  # of QWheelEvent.angleDelta
_THIN = 8.0  # pixels


class PlotBox(Themed, pg.ViewBox):  # type: ignore[misc]
    """A `pyqtgraph.ViewBox` that leaves keys to the program and stops where floats could tell nothing apart.

    ``setAspectLocked`` makes one unit as long on x as on y. The middle button moves the plane whatever the left one
    does.

    Parameters
    ----------
    has_menu
        Whether a right click opens pyqtgraph's menu.

    Signals
    -------
    menuOpening(QMenu, QPointF)
        A right click opens the menu; where, in pixels of the scene. Whoever has more to offer there adds it.
    """

    menuOpening = pyqtSignal(object, object)
    menu: ViewMenu | None

    def __init__(self, *, has_menu: bool = True) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)  # the menu is made when it is first wanted
        self.state["enableMenu"] = has_menu
        self.state["wheelScaleFactor"] = -math.log(_WHEEL_NOTCH) / math.log(1.02) / _NOTCH
        self._cursor_at_rest: QCursor | None = None

    def setRange(
        self,
        rect: QRectF | None = None,
        xRange: Any = None,
        yRange: Any = None,
        padding: float | None = None,
        update: bool = True,
        disableAutoRange: bool = True,
    ) -> None:
        """Show a window, unless it is too narrow for its place or too wide."""
        if rect is not None:
            xRange, yRange = (rect.left(), rect.right()), (rect.top(), rect.bottom())
        if all(wanted is None or _is_fine(*sorted(wanted)) for wanted in (xRange, yRange)):
            super().setRange(None, xRange, yRange, padding, update, disableAutoRange)

    def getMenu(self, ev: Any) -> ViewMenu:
        """Return the menu of a right click."""
        if self.menu is None:
            self.menu = ViewMenu(self)
        return self.menu

    def raiseContextMenu(self, ev: Any) -> None:
        """Open the menu of a right click."""
        self.menuOpening.emit(self.getMenu(ev), ev.scenePos())
        super().raiseContextMenu(ev)

    def getContextMenus(self, event: Any) -> list[QAction]:
        """Return what the menu of an item in the view offers too."""
        return self.getMenu(event).actions() if self.menuEnabled() else []

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Move or zoom, as the mouse mode and the button say; what moves the view is a closed hand."""
        mode, moves = self.state["mouseMode"], Qt.MouseButton.LeftButton
        if ev.button() == Qt.MouseButton.MiddleButton:
            self.state["mouseMode"], moves = self.PanMode, Qt.MouseButton.MiddleButton
        is_moving = axis is None and self.state["mouseMode"] == self.PanMode
        if ev.isStart() and is_moving and ev.button() == moves:
            self._cursor_at_rest = self.cursor()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        super().mouseDragEvent(ev, axis)
        self.state["mouseMode"] = mode
        if ev.isFinish() and self._cursor_at_rest is not None:
            self.setCursor(self._cursor_at_rest)
            self._cursor_at_rest = None

    def showAxRect(self, ax: QRectF, **kwargs: Any) -> None:
        """Show a rectangle; of a thin one only the side that is long, so that a stroke zooms one direction."""
        per_x, per_y = viewport_of(self).scale
        wanted = ax.normalized()
        is_wide, is_high = (side >= _THIN for side in (wanted.width() * per_x, wanted.height() * per_y))
        if is_wide:
            kwargs["xRange"] = wanted.left(), wanted.right()
        if is_high:
            kwargs["yRange"] = wanted.top(), wanted.bottom()
        if is_wide or is_high:
            self.setRange(**kwargs)
            self.sigRangeChangedManually.emit(self.state["mouseEnabled"])

    def keyPressEvent(self, ev: Any) -> None:
        """Leave every key to the program."""
        ev.ignore()

    # --- the frame --------------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        """Its place with the frame, which lies half outside."""
        return QRectF(self.rect()).adjusted(-1, -1, 1, 1)

    def shape(self) -> QPainterPath:
        """Its place, to which its items are clipped."""
        path = QPainterPath()
        path.addRect(self.rect())
        return path

    @guarded_item
    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint the frame; what is in the view lies over its inner half."""
        with scene_pixels(painter, self, widget):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(self.theme.frame, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(viewport_of(self).rect)


def _is_fine(low: float, high: float) -> bool:
    """Whether floats can tell places of a range apart; one of no length is widened by pyqtgraph."""
    return is_range(low, high) or (low == high and abs(low) <= WIDEST)
