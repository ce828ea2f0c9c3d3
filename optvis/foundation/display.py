"""Can Qt start here? Asked first: without a display Qt aborts the process, and nothing can be caught.

This file imports nothing of optvis and only the standard library, because ``dev.py`` reads the table
of libraries from it before anything is installed.
"""

import ctypes
import importlib.util
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

Part = Literal["qt", "xcb", "wayland"]


class Library(NamedTuple):
    """A shared library of the system that Qt's wheels do not bring, and the packages that hold it."""

    soname: str
    part: Part
    debian: str
    fedora: str
    arch: str
    suse: str


LIBRARIES = (
    Library("libEGL.so.1", "qt", "libegl1", "libglvnd-egl", "libglvnd", "libglvnd"),
    Library("libGL.so.1", "qt", "libgl1", "libglvnd-glx", "libglvnd", "libglvnd"),
    Library("libxkbcommon.so.0", "qt", "libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0"),
    Library("libdbus-1.so.3", "qt", "libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3"),
    Library("libfontconfig.so.1", "qt", "libfontconfig1", "fontconfig", "fontconfig", "fontconfig"),
    Library("libglib-2.0.so.0", "qt", "libglib2.0-0", "glib2", "glib2", "libglib-2_0-0"),
    Library("libxcb-cursor.so.0", "xcb", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor", "libxcb-cursor0"),
    Library("libxcb-icccm.so.4", "xcb", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4"),
    Library("libxcb-keysyms.so.1", "xcb", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms", "libxcb-keysyms1"),
    Library("libxcb-shape.so.0", "xcb", "libxcb-shape0", "libxcb", "libxcb", "libxcb-shape0"),
    Library(
        "libxkbcommon-x11.so.0",
        "xcb",
        "libxkbcommon-x11-0",
        "libxkbcommon-x11",
        "libxkbcommon-x11",
        "libxkbcommon-x11-0",
    ),
    Library("libwayland-client.so.0", "wayland", "libwayland-client0", "libwayland-client", "wayland", "wayland"),
    Library("libwayland-cursor.so.0", "wayland", "libwayland-cursor0", "libwayland-cursor", "wayland", "wayland"),
)

# Column of LIBRARIES -> the names by which such systems know themselves, and their command
_FAMILIES = {
    "debian": ({"debian", "ubuntu"}, "sudo apt-get install"),
    "fedora": ({"fedora", "rhel", "centos"}, "sudo dnf install"),
    "arch": ({"arch"}, "sudo pacman -S"),
    "suse": ({"suse", "opensuse"}, "sudo zypper install"),
}

_WITHOUT_DISPLAY = ("offscreen", "minimal", "minimalegl", "vnc", "eglfs", "linuxfb", "vkkhrdisplay")
_RENDER = "`optvis render textbook -o textbook.png`"


def missing_libraries(*parts: Part) -> list[Library]:
    """Return the libraries of these parts of the table that the system's loader does not find."""
    return [library for library in LIBRARIES if library.part in parts and load_library(library.soname) is None]


def system_family() -> str | None:
    """Return the column of the table that fits this system: debian, fedora, arch, suse, or None."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return None
    names = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    return next((family for family, (members, _) in _FAMILIES.items() if names & members), None)


def packages(libraries: Iterable[Library], family: str) -> list[str]:
    """Return the names of the packages that hold these libraries, in order, each once."""
    return list(dict.fromkeys(getattr(library, family) for library in libraries))


def package_line(libraries: Iterable[Library]) -> str | None:
    """Return the command that installs these libraries, or None on a system that is not in the table."""
    family = system_family()
    return f"{_FAMILIES[family][1]} {' '.join(packages(libraries, family))}" if family else None


def why_no_qt() -> str | None:
    """Say in one sentence why Qt cannot be loaded here, which ``optvis render`` needs too; None if it can."""
    try:
        import PyQt6.QtWidgets  # noqa: F401
    except ImportError as error:
        # Importing raises, it does not abort: the loader itself is the best judge
        missing = missing_libraries("qt")
        what = _are_missing(missing) if missing else str(error)
        return f"Qt cannot be loaded: {what}{_in_brackets('install with', missing)}"
    return None


def why_no_window() -> str | None:
    """Say in one sentence why no window can be opened here; None if one can.

    Nothing is assumed: the platform plugin that Qt would take is loaded, and the display that it
    would connect to is asked for a connection.
    """
    no_qt = why_no_qt()
    if no_qt is not None:
        return f"{no_qt}; with that done, {_RENDER} works without a display"
    if not sys.platform.startswith("linux"):
        return None
    reasons = [_why_not(name) for name in _platforms()]
    if None in reasons:
        return None
    return f"no window can be opened: {'; '.join(map(str, reasons))}; {_RENDER} works without a display"


def _platforms() -> list[str]:
    """Return the names of the platforms that Qt tries here; it takes the first that starts."""
    if chosen := os.environ.get("QT_QPA_PLATFORM"):
        return [name.partition(":")[0] for name in chosen.split(";")]
    platforms = ["xcb"] if os.environ.get("DISPLAY") else []
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        platforms.append("wayland")
    return platforms or ["xcb"]


def _why_not(name: str) -> str | None:
    if name in _WITHOUT_DISPLAY:
        return None
    if name != "xcb" and not name.startswith("wayland"):
        return f"QT_QPA_PLATFORM names {name!r}, which is none of xcb, wayland, {', '.join(_WITHOUT_DISPLAY)}"
    part: Part = "xcb" if name == "xcb" else "wayland"
    trouble = []
    if part == "xcb" and not os.environ.get("DISPLAY"):
        trouble.append("there is no display, neither DISPLAY nor WAYLAND_DISPLAY is set")
    missing: list[Library] = []
    if not plugin_loads(part):
        missing = missing_libraries(part)
        trouble.append(_are_missing(missing) if missing else f"Qt's plugin for {part} cannot be loaded")
    if not trouble and not ANSWERS[part]():
        variable = "DISPLAY" if part == "xcb" else "WAYLAND_DISPLAY"
        trouble.append(f"the display {variable}={os.environ.get(variable, '')} does not answer")
    if not trouble:
        return None
    # Where no library is missing, the line still says what a window takes beside its display
    wanted = missing or [library for library in LIBRARIES if library.part in ("qt", part)]
    return " and ".join(trouble) + _in_brackets("install with" if missing else "beside one, a window takes", wanted)


def load_library(library: str) -> ctypes.CDLL | None:
    """Return a library of the system, or None where the loader does not find it or what it needs."""
    try:
        return ctypes.CDLL(library)
    except OSError:
        return None


def plugin_loads(part: Part) -> bool:
    """Tell whether Qt's own plugin finds all it needs; the table alone where the plugin lies elsewhere."""
    spec = importlib.util.find_spec("PyQt6")
    places = list(spec.submodule_search_locations or ()) if spec else []
    plugins = [file for place in places for file in Path(place).glob(f"Qt6/plugins/platforms/libq{part}*.so")]
    if plugins:
        return all(load_library(str(plugin)) for plugin in plugins)
    return not missing_libraries(part)


def _x_answers() -> bool:
    """Tell whether the X server of DISPLAY accepts a connection, its access control included."""
    xcb = load_library("libxcb.so.1")
    if xcb is None:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed


def _wayland_answers() -> bool:
    """Tell whether the compositor of WAYLAND_DISPLAY accepts a connection."""
    wayland = load_library("libwayland-client.so.0")
    if wayland is None:
        return False
    wayland.wl_display_connect.restype = ctypes.c_void_p
    connection = wayland.wl_display_connect(None)
    if connection is None:
        return False
    wayland.wl_display_disconnect(ctypes.c_void_p(connection))
    return True


ANSWERS = {"xcb": _x_answers, "wayland": _wayland_answers}


def _are_missing(libraries: list[Library]) -> str:
    names = [library.soname for library in libraries]
    if len(names) == 1:
        return f"the library {names[0]} is missing"
    return f"the libraries {', '.join(names[:-1])} and {names[-1]} are missing"


def _in_brackets(words: str, libraries: list[Library]) -> str:
    line = package_line(libraries) if libraries else None
    return f" ({words} `{line}`)" if line else ""
