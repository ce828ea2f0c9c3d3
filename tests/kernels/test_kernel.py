"""Machine code does what the plain path does: the same updates, the same gradients, the same ends."""

import gc
import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import optvis
from optvis.engine.kernel_inputs import KernelLanes
from optvis.engine.lanes import run_lanes
from optvis.engine.preparation import run_settings
from optvis.engine.recording import recorded_by_kernel, recorded_by_loop
from optvis.engine.trajectory import run
from optvis.foundation.slices import finish
from optvis.kernels import kernel as module
from optvis.kernels.kernel import Compiler, host_compiler, kernel, kernel_future, kernel_in_slices, warn_once
from optvis.kernels.lane_layout import RECORDED, TRACKED
from optvis.kernels.python_loop import compiled_loop
from optvis.optimizers import SGD, Adam, Momentum
from optvis.optimizers.base import typed_rule
from optvis.optimizers.catalogue import CATALOGUE as OPTIMIZERS
from optvis.problems.gradient import Scheme, numerical_gradient
from optvis.problems.problem import CATALOGUE as PROBLEMS
from optvis.problems.problem import problem

ROOT = Path(optvis.__file__).parent.parent
EPS = np.finfo(float).eps

TYPED = {
    "powers of t": "step = -lr*g*0.9**t/(t**p + 2**(3 - t/7)) + 0*1.5**(-t)",
    "powers that cross 1": "step = -lr*g/(1 + 10**(12 - t)) - lr*g*1.5**(t - 14)/9 - lr*g*0.5**(-p*t + 3)/1e6",
    "powers of negative numbers": "n = 0*lr - 0.5; step = -lr*g*(1 + n**t + n**(t + 2) + where(t == 2, n**(0.5*t), 0))",
    "all functions": "a = sin(g) + cos(g) + tan(g/9) + arctan(g) + tanh(g); b = arctan2(g, theta) + log(1 + g**2);"
    "c = exp(-abs(g)) + log10(2 + abs(g)) + floor(theta) + sinh(g/50) + cosh(g/50);"
    "d = arcsin(g/(1 + abs(g))) + arccos(g/(1 + abs(g))) + minimum(g, 1) + maximum(theta, -1) + sign(g);"
    "step = -lr*(a + b + c + d)/9",
    "conditions": "m = where(t == 1, g, 0.9*m + g); step = -lr*m*where(abs(g) >= 1, 1/abs(g), where(g != 0, 2, 0))",
    "conditions that are met just so": "k = where(t <= 3, 1, 2) + where(t < 5, 10, 20) + where(t >= 7, 100, 200);"
    "n = where(t > 9, 1, 2) + where(t == 11, 10, 20) + where(t != 13, 100, 200); step = -lr*g*(k + n)/999",
    "a changing base": "k = k + 1; step = -lr*g*0.5**k",
}


def recorded(case, steps, *, lone, starts=((-7.0, 2.0), (3.1, -0.4), (0.5, 1.5))):
    """Rows (steps + 1, fields, lanes) of a kernel for a problem and an optimizer, the settings and the lanes."""
    of, optimizer = case
    start = starts[0] if lone else tuple(np.array(starts).T)
    settings = run_settings(of, optimizer, start, steps)
    made = kernel(of.formula, settings.optimizer.rule, "central", lone=lone)
    assert made is not None
    lanes = KernelLanes(settings, made, slice(0, 1 if lone else len(starts)))
    rows = np.full((steps + 2, *lanes.start.shape), np.nan)
    rows[0] = lanes.start
    made.advance(rows, 0, steps + 1, steps, lanes.hyper, lanes.settings, lanes.track)
    return rows[:-1, :, : lanes.count], settings, lanes


def assert_updates_follow_the_rule(rows, settings, tolerance=1e-12):
    """Every update, from the row's own state and gradient, as the plain rule makes it."""
    rule = settings.optimizer.rule
    hyper = tuple(settings.hyper[name] for name in rule.hyperparameters)
    for row in range(len(rows) - 1):
        x, y, _, grad_x, grad_y, *inner = rows[row]
        for axis, (theta, g) in enumerate(((x, grad_x), (y, grad_y))):
            step, *new = rule.apply(row + 1, theta, g, tuple(inner[axis::2]), hyper)
            found = np.array([rows[row + 1][axis], *rows[row + 1][len(RECORDED) + axis :: 2]])
            expected = np.array(np.broadcast_arrays(theta + step, *new))
            scale = np.maximum(np.abs(expected), np.abs(np.array(np.broadcast_arrays(theta, *new))))
            with np.errstate(invalid="ignore"):
                assert np.all((np.abs(found - expected) <= tolerance * scale) | np.isnan(found)), (row, axis)


@pytest.mark.parametrize("lone", [False, True], ids=["lanes", "lone"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_updates_as_its_rule_says(name, lone):
    rows, settings, _ = recorded((PROBLEMS["quadratic-valley"], OPTIMIZERS[name]()), 60, lone=lone)
    assert np.isfinite(rows[:40]).all()
    assert_updates_follow_the_rule(rows, settings)


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
def test_typed_rules_update_as_they_say(text):
    optimizer = typed_rule(f"rule{{ {text} }}")(lr=0.05)
    rows, settings, _ = recorded((PROBLEMS["quadratic-valley"], optimizer), 25, lone=False)
    assert np.isfinite(rows).all()
    assert_updates_follow_the_rule(rows, settings)


def test_a_power_that_vanishes_at_first_comes_back():
    """10**(400 - t) is inf until the hundredth update."""
    optimizer = typed_rule("rule{ step = -lr*g/(1 + b**(400 - t)) }")(lr=0.1, b=10.0)
    of = PROBLEMS["sphere"]
    ends = run_lanes(run_settings(of, optimizer, (np.array([3.0, -2.0]), 1.0), 600))
    assert np.all(ends.loss < 1e-30)
    assert run(of, optimizer, (3.0, 1.0), 2_500).loss[-1] < 1e-30


def test_a_hyperparameter_of_its_own_for_every_lane():
    rates, betas = np.array([0.1, 0.3, 0.5]), np.array([0.5, 0.9, 0.99])
    rows, settings, _ = recorded((PROBLEMS["booth"], Adam(lr=rates, beta1=betas)), 40, lone=False)
    assert_updates_follow_the_rule(rows, settings)


@pytest.mark.parametrize("kind", ["central", "forward"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_every_function_has_its_gradient(name, kind):
    """Up to what the last bit of exp, cos and pow makes of a difference."""
    of, h = PROBLEMS[name], 1e-4
    xmin, xmax, ymin, ymax = of.plane.bounds
    x, y = np.random.default_rng(1).uniform((xmin, ymin), (xmax, ymax), (48, 2)).T
    settings = run_settings(of, SGD(lr=1e-9), (x, y), 1, f"{kind}:{h}")
    made = kernel(of.formula, SGD.rule, kind)
    lanes = KernelLanes(settings, made, slice(0, len(x)))
    rows = np.full((3, *lanes.start.shape), np.nan)
    rows[0] = lanes.start
    made.advance(rows, 0, 2, 1, lanes.hyper, lanes.settings, lanes.track)
    loss = of.formula.vector(x, y)
    assert np.allclose(rows[0, 2, : len(x)], loss, rtol=1e-14, atol=1e-300, equal_nan=True)
    expected = numerical_gradient(of.loss, {"x": x, "y": y}, scheme=Scheme(kind, h))
    largest = np.nanmax(np.abs([of.formula.vector(x + dx, y + dy) for dx in (-h, 0, h) for dy in (-h, 0, h)]), axis=0)
    for found, axis in zip(rows[0, 3:5, : len(x)], "xy", strict=True):
        away = np.abs(found - expected[axis])
        assert np.all((away <= 4 * EPS * largest / h) | (np.isnan(found) & np.isnan(expected[axis])))


NUMBERS = st.floats(-3, 3).map(lambda value: round(value, 3))


def formulas():
    leaf = st.sampled_from(["x", "y", "x*y", "x**2", "y**2", "0.5", "3"]) | NUMBERS.map(lambda v: f"({v})")

    def grown(inner):
        two = st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
        one = st.tuples(st.sampled_from(["sin", "cos", "exp", "abs", "sqrt", "log", "floor", "sign"]), inner)
        power = st.tuples(inner, st.sampled_from(["2", "3", "0.5", "1.7", "-1"])).map(lambda p: f"({p[0]})**({p[1]})")
        both = st.tuples(st.sampled_from(["minimum", "maximum", "arctan2"]), inner, inner)
        return two | one.map(lambda p: f"{p[0]}({p[1]})") | power | both.map(lambda p: f"{p[0]}({p[1]}, {p[2]})")

    return st.recursive(leaf, grown, max_leaves=8)


@hypothesis_settings(max_examples=25)
@given(formulas())
def test_any_formula_has_the_loss_that_a_run_has(text):
    of = problem(text)
    x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(-2, 2, 9), np.array([-1.5, -0.3, 0.0, 0.7, 2.0])))
    settings = run_settings(of, SGD(lr=0.01), (x, y), 1, "central")
    lanes = KernelLanes(settings, made := kernel(of.formula, SGD.rule, "central"), slice(0, len(x)))
    rows = np.full((3, *lanes.start.shape), np.nan)
    rows[0] = lanes.start
    made.advance(rows, 0, 1, 1, lanes.hyper, lanes.settings, lanes.track)
    assert np.array_equal(rows[0, 2, : len(x)], of.formula.on_lanes(x, y), equal_nan=True)


@pytest.mark.parametrize("name", ["sgd", "adam", "nadam", "lion"])
@pytest.mark.parametrize("of", ["himmelblau", "ackley", "easom"])
def test_lanes_abreast_are_lone_lanes_to_the_last_bit(of, name):
    starts = [(-1.5, 2.0), (0.3, -0.4), (1.0, 1.0)]
    together, *_ = recorded((PROBLEMS[of], OPTIMIZERS[name]()), 50, lone=False, starts=starts)
    for lane, start in enumerate(starts):
        alone, *_ = recorded((PROBLEMS[of], OPTIMIZERS[name]()), 50, lone=True, starts=[start])
        assert np.array_equal(together[:, :, lane], alone[:, :, 0], equal_nan=True)


def test_a_lane_ends_the_same_however_its_rows_are_parted():
    settings = run_settings(PROBLEMS["himmelblau"], Adam(), (np.linspace(-4, 4, 20), np.linspace(3, -3, 20)), 90)
    made = kernel(settings.problem.formula, Adam.rule, "central")
    ends = []
    for cuts in ([0, 91], [0, 1, 2, 50, 91], [0, 37, 38, 90, 91]):
        lanes = KernelLanes(settings, made, slice(0, 20))
        for first, stop in zip(cuts, cuts[1:], strict=False):
            made.advance(lanes.start, first, stop, 90, lanes.hyper, lanes.settings, lanes.track)
        ends.append(np.concatenate([lanes.start[:2], lanes.track]))
    assert np.array_equal(ends[0], ends[1], equal_nan=True)  # the anchors are nan
    assert np.array_equal(ends[0], ends[2], equal_nan=True)
    assert np.isfinite(ends[0][:5]).all()


DIVERGING = {
    "out of range": (PROBLEMS["quadratic-valley"], SGD(lr=30.0)),
    "to inf": (PROBLEMS["rosenbrock"], SGD(lr=1.0)),
    "a hole in the loss": (problem("log(x) + y**2"), Momentum(lr=0.3)),
    "a pole": (problem("1/x + x*y"), SGD(lr=0.5)),
    "at once": (problem("sqrt(x - 9) + y"), SGD(lr=0.5)),
}


@pytest.mark.parametrize("case", DIVERGING.values(), ids=DIVERGING)
def test_a_lane_that_diverges_is_recorded_as_in_the_plain_loop(case):
    of, optimizer = case
    settings = run_settings(of, optimizer, of.start, 120, "central")
    compiled = finish(recorded_by_kernel(settings, kernel(of.formula, optimizer.rule, "central", lone=True)))
    plain = finish(recorded_by_loop(settings, compiled_loop(of.formula, optimizer.rule, "central")))
    assert plain.last < 120
    assert compiled.last == plain.last
    for found, expected in zip(
        (*compiled.params.values(), compiled.loss, *compiled.grad.values()),
        (*plain.params.values(), plain.loss, *plain.grad.values()),
        strict=True,
    ):
        assert np.array_equal(found, expected, equal_nan=True)


def test_what_is_tracked():
    steps, target = 200, 0.01
    of = PROBLEMS["quadratic-valley"]
    settings = run_settings(of, SGD(lr=np.array([0.9, 1.05, 50.0])), (-7.0, 2.0), steps, "central")
    made = kernel(of.formula, SGD.rule, "central")
    lanes = KernelLanes(settings, made, slice(0, 3), target, None, 0.05)
    made.advance(lanes.start, 0, steps + 1, steps, lanes.hyper, lanes.settings, lanes.track)
    last, peak, settled, reached = lanes.track[: len(TRACKED), :3]
    for lane, lr in enumerate((0.9, 1.05, 50.0)):
        t = run(of, SGD(lr=lr), (-7.0, 2.0), steps)
        assert last[lane] == t.last
        assert peak[lane] == pytest.approx(np.nanmax(t.loss), rel=1e-9) or t.outcome.kind == "diverged"
        hit = np.flatnonzero(t.loss <= target)
        assert reached[lane] == (hit[0] if hit.size else np.inf)
        long = np.flatnonzero(np.hypot(np.diff(t.x), np.diff(t.y)) > 0.05)
        assert settled[lane] == long[-1] + 1


def test_runs_are_compiled_from_a_fixed_amount_of_work_on(monkeypatch):
    asked = []
    real = module.compile_kernel
    monkeypatch.setattr(module, "compile_kernel", lambda *args: asked.append(args) or real(*args))
    kernel_future.cache_clear()
    of = problem("x**2 + 3*y**2 + x*y")
    run(of, SGD(lr=0.1), steps=1_999)
    assert not asked
    run(of, SGD(lr=0.1), steps=2_000)
    run(of, SGD(lr=0.1), start=(np.linspace(-1, 1, 100), 0.0), steps=20)
    assert [lone for *_, lone in asked] == [True, False]


def test_complex_step_is_not_compiled():
    assert kernel(PROBLEMS["sphere"].formula, SGD.rule, "complex-step") is None


def test_a_window_can_wait_for_it():
    slices = kernel_in_slices(problem("x**2 + 7*y**2").formula, SGD.rule, "central")
    assert finish(slices) is kernel(problem("x**2 + 7*y**2").formula, SGD.rule, "central")


CACHES = (kernel_future, host_compiler, warn_once)


@pytest.fixture
def break_compiler(monkeypatch):
    """Make the compiler fail from now on."""

    def fail(error):
        for cached in CACHES:
            cached.cache_clear()

        def raising(self):
            raise error

        monkeypatch.setattr(Compiler, "__init__", raising)

    yield fail
    monkeypatch.undo()
    for cached in CACHES:
        cached.cache_clear()


def test_without_a_compiler_the_plain_path_serves_and_the_log_says_so_once(break_compiler, caplog):
    of = PROBLEMS["quadratic-valley"]
    expected = run(of, SGD(lr=0.3), steps=2_500)
    break_compiler(ImportError("no llvmlite here"))
    with caplog.at_level(logging.WARNING):
        t = run(of, SGD(lr=0.3), steps=2_500)
        many = run(of, Adam(lr=np.array([0.1, 0.2])), steps=1_500)
    assert np.array_equal(t.x, expected.x)
    assert many.loss.shape == (1_501, 2)
    assert len(caplog.records) == 1
    assert "no llvmlite here" in caplog.records[0].message


def test_without_llvmlite_a_fresh_program_works():
    code = (
        "import sys; sys.modules['llvmlite'] = None; import optvis, numpy as np\n"
        "t = optvis.run(optvis.problem('sphere'), optvis.optimizers.Adam(lr=np.array([0.1, 0.2])), steps=2000)\n"
        "print(t.loss.shape, float(t.loss[-1].max()) < 1e-6)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ended.stdout.split() == ["(2001,", "2)", "True"]
    assert ended.stderr.count("not compiled") == 1


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no such file tells the memory here")
def test_kernels_that_are_let_go_of_leave_no_memory(monkeypatch):
    """A pass manager that stays takes 0.24 MB: 10 MB for these."""
    monkeypatch.setattr(module.code_cache, "load", lambda name, loaded: None)
    monkeypatch.setattr(module.code_cache, "write", lambda name, code: None)

    def compile_some(count):
        for k in range(count):
            assert module.compile_kernel(problem(f"x**2/{k + 2} + y**2").formula, SGD.rule, "central", True)
        gc.collect()
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    before = compile_some(20)
    assert compile_some(40) - before < 4e6
