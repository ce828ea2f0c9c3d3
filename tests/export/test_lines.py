"""SVG and PDF: lines are lines, text is text, and all of it is where it belongs."""

import re
import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

from optvis import render
from optvis.document.session import RunSpec, Session, View, resolve
from optvis.draw.page.figure import Figure
from optvis.draw.paint.theme import LIGHT, run_style
from optvis.export.stills.svg import svg_of
from tests.draw.pixels import array, is_near

SIZE = (600, 400)
SVG = "{http://www.w3.org/2000/svg}"
LAYOUTS = ["map", "multiples", "surface", "charts", "figure", "sweep"]


@pytest.fixture(scope="module")
def scene():
    runs = RunSpec("sgd"), RunSpec("momentum", style=1), RunSpec("adam", style=3)
    return resolve(Session("quadratic-valley", runs=runs, steps=30))


def svg(path, scene, **options):
    render(scene, path / "a.svg", SIZE, **options)
    return ElementTree.parse(path / "a.svg").getroot()


def numbers(text):
    return [float(part) for part in re.findall(r"-?[0-9.]+(?:e-?[0-9]+)?", text)]


def filled(root, color):
    """Middle and size of every path of a colour, in the coordinates of the page."""
    found = []
    for group in root.iter(f"{SVG}g"):
        if group.get("fill") == color.name() and group.get("stroke") == "none":
            a, b, c, d, e, f = numbers(group.get("transform"))
            assert (a, b, c, d) == (1, 0, 0, 1)
            for path in group.findall(f"{SVG}path"):
                points = np.array(numbers(path.get("d"))).reshape(-1, 2) + (e, f)
                found.append(((points.max(axis=0) + points.min(axis=0)) / 2, np.ptp(points, axis=0)))
    return found


@pytest.mark.parametrize("step", [0, 7, 30])
def test_heads_are_at_their_places_in_svg(tmp_path, scene, step):
    root = svg(tmp_path, scene, step=step)
    assert numbers(root.get("viewBox")) == [0, 0, *SIZE]
    view = Figure(scene, SIZE, LIGHT).panels[0].viewport
    for run in scene.runs[:2]:  # a circle and a square have their middle in the middle
        wanted = view.to_pixels(run.trajectory.x[step], run.trajectory.y[step])[0]
        marks = filled(root, run_style(run.spec.style, LIGHT).color)
        assert any(np.abs(middle - wanted).max() < 0.02 for middle, _ in marks)
        assert all(3 < extent.max() < 30 for _, extent in marks)


def test_trails_in_svg_are_lines_through_every_step(tmp_path, scene):
    root = svg(tmp_path, scene)
    view = Figure(scene, SIZE, LIGHT).panels[0].viewport
    run = scene.runs[0].trajectory
    color = run_style(0, LIGHT).color.name()
    paths = [
        path.get("d")
        for group in root.iter(f"{SVG}g")
        if group.get("stroke") == color and group.get("clip-path") is None
        for path in group.findall(f"{SVG}path")
    ]
    points = np.array(numbers(max(paths, key=len))).reshape(-1, 2)
    wanted = view.to_pixels(run.x, run.y)
    for place in wanted:
        assert np.abs(points - place).max(axis=1).min() < 0.3


def test_text_in_svg_is_text_as_wide_as_it_was(tmp_path, scene):
    root = svg(tmp_path, scene)
    texts = {element.text: element for element in root.iter(f"{SVG}text")}
    for words in ("Quadratic valley", "step 30 of 30", "f(x, y) = x²/20 + y²", "Momentum", "moving", "−4", "x", "y"):
        assert words in texts
    for words, element in texts.items():
        assert element.get("font-family").endswith("sans-serif")
        if len(words) > 5:
            room = float(element.get("textLength")) / (len(words) * float(element.get("font-size")))
            assert 0.2 < room < 1.0


def test_nothing_of_how_it_was_made_is_left_in_svg(tmp_path, scene):
    root = svg(tmp_path, scene, layout="figure")
    assert root.findtext(f"{SVG}title") == "Quadratic valley"
    assert not [element for element in root.iter(f"{SVG}text") if re.match("[0-9a-f]{16}", element.text or "")]
    assert all(len(group) for group in root.iter(f"{SVG}g"))
    clips = {element.get("id") for element in root.iter(f"{SVG}clipPath")}
    used = {element.get("clip-path") for element in root.iter(f"{SVG}g")} - {None}
    assert used == {f"url(#{name})" for name in clips}


def test_an_svg_is_as_large_as_was_asked_for(tmp_path, scene):
    for scale in (1.0, 2.5):
        root = svg(tmp_path, scene, scale=scale)
        assert (float(root.get("width")), float(root.get("height"))) == (600 * scale, 400 * scale)
        assert numbers(root.get("viewBox")) == [0, 0, *SIZE]


def drawn_by_qt(path):
    """What Qt makes of an SVG, which knows no clip paths."""
    renderer = QSvgRenderer(str(path))
    assert renderer.isValid()
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return array(image)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_svg_looks_like_the_png(tmp_path, scene, layout, theme):
    render(scene, tmp_path / "a.svg", SIZE, theme=theme, layout=layout)
    render(scene, tmp_path / "a.png", SIZE, theme=theme, layout=layout)
    difference = np.abs(drawn_by_qt(tmp_path / "a.svg") - array(QImage(str(tmp_path / "a.png")))).max(axis=-1)
    assert difference.mean() < 6
    assert (difference > 60).mean() < 0.03


def test_clips_are_kept_in_svg():
    """One inside another, moved, and given back."""

    def paint(painter):
        painter.fillRect(QRectF(1, 1, 5, 5), QColor("#000001"))
        painter.save()
        painter.translate(100, 50)
        painter.setClipRect(QRectF(0, 0, 40, 30))
        painter.fillRect(QRectF(1, 1, 500, 500), QColor("#000002"))
        painter.save()
        painter.setClipRect(QRectF(20, 10, 100, 100), Qt.ClipOperation.IntersectClip)
        painter.fillRect(QRectF(1, 1, 500, 500), QColor("#000003"))
        painter.restore()
        painter.fillRect(QRectF(1, 1, 500, 500), QColor("#000004"))
        painter.restore()
        painter.fillRect(QRectF(1, 1, 5, 5), QColor("#000005"))

    root = ElementTree.fromstring(svg_of(paint, (200, 100), 1.0, "clips"))
    clips = {f"url(#{clip.get('id')})": clip[0].attrib for clip in root.iter(f"{SVG}clipPath")}
    found = {}
    for place in (root.find(f"{SVG}g"), *root.findall(f"{SVG}g/{SVG}g[@clip-path]")):
        for group in place.findall(f"{SVG}g[@fill]"):
            if group.get("fill").startswith("#"):
                found[group.get("fill")[-1]] = clips.get(place.get("clip-path"))
    outer = {"x": "100", "y": "50", "width": "40", "height": "30"}
    inner = {"x": "120", "y": "60", "width": "20", "height": "20"}
    assert found == {"1": None, "2": outer, "3": inner, "4": outer, "5": None}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_pdf_has_one_page_of_the_size_with_its_fonts(tmp_path, scene, layout, scale):
    render(scene, tmp_path / "a.pdf", SIZE, scale, layout=layout)
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF-1.")
    assert data.rstrip().endswith(b"%%EOF")
    assert re.findall(rb"/Count (\d+)", data) == [b"1"]
    box = [float(part) for part in re.search(rb"/MediaBox \[([^]]*)\]", data)[1].split()]
    assert box == [0, 0, 450 * scale, 300 * scale]
    assert b"/FontFile2" in data
    assert "Quadratic valley".encode("utf-16-be") in data


def content(data):
    """The operators of a PDF's page."""
    streams = [
        zlib.decompress(data[start.end() :])
        for start in re.finditer(rb"/FlateDecode[^>]*>>\s*stream\r?\n", data)
        if b"/Image" not in data[start.start() - 300 : start.end()]
    ]
    return max((stream for stream in streams if b" Tf" in stream), key=len)


def test_trails_and_text_in_a_pdf_are_no_image(tmp_path, scene):
    lengths = []
    for step in (0, 30):
        render(scene, tmp_path / "a.pdf", SIZE, step=step)
        page = content((tmp_path / "a.pdf").read_bytes())
        lengths.append(len(re.findall(rb" l$| l\b", page)))
        assert page.count(b" Tf") > 10
        assert page.count(b" Do") == 1  # the coloured surface
    assert lengths[1] >= lengths[0] + 3 * 30, "a line for every step of every run"


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_a_transparent_page_has_no_paper(tmp_path, scene, ending):
    render(scene, tmp_path / f"a{ending}", SIZE)
    render(scene, tmp_path / f"b{ending}", SIZE, transparent=True)
    if ending == ".png":
        opaque, clear = (array(QImage(str(tmp_path / name))) for name in ("a.png", "b.png"))
        assert (opaque[..., 3] == 255).all()
        assert (clear[:5, :, 3] == 0).all()
        assert (clear[150:250, 200:400, 3] == 255).all()  # the map stays
        assert np.abs(clear[150:250, 200:400] - opaque[150:250, 200:400]).max() <= 1
        header = clear[10:40, :150]
        assert is_near(header, LIGHT.ink, 60)[header[..., 3] == 255].any()
    elif ending == ".svg":
        papers = [
            [
                rect
                for rect in ElementTree.parse(tmp_path / name).iter(f"{SVG}rect")
                if (rect.get("width"), rect.get("height")) == ("600", "400")
            ]
            for name in ("a.svg", "b.svg")
        ]
        assert [len(rects) for rects in papers] == [1, 0]
    else:
        opaque, clear = (content((tmp_path / name).read_bytes()) for name in ("a.pdf", "b.pdf"))
        assert len(opaque) > len(clear)


@pytest.mark.parametrize("ending", [".svg", ".pdf"])
def test_long_zigzags_and_divergence_are_quick_and_small(tmp_path, ending):
    """A hundred thousand steps, most of them on the same few pixels, and one that leaves for good."""
    runs = RunSpec("sgd", (("lr", 0.9999),)), RunSpec("sgd", (("lr", 1.3),), style=1)
    scene = resolve(Session("quadratic-valley", runs=runs, steps=20_000))
    render(scene, tmp_path / f"a{ending}", SIZE)
    assert (tmp_path / f"a{ending}").stat().st_size < 4_000_000


def test_arrows_and_fields_are_asked_for_by_options(tmp_path, scene):
    pictures = set()
    for options in ({}, {"arrows": ["gradient"]}, {"arrows": ["gradient", "step"]}, {"field": "log"}):
        render(scene, tmp_path / "a.png", SIZE, step=3, **options)
        pictures.add((tmp_path / "a.png").read_bytes())
    assert len(pictures) == 4
    own = replace(scene, session=replace(scene.session, view=View(arrows=("gradient",), field="log")))
    render(own, tmp_path / "a.png", SIZE, step=3, arrows=(), field="off")
    render(scene, tmp_path / "b.png", SIZE, step=3)
    assert (array(QImage(str(tmp_path / "a.png"))) == array(QImage(str(tmp_path / "b.png")))).all()
