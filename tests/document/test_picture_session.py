"""Pictures that carry their session, and pictures that do not."""

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from optvis.document.opening import open_session, read_document
from optvis.document.picture_session import PNG, with_session
from optvis.document.session import RunSpec
from optvis.document.session_file import MAX_BYTES, preset, to_json
from optvis.document.session_text import to_text
from optvis.foundation.errors import InputError

SESSION = replace(preset("four-minima"), steps=17, runs=(RunSpec("adam", label="größer β₁ <&>"),))


def png(size=(40, 30), **options):
    data = io.BytesIO()
    Image.effect_noise(size, 50).save(data, "PNG", **options)
    return data.getvalue()


SVG = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!-- made by hand -->\n'
    b'<svg width="10mm" height="10mm"\n viewBox="0 0 10 10" xmlns="http://www.w3.org/2000/svg">'
    b"<metadata>nothing</metadata><rect/></svg>"
)
PICTURES = {"png": png(), "svg": SVG, "svg with a mark": b"\xef\xbb\xbf" + SVG}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("name", ["a.png", "a.svg", "a.anything"])
def test_a_picture_gives_its_session_back(tmp_path, picture, name):
    (tmp_path / name).write_bytes(with_session(picture, SESSION))
    assert read_document(tmp_path / name) == (SESSION, True)
    assert open_session(str(tmp_path / name)) == SESSION


def test_a_session_file_is_no_picture(tmp_path):
    text = to_json(replace(SESSION, runs=(RunSpec("sgd", label="<svg>"),)))
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    assert read_document(tmp_path / "a.json")[1] is False


def test_the_picture_stays_a_png_that_looks_the_same():
    picture = png()
    with Image.open(io.BytesIO(picture)) as before, Image.open(io.BytesIO(with_session(picture, SESSION))) as after:
        assert after.text == {"optvis-session": to_text(SESSION)}  # Pillow reads iTXt, and checks its sum
        assert before.tobytes() == after.tobytes()


def test_the_svg_stays_well_formed():
    from xml.etree import ElementTree

    root = ElementTree.fromstring(with_session(SVG, SESSION))
    assert root[0].tag == "{http://www.w3.org/2000/svg}metadata"
    assert root[0].text == to_text(SESSION)
    assert len(root) == 3


def test_a_chunk_that_another_program_moved_is_found(tmp_path):
    """A program that writes a picture again may put texts behind the pixels."""
    picture = png()
    ours = with_session(picture, SESSION)[33 : 33 + len(with_session(picture, SESSION)) - len(picture)]
    (tmp_path / "a.png").write_bytes(picture[:-12] + ours + picture[-12:])
    assert read_document(tmp_path / "a.png")[0] == SESSION


def test_what_cannot_carry_a_session_is_a_mistake():
    with pytest.raises(ValueError, match="only PNG and SVG"):
        with_session(b"GIF89a", SESSION)


def test_a_large_picture_is_judged_by_its_metadata_alone(tmp_path):
    """Gigabytes of pixels that nobody could decode."""
    data = with_session(png(), SESSION)
    file = tmp_path / "a.png"
    with file.open("wb") as written:
        written.write(data[: -len(chunk(b"IEND"))])
        for _ in range(3):
            written.write(struct.pack(">I", 2**31 - 1) + b"IDAT")
            written.seek(2**31 + 3, 1)
        written.write(chunk(b"IEND"))
    assert file.stat().st_size > 1000 * MAX_BYTES
    assert read_document(file)[0] == SESSION
    before = png()
    with file.open("r+b") as written:  # the same without ours: every chunk is stepped over
        written.write(before[:33] + chunk(b"iTXt", b"other\0" + bytes(len(data) - len(before) - 18)))
    with pytest.raises(InputError, match="a picture without a session"):
        read_document(file)
    svg = tmp_path / "a.svg"
    with svg.open("wb") as written:
        written.write(with_session(SVG, SESSION))
        written.truncate(100 * MAX_BYTES)
    assert read_document(svg)[0] == SESSION


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


WITHOUT = "is a picture without a session; PNG and SVG pictures made by optvis carry one"
OWN = with_session(png(), SESSION)
LINE = to_text(SESSION).encode()
FOREIGN = {
    "a foreign png": (png(), WITHOUT),
    "a foreign svg": (SVG, WITHOUT),
    "a page": (b"<html><svg></svg></html>", WITHOUT),
    "the signature alone": (PNG, WITHOUT),
    "cut in the header": (OWN[:20], WITHOUT),
    "cut in our chunk": (OWN[:200], "the session text was cut or changed"),
    "our chunk changed": (OWN.replace(LINE, LINE[:-9] + b"AAAAAAAAA"), "the session text was cut or changed"),
    "our chunk of a newer version": (OWN.replace(b"optvis1:", b"optvis2:"), "of a newer optvis"),
    "our chunk empty": (PNG + chunk(b"iTXt", b"optvis-session\0"), "no session text"),
    "our chunk of noise": (PNG + chunk(b"iTXt", b"optvis-session\0" + bytes(range(256))), "no session text"),
    "our chunk of gigabytes": (PNG + b"\xff\xff\xff\xffiTXtoptvis-session\0", WITHOUT),
    "a million chunks": (PNG + chunk(b"junk") * 10**6 + OWN[33:], WITHOUT),
    "an svg with a bomb": (SVG.replace(b"nothing", b"optvis1:" + b"A" * 10**6), "the session text was cut"),
    "an svg of brackets": (b"<svg>" + b"<metadata" * 10**6, WITHOUT),
    "an svg of metadata": (b"<svg>" + b"<metadata>" * 10**6, WITHOUT),
    "a jpeg": (b"\xff\xd8\xff\xe0" + bytes(100), "it is not text in UTF-8"),
    "a gif": (b"GIF89a" + bytes(100), "it is broken or cut off"),
}


@pytest.mark.parametrize(("data", "message"), FOREIGN.values(), ids=FOREIGN)
def test_a_picture_of_something_else_is_refused_in_a_sentence(tmp_path, data, message):
    file = tmp_path / "a.png"
    file.write_bytes(data)
    with pytest.raises(InputError, match=message) as caught:
        read_document(file)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()
    assert str(caught.value).startswith(f"{file} is not a usable session: ")


@given(st.binary(max_size=200), st.sampled_from([PNG, b"<svg>", b"<svg><metadata>optvis1:", OWN[:60]]))
@settings(max_examples=100)
def test_any_bytes_are_refused(tmp_path_factory, data, head):
    file = tmp_path_factory.getbasetemp() / "any.png"
    file.write_bytes(head + data)
    with pytest.raises(InputError, match="any.png is not a usable session: "):
        read_document(file)


def test_files_that_are_not_there(tmp_path):
    for name in ("no.png", "no.svg", "no.json"):
        with pytest.raises(InputError, match="there is no file"):
            open_session(str(tmp_path / name))
    Path(tmp_path / "folder.png").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        open_session(str(tmp_path / "folder.png"))
