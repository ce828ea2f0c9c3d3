"""Items and plots for pyqtgraph, which paint with the brush of `optvis.draw`; `optvis.items` is their public face.

pyqtgraph holds the view, the axes' places and the mouse; every pixel of ours is painted by `draw`, so that a
plot shows what an export shows. Whoever else needs pyqtgraph takes ``pg`` from here, so that it is loaded in one way.

Imports foundation, problems, landscape, engine, maps, document, draw.paint, draw.maps, draw.charts and
draw.page.
"""

import sys

import PyQt6.QtWidgets  # noqa: F401  # pyqtgraph takes the Qt that is there already

_hook = sys.excepthook
import pyqtgraph as pg  # noqa: E402

sys.excepthook = _hook  # which pyqtgraph replaces with one of its own

if pg.Qt.QT_LIB != "PyQt6":
    raise ImportError(f"optvis draws with PyQt6, and pyqtgraph runs on {pg.Qt.QT_LIB} here")

__all__ = ["pg"]
