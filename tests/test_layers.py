"""Imports go downwards only, and Qt is loaded by what draws."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import optvis

PACKAGE = Path(optvis.__file__).parent
HEAVY = ("PyQt6", "PySide6", "torch", "matplotlib", "numba", "llvmlite", "pyqtgraph", "contourpy", "PIL")

# Modules that may be imported by all after them. Those of one line do not import each other.
LAYERS = """
    errors assets display slices
    expression
    codegen
    formula hyperparameter gradient files
    rule kernel_cache value_scale
    step_graph rule_optimizer
    compiled_loop lane_code
    kernels optimizers
    learning_rates problem_catalogue
    problems
    outcome starts start_sets surface one_per_lane
    prepared
    kernel_lanes
    engine lanes
    basins swarm grooves sweeps trials search_space
    session groove_words search
    sweep_plan tuning
    sweep_shades tuning_report
    session_file
    session_text
    picture_session
    opening
"""


def modules():
    return {
        ".".join(file.relative_to(PACKAGE).with_suffix("").parts): file
        for file in PACKAGE.rglob("*.py")
        if "assets" not in file.relative_to(PACKAGE).parts
    }


def imports(file, *, late=True):
    """Every module that a file imports, by its full name; ``late`` also those inside functions.

    What stands under ``if TYPE_CHECKING`` is no import at run time.
    """
    found = set()

    def visit(node):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if not late and isinstance(node, (ast.FunctionDef, ast.Lambda)):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            found.update({node.module} | {f"{node.module}.{alias.name}" for alias in node.names})
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(file.read_text(encoding="utf-8")))
    return found


PROGRAM = (
    "__init__", "__main__", "cli", "arguments", "command", "exporter", "listing", "mapping", "rendering",
    "tuning_command",
)  # fmt: skip


def layer_of(module):
    """The part that a module belongs to: core, draw, export, gui, or program (the command line)."""
    top = module.split(".")[0]
    if top in ("draw", "export", "gui"):
        return top
    return "program" if top in PROGRAM else "core"


MAY_IMPORT = {
    "core": {"core"},
    "draw": {"core", "draw"},
    "export": {"core", "draw", "export"},
    "gui": {"core", "draw", "gui"},
    "program": {"core", "draw", "export", "gui", "program"},
}


def own_imports(file, **options):
    known = modules()
    names = {name.removeprefix("optvis.") for name in imports(file, **options) if name.startswith("optvis.")}
    return {
        name if name in known else f"{name}.__init__" for name in names if name in known or f"{name}.__init__" in known
    }


@pytest.mark.parametrize("module", modules())
def test_imports_go_downwards(module):
    for imported in own_imports(modules()[module]):
        assert layer_of(imported) in MAY_IMPORT[layer_of(module)], f"{module} imports {imported}"


def test_the_core_has_an_order():
    assert len(set(LAYERS.split())) == len(LAYERS.split()), "each stands in one place"
    order = {name: row for row, line in enumerate(LAYERS.strip().splitlines()) for name in line.split()}
    assert order.keys() <= modules().keys()
    for module, file in modules().items():
        if module in order:
            for imported in own_imports(file) & order.keys():
                assert order[imported] < order[module], f"{module} imports {imported}"


def test_the_core_has_no_circle():
    """At load time, for every module of the package."""
    graph = {module: own_imports(file, late=False) for module, file in modules().items()}
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


@pytest.mark.parametrize("module", [name for name in modules() if layer_of(name) in ("core", "program")])
def test_nothing_below_draw_knows_qt(module):
    late = layer_of(module) == "core" and module != "display"  # which asks whether Qt can be loaded
    for imported in imports(modules()[module], late=late):
        assert imported.split(".")[0] not in ("PyQt6", "PySide6", "torch", "matplotlib", "numba", "pyqtgraph")


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
        "import optvis, optvis.cli, optvis.__main__",
        "import optvis.cli; optvis.cli.main(['--version'])",
        "import optvis.cli; optvis.cli.main(['list', 'problems'])",
        "import optvis.cli; optvis.cli.main(['list', 'optimizers', '--json'])",
        "import optvis.cli; assert optvis.cli.main(['run', '-p', 'sphere', '-O', 'adam', '-o', 'x.xyz']) == 2",
        "import optvis.cli; assert optvis.cli.main(['run', '-p', 'rosenbrock', '-O', 'adam']) == 0",
        "import optvis.cli; optvis.cli.main(['render', '--help'])",
        "import optvis.cli; optvis.cli.main(['map', 'sweep', '--help'])",
    ],
)
def test_a_fresh_interpreter_loads_nothing_heavy(code):
    loaded = loaded_after(code)
    assert "optvis" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_this_test_would_see_qt():
    assert "PyQt6" in loaded_after("import optvis.draw.theme, PyQt6.QtCore")
