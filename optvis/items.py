"""Items for pyqtgraph: what optvis draws, for anybody's `pyqtgraph.PlotItem`.

    >>> import optvis.items
    >>> plot.addItem(optvis.items.LossMapItem(trajectory.problem))  # doctest: +SKIP
    >>> plot.addItem(optvis.items.TrajectoryItem(trajectory))  # doctest: +SKIP

They need PyQt6 and pyqtgraph, which `import optvis` alone does not load. The y axis has to point upwards.
"""

from optvis.plot.basins_item import BasinsItem
from optvis.plot.curve import Curve
from optvis.plot.loss_map_item import LossMapItem
from optvis.plot.plots import dress, new_plot
from optvis.plot.start_handle import StartHandle
from optvis.plot.step_arrows_item import StepArrowsItem
from optvis.plot.swarm_item import SwarmItem
from optvis.plot.trajectory_item import TrajectoryItem, show_step

__all__ = [
    "BasinsItem",
    "Curve",
    "LossMapItem",
    "StartHandle",
    "StepArrowsItem",
    "SwarmItem",
    "TrajectoryItem",
    "dress",
    "new_plot",
    "show_step",
]
