import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PyQt6.QtCore import QRectF

from optvis.draw.paint.strokes import distinct, strokes, vertices

RECT = QRectF(0, 0, 400, 300)
DASH = (9.0, 4.0, 2.0, 4.0)
lines = arrays(float, st.tuples(st.integers(2, 30), st.just(2)), elements=st.floats(-500, 900))


def lengths(cut):
    return np.hypot(*(cut.lines[:, 2:] - cut.lines[:, :2]).T)


def covered(cut, at):
    """Whether a horizontal line is inked at an x."""
    return ((cut.lines[:, 0] - 1e-9 <= at) & (at <= cut.lines[:, 2] + 1e-9)).any()


@given(points=lines, dash=st.sampled_from([(), DASH]))
def test_nothing_is_outside_of_the_rectangle(points, dash):
    cut = strokes(points, np.arange(len(points)), dash, RECT)
    assert (cut.lines[:, ::2] >= -1).all()
    assert (cut.lines[:, ::2] <= 401).all()
    assert (cut.lines[:, 1::2] >= -1).all()
    assert (cut.lines[:, 1::2] <= 301).all()


@given(points=lines, dash=st.sampled_from([(), DASH]), splits=st.lists(st.integers(-1, 31)))
def test_a_line_in_pieces_is_the_line_at_once(points, dash, splits):
    cut = strokes(points, np.arange(len(points)), dash, RECT)
    marks = sorted({-1, len(points), *splits})
    pieces = [cut.between(after, to) for after, to in zip(marks, marks[1:], strict=False)]
    assert np.array_equal(np.vstack(pieces), cut.lines)


def test_a_stroke_belongs_to_the_step_it_leads_to():
    points = np.array([[10.0, 10], [100, 10], [100, 100], [10, 100]])
    cut = strokes(points, np.array([0, 3, 4, 9]), (), RECT)
    assert cut.steps.tolist() == [3, 4, 9]
    assert cut.between(3, 8).tolist() == [[100, 10, 100, 100]]


def test_dashes_go_on_round_corners_and_do_not_depend_on_how_many_points_there_are():
    ends = np.array([[0.0, 5], [390, 5]])
    many = np.column_stack([np.sort(np.random.default_rng(0).uniform(0, 390, 60)), np.full(60, 5.0)])
    many = np.vstack([ends[:1], many, ends[1:]])
    whole, parts = (strokes(p, np.arange(len(p)), DASH, RECT) for p in (ends, many))
    for at in np.arange(0.5, 390, 0.25):
        phase = at % sum(DASH)
        if min(abs(phase - edge) for edge in (0, 9, 13, 15, 19)) < 1.0:  # joints overlap a little
            continue
        is_ink = phase < 9 or 13 < phase < 15
        assert covered(whole, at) == is_ink
        assert covered(parts, at) == is_ink


def test_dashes_count_on_through_what_is_left_out():
    far = np.array([[-1000.0, 5], [1000, 5]])
    cut = strokes(far, np.arange(2), DASH, RECT)
    for at in np.arange(1.5, 400, 3.0):
        phase = (at + 1000) % sum(DASH)
        if min(abs(phase - edge) for edge in (0, 9, 13, 15, 19)) > 0.1:
            assert covered(cut, at) == (phase < 9 or 13 < phase < 15)


def test_ink_and_gaps_have_their_lengths():
    cut = strokes(np.array([[0.0, 5], [380, 5]]), np.arange(2), DASH, RECT)
    assert lengths(cut).sum() == pytest.approx(380 * 11 / 19, abs=2)


def test_a_segment_that_crosses_from_far_outside_is_cut_where_it_crosses():
    for far in (1e3, 1e6, 1e9):
        cut = strokes(np.array([[-far, 150 - far], [far, 150 + far]]), np.arange(2), (), RECT)
        assert cut.lines[0] == pytest.approx([0, 150, 150, 300], abs=1e-3)


@settings(max_examples=60)
@given(
    points=arrays(
        float,
        st.tuples(st.integers(1, 12), st.just(2)),
        elements=st.one_of(st.floats(-500, 900), st.sampled_from([np.inf, -np.inf, np.nan, 1e300, -1e300])),
    )
)
def test_vertices_are_within_reach_and_stop_at_the_first_that_is_no_number(points):
    made = vertices(points, RECT)
    undefined = np.isnan(points).any(axis=1)
    assert len(made) == (int(np.argmax(undefined)) if undefined.any() else len(points))
    assert (np.abs(made) <= 1.1e9).all()
    kept = points[: len(made)]
    near = (np.abs(kept) < 1000).all(axis=1)
    assert np.allclose(made[near], kept[near])
    sides = np.sign(made[~near] - [200, 150])
    assert (sides * np.where(np.abs(kept[~near]) < 1000, 0, np.sign(kept[~near])) >= 0).all()


def test_an_infinite_place_keeps_its_direction():
    made = vertices(np.array([[100.0, 100], [np.inf, 150]]), RECT)
    assert made[1, 0] > 1e8
    assert made[1, 1] == pytest.approx(150)


def test_points_on_the_same_device_pixel_are_dropped():
    points = np.array([[1.1, 1.1], [1.2, 1.4], [1.6, 1.4], [2.4, 1.4], [2.3, 1.4]])
    assert distinct(points, 1.0).tolist() == [0, 3]
    assert distinct(points, 2.0).tolist() == [0, 2, 3]
