"""The window against that of another commit, and against pyqtgraph's own items: frames, pan, zoom, a slider's drag.

The other commit is ``HEAD~1``, or what the environment variable BEFORE names; it is taken out of git into a
folder of its own. Plain pyqtgraph shows the same map as an `ImageItem` with the same trails and curves as
`PlotDataItem`, antialiased, without dashes, contours, halos and markers of steps. "Ratio" says how many times as long
the other one takes.
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.ratio import Comparison, compare

ROOT = Path(__file__).resolve().parents[2]

# Both windows are driven by the same lines, each in a process that has its own optvis
DRIVER = """
import json, sys
from dataclasses import replace
from time import perf_counter
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication
from optvis.document.session import RunSpec, Session, View
from optvis.gui.window import Window

app = QApplication(["benchmark", "-platform", "offscreen"])
OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamax", "lion")


def session(steps):
    runs = tuple(RunSpec(name, style=i) for i, name in enumerate(OPTIMIZERS))
    return Session("quadratic-valley", steps=steps, runs=runs, view=View(charts=("loss", "slope")))


window = Window(session(1000), QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.resize(1200, 800)
window.show()


def settle():
    while window.store.is_busy or not window.canvas.is_settled:
        app.processEvents()
    app.processEvents()


def frame(step):
    window.playback.seek(step)
    app.processEvents()


def whole(step):
    stage = getattr(window.canvas, "stage", None)  # which was none before maps were plots
    (window.canvas if stage is None else stage.viewport()).update()
    frame(step)


def drag(lr):
    before = window.store.session
    window.store.edit(before.with_run(5, before.runs[5].with_hyper("lr", lr)), key="drag")
    settle()


turn = 0
settle()
for line in sys.stdin:
    action, count = json.loads(line)
    if action == "steps":
        window.store.replace(session(count))
        settle()
        began = perf_counter()
    else:
        if action in ("frame", "whole"):
            frame(count)
        began = perf_counter()
        for index in range(20):
            turn += 1
            if action == "frame":
                frame(count + index + 1)
            elif action == "whole":
                whole(count + index + 1)
            elif action == "pan":
                window.canvas.pan(0.01 if turn % 40 < 20 else -0.01, 0.0)
                app.processEvents()
            elif action == "zoom":
                window.canvas.zoom(1.02 if turn % 40 < 20 else 1 / 1.02)
                app.processEvents()
            elif action == "drag" and index < 4 or action == "one drag" and index == 0:
                drag(0.2 + 1e-4 * (turn % 1000))
    print(perf_counter() - began, flush=True)
    settle()
"""
PLAIN = """
import json, sys
from time import perf_counter
import numpy as np
import pyqtgraph as pg
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget
from optvis import optimizers, problem, run

pg.setConfigOptions(antialias=True)
app = QApplication(["benchmark", "-platform", "offscreen"])
OPTIMIZERS = ("SGD", "Momentum", "Nesterov", "AdaGrad", "RMSprop", "Adam", "AdaMax", "Lion")
of = problem("quadratic-valley")
window = QWidget()
column = QVBoxLayout(window)
plain, charts = pg.PlotWidget(), [pg.PlotWidget(), pg.PlotWidget()]
for widget in (plain, *charts):
    column.addWidget(widget)
xmin, xmax, ymin, ymax = of.plane.bounds
x, y = np.meshgrid(np.linspace(xmin, xmax, 800), np.linspace(ymin, ymax, 500), indexing="ij")
image = pg.ImageItem(of.formula.vector(x, y), rect=[xmin, ymin, xmax - xmin, ymax - ymin])
image.setColorMap(pg.colormap.get("viridis"))
plain.addItem(image)
pens = [pg.mkPen(pg.intColor(k, 8), width=2) for k in range(8)]
trails = [plain.plot(pen=pen) for pen in pens]
heads = plain.plot(pen=None, symbol="o")
curves = [[chart.plot(pen=pen) for pen in pens] for chart in charts]
lines = [chart.addLine(x=0) for chart in charts]
runs = []


def show():
    for k, t in enumerate(runs):
        trails[k].setData(t.x, t.y)
        curves[0][k].setData(np.log10(np.maximum(t.loss, 1e-300)))
        curves[1][k].setData(np.log10(np.maximum(t.slope, 1e-300)))
    app.processEvents()


def frame(step):
    heads.setData([t.x[step] for t in runs], [t.y[step] for t in runs])
    for k, t in enumerate(runs):
        trails[k].setData(t.x[: step + 1], t.y[: step + 1])
    for line in lines:
        line.setValue(step)
    app.processEvents()


def compute(steps):
    runs[:] = [run(of, getattr(optimizers, name)(), steps=steps) for name in OPTIMIZERS]
    show()


window.resize(880, 760)
window.show()
compute(1000)
turn = 0
for line in sys.stdin:
    action, count = json.loads(line)
    if action == "steps":
        compute(count)
        began = perf_counter()
    else:
        began = perf_counter()
        for index in range(20):
            turn += 1
            if action == "frame":
                frame(count + index + 1)
            elif action == "pan":
                plain.getViewBox().translateBy(0.2 if turn % 40 < 20 else -0.2, 0.0)
                app.processEvents()
            elif action == "zoom":
                plain.getViewBox().scaleBy((0.98, 0.98) if turn % 40 < 20 else (1 / 0.98, 1 / 0.98))
                app.processEvents()
            elif action == "drag" and index < 4 or action == "one drag" and index == 0:
                runs[5] = run(of, optimizers.Adam(lr=0.2 + 1e-4 * (turn % 1000)), steps=len(runs[5].x) - 1)
                show()
    print(perf_counter() - began, flush=True)
"""
FIRST_FRAME = """
import os, sys
import optvis.gui.app
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication
from optvis.document.session_file import preset
from optvis.gui.window import Window
app = QApplication(["benchmark", "-platform", "offscreen"])
window = Window(preset("textbook"), QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.show()
window.grab()
app.processEvents()
os._exit(0)
"""


class Window:
    """A window in a process of its own."""

    def __init__(self, tree: Path, folder: str, driver: str = DRIVER) -> None:
        self._settings = f"{folder}/{tree.name}.ini"
        self._environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": ""}
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-c", driver, self._settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self._environment,
            cwd=folder,
        )

    def do(self, action: str, count: int = 0) -> float:
        """Do something twenty times, a drag four times, and return the seconds that it took."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([action, count]) + "\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def start_another(self) -> None:
        """Start the program until its window is painted, and end it."""
        command = [sys.executable, "-c", FIRST_FRAME, self._settings]
        subprocess.run(command, check=True, env=self._environment, cwd=self._folder)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def run(repeats: int) -> Iterator[Comparison]:
    """Compare this tree with the other commit."""
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder, "before")
        archive = Path(folder, "before.tar")
        revision = os.environ.get("BEFORE", "HEAD~1")
        subprocess.run(["git", "archive", "-o", str(archive), revision], cwd=ROOT, check=True)
        with tarfile.open(archive) as packed:
            packed.extractall(before, filter="data")
        ours, other, plain = Window(ROOT, folder), Window(before, folder), Window(ROOT, folder, PLAIN)
        try:
            for name, action, count in (
                ("20 frames of play near step 100", "frame", 100),
                ("20 frames of play near step 900", "frame", 900),
                ("20 frames, the whole map painted anew", "whole", 500),
                ("20 times panned", "pan", 0),
                ("20 times zoomed", "zoom", 0),
                ("a slider dragged, 1,000 steps, two charts", "drag", 0),
            ):
                yield _compared(name, ours, other, action, count, repeats)
                if action != "whole":
                    yield _compared(f"{name}, pyqtgraph", ours, plain, action, count, repeats)
            for each in (ours, other, plain):
                each.do("steps", 100_000)
            name = "a slider dragged, 100,000 steps, two charts"
            yield _compared(name, ours, other, "drag", 0, repeats)
            yield _compared(f"{name}, once, pyqtgraph", ours, plain, "one drag", 0, 1)
        finally:
            for each in (ours, other, plain):
                each.close()
        yield compare("first painted frame", ours.start_another, other.start_another, max(repeats, 7), wanted=1 / 1.2)


def _compared(name: str, ours: Window, other: Window, action: str, count: int, repeats: int) -> Comparison:
    ours.do(action, count), other.do(action, count)
    pairs = [(ours.do(action, count), other.do(action, count)) for _ in range(repeats)]
    mine, theirs = zip(*pairs, strict=True)
    return Comparison(name, mine, theirs)
