"""Set-up in one command. Nothing is downloaded here: the commands that dev.py starts are played by a stand-in."""

import ast
import os
import platform
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

import dev
from optvis.foundation import display

DEV = Path(dev.__file__)


class Machine:
    """Plays the commands of the set-up in a folder of its own, and keeps a list of them."""

    def __init__(self, root, uv):
        self.venv = root / ".venv"
        self.uv = uv
        self.commands = []
        self.status = {}
        self.interrupted = False
        self.became = None
        self.at_work = threading.Lock()

    def run(self, command, **options):
        self.commands.append(command)
        assert self.at_work.acquire(blocking=False), "two calls set up at once"
        try:
            threading.Event().wait(0.01)  # long enough for another to come in where nothing keeps it out
            status = self.play(command)
        finally:
            self.at_work.release()
        if what(command) in ("venv", "install"):
            assert options["stdout"] is sys.stderr, "standard output is the command's own"
        return SimpleNamespace(returncode=status)

    def play(self, command):
        if what(command) == "venv":
            assert command[:-2] == (
                [self.uv, "venv", "--quiet", "--seed", "--python", sys._base_executable]
                if self.uv
                else [sys._base_executable, "-m", "venv"]
            )
            assert command[-2:] == ["--clear", str(self.venv)]
            shutil.rmtree(self.venv, ignore_errors=True)
            python = Path(dev.python())
            python.parent.mkdir(parents=True)
            python.touch(mode=0o755)
        elif what(command) == "install":
            assert command[:-3] == (
                [self.uv, "pip", "install", "--python", dev.python()]
                if self.uv
                else [dev.python(), "-m", "pip", "install"]
            )
            if self.interrupted:
                raise KeyboardInterrupt
        return self.status.get(what(command), 0)

    def execv(self, path, command):
        self.became = command

    @property
    def done(self):
        """What was done since the last look: `venv`, `install .[extras]`, `ruff`, …"""
        done = [f"install {command[-1]}" if "install" in command else what(command) for command in self.commands]
        self.commands.clear()
        return done


def what(command):
    """Return what a command does: `venv`, `install`, or the name of the module that it starts."""
    return next((name for name in ("venv", "install") if name in command), command[2])


@pytest.fixture(params=[None, "/bin/uv"], ids=["pip", "uv"])
def machine(tmp_path, monkeypatch, request):
    shutil.copy(DEV.with_name("pyproject.toml"), tmp_path)
    machine = Machine(tmp_path, uv=request.param)
    monkeypatch.setattr(dev.shutil, "which", lambda name: machine.uv if name == "uv" else None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", machine.venv)
    monkeypatch.setattr(dev, "STAMP", machine.venv / "dev.json")
    monkeypatch.setattr(dev.subprocess, "run", machine.run)
    monkeypatch.setattr(dev.os, "execv", machine.execv)
    monkeypatch.setattr(dev, "prepare_system", lambda window: None)
    return machine


# The environment


@pytest.mark.parametrize(
    ("command", "installed"),
    [
        ("run", "install ."),
        ("test", "install .[test]"),
        ("bench", "install .[bench,test]"),
        ("lint", "install .[dev]"),
        ("docs", "install .[docs]"),
        ("pictures", "install ."),
    ],
)
def test_the_first_call_sets_up_and_the_second_does_not(machine, command, installed):
    dev.main([command])
    assert machine.done[:2] == ["venv", installed]
    dev.main([command])
    assert machine.done == (["ruff", "ruff", "mypy"] if command == "lint" else [])


def test_what_was_installed_for_other_commands_stays(machine):
    for command, expected in [
        ("test", ["venv", "install .[test]"]),
        ("run", []),
        ("lint", ["install .[dev,test]", "ruff", "ruff", "mypy"]),
        ("test", []),
        ("bench", ["install .[bench,dev,test]"]),
        ("test", []),
    ]:
        dev.main([command])
        assert machine.done == expected, command


def test_a_changed_project_is_installed_again_with_all_extras(machine, tmp_path):
    dev.main(["test"])
    with open(tmp_path / "pyproject.toml", "a") as file:
        file.write("\n# changed\n")
    machine.commands.clear()
    dev.main(["run"])
    assert machine.done == ["install .[test]"]
    dev.main(["test"])
    assert machine.done == []


@pytest.mark.parametrize("attribute", ["version", "base_prefix"])
def test_another_interpreter_gets_an_environment_of_its_own(machine, monkeypatch, attribute):
    dev.main(["test"])
    monkeypatch.setattr(sys, attribute, "/another")
    machine.commands.clear()
    dev.main(["run"])
    assert machine.done == ["venv", "install .[test]"]


def lose_python(venv):
    Path(dev.python()).unlink()


def lose_stamp(venv):
    dev.STAMP.unlink()


def write_to_stamp(text):
    return lambda venv: dev.STAMP.write_text(text)


@pytest.mark.parametrize(
    "damage",
    [
        lose_python,
        lose_stamp,
        shutil.rmtree,
        write_to_stamp(""),
        write_to_stamp('["interp'),
        write_to_stamp("[]"),
        write_to_stamp("3"),
        write_to_stamp('["", "", "", 3]'),
    ],
)
def test_a_damaged_environment_is_made_again(machine, damage):
    dev.main(["test"])
    damage(machine.venv)
    machine.commands.clear()
    dev.main(["test"])
    assert machine.done == ["venv", "install .[test]"]
    assert machine.became[0] == dev.python()


def test_a_moved_checkout_is_noticed(machine, tmp_path, monkeypatch):
    dev.main(["run"])
    monkeypatch.setattr(dev, "ROOT", tmp_path / ".." / tmp_path.name)
    machine.commands.clear()
    dev.main(["run"])
    assert machine.done == ["venv", "install ."]


def test_a_call_that_is_killed_leaves_an_environment_that_is_made_again(machine):
    dev.main(["run"])
    machine.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        dev.main(["test"])
    machine.interrupted = False
    machine.commands.clear()
    dev.main(["run"])
    assert machine.done == ["venv", "install ."]


def test_a_failing_installation_is_one_line_and_keeps_what_there_was(machine, capsys):
    dev.main(["run"])
    machine.status["install"], machine.became = 1, None
    capsys.readouterr()
    assert dev.main(["test"]) == 1
    assert machine.became is None
    captured = capsys.readouterr()
    assert captured.out == ""
    tool = "uv" if machine.uv else "pip"
    assert captured.err.splitlines()[-1] == f"dev: error: {tool} could not install optvis and what it needs (see above)"
    machine.commands.clear()
    assert dev.main(["run"]) is None
    assert machine.done == []
    machine.status.clear()
    dev.main(["test"])
    assert machine.done == ["install .[test]"]


@pytest.mark.parametrize("earlier", [[], ["run"]])
def test_a_failing_installation_in_a_new_environment_leaves_no_stamp(machine, earlier):
    for command in earlier:
        dev.main([command])
        lose_python(machine.venv)
    machine.status["install"] = 1
    assert dev.main(["run"]) == 1
    machine.commands.clear()
    machine.status.clear()
    dev.main(["run"])
    assert machine.done == ["venv", "install ."]


def test_calls_at_the_same_time_set_up_once(machine):
    start = threading.Barrier(4)

    def call():
        start.wait()
        dev.prepare_environment(["test"])

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert machine.done == ["venv", "install .[test]"]


def test_uv_may_come_and_go(machine):
    dev.main(["run"])
    machine.uv = None if machine.uv else "/bin/uv"
    machine.commands.clear()
    dev.main(["run"])
    assert machine.done == []
    dev.main(["test"])
    assert machine.done == ["install .[test]"]


def test_without_venv_the_package_is_named(machine, capsys):
    machine.status["venv"] = 1
    assert dev.main(["run"]) == 1
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("dev: error: ")
    assert line.endswith("(see above)" if machine.uv else f"sudo apt-get install {package}")
    machine.status.clear()
    machine.commands.clear()
    dev.main(["run"])
    assert machine.done == ["venv", "install ."]


def test_an_older_python_reads_the_file_and_is_told():
    ast.parse(DEV.read_text(encoding="utf-8"), feature_version=(3, 7))
    code = f"import runpy, sys; sys.version_info = (3, 10, 9); runpy.run_path({str(DEV)!r}, run_name='__main__')"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert told.returncode != 0
    assert re.fullmatch(r"dev: error: optvis takes Python 3\.11 or later; .*\n", told.stderr)


@pytest.mark.parametrize(
    ("system", "path"), [("win32", "Scripts/python.exe"), ("darwin", "bin/python"), ("linux", "bin/python")]
)
def test_where_the_interpreter_lies(machine, monkeypatch, system, path):
    monkeypatch.setattr(sys, "platform", system)
    assert Path(dev.python()) == machine.venv / path


# The command line


def test_run_stays_in_the_users_folder_and_hands_on_the_arguments(machine, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    dev.main(["run", "render", "textbook", "-o", "a b.png", "--help"])
    assert machine.became[1:] == ["-P", "-m", "optvis", "render", "textbook", "-o", "a b.png", "--help"]
    assert Path.cwd() == elsewhere


@pytest.mark.parametrize(
    ("command", "module"),
    [("test", "pytest"), ("bench", "tests.benchmarks"), ("pictures", "tests.readme_pictures")],
)
def test_other_commands_run_in_the_project(machine, tmp_path, monkeypatch, command, module):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    dev.main([command, "-k", "x"])
    assert machine.became[1:] == ["-m", module, "-k", "x"]
    assert Path.cwd() == tmp_path


def test_tests_without_arguments_take_all_processors(machine):
    dev.main(["test"])
    assert machine.became[1:] == ["-m", "pytest", "--numprocesses=auto", "--dist=worksteal", "-m", "not slow"]


@pytest.mark.parametrize("failing", ["ruff", "mypy"])
def test_one_check_that_fails_does_not_stop_the_others(machine, failing):
    machine.status[failing] = 1
    assert dev.main(["lint"]) == 1
    assert machine.done == ["venv", "install .[dev]", "ruff", "ruff", "mypy"]
    assert machine.became is None


@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["--help"], 0), (["-h"], 0), (["nonsense"], 2)])
def test_usage(machine, arguments, status, capsys):
    assert dev.main(arguments) == status
    captured = capsys.readouterr()
    for command in dev.COMMANDS:
        assert command in (captured.err if status else captured.out)
    assert machine.done == []


@pytest.mark.parametrize("system", ["win32", sys.platform])
def test_the_exit_status_is_the_commands(system):
    code = (
        f"import sys; sys.path.insert(0, {str(DEV.parent)!r}); import dev\n"
        f"sys.platform = {system!r}\n"
        "sys.exit(dev.replace_process([sys.executable, '-c', 'import sys; sys.exit(7)']))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 7


# The system's libraries


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["session.json"], True),
        (["folder/a session.optvis"], True),
        (["render", "textbook", "-o", "textbook.png"], False),
        (["run", "-p", "sphere"], False),
        (["list", "problems"], False),
        (["map"], False),
        (["--version"], False),
        (["--help"], False),
    ],
)
def test_a_window_is_wanted_for_no_argument_or_a_file(machine, monkeypatch, arguments, window):
    asked = []
    monkeypatch.setattr(dev, "prepare_system", lambda window: asked.append(window))
    dev.main(["run", *arguments])
    assert asked == [window]


def test_the_tests_need_no_window(machine, monkeypatch):
    asked = []
    monkeypatch.setattr(dev, "prepare_system", lambda window: asked.append(window))
    dev.main(["test", "tests/test_dev.py"])
    assert asked == [False]


class System:
    """A Linux that lacks some libraries, and an apt-get that brings them."""

    def __init__(self, monkeypatch, release, user):
        self.lacks = set()
        self.commands = []
        self.works = True
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
        monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": release})
        monkeypatch.setattr(display, "load_library", lambda name: None if name in self.lacks else object())
        monkeypatch.setattr(dev, "load_display", lambda: display)
        monkeypatch.setattr(dev.subprocess, "run", self.run)

    def run(self, command, *, stdin, stdout, **options):
        assert command[:4] == ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        assert stdin is subprocess.DEVNULL
        assert stdout is sys.stderr
        self.commands.append(command[4:])
        if command[4] == "install" and self.works:
            brought = {library.soname for library in display.LIBRARIES if library.debian in command}
            self.lacks -= brought
        return SimpleNamespace(returncode=0 if self.works else 100)


def test_root_on_debian_gets_what_is_missing(monkeypatch):
    system = System(monkeypatch, "debian", user=0)
    system.lacks = {"libEGL.so.1", "libxcb-cursor.so.0", "libwayland-cursor.so.0"}
    dev.prepare_system(window=False)
    assert system.commands == [["update"], ["install", "--yes", "--no-install-recommends", "libegl1"]]
    dev.prepare_system(window=False)
    assert len(system.commands) == 2
    dev.prepare_system(window=True)
    assert system.commands[3][-1] == "libxcb-cursor0"
    assert system.lacks == {"libwayland-cursor.so.0"}


def test_a_failing_apt_get_ends_it(monkeypatch):
    system = System(monkeypatch, "debian", user=0)
    system.lacks, system.works = {"libEGL.so.1"}, False
    with pytest.raises(dev.SetupError, match="apt-get update failed .* libegl1"):
        dev.prepare_system(window=False)
    assert system.commands == [["update"]]


@pytest.mark.parametrize(
    ("release", "user", "line"),
    [
        ("ubuntu", 1000, "sudo apt-get install libegl1 libxcb-cursor0"),
        ("fedora", 0, "sudo dnf install libglvnd-egl xcb-util-cursor"),
        ("unheard-of", 0, "your system's packages"),
    ],
)
def test_others_are_told_the_line_and_it_stops(monkeypatch, capsys, release, user, line):
    system = System(monkeypatch, release, user)
    system.lacks = {"libEGL.so.1", "libxcb-cursor.so.0"}
    monkeypatch.setattr(dev, "prepare_environment", lambda extras: pytest.fail("it went on"))
    assert dev.main(["run"]) == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert "libEGL.so.1, libxcb-cursor.so.0" in told
    assert line in told
    assert system.commands == []


@pytest.mark.parametrize("name", ["darwin", "win32"])
def test_other_systems_are_left_alone(monkeypatch, name):
    monkeypatch.setattr(dev, "load_display", lambda: pytest.fail("asked"))
    monkeypatch.setattr(sys, "platform", name)
    dev.prepare_system(window=True)


def test_the_table_is_read_without_what_optvis_needs():
    code = f"import sys; sys.path.insert(0, {str(DEV.parent)!r}); import dev; print(len(dev.load_display().LIBRARIES))"
    told = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert told.stdout.strip() == str(len(display.LIBRARIES)), told.stderr
