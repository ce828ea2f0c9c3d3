"""Pictures and data of a scene. `data` needs no Qt, so Qt is loaded with the first picture only."""

from __future__ import annotations

import os
from typing import Any


def render(
    what: Any,
    file: str | os.PathLike[str],
    size: tuple[int, int] = (1200, 800),
    scale: float = 1.0,
    theme: str = "light",
    layout: str | None = None,
    step: int | None = None,
) -> None:
    """Draw a picture to a file; the parameters are those of `optvis.render`."""
    from optvis.export.drawn import drawn
    from optvis.export.stills import write_still

    check_picture(file, size, scale)
    write_still(drawn(what), file, size, scale, theme, layout, step)


def check_picture(file: str | os.PathLike[str], size: tuple[float, float], scale: float) -> None:
    """Refuse a picture that cannot be made, before anything is computed for it.

    Raises
    ------
    InputError
        For an unknown ending, or a size or scale out of range.
    """
    from optvis.export.limits import check

    check(file, size, scale)
