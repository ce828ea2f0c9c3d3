"""The main window: puts the panels round the map, and does what the commands ask of the window itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtGui import QCloseEvent, QKeyEvent, QPalette
from PyQt6.QtWidgets import (
    QFrame,
    QLabel,
    QMainWindow,
    QMessageBox,
    QProgressBar,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from optvis.document.layouts import LAYOUTS
from optvis.document.session import Scene, Session
from optvis.foundation.version import __version__
from optvis.gui import remembered, single_keys
from optvis.gui.charts.chart_row import ChartRow, has_charts
from optvis.gui.charts.chart_view import ChartView
from optvis.gui.charts.profile_menu import ProfileMenu
from optvis.gui.charts.profile_view import ProfileView
from optvis.gui.files.copy_actions import CopyActions
from optvis.gui.files.documents import Documents
from optvis.gui.files.file_actions import FileActions
from optvis.gui.files.recent_menu import RecentMenu
from optvis.gui.inspector.inspector_column import InspectorColumn
from optvis.gui.menus import Menus
from optvis.gui.settings.groove_painter import GroovePainter
from optvis.gui.settings.problem_panel import ProblemPanel
from optvis.gui.settings.runs_panel import RunsPanel
from optvis.gui.state import run_edits, stored
from optvis.gui.state.playback import SPEEDS, Playback
from optvis.gui.state.slow_motion import SlowMotion
from optvis.gui.state.store import Store
from optvis.gui.tool_bar import ToolBar
from optvis.gui.transport import Transport
from optvis.gui.views.canvas import MapCanvas
from optvis.gui.views.caption_bar import CaptionBar
from optvis.gui.views.map_tabs import MapTabs
from optvis.gui.views.surface_view import SurfaceView
from optvis.gui.views.sweep_view import SweepView
from optvis.gui.widgets import palette
from optvis.gui.widgets.file_drop import FileDrop
from optvis.gui.widgets.hint import Hint

if TYPE_CHECKING:
    from optvis.gui.inspector.inspector import Inspector
    from optvis.gui.tune.tune_dialog import TuneDialog


class Window(QMainWindow):
    """The program's window.

    Attributes
    ----------
    store, playback, slow_motion
        The session with its scenes, the step that is shown, and the stage of its update in slow motion.
    documents, files, copying
        The file of the session, and what the menus File and Edit do with it.
    canvas, chart, profile, problem_panel, runs_panel, inspector_column, transport
        The views; each follows the store and the playback and proposes edits to the store.
    groove_painter
        Paints into the sliders of the runs panel what they would do.
    menus, recent_menu
        The menu bar, with the entry of every command; the files that were open before.
    columns, plots, settings_column
        Settings, plots and inspector side by side; the map over the charts; the panels of problem and runs.
    position_label
        What is under the mouse.
    """

    store: Store
    playback: Playback
    slow_motion: SlowMotion
    files: FileActions
    copying: CopyActions
    map_tabs: MapTabs
    chart: ChartView
    profile_menu: ProfileMenu
    runs_panel: RunsPanel
    groove_painter: GroovePainter
    inspector_column: InspectorColumn
    settings_column: QWidget
    recent_menu: RecentMenu
    menus: Menus

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
        self.profile_menu = ProfileMenu(self.store, self)
        self.profile = ProfileView(self.store, self.playback, self.profile_menu)
        self.chart_row = ChartRow(self.store, self.chart, self.profile)
        self.problem_panel = ProblemPanel(self.store)
        self.runs_panel = RunsPanel(self.store)
        self.groove_painter = GroovePainter(self.store, self.runs_panel, self)
        self.inspector_column = InspectorColumn(self.store, self.playback, self.slow_motion)
        self.transport = Transport(self.playback)
        self._swarm_count = 1_000
        self._has_charts = True
        self.position_label = QLabel()
        self._arrange()
        self.recent_menu = RecentMenu(self.documents, self)
        self.recent_menu.chosen.connect(self.files.open_file)
        self.menus = Menus(self)
        self.tool_bar = ToolBar(self)
        self.map_tabs.add_tools(self.tool_bar)
        bar = self.statusBar()
        for view in (self.canvas, self.sweep, self.profile):
            view.pointed.connect(self.position_label.setText)
        for speaker in (self.inspector_column, self.files, self.copying):
            speaker.said.connect(lambda words: bar.showMessage(words, 8000))
        self.slow_motion.changed.connect(self._show_stage)
        self.canvas.profile_lines.menuRequested.connect(self.profile_menu.popup)
        self.profile.placed.connect(self.canvas.profile_lines.show_place)
        self.canvas.copyRequested.connect(self.copy_picture)
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
        remembered.restore(self, settings)
        self.hint.setVisible(not stored.flag(settings, "hint/seen", False))
        self.hint.dismissed.connect(lambda: settings.setValue("hint/seen", True))
        self._keys_first = single_keys.KeysFirst(self)
        self.canvas.setFocus()

    # --- arrangement -----------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.settings_column = QWidget()
        column = QVBoxLayout(self.settings_column)
        column.setContentsMargins(8, 8, 4, 8)
        column.addWidget(self.problem_panel)
        column.addWidget(self.runs_panel, 1)

        self.plots = QSplitter(Qt.Orientation.Vertical)
        self.plots.addWidget(self.map_tabs)
        self.plots.addWidget(self.chart_row)
        self.plots.setStretchFactor(0, 1)
        self.plots.setCollapsible(0, False)

        self.columns = QSplitter(Qt.Orientation.Horizontal)
        self.columns.addWidget(self.settings_column)
        self.columns.addWidget(self.plots)
        self.columns.addWidget(self.inspector_column)
        self.columns.setStretchFactor(1, 1)
        self.columns.setCollapsible(1, False)
        self.columns.setChildrenCollapsible(False)

        middle = QWidget()
        rows = QVBoxLayout(middle)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.columns, 1)
        rows.addWidget(_line())
        rows.addWidget(self.transport)
        self.setCentralWidget(middle)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self.position_label, 1)
        self._progress = QProgressBar(maximum=100, textVisible=False, visible=False)
        self._progress.setFixedSize(160, max(6, self.fontMetrics().height() // 2))
        self._progress.setAccessibleName("Computing")
        bar.addPermanentWidget(self._progress)
        self.caption_bar = CaptionBar(self.slow_motion, self.map_tabs)
        self.hint = Hint("Click the map to set the start.  Space plays and pauses.", self.canvas)

    @property
    def inspector(self) -> Inspector | None:
        """One step of the chosen run; None until it is first shown."""
        return self.inspector_column.inspector

    # --- what commands do -------------------------------------------------------------------------

    def _show_from_start(self) -> None:
        """Play another document from its first step."""
        self.canvas.reset_view()
        self.chart.reset_view()
        self.profile.reset_view()
        self.playback.to_start()
        self.playback.play()

    def reset_view(self) -> None:
        """Show all of the map, or of what is shown in its place, and all of the charts."""
        self.map_tabs.current.reset_view()
        self.chart.reset_view()
        self.profile.reset_view()

    def set_view(self, **changes: Any) -> None:
        """Change how the session is shown, as one edit."""
        session = self.store.session
        self.store.edit(replace(session, view=replace(session.view, **changes)))

    def toggle_basins(self) -> None:
        """Show the basins of attraction, or the map again."""
        self.set_view(layout="map" if self.store.session.view.layout == "basins" else "basins")

    def choose_run(self, by: int) -> None:
        """Choose the run after, or before, the one that is chosen; after the last comes the first."""
        session = self.store.session
        on = [index for index, run in enumerate(session.runs) if run.visible]
        if on and session.chosen is not None:
            self.store.edit(run_edits.chosen(session, on[(on.index(session.chosen) + by) % len(on)]), key="chosen")

    def toggle_swarm(self) -> None:
        """Switch the swarm off, or on with as many starts as the last one had, where there is a map to see it on."""
        view = self.store.session.view
        layout = view.layout if LAYOUTS[view.layout].has_map or view.swarm else "map"
        self.set_view(swarm=0 if view.swarm else self._swarm_count, layout=layout)

    def show_charts(self, is_shown: bool) -> None:
        """Show the charts, or fold them away; where none is chosen, showing them means the loss."""
        self.chart_row.setVisible(is_shown)
        if is_shown and not has_charts(self.store.session):
            self.set_view(charts=("loss",))

    def set_theme(self, name: str) -> None:
        """Choose ``system``, ``light`` or ``dark``; remembered."""
        self._settings.setValue("theme", name)
        self._apply_theme()

    @property
    def theme_choice(self) -> str:
        """What is remembered: ``system``, ``light`` or ``dark``."""
        return stored.choice(self._settings, "theme", ("system", "light", "dark"), "system")

    def _apply_theme(self) -> None:
        self.theme = palette.apply(self.theme_choice)
        self.runs_panel.set_theme(self.theme)

    def ask_export(self) -> None:
        """Ask how a picture or an animation is to be exported, and export it."""
        from optvis.export.render import render_in_slices  # what few sessions use is no part of the start
        from optvis.gui.files.export_dialog import ExportDialog

        self.playback.pause()
        scene, step, export = self.store.scene, self.playback.step, render_in_slices
        dialog = ExportDialog(scene, step, self.theme.name, export, self._settings, self)
        if dialog.exec():
            self.statusBar().showMessage(f"Exported {dialog.picture.file}", 8000)
        dialog.deleteLater()

    def copy_picture(self) -> None:
        """Copy the picture as it is seen: this step, this theme."""
        self.copying.picture(self.theme.name, self.playback.step)

    def ask_tune(self) -> TuneDialog:
        """Offer to find good settings of the runs."""
        from optvis.gui.tune.tune_dialog import TuneDialog  # as for the export

        self.playback.pause()
        dialog = TuneDialog(self.store, parent=self)
        dialog.open()
        return dialog

    def show_keys(self) -> None:
        """Show the page of keys."""
        from optvis.gui.keys import KeysDialog  # as for the export

        dialog = KeysDialog(self)
        dialog.exec()
        dialog.deleteLater()

    def show_about(self) -> None:
        """Show version and licence."""
        QMessageBox.about(
            self,
            "About optvis",
            f"<h3>optvis {__version__}</h3><p>Shows how optimizers move.</p>"
            "<p>Free software under the GNU General Public License, version 3 or later.</p>",
        )

    def toggle_full_screen(self) -> None:
        """Fill the screen, or be a window again."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def change_speed(self, by: int) -> None:
        """Play so many speeds faster, or slower."""
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
        self._swarm_count = session.view.swarm or self._swarm_count
        if (is_there := has_charts(session)) != self._has_charts:  # without charts there is no strip
            self._has_charts = is_there
            self.menus.actions["show charts"].setChecked(is_there)

    # --- keys and closing ------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that the focused widget has no use for."""
        if not single_keys.press(self, event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember geometry and what is folded, unless changes would be lost."""
        if not self.files.may_lose():
            event.ignore()
            return
        remembered.save(self, self._settings)
        self.playback.pause()
        super().closeEvent(event)


def _line() -> QFrame:
    line = QFrame()
    line.setFixedHeight(1)
    line.setAutoFillBackground(True)
    line.setBackgroundRole(QPalette.ColorRole.Mid)
    return line
