"""The bar at the bottom: which step is shown, and playing."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QSignalBlocker, Qt
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from optvis.gui.state.playback import SPEEDS, Playback
from optvis.gui.widgets.groove_slider import GrooveSlider
from optvis.gui.widgets.icons import icon
from optvis.gui.widgets.key_button import key_button


def speed_text(speed: float) -> str:
    """Write a speed: ``0.25×``."""
    return f"{speed:g}×"


class Transport(QWidget):
    """Buttons, scrub bar, step counter, speed and loop of a playback.

    A click on any of them leaves the keyboard focus where it is, so that Space still plays; Tab
    reaches them all.

    Attributes
    ----------
    start_button, back_button, play_button, forward_button, end_button, scrub, counter, speed_box, loop_button
        In the order of the bar.
    """

    def __init__(self, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self._was_playing = False
        self.start_button = key_button("to-start", "To the start", "Home", playback.to_start)
        self.back_button = key_button("step-back", "One step back", "Left", lambda: playback.step_by(-1))
        self.play_button = key_button("play", "Play", "Space", playback.toggle)
        self.forward_button = key_button("step-forward", "One step forward", "Right", lambda: playback.step_by(1))
        self.end_button = key_button("to-end", "To the end", "End", playback.to_end)
        self.scrub = self._made_scrub()
        self.counter = QLabel()
        self.counter.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.counter.setAccessibleName("Step")
        self.counter.setToolTip("The step that is shown, and the last one; 0 is the start")
        self.speed_box = self._made_speed_box()
        self.loop_button = key_button("loop", "Play again and again", "L", lambda: None)
        self.loop_button.setCheckable(True)
        self.loop_button.toggled.connect(playback.set_loop)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(2)
        for button in (self.start_button, self.back_button, self.play_button, self.forward_button, self.end_button):
            row.addWidget(button)
        row.addSpacing(6)
        row.addWidget(self.scrub, 1)
        row.addSpacing(6)
        for widget in (self.counter, self.speed_box, self.loop_button):
            row.addWidget(widget)
            row.addSpacing(4)
        playback.stepChanged.connect(self._show_step)
        playback.lengthChanged.connect(self._show_length)
        playback.playingChanged.connect(self._show_playing)
        playback.speedChanged.connect(self._show_speed)
        playback.loopChanged.connect(self.loop_button.setChecked)
        self._show_length(playback.length)
        self._show_playing(playback.playing)
        self._show_speed(playback.speed)
        self.loop_button.setChecked(playback.loop)

    def changeEvent(self, event: QEvent | None) -> None:
        """Measure the counter again in another font."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._measure()

    def _made_scrub(self) -> GrooveSlider:
        scrub = GrooveSlider()
        scrub.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        scrub.setAccessibleName("Step shown")
        scrub.setToolTip("Drag to any step")
        scrub.setMinimumWidth(60)
        scrub.valueChanged.connect(self._scrubbed)
        scrub.sliderPressed.connect(self._hold)
        scrub.sliderReleased.connect(self._go_on)
        return scrub

    def _made_speed_box(self) -> QComboBox:
        box = QComboBox()
        for speed in SPEEDS:
            box.addItem(speed_text(speed), speed)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.setAccessibleName("Speed")
        box.setToolTip("Speed  ( [ slower, ] faster )")
        box.activated.connect(lambda index: self._playback.set_speed(SPEEDS[index]))
        return box

    def _scrubbed(self, step: int) -> None:
        if not self.scrub.isSliderDown():  # by a key
            self._playback.pause()
        self._playback.seek(step)

    def _hold(self) -> None:
        self._was_playing = self._playback.playing
        self._playback.pause()

    def _go_on(self) -> None:
        if self._was_playing and self._playback.step < self._playback.length:
            self._playback.play()

    def _show_step(self, step: int) -> None:
        with QSignalBlocker(self.scrub):
            self.scrub.setValue(step)
        length, width = self._playback.length, self._counter_digits()
        self.counter.setText(f"step {step:0{width}d} / {length:0{width}d}")
        self.scrub.setAccessibleDescription(f"step {step} of {length}")

    def _show_length(self, length: int) -> None:
        with QSignalBlocker(self.scrub):
            self.scrub.setRange(0, length)
            self.scrub.setPageStep(max(1, length // 10))
        self._measure()
        self._show_step(self._playback.step)

    def _measure(self) -> None:
        """Make room for the widest digits, so that nothing moves while the numbers run."""
        metrics = QFontMetrics(self.counter.font())
        widest = max("0123456789", key=metrics.horizontalAdvance)
        digits = widest * self._counter_digits()
        self.counter.setFixedWidth(metrics.horizontalAdvance(f"step {digits} / {digits}") + 4)
        self.counter.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def _counter_digits(self) -> int:
        return max(3, len(str(self._playback.length)))

    def _show_playing(self, playing: bool) -> None:
        self.play_button.setIcon(icon("pause" if playing else "play"))
        text = "Pause" if playing else "Play"
        self.play_button.setToolTip(f"{text}  (Space)")
        self.play_button.setAccessibleName(text)

    def _show_speed(self, speed: float) -> None:
        self.speed_box.setCurrentIndex(SPEEDS.index(speed))
