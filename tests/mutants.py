"""Break the code on purpose, one small place at a time, and see whether a test fails.

``python -m tests.mutants [NUMBER] [SEED]`` copies the repository to a temporary folder, changes one comparison, sign,
number or condition after another and runs the tests that belong to the file. It prints what no test has noticed and
the share that was caught; some changes make no difference that could be noticed.
"""

from __future__ import annotations

import ast
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = {
    "optvis/engine/outcome.py": ["tests/engine"],
    "optvis/engine/lanes.py": ["tests/engine", "tests/maps/test_sweeps.py"],
    "optvis/engine/recording.py": ["tests/engine"],
    "optvis/engine/trajectory.py": ["tests/engine", "tests/explain/test_measures.py"],
    "optvis/maps/basins.py": ["tests/maps", "tests/draw/maps/test_basins.py"],
    "optvis/maps/minima.py": ["tests/maps"],
    "optvis/maps/sweeps.py": ["tests/maps"],
    "optvis/maps/slider_sweeps.py": ["tests/maps"],
    "optvis/gui/state/store.py": ["tests/gui/state", "tests/gui/test_window.py"],
    "optvis/gui/files/autosave.py": ["tests/gui/files"],
    "optvis/export/data/trajectory_data.py": ["tests/export/data", "tests/cli/test_run.py"],
}
"""What is changed, and the tests that are to notice it."""

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_CALLED = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "argmin": "argmax", "any": "all"}


@dataclass(frozen=True)
class Mutant:
    """One change: the file, the line and what it became."""

    file: str
    line: int
    before: str
    after: str
    source: str


def mutants_of(file: str) -> Iterator[Mutant]:
    """Yield every file that differs from this one in one small place."""
    text = (ROOT / file).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        for changed in _changed(node):
            first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
            if not first or first != last:  # places that span lines are left alone
                continue
            line = lines[first - 1].encode()
            begin, end = node.col_offset, node.end_col_offset  # type: ignore[attr-defined]
            after = (line[:begin] + f"({ast.unparse(changed)})".encode() + line[end:]).decode()
            source = "".join([*lines[: first - 1], after, *lines[first:]])
            yield Mutant(file, first, lines[first - 1].strip(), after.strip(), source)


def _changed(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
            yield ast.Compare(left, [_COMPARED[type(op)]()], [right])
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _COMPUTED:
            yield ast.BinOp(left, _COMPUTED[type(op)](), right)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not() | ast.Invert() | ast.USub(), operand=operand):
            yield operand
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(value=float() as value) if value:
            yield ast.Constant(value * 0.9)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in _CALLED:
            yield ast.Call(ast.Name(_CALLED[name]), args, keywords)
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=args, keywords=keywords) if name in _CALLED:
            yield ast.Call(ast.Attribute(value, _CALLED[name]), args, keywords)


def is_caught(copy: Path, mutant: Mutant) -> bool:
    """Whether a test fails where this file stands in a copy of the repository."""
    place = copy / mutant.file
    original = place.read_text(encoding="utf-8")
    place.write_text(mutant.source, encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow"]
        ended = subprocess.run([*command, *TESTS[mutant.file]], cwd=copy, capture_output=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return True  # it goes on for ever
    finally:
        place.write_text(original, encoding="utf-8")
    return ended.returncode != 0


def main(number: int = 100, seed: int = 0) -> None:
    """Try so many changes, drawn with a seed, and print what nobody noticed."""
    found = [mutant for file in TESTS for mutant in mutants_of(file)]
    chosen = random.Random(seed).sample(found, min(number, len(found)))
    caught = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "optvis"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__"))
        for index, mutant in enumerate(chosen, start=1):
            if is_caught(copy, mutant):
                caught += 1
            else:
                print(f"{mutant.file}:{mutant.line}\n  - {mutant.before}\n  + {mutant.after}", flush=True)
            print(f"{index} of {len(chosen)}, {caught} caught", file=sys.stderr, flush=True)
    print(f"{caught} of {len(chosen)} changes were caught, out of {len(found)} that there are")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
