"""One command to set up and to start: `python3 dev.py run`, `python3 dev.py test`.

Makes `.venv`, installs optvis into it with what the command needs (with uv where it is, else with pip), checks
the system's libraries that Qt takes, and starts the command. The second call finds all of it done. Only the
standard library is used.
"""

import contextlib
import hashlib
import json
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

# An older Python must be able to read this file as far as here and to parse all of it
if sys.version_info < (3, 11):
    sys.exit(f"dev: error: optvis takes Python 3.11 or later; {sys.executable} is {sys.version.split()[0]}")

USAGE = """\
usage: python3 dev.py COMMAND [arguments]

  run [ARGUMENTS]     start optvis: the window, or `run render textbook -o textbook.png`, `run --help`
  test [ARGUMENTS]    run the tests: without arguments all but the slow ones, on all processors; else as pytest does
  bench [ARGUMENTS]   measure the speed side by side with other ways to do the same
  lint                check the style and the types
  docs                make the pages of the Python interface in build/docs
  pictures [NAMES]    draw the pictures of the README anew

The first call makes .venv and fills it; remove that folder to begin anew."""

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "dev.json"
DISPLAY = ROOT / "optvis" / "foundation" / "display.py"  # which has the table of libraries that Qt takes


# What each command gives to the Python of .venv, once or more, and the extras of optvis that it takes
COMMANDS = {
    # -P: a file of the user's own in the current folder must not pass for a library
    "run": (["-P -m optvis"], []),
    "test": (["-m pytest"], ["test"]),
    "bench": (["-m tests.benchmarks"], ["bench", "test"]),
    "lint": (["-m ruff check", "-m ruff format --check optvis tests dev.py", "-m mypy"], ["dev"]),
    "docs": (["-m tests.api_pages build/docs"], ["docs"]),
    "pictures": (["-m tests.readme_pictures"], []),
}


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
    name, *rest = arguments
    try:
        if name not in COMMANDS:
            raise SetupError(f"there is no command {name!r}; there are {', '.join(COMMANDS)}", status=2)
        if name not in ("lint", "docs"):  # which load no Qt
            prepare_system(window=name == "run" and opens_window(rest))
        starts, extras = COMMANDS[name]
        prepare_environment(extras)
    except (SetupError, OSError) as error:
        say(f"error: {error}")
        return getattr(error, "status", 1)
    if name == "test" and not rest:
        rest = ["--numprocesses=auto", "--dist=worksteal", "-m", "not slow"]
    if name != "run":
        os.chdir(ROOT)
    commands = [[python(), *start.split(), *rest] for start in starts]
    return replace_process(*commands) if len(commands) == 1 else max(subprocess.run(it).returncode for it in commands)


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
    if missing and display.system_family() == "debian" and os.geteuid() == 0:
        packages = display.packages(missing, "debian")
        say(f"installing {' '.join(packages)}")
        for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            if call(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *step]):
                raise SetupError(f"apt-get {step[0]} failed (see above); wanted are {' '.join(packages)}")
        missing = display.missing_libraries(*parts)
    if missing:
        names = ", ".join(library.soname for library in missing)
        line = display.package_line(missing)
        remedy = f"install them with: {line}" if line else "install your system's packages that hold them"
        raise SetupError(f"Qt needs libraries that this system does not have ({names}); {remedy}", status=2)


def load_display() -> SimpleNamespace:
    """Return what the file with the table of libraries defines, without what optvis itself needs."""
    return SimpleNamespace(**runpy.run_path(str(DISPLAY)))


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


def wanted_stamp(extras: list[str]) -> Stamp:
    """Return the stamp of this project, as it is now, installed with these extras by this Python."""
    project = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return Stamp(f"{sys.version} {os.path.realpath(sys.base_prefix)}", str(ROOT), project, sorted(extras))


def read_stamp() -> Stamp | None:
    """Return the stamp of the last set-up; None where it was not finished, or its Python is gone."""
    try:
        stamp = Stamp(*json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return stamp if isinstance(stamp.extras, list) and os.access(python(), os.X_OK) else None


def is_ready(extras: list[str]) -> bool:
    """Tell whether nothing is left to do for these extras."""
    stamp = read_stamp()
    return stamp is not None and {*extras} <= {*stamp.extras} and stamp == wanted_stamp(stamp.extras)


def prepare_environment(extras: list[str]) -> None:
    """See to it that .venv is whole, is this Python's, and has optvis with these extras and earlier ones."""
    if not is_ready(extras):
        with lock():
            if not is_ready(extras):  # another call may have done it meanwhile
                install(extras)


def install(extras: list[str]) -> None:
    """Install optvis with these extras and earlier ones into .venv, made anew unless it is this Python's."""
    stamp = read_stamp()
    wanted = wanted_stamp([*{*extras, *(stamp.extras if stamp else [])}])
    uv = shutil.which("uv")
    # From here on .venv is unfinished, and known as such by its missing stamp if this call is killed
    STAMP.unlink(missing_ok=True)
    if stamp and stamp[:2] != wanted[:2]:
        stamp = None
    if not stamp:
        make_venv(uv)
    names = ",".join(wanted.extras)
    say(f"installing optvis{names and ' with ' + names} into {VENV}; this may take a minute")
    installer = [uv, "pip", "install", "--python", python()] if uv else [python(), "-m", "pip", "install"]
    if call([*installer, "--quiet", "--editable", f".[{names}]" if names else "."]):
        if stamp:  # both change nothing before they have all they need: the old state still stands
            STAMP.write_text(json.dumps(stamp), encoding="utf-8")
        raise SetupError(f"{'uv' if uv else 'pip'} could not install optvis and what it needs (see above)")
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")
    say("ready")


def make_venv(uv: str | None) -> None:
    """Make .venv anew with this Python and with pip in it, so that a later call may do without uv."""
    say(f"making {VENV}")
    # Started from within an environment, the new one must still not depend on it
    base = str(getattr(sys, "_base_executable", None) or sys.executable)
    command = [uv, "venv", "--quiet", "--seed", "--python", base] if uv else [base, "-m", "venv"]
    if call([*command, "--clear", str(VENV)]):
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        remedy = "" if uv else f"; on Debian and Ubuntu it takes: sudo apt-get install {package}"
        raise SetupError(f"{VENV} could not be made (see above){remedy}")


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
    os.execv(command[0], command)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)  # what a shell expects after Ctrl+C
