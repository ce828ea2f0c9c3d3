"""The menu bar, made of the table of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction, QActionGroup, QKeySequence
from PyQt6.QtWidgets import QMenu

from optvis.gui.command import Choice, Command, Submenu
from optvis.gui.commands import COMMANDS

if TYPE_CHECKING:
    from optvis.gui.window import Window


class Menus:
    """Puts the commands into the menu bar and keeps their entries up to date.

    Attributes
    ----------
    actions
        The entry of every command that stands in a menu, by the command's name.
    choices
        The entries of every choice, by its name.
    """

    def __init__(self, window: Window) -> None:
        self._window = window
        self._menus: dict[str, QMenu] = {}
        self.actions: dict[str, QAction] = {}
        self.choices: dict[str, QActionGroup] = {}
        for row in COMMANDS:
            if isinstance(row, Choice):
                self._add_choice(row)
            elif isinstance(row, Submenu):
                menu = row.made(window)
                self._menu(row.menu).addMenu(menu)
                self._menus[f"{row.menu}/{menu.title()}"] = menu
            elif row.menu:
                self._add(row)
        window.store.sessionChanged.connect(self.refresh)
        self.refresh()

    def is_on(self, name: str) -> bool:
        """Whether a command that is a switch is ticked."""
        return self.actions[name].isChecked()

    def refresh(self) -> None:
        """Show what can be done now, and what is chosen."""
        for row in COMMANDS:
            if isinstance(row, Choice):
                for action in self.choices[row.name].actions():
                    action.setChecked(action.data() == row.chosen(self._window))
            elif isinstance(row, Command) and row.menu:
                action = self.actions[row.name]
                action.setEnabled(row.enabled(self._window))
                action.setText(self._text(row))

    def _text(self, command: Command) -> str:
        detail = command.detail(self._window).replace("&", "&&")
        text = f"{command.text}: {detail}" if detail else command.text
        return f"{text}\t{command.key_text}" if command.yields else text

    def _menu(self, path: str) -> QMenu:
        """Return a menu by its path, made at the first call."""
        if path not in self._menus:
            above, _, title = path.rpartition("/")
            menu = self._menu(above).addMenu(title) if above else self._window.menuBar().addMenu(title)
            assert menu is not None
            menu.setToolTipsVisible(True)
            self._menus[path] = menu
        return self._menus[path]

    def _add(self, command: Command) -> None:
        menu, does = self._menu(command.menu), command.does
        assert does is not None, "what stands in a menu does something"
        if command.line:
            menu.addSeparator()
        action = menu.addAction(command.text)
        assert action is not None
        if command.tip:
            action.setToolTip(command.tip)
        if not command.yields:
            action.setShortcuts([QKeySequence(key) for key in command.keys.split()])
        action.setCheckable(command.switch)
        action.setChecked(command.switch)
        changed = action.toggled if command.switch else action.triggered
        changed.connect(lambda: does(self._window))
        self.actions[command.name] = action

    def _add_choice(self, choice: Choice) -> None:
        menu, group = self._menu(f"{choice.menu}/{choice.text}"), QActionGroup(self._window)
        for value, text in choice.options:
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setData(value)
            group.addAction(action)
        group.triggered.connect(lambda action: choice.choose(self._window, action.data()))
        self.choices[choice.name] = group
