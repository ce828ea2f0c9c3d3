"""What lies on maps, computed for a window of the plane and its pixels without any widget."""

import pytest
from PyQt6.QtCore import QRectF

from optvis.document.session import RunSpec, Session, View, resolve
from optvis.draw.paint.theme import LIGHT
from optvis.draw.paint.viewport import Viewport
from optvis.foundation.errors import InputError
from optvis.gui.views import map_layers
from optvis.gui.views.map_layers import MapLayers

RUNS = (RunSpec("sgd", {"lr": 0.005}), RunSpec("adam", {"lr": 0.2}, 1))
RECT = QRectF(0, 0, 120, 90)
BOUNDS = (-3.0, 3.0, -2.0, 2.0)


@pytest.fixture
def scene():
    return resolve(Session("himmelblau", steps=20, runs=RUNS, view=View(layout="basins", basins_of="each", swarm=50)))


@pytest.fixture
def layers(scene):
    return MapLayers(scene, LIGHT)


def maps_of(scene, bounds=BOUNDS, rect=RECT):
    return [(Viewport(bounds, rect), (run,)) for run in scene.runs]


def settle(qtbot, layers):
    qtbot.waitUntil(lambda: layers.is_settled)


def test_all_layers_are_computed_for_the_window_and_its_pixels(qtbot, scene, layers):
    layers.show(scene, LIGHT, maps_of(scene))
    assert not layers.is_settled
    settle(qtbot, layers)
    assert layers.relief.surface.bounds == BOUNDS
    assert layers.relief.surface.tones.shape == (45, 60)
    assert [basins.basins.optimizer for basins in layers.basins] == ["sgd", "adam"]
    assert [basins.basins.kind.shape for basins in layers.basins] == [(90, 120)] * 2
    assert [swarm.count for swarm in layers.swarm_source.swarms] == [25, 25]


def test_it_says_when_something_has_changed(qtbot, scene, layers):
    said = []
    layers.groundChanged.connect(lambda: said.append("ground"))
    layers.swarmsChanged.connect(lambda: said.append("swarms"))
    layers.show(scene, LIGHT, maps_of(scene))
    settle(qtbot, layers)
    assert set(said) == {"ground", "swarms"}
    said.clear()
    layers.show(scene, LIGHT, maps_of(scene))
    assert layers.is_settled, "the same maps are not computed again"


def test_another_window_keeps_the_old_picture_until_its_own_is_there(qtbot, scene, layers):
    layers.show(scene, LIGHT, maps_of(scene))
    settle(qtbot, layers)
    before = layers.relief
    layers.show(scene, LIGHT, maps_of(scene, (-1.0, 1.0, -1.0, 1.0)))
    assert layers.relief is before
    other = resolve(Session("sphere"))
    layers.show(other, LIGHT, [(Viewport(BOUNDS, RECT), ())])
    assert layers.relief is None, "the picture of another function would be wrong"
    assert layers.basins == [None]
    settle(qtbot, layers)
    assert layers.relief is not None


def test_what_cannot_be_computed_is_said(qtbot, scene, layers, monkeypatch):
    def refused(*given):
        raise InputError("there is no loss here")

    monkeypatch.setattr(map_layers, "map_surface_in_slices", refused)
    layers.show(scene, LIGHT, maps_of(scene))
    settle(qtbot, layers)
    assert layers.error == "there is no loss here"
    assert layers.relief is None
