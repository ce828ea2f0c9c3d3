"""The tools over the map: each does what its word says, and shows whether it is on."""

import pytest

from optvis.gui.tool_bar import TOOLS
from tests.gui.conftest import settle

SWITCHES = [tool.word for tool in TOOLS if tool.is_switch]


@pytest.mark.parametrize("word", SWITCHES)
def test_a_tool_is_switched_on_and_off_and_shows_it(qtbot, window, word):
    (tool,) = (tool for tool in TOOLS if tool.word == word)
    action = window.tool_bar.tools[word]
    button = window.tool_bar.widgetForAction(action)
    assert not tool.is_on(window)
    for wanted in (True, False):
        button.click()
        settle(qtbot, window)
        assert tool.is_on(window) == action.isChecked() == wanted
    assert action.toolTip() not in ("", word)


def test_it_follows_what_is_switched_elsewhere(qtbot, window):
    window.toggle_swarm()
    window.menus.actions["show inspector"].trigger()
    settle(qtbot, window)
    on = {word for word, action in window.tool_bar.tools.items() if action.isChecked()}
    assert on == {"Swarm", "Inspector"}
    window.store.undo()
    assert not window.tool_bar.tools["Swarm"].isChecked()


def test_tabs_keep_their_room_and_tools_give_way(window):
    for width in (1024, 1920):
        window.resize(width, 640)
        tabs = window.map_tabs.bar
        assert tabs.width() >= sum(tabs.tabRect(index).width() for index in range(tabs.count()))
        assert window.width() == width
