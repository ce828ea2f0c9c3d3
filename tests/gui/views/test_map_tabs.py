"""The tabs follow the table of layouts."""

from optvis.document.layouts import WINDOW_LAYOUTS
from tests.gui.conftest import settle


def test_every_layout_of_the_window_has_a_tab(qtbot, make_window):
    window = make_window()
    bar = window.map_tabs.bar
    assert [bar.tabText(at) for at in range(bar.count())] == [each.tab for each in WINDOW_LAYOUTS.values()]
    for at, layout in enumerate(WINDOW_LAYOUTS.values()):
        bar.setCurrentIndex(at)
        settle(qtbot, window)
        assert window.store.session.view.layout == layout.name
        assert (window.map_tabs.current is window.canvas) == layout.has_map
        assert window.map_tabs.current.isVisible()
