"""Patterns over cells: they are where the cells are, and nowhere else."""

from itertools import combinations

import numpy as np
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor

from optvis.draw.paint.cell_hatching import paint_pattern
from optvis.draw.paint.outcome_looks import outcome_look
from optvis.draw.paint.theme import DARK, LIGHT
from optvis.engine.outcome import KINDS
from tests.draw.pixels import array

PATTERNS = ["/", "\\", "x", "-", "|", "+", "."]
RECT = QRectF(10, 10, 120, 90)


def ink(painted, cells, pattern, rect=RECT):
    image = painted((140, 110), lambda p: paint_pattern(p, cells, rect, pattern, QColor("#000000")))
    return array(image)[..., :3].mean(axis=2) < 200


def checkered(rows=3, columns=4):
    return np.indices((rows, columns)).sum(axis=0) % 2 == 0


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_on_its_cells_only(painted, pattern):
    cells = checkered()
    dark = ink(painted, cells, pattern)
    for (row, column), is_there in np.ndenumerate(cells):
        left, top = 10 + 30 * column, 10 + 30 * (2 - row)  # the first row is at the bottom
        inner = dark[top + 3 : top + 27, left + 3 : left + 27]
        assert inner.any() == is_there
    outside = dark.copy()
    outside[8:102, 8:132] = False
    assert not outside.any()


def test_patterns_differ_by_direction(painted):
    every = {pattern: ink(painted, np.ones((1, 1), bool), pattern) for pattern in PATTERNS}
    for one, other in combinations(PATTERNS, 2):
        assert (every[one] != every[other]).sum() > 200
    runs = {pattern: dark[30:80, 30:100] for pattern, dark in every.items()}
    assert (runs["-"].all(axis=1)).any()
    assert (runs["|"].all(axis=0)).any()
    rising = runs["/"]
    assert (rising[1:, :-1] & rising[:-1, 1:]).sum() > 3 * (rising[1:, 1:] & rising[:-1, :-1]).sum()


@pytest.mark.parametrize("pattern", ["", "/"])
def test_no_pattern_and_no_cells_paint_nothing(painted, pattern):
    assert not ink(painted, np.zeros((2, 2), bool), pattern).any()
    assert ink(painted, np.ones((2, 2), bool), "").sum() == 0


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_no_two_outcomes_look_alike(theme):
    looks = [outcome_look(kind, theme) for kind in KINDS]
    assert len({look.pattern for look in looks}) == len({look.color.name() for look in looks}) == len(KINDS)
