"""Pictures, animations and data of a scene. `data` needs no Qt, so Qt is loaded with the first picture only."""

from __future__ import annotations

from collections.abc import Collection, Generator
from typing import Any, cast

from optvis.picture import Picture
from optvis.slices import finish, part_of
from optvis.swarm import swarms_in_slices

_SHARE_OF_SWARMS = 0.3  # of the time that a picture takes


def render(what: Any, picture: Picture, **view: Any) -> None:
    """Draw a picture or an animation to a file; what it says of the view and errors as of `optvis.render`."""
    finish(render_in_slices(what, picture, **view))


def render_in_slices(
    what: Any,
    picture: Picture,
    arrows: Collection[str] | None = None,
    field: str | None = None,
    charts: Collection[str] | None = None,
    swarm: int | None = None,
) -> Generator[float, None, None]:
    """Do the same as `render`, yielding the share that is done after every slice.

    Everything that can be is checked before the first slice is over. Drop the generator to cancel;
    then no file is left.
    """
    from optvis.draw.figure import swarms_of
    from optvis.export.drawn import drawn

    picture.check()
    scene = drawn(what, arrows, field, charts, swarm)
    picture.frames(scene.steps)
    layout = cast(Any, picture.layout or scene.session.view.layout)
    specs = swarms_of(scene, layout)
    begin = _SHARE_OF_SWARMS if any(specs) else 0.0
    swarms = yield from part_of(swarms_in_slices(specs), 0.0, begin)  # held, so that the figure finds them
    if picture.is_animation:
        from optvis.export.animation import write_animation_in_slices

        yield from part_of(write_animation_in_slices(scene, picture), begin, 1.0)
    else:
        from optvis.export.stills import write_still

        write_still(scene, picture)
        yield 1.0
    del swarms
