"""The program's look: the Fusion style with a light or a dark palette."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, QRectF, Qt
from PyQt6.QtGui import QColor, QGuiApplication, QPainter, QPalette, QPen
from PyQt6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleOption, QStyleOptionComplex, QWidget

from optvis.draw.paint.painting import saved
from optvis.draw.paint.text import with_accents
from optvis.draw.paint.theme import DARK, LIGHT, THEMES, Theme, luminance, mixed, outcome_color


def theme_of(palette: QPalette) -> Theme:
    """Return the theme that a palette belongs to; whatever paints by itself follows its widget's palette."""
    return DARK if luminance(palette.color(QPalette.ColorRole.Window)) < 0.2 else LIGHT


def error_color(palette: QPalette) -> QColor:
    """The colour of messages about what cannot be used."""
    return palette.color(QPalette.ColorRole.BrightText)


def muted_color(palette: QPalette) -> QColor:
    """The colour of text of less weight."""
    return palette.color(QPalette.ColorRole.PlaceholderText)


def window_palette(theme: Theme) -> QPalette:
    """Make the palette of all widgets from a theme."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    raised = theme.paper if theme is LIGHT else mixed(theme.ink, theme.panel, 0.04)
    button = mixed(theme.ink, theme.panel, 0.06)
    colors = {
        role.Window: theme.panel,
        role.WindowText: theme.ink,
        role.Base: theme.paper,
        role.AlternateBase: raised,
        role.Text: theme.ink,
        role.PlaceholderText: theme.muted,
        role.Button: button,
        role.ButtonText: theme.ink,
        role.BrightText: outcome_color("diverged", theme),
        role.ToolTipBase: theme.paper,
        role.ToolTipText: theme.ink,
        role.Light: mixed(theme.paper, button, 0.7),
        role.Midlight: mixed(theme.paper, button, 0.4),
        role.Mid: theme.frame,
        role.Dark: mixed(theme.ink, theme.frame, 0.25),
        role.Shadow: mixed(theme.ink, theme.frame, 0.5),
        role.Highlight: theme.accent,
        role.HighlightedText: theme.paper,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
    }
    if accent := getattr(role, "Accent", None):  # Qt 6.6 and later
        colors[accent] = theme.accent
    palette = QPalette()
    for which, color in colors.items():
        palette.setColor(which, color)
    faint = mixed(theme.ink, theme.panel, 0.42)
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, which, faint)
    palette.setColor(group.Disabled, role.Highlight, theme.frame)
    palette.setColor(group.Disabled, role.Base, theme.panel)
    return palette


def system_theme() -> Theme:
    """Return what the system asks for: light unless it says dark."""
    hints = QGuiApplication.styleHints()
    scheme = getattr(hints, "colorScheme", None)  # Qt 6.5 and later
    return DARK if scheme is not None and scheme() == Qt.ColorScheme.Dark else LIGHT


class OutlinedFusion(QProxyStyle):
    """Fusion, with outlines that can be seen in the dark as well.

    Fusion makes its outlines darker than the window, which on a dark window is no outline at all.
    """

    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption | None,
        painter: QPainter | None,
        widget: QWidget | None = None,
    ) -> None:
        """Outline fields and check boxes."""
        super().drawPrimitive(element, option, painter, widget)
        if element in (QStyle.PrimitiveElement.PE_FrameLineEdit, QStyle.PrimitiveElement.PE_IndicatorCheckBox):
            self._outline(option, painter)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex | None,
        painter: QPainter | None,
        widget: QWidget | None = None,
    ) -> None:
        """Outline spin boxes and choices."""
        super().drawComplexControl(control, option, painter, widget)
        if control in (QStyle.ComplexControl.CC_SpinBox, QStyle.ComplexControl.CC_ComboBox):
            self._outline(option, painter)

    @staticmethod
    def _outline(option: QStyleOption | None, painter: QPainter | None) -> None:
        if option is None or painter is None or theme_of(option.palette) is not DARK:
            return
        if option.state & QStyle.StateFlag.State_HasFocus:  # has an outline of its own
            return
        with saved(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Mid), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)


def apply(choice: str) -> Theme:
    """Dress the application in ``light`` or ``dark``, or for ``system`` in what the system asks for."""
    theme = THEMES.get(choice) or system_theme()
    if not isinstance(QApplication.style(), OutlinedFusion):
        QApplication.setStyle(OutlinedFusion())
    if theme_of(QApplication.palette()) is not theme or QApplication.palette() != window_palette(theme):
        QApplication.setPalette(window_palette(theme))
    if QApplication.font() != with_accents(QApplication.font()):
        QApplication.setFont(with_accents(QApplication.font()))
    return theme


def watch_system(owner: QObject, changed: Callable[[], object]) -> None:
    """Call ``changed`` whenever the system's scheme changes, as long as ``owner`` lives."""
    hints = QGuiApplication.styleHints()
    signal = getattr(hints, "colorSchemeChanged", None)
    if signal is not None:
        connection = signal.connect(lambda _: changed())
        owner.destroyed.connect(lambda: signal.disconnect(connection))
