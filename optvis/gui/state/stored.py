"""What the settings file holds, read by who expects anything in it: what cannot be used is as if it were not there."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QByteArray, QSettings

_LONGEST_NAME = 1_000
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def flag(settings: QSettings, key: str, usual: bool) -> bool:
    """Return a yes or no."""
    found = _value(settings, key)
    return found if isinstance(found, bool) else _TRUTHS.get(str(found).strip().lower(), usual)


def number(settings: QSettings, key: str, usual: float) -> float:
    """Return a finite number."""
    try:
        found = float(_value(settings, key))
    except (TypeError, ValueError):
        return usual
    return found if math.isfinite(found) else usual


def choice(settings: QSettings, key: str, known: Collection[str], usual: str) -> str:
    """Return one of the known words."""
    found = _value(settings, key)
    return found if isinstance(found, str) and found in known else usual


def folder(settings: QSettings, key: str) -> Path:
    """Return a folder that exists; the user's home where there is no such one."""
    found = _value(settings, key)
    try:
        if isinstance(found, str) and found and Path(found).is_dir():
            return Path(found)
    except (OSError, ValueError):  # a name that no file can have
        pass
    return Path.home()


def names(settings: QSettings, key: str) -> list[str]:
    """Return a list of names that files can have."""
    found = _value(settings, key)
    listed = found if isinstance(found, list) else [found]  # an ini file has no lists of one
    return [name for name in listed if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME and "\0" not in name]


def state(settings: QSettings, key: str) -> QByteArray:
    """Return what a widget has saved of itself; empty where there is none."""
    found = _value(settings, key)
    return found if isinstance(found, QByteArray) else QByteArray()


def _value(settings: QSettings, key: str) -> Any:
    """A value as Qt reads it; None where it is none that Qt can read."""
    try:
        return settings.value(key)
    except Exception:  # of a kind that Python has not
        return None
