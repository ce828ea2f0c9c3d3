"""Turning the surface all round in ten pictures, at 60 × 60 nodes, against matplotlib's `plot_surface`.

Both draw the whole picture anew from the same losses, with axes and numbers, at the same size: ours as
it is while the mouse drags. Once the surface alone, once with fifteen contours on the floor as well (ours
carry them on the surface too).
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from optvis.document.session import Scene, Session, resolve
from optvis.draw.paint.theme import LIGHT
from optvis.draw.surface.camera import Camera
from optvis.draw.surface.mesh import MOVING, Mesh, Polylines
from optvis.draw.surface.surface3d import mesh_of, paint_background, view_of
from optvis.landscape.loss_surface import sample
from tests.benchmarks.ratio import Comparison, compare

SIZES = ((640, 480), (1000, 700))
PROBLEMS = ("himmelblau", "rosenbrock")
LEVELS = 15
AZIMUTHS = range(-180, 180, 36)


def run(repeats: int) -> Iterator[Comparison]:
    """Every problem at every size."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        print("  skipped: matplotlib is not installed; the extra `bench` has it")
        return
    for name in PROBLEMS:
        scene = resolve(Session(name))
        whole = mesh_of(scene, MOVING)
        grid = sample(scene.problem, scene.bounds, (MOVING, MOVING))
        heights = scene.scale.normalised(grid.values)
        x, y = np.meshgrid(grid.xs, grid.ys)
        for (width, height), has_contours in product(SIZES, (False, True)):
            mesh = whole if has_contours else replace(whole, contours=Polylines.of([]))
            figure = Figure(figsize=(width / 100, height / 100), dpi=100)
            canvas = FigureCanvasAgg(figure)
            axes = figure.add_subplot(projection="3d")
            axes.plot_surface(x, y, heights, rcount=MOVING, ccount=MOVING, cmap="viridis")
            if has_contours:
                axes.contour(x, y, heights, LEVELS, offset=-0.5, colors="black", linewidths=0.5)
            image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)

            def ours(
                mesh: Mesh = mesh, scene: Scene = scene, image: QImage = image, size: tuple[int, int] = (width, height)
            ) -> None:
                for azimuth in AZIMUTHS:
                    image.fill(LIGHT.paper)
                    painter = QPainter(image)
                    view = view_of(mesh, Camera(azimuth=azimuth), QRectF(0, 0, *size), is_moving=True)
                    paint_background(painter, scene, view, LIGHT)
                    painter.end()

            def other(axes: Any = axes, canvas: Any = canvas) -> None:
                for azimuth in AZIMUTHS:
                    axes.view_init(elev=Camera().elevation, azim=azimuth)
                    canvas.draw()

            yield compare(
                f"{name}, {width} × {height}{', contours' if has_contours else ''}", ours, other, repeats, wanted=5
            )
