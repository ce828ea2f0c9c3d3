"""The table of layouts, and the sentence with which it refuses an animation."""

from pathlib import Path

import pytest

import optvis
from optvis.document.layouts import LAYOUTS, WINDOW_LAYOUTS
from optvis.document.picture_spec import ANIMATIONS, STILLS, Picture
from optvis.document.session import Session, View
from optvis.document.session_file import from_json, to_json
from optvis.foundation.errors import InputError

README = Path(__file__).parents[2] / "README.md"


def test_names_titles_and_tabs_tell_layouts_apart():
    for words in ("name", "title", "tab"):
        assert len({getattr(each, words) for each in LAYOUTS.values()}) == len(LAYOUTS)
    assert len({each.window_title for each in WINDOW_LAYOUTS.values()}) == len(WINDOW_LAYOUTS)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_whoever_reads_about_layouts_reads_of_each(layout):
    assert f"`{layout.name}`" in README.read_text(encoding="utf-8").partition("`--view` is")[2].partition("\n\n")[0]
    assert f"``{layout.name}``" in optvis.render.__doc__
    assert not layout.is_in_window or f"``{layout.name}``" in View.__doc__


def test_a_session_has_the_layouts_of_the_window():
    assert View.layout in WINDOW_LAYOUTS
    for name in LAYOUTS:
        if name in WINDOW_LAYOUTS:
            session = Session("sphere", view=View(layout=name))
            assert from_json(to_json(session)) == session
        else:
            with pytest.raises(InputError, match=f"there is no layout '{name}'"):
                View(layout=name)
            text = to_json(Session("sphere")).replace('"layout": "map"', f'"layout": "{name}"')
            with pytest.raises(InputError, match=f"view.layout must be one of {', '.join(WINDOW_LAYOUTS)}"):
                from_json(text)


@pytest.mark.parametrize("ending", STILLS + ANIMATIONS)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_what_is_the_same_at_every_step_makes_no_animation(layout, ending):
    checks = [
        Picture(f"a{ending}", layout=layout.name).check,
        lambda: Picture(f"a{ending}").check(layout.name),
        lambda: Picture(f"a{ending}", layout=layout.name).check("map"),
    ]
    Picture(f"a{ending}", layout="map").check(layout.name)
    for check in checks:
        if layout.can_be_animated or ending in STILLS:
            check()
        else:
            with pytest.raises(
                InputError, match=f"^a {layout.name} map .* makes no animation; choose .png, .svg, .pdf$"
            ):
                check()
