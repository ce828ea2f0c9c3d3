"""The map in words, for who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optvis.document.session import Scene
from optvis.draw.maps.basin_relief import BasinRelief
from optvis.draw.maps.swarms import swarm_run, swarm_words
from optvis.draw.paint.drawable import Run
from optvis.foundation.number_text import number
from optvis.maps.swarm import Swarm, SwarmSpec


def map_words(scene: Scene, basins: Iterable[BasinRelief], swarms: Sequence[tuple[Swarm, Run, SwarmSpec]]) -> str:
    """Return what the maps of a scene show, and what a mouse does to them.

    Parameters
    ----------
    basins, swarms
        Those that are there by now; each swarm with the run that it is of, and what it will be in full.
    """
    visible = scene.visible_runs
    runs = ", ".join(f"{run.label} {run.trajectory.outcome.words}" for run in visible)
    of = swarm_run(scene, visible)
    moving = [(each, run.label, spec.count) for each, run, spec in swarms if run is of]
    swarm = "".join(f"; swarm of {swarm_words(each, scene.steps, label, count)}" for each, label, count in moving)
    x, y = scene.start
    line = ""
    if scene.session.view.profile is not None:
        ax, ay, bx, by = map(number, scene.session.view.profile)
        line = f"; profile line from {ax}, {ay} to {bx}, {by}"
    leads = "".join(f"{each.words()}. " for each in basins)
    return (
        f"{scene.problem.title}; start {number(x)}, {number(y)}; {runs or 'no runs'}{swarm}{line}. {leads}"
        "Click to set the start, drag to pan, turn the wheel to zoom."
    )
