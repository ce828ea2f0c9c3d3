"""What machine code costs at the start: of the window, and of the kernels on a first and a second day.

The window's row is a whole process up to its first painted frame, as it is and where llvmlite cannot be
imported: the ratio is to be at least 1/1.1. The other rows make the kernels of all optimizers on one
function: with an empty cache, and from the cache.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from optvis.kernels import code_cache, kernel
from optvis.optimizers.catalogue import CATALOGUE as OPTIMIZERS
from optvis.problems.problem import problem
from tests.benchmarks.ratio import Comparison, compare

WINDOW = """
import sys
if {blocked}: sys.modules["llvmlite"] = None
import optvis.gui.app
from PyQt6.QtCore import QSettings, QTimer
from PyQt6.QtWidgets import QApplication
from optvis.gui.window import Window
from optvis.document.session_file import preset
app = QApplication([])
window = Window(preset("textbook"), QSettings({settings!r}, QSettings.Format.IniFormat))
window.show()
window.canvas.stage.viewport().repaint()
app.processEvents()
import os; os._exit(0)
"""
FUNCTIONS = ("himmelblau", "ackley")


def run(repeats: int) -> Iterator[Comparison]:
    """The window, then the kernel."""
    with tempfile.TemporaryDirectory() as folder:
        yield compare(
            "first painted frame, and without llvmlite",
            lambda: window(folder, blocked=False),
            lambda: window(folder, blocked=True),
            max(repeats, 7),
            wanted=round(1 / 1.1, 3),
        )
    real = code_cache.folder
    with tempfile.TemporaryDirectory() as folder:
        try:
            for name in FUNCTIONS:
                code_cache.folder = lambda: Path(folder, "kept")
                made(name)
                yield compare(
                    f"{len(OPTIMIZERS)} kernels of {name} from the cache, and compiled",
                    lambda name=name: made(name),
                    lambda name=name: made(name, Path(folder, "new")),
                    min(repeats, 3),
                    wanted=10,
                )
        finally:
            code_cache.folder = real


def window(folder: str, *, blocked: bool) -> None:
    """Open the window in a process of its own and paint it once."""
    code = WINDOW.format(blocked=blocked, settings=str(Path(folder, "settings.ini")))
    home = {"XDG_CACHE_HOME": folder, "XDG_DATA_HOME": folder, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | home, stderr=subprocess.DEVNULL)


def made(name: str, empty: Path | None = None) -> None:
    """Make the kernels of all optimizers, as a program does that has just started."""
    kept = code_cache.folder
    if empty is not None:
        for file in empty.glob("*"):
            file.unlink()
        code_cache.folder = lambda: empty
    kernel.kernel_future.cache_clear()
    formula = problem(name).formula
    for optimizer in OPTIMIZERS.values():
        kernel.kernel(formula, optimizer.rule, "central")
    code_cache.folder = kept
