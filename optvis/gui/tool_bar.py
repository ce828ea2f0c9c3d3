"""The tools that lie over the map, so that nobody has to look for them in menus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QToolBar

if TYPE_CHECKING:
    from optvis.gui.window import Window


@dataclass(frozen=True)
class Tool:
    """One tool: its word, what it does in a sentence, whether it is on, and how it is switched."""

    word: str
    tip: str
    is_on: Callable[[Window], bool]
    switch: Callable[[Window], object]
    is_switch: bool = True


TOOLS = (
    Tool("Field", "Arrows of the negative gradient over the map",
         lambda w: w.store.session.view.field != "off",
         lambda w: w.set_view(field="log" if w.store.session.view.field == "off" else "off")),
    Tool("Lens", "Where the numerical gradient is wrong, and by how much",
         lambda w: w.store.session.view.lens != "none",
         lambda w: w.set_view(lens="gradient" if w.store.session.view.lens == "none" else "none")),
    Tool("Swarm", "Many starts at once (W)",
         lambda w: w.store.session.view.swarm > 0, lambda w: w.toggle_swarm()),
    Tool("Profile", "The loss along a line over the map (P)",
         lambda w: w.store.session.view.profile is not None, lambda w: w.profile_menu.toggle()),
    Tool("Slow motion", "One update of the chosen run, step by step (S)",
         lambda w: w.slow_motion.active, lambda w: w.slow_motion.toggle()),
    Tool("Inspector", "The numbers behind every step of the chosen run (Ctrl+I)",
         lambda w: not w.inspector_column.isHidden(), lambda w: w.menus.actions["show inspector"].trigger()),
    Tool("Tune…", "Find good settings of all runs, and compare them fairly (Ctrl+U)",
         lambda w: False, lambda w: w.ask_tune(), is_switch=False),
)  # fmt: skip
"""In their order."""


class ToolBar(QToolBar):
    """Words that are pressed while what they stand for is on; what has no room is in a menu at the right end.

    Attributes
    ----------
    tools
        The entry of every tool, by its word.
    """

    def __init__(self, window: Window) -> None:
        super().__init__("Tools over the map")
        self._window = window
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setMovable(False)
        self.setFloatable(False)
        self.tools: dict[str, QAction] = {}
        for tool in TOOLS:
            action = QAction(tool.word, self)
            action.setToolTip(tool.tip)
            action.setCheckable(tool.is_switch)
            action.triggered.connect(lambda _, tool=tool: self._switch(tool))
            self.addAction(action)
            self.tools[tool.word] = action
        window.store.sessionChanged.connect(self.refresh)
        window.slow_motion.changed.connect(self.refresh)
        window.menus.actions["show inspector"].toggled.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is on, and what can be switched now."""
        for tool in TOOLS:
            action = self.tools[tool.word]
            action.setChecked(tool.is_on(self._window))
            if tool.word == "Slow motion":
                action.setEnabled(self._window.slow_motion.active or self._window.slow_motion.can_start())

    def _switch(self, tool: Tool) -> None:
        tool.switch(self._window)
        self.refresh()
