"""Opening a session from wherever one can stand: a preset, a file, a picture, a line of text."""

from __future__ import annotations

import os
from pathlib import Path

from optvis.document.picture_session import is_picture, session_in_picture
from optvis.document.session import Session
from optvis.document.session_file import from_json, opened, preset, preset_names, session_in
from optvis.document.session_text import from_text

_HEAD = 4096


def open_session(name: str) -> Session:
    """Return the session of a file name with an ending, or the preset of a bare name.

    Raises
    ------
    InputError
        As `read_document` and `preset` do.
    """
    return read_document(name)[0] if is_file_name(name) else preset(name)


def is_file_name(name: str) -> bool:
    """Whether `open_session` takes a name for a file's, not for a preset's."""
    return bool(Path(name).suffix) or (name not in preset_names() and Path(name).is_file())


def read_document(path: str | os.PathLike[str]) -> tuple[Session, bool]:
    """Read a session file, or the session that a picture carries, and say whether it is a picture.

    What the file is, its first bytes say, not its name.

    Raises
    ------
    InputError
        When there is no such file, or it has no session that can be used.
    """
    with opened(path) as file:
        head = file.read(_HEAD)
        file.seek(0)
        picture = is_picture(head)
        return (session_in_picture if picture else session_in)(file), picture


def pasted_session(text: str) -> Session:
    """Read what somebody copied: a session's line, or the text of a session file.

    Raises
    ------
    InputError
        When it is neither.
    """
    return from_json(text) if text.lstrip()[:1] == "{" else from_text(text)
