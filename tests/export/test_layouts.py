"""Every layout as a picture, and as an animation where the table says so."""

from dataclasses import replace

import pytest
from PIL import Image

from optvis import render
from optvis.document.layouts import LAYOUTS
from optvis.document.session import RunSpec, Session, View, resolve
from optvis.draw.page.figure import Figure
from optvis.draw.paint.theme import LIGHT
from optvis.foundation.errors import InputError

SIZE = (240, 200)


@pytest.fixture(scope="module")
def scene():
    return resolve(Session("quadratic-valley", runs=(RunSpec("sgd"), RunSpec("adam", style=1)), steps=6))


@pytest.fixture(scope="module")
def nobody():
    return resolve(Session("quadratic-valley", steps=6))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("of", ["scene", "nobody"])
def test_every_layout_is_a_picture_with_runs_and_without(tmp_path, request, layout, of):
    render(request.getfixturevalue(of), tmp_path / "a.png", SIZE, layout=layout)
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == SIZE
        assert len(image.getcolors(SIZE[0] * SIZE[1])) > 10


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_layout_that_needs_runs_is_the_map_without_them(nobody, layout):
    ours, map_alone = (Figure(nobody, SIZE, LIGHT, name).panels for name in (layout.name, "map"))
    alike = [(type(panel), panel.rect) for panel in ours] == [(type(panel), panel.rect) for panel in map_alone]
    assert alike == (layout.needs_runs or layout.name == "map")


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_that_can_be_animated_is_and_the_others_say_why_not(tmp_path, scene, layout):
    ways = [(scene, {"layout": layout.name})]
    if not layout.can_be_animated:
        session = replace(scene.session, view=View(layout=layout.name))
        ways += [(session, {}), (replace(scene, session=session), {})]
    for what, options in ways:
        if layout.can_be_animated:
            render(what, tmp_path / "a.gif", SIZE, steps_per_frame=3, **options)
            with Image.open(tmp_path / "a.gif") as image:
                assert (image.size, image.n_frames) == (SIZE, 3)
        else:
            with pytest.raises(InputError, match=f"^a {layout.name} map .* makes no animation; choose .png"):
                render(what, tmp_path / "a.gif", SIZE, **options)
            assert not (tmp_path / "a.gif").exists()
