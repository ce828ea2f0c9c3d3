"""The one kind of error that a user can cause."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST_NAME = 200
"""What is longer is no slip of the pen, and comparing it would take long."""
_LONGEST_MESSAGE = 700


class InputError(ValueError):
    """Unusable input: a formula, a name, a number, a file.

    ``str(error)`` is one sentence that says what was wrong and what would be right. The command
    line prints it as it stands; the window shows it beside the field. Where it quotes input that is
    too long for a sentence, the middle is left out.
    """

    def __init__(self, message: str) -> None:
        if len(message) > _LONGEST_MESSAGE:
            half = _LONGEST_MESSAGE // 2
            message = f"{message[:half]} … {message[-half:]}"
        super().__init__(message)


def nearest(name: str, known: Iterable[str]) -> str:
    """Words for an error: ``"; did you mean adam or adamw?"``, or nothing when none is near."""
    if len(name) > _LONGEST_NAME:
        return ""
    matches = difflib.get_close_matches(name.lower(), list(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(matches)}?" if matches else ""
