"""Light or dark: the theme that something painted over a pyqtgraph view has."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QGraphicsItem, QGraphicsView

from optvis.draw.paint.theme import DARK, LIGHT, THEMES, Theme, luminance

_DARKEST = 0.2
"""Luminance from which a background counts as light."""


def theme_named(theme: Theme | str | None) -> Theme | None:
    """Return a theme by its name, ``light`` or ``dark``; what is none is handed back."""
    return THEMES[theme] if isinstance(theme, str) else theme


def theme_behind(item: QGraphicsItem) -> Theme:
    """Return the theme that suits the background of the view that an item is in."""
    scene = item.scene()
    view: QGraphicsView | None = next(iter(scene.views()), None) if scene is not None else None
    if view is None:
        return LIGHT
    brush = view.backgroundBrush()
    has_own = brush.style() != Qt.BrushStyle.NoBrush and brush.color().alpha() > 0
    color = brush.color() if has_own else view.palette().color(QPalette.ColorRole.Window)
    return DARK if luminance(color) < _DARKEST else LIGHT


class Themed:
    """An item with a theme: one that was set, or what suits the view's background."""

    _theme: Theme | None = None

    @property
    def theme(self) -> Theme:
        """The theme that it is painted in now."""
        return self._theme or theme_behind(self)  # type: ignore[arg-type]

    def setTheme(self, theme: Theme | str | None) -> None:
        """Set ``light`` or ``dark``; None follows the view's background."""
        self._theme = theme_named(theme)
        self.update()  # type: ignore[attr-defined]
