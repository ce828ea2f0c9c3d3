"""Machine code on disk: found again, never trusted when it is not whole."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows

import optvis
from optvis.kernels import code_cache, kernel
from optvis.optimizers import SGD
from optvis.problems.problem import problem

ROOT = Path(optvis.__file__).parent.parent


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(code_cache, "folder", lambda: tmp_path / "kernels")
    return tmp_path / "kernels"


@pytest.fixture
def compiled(monkeypatch):
    """How often something was really compiled."""
    calls = []
    real = kernel.Compiler.compile
    monkeypatch.setattr(kernel.Compiler, "compile", lambda self, text: calls.append(text) or real(self, text))
    return calls


def made(text="x**2 + 2*y**2", kind="central", *, lone=False):
    kernel.kernel_future.cache_clear()
    return kernel.kernel(problem(text).formula, SGD.rule, kind, lone=lone)


def works(kernel):
    import numpy as np

    rows = np.full((kernel.fields, kernel.width), 1.0)
    box = np.array([1e-4, -1e9, 1e9, -1e9, 1e9, 0.0, 0.0, 1.0, 0.0])
    hyper = np.array([{"h_lr": 0.1}.get(name, 0.0) for name in kernel.step.hyper])
    hyper = np.ascontiguousarray(np.repeat(hyper[:, None], kernel.width, axis=1))
    kernel.advance(rows, 0, 2, 1, hyper, box, kernel.tracked(kernel.width))
    return rows[0, 0] == pytest.approx(0.8) and rows[1, 0] == pytest.approx(0.6)


def test_code_is_found_again(folder, compiled):
    assert works(made())
    assert works(made())
    assert len(compiled) == 1
    assert len(list(folder.iterdir())) == 1


def test_another_formula_is_another_file(folder, compiled):
    made()
    made("x**2 + 2.5*y**2")
    assert len(compiled) == 2
    assert len(list(folder.iterdir())) == 2


def test_another_gradient_scheme_and_one_lane_are_other_files(folder, compiled):
    made()
    made(kind="forward")
    made(lone=True)
    assert len(compiled) == 3
    assert len(list(folder.iterdir())) == 3


def test_what_is_found_again_is_not_written_again(folder, monkeypatch):
    made()
    monkeypatch.setattr(kernel.host_compiler(), "lane_code", None)
    assert works(made())


def test_another_way_of_writing_is_another_file(folder, compiled, monkeypatch):
    made()
    real = inspect.getsource
    for module in ("llvm_writer", "lane_layout", "running_powers"):
        kernel.host_compiler.cache_clear()
        changed = f"optvis.kernels.{module}"
        monkeypatch.setattr(inspect, "getsource", lambda of, c=changed: real(of) + "#" * (of.__name__ == c))
        made()
    kernel.host_compiler.cache_clear()
    assert len(compiled) == 4
    assert len(list(folder.iterdir())) == 4


def test_another_version_is_another_file(folder, compiled, monkeypatch):
    made()
    monkeypatch.setattr(code_cache, "__version__", "99.9")
    made()
    assert len(compiled) == 2


DAMAGE = {
    "cut off": lambda data: data[:-100],
    "empty": lambda data: b"",
    "changed": lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
    "of something else": lambda data: b"#!/bin/sh\nexit 1\n" * 100,
    "of more bytes than a kernel has": lambda data: data + bytes(20_000_000),
    "from an earlier version": lambda data: data.replace(b"code 2", b"code 1"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_made_anew(folder, compiled, damage):
    made()
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert works(made())
    assert len(compiled) == 2
    assert file.read_bytes() == whole


@pytest.mark.parametrize("where", ["a file", "nowhere"])
def test_without_a_usable_folder_there_is_no_cache_and_no_error(tmp_path, monkeypatch, compiled, where):
    (tmp_path / "blocked").write_text("")
    place = tmp_path / "blocked" / "kernels"

    def folder():
        if where == "nowhere":
            raise RuntimeError("no home")
        return place

    monkeypatch.setattr(code_cache, "folder", folder)
    assert works(made())
    assert works(made())
    assert len(compiled) == 2


@pytest.mark.parametrize(
    ("system", "variable", "value", "place"),
    [
        (Unix, "XDG_CACHE_HOME", "/elsewhere", "/elsewhere/optvis/kernels"),
        (Unix, "HOME", "/home/me", "/home/me/.cache/optvis/kernels"),
        (MacOS, "HOME", "/Users/me", "/Users/me/Library/Caches/optvis/kernels"),
        (Windows, "WIN_PD_OVERRIDE_LOCAL_APPDATA", r"C:\Users\me", r"C:\Users\me/optvis/kernels"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the paths are written as POSIX joins them")
def test_the_folder_stays_where_every_version_looks_for_it(monkeypatch, system, variable, value, place):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv(variable, value)
    monkeypatch.setattr(platformdirs, "PlatformDirs", system)
    assert str(code_cache.folder()) == place


def test_without_a_home_nothing_is_written_where_the_program_stands(monkeypatch, tmp_path):
    pwd = pytest.importorskip("pwd", reason="asks for POSIX's homes")
    for variable in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: {}["nobody"])
    monkeypatch.chdir(tmp_path)
    code_cache.write("0" * 40, b"code")
    assert code_cache.load("0" * 40, bytes) is None
    assert list(tmp_path.iterdir()) == []


def test_it_does_not_grow_without_end(folder, monkeypatch):
    monkeypatch.setattr(code_cache, "MAX_FILES", 6)
    for number in range(20):
        code_cache.write(f"{number:040}", b"code")
        os.utime(folder / f"{number:040}", (number, number))
    names = sorted(int(file.name) for file in folder.iterdir())
    assert len(names) <= 6
    assert names[-1] == 19


def test_only_what_is_ours_makes_room(folder, monkeypatch):
    code_cache.write(f"{0:040}", b"code")
    theirs = [folder / name for name in ("letter.txt", f"{0:040}.txt", "0" * 39, "f" * 40 + "-.parts")]
    for file in theirs:
        file.write_text("somebody's work")
    for age, name in enumerate((f"{1:040}.loading", f"{2:040}-a1b2_c3d.part")):
        (folder / name).write_bytes(b"left by a process that was killed")
        os.utime(folder / name, (age, age))
    monkeypatch.setattr(code_cache, "MAX_FILES", 3)
    code_cache.write(f"{3:040}", b"code")
    left = {file.name for file in folder.iterdir()} - {file.name for file in theirs}
    assert all(file.exists() for file in theirs)
    assert left == {f"{0:040}", f"{2:040}-a1b2_c3d.part", f"{3:040}"}


def test_code_that_ends_the_process_is_not_loaded_at_the_next_start(folder, compiled):
    """The process ends while it loads: the file then has the name under which nobody looks for it."""
    code_cache.write(f"{7:040}", b"code")
    script = (
        "import os; from pathlib import Path; from optvis.kernels import code_cache\n"
        f"code_cache.folder = lambda: Path({str(folder)!r})\n"
        f"code_cache.load('{7:040}', lambda code: os._exit(9))"
    )
    ended = subprocess.run([sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=60)
    assert ended.returncode == 9
    assert code_cache.load(f"{7:040}", bytes) is None
    code_cache.write(f"{7:040}", b"code")
    assert code_cache.load(f"{7:040}", bytes) == b"code"


def test_sealed_bytes_that_are_no_code_are_made_anew(folder, compiled):
    assert works(made())
    (file,) = folder.iterdir()
    code_cache.write(file.name, b"not machine code")
    assert works(made())
    assert len(compiled) == 2


def test_another_process_finds_it(tmp_path):
    code = (
        "from optvis import problem; from optvis.kernels import kernel; from optvis.optimizers import Adam\n"
        "real = kernel.Compiler.compile\n"
        "kernel.Compiler.compile = lambda self, text: print('compiled') or real(self, text)\n"
        "print(kernel.kernel(problem('x**2 + y**4').formula, Adam.rule, 'central').width > 1)"
    )
    home = {"XDG_CACHE_HOME": str(tmp_path), "WIN_PD_OVERRIDE_LOCAL_APPDATA": str(tmp_path), "HOME": str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True,
            env=os.environ | home | {"PYTHONPATH": str(ROOT)},
        ).stdout.split()
        for _ in range(2)
    ]  # fmt: skip
    assert said == [["compiled", "True"], ["True"]]
