"""Settings that anybody may have edited: what cannot be used is as if it were not there."""

from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings

from optvis.document.session_file import preset
from optvis.gui.files.export_dialog import ExportDialog
from optvis.gui.state import stored
from optvis.gui.window import Window
from tests.gui.conftest import settle

BAD = {
    "letters": "abc",
    "a list": "a, b, c",
    "a point": "@Point(3 4)",
    "a size": "@Size(3 4)",
    "broken bytes": "@ByteArray(\\x1\\x2\\xff)",
    "a broken variant": "@Variant(\\0\\0\\0\\x7f)",
    "an unknown variant": "@Variant(\\0\\0\\x4\\0\\0\\0\\0\\0\\0)",
    "invalid": "@Invalid()",
    "nothing": "",
    "not a number": "nan",
    "infinite": "1e999",
    "a long name": "x" * 5_000,
    "a name that no file has": "a\\0b",
}
KEYS = {
    "window": ("geometry", "columns", "plots", "settings", "chart", "inspector", "grooves", "inspector%20parts"),
    "play": ("loop", "speed"),
    "hint": ("seen",),
    "export": ("format", "folder", "fps", "hold", "loop", "transparent", "still-width", "still-height", "still-scale"),
}


@pytest.fixture
def written(tmp_path):
    """Settings in whose file every key has the same value."""

    def make(value):
        lines = ["[General]", *(f"{key}={value}" for key in ("theme", "recent", "folder"))]
        for group, keys in KEYS.items():
            lines += ["", f"[{group}]", *(f"{key}={value}" for key in keys)]
        file = tmp_path / "settings.ini"
        file.write_text("\n".join(lines) + "\n", encoding="latin-1")
        return QSettings(str(file), QSettings.Format.IniFormat)

    return make


@pytest.mark.qt_log_ignore("QVariant::load|propagateSizeHints")
@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
def test_the_window_starts_whatever_the_settings_hold(qtbot, written, value):
    settings = written(value)
    window = Window(preset("textbook"), settings)
    window.show()
    settle(qtbot, window)
    assert window.theme_choice == "system"
    assert window.playback.speed == 1.0
    assert all(isinstance(path, Path) for path in window.documents.recent)
    assert not any(len(str(path)) > 1_000 for path in window.documents.recent)
    dialog = ExportDialog(window.store.scene, 0, "light", lambda *_: iter(()), settings, window)
    assert dialog.form.ending == ".png"
    assert Path(dialog.file_field.text()).parent == Path.home()
    dialog.deleteLater()
    window.close()
    window.deleteLater()


def test_what_is_good_is_taken(tmp_path):
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    for key, value in (("flag", True), ("number", 2.5), ("word", "dark"), ("folder", str(tmp_path)), ("one", ["a"])):
        settings.setValue(key, value)
    settings.sync()
    again = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    assert stored.flag(again, "flag", False)
    assert stored.number(again, "number", 1.0) == 2.5
    assert stored.choice(again, "word", ("light", "dark"), "light") == "dark"
    assert stored.folder(again, "folder") == tmp_path
    assert stored.names(again, "one") == ["a"]
    assert stored.names(again, "none") == []
