"""A picture or an animation of what a session or trajectories show, written to a file."""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from typing import Any

from optvis.document.picture_spec import Picture
from optvis.foundation.slices import eager


def render_in_slices(
    what: Any,
    picture: Picture,
    arrows: Collection[str] | None = None,
    field: str | None = None,
    charts: Collection[str] | None = None,
    swarm: int | None = None,
    profile: Sequence[float] | None = None,
) -> Generator[float, None, None]:
    """Draw a picture or an animation to a file; what it says of the view and errors as of `optvis.render`.

    Cancelled, it leaves no file.
    """
    from optvis.export.drawn import drawn

    picture.check()
    scene = drawn(what, arrows, field, charts, swarm, profile)
    picture.check(scene.session.view.layout)
    if picture.is_animation:
        from optvis.export.animation.write_animation import write_animation_in_slices

        yield from write_animation_in_slices(scene, picture)
    else:
        from optvis.export.stills.write_still import write_still_in_slices

        yield from write_still_in_slices(scene, picture)


render = eager(render_in_slices)
