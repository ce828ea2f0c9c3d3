"""One update of the chosen run, played in its stages."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Literal

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from optvis.document.session import Scene, SceneRun
from optvis.explain.stages import SubStep, sub_steps
from optvis.explain.update import rule_of
from optvis.gui.state.playback import Playback
from optvis.gui.state.store import Store

STAGE_SECONDS = 1.2
"""How long a stage is shown at speed 1."""

_TICK_MS = 30
_APPEARS = {"gradient": "gradient", "moments": "velocity", "scale": "scaling"}  # kind of stage -> its arrows
ArrowSwitch = Literal["gradient", "velocity", "scaling", "step"]
ARROWS: tuple[ArrowSwitch, ...] = ("gradient", "velocity", "scaling", "step")


class SlowMotion(QObject):
    """Goes through the stages of one update: gradient, moments, scale, move.

    It begins at the playback's step k. After the last stage the playback shows step k + 1, and slow
    motion is over; going on by hand leads to the first stage of the next update instead. Whatever
    else moves the step ends it.

    Signals
    -------
    changed()
        It began, ended, is at another stage, or plays or pauses.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        store: Store,
        playback: Playback,
        parent: QObject | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._playback = playback
        self._clock = clock
        self._run: SceneRun | None = None
        self._since = 0.0
        self._step = 0
        self.stages: tuple[SubStep, ...] = ()
        self.index = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        store.sceneChanged.connect(self._follow)
        playback.stepChanged.connect(self._leave_other_step)
        playback.playingChanged.connect(lambda playing: self.stop() if playing else None)

    @property
    def active(self) -> bool:
        """Whether a stage is shown."""
        return bool(self.stages)

    @property
    def playing(self) -> bool:
        """Whether the stages follow one another by themselves."""
        return self._timer.isActive()

    @property
    def stage(self) -> SubStep | None:
        """The stage that is shown."""
        return self.stages[self.index] if self.active else None

    @property
    def run(self) -> SceneRun | None:
        """The run whose update is shown."""
        return self._run

    @property
    def seconds(self) -> float:
        """How long a stage is shown at the playback's speed."""
        return STAGE_SECONDS / self._playback.speed

    @property
    def lines(self) -> frozenset[int]:
        """Lines of the update that are done by the end of this stage."""
        return frozenset(line for stage in self.stages[: self.index + 1] for line in stage.lines)

    @property
    def arrow_kinds(self) -> tuple[ArrowSwitch, ...] | None:
        """The arrows that exist by now; None when no stage is shown."""
        stage = self.stage
        if stage is None:
            return None
        if stage.kind == "move":
            return ARROWS
        reached = {_APPEARS.get(before.kind) for before in self.stages[: self.index + 1]}
        return tuple(kind for kind in ARROWS if kind in reached)

    def can_start(self) -> bool:
        """Whether the chosen run has an update to show."""
        run = self._store.scene.chosen
        return run is not None and run.trajectory.last > 0 and rule_of(run.trajectory) is not None

    def start(self) -> None:
        """Play the update from the playback's step, or where none follows, the last one there is."""
        run = self._store.scene.chosen
        if run is None or not self.can_start():
            return
        self._playback.pause()
        self._show(run, min(self._playback.step, run.trajectory.last - 1), 0)
        self.play()

    def stop(self) -> None:
        """Leave slow motion; the step stays."""
        if self.active:
            self._timer.stop()
            self.stages, self.index, self._run = (), 0, None
            self.changed.emit()

    def toggle(self) -> None:
        """Begin or leave."""
        if self.active:
            self.stop()
        else:
            self.start()

    def play(self) -> None:
        """Go on by itself."""
        if self.active and not self.playing:
            self._since = self._clock()
            self._timer.start()
            self.changed.emit()

    def pause(self) -> None:
        """Stay at this stage."""
        if self.playing:
            self._timer.stop()
            self.changed.emit()

    def toggle_playing(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def next(self) -> None:
        """Pause at the next stage; after the last one comes the first of the next update."""
        self._timer.stop()
        if self.index + 1 < len(self.stages):
            self._show(self._run, self._step, self.index + 1)
        elif self._run is not None:
            self._turn_to(self._step + 1, 0)

    def back(self) -> None:
        """Pause at the stage before; before the first one comes the last of the update before."""
        self._timer.stop()
        if self.index > 0:
            self._show(self._run, self._step, self.index - 1)
        elif self.active:
            self._turn_to(self._step - 1, len(self.stages) - 1)

    def tick(self) -> None:
        """Show the stage that the clock says."""
        if not self.active or self._clock() - self._since < self.seconds:
            return
        self._since = self._clock()
        if self.index + 1 < len(self.stages):
            self._show(self._run, self._step, self.index + 1)
        else:
            arrived = self._step + 1
            self.stop()
            self._playback.seek(arrived)

    def _turn_to(self, step: int, index: int) -> None:
        """Show a stage of a neighbouring update; beyond the last one, where it arrived."""
        run = self._run
        if run is None or step < 0:
            self.changed.emit()
        elif step < run.trajectory.last:
            self._show(run, step, index)
        else:
            self.stop()
            self._playback.seek(step)

    def _show(self, run: SceneRun | None, step: int, index: int) -> None:
        if run is None:
            return
        rule = rule_of(run.trajectory)
        assert rule is not None
        self._run, self._step = run, step
        self.stages = sub_steps(rule, run.trajectory.hyper)
        self.index = min(index, len(self.stages) - 1)
        self._playback.seek(step)
        self.changed.emit()

    def _leave_other_step(self, step: int) -> None:
        if self.active and step != self._step:
            self.stop()

    def _follow(self, scene: Scene) -> None:
        """Keep the place in another scene as far as there is one."""
        run = scene.chosen
        if self.active and run is not None and self.can_start() and self._step < run.trajectory.last:
            self._show(run, self._step, self.index)
        else:
            self.stop()
