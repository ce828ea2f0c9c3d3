"""The layouts of a picture and of the window's view: one table, from which every list of them is made.

What a layout consists of is bound to its name where it is drawn: on a page in `optvis.draw.page.figure`, in the
window in `optvis.gui.views.map_tabs`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """One way to lay out a scene.

    Attributes
    ----------
    name
        In sessions, in Python and after ``--view``.
    title
        What a picture of it is.
    about
        A few words for the help of the command line; empty where the name says it.
    window_title
        What the window's menu calls it; empty where it is only on a page, and no session can have it.
    has_map
        Whether the plane is seen, with what lies and moves on it.
    needs_runs
        Whether nothing of it is left where no run is seen, so that a page shows the map instead.
    can_be_animated
        Whether it differs from step to step.
    """

    name: str
    title: str
    about: str = ""
    window_title: str = ""
    has_map: bool = False
    needs_runs: bool = False
    can_be_animated: bool = True

    @property
    def is_in_window(self) -> bool:
        """Whether the window shows it too, in a tab."""
        return bool(self.window_title)

    @property
    def tab(self) -> str:
        """The word on its tab."""
        return self.name.capitalize()


LAYOUTS = {
    each.name: each
    for each in (
        Layout("map", "Map with all runs", "all runs on one", "One map", has_map=True),
        Layout(
            "multiples", "Small multiples, one panel per run", "one panel for each run", "One panel per run",
            has_map=True, needs_runs=True,
        ),
        Layout("surface", "Surface in 3-D", "in 3-D", "3-D surface"),
        Layout("charts", "Charts"),
        Layout("figure", "Map with charts", "the map with the charts", has_map=True),
        Layout(
            "basins", "Basins of attraction", "where every start of the map leads", "Basins of attraction",
            has_map=True, needs_runs=True,
        ),
        Layout(
            "sweep", "Sweep map of the inspected run", "the hyperparameters of the first run", "Sweep map",
            can_be_animated=False,
        ),
    )
}  # fmt: skip
"""By name, in the order in which they are offered."""

WINDOW_LAYOUTS = {name: each for name, each in LAYOUTS.items() if each.is_in_window}
"""Those that the window shows and a session can have."""
