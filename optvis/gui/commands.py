"""Every command of the window in one table: where it stands in the menus, its keys, and what it does.

The menus, the keys, the page of keys (F1) and the README's table of keys are made of it, so that a new command is one
row. Menus have the order of the table. Where a key has several rows, the first that is enabled takes it.
"""

from __future__ import annotations

from typing import Any

from optvis.document.layouts import WINDOW_LAYOUTS
from optvis.document.session_file import preset_names
from optvis.gui.command import Choice, Command, Row, Submenu
from optvis.gui.files.copy_actions import clipboard
from optvis.gui.views.basin_bar import SHOWS

FILE, EDIT, VIEW, RUN, HELP = "&File", "&Edit", "&View", "&Run", "&Help"
SECTIONS = ("Playing", "Map", "Charts", "In slow motion", "Sweep map", "Runs", "Program")
"""Of the page of keys."""
SWARMS = ((0, "Off"), *((count, f"{count:,} starts") for count in (100, 1_000, 10_000, 100_000)))
"""How many starts the menu offers."""


def _of_view(attribute: str, text: str, *options: tuple[Any, str]) -> Choice:
    """Choose the value of an attribute of the session's view."""
    return Choice(
        attribute,
        VIEW,
        text,
        options,
        chosen=lambda w: getattr(w.store.session.view, attribute),
        choose=lambda w, value: w.set_view(**{attribute: value}),
    )


def _open_preset(name: str) -> Command:
    title = name.replace("-", " ").capitalize()
    return Command(f"preset {name}", f"{FILE}/Open &preset", title, does=lambda w: w.files.open_preset(name))


def _pan(key: str, right: float, up: float) -> Command:
    """Move the map, or what is shown in its place, by a share of its size."""
    return Command(
        f"pan {key}",
        keys=f"Ctrl+{key}",
        does=lambda w: w.map_tabs.current.pan(right, up),
        yields=True,
        shown="Ctrl+Arrows",
    )


def _switch_run(number: int) -> Command:
    return Command(
        f"switch run {number}",
        keys=str(number),
        does=lambda w: w.runs_panel.toggle_run(number - 1),
        yields=True,
        section="Runs",
        help="Switch a run on or off",
        shown="1 … 9",
    )


# fmt: off
COMMANDS: tuple[Row, ...] = (
    # While a step is in slow motion these come before what the same keys do else.
    Command("play stages", keys="Space", yields=True, enabled=lambda w: w.slow_motion.active,
            does=lambda w: w.slow_motion.toggle_playing(), section="In slow motion", help="Pause or go on"),
    Command("next stage", keys="Right", yields=True, enabled=lambda w: w.slow_motion.active,
            does=lambda w: w.slow_motion.next(), section="In slow motion", help="To the next stage, the one before"),
    Command("stage before", keys="Left", yields=True, enabled=lambda w: w.slow_motion.active,
            does=lambda w: w.slow_motion.back()),
    Command("leave slow motion", keys="Esc", yields=True, enabled=lambda w: w.slow_motion.active,
            does=lambda w: w.slow_motion.stop(), section="In slow motion", help="Leave it"),

    Command("new", FILE, "&New", "Ctrl+N", lambda w: w.files.new(),
            section="Program", help="Begin or open a session; or drop a file on the window"),
    Command("open", FILE, "&Open…", "Ctrl+O", lambda w: w.files.ask_open()),
    Submenu("recent", FILE, lambda w: w.recent_menu),
    *(_open_preset(name) for name in preset_names()),
    Command("save", FILE, "&Save", "Ctrl+S", lambda w: w.files.save(), line=True,
            section="Program", help="Save, save under another name"),
    Command("save as", FILE, "Save &as…", "Ctrl+Shift+S", lambda w: w.files.save_as()),
    Command("export picture", FILE, "&Export picture…", "Ctrl+E", lambda w: w.ask_export(), line=True,
            section="Program", help="Export a picture, the data"),
    Command("export data", FILE, "Export &data…", "Ctrl+Shift+E", lambda w: w.files.export_data()),
    Command("export script", FILE, "Export as P&ython…", does=lambda w: w.files.export_script(),
            tip="A script that computes the same"),
    Command("quit", FILE, "&Quit", "Ctrl+Q", lambda w: w.close(), line=True, section="Program", help="Quit"),

    Command("undo", EDIT, "&Undo", "Ctrl+Z", lambda w: w.store.undo(), section="Program", help="Undo and redo",
            enabled=lambda w: w.store.can_undo, detail=lambda w: w.store.undo_name),
    Command("redo", EDIT, "&Redo", "Ctrl+Shift+Z Ctrl+Y", lambda w: w.store.redo(),
            enabled=lambda w: w.store.can_redo, detail=lambda w: w.store.redo_name),
    Command("add optimizer", EDIT, "&Add optimizer…", "Ctrl+T", lambda w: w.runs_panel.show_add_menu(), line=True,
            section="Runs", help="Add an optimizer"),
    Command("new rule", EDIT, "&New rule…", does=lambda w: w.runs_panel.new_rule()),
    Command("copy text", EDIT, "&Copy session as text", "Ctrl+C Ctrl+Ins Copy", lambda w: w.copying.text(), line=True,
            yields=True, section="Program", help="Copy the session as text"),
    Command("copy command", EDIT, "Copy as co&mmand", does=lambda w: w.copying.command(),
            tip="The line for the shell that draws the same"),
    Command("copy picture", EDIT, "Copy p&icture", "Ctrl+Shift+C", lambda w: w.copy_picture(),
            section="Program", help="Copy the picture"),
    Command("paste", EDIT, "&Paste session", "Ctrl+V Shift+Ins Paste", lambda w: w.files.paste(clipboard().text()),
            yields=True, section="Program", help="Paste a session"),
    Command("suggested settings", EDIT, "&Suggested settings", line=True,
            does=lambda w: w.store.edit(w.store.session.with_suggested_settings()),
            tip="Steps, start, domain and learning rates as the problem suggests"),

    Command("set start", shown="Click", section="Map", help="Set the start; drag its handle to move it"),
    _of_view("levels", "Contour &levels", ("auto", "Automatic"), ("linear", "Linear"), ("log", "Logarithmic")),
    Choice("patterns", VIEW, "Li&nes of runs", ((False, "Whole lines"), (True, "Dash patterns")),
           chosen=lambda w: w.store.session.has_patterns,
           choose=lambda w, on: w.store.edit(w.store.session.with_patterns(on))),
    _of_view("aspect", "&Aspect", ("free", "Fill the window"), ("equal", "Equal units on x and y")),
    _of_view("layout", "&Panels", *((each.name, each.window_title) for each in WINDOW_LAYOUTS.values())),
    _of_view("basins", "&Basins show", *((value, words.capitalize()) for value, words in SHOWS.items())),
    _of_view("basins_of", "Basins &of", ("chosen", "The chosen run"), ("each", "Each run")),
    Command("basins", VIEW, "Basins or map", "B", lambda w: w.toggle_basins(), yields=True,
            section="Map", help="Basins of attraction, or the map again"),
    Command("next run", VIEW, "&Next run", "N", lambda w: w.choose_run(1), yields=True,
            section="Runs", help="Choose the next run, the one before"),
    Command("run before", keys="Shift+N", does=lambda w: w.choose_run(-1), yields=True),
    _of_view("color_bar", "Co&lour bar", ("on", "Shown"), ("off", "Hidden")),
    _of_view("contour_labels", "Losses on con&tours", ("off", "Hidden"), ("on", "Shown")),
    _of_view("colormap", "&Colours", ("viridis", "Viridis"), ("cividis", "Cividis")),
    Submenu("charts", VIEW, lambda w: w.chart.menu),
    Submenu("profile", VIEW, lambda w: w.profile_menu),
    Command("profile line", f"{VIEW}/Profile &line", "O&n or off", "P", lambda w: w.profile_menu.toggle(), yields=True,
            section="Map", help="Profile line: the loss along it as a chart, on or off"),
    _of_view("field", "Gradient &field",
             ("off", "Off"), ("linear", "Linear lengths"), ("log", "Logarithmic"), ("equal", "Equal lengths")),
    _of_view("lens", "&Gradient lens", ("none", "Off"), ("gradient", "Error of the gradient")),
    _of_view("swarm", "Swar&m", *SWARMS),
    Command("swarm", f"{VIEW}/Swar&m", "O&n or off", "W", lambda w: w.toggle_swarm(), yields=True, line=True,
            section="Map", help="Swarm: many starts at once, on or off"),
    Command("reset view", VIEW, "&Reset view", "R", lambda w: w.reset_view(), yields=True, line=True,
            section="Map", help="Reset the view"),
    Command("zoom by wheel", shown="Wheel", section="Map", help="Zoom"),
    Command("zoom in", VIEW, "Zoom &in", "+ =", lambda w: w.map_tabs.current.zoom(1.25), yields=True),
    Command("zoom out", VIEW, "Zoom &out", "-", lambda w: w.map_tabs.current.zoom(0.8), yields=True, shown="−"),
    Command("chart step", shown="Click", section="Charts", help="Set the step; or drag the line of the step"),
    Command("chart zoom", shown="Drag, wheel", section="Charts", help="Zoom: to a rectangle, over an axis that axis"),
    Command("drag", shown="Drag", section="Map", help="Pan"),
    _pan("Left", -0.1, 0.0), _pan("Right", 0.1, 0.0), _pan("Up", 0.0, 0.1), _pan("Down", 0.0, -0.1),
    Command("show settings", VIEW, "&Settings", "Ctrl+B", switch=True, line=True,
            does=lambda w: w.settings_column.setVisible(w.menus.is_on("show settings")),
            section="Program", help="Fold the settings away"),
    Command("show charts", VIEW, "Sho&w charts", "Ctrl+L", switch=True,
            does=lambda w: w.show_charts(w.menus.is_on("show charts")),
            section="Program", help="Fold the charts away"),
    Command("show inspector", VIEW, "&Inspector", "Ctrl+I", switch=True,
            does=lambda w: w.inspector_column.setVisible(w.menus.is_on("show inspector")),
            section="Program", help="Show the inspector"),
    Command("paint grooves", VIEW, "Show what sli&ders would do", switch=True,
            does=lambda w: w.groove_painter.set_on(w.menus.is_on("paint grooves"))),
    Choice("theme", VIEW, "&Theme", (("system", "Follow the system"), ("light", "Light"), ("dark", "Dark")),
           chosen=lambda w: w.theme_choice, choose=lambda w, name: w.set_theme(name)),
    Command("full screen", VIEW, "&Full screen", "F11", lambda w: w.toggle_full_screen(), line=True,
            section="Program", help="Full screen"),
    Command("leave full screen", keys="Esc", does=lambda w: w.toggle_full_screen(), yields=True,
            enabled=lambda w: w.isFullScreen(), section="Program", help="Leave full screen"),
    Command("set by sweep", shown="Click, drag", section="Sweep map",
            help="Set the two hyperparameters of the inspected run"),
    Command("move in sweep", shown="Arrows", section="Sweep map", help="Move them by a cell; with Shift by ten"),

    Command("play", RUN, "&Play or pause", "Space", lambda w: w.playback.toggle(), yields=True,
            section="Playing", help="Play or pause"),
    Command("step forward", RUN, "Step &forward", "Right", lambda w: w.playback.step_by(1), yields=True,
            section="Playing", help="One step forward or back"),
    Command("step back", RUN, "Step &back", "Left", lambda w: w.playback.step_by(-1), yields=True),
    Command("to start", RUN, "To the &start", "Home", lambda w: w.playback.to_start(), yields=True,
            section="Playing", help="To the start or the end"),
    Command("to end", RUN, "To the &end", "End", lambda w: w.playback.to_end(), yields=True),
    Command("faster", RUN, "F&aster", "]", lambda w: w.change_speed(1), yields=True, line=True,
            section="Playing", help="Faster or slower"),
    Command("slower", RUN, "S&lower", "[", lambda w: w.change_speed(-1), yields=True),
    Command("loop", RUN, "L&oop", "L", lambda w: w.playback.set_loop(not w.playback.loop), yields=True,
            section="Playing", help="Loop on or off"),
    Command("slow motion", RUN, "Slow &motion", "S", lambda w: w.slow_motion.toggle(), yields=True, line=True,
            section="Playing", help="One step in slow motion"),
    *(_switch_run(number) for number in range(1, 10)),
    Command("move run up", shown="Alt+↑", section="Runs", help="Move a run up or down in the list"),
    Command("move run down", shown="Alt+↓"),
    Command("suggested value", shown="Double-click", section="Runs", help="Set a slider back to the suggested value"),
    Command("tune", RUN, "&Tune…", "Ctrl+U", lambda w: w.ask_tune(), line=True,
            section="Runs", help="Tune: find good hyperparameters"),

    Command("keys", HELP, "&Keys", "F1", lambda w: w.show_keys(), section="Program", help="All keys"),
    Command("about", HELP, "&About optvis", does=lambda w: w.show_about()),
)
# fmt: on
