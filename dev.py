"""One command to set up and to start: `python3 dev.py run`, `python3 dev.py test`.

Makes `.venv`, installs optvis into it with what the command needs, checks the system's libraries that
Qt takes, and starts the command. The second call finds all of it done. Only the standard library is used.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

# An older Python must be able to read this file as far as here and to parse all of it
if sys.version_info < (3, 11):
    sys.exit(f"dev: error: optvis takes Python 3.11 or later; {sys.executable} is {sys.version.split()[0]}")

USAGE = """\
usage: python3 dev.py COMMAND [arguments]

  run [ARGUMENTS]     start optvis: the window, or `run render textbook -o textbook.png`, `run --help`
  test [ARGUMENTS]    run the tests; the arguments are pytest's
  bench [ARGUMENTS]   measure the speed side by side with other ways to do the same
  lint                check the style and the types
  pictures [NAMES]    draw the pictures of the README anew

The first call makes .venv and fills it; remove that folder to begin anew."""

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "dev.json"
EXTRAS = {"run": [], "test": ["test"], "bench": ["test", "bench"], "lint": ["dev"], "pictures": []}

LINTERS = (["ruff", "check"], ["ruff", "format", "--check", "optvis", "tests", "dev.py"], ["mypy"])

# The pictures of the README, each with the arguments of `optvis render` that draw it
PICTURES = {
    "textbook.png": "textbook --view figure --charts loss,slope,distance",
    "multiples.png": "textbook --view multiples",
    "four-minima.gif": "four-minima --size 720,540 --fps 15 --step 60",
    "surface.png": "saddle-escape --view surface",
    "arrows.png": "-p quadratic-valley -O adam --steps 30 --step 4 --size 1000,660 "
    "--arrows gradient,velocity,scaling,step --field linear",
    "too-fast.png": "too-fast",
    "ravine.png": "ravine --theme dark --size 1000,660",
    "basins.png": "-p himmelblau -O momentum:lr=0.02 --view basins --size 900,580",
    "sweep.png": "-p quadratic-valley -O momentum --steps 60 --view sweep --size 1000,660",
    "swarm.gif": "-p himmelblau -O adam --swarm 1000 --size 480,360 --fps 12 --step 36",
}
# Those that the window paints itself, by tests/window_pictures.py
WINDOW_PICTURES = ("sliders.png", "tune.png")


class SetupError(Exception):
    """Set-up cannot go on; the message is one line for the user."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def main(arguments: list[str]) -> int:
    """Do what the command line says and return the exit status."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE)
        return 0
    command, rest = arguments[0], arguments[1:]
    try:
        if command not in EXTRAS:
            raise SetupError(f"there is no command {command!r}; there are {', '.join(EXTRAS)}", status=2)
        if command == "lint":
            prepare_environment(EXTRAS[command])
            return max(call([python(), "-m", *tool]) for tool in LINTERS)
        prepare_system(window=command == "run" and opens_window(rest))
        prepare_environment(EXTRAS[command])
        if command == "pictures":
            return draw_pictures(rest or [*PICTURES, *WINDOW_PICTURES])
    except SetupError as error:
        print(f"dev: error: {error}", file=sys.stderr)
        return error.status
    except OSError as error:
        print(f"dev: error: {error}", file=sys.stderr)
        return 1
    if command == "run":
        # -P: a file of the user's own in the current folder must not pass for a library
        return replace_process([python(), "-P", "-m", "optvis", *rest])
    os.chdir(ROOT)
    return replace_process([python(), "-m", "pytest" if command == "test" else "tests.benchmarks", *rest])


def draw_pictures(names: list[str]) -> int:
    """Draw pictures of the README into assets/pictures and return the exit status."""
    folder = ROOT / "assets" / "pictures"
    folder.mkdir(exist_ok=True)
    for name in names:
        if name in PICTURES:
            command = ["-P", "-m", "optvis", "render", *PICTURES[name].split(), "-o", str(folder / name)]
        elif name in WINDOW_PICTURES:
            command = ["-m", "tests.window_pictures", name, str(folder / name)]
        else:
            known = ", ".join([*PICTURES, *WINDOW_PICTURES])
            raise SetupError(f"there is no picture {name!r}; there are {known}", status=2)
        say(f"drawing {name}")
        status = call([python(), *command])
        if status:
            return status
    return 0


# The system's libraries


def opens_window(arguments: list[str]) -> bool:
    """Tell whether optvis opens a window with these arguments: with none, or with a session's file name."""
    return not arguments or (not arguments[0].startswith("-") and Path(arguments[0]).suffix != "")


def prepare_system(window: bool) -> None:
    """See to it that the libraries are there that Qt's wheels do not bring; only Linux leaves them out."""
    if not sys.platform.startswith("linux"):
        return
    display = load_display()
    parts = ("qt", "xcb") if window else ("qt",)
    missing = display.missing_libraries(*parts)
    if not missing:
        return
    if display.system_family() == "debian" and os.geteuid() == 0:
        install_packages(display.packages(missing, "debian"))
        missing = display.missing_libraries(*parts)
    if missing:
        names = ", ".join(library.soname for library in missing)
        line = display.package_line(missing)
        remedy = f"install them with: {line}" if line else "install your system's packages that hold them"
        raise SetupError(f"Qt needs libraries that this system does not have ({names}); {remedy}", status=2)


def install_packages(packages: list[str]) -> None:
    """Install Debian packages, without questions."""
    say(f"installing {' '.join(packages)}")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        # apt-get's own words are only wanted when it fails
        done = subprocess.run(
            ["apt-get", *step],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        if done.returncode:
            sys.stderr.write(done.stdout)
            raise SetupError(f"apt-get {step[0]} failed (see above); wanted are {' '.join(packages)}")


def load_display() -> ModuleType:
    """Return optvis/foundation/display.py, where the table of libraries stands, without what optvis itself needs."""
    spec = importlib.util.spec_from_file_location("optvis_display", ROOT / "optvis" / "display.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The virtual environment


def python() -> str:
    """Return the path of the environment's interpreter."""
    return str(VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))


class Stamp(NamedTuple):
    """What .venv was made from, written when it was finished."""

    interpreter: str
    place: str
    project: str
    extras: list[str]

    def covers(self, wanted: "Stamp") -> bool:
        """Tell whether an environment with this stamp has all that is wanted."""
        return self[:3] == wanted[:3] and set(wanted.extras) <= set(self.extras)


def wanted_stamp(extras: list[str]) -> Stamp:
    """Return the stamp of this project, as it is now, installed with these extras by this Python."""
    return Stamp(
        interpreter=f"{sys.version} {os.path.realpath(sys.base_prefix)}",
        place=str(ROOT),
        project=hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest(),
        extras=sorted(extras),
    )


def read_stamp() -> Stamp | None:
    """Return the stamp of the last set-up that was finished, or None."""
    try:
        stamp = Stamp(**json.loads(STAMP.read_text(encoding="utf-8")))
        return stamp if isinstance(stamp.extras, list) else None
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(stamp: Stamp) -> None:
    """Write the stamp whole or not at all."""
    unfinished = STAMP.with_suffix(".new")
    unfinished.write_text(json.dumps(stamp._asdict(), indent=1), encoding="utf-8")
    os.replace(unfinished, STAMP)


def prepare_environment(extras: list[str]) -> None:
    """See to it that .venv is whole, is this Python's, and has optvis with these extras and earlier ones."""
    if is_ready(extras):
        return
    with lock():
        if is_ready(extras):  # another call has done it meanwhile
            return
        stamp = read_stamp()
        wanted = wanted_stamp(extras if stamp is None else [*{*extras, *stamp.extras}])
        whole = stamp is not None and stamp[:2] == wanted[:2] and python_runs()
        # From here on .venv is unfinished, and known as such by its missing stamp if this call is killed
        STAMP.unlink(missing_ok=True)
        if not whole:
            make_venv()
        names = ",".join(wanted.extras)
        say(f"installing optvis{names and ' with ' + names} into {VENV}; this may take a minute")
        if call([python(), "-m", "pip", "install", "--quiet", "--editable", f".[{names}]" if names else "."]):
            if stamp and whole:  # pip changes nothing before it has all it needs: the old state still stands
                write_stamp(stamp)
            raise SetupError("pip could not install optvis and what it needs (see above)")
        write_stamp(wanted)
        say("ready")


def is_ready(extras: list[str]) -> bool:
    """Tell whether nothing is left to do for these extras."""
    stamp = read_stamp()
    return stamp is not None and stamp.covers(wanted_stamp(extras)) and python_runs()


def python_runs() -> bool:
    """Tell whether the environment's interpreter starts at all."""
    try:
        return subprocess.run([python(), "-I", "-S", "-c", ""], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    """Make .venv anew with this Python."""
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"this Python {version} comes without venv and pip; on Debian and Ubuntu: "
            f"sudo apt-get install python{version}-venv",
            status=2,
        )
    say(f"making {VENV}")
    # Started from within an environment, the new one must still not depend on it
    base = str(getattr(sys, "_base_executable", None) or sys.executable)
    if call([base, "-m", "venv", "--clear", str(VENV)]):
        raise SetupError(f"{base} could not make {VENV} (see above)")


@contextlib.contextmanager
def lock() -> Iterator[None]:
    """Let one call at a time set up; the system takes the lock back from a call that dies."""
    with open(ROOT / ".venv.lock", "a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            while True:  # msvcrt gives up after ten seconds
                with contextlib.suppress(OSError):
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("waiting for another dev.py to finish")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


# Processes


def say(message: str) -> None:
    """Print progress; standard output is the command's."""
    print(f"dev: {message}", file=sys.stderr, flush=True)


def call(command: list[str]) -> int:
    """Run a command of the set-up in the project's folder, its output on standard error, and return its status."""
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode


def replace_process(command: list[str]) -> int:
    """Become this command, so that signals and the exit status are its own; where that cannot be, run it."""
    if sys.platform == "win32":  # exec would return to the prompt before the command has ended
        return subprocess.run(command).returncode
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command[0], command)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)  # what a shell expects after Ctrl+C
