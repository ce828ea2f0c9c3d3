"""A session has one history: whatever carries it, however many steps it has, alone or in a lane, bit by bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optvis.engine.preparation import run_settings, suggested_values
from optvis.engine.recording import recorded_by_kernel, recorded_by_loop
from optvis.engine.trajectory import run
from optvis.foundation.slices import finish
from optvis.kernels.kernel import kernel
from optvis.kernels.plain_kernel import plain_kernel
from optvis.kernels.python_loop import compiled_loop
from optvis.optimizers import Adam, Momentum, RMSprop
from optvis.optimizers.base import typed_rule
from optvis.optimizers.catalogue import CATALOGUE as OPTIMIZERS
from optvis.problems.problem import CATALOGUE as PROBLEMS
from optvis.problems.problem import problem
from tests.kernels.test_kernel import DIVERGING, TYPED, formulas

AMPLIFIES = "levy-13"
"""The last bit of a step decides where a run on it is some hundred steps later."""


def suggested(of, name):
    return OPTIMIZERS[name](**suggested_values(OPTIMIZERS[name], of))


def numbers(record):
    """All arrays of a record, of its first lane."""
    inner = (values for by_parameter in record.state.values() for values in by_parameter.values())
    return [array[..., 0] for array in (*record.params.values(), record.loss, *record.grad.values(), *inner)]


def assert_all_ways_agree(of, optimizer, steps, start=None, kind="central"):
    """The loop, machine code of one lane and of several, NumPy of one lane and of several."""
    lone = run_settings(of, optimizer, start, steps, kind)
    x, y = (float(lone.start[key]) for key in "xy")
    lanes = run_settings(of, optimizer, (np.array([x, x + 0.1, -x]), np.array([y, y, y - 0.1])), steps, kind)
    parts = (of.formula, optimizer.rule, kind)
    loop = numbers(finish(recorded_by_loop(lone, compiled_loop(*parts))))
    for carrier in (kernel(*parts, lone=True), plain_kernel(*parts)):
        for expected, found in zip(loop, numbers(finish(recorded_by_kernel(lone, carrier))), strict=True):
            assert np.array_equal(expected, found, equal_nan=True), type(carrier)
    for carrier in (kernel(*parts), plain_kernel(*parts)):
        for expected, found in zip(loop, numbers(finish(recorded_by_kernel(lanes, carrier))), strict=True):
            assert np.array_equal(expected, found, equal_nan=True), type(carrier)


def assert_one_more_step_changes_nothing(of, optimizer):
    """Up to 1,999 steps a Python loop serves, from then on machine code."""
    fewer, more = (run(of, optimizer, steps=steps) for steps in (1_999, 2_000))
    for name in ("x", "y", "loss"):
        assert np.array_equal(getattr(fewer, name), getattr(more, name)[:-1], equal_nan=True), name
    for name, by_parameter in fewer.state.items():
        for key, values in by_parameter.items():
            assert np.array_equal(values, more.state[name][key][:-1], equal_nan=True), name


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_one_more_step_does_not_rewrite_history(name):
    assert_one_more_step_changes_nothing(PROBLEMS[AMPLIFIES], suggested(PROBLEMS[AMPLIFIES], name))


@pytest.mark.slow
@pytest.mark.parametrize("of", PROBLEMS.values(), ids=PROBLEMS)
def test_one_more_step_does_not_rewrite_history_of_any_pair(of):
    for name in OPTIMIZERS:
        assert_one_more_step_changes_nothing(of, suggested(of, name))
        assert_all_ways_agree(of, suggested(of, name), 200)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_all_ways_of_carrying_a_run_agree(name):
    assert_all_ways_agree(PROBLEMS[AMPLIFIES], suggested(PROBLEMS[AMPLIFIES], name), 150)


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
def test_they_agree_on_typed_rules(text):
    assert_all_ways_agree(PROBLEMS["ackley"], typed_rule(f"rule{{ {text} }}")(lr=0.05), 60)


@pytest.mark.parametrize("case", DIVERGING.values(), ids=DIVERGING)
def test_they_agree_on_runs_that_diverge(case):
    assert_all_ways_agree(*case, 120)


@pytest.mark.parametrize("kind", ["central", "forward"])
def test_they_agree_on_every_scheme(kind):
    assert_all_ways_agree(PROBLEMS["griewank"], RMSprop(lr=0.1), 150, kind=kind)


ZEROS = {  # whose sign is seen through arctan2 and division
    "minimum": "arctan2(minimum(x, x*y), y)", "maximum": "arctan2(maximum(-abs(x), x*y), y)",
    "sign": "1/(1 + sign(x*y)) + arctan2(sign(x*y), y)", "floor": "arctan2(floor(x*y), y) + x**2",
}  # fmt: skip


@pytest.mark.parametrize("text", ZEROS.values(), ids=ZEROS)
def test_they_agree_on_the_sign_of_zero(text):
    for start in ((0.0, -1.0), (-0.0, -1.0), (0.0, 1.0), (-0.0, 1.0)):
        assert_all_ways_agree(problem(text), Momentum(lr=0.1), 3, start)


@settings(max_examples=15)
@given(formulas(), st.floats(-2, 2), st.sampled_from([-1.5, -0.3, 0.0, 0.7]))
def test_they_agree_on_any_formula(text, x, y):
    assert_all_ways_agree(problem(text), Adam(lr=0.3), 8, (x, y))
