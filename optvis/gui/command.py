"""The rows of the table of commands: a command, a choice among values, a submenu that another file makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMenu

    from optvis.gui.window import Window

_SIGNS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


@dataclass(frozen=True)
class Command:
    """One thing that the window can do.

    Attributes
    ----------
    name
        What the code calls it.
    menu, text
        Where it stands, as ``&View`` or ``&View/Swar&m``, and its words there; empty for a command of keys alone.
    keys
        As Qt writes them, parted by spaces; the first is the one that is shown.
    does
        What it does; None where a click, a wheel or a key is handled by the widget that it reaches.
    yields
        Whether the widget that has the focus gets the keys first. They are then handled by
        `optvis.gui.single_keys`; a shortcut would take them away from it. So it is with all single keys.
    tip
        The tool tip in the menu.
    section, help
        Its line on the page of keys. A command with a key and without words of its own shares the line above.
    shown
        How the keys are written, where not as ``keys`` says.
    enabled
        Whether it can be done now: asked after every edit for the menu, and for every key that yields.
    detail
        What follows the words in the menu after a colon, asked after every edit.
    switch
        Whether its entry is ticked or not; it is ticked first, then done.
    line
        Whether a line stands above it in the menu.
    """

    name: str
    menu: str = ""
    text: str = ""
    keys: str = ""
    does: Callable[[Window], object] | None = None
    yields: bool = False
    tip: str = ""
    section: str = ""
    help: str = ""
    shown: str = ""
    enabled: Callable[[Window], bool] = lambda _: True
    detail: Callable[[Window], str] = lambda _: ""
    switch: bool = False
    line: bool = False

    @property
    def key_text(self) -> str:
        """How its keys are written in menus and on the page of keys; empty when it has none."""
        first = self.keys.split()[0] if self.keys else ""
        for word, sign in _SIGNS.items():
            first = first.replace(word, sign)
        return self.shown or first


@dataclass(frozen=True)
class Choice:
    """A submenu with one entry for each value.

    Attributes
    ----------
    options
        Each value with its words.
    chosen, choose
        What is ticked, asked after every edit, and what an entry does with its value.
    """

    name: str
    menu: str
    text: str
    options: tuple[tuple[Any, str], ...]
    chosen: Callable[[Window], Any]
    choose: Callable[[Window, Any], object]


@dataclass(frozen=True)
class Submenu:
    """A submenu that another file makes."""

    name: str
    menu: str
    made: Callable[[Window], QMenu]


Row = Command | Choice | Submenu
