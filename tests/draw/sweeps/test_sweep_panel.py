"""The sweep map as it is drawn: a cell's colour at its place, the mark at the settings, words and numbers."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor

from optvis.document.session import View
from optvis.draw.page.figure import Figure
from optvis.draw.paint.outcome_looks import outcome_look
from optvis.draw.paint.theme import DARK, LIGHT, color_table, run_style
from optvis.draw.sweeps.sweep_axes import axis_ticks
from optvis.draw.sweeps.sweep_panel import SweepPanel
from optvis.draw.sweeps.sweep_words import cell_words
from optvis.engine.outcome import KINDS
from optvis.foundation.errors import InputError
from optvis.foundation.slices import finish
from optvis.landscape.loss_surface import NOT_FINITE
from optvis.maps.sweep_plan import STEPS, Swept, plan_of
from optvis.optimizers.catalogue import CATALOGUE
from optvis.optimizers.slider_scale import share_along
from tests.draw.pixels import array, is_near

KINDS_IN_ORDER = list(KINDS)
SIZE = (640, 480)


@pytest.fixture(scope="module")
def scene(scene_of):
    return scene_of("quadratic-valley", ("momentum", {"lr": 0.02, "momentum": 0.5}), steps=60)


def swept_of(scene, x="lr", y="momentum", cells=(20, 16), **more):
    plan = plan_of(scene.chosen.trajectory, x, y, **more)
    return Swept(plan, finish(plan.in_slices(cells)))


def panel_of(scene, swept, theme=LIGHT, size=SIZE, **view):
    seen = replace(scene, session=replace(scene.session, view=replace(scene.session.view, **view)))
    return SweepPanel(seen, swept, QRectF(0, 0, *size), theme, 12)


def middle(panel, row, column):
    """The pixel in the middle of a cell, between the lines of the grid."""
    rows, columns = panel.shades.tones.shape
    at = panel.place((column + 0.5) / columns, (row + 0.5) / rows)
    return round(at.x()), round(at.y())


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_cell_has_the_colour_of_its_loss(scene, painted, theme, ratio):
    panel = panel_of(scene, swept_of(scene), theme)
    pixels = array(painted(SIZE, panel.paint_background, ratio=ratio))
    table = color_table("viridis", theme)
    tones = panel.shades.tones
    calm = np.argwhere(panel.shades.kinds == 255)
    assert len(calm) > 100
    hits = 0
    for row, column in calm:
        x, y = middle(panel, row, column)
        hits += is_near(pixels[round(y * ratio), round(x * ratio)], QColor.fromRgba(table[tones[row, column]]), 4)
    assert hits >= 0.8 * len(calm), "the others are under lines of the grid"


def test_cells_without_a_number_are_hatched_on_the_panel(scene, painted):
    panel = panel_of(scene, swept_of(scene))
    pixels = array(painted(SIZE, panel.paint_background))
    rows, columns = np.nonzero(panel.shades.tones == NOT_FINITE)
    assert len(rows) > 20
    x, y = middle(panel, rows[0], columns[0])
    around = pixels[y - 12 : y + 12, x - 12 : x + 12].reshape(-1, 4)
    colors = {QColor(*color[:3]).name() for color in around.tolist()}
    assert LIGHT.panel.name() in colors
    assert len(colors) > 2, "and there are lines on it"


@pytest.mark.parametrize("shows", ["loss", "outcome"])
def test_growing_is_told_apart_by_its_hatching(scene, painted, shows):
    swept = swept_of(scene, cells=(8, 6), ranges={"lr": (0.8, 3.0), "momentum": (0.0, 0.5)})
    panel = panel_of(scene, swept, sweep_shows=shows)
    pixels = array(painted(SIZE, panel.paint_background))
    growing = np.argwhere(panel.shades.kinds == KINDS_IN_ORDER.index("growing"))
    assert len(growing) > 2
    x, y = middle(panel, *growing[0])
    around = pixels[y - 10 : y + 10, x - 10 : x + 10, :3].sum(axis=2)
    assert np.ptp(around) > 100
    if shows == "outcome":
        color = outcome_look("growing", LIGHT).color
        assert is_near(pixels[y - 10 : y + 10, x - 10 : x + 10], color, 4).mean() > 0.4


def test_the_mark_is_at_the_settings_of_the_run(scene, painted):
    panel = panel_of(scene, swept_of(scene))
    plan, color = panel.swept.plan, run_style(0, LIGHT).color
    for hyper in (None, {"lr": 0.5, "momentum": 0.95}):
        pixels = array(painted(SIZE, lambda p, hyper=hyper: panel.paint_moving(p, 0, hyper)))
        values = hyper or {"lr": 0.02, "momentum": 0.5}
        at = panel.place(share_along(plan.x, values["lr"]), share_along(plan.y, values["momentum"]))
        assert is_near(pixels[round(at.y()), round(at.x())], color, 6)
        found = np.argwhere(is_near(pixels, color, 6)).mean(axis=0)
        assert found == pytest.approx((at.y(), at.x()), abs=1.5)


def test_settings_beyond_an_axis_are_an_arrow_at_its_edge(scene, painted):
    panel = panel_of(scene, swept_of(scene))
    pixels = array(painted(SIZE, lambda p: panel.paint_moving(p, 0, {"lr": 99.0, "momentum": 0.9})))
    columns = np.nonzero(is_near(pixels, run_style(0, LIGHT).color, 6))[1]
    assert columns.max() <= panel.plot.right() + 1
    assert columns.min() > panel.plot.right() - 20
    other = array(painted(SIZE, lambda p: panel.paint_moving(p, 0, {"beta1": 0.5})))
    assert (other == 255).all(), "no mark on the map of another optimizer"


def test_along_the_steps_the_mark_is_at_the_step_and_the_first_row_at_the_bottom(scene, painted):
    panel = panel_of(scene, swept_of(scene, y=STEPS, cells=(20, 61)))
    color = run_style(0, LIGHT).color
    for step in (0, 15, 60):
        pixels = array(painted(SIZE, lambda p, step=step: panel.paint_moving(p, step)))
        rows = np.nonzero(is_near(pixels, color, 6))[0]
        assert rows.mean() == pytest.approx(panel.plot.bottom() - step / 60 * panel.plot.height(), abs=1.5)
        assert panel.cell_at(panel.place(0.5, step / 60))[0] == step


def test_every_pixel_belongs_to_the_cell_that_is_painted_there(scene):
    panel = panel_of(scene, swept_of(scene))
    for share in (0.001, 0.26, 0.5, 0.77, 0.999):
        at = panel.place(share, 1 - share)
        assert panel.shares(at) == pytest.approx((share, 1 - share))
        assert panel.cell_at(at) == (int((1 - share) * 16), int(share * 20))
    assert panel.cell_at(QPointF(-50, 9999)) == (0, 0)
    assert panel.shares(QPointF(9999, -50)) == (1.0, 1.0)


def test_words(scene):
    swept = swept_of(scene)
    panel = panel_of(scene, swept)
    assert panel.title == "Momentum: loss after 60 steps, above the lowest"
    row, column = panel.shades.best
    lr, momentum = swept.found.axes[0][column], swept.found.axes[1][row]
    assert panel.best.startswith("least f ")
    assert panel.best.endswith(f"lr {lr:.4g}, momentum {momentum:.4g}")
    words = cell_words(swept, row, column)
    assert f"f ≤ 0.00836 at step {swept.found.reached[row, column]}" in words
    diverged = np.argwhere(swept.found.kind == 0)[0]
    assert "diverged at step" in cell_words(swept, *diverged)
    assert "never f ≤ 0.00836" in cell_words(swept, *diverged)
    assert panel_of(scene, swept, sweep_shows="steps").title == "Momentum: steps to the target, f ≤ 0.00836"
    assert panel_of(scene, swept, sweep_shows="steps").best.startswith("soonest at step ")
    along = swept_of(scene, y=STEPS, cells=(20, 61))
    assert panel_of(scene, along, sweep_shows="outcome").title == "Momentum: loss after every step, above the lowest"
    assert "step 7 " in cell_words(along, 7, 3)


@pytest.mark.parametrize("length", [80, 300, 1500])
@pytest.mark.parametrize("optimizer", CATALOGUE)
def test_ticks_rise_are_apart_and_stand_for_their_labels(optimizer, length):
    for axis in CATALOGUE[optimizer].hyperparameters:
        found = axis_ticks(axis, length, 40)
        assert len(found.values) >= 2
        assert len(set(found.labels)) == len(found.labels)
        assert (np.diff(found.values) > 0).all()
        assert 0 <= found.values[0] <= found.values[-1] <= 1
        if axis.scale == "one-minus":
            shares = [share_along(axis, float(label)) for label in found.labels]
            assert found.values == pytest.approx(shares)
            assert (np.diff(found.values) * length >= 39.9).all()


def test_below_one_the_nines_come_first():
    momentum = next(hyper for hyper in CATALOGUE["momentum"].hyperparameters if hyper.name == "momentum")
    assert axis_ticks(momentum, 300, 40).labels == ("0", "0.9", "0.99", "0.999", "0.9999")
    assert "0.5" in axis_ticks(momentum, 800, 40).labels
    assert "0.95" in axis_ticks(momentum, 800, 40).labels


@pytest.mark.parametrize("size", [(240, 160), (400, 900), (1200, 800), (1920, 1080)])
@pytest.mark.parametrize("shows", ["loss", "steps", "outcome"])
def test_nothing_is_painted_beside_its_place(scene, painted, size, shows):
    panel = SweepPanel(
        replace(scene, session=replace(scene.session, view=View(sweep_shows=shows))),
        swept_of(scene), QRectF(20, 20, size[0] - 40, size[1] - 40), LIGHT, 11,
    )  # fmt: skip
    pixels = array(painted(size, panel.paint_background))
    pixels[20:-20, 20:-20] = 255
    assert (pixels[..., :3] == 255).all()
    assert panel.plot.width() > 0.5 * size[0] - 20
    assert panel.plot.height() > 0.2 * size[1]


def test_a_figure_has_the_sweep_and_no_legend(scene):
    figure = Figure(scene, (900, 600), LIGHT, "sweep")
    (panel,) = figure.panels
    assert isinstance(panel, SweepPanel)
    assert panel.swept.plan.x.name == "lr"
    assert figure.page.legend.isEmpty()
    own = swept_of(scene, "momentum", STEPS)
    assert Figure(scene, (900, 600), LIGHT, "sweep", swept=own).panels[0].swept is own


def test_a_figure_without_a_run_says_so(scene_of, painted):
    empty = scene_of("sphere")
    figure = Figure(empty, (500, 400), LIGHT, "sweep")
    assert figure.panels[0].swept is None
    image = painted((500, 400), lambda p: figure.paint(p, 0))
    assert is_near(array(image), LIGHT.ink, 30).any()
    with pytest.raises(InputError, match="no hyperparameter"):
        Figure(scene_of("sphere", "rule{ step = -0.1*g }", steps=5), (500, 400), LIGHT, "sweep")
