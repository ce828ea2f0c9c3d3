"""Imports go downwards only, and Qt is loaded by what draws."""

import ast
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import optvis

PACKAGE = Path(optvis.__file__).parent
HEAVY = ("PyQt6", "PySide6", "torch", "matplotlib", "numba", "llvmlite", "pyqtgraph", "contourpy", "PIL")

# From the ground up: a package imports only those above it in this table. The last is optvis itself.
PACKAGES = (
    "foundation", "language", "problems", "optimizers", "landscape", "kernels", "engine", "explain",
    "maps", "tuning", "document",
    "draw", "draw.paint", "draw.maps", "draw.charts", "draw.sweeps", "draw.surface", "draw.page",
    "export.data", "export.stills", "export.animation", "export", "plot",
    "gui.widgets", "gui.state", "gui.inspector", "gui.tune", "gui.charts", "gui.views", "gui.settings", "gui.files",
    "gui", "cli", "optvis",
)  # fmt: skip

FILES = {
    ".".join(file.relative_to(PACKAGE).with_suffix("").parts): file
    for file in PACKAGE.rglob("*.py")
    if "assets" not in file.relative_to(PACKAGE).parts
}
"""Every file by its dotted name below optvis, that of a package ending in ``__init__``."""


def package_of(module):
    return module.rpartition(".")[0] or "optvis"


@cache
def imports(file, *, late=True):
    """The full name of all that a file imports; with ``late`` also for types alone and inside functions."""
    found = set()

    def visit(node):
        if not late and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if not late and isinstance(node, (ast.FunctionDef, ast.Lambda)):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(file.read_text(encoding="utf-8")))
    return frozenset(found)


def file_of(name):
    """The file that an import of this full name reads: a module, a package's face, or the one that holds the name."""
    name = name.removeprefix("optvis.")
    places = (name, f"{name}.__init__", name.rpartition(".")[0], f"{name.rpartition('.')[0]}.__init__".lstrip("."))
    return next(place for place in places if place in FILES)


def own_imports(file, **options):
    """Which files of optvis a file imports."""
    return {file_of(name) for name in imports(file, **options) if name.split(".")[0] == "optvis"}


def packages_imported_by(package):
    """The other packages that the files of one import; what a package's face hands on counts as the package's."""
    files = [file for module, file in FILES.items() if package_of(module) == package]
    return {package_of(module) for file in files for module in own_imports(file)} - {package}


def promised_by(package):
    """The packages that a package's docstring says it imports."""
    face = PACKAGE / "__init__.py" if package == "optvis" else PACKAGE.joinpath(*package.split("."), "__init__.py")
    words = " ".join(ast.get_docstring(ast.parse(face.read_text(encoding="utf-8"))).split())
    sentence = re.search(r"Imports (?:nothing of optvis|(?P<names>[a-z., ]+))\.$", words)
    assert sentence, f"the docstring of {package} ends with the packages that it imports"
    return set(re.split(r", | and ", sentence["names"])) if sentence["names"] else set()


def test_every_package_stands_in_the_table():
    assert sorted(PACKAGES) == sorted({package_of(module) for module in FILES})


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_downwards(package):
    below = set(PACKAGES[: PACKAGES.index(package)])
    assert packages_imported_by(package) <= below


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_what_it_imports(package):
    assert promised_by(package) == packages_imported_by(package)


def test_no_file_imports_the_face_of_optvis():
    """Whoever wants the version, or a public name, takes it from where it stands."""
    for module, file in FILES.items():
        assert "__init__" not in own_imports(file), module


def test_no_circle():
    """At load time, among the files."""
    graph = {module: own_imports(file, late=False) for module, file in FILES.items()}
    done, path = set(), []

    def visit(module):
        assert module not in path, " → ".join([*path, module])
        if module not in done:
            path.append(module)
            for imported in graph[module]:
                visit(imported)
            done.add(path.pop())

    for module in graph:
        visit(module)


NO_QT = ("PyQt6", "PySide6", "torch", "matplotlib", "numba", "pyqtgraph")
BELOW_DRAW = PACKAGES[: PACKAGES.index("draw")]


@pytest.mark.parametrize("module", [name for name in FILES if package_of(name) in (*BELOW_DRAW, "cli", "optvis")])
def test_nothing_below_draw_knows_qt(module):
    late = module != "foundation.display"  # which asks whether Qt can be loaded
    for imported in imports(FILES[module], late=late):
        assert imported.split(".")[0] not in NO_QT


@pytest.mark.parametrize("module", [name for name in FILES if name.split(".")[0] in ("draw", "export")])
def test_what_draws_knows_no_widgets(module):
    for imported in imports(FILES[module]):
        assert not imported.startswith(("PyQt6.QtWidgets", "pyqtgraph"))


def test_pyqtgraph_is_loaded_in_one_place():
    """Which keeps the hook for exceptions ours."""
    users = {package_of(module) for module, file in FILES.items() if "pyqtgraph" in imports(file)}
    assert users == {"plot"}


def loaded_after(code):
    """Top-level modules that a fresh interpreter has loaded after some code."""
    code = f"{code}\nimport sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60, check=True
    )
    return set(ended.stdout.split("\n")[-2].split())


@pytest.mark.parametrize(
    "code",
    [
        "import optvis, optvis.cli.main, optvis.__main__",
        "from optvis.cli.main import main; main(['--version'])",
        "from optvis.cli.main import main; main(['list', 'problems'])",
        "from optvis.cli.main import main; main(['list', 'optimizers', '--json'])",
        "from optvis.cli.main import main; assert main(['run', '-p', 'sphere', '-O', 'adam', '-o', 'x.xyz']) == 2",
        "from optvis.cli.main import main; assert main(['run', '-p', 'rosenbrock', '-O', 'adam']) == 0",
        "from optvis.cli.main import main; main(['render', '--help'])",
        "from optvis.cli.main import main; main(['map', 'sweep', '--help'])",
    ],
)
def test_a_fresh_interpreter_loads_nothing_heavy(code):
    loaded = loaded_after(code)
    assert "optvis" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_this_test_would_see_qt():
    assert "PyQt6" in loaded_after("import optvis.draw.paint.theme, PyQt6.QtCore")
