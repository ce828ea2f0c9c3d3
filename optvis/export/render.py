"""A picture or an animation of what a session or trajectories show, written to a file."""

from __future__ import annotations

from collections.abc import Collection, Generator
from typing import Any

from optvis.document.picture_spec import Picture
from optvis.foundation.slices import finish


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
    from optvis.export.drawn import drawn

    picture.check()
    scene = drawn(what, arrows, field, charts, swarm)
    picture.check(scene.session.view.layout)
    if picture.is_animation:
        from optvis.export.animation.write_animation import write_animation_in_slices

        yield from write_animation_in_slices(scene, picture)
    else:
        from optvis.export.stills.write_still import write_still_in_slices

        yield from write_still_in_slices(scene, picture)
