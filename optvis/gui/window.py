"""The main window: puts the panels round the map and gives menus and keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QByteArray, QSettings, Qt
from PyQt6.QtGui import QAction, QActionGroup, QCloseEvent, QKeyEvent, QKeySequence, QPalette
from PyQt6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QProgressBar,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from optvis.document.session import Scene, Session
from optvis.document.session_file import preset_names
from optvis.export.render import render_in_slices
from optvis.foundation.version import __version__
from optvis.gui.charts.chart_view import ChartView
from optvis.gui.files.copy_actions import CopyActions, clipboard
from optvis.gui.files.documents import Documents
from optvis.gui.files.export_dialog import ExportDialog
from optvis.gui.files.file_actions import FileActions
from optvis.gui.files.recent_menu import RecentMenu
from optvis.gui.inspector.inspector import Inspector
from optvis.gui.keys import KeysDialog
from optvis.gui.settings.groove_painter import GroovePainter
from optvis.gui.settings.problem_panel import ProblemPanel
from optvis.gui.settings.runs_panel import RunsPanel
from optvis.gui.state import run_edits
from optvis.gui.state.playback import SPEEDS, Playback
from optvis.gui.state.slow_motion import SlowMotion
from optvis.gui.state.store import Store
from optvis.gui.transport import Transport
from optvis.gui.tune.tune_dialog import TuneDialog
from optvis.gui.views.basin_bar import SHOWS
from optvis.gui.views.canvas import MapCanvas
from optvis.gui.views.caption_bar import CaptionBar
from optvis.gui.views.map_tabs import MapTabs
from optvis.gui.views.surface_view import SurfaceView
from optvis.gui.views.sweep_view import SweepView
from optvis.gui.widgets import palette
from optvis.gui.widgets.file_drop import FileDrop
from optvis.gui.widgets.hint import Hint

SWARMS = ((0, "Off"), *((count, f"{count:,} starts") for count in (100, 1_000, 10_000, 100_000)))
"""How many starts the menu offers."""
WIDE = 1500
"""Pixels from which on a window has room for the inspector at its first start."""


class Window(QMainWindow):
    """The program's window.

    Attributes
    ----------
    store, playback, slow_motion
        The session with its scenes, the step that is shown, and the stage of its update in slow motion.
    documents, files, copying
        The file of the session, and what the menus File and Edit do with it.
    canvas, chart, problem_panel, runs_panel, inspector, transport
        The views; each follows the store and the playback and proposes edits to the store.
    groove_painter
        Paints into the sliders of the runs panel what they would do.
    """

    def __init__(self, session: Session, settings: QSettings) -> None:
        super().__init__()
        self._settings = settings
        self.store = Store(session, self)
        self.documents = Documents(self.store, settings, self)
        self.files = FileActions(self, self.store, self.documents, settings)
        self.copying = CopyActions(self.store, self)
        self.playback = Playback(self)
        self.slow_motion = SlowMotion(self.store, self.playback, self)
        self.canvas = MapCanvas(self.store, self.playback)
        self.surface = SurfaceView(self.store, self.playback)
        self.sweep = SweepView(self.store, self.playback)
        self.map_tabs = MapTabs(self.store, self.canvas, self.surface, self.sweep)
        self.chart = ChartView(self.store, self.playback)
        self.problem_panel = ProblemPanel(self.store)
        self.runs_panel = RunsPanel(self.store)
        self.groove_painter = GroovePainter(self.store, self.runs_panel, self)
        self.inspector = Inspector(self.store, self.playback, self.slow_motion)
        self.transport = Transport(self.playback)
        self._swarm_count = 1_000
        self._position_label = QLabel()
        self._arrange()
        self._make_menus()
        bar = self.statusBar()
        for view in (self.canvas, self.sweep):
            view.pointed.connect(self._position_label.setText)
        for speaker in (self.inspector, self.files, self.copying):
            speaker.said.connect(lambda words: bar.showMessage(words, 8000))
        self.slow_motion.changed.connect(self._show_stage)
        self.canvas.addRequested.connect(lambda: self.runs_panel.show_add_menu(self.canvas))
        self.documents.changed.connect(self._show_title)
        self.documents.opened.connect(self._show_from_start)
        FileDrop(self).dropped.connect(self.files.open_file)
        self.store.progressChanged.connect(self._show_progress)
        self.store.sceneChanged.connect(self._show_scene)
        self.store.sessionChanged.connect(self._show_session)
        palette.watch_system(self, self._apply_theme)
        self._apply_theme()
        self._show_scene(self.store.scene)
        self._show_session(session)
        self._restore()

    # --- arrangement -----------------------------------------------------------------------------

    def _arrange(self) -> None:
        self._settings_column = QWidget()
        column = QVBoxLayout(self._settings_column)
        column.setContentsMargins(8, 8, 4, 8)
        column.addWidget(self.problem_panel)
        column.addWidget(self.runs_panel, 1)

        self._plots = QSplitter(Qt.Orientation.Vertical)
        self._plots.addWidget(self.map_tabs)
        self._plots.addWidget(self.chart)
        self._plots.setStretchFactor(0, 1)
        self._plots.setCollapsible(0, False)

        self._columns = QSplitter(Qt.Orientation.Horizontal)
        self._columns.addWidget(self._settings_column)
        self._columns.addWidget(self._plots)
        self._columns.addWidget(self.inspector)
        self._columns.setStretchFactor(1, 1)
        self._columns.setCollapsible(1, False)
        self._columns.setChildrenCollapsible(False)

        middle = QWidget()
        rows = QVBoxLayout(middle)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._columns, 1)
        rows.addWidget(_line())
        rows.addWidget(self.transport)
        self.setCentralWidget(middle)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self._position_label, 1)
        self._progress = QProgressBar(maximum=100, textVisible=False, visible=False)
        self._progress.setFixedSize(160, max(6, self.fontMetrics().height() // 2))
        self._progress.setAccessibleName("Computing")
        bar.addPermanentWidget(self._progress)
        self.caption_bar = CaptionBar(self.slow_motion, self.map_tabs)
        self.hint = Hint("Click the map to set the start.  Space plays and pauses.", self.canvas)

    def _make_menus(self) -> None:
        self._make_file_menu()
        self._make_edit_menu()
        self._make_view_menu()
        self._make_run_menu()
        menu = self._menu("&Help")
        self._add(menu, "&Keys", self._show_keys, "F1")
        self._add(menu, "&About optvis", self._show_about)

    def _make_file_menu(self) -> None:
        menu, files = self._menu("&File"), self.files
        self._add(menu, "&New", files.new, "Ctrl+N")
        self._add(menu, "&Open…", files.ask_open, "Ctrl+O")
        recent = RecentMenu(self.documents, menu)
        recent.chosen.connect(files.open_file)
        menu.addMenu(recent)
        presets = menu.addMenu("Open &preset")
        for name in preset_names():
            title = name.replace("-", " ").capitalize()
            presets.addAction(title, lambda name=name: files.open_preset(name))
        menu.addSeparator()
        self._add(menu, "&Save", files.save, "Ctrl+S")
        self._add(menu, "Save &as…", files.save_as, "Ctrl+Shift+S")
        menu.addSeparator()
        self._add(menu, "&Export picture…", self._ask_export, "Ctrl+E")
        self._add(menu, "Export &data…", files.export_data, "Ctrl+Shift+E")
        self._add(menu, "Export as P&ython…", files.export_script)
        menu.addSeparator()
        self._add(menu, "&Quit", self.close, "Ctrl+Q")

    def _make_edit_menu(self) -> None:
        menu = self._menu("&Edit")
        self._undo = self._add(menu, "&Undo", self.store.undo, "Ctrl+Z")
        self._redo = self._add(menu, "&Redo", self.store.redo, "Ctrl+Shift+Z", "Ctrl+Y")
        menu.addSeparator()
        self._add(menu, "&Add optimizer…", self.runs_panel.show_add_menu, "Ctrl+T")
        self._add(menu, "&New rule…", self.runs_panel.new_rule)
        menu.addSeparator()
        self._add(menu, "&Copy session as text\tCtrl+C", self.copying.text)
        self._add(menu, "Copy as co&mmand", self.copying.command)
        self._add(menu, "Copy p&icture", self._copy_picture, "Ctrl+Shift+C")
        self._add(menu, "&Paste session\tCtrl+V", self._paste)
        menu.addSeparator()
        self._add(menu, "&Suggested settings", lambda: self.store.edit(self.store.session.with_suggested_settings()))

    def _make_view_menu(self) -> None:
        menu = self._menu("&View")
        self._choices: dict[str, QActionGroup] = {}
        view = ("auto", "Automatic"), ("linear", "Linear"), ("log", "Logarithmic")
        self._choose(menu, "Contour &levels", "levels", view)
        self._choose(menu, "&Aspect", "aspect", (("free", "Fill the window"), ("equal", "Equal units on x and y")))
        self._choose(
            menu,
            "&Panels",
            "layout",
            (
                ("map", "One map"),
                ("multiples", "One panel per run"),
                ("surface", "3-D surface"),
                ("basins", "Basins of attraction"),
                ("sweep", "Sweep map"),
            ),
        )
        shows = tuple((value, words.capitalize()) for value, words in SHOWS.items())
        self._choose(menu, "&Basins show", "basins", shows)
        self._choose(menu, "Basins &of", "basins_of", (("chosen", "The chosen run"), ("each", "Each run")))
        self._add(menu, "Basins or map\tB", self._toggle_basins)
        self._add(menu, "&Next run\tN", lambda: self._choose_run(1))
        self._choose(menu, "&Colours", "colormap", (("viridis", "Viridis"), ("cividis", "Cividis")))
        menu.addMenu(self.chart.menu)
        lengths = ("off", "Off"), ("linear", "Linear lengths"), ("log", "Logarithmic"), ("equal", "Equal lengths")
        self._choose(menu, "Gradient &field", "field", lengths)
        self._choose(menu, "&Gradient lens", "lens", (("none", "Off"), ("gradient", "Error of the gradient")))
        swarms = self._choose(menu, "Swar&m", "swarm", SWARMS)
        swarms.addSeparator()
        self._add(swarms, "O&n or off\tW", self.toggle_swarm)
        menu.addSeparator()
        self._add(menu, "&Reset view\tR", lambda: self.map_tabs.current.reset_view())
        self._add(menu, "Zoom &in\t+", lambda: self.map_tabs.current.zoom(1.25))
        self._add(menu, "Zoom &out\t−", lambda: self.map_tabs.current.zoom(0.8))
        menu.addSeparator()
        self._fold_settings = self._add_check(menu, "&Settings", self._settings_column, "Ctrl+B")
        self._fold_chart = self._add_check(menu, "Sho&w charts", self.chart, "Ctrl+L")
        self._fold_chart.toggled.connect(self._bring_chart)
        self._has_charts = True
        self._fold_inspector = self._add_check(menu, "&Inspector", self.inspector, "Ctrl+I")
        self._paint_grooves = menu.addAction("Show what sli&ders would do")
        self._paint_grooves.setCheckable(True)
        self._paint_grooves.setChecked(True)
        self._paint_grooves.toggled.connect(self.groove_painter.set_on)
        themes = menu.addMenu("&Theme")
        self._themes = QActionGroup(self)
        for text, name in (("Follow the system", "system"), ("Light", "light"), ("Dark", "dark")):
            action = themes.addAction(text)
            action.setCheckable(True)
            action.setData(name)
            action.setChecked(name == self._theme_choice)
            self._themes.addAction(action)
        self._themes.triggered.connect(lambda action: self.set_theme(action.data()))
        menu.addSeparator()
        self._add(menu, "&Full screen", self._toggle_full_screen, "F11")

    def _make_run_menu(self) -> None:
        # Single keys are shown here but handled in keyPressEvent, so that they yield to whatever
        # has the focus; a shortcut would take them away from it.
        menu = self._menu("&Run")
        play = self.playback
        self._add(menu, "&Play or pause\tSpace", play.toggle)
        self._add(menu, "Step &forward\t→", lambda: play.step_by(1))
        self._add(menu, "Step &back\t←", lambda: play.step_by(-1))
        self._add(menu, "To the &start\tHome", play.to_start)
        self._add(menu, "To the &end\tEnd", play.to_end)
        menu.addSeparator()
        self._add(menu, "F&aster\t]", lambda: self._change_speed(1))
        self._add(menu, "S&lower\t[", lambda: self._change_speed(-1))
        self._add(menu, "L&oop\tL", lambda: play.set_loop(not play.loop))
        menu.addSeparator()
        self._add(menu, "Slow &motion\tS", self.slow_motion.toggle)
        menu.addSeparator()
        self._add(menu, "&Tune…", self.ask_tune, "Ctrl+U")

    def _menu(self, title: str) -> QMenu:
        menu = self.menuBar().addMenu(title)
        assert menu is not None
        menu.setToolTipsVisible(True)
        return menu

    def _add(self, menu: QMenu, text: str, slot: Any, *keys: str) -> QAction:
        action = menu.addAction(text)
        assert action is not None
        action.triggered.connect(lambda: slot())
        action.setShortcuts([QKeySequence(key) for key in keys])
        return action

    def _add_check(self, menu: QMenu, text: str, widget: QWidget, key: str) -> QAction:
        action = menu.addAction(text)
        assert action is not None
        action.setCheckable(True)
        action.setChecked(True)
        action.setShortcut(QKeySequence(key))
        action.toggled.connect(widget.setVisible)
        return action

    def _choose(self, menu: QMenu, title: str, attribute: str, choices: tuple[tuple[Any, str], ...]) -> QMenu:
        sub = menu.addMenu(title)
        assert sub is not None
        group = self._choices[attribute] = QActionGroup(self)
        for value, text in choices:
            action = sub.addAction(text)
            action.setCheckable(True)
            action.setData(value)
            group.addAction(action)
        group.triggered.connect(lambda action: self.set_view(**{attribute: action.data()}))
        return sub

    # --- what the menus do -----------------------------------------------------------------------

    def _show_from_start(self) -> None:
        """Play another document from its first step."""
        self.canvas.reset_view()
        self.playback.to_start()
        self.playback.play()

    def _copy_picture(self) -> None:
        self.copying.picture(self.theme.name, self.playback.step)

    def _paste(self) -> None:
        self.files.paste(clipboard().text())

    def set_view(self, **changes: Any) -> None:
        """Change how the session is shown, as one edit."""
        session = self.store.session
        self.store.edit(replace(session, view=replace(session.view, **changes)))

    def _toggle_basins(self) -> None:
        self.set_view(layout="map" if self.store.session.view.layout == "basins" else "basins")

    def _choose_run(self, by: int) -> None:
        """Choose the run after, or before, the one that is chosen; after the last comes the first."""
        session = self.store.session
        if session.runs:
            now = min(session.view.chosen, len(session.runs) - 1)
            self.store.edit(run_edits.chosen(session, (now + by) % len(session.runs)), key="chosen")

    def toggle_swarm(self) -> None:
        """Switch the swarm off, or on with as many starts as the last one had, where there is a map to see it on."""
        view = self.store.session.view
        layout = "map" if view.layout in ("surface", "sweep") and not view.swarm else view.layout
        self.set_view(swarm=0 if view.swarm else self._swarm_count, layout=layout)

    def _bring_chart(self, is_shown: bool) -> None:
        """Where no chart is chosen, showing charts means the loss."""
        if is_shown and not self.store.session.view.charts:
            self.set_view(charts=("loss",))

    def set_theme(self, name: str) -> None:
        """Choose ``system``, ``light`` or ``dark``; remembered."""
        self._settings.setValue("theme", name)
        self._apply_theme()

    @property
    def _theme_choice(self) -> str:
        return str(self._settings.value("theme", "system"))

    def _apply_theme(self) -> None:
        self.theme = palette.apply(self._theme_choice)
        self.runs_panel.set_theme(self.theme)

    def _ask_export(self) -> None:
        self.playback.pause()
        scene, step, export = self.store.scene, self.playback.step, render_in_slices
        dialog = ExportDialog(scene, step, self.theme.name, export, self._settings, self)
        if dialog.exec():
            self.statusBar().showMessage(f"Exported {dialog.picture.file}", 8000)
        dialog.deleteLater()

    def ask_tune(self) -> TuneDialog:
        """Offer to find good settings of the runs."""
        self.playback.pause()
        dialog = TuneDialog(self.store, parent=self)
        dialog.open()
        return dialog

    def _show_keys(self) -> None:
        dialog = KeysDialog(self)
        dialog.exec()
        dialog.deleteLater()

    def _show_about(self) -> None:
        QMessageBox.about(
            self,
            "About optvis",
            f"<h3>optvis {__version__}</h3><p>Shows how optimizers move.</p>"
            "<p>Free software under the GNU General Public License, version 3 or later.</p>",
        )

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _change_speed(self, by: int) -> None:
        index = SPEEDS.index(self.playback.speed) + by
        self.playback.set_speed(SPEEDS[min(max(index, 0), len(SPEEDS) - 1)])

    # --- following the store ---------------------------------------------------------------------

    def _show_stage(self) -> None:
        """The map shows the arrows that exist at this stage of slow motion, else what the session says."""
        self.canvas.set_arrow_kinds(self.slow_motion.arrow_kinds)

    def _show_progress(self, share: float) -> None:
        self._progress.setValue(round(100 * share))
        self._progress.setVisible(share < 1 and self.store.busy_seconds > 0.3)

    def _show_scene(self, scene: Scene) -> None:
        self.playback.set_length(scene.steps)
        self._show_title()

    def _show_title(self) -> None:
        path = self.documents.path
        name = self.store.scene.problem.title if path is None else path.name.replace("[*]", "[*][*]")
        self.setWindowTitle(f"{name}[*] — optvis")
        self.setWindowModified(self.documents.is_modified)

    def _show_session(self, session: Session) -> None:
        self._undo.setEnabled(self.store.can_undo)
        self._redo.setEnabled(self.store.can_redo)
        self._swarm_count = session.view.swarm or self._swarm_count
        for attribute, group in self._choices.items():
            for action in group.actions():
                action.setChecked(action.data() == getattr(session.view, attribute))
        if (has_charts := bool(session.view.charts)) != self._has_charts:  # without charts there is no strip
            self._has_charts = has_charts
            self._fold_chart.setChecked(has_charts)

    # --- keys, geometry --------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Single keys that the focused widget has no use for."""
        play, seen = self.playback, self.map_tabs.current
        keypad = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        slots: dict[Any, Any] = {
            Qt.Key.Key_Space: play.toggle,
            Qt.Key.Key_Left: lambda: play.step_by(-1),
            Qt.Key.Key_Right: lambda: play.step_by(1),
            Qt.Key.Key_Home: play.to_start,
            Qt.Key.Key_End: play.to_end,
            Qt.Key.Key_L: lambda: play.set_loop(not play.loop),
            Qt.Key.Key_S: self.slow_motion.toggle,
            Qt.Key.Key_B: self._toggle_basins,
            Qt.Key.Key_N: lambda: self._choose_run(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1),
            Qt.Key.Key_BracketLeft: lambda: self._change_speed(-1),
            Qt.Key.Key_BracketRight: lambda: self._change_speed(1),
            Qt.Key.Key_R: seen.reset_view,
            Qt.Key.Key_W: self.toggle_swarm,
            Qt.Key.Key_Plus: lambda: seen.zoom(1.25),
            Qt.Key.Key_Equal: lambda: seen.zoom(1.25),
            Qt.Key.Key_Minus: lambda: seen.zoom(0.8),
        }
        if self.slow_motion.active:
            slots |= {
                Qt.Key.Key_Space: self.slow_motion.toggle_playing,
                Qt.Key.Key_Left: self.slow_motion.back,
                Qt.Key.Key_Right: self.slow_motion.next,
                Qt.Key.Key_Escape: self.slow_motion.stop,
            }
        pans: dict[Any, tuple[float, float]] = {
            Qt.Key.Key_Left: (-0.1, 0.0),
            Qt.Key.Key_Right: (0.1, 0.0),
            Qt.Key.Key_Up: (0.0, 0.1),
            Qt.Key.Key_Down: (0.0, -0.1),
        }
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copying.text()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        elif keypad == Qt.KeyboardModifier.ControlModifier and key in pans:
            seen.pan(*pans[key])
        elif keypad not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            super().keyPressEvent(event)
        elif key in slots:
            slots[key]()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.runs_panel.toggle_run(key - Qt.Key.Key_1)
        elif key == Qt.Key.Key_Escape and self.isFullScreen():
            self._toggle_full_screen()
        else:
            super().keyPressEvent(event)

    def _restore(self) -> None:
        geometry = self._settings.value("window/geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            available = QApplication.primaryScreen().availableGeometry().size()
            self.resize(min(1360, available.width()), min(860, available.height()))
        for splitter, name, sizes in ((self._columns, "columns", (330, 1000, 330)), (self._plots, "plots", (600, 190))):
            state = self._settings.value(f"window/{name}")
            if not (isinstance(state, QByteArray) and splitter.restoreState(state)):
                splitter.setSizes(list(sizes))
        self._fold_settings.setChecked(self._settings.value("window/settings", True, type=bool))
        self._fold_chart.setChecked(self._has_charts and self._settings.value("window/chart", True, type=bool))
        unfolded = self._settings.value("window/inspector", self.width() > WIDE, type=bool)
        self._fold_inspector.setChecked(unfolded)
        self._paint_grooves.setChecked(self._settings.value("window/grooves", True, type=bool))
        parts = self._settings.value("window/inspector parts")
        if isinstance(parts, QByteArray):
            self.inspector.restore_state(parts)
        self.playback.set_loop(self._settings.value("play/loop", False, type=bool))
        speed = self._settings.value("play/speed", 1.0, type=float)
        self.playback.set_speed(speed if speed in SPEEDS else 1.0)
        self.hint.setVisible(not self._settings.value("hint/seen", False, type=bool))
        self.hint.dismissed.connect(lambda: self._settings.setValue("hint/seen", True))
        self.canvas.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember geometry and what is folded, unless changes would be lost."""
        if not self.files.may_lose():
            event.ignore()
            return
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/columns", self._columns.saveState())
        self._settings.setValue("window/plots", self._plots.saveState())
        self._settings.setValue("window/settings", self._fold_settings.isChecked())
        self._settings.setValue("window/chart", self._fold_chart.isChecked() or not self._has_charts)
        self._settings.setValue("window/inspector", self._fold_inspector.isChecked())
        self._settings.setValue("window/grooves", self._paint_grooves.isChecked())
        self._settings.setValue("window/inspector parts", self.inspector.save_state())
        self._settings.setValue("play/loop", self.playback.loop)
        self._settings.setValue("play/speed", self.playback.speed)
        self.playback.pause()
        super().closeEvent(event)


def _line() -> QFrame:
    line = QFrame()
    line.setFixedHeight(1)
    line.setAutoFillBackground(True)
    line.setBackgroundRole(QPalette.ColorRole.Mid)
    return line
