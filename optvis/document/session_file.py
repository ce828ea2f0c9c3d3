"""Sessions as text: indented JSON in and out, and the sessions that travel with the program.

Required are ``format``, ``version``, ``problem`` and ``runs``, and in a run ``optimizer``. All else
may be left out: ``bounds``, ``start`` and ``steps``, or null, follow the problem's suggestion, a
hyperparameter that is not in ``hyper`` as well; a run without ``style`` takes the place it stands
at; the rest has the defaults of `Session`, `RunSpec` and `View`. A key that is not known is refused
rather than dropped: it is a slip of the pen, or something that a newer version means.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, fields
from typing import Any, BinaryIO, TypeVar, get_args, get_origin, get_type_hints

from optvis.document.layouts import WINDOW_LAYOUTS
from optvis.document.session import MAX_RUNS, MAX_SEED, MAX_SWARM, STYLES, RunSpec, Session, View, session_problem
from optvis.engine.preparation import MAX_STEPS
from optvis.foundation import assets
from optvis.foundation.errors import InputError, nearest
from optvis.optimizers.catalogue import optimizer_class
from optvis.problems.gradient import parse_scheme
from optvis.problems.problem import checked_bounds, checked_segment, checked_start

FORMAT = "optvis-session"
VERSION = 1
MAX_BYTES = 4_000_000
MAX_LABEL = 200
MAX_TEXT = 100_000
"""Characters of a text, and of all rules of a session together; the largest single rule has 80,000."""

T = TypeVar("T")


def to_json(session: Session) -> str:
    """Write a session as text; `from_json` gives an equal one back."""
    document = {"format": FORMAT, "version": VERSION} | asdict(session)
    document["runs"] = [asdict(spec) | {"hyper": dict(spec.hyper)} for spec in session.runs]
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def from_json(text: str) -> Session:
    """Read a session from text.

    Raises
    ------
    InputError
        When the text is not a session that can be used; the message names the key.
    """
    document = _Keys(_parsed(text), "")
    if document.take("format", _text) != FORMAT:
        raise InputError(f'format must be "{FORMAT}"; this is a file of something else')
    if (version := document.take("version", _whole(1, MAX_SEED))) > VERSION:
        raise InputError(
            f"version is {version}: the session was saved by a newer optvis; this one reads up to {VERSION}"
        )
    specs = document.take("runs", _list_of(MAX_RUNS))
    session = Session(
        problem=document.take("problem", _text),
        bounds=_numbers(document.take("bounds", _or_null(_list_of(4)), None), "bounds"),
        start=_numbers(document.take("start", _or_null(_list_of(2)), None), "start"),
        steps=document.take("steps", _or_null(_whole(1, MAX_STEPS)), None),
        gradient=document.take("gradient", _text, Session.gradient),
        seed=document.take("seed", _whole(0, MAX_SEED), 0),
        runs=tuple(_run(_Keys(spec, f"runs[{i}]"), i) for i, spec in enumerate(specs)),
        view=_view(_Keys(document.take("view", _as_it_is, {}), "view")),
    )
    document.finish()
    _check(session)
    return session


def read_session(path: str | os.PathLike[str]) -> Session:
    """Read a session from a file.

    Raises
    ------
    InputError
        When there is no such file, or it is not a session that can be used.
    """
    with opened(path) as file:
        return session_in(file)


@contextlib.contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that a session is to be read from; an error within names the file.

    Raises
    ------
    InputError
        When there is no such file, or it cannot be read.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would keep us waiting
            kind = "a folder" if os.path.isdir(path) else "not a plain file"
            raise InputError(f"{path} is {kind}, not a session file")
        with open(path, "rb") as file:
            try:
                yield file
            except InputError as error:
                raise InputError(f"{path} is not a usable session: {error}") from None
    except FileNotFoundError:
        raise InputError(f"there is no file {path}") from None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def session_in(file: BinaryIO) -> Session:
    """Read a session from an open file; one that is too large is refused unread.

    Raises
    ------
    InputError
        When it is not a session that can be used.
    """
    if os.fstat(file.fileno()).st_size > MAX_BYTES:
        raise InputError(f"it is larger than {MAX_BYTES // 1_000_000} MB, which no session is")
    try:
        text = file.read(MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("it is not text in UTF-8, as a session is") from None
    return from_json(text)


def preset_names() -> tuple[str, ...]:
    """Names of the sessions that travel with the program, ``textbook`` first."""
    names = sorted(file.stem for file in assets.path("presets").glob("*.json"))
    return tuple(sorted(names, key=lambda name: name != "textbook"))


def preset(name: str) -> Session:
    """Return a session that travels with the program.

    Raises
    ------
    InputError
        With the nearest names when there is none of that name.
    """
    known = preset_names()
    key = name.strip().lower()
    if key not in known:
        raise InputError(
            f"there is no preset called '{name}'{nearest(key, known) or ';'} the presets are {', '.join(known)}"
        )
    return read_session(assets.path(f"presets/{key}.json"))


# --- text to plain values -----------------------------------------------------------------------


def _parsed(text: str) -> Any:
    if not text.strip():
        raise InputError("it is empty")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = dict(pairs)
        if len(keys) < len(pairs):
            ((name, _),) = Counter(key for key, _ in pairs).most_common(1)
            raise InputError(f"the key {_shown(name)} stands twice")
        return keys

    try:
        return json.loads(
            text,
            object_pairs_hook=unique,
            parse_int=lambda digits: int(digits) if len(digits) < 20 else float(digits),
        )
    except json.JSONDecodeError as error:
        raise InputError(f"it is broken or cut off at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise InputError("it is nested too deeply") from None


# --- plain values to the session ----------------------------------------------------------------

_REQUIRED: Any = object()


class _Keys:
    """The keys of one object of the document, taken one by one; what is left over is unknown."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise InputError(f"{place or 'a session'} must be an object {{…}}, not {_shown(value)}")
        self._left: dict[str, Any] = dict(value)
        self._known: list[str] = []
        self._place = place

    def where(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def take(self, key: str, read: Callable[[Any], T], default: Any = _REQUIRED) -> T:
        self._known.append(key)
        if key not in self._left:
            if default is _REQUIRED:
                raise InputError(f"the key {self.where(key)} is missing")
            return default  # type: ignore[no-any-return]
        value = self._left.pop(key)
        try:
            return read(value)
        except InputError as error:
            raise InputError(f"{self.where(key)} {error}, not {_shown(value)}") from None

    def finish(self) -> None:
        for key in self._left:
            hint = nearest(key, self._known) or f"; the keys are {', '.join(self._known)}"
            raise InputError(f"the key {_shown(self.where(key))[1:-1]} is not known{hint}")


def _run(keys: _Keys, index: int) -> RunSpec:
    optimizer = keys.take("optimizer", _text)
    hyper = keys.take("hyper", _as_it_is, {})
    values = _Keys(hyper, keys.where("hyper"))
    spec = RunSpec(
        optimizer=optimizer,
        hyper=tuple((name, values.take(name, _number)) for name in sorted(hyper)),
        style=keys.take("style", _whole(0, STYLES - 1), index % STYLES),
        visible=keys.take("visible", _flag, True),
        label=keys.take("label", _label, ""),
    )
    keys.finish()
    return spec


def _view(keys: _Keys) -> View:
    hints = get_type_hints(View)
    readers = {
        "layout": _one_of(tuple(WINDOW_LAYOUTS)),
        "chosen": _whole(0, MAX_RUNS),
        "swarm": _whole(0, MAX_SWARM),
        "profile": _or_null(_list_of(4)),
    }
    values = {
        each.name: keys.take(each.name, readers.get(each.name) or _reader(hints[each.name]), each.default)
        for each in fields(View)
    }
    keys.finish()
    return View(**values | {"profile": _numbers(values["profile"], keys.where("profile"))})


def _reader(hint: Any) -> Callable[[Any], Any]:
    """What reads a choice, several choices or a name."""
    if hint is str:
        return _label
    if get_origin(hint) is tuple:
        return _several_of(get_args(get_args(hint)[0]))
    return _one_of(get_args(hint))


def _check(session: Session) -> None:
    """Refuse what has the right type and still cannot be computed."""

    def checked(place: str, check: Callable[..., T], *arguments: Any) -> T:
        try:
            return check(*arguments)
        except InputError as error:
            raise InputError(f"{place}: {error}") from None

    if session.bounds is not None:
        checked("bounds", checked_bounds, session.bounds)
    if session.start is not None:
        checked("start", checked_start, session.start)
    if session.view.profile is not None:
        checked("view.profile", checked_segment, session.view.profile)
    minimised = checked("problem", session_problem, session.problem, session.bounds)
    scheme = checked("gradient", parse_scheme, session.gradient)
    if scheme.kind == "complex-step" and minimised.formula is not None:
        checked("gradient", minimised.formula.vector, 1j, 1j)
    if (length := sum(map(len, {spec.optimizer for spec in session.runs}))) > MAX_TEXT:
        raise InputError(f"runs: their rules have {length:,} characters together; at most {MAX_TEXT:,} are allowed")
    for index, spec in enumerate(session.runs):
        optimizer = checked(f"runs[{index}].optimizer", optimizer_class, spec.optimizer)
        for name, value in spec.hyper:
            checked(f"runs[{index}].hyper.{name}", lambda name=name, value=value, make=optimizer: make(**{name: value}))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not _is_encodable(value):
        raise InputError("must be text")
    if len(value) > MAX_TEXT:
        raise InputError(f"must be text of at most {MAX_TEXT:,} characters")
    return value


def _label(value: Any) -> str:
    if len(_text(value)) > MAX_LABEL or not value.isprintable():
        raise InputError(f"must be text of one line and at most {MAX_LABEL} characters")
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InputError("must be true or false")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InputError("must be a number" if not isinstance(value, float) else "must be a number that is finite")
    return float(value)


def _numbers(values: list[Any] | None, place: str) -> Any:
    """Read a list of numbers; whether they are enough is for `_check` to say."""
    if values is None:
        return None
    keys = _Keys({f"{place}[{i}]": value for i, value in enumerate(values)}, "")
    return tuple(keys.take(f"{place}[{i}]", _number) for i in range(len(values)))


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise InputError(f"must be a whole number from {least} to {most}")
        return value

    return read


def _one_of(choices: Collection[Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if value not in choices:
            raise InputError(f"must be one of {', '.join(choices)}")
        return value

    return read


def _several_of(choices: Collection[Any]) -> Callable[[Any], tuple[Any, ...]]:
    each, items = _one_of(choices), _list_of(len(choices))

    def read(value: Any) -> tuple[Any, ...]:
        found = tuple(each(item) for item in items(value))
        if len(set(found)) < len(found):
            raise InputError("must not name anything twice")
        return found

    return read


def _list_of(most: int) -> Callable[[Any], list[Any]]:
    def read(value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) > most:
            raise InputError(f"must be a list of at most {most}")
        return value

    return read


def _or_null(read: Callable[[Any], T]) -> Callable[[Any], T | None]:
    return lambda value: None if value is None else read(value)


def _as_it_is(value: Any) -> Any:
    return value


def _is_encodable(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _shown(value: Any) -> str:
    """A value as it stands in the file, cut to what fits into a sentence."""
    if isinstance(value, (list, dict)):
        count = f"{len(value):,}"
        return f"a list of {count}" if isinstance(value, list) else f"an object of {count} keys"
    text = json.dumps(value)  # ASCII, so that it can be printed anywhere
    return text if len(text) <= 60 else f"{text[:57]}…"
