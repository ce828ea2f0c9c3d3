"""The strip of colours in a slider's groove."""

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor

from optvis.draw.paint.theme import DARK, LIGHT, contrast, luminance, mixed, outcome_color
from optvis.draw.sweeps.slider_strip import groove_colors, groove_image, paint_notch, paint_strip
from tests.draw.pixels import array, is_near
from tests.maps.test_slider_words import groove_of

LOOKS = [(theme, colormap) for theme in (LIGHT, DARK) for colormap in ("viridis", "cividis")]


def with_quality(pattern, quality):
    groove = groove_of(pattern)
    groove.quality[:] = quality
    return groove


def colors_of(groove, theme, colormap="viridis"):
    return [QColor.fromRgb(int(color)) for color in groove_colors(groove, theme, colormap)]


def redness(color):
    return color.red() - max(color.green(), color.blue())


def strip(groove, theme=LIGHT, width=200.0, height=10.0, inset=5.0, ratio=1.0):
    return array(groove_image(groove, width, height, inset, ratio, theme, "viridis"))[..., :3]


@pytest.mark.parametrize(("theme", "colormap"), LOOKS)
def test_better_is_brighter_for_every_eye(theme, colormap):
    groove = with_quality("m" * 50, np.linspace(0, 1, 50))
    light = [luminance(color) for color in colors_of(groove, theme, colormap)]
    assert all(after > before - 1e-3 for before, after in zip(light, light[1:], strict=False))
    assert (light[-1] + 0.05) / (light[0] + 0.05) > 4.5


@pytest.mark.parametrize(("theme", "colormap"), LOOKS)
def test_growing_and_diverged_are_unlike_any_other(theme, colormap):
    others = colors_of(with_quality("c" * 200, np.linspace(0, 1, 200)), theme, colormap)
    growing, diverged = colors_of(groove_of("gd"), theme, colormap)
    assert growing != diverged
    reddest = max(redness(color) for color in others)
    assert min(redness(growing), redness(diverged)) > reddest + 15


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("letter", ["g", "d"])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_it_is_not_colour_alone(theme, letter, ratio):
    """Hatching: along a row, two shades take turns; where nothing is wrong there is one."""
    pixels = strip(groove_of("m" * 8 + letter * 8), theme, ratio=ratio)
    row = pixels[len(pixels) // 2]
    half = len(row) // 2
    fine, wrong = row[: half - 4], row[half + 4 :]
    assert len(np.unique(fine, axis=0)) == 1
    shades = np.unique(wrong, axis=0)
    assert len(shades) == 2
    assert contrast(*(QColor(*(int(part) for part in shade)) for shade in shades)) > 1.3
    changes = (np.abs(np.diff(wrong, axis=0)).sum(axis=1) > 0).sum()
    assert changes == pytest.approx(2 * len(wrong) / ratio / 5, abs=3), "evenly, whatever the screen"


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_cell_is_where_the_handle_stands_for_it(ratio):
    """Cells of a slider of 200 with ends 5 from the edges: the middle between two is their border."""
    groove = groove_of("m" * 3 + "d" * 16)  # positions 0, 56, …, 1000
    row = strip(groove, ratio=ratio)[3]
    wrong = (row[:, 0] > row[:, 2] + 20) & (row[:, 0] > row[:, 1] + 20)
    border = 5 + 190 * (groove.positions[2] + groove.positions[3]) / 2 / 1000
    assert not wrong[: int(np.floor(border * ratio)) - 1].any()
    assert wrong[int(np.ceil(border * ratio)) + 1 :].all()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_line_at_the_bottom_tells_the_outcomes_apart(theme):
    bottom = {
        letter: is_near(strip(groove_of(letter * 4), theme)[-1], theme.ink, 10) for letter in ("c", "o", "s", "m")
    }
    assert bottom["c"].all()
    assert not bottom["m"].any()
    turns = {letter: int((bottom[letter][1:] != bottom[letter][:-1]).sum()) for letter in ("o", "s")}
    assert turns["o"] > 1.5 * turns["s"] > 15, "dots are closer than dashes"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_strip_has_round_ends_and_a_frame(painted, theme):
    groove, rect = with_quality("c" * 5, 1.0), QRectF(10, 10, 200, 12)
    image = groove_image(groove, 200, 12, 6, 1.0, theme, "viridis")
    pixels = array(painted((220, 32), lambda painter: paint_strip(painter, image, rect, theme), color="#123456"))
    ground = is_near(pixels, QColor("#123456"), 0)
    assert ground[:9].all()
    assert ground[24:].all()
    assert ground[10, 10]
    assert ground[10, 209]
    assert is_near(pixels[16, 20:200], colors_of(groove, theme)[0], 2).all()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_notch_points_at_its_place(painted, theme):
    ground = mixed(outcome_color("diverged", theme), theme.panel, 0.5)
    pixels = array(painted((40, 20), lambda p: paint_notch(p, QPointF(20.5, 14), 8, theme), color=ground.name()))
    ink = is_near(pixels, theme.ink, 60)
    assert ink.any()
    widths = ink.sum(axis=1)
    rows = np.flatnonzero(widths)
    assert widths[rows[0]] > widths[rows[-1]], "the point is down"
    assert abs(np.flatnonzero(ink.any(axis=0)).mean() - 20) <= 0.5
    assert rows[-1] <= 14
