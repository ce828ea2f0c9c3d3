"""Grooves in words, for all kinds of patterns."""

import numpy as np
import pytest

from optvis.engine.outcome import KINDS
from optvis.maps.slider_sweeps import Groove
from optvis.maps.slider_words import describe
from optvis.optimizers.catalogue import CATALOGUE

LETTERS = {"c": "converged", "m": "moving", "g": "growing", "d": "diverged", "o": "oscillating", "s": "stalled"}


def groove_of(pattern, values=None, best=0, good=None, loss=2e-9, steps=100):
    """A groove whose cells end as the letters say; ``good`` marks the cells that are as good as the best."""
    count = len(pattern)
    kind = np.array([list(KINDS).index(LETTERS[letter]) for letter in pattern], np.uint8)
    as_good = np.arange(count) == best if good is None else np.array([mark == "x" for mark in good])
    return Groove(
        slider=CATALOGUE["sgd"].hyperparameters[0],
        steps=steps,
        positions=np.round(np.linspace(0, 1000, count)).astype(int),
        values=np.array(values if values is not None else np.arange(1.0, count + 1)),
        loss=np.full(count, loss),
        kind=kind,
        settled=np.zeros(count, np.int32),
        quality=np.zeros(count),
        as_good=as_good if best is not None else np.zeros(count, bool),
        best=best,
    )


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("mcccmg", "converges from 2 to 4; grows within 100 steps from 6 up"),
        ("cccc", "converges everywhere"),
        ("cccm", "converges up to 3"),
        ("mmcc", "converges from 3 up"),
        ("mcm", "converges at 2"),
        ("cmm", "converges at 1"),
        ("mmmm", "does not converge in 100 steps"),
        ("moss", "does not converge in 100 steps"),
        ("mcmmccm", "converges at 2 and from 5 to 6"),
        ("ccmcmcc", "converges up to 2, at 4 and from 6 up"),
        ("mcmcmcmcm", "converges in 4 ranges between 2 and 8"),
        ("ccgd", "converges up to 2; grows or diverges within 100 steps from 3 up"),
        ("ddcc", "converges from 3 up; diverges within 100 steps up to 2"),
        ("cdcd", "converges at 1 and at 3; diverges within 100 steps at 2 and from 4 up"),
        ("mggm", "does not converge in 100 steps; grows within 100 steps from 2 to 3"),
        ("gggg", "grows within 100 steps everywhere"),
        ("ggdd", "grows or diverges within 100 steps everywhere"),
    ],
)
def test_patterns(pattern, said):
    assert describe(groove_of(pattern)) == f"best 1 (loss 2×10⁻⁹); {said}"


def test_where_all_diverge_there_is_no_best():
    assert describe(groove_of("dddd", best=None)) == "diverges within 100 steps everywhere"


@pytest.mark.parametrize(
    ("good", "said"),
    [
        (".x....", "best 2"),
        (".xxx..", "best from 2 to 4"),
        ("xxx...", "best up to 3"),
        ("...xxx", "best from 4 up"),
        (".....x", "best 6"),
        ("x.....", "best 1"),
        (".x.x..", "best 2"),
        ("xxxxxx", "best everywhere"),
    ],
)
def test_values_that_are_as_good(good, said):
    groove = groove_of("ccccmm", best=1 if good[1] == "x" else good.index("x"), good=good)
    assert describe(groove).startswith(f"{said} (loss 2×10⁻⁹); ")


def test_a_setting_without_effect_says_so():
    assert describe(groove_of("mmm", good="xxx")) == "every value ends at loss 2×10⁻⁹; does not converge in 100 steps"


@pytest.mark.parametrize(
    ("value", "loss", "said"),
    [
        (0.31, 2.04e-9, "best 0.31 (loss 2×10⁻⁹)"),
        (0.99873, 0.0, "best 0.99873 (loss 0)"),
        (1.5e-8, -4.61e6, "best 1.5×10⁻⁸ (loss −4.6×10⁶)"),
        (0.0, 1234.5, "best 0 (loss 1234)"),
        (1000.0, 12.34, "best 1000 (loss 12)"),
        (0.5, 123.4, "best 0.5 (loss 123)"),
    ],
)
def test_numbers_are_short(value, loss, said):
    assert describe(groove_of("cm", values=[value, 7.0], loss=loss)).startswith(said)


def test_one_step_is_one_step():
    assert describe(groove_of("mm", steps=1)).endswith("in 1 step")
    assert describe(groove_of("mm", steps=12_000)).endswith("in 12,000 steps")
