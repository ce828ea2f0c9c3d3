"""``python -m tests.benchmarks [NAME …]``: run the benchmarks of these names, or all, and print tables.

A benchmark is a module of this folder with a ``run(repeats)`` that returns comparisons; its name is
the module's, with hyphens. Its docstring says what is measured.
"""

import argparse
import importlib
import pkgutil
import sys

from PyQt6.QtWidgets import QApplication

from tests.benchmarks.ratio import table


def names() -> list[str]:
    """Every benchmark, in the order of their file names."""
    folder = importlib.import_module(__package__).__path__
    return [found.name for found in pkgutil.iter_modules(folder) if found.name not in ("__main__", "ratio")]


def main() -> int:
    """Run what was asked for."""
    known = {name.replace("_", "-"): name for name in names()}
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure speed side by side.")
    parser.add_argument("name", nargs="*", help=f"one of {', '.join(known)} (default: all)")
    parser.add_argument("--repeats", type=int, default=7, help="alternating measurements of each (default: 7)")
    arguments = parser.parse_args()
    if unknown := set(arguments.name) - known.keys():
        parser.error(f"there is no benchmark {sorted(unknown)[0]}; there are {', '.join(known)}")
    # One for all: a widget needs more than drawing does, and there is one application in a process.
    application = QApplication(["benchmarks", "-platform", "offscreen"])
    for name in arguments.name or known:
        module = importlib.import_module(f"{__package__}.{known[name]}")
        print(f"{name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
        print(table(module.run(max(1, arguments.repeats))), flush=True)
        print()
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
