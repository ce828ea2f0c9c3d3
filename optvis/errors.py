"""The one kind of error that a user can cause."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Unusable input: a formula, a name, a number, a file.

    ``str(error)`` is one sentence that says what was wrong and what would be right. The command
    line prints it as it stands; the window shows it beside the field.
    """


def nearest(name: str, known: Iterable[str]) -> str:
    """Words for an error: ``"; did you mean adam or adamw?"``, or nothing when none is near."""
    matches = difflib.get_close_matches(name.lower(), list(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(matches)}?" if matches else ""
