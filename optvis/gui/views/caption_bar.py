"""The caption of slow motion, over the lower edge of the map or the surface."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from optvis.gui.state.slow_motion import SlowMotion
from optvis.gui.widgets.icons import icon
from optvis.gui.widgets.key_button import key_button

_MARGIN = 12
_WIDEST = 640


class CaptionBar(QFrame):
    """Says what the present stage does, with buttons to go back, pause, go on and leave."""

    def __init__(self, slow_motion: SlowMotion, over: QWidget) -> None:
        super().__init__(over)
        self._slow_motion = slow_motion
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.count = QLabel()
        self.count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.caption = QLabel()
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setWordWrap(True)
        self.caption.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.caption.setAccessibleName("Stage")
        self.back_button = key_button("step-back", "Stage before", "Left", slow_motion.back)
        self.play_button = key_button("pause", "Pause", "Space", slow_motion.toggle_playing)
        self.next_button = key_button("step-forward", "Next stage", "Right", slow_motion.next)
        self.leave_button = key_button("remove", "Leave slow motion", "Esc", slow_motion.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 4, 4)
        row.setSpacing(2)
        row.addWidget(self.count)
        row.addSpacing(8)
        row.addWidget(self.caption, 1)
        row.addSpacing(8)
        for button in (self.back_button, self.play_button, self.next_button, self.leave_button):
            row.addWidget(button)
        over.installEventFilter(self)
        slow_motion.changed.connect(self._show)
        self._show()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stay in place when the widget beneath changes its size."""
        if event is not None and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _show(self) -> None:
        slow_motion = self._slow_motion
        stage = slow_motion.stage
        if stage is None:
            self.hide()
            return
        self.count.setText(f"{slow_motion.index + 1} of {len(slow_motion.stages)}")
        self.caption.setText(f"{stage.caption[:1].upper()}{stage.caption[1:]}")
        text = "Pause" if slow_motion.playing else "Play"
        self.play_button.setIcon(icon(text.lower()))
        self.play_button.setToolTip(f"{text}  (Space)")
        self.play_button.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        """As wide as the longest caption needs, so that nothing jumps from stage to stage."""
        over = self.parentWidget()
        longest = max((stage.caption for stage in self._slow_motion.stages), key=len, default="")
        around = self.sizeHint().width() - self.caption.sizeHint().width()
        text_width = around + self.caption.fontMetrics().horizontalAdvance(longest) + 12
        width = min(text_width, _WIDEST, over.width() - 2 * _MARGIN)
        height = self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        self.setGeometry((over.width() - width) // 2, over.height() - height - 44, width, height)
