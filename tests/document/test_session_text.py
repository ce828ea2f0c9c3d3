"""A session as one line: the round trip, what messages do to it, and lines that are none."""

import base64
import json
import re
import tracemalloc
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optvis.document.opening import pasted_session
from optvis.document.session import RunSpec, Session
from optvis.document.session_file import MAX_BYTES, preset, preset_names, to_json
from optvis.document.session_text import PREFIX, from_text, is_text, to_text
from optvis.foundation.errors import InputError

SESSION = replace(preset("textbook"), start=(0.1, -2.5), runs=(RunSpec("adam", (("lr", 0.3),), label="größer β₁"),))
LINE = to_text(SESSION)


def line_of(document, checksum=None):
    """A line made by hand; the checksum is right unless another is given."""
    data = document if isinstance(document, bytes) else document.encode()
    checksum = zlib.crc32(data) if checksum is None else checksum
    return PREFIX + base64.urlsafe_b64encode(checksum.to_bytes(4, "big") + zlib.compress(data)).decode()


@pytest.mark.parametrize("name", preset_names())
def test_a_line_gives_the_session_back(name):
    line = to_text(preset(name))
    assert re.fullmatch(r"optvis1:[A-Za-z0-9_-]+", line)
    assert from_text(line) == preset(name)
    assert len(line) < len(to_json(preset(name))) / 1.5, "it is shorter than the file"


@given(st.text(max_size=200).filter(str.isprintable), st.floats(-1e100, 1e100), st.integers(0, 2**63 - 1))
@settings(max_examples=50)
def test_every_letter_and_digit_survives(label, x, seed):
    session = Session("x**2 + y**2", start=(x, -x), seed=seed, runs=(RunSpec("sgd", label=label),))
    assert from_text(to_text(session)) == session


MESSAGES = {
    "as it is": LINE,
    "spaces around": f"  {LINE}\n",
    "wrapped": "\r\n".join(LINE[i : i + 60] for i in range(0, len(LINE), 60)),
    "wrapped and indented": "\n    ".join(LINE[i : i + 60] for i in range(0, len(LINE), 60)),
    "in backquotes": f"`{LINE}`",
    "in quotation marks": f"“{LINE}”",
    "with invisible letters": "\ufeff" + LINE[:50] + "\u200b" + LINE[50:] + "\u2060",
    "with wide spaces": LINE[:50] + "\u00a0\u3000" + LINE[50:],
    "padded": LINE + "=" * (-len(LINE.removeprefix(PREFIX)) % 4),
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_what_messages_add_does_no_harm(message):
    assert from_text(message) == SESSION
    assert is_text(message)


DAMAGED = "cut or changed on its way; copy the whole line"
NOT_LINES = {
    "nothing": ("", "this is no session text: that begins with optvis1:"),
    "a word": ("hello", "this is no session text"),
    "another prefix": ("optvid1:" + LINE[8:], "this is no session text"),
    "a later one": ("optvis2:" + LINE[8:], "of a newer optvis"),
    "the prefix alone": (PREFIX, DAMAGED),
    "a letter more": (LINE + "A", DAMAGED),
    "foreign letters": (LINE[:40] + "ü" + LINE[41:], DAMAGED),
    "signs": (LINE[:40] + "$%" + LINE[42:], DAMAGED),
    "a wrong checksum": (line_of(to_json(SESSION), 12345), DAMAGED),
    "no zlib": (PREFIX + base64.urlsafe_b64encode(b"nothing of this kind").decode(), DAMAGED),
    "more after it": (line_of(to_json(SESSION)) + "AAAA", DAMAGED),
    "no text": (line_of(b"\xff\xfe\x00"), DAMAGED),
    "no session": (line_of('{"format": "other"}'), "holds no usable session: format must be"),
    "no JSON": (line_of("optimizer: adam"), "holds no usable session: it is broken or cut off"),
    "nested": (line_of("[" * 1_000_000), "holds no usable session: it is nested too deeply"),
    "a bomb": (line_of(b" " * 100_000_000), "unpacks to more than 4 MB"),
    "many runs": (line_of('{"runs":[' + "{}," * 10**6 + "{}]}"), "the key format is missing"),
    "endless steps": (
        line_of(to_json(SESSION).replace('"steps": null', f'"steps": {10**12}')),
        "holds no usable session: steps must be a whole number from 1 to 1000000, not 1000000000000",
    ),
    "a huge formula": (
        line_of(to_json(replace(SESSION, problem="x + " * 10_000 + "y"))),
        "holds no usable session: problem: the text has 40001 characters; at most 2000",
    ),
    "a book": ("optvis1:" + "A" * MAX_BYTES, "longer than 4,000,000 characters"),
}


@pytest.mark.parametrize(("text", "message"), NOT_LINES.values(), ids=NOT_LINES)
def test_what_is_no_line_is_refused_in_a_sentence(text, message):
    with pytest.raises(InputError, match=message) as caught:
        from_text(text)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


def test_a_bomb_is_not_unpacked():
    bomb = line_of(b" " * 200_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="unpacks to more than 4 MB"):
            from_text(bomb)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


def test_every_cut_is_refused():
    for at in range(len(LINE)):
        for broken in (LINE[:at], LINE[:at] + LINE[at + 1 :]):
            with pytest.raises(InputError):
                from_text(broken)


def test_every_changed_letter_is_refused():
    """But for those few whose bits mean nothing to what is unpacked: then nothing has changed."""
    harmless = 0
    for at in range(len(LINE) - 1):
        changed = LINE[:at] + ("A" if LINE[at] != "A" else "B") + LINE[at + 1 :]
        try:
            assert from_text(changed) == from_text(LINE)
        except InputError:
            continue
        harmless += 1
    assert harmless <= 3


@given(st.binary(max_size=80))
@settings(max_examples=100)
def test_any_bytes_after_the_prefix_are_refused(data):
    with pytest.raises(InputError):
        from_text(PREFIX + base64.urlsafe_b64encode(data).decode())


def test_a_session_file_can_be_pasted_too():
    assert pasted_session(LINE) == SESSION
    assert pasted_session("\n " + to_json(SESSION)) == SESSION
    with pytest.raises(InputError, match="the key format is missing"):
        pasted_session(json.dumps({}))
    assert not is_text("textbook")
    assert is_text("optvis2:abc")
