"""The lines of an update as mathematics, with this step's numbers put in."""

from __future__ import annotations

from collections.abc import Collection

from PyQt6.QtCore import QMimeData, QSize, Qt
from PyQt6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextOption,
    QWheelEvent,
)
from PyQt6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from optvis.draw.paint.theme import mixed
from optvis.gui.inspector.step_record import StepRecord, formulas
from optvis.gui.widgets.palette import muted_color, theme_of
from optvis.language.notation import number

_INDENT = 14


class RuleView(QTextEdit):
    """Shows the lines of a step and, in slow motion, which of them are done at the moment.

    It is as high as its text, which can be selected and copied.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._html = ""
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Update, line by line")
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)

    def show_record(
        self, record: StepRecord | None, done: Collection[int] | None = None, active: Collection[int] = ()
    ) -> None:
        """Show the update of a step.

        Parameters
        ----------
        done
            Lines that have numbers by now; None for all. The gradient, above the first line, always has.
        active
            Lines of the present stage, which are marked; -1 is the gradient.
        """
        html = "" if record is None else self._written(record, done, active)
        if html != self._html:
            self._html = html
            self.setHtml(html)
            self._fit()

    def marked_place(self) -> tuple[int, int] | None:
        """Top and bottom of the marked lines; None when there are none."""
        found = [self._place_of(line) for line in self._marked_blocks()]
        return (min(top for top, _ in found), max(bottom for _, bottom in found)) if found else None

    def sizeHint(self) -> QSize:
        """As high as the text."""
        return QSize(260, self.height())

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy powers as ``^`` and subscripts as ``_``."""
        cursor = self.textCursor()
        lines = []
        block = self.document().findBlock(cursor.selectionStart())
        while block.isValid() and block.position() < cursor.selectionEnd():
            words = ""
            pieces = block.begin()
            while not pieces.atEnd():
                piece = pieces.fragment()
                low = max(cursor.selectionStart() - piece.position(), 0)
                high = min(cursor.selectionEnd() - piece.position(), piece.length())
                if high > low:
                    words += _plain(piece.text()[low:high], piece.charFormat())
                pieces += 1  # type: ignore[operator]
            lines.append(words)
            block = block.next()
        data = QMimeData()
        data.setText("\n".join(lines))
        return data

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy and select; all other keys are the window's."""
        if event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.SelectAll):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """What is around scrolls."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break elsewhere."""
        super().resizeEvent(event)
        self._fit()

    def _marked_blocks(self) -> list[QTextBlock]:
        found = []
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().background().style() != Qt.BrushStyle.NoBrush:
                found.append(block)
            block = block.next()
        return found

    def _place_of(self, block: QTextBlock) -> tuple[int, int]:
        rect = self.document().documentLayout().blockBoundingRect(block)
        return round(rect.top()), round(rect.bottom())

    def _fit(self) -> None:
        height = round(self.document().size().height()) + 2
        if height != self.height():
            self.setFixedHeight(height)

    def _written(self, record: StepRecord, done: Collection[int] | None, active: Collection[int]) -> str:
        palette, theme = self.palette(), theme_of(self.palette())
        ink, muted = palette.color(QPalette.ColorRole.WindowText).name(), muted_color(palette).name()
        mark = mixed(theme.accent, theme.panel, 0.16).name()
        rows: list[str] = []

        def add(formula: str, index: int, numbers: list[str]) -> None:
            is_active = index in active
            shade = f"; background-color: {mark}" if is_active else ""
            text = f"<b>▸ {formula}</b>" if is_active else formula
            rows.append(f"<p style='margin: 5px 0 0 0{shade}'>{text}</p>")
            for words in numbers:
                rows.append(f"<p style='margin: 0 0 0 {_INDENT}px; color: {muted}{shade}'>{words}</p>")

        gradient = next((known for known in record.quantities if known.name == "g"), None)
        if record.lines and gradient is not None:
            values = gradient.values.items()
            add("g = ∇f", -1, [_named(key, number(value, html=True).text, ink) for key, value in values])
        written = tuple(line.html for line in record.lines) or formulas(record.run)
        for index, formula in enumerate(written):
            known = record.lines[index] if record.lines and (done is None or index in done) else None
            numbers = [_named(key, known.with_numbers(key, html=True), ink) for key in record.params] if known else []
            add(formula, index, numbers)
        return "".join(rows)


def _named(param: str, calculation: str, ink: str) -> str:
    """``x: 0.9·(−0.2) = −0.18`` with the result in the colour of text."""
    before, sign, result = calculation.rpartition(" = ")
    return f"{param}:&nbsp; {before}{sign.replace('= ', '=&nbsp;')}<span style='color: {ink}'>{result}</span>"


def _plain(text: str, style: QTextCharFormat) -> str:
    sign = {
        QTextCharFormat.VerticalAlignment.AlignSuperScript: "^",
        QTextCharFormat.VerticalAlignment.AlignSubScript: "_",
    }.get(style.verticalAlignment(), "")
    return f"{sign}({text})" if sign == "^" and len(text) > 1 else sign + text
