"""The checks before Qt is loaded: they say what is missing, and they are right about what Qt would do."""

import ast
import os
import platform
import subprocess
import sys

import pytest

from optvis.foundation import display

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux leaves Qt's libraries out")

DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM")


@pytest.fixture
def bare(monkeypatch):
    """Qt loads, no display is named, and the system is a Debian."""
    for name in DISPLAY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": "debian"})
    return monkeypatch


def lose(monkeypatch, *sonames):
    monkeypatch.setattr(display, "load_library", lambda name: None if name in sonames else object())
    monkeypatch.setattr(display, "plugin_loads", lambda part: not display.missing_libraries(part))


def fresh(code, **environ):
    kept = {name: value for name, value in os.environ.items() if name not in DISPLAY_VARIABLES}
    return subprocess.run([sys.executable, "-c", code], env={**kept, **environ}, capture_output=True, text=True)


def test_the_file_stands_alone():
    with open(display.__file__, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in top if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


@linux
@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"DISPLAY": ":4711"},
        {"DISPLAY": "nonsense"},
        {"XDG_SESSION_TYPE": "wayland"},
        {"WAYLAND_DISPLAY": "wayland-4711", "DISPLAY": ":4711"},
        {"QT_QPA_PLATFORM": "offscreen"},
        {"QT_QPA_PLATFORM": "offscreen:something"},
        {"QT_QPA_PLATFORM": "minimal"},
        {"QT_QPA_PLATFORM": "xcb"},
        {"QT_QPA_PLATFORM": "wayland"},
        {"QT_QPA_PLATFORM": "xcb;offscreen"},
        {"QT_QPA_PLATFORM": "nonsense"},
        {"QT_QPA_PLATFORM": ""},
    ],
    ids=str,
)
def test_it_foretells_what_qt_does(environ, tmp_path):
    environ = {"XDG_RUNTIME_DIR": str(tmp_path), **environ}
    told = fresh("from optvis.foundation import display; print(display.why_no_window())", **environ)
    assert told.returncode == 0, told.stderr
    tried = fresh("from PyQt6.QtWidgets import QApplication; QApplication([])", **environ)
    assert (told.stdout.strip() == "None") == (tried.returncode == 0), (told.stdout, tried.stderr)


@linux
@pytest.mark.parametrize(("soname", "qt_loads"), [("libxcb-cursor.so.0", True), ("libEGL.so.1", False)])
def test_a_library_that_does_not_load_is_named(soname, qt_loads, tmp_path):
    (tmp_path / soname).touch()  # the loader meets this one first, and it is no library
    told = fresh(
        "from optvis.foundation import display; print(display.why_no_qt()); print(display.why_no_window())",
        DISPLAY=":4711",
        LD_LIBRARY_PATH=str(tmp_path),
    )
    assert told.returncode == 0, told.stderr
    no_qt, no_window = told.stdout.splitlines()
    assert (no_qt == "None") is qt_loads
    assert soname in no_window
    assert "optvis render" in no_window
    if not qt_loads:
        assert soname in no_qt


def test_no_display(bare):
    lose(bare)
    told = display.why_no_window()
    assert "neither DISPLAY nor WAYLAND_DISPLAY" in told
    assert "sudo apt-get install libegl1 " in told
    assert "libxcb-cursor0" in told
    assert "`optvis render textbook -o textbook.png` works" in told
    assert "\n" not in told


def test_a_missing_xcb_library_names_its_package_alone(bare):
    bare.setenv("DISPLAY", ":0")
    lose(bare, "libxcb-cursor.so.0", "libxkbcommon-x11.so.0")
    told = display.why_no_window()
    assert "libxcb-cursor.so.0 and libxkbcommon-x11.so.0 are missing" in told
    assert "`sudo apt-get install libxcb-cursor0 libxkbcommon-x11-0`" in told
    assert "libwayland" not in told
    assert "optvis render" in told


def test_no_display_and_a_missing_library_are_both_said(bare):
    lose(bare, "libxcb-icccm.so.4")
    told = display.why_no_window()
    assert "neither DISPLAY" in told
    assert "`sudo apt-get install libxcb-icccm4`" in told


@pytest.mark.parametrize("answers", [True, False])
def test_the_display_is_asked(bare, answers):
    bare.setenv("DISPLAY", ":7")
    lose(bare)
    bare.setitem(display.ANSWERS, "xcb", lambda: answers)
    told = display.why_no_window()
    assert (told is None) is answers
    assert answers or "DISPLAY=:7 does not answer" in told


@pytest.mark.parametrize("works", ["xcb", "wayland"])
def test_one_of_two_displays_is_enough(bare, works):
    bare.setenv("DISPLAY", ":7")
    bare.setenv("WAYLAND_DISPLAY", "wayland-7")
    lose(bare)
    for part in ("xcb", "wayland"):
        bare.setitem(display.ANSWERS, part, lambda part=part: part == works)
    assert display.why_no_window() is None


def test_other_systems_bring_their_own_libraries(bare):
    lose(bare, *(library.soname for library in display.LIBRARIES))
    bare.setattr(sys, "platform", "darwin")
    assert display.why_no_window() is None


def test_qt_that_cannot_be_imported(bare):
    lose(bare, "libEGL.so.1", "libGL.so.1")
    bare.setitem(sys.modules, "PyQt6.QtWidgets", None)
    assert display.why_no_qt() == (
        "Qt cannot be loaded: the libraries libEGL.so.1 and libGL.so.1 are missing "
        "(install with `sudo apt-get install libegl1 libgl1`)"
    )


@pytest.mark.parametrize(
    ("release", "line"),
    [
        ({"ID": "debian"}, "sudo apt-get install libegl1 libgl1"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt-get install libegl1 libgl1"),
        ({"ID": "fedora"}, "sudo dnf install libglvnd-egl libglvnd-glx"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "sudo dnf install libglvnd-egl libglvnd-glx"),
        ({"ID": "arch"}, "sudo pacman -S libglvnd"),
        ({"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}, "sudo zypper install libglvnd"),
        ({"ID": "something-else"}, None),
    ],
    ids=lambda value: value["ID"] if isinstance(value, dict) else "",
)
def test_the_package_line_fits_the_system(bare, release, line):
    bare.setattr(platform, "freedesktop_os_release", lambda: release)
    assert display.package_line(display.LIBRARIES[:2]) == line


def test_a_system_that_does_not_say_what_it_is(bare):
    def no_file():
        raise OSError

    bare.setattr(platform, "freedesktop_os_release", no_file)
    lose(bare, "libxcb-cursor.so.0")
    bare.setenv("DISPLAY", ":0")
    assert "libxcb-cursor.so.0 is missing;" in display.why_no_window()


@pytest.mark.parametrize(
    ("part", "packages"),
    [
        ("qt", "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0"),
        ("xcb", "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0"),
    ],
)
def test_the_table_holds_what_a_bare_debian_lacks(part, packages):
    assert display.packages([x for x in display.LIBRARIES if x.part == part], "debian") == packages.split()
