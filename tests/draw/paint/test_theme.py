from itertools import combinations

import numpy as np
import pytest
from PyQt6.QtGui import QColor

from optvis.draw.paint.markers import marker_path
from optvis.draw.paint.theme import (
    COLOR_COUNT,
    DARK,
    LIGHT,
    OUTCOME_WORDS,
    STYLE_COUNT,
    THEMES,
    color_table,
    contrast,
    luminance,
    outcome_color,
    run_style,
)
from optvis.engine.outcome import KINDS

OKABE_ITO = {"#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"}
both = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


def test_contrast_is_that_of_wcag():
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.478, abs=1e-3)


@both
def test_text_is_readable(theme):
    texts = [theme.ink, theme.muted, theme.accent, *(outcome_color(kind, theme) for kind in KINDS)]
    assert min(contrast(text, ground) for text in texts for ground in (theme.paper, theme.panel)) >= 4.5


def test_every_outcome_has_words():
    assert OUTCOME_WORDS.keys() == KINDS.keys()


def test_runs_have_the_eight_colours_of_okabe_and_ito():
    assert {run_style(index, LIGHT).color.name() for index in range(STYLE_COUNT)} == OKABE_ITO
    dark = {run_style(index, DARK).color.name() for index in range(STYLE_COUNT)}
    assert OKABE_ITO - dark == {"#000000", "#0072b2"}, "black and deep blue would sink into a dark map"
    assert max(luminance(QColor(name)) for name in dark) > 0.85
    assert min(contrast(QColor(name), DARK.map_paper) for name in dark) > 4
    assert luminance(run_style(0, DARK).color) < luminance(run_style(6, DARK).color), "the deeper of the two blues"


@both
def test_sixty_four_runs_all_look_different(theme):
    styles = [run_style(index, theme) for index in range(STYLE_COUNT)]
    assert STYLE_COUNT == 64
    assert len({(style.color.name(), style.dash) for style in styles}) == 64
    assert len({(style.marker, style.dash) for style in styles}) == 64, "also without colours"
    for one, other in combinations(styles[:COLOR_COUNT], 2):
        assert one.dash == other.dash == ()
        assert marker_path(one.marker) != marker_path(other.marker)
    assert all(style.dash for style in styles[COLOR_COUNT:])
    assert run_style(STYLE_COUNT, theme) == styles[0]


@both
def test_every_run_stands_out_from_its_halo(theme):
    for index in range(STYLE_COUNT):
        style = run_style(index, theme)
        assert contrast(style.color, style.halo) >= 2


def test_markers_are_of_about_one_size():
    for index in range(STYLE_COUNT):
        box = marker_path(run_style(index, LIGHT).marker).boundingRect()
        assert 1.6 <= box.width() <= 3
        assert 1.6 <= box.height() <= 3
        assert abs(box.center().x()) < 0.05


@both
@pytest.mark.parametrize("colormap", ["viridis", "cividis"])
def test_a_map_grows_lighter_all_along_and_is_clear_where_there_is_no_loss(theme, colormap):
    colors = [QColor.fromRgba(color) for color in color_table(colormap, theme)]
    assert len(colors) == 256
    assert colors[255].alpha() == 0
    assert all(color.alpha() == 255 for color in colors[:255])
    steps = np.diff([luminance(color) for color in colors[:255]])
    assert (steps > -2e-3).all()
    assert steps.sum() > 0.15


@both
def test_ink_is_seen_on_all_of_the_map(theme):
    colors = [QColor.fromRgba(color) for color in color_table("viridis", theme)[:255]]
    ink = [contrast(color, theme.ink) for color in colors]
    assert min(ink) > 2.2  # words and marks have a halo besides
