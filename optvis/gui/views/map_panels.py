"""Where the maps of a scene lie in a view, and where the plane lies in each of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from PyQt6.QtCore import QPointF, QRectF

from optvis.document.session import Scene
from optvis.draw.maps.basin_key import strip_height
from optvis.draw.maps.basin_relief import BasinRelief
from optvis.draw.maps.swarm_layer import SwarmLayer
from optvis.draw.maps.trails import TrailLayer
from optvis.draw.page.places import Place, has_panels, map_places, weight_in
from optvis.draw.paint.axes import AxesStyle
from optvis.draw.paint.viewport import Viewport
from optvis.problems.problem import Bounds


@dataclass(eq=False)
class Panel:
    """One map of the canvas: where it is and what is on it, the plane in it, and what has been painted so far.

    Its basins lie beneath the runs in place of the loss; None where they are not shown or not known yet.
    """

    place: Place
    viewport: Viewport
    trails: TrailLayer = field(default_factory=TrailLayer)
    swarm: SwarmLayer = field(default_factory=SwarmLayer)
    basins: BasinRelief | None = None


def first_panel(scene: Scene) -> Panel:
    """Return the one map that there is before anything has a size."""
    place = Place(QRectF(0, 0, 1, 1), None, (), AxesStyle())
    return Panel(place, Viewport(scene.bounds, place.rect))


def panel_at(panels: list[Panel], at: QPointF) -> Panel | None:
    """Return the map at a pixel; None beside all of them."""
    return next((panel for panel in panels if panel.viewport.rect.contains(at)), None)


def place_panels(panels: list[Panel], rect: QRectF, scene: Scene, bounds: Bounds, pixels: float) -> QRectF:
    """Place the maps of a scene's layout; what has been painted of them is kept.

    Parameters
    ----------
    panels
        Grows and shrinks as the layout wants it.
    bounds
        The window of the plane.
    pixels
        Height of text.

    Returns
    -------
    QRectF
        Where the one key to basins side by side goes; empty where there is none.
    """
    view = scene.session.view
    body, strip = rect.adjusted(2, 4, -4, -2), QRectF()
    if view.layout == "basins" and has_panels(scene, view.layout):
        strip = QRectF(0, 0, body.width() - 8, strip_height(pixels))
        strip.moveBottomLeft(body.bottomLeft() + QPointF(6, 0))
        body.setBottom(strip.top() - 2)
    places = map_places(body, scene, view.layout, pixels)
    while len(panels) < len(places):
        panels.append(Panel(places[0], panels[0].viewport))
    del panels[len(places) :]
    for panel, place in zip(panels, places, strict=True):
        panel.place = place
        panel.viewport = Viewport.fitted(bounds, place.rect, view.aspect, weight_in(place.rect))
    return strip
