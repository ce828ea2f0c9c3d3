"""What pictures can be asked for. Imports no Qt."""

from __future__ import annotations

import os
from pathlib import PurePath

from optvis.errors import InputError

ENDINGS = (".png",)
SMALLEST, LARGEST = 200, 10_000
SCALES = (0.25, 8.0)
MOST_PIXELS = 100_000_000


def check(file: str | os.PathLike[str], size: tuple[float, float], scale: float) -> None:
    """Raise `InputError` for an unknown ending, or a size or scale out of range."""
    ending = PurePath(file).suffix.lower()
    if ending not in ENDINGS:
        what = f"the ending {ending} is not known" if ending else "it has no ending"
        raise InputError(f"cannot tell the kind of picture of {file}: {what}; name it for example picture.png")
    width, height = size
    for name, length in (("width", width), ("height", height)):
        if not SMALLEST <= length <= LARGEST or length != int(length):
            raise InputError(
                f"the {name} of a picture must be a whole number from {SMALLEST} to {LARGEST}, not {length:g}"
            )
    if not SCALES[0] <= scale <= SCALES[1]:
        raise InputError(f"the scale of a picture must be from {SCALES[0]:g} to {SCALES[1]:g}, not {scale:g}")
    if width * height * scale**2 > MOST_PIXELS:
        raise InputError(
            f"{width:g} by {height:g} at scale {scale:g} is more than {MOST_PIXELS // 10**6} million pixels; "
            "choose a smaller size or scale"
        )
