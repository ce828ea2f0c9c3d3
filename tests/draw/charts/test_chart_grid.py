from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from PyQt6.QtCore import QPointF, QRectF

from optvis.draw.charts import chart_frame
from optvis.draw.charts.chart_grid import Charts, grid_columns, least_height, paint_charts
from optvis.draw.paint import axes, text
from optvis.draw.paint.theme import DARK, LIGHT, run_style
from optvis.explain.measures import MEASURES
from tests.draw.pixels import array, is_near

KINDS = tuple(MEASURES)
NAMES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "lion", "amsgrad")
SIZES = [(1000, 190), (690, 240), (1590, 190), (1200, 700), (500, 800)]


@pytest.fixture
def scene(scene_of):
    made = scene_of("quadratic-valley", ("sgd", {"lr": 0.9}), ("sgd", {"lr": 1.6}), "adam", steps=30)
    return replace(made, session=replace(made.session, view=replace(made.session.view, charts=KINDS)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", range(1, 7))
def test_panels_are_of_one_size_and_each_column_has_its_steps_once(scene, size, count):
    rect = QRectF(10, 20, *size)
    charts = Charts(scene, rect, LIGHT, kinds=KINDS[:count]).charts
    assert [each.measure.kind for each in charts] == list(KINDS[:count])
    panels = [each.viewport.rect for each in charts]
    assert len({(panel.width(), panel.height()) for panel in panels}) == 1
    assert min(panels[0].width(), panels[0].height()) >= 50
    for each in charts:
        assert rect.contains(each.viewport.rect)
        assert rect.contains(each.title_rect)
    for one, other in combinations(charts, 2):
        assert not one.viewport.rect.intersects(other.viewport.rect)
        assert not one.title_rect.intersects(other.viewport.rect)
    for each in charts:
        same_column = [other for other in charts if other.viewport.rect.left() == each.viewport.rect.left()]
        lowest = max(same_column, key=lambda other: other.viewport.rect.top())
        assert each.axes.has_x_numbers == bool(each.axes.x_label) == (each is lowest)


def test_a_wide_strip_has_one_row_and_a_narrow_one_more():
    assert grid_columns(6, 1600, 190, 12) == 6
    assert grid_columns(6, 690, 190, 12) == 3
    assert grid_columns(6, 100, 900, 12) == 1
    assert [grid_columns(n, 1000, 190, 12) for n in (1, 2, 3)] == [1, 2, 3]
    heights = [least_height(6, width, 12) for width in (1600, 690, 300)]
    assert all(wide < narrow for wide, narrow in pairwise(heights))


@pytest.mark.parametrize("problem", ["quadratic-valley", "goldstein-price", "eggholder", "1e9 + 1e-3*x*y", "x*y"])
@pytest.mark.parametrize("against", ["steps", "evaluations"])
@pytest.mark.parametrize("size", SIZES)
def test_no_text_runs_into_another(scene_of, painted, monkeypatch, problem, against, size):
    written = []

    def record(painter, rect, words, color, pixels, align=text.Align.AlignLeft, *, bold=False):
        shown = text.elided(words, pixels, rect.width() + 0.5, bold=bold)
        tight = text.metrics(pixels, bold=bold).boundingRect(rect, int(align), shown)
        written.append((shown, painter.worldTransform().mapRect(tight).adjusted(1, 2, -1, -2)))

    for module in (axes, chart_frame):
        monkeypatch.setattr(module, "draw_text", record)
    made = scene_of(problem, *NAMES[:2], steps=3000)
    for axis in ("log", "linear"):
        view = replace(made.session.view, charts=KINDS, against=against, loss_axis=axis)
        scene = replace(made, session=replace(made.session, view=view))
        written.clear()
        painted(size, lambda p, scene=scene: paint_charts(p, scene, QRectF(0, 0, *size), 0, LIGHT))
        assert len(written) > 20
        assert all(QRectF(0, 0, *size).contains(rect) for _, rect in written)
        for (one, first), (other, second) in combinations(written, 2):
            assert not first.intersects(second), (one, other)


def test_the_nearest_chart_is_found(scene):
    charts = Charts(scene, QRectF(0, 0, 1000, 190), LIGHT)
    for each in charts.charts:
        assert charts.chart_at(each.viewport.rect.center()) is each
        assert charts.chart_at(each.viewport.rect.bottomRight() + QPointF(2, 9)) is each
    assert Charts(scene, QRectF(0, 0, 1000, 190), LIGHT, kinds=()).chart_at(QPointF(1, 1)) is None


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_every_marker_is_in_every_chart(scene, painted, theme, ratio):
    charts = Charts(scene, QRectF(20, 30, 1100, 700), theme, weight=1.2)
    pixels = array(painted((1200, 800), lambda p: charts.paint(p, 3), ratio))
    for each in charts.charts:
        for run in each.runs:
            value = float(each.scale.shown(each.value(run, 3) + each.scale.base))
            x = each.viewport.x_to_px(3.0)
            y = min(max(each.viewport.y_to_px(value), each.viewport.rect.top()), each.viewport.rect.bottom())
            near = pixels[int(ratio * (y - 3)) : int(ratio * (y + 4)), int(ratio * (x - 3)) : int(ratio * (x + 4))]
            hidden = any(
                abs(each.viewport.y_to_px(float(each.scale.shown(each.value(o, 3) + each.scale.base))) - y) < 10
                for o in each.runs
                if o is not run
            )
            assert hidden or is_near(near, run_style(run.spec.style, theme).color).any()


def test_curves_and_cursors_together_are_the_whole(scene, painted):
    def whole(p):
        paint_charts(p, scene, QRectF(0, 0, 900, 300), 7, LIGHT)

    charts = Charts(scene, QRectF(0, 0, 900, 300), LIGHT)

    def parts(p):
        charts.paint_curves(p)
        charts.paint_cursors(p, 7)

    assert (array(painted((900, 300), whole)) == array(painted((900, 300), parts))).all()
