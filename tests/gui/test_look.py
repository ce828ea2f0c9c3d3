"""Icons and palettes."""

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QIcon, QImage, QPalette
from PyQt6.QtWidgets import QApplication, QLineEdit

from optvis.draw.paint.theme import DARK, LIGHT, THEMES, contrast
from optvis.gui.widgets import palette
from optvis.gui.widgets.icons import ICONS, icon, program_icon

SIZE = QSize(16, 16)


@pytest.fixture(autouse=True)
def light(qapp):
    palette.apply("light")
    yield
    palette.apply("light")


def pixels(pixmap):
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    return bytes(image.constBits().asstring(image.sizeInBytes()))


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_drawn_within_its_square(name):
    image = icon(name).pixmap(QSize(64, 64)).toImage()
    edge = [image.pixelColor(x, y).alpha() for x in range(64) for y in (0, 63)]
    edge += [image.pixelColor(x, y).alpha() for y in range(64) for x in (0, 63)]
    assert max(edge) == 0
    ink = sum(image.pixelColor(x, y).alpha() > 128 for x in range(64) for y in range(64))
    assert 0.03 < ink / 64**2 < 0.7


def test_icons_differ():
    assert len({pixels(icon(name).pixmap(SIZE)) for name in ICONS}) == len(ICONS)


def test_icons_are_as_fine_as_the_screen():
    pixmap = icon("play").pixmap(SIZE, 2.0)
    assert pixmap.size() == QSize(32, 32)
    assert pixmap.devicePixelRatio() == 2.0


def test_icons_follow_the_theme_and_say_what_is_disabled():
    play = icon("play")
    light_, off = pixels(play.pixmap(SIZE)), pixels(play.pixmap(SIZE, QIcon.Mode.Disabled))
    palette.apply("dark")
    dark = pixels(play.pixmap(SIZE))
    assert len({light_, off, dark}) == 3


def test_an_icon_that_does_not_exist():
    with pytest.raises(KeyError):
        icon("no such icon")


def test_the_program_has_an_icon():
    assert not program_icon().pixmap(64, 64).isNull()


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_text_can_be_read(choice):
    theme = palette.apply(choice)
    assert theme is THEMES[choice]
    colors = QApplication.palette()
    assert palette.theme_of(colors) is theme
    role = QPalette.ColorRole
    for text, ground in (
        (role.WindowText, role.Window), (role.Text, role.Base), (role.ButtonText, role.Button),
        (role.HighlightedText, role.Highlight), (role.ToolTipText, role.ToolTipBase), (role.Text, role.AlternateBase),
    ):  # fmt: skip
        assert contrast(colors.color(text), colors.color(ground)) >= 4.5
    assert contrast(palette.error_color(colors), colors.color(role.Window)) >= 4.5
    assert contrast(palette.muted_color(colors), colors.color(role.AlternateBase)) >= 4.5


def test_disabled_text_differs(qapp):
    for theme in (LIGHT, DARK):
        colors = palette.window_palette(theme)
        groups = QPalette.ColorGroup.Active, QPalette.ColorGroup.Disabled
        on, off = (colors.color(group, QPalette.ColorRole.ButtonText) for group in groups)
        assert on != off


def test_the_system_decides_when_asked():
    assert palette.apply("system") is palette.system_theme()


def test_fields_have_an_outline_in_the_dark(qtbot):
    palette.apply("dark")
    field = QLineEdit()
    qtbot.addWidget(field)
    field.resize(80, 24)
    image = field.grab().toImage()
    middle = image.height() // 2
    frame, inside = image.pixelColor(0, middle), image.pixelColor(10, middle)
    assert contrast(frame, inside) > 1.8


def test_a_system_change_is_told_as_long_as_the_owner_lives(qtbot):
    owner, told = QLineEdit(), []
    palette.watch_system(owner, lambda: told.append(True))
    hints = QApplication.styleHints()
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert told == [True]
    with qtbot.waitSignal(owner.destroyed):
        owner.deleteLater()
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert told == [True]
