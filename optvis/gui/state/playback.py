"""Which step is shown, and how it runs on by itself."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
FRAME_MS = 16
HOLD_SECONDS = 0.8
"""How long a loop stays at the end before it begins again."""


def steps_per_second(length: int) -> float:
    """Return the pace at speed 1: 8 steps a second, or what brings any run to its end within 12 s."""
    return max(8.0, length / 12.0)


class Playback(QObject):
    """The step index that every view shows.

    Playing follows the clock, not the number of frames: a late frame skips steps and the pace is
    the same on every machine.

    Signals
    -------
    stepChanged(int), lengthChanged(int), playingChanged(bool), speedChanged(float), loopChanged(bool)
    """

    stepChanged = pyqtSignal(int)
    lengthChanged = pyqtSignal(int)
    playingChanged = pyqtSignal(bool)
    speedChanged = pyqtSignal(float)
    loopChanged = pyqtSignal(bool)

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(parent)
        self._length = 0
        self._step = 0
        self._speed = 1.0
        self._loop = False
        self._clock = clock
        self._since = 0.0  # the moment when playing went on from step `_from`
        self._from = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def step(self) -> int:
        """The step that is shown: 0, the start, to `length`."""
        return self._step

    @property
    def length(self) -> int:
        """Index of the last step."""
        return self._length

    @property
    def playing(self) -> bool:
        """Whether the step runs on by itself."""
        return self._timer.isActive()

    @property
    def speed(self) -> float:
        """Factor on the pace of `steps_per_second`."""
        return self._speed

    @property
    def loop(self) -> bool:
        """Whether playing begins again after the end."""
        return self._loop

    def set_length(self, length: int) -> None:
        """Take over another length; the step is clipped to it, and who rests at the end stays at the end."""
        if length == self._length:
            return
        is_at_end = not self.playing and self._step == self._length > 0
        self._anchor()
        self._length = length
        self._from = min(self._from, float(length))
        self.lengthChanged.emit(length)
        self._show(length if is_at_end else min(self._step, length))

    def set_speed(self, speed: float) -> None:
        """Play faster or slower from now on."""
        if speed != self._speed:
            self._anchor()
            self._speed = speed
            self.speedChanged.emit(speed)

    def set_loop(self, loop: bool) -> None:
        """Begin again after the end, or stop there."""
        if loop != self._loop:
            self._loop = loop
            self.loopChanged.emit(loop)

    def play(self) -> None:
        """Run on; from the end, start over."""
        if self.playing or self._length == 0:
            return
        if self._step >= self._length:
            self._show(0)
        self._since, self._from = self._clock(), float(self._step)
        self._timer.start()
        self.playingChanged.emit(True)

    def pause(self) -> None:
        """Stay at this step."""
        if self.playing:
            self._timer.stop()
            self.playingChanged.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def seek(self, step: int) -> None:
        """Show a step, clipped to the length; playing goes on from there."""
        step = min(max(int(step), 0), self._length)
        self._since, self._from = self._clock(), float(step)
        self._show(step)

    def step_by(self, steps: int) -> None:
        """Pause, and go so many steps on, or back."""
        self.pause()
        self.seek(self._step + steps)

    def to_start(self) -> None:
        """Pause at the start."""
        self.pause()
        self.seek(0)

    def to_end(self) -> None:
        """Pause at the last step."""
        self.pause()
        self.seek(self._length)

    def tick(self) -> None:
        """Show the step that the clock says."""
        position = self._position()
        if position < self._length:
            self._show(int(position))
            return
        self._show(self._length)
        if not self._loop:
            self.pause()
        elif position >= self._length + self._rate() * HOLD_SECONDS:
            self._since, self._from = self._clock(), 0.0
            self._show(0)

    def _rate(self) -> float:
        return self._speed * steps_per_second(self._length)

    def _position(self) -> float:
        """Where playing is, in steps; beyond the length while a loop holds."""
        return self._from + (self._clock() - self._since) * self._rate()

    def _anchor(self) -> None:
        """Reckon from now on, before the pace changes."""
        if self.playing:
            self._from = min(self._position(), float(self._length))
            self._since = self._clock()

    def _show(self, step: int) -> None:
        if step != self._step:
            self._step = step
            self.stepChanged.emit(step)
