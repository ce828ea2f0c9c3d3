"""What a picture or an animation is to be: everything but the scene. Imports no Qt."""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, get_args, get_type_hints

from optvis.document.layouts import LAYOUTS
from optvis.document.session import MAX_SWARM, Session, View
from optvis.engine.preparation import MAX_STEPS
from optvis.foundation.checked import file_name, flag, number_in, one_of, several_of, whole_number
from optvis.foundation.errors import InputError
from optvis.problems.problem import checked_segment

_VIEW = get_type_hints(View)
ARROWS: tuple[str, ...] = get_args(get_args(_VIEW["arrows"])[0])
FIELDS: tuple[str, ...] = get_args(_VIEW["field"])
CHARTS: tuple[str, ...] = get_args(get_args(_VIEW["charts"])[0])
STILLS = (".png", ".svg", ".pdf")
ANIMATIONS = (".gif", ".apng", ".webp", ".mp4")
THEMES = ("light", "dark")
STILL_SIZE, ANIMATION_SIZE = (1200, 800), (800, 600)

SMALLEST, LARGEST = 200, 10_000
SCALES = (0.25, 8.0)
MAX_PIXELS = 100_000_000
MAX_FRAME_PIXELS = 16_000_000
LONGEST_SIDE = 16_000
"""Of a frame; WebP and video take no more."""
RATES = (1.0, 60.0)
MAX_GIF_RATE = 50.0
"""Programs slow down a GIF whose frames stand for less than 1/50 s."""
HOLDS = (0.0, 60.0)
MAX_FRAMES = 10_000
_USUAL_FRAMES = 200


@dataclass(frozen=True)
class Picture:
    """A wish for a file.

    Attributes
    ----------
    file
        Its ending says the kind: one of `STILLS` or `ANIMATIONS`.
    size
        Width and height in logical pixels; None for what is usual.
    scale
        Pixels for each of them.
    theme
        ``light`` or ``dark``.
    layout
        One of `optvis.document.layouts.LAYOUTS`; None as the session says.
    step
        The step to show, or the first and the last step of an animation, which otherwise begins at 0. None for the
        last; for an animation the one from which nothing is seen to move any more.
    transparent
        Whether the page has no background; stills only.
    fps
        Frames per second of an animation.
    steps_per_frame
        None for so many that there are at most some 200 frames.
    hold
        Seconds for which the last frame stays longer.
    loop
        Whether an animation begins again at its end; a video leaves that to its player.
    """

    file: str | os.PathLike[str]
    size: tuple[float, float] | None = None
    scale: float = 1.0
    theme: str = "light"
    layout: str | None = None
    step: int | tuple[int, int] | None = None
    transparent: bool = False
    fps: float = 20.0
    steps_per_frame: int | None = None
    hold: float = 1.5
    loop: bool = True

    @property
    def ending(self) -> str:
        """Of the file, in lower case, with its dot."""
        return PurePath(file_name(self.file)).suffix.lower()

    @property
    def is_animation(self) -> bool:
        """Whether the file's ending is one of an animation."""
        return self.ending in ANIMATIONS

    @property
    def page(self) -> tuple[int, int]:
        """Width and height in logical pixels."""
        usual = ANIMATION_SIZE if self.is_animation else STILL_SIZE
        width, height = usual if self.size is None else self.size
        return int(width), int(height)

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height in pixels; those of a video are even."""
        width, height = (round(side * self.scale) for side in self.page)
        return (width + width % 2, height + height % 2) if self.ending == ".mp4" else (width, height)

    def check(self, layout: str | None = None) -> None:
        """Refuse what cannot be made, before anything is computed for it.

        Parameters
        ----------
        layout
            What the session says, for a picture that has no layout of its own.

        Raises
        ------
        InputError
            For an unknown ending, theme or layout, and for numbers out of range.
        """
        self._check_ending()
        one_of("theme", self.theme, THEMES)
        flag("transparent", self.transparent)
        self._check_step()
        if (seen := layout if self.layout is None else self.layout) is not None:
            one_of("layout", seen, tuple(LAYOUTS))
            if self.is_animation and not LAYOUTS[seen].can_be_animated:
                raise InputError(
                    f"a {seen} map is the same at every step and makes no animation; choose {', '.join(STILLS)}"
                )
        if isinstance(self.step, tuple) and not self.is_animation:
            first, last = self.step
            raise InputError(f"a picture shows one step, not those from {first} to {last}; an animation shows many")
        self._check_size()
        if self.is_animation:
            self._check_animation()

    def frames(self, steps: int, settled: int | None = None) -> list[int]:
        """Return the steps to draw, ascending, for a scene of so many steps; one for a still.

        The last is drawn whatever the number of steps per frame is.

        Parameters
        ----------
        settled
            The step from which nothing moves any more: there an animation ends for which no steps are said.

        Raises
        ------
        InputError
            When the scene has not these steps, or when there are too many frames.
        """
        first, last = self.step if isinstance(self.step, tuple) else (0, self.step)
        if last is None:
            last = steps if settled is None or not self.is_animation else max(1, min(settled, steps))
        for step in (first, last):
            if not 0 <= step <= steps:
                raise InputError(f"the step to draw must be from 0 to {steps}, not {step}")
        if first > last:
            raise InputError(f"an animation goes from an earlier step to a later one, not from {first} to {last}")
        if not self.is_animation:
            return [last]
        each = self.steps_per_frame or max(1, math.ceil((last - first) / _USUAL_FRAMES))
        frames = [*range(first, last, each), last]
        if len(frames) > MAX_FRAMES:
            raise InputError(
                f"{len(frames):,} frames are more than {MAX_FRAMES:,}; take at least "
                f"{math.ceil((last - first) / (MAX_FRAMES - 1))} steps per frame"
            )
        return frames

    def _check_ending(self) -> None:
        if self.ending in STILLS + ANIMATIONS:
            return
        what = f"the ending {self.ending} is not known" if self.ending else "it has no ending"
        known = ", ".join(STILLS + ANIMATIONS)
        raise InputError(f"cannot tell the kind of picture of {os.fspath(self.file)}: {what}; there are {known}")

    def _check_step(self) -> None:
        is_range = isinstance(self.step, tuple)
        steps = self.step if isinstance(self.step, tuple) else () if self.step is None else (self.step,)
        if is_range and len(steps) != 2:
            raise InputError(f"the steps of an animation are the first and the last, as in (0, 50), not {self.step!r}")
        for step in steps:
            if isinstance(step, bool) or not isinstance(step, numbers.Integral):
                raise InputError(f"the step to draw must be a whole number, not {step!r}")

    def _check_size(self) -> None:
        size: Any = self.page if self.size is None else self.size
        if isinstance(size, str) or not isinstance(size, Collection) or len(size) != 2:
            raise InputError(f"the size of a picture is width and height, as in (1200, 800), not {self.size!r}")
        for name, length in zip(("width", "height"), size, strict=True):
            whole_number(f"the {name} of a picture", length, SMALLEST, LARGEST)
        number_in("the scale of a picture", self.scale, *SCALES)
        (width, height), most = self.page, MAX_FRAME_PIXELS if self.is_animation else MAX_PIXELS
        if width * height * self.scale**2 > most or (self.is_animation and max(self.pixels) > LONGEST_SIDE):
            kind = "for an animation " if self.is_animation else ""
            limit = f"{most // 10**6} million pixels"
            limit += f" or {LONGEST_SIDE:,} on a side" if self.is_animation else ""
            raise InputError(
                f"{width} by {height} at scale {self.scale:g} is {kind}more than {limit}; "
                "choose a smaller size or scale"
            )

    def _check_animation(self) -> None:
        if self.transparent:
            raise InputError("an animation has no transparent background; a .png, .svg or .pdf picture can have one")
        number_in("the frames per second of an animation", self.fps, *RATES)
        flag("loop", self.loop)
        if self.ending == ".gif" and self.fps > MAX_GIF_RATE:
            raise InputError(
                f"a GIF has at most {MAX_GIF_RATE:g} frames per second, not {self.fps:g}; "
                "choose .apng, .webp or .mp4 for more"
            )
        number_in("the seconds for which the last frame is held", self.hold, *HOLDS)
        if self.steps_per_frame is not None:
            whole_number("the steps per frame", self.steps_per_frame, 1, MAX_STEPS)


def with_view(
    session: Session,
    arrows: Collection[str] | None = None,
    field: str | None = None,
    charts: Collection[str] | None = None,
    swarm: int | None = None,
    profile: Sequence[float] | None = None,
) -> Session:
    """Set the arrows, gradient field, charts, swarm and profile line of a session's view; None leaves them as they are.

    Raises
    ------
    InputError
        For an unknown kind, a number of starts that cannot be, or ends that are no line.
    """
    changes: dict[str, Any] = {}
    if arrows is not None:
        changes["arrows"] = several_of("kind of arrow", arrows, ARROWS)
    if field is not None:
        changes["field"] = one_of("field of arrows", field, FIELDS)
    if charts is not None:
        changes["charts"] = several_of("chart", charts, CHARTS)
    if swarm is not None:
        changes["swarm"] = whole_number("the starts of a swarm", swarm, 0, MAX_SWARM)
    if profile is not None:
        changes["profile"] = checked_segment(profile)
    return replace(session, view=replace(session.view, **changes)) if changes else session
