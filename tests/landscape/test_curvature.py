"""Hessians against hand-written ones; stability limits against the textbooks and against what runs do."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optvis
from optvis.explain.stability import sentence, stability_limit
from optvis.landscape.curvature import curvature, curvature_at_minimum
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class
from optvis.problems.problem import CATALOGUE as PROBLEMS


def cos2pi(a):
    return 40 * math.pi**2 * math.cos(2 * math.pi * a)


HESSIANS = {
    "quadratic-valley": lambda x, y: [[0.1, 0], [0, 2]],
    "sphere": lambda x, y: [[2, 0], [0, 2]],
    "booth": lambda x, y: [[10, 8], [8, 10]],
    "matyas": lambda x, y: [[0.52, -0.48], [-0.48, 0.52]],
    "rosenbrock": lambda x, y: [[1200 * x**2 - 400 * y + 2, -400 * x], [-400 * x, 200]],
    "himmelblau": lambda x, y: [[12 * x**2 + 4 * y - 42, 4 * (x + y)], [4 * (x + y), 12 * y**2 + 4 * x - 26]],
    "rastrigin": lambda x, y: [[2 + cos2pi(x), 0], [0, 2 + cos2pi(y)]],
    "styblinski-tang": lambda x, y: [[6 * x**2 - 16, 0], [0, 6 * y**2 - 16]],
    "three-hump-camel": lambda x, y: [[4 - 12.6 * x**2 + 5 * x**4, 1], [1, 2]],
    "six-hump-camel": lambda x, y: [[8 - 25.2 * x**2 + 10 * x**4, 1], [1, -8 + 48 * y**2]],
    "mccormick": lambda x, y: [
        [2 - math.sin(x + y), -2 - math.sin(x + y)],
        [-2 - math.sin(x + y), 2 - math.sin(x + y)],
    ],
    "monkey-saddle": lambda x, y: [[6 * x, -6 * y], [-6 * y, -6 * x]],
    "hyperbolic-saddle": lambda x, y: [[2, 0], [0, -2]],
}


def points(problem, count=5):
    xmin, xmax, ymin, ymax = problem.plane.bounds
    shares = np.random.default_rng(7).uniform(0.05, 0.95, (count, 2))
    return [(xmin + a * (xmax - xmin), ymin + b * (ymax - ymin)) for a, b in shares] + [problem.start]


@pytest.mark.parametrize("name", HESSIANS)
def test_hessians_of_analytic_formulas(name):
    for x, y in points(PROBLEMS[name]):
        found, exact = curvature(PROBLEMS[name], x, y), np.array(HESSIANS[name](x, y), dtype=float)
        worst = np.abs(found.hessian - exact).max()
        assert worst <= 1e-9 * max(1.0, np.abs(exact).max())
        assert np.allclose(found.hessian @ found.eigenvectors, found.eigenvectors * found.eigenvalues, atol=1e-8)
        assert found.eigenvalues[0] <= found.eigenvalues[1]
        assert found.is_known


@pytest.mark.parametrize("name", HESSIANS)
def test_hessians_from_central_differences(name):
    # + 0*abs(x) takes complex-step away and changes nothing else
    problem = optvis.problem(PROBLEMS[name].formula.text + " + 0*abs(x)", bounds=PROBLEMS[name].plane.bounds)
    for x, y in points(problem, 3):
        found, exact = curvature(problem, x, y), np.array(HESSIANS[name](x, y), dtype=float)
        assert np.abs(found.hessian - exact).max() <= 1e-5 * max(1.0, np.abs(exact).max())


@pytest.mark.parametrize("name", PROBLEMS)
def test_hessians_of_the_catalogue_against_plain_second_differences(name):
    problem = PROBLEMS[name]
    for x, y in points(problem, 3):
        found = curvature(problem, x, y)
        if not found.is_known:
            continue
        loss, h = problem.formula.scalar, 1e-4 * max(1.0, abs(x), abs(y))
        xx = (loss(x + h, y) - 2 * loss(x, y) + loss(x - h, y)) / h**2
        yy = (loss(x, y + h) - 2 * loss(x, y) + loss(x, y - h)) / h**2
        xy = (loss(x + h, y + h) - loss(x + h, y - h) - loss(x - h, y + h) + loss(x - h, y - h)) / (4 * h * h)
        rounding = 4e-16 * abs(loss(x, y)) / h**2
        size = np.abs(found.hessian).max()
        assert found.hessian == pytest.approx(np.array([[xx, xy], [xy, yy]]), abs=2e-3 * size + 10 * rounding)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5), st.floats(-9, 9), st.floats(-9, 9))
@settings(max_examples=60, deadline=None)
def test_a_quadratic_has_the_same_hessian_everywhere(a, b, c, x, y):
    a, b, c = (round(value, 6) for value in (a, b, c))
    found = curvature(optvis.problem(f"{a}*x**2/2 + {b}*x*y + {c}*y**2/2"), x, y)
    assert found.hessian == pytest.approx(np.array([[a, b], [b, c]]), abs=1e-9)
    assert found.eigenvalues.sum() == pytest.approx(a + c, abs=1e-8)
    assert found.eigenvalues.prod() == pytest.approx(a * c - b * b, abs=1e-6)


def test_there_is_no_curvature_at_a_kink_or_where_the_loss_is_not_finite():
    for formula, point in (("abs(x) + abs(y)", (0, 0)), ("log(x) + y**2", (-1, 0)), ("sqrt(x**2 + y**2)", (0, 0))):
        found = curvature(optvis.problem(formula), *point)
        assert not found.is_known
        rule = CATALOGUE["sgd"].rule
        assert sentence(found, rule, {"lr": 0.1, "weight_decay": 0.0}).startswith("no curvature here")
    assert curvature(optvis.problem("abs(x) + y**2"), 3, 1).is_known


def test_the_nearest_minimum():
    himmelblau = PROBLEMS["himmelblau"]
    for x, y in ((3, 2), (-2.8, 3.1), (-3.8, -3.3), (3.6, -1.8)):
        near = min(himmelblau.minima, key=lambda m: (m.x - x) ** 2 + (m.y - y) ** 2)
        expected = HESSIANS["himmelblau"](near.x, near.y)
        assert curvature_at_minimum(himmelblau, x, y).hessian == pytest.approx(np.array(expected), rel=1e-6)
    assert curvature_at_minimum(PROBLEMS["monkey-saddle"], 0, 0) is None


def test_condition_number():
    assert curvature(PROBLEMS["quadratic-valley"], -7, 2).condition == pytest.approx(20)
    assert curvature(optvis.problem("x**2"), 1, 1).condition == math.inf
    assert math.isnan(curvature(optvis.problem("log(x)"), -1, 1).condition)


# --- stability ----------------------------------------------------------------------------------

betas = st.floats(0.0, 0.99)
curvatures = st.floats(1e-3, 1e4)


def limit(spec, largest, **hyper):
    optimizer = optimizer_class(spec)(**hyper)
    return stability_limit(optimizer.rule, optimizer.hyper, largest)


@given(curvatures, betas)
@settings(max_examples=60, deadline=None)
def test_limits_of_the_textbooks(largest, beta):
    assert limit("sgd", largest) == pytest.approx(2 / largest, rel=1e-9)
    assert limit("momentum", largest, momentum=beta) == pytest.approx(2 * (1 + beta) / largest, rel=1e-6)
    assert limit("nesterov", largest, momentum=beta) == pytest.approx(
        2 * (1 + beta) / ((1 + 2 * beta) * largest), rel=1e-6
    )


def test_limits_of_other_linear_rules():
    assert limit("sgd", 2.0, weight_decay=1.0) == pytest.approx(2 / 3)
    assert limit("momentum", 2.0, momentum=0.5, dampening=0.25) == pytest.approx(1.5 / 0.75)
    assert limit("rule{ v = momentum*v + g; step = -lr*v }", 2.0, momentum=0.5) == pytest.approx(1.5)
    assert limit("rule{ step = -lr*g*where(t == 1, 100, 1) }", 2.0) == pytest.approx(1.0)


def test_rules_without_a_limit():
    for name in ("adagrad", "rmsprop", "adadelta", "adam", "adamw", "amsgrad", "nadam", "radam", "adamax", "lion"):
        assert limit(name, 2.0) is None
    assert limit("sgd", -1.0) is None
    assert limit("sgd", 0.0) is None
    assert limit("momentum", 2.0, momentum=1.0) == 0.0
    assert limit("rule{ step = -0.1*g }", 2.0) is None
    assert limit("rule{ step = lr*g }", 2.0) == 0.0


@pytest.mark.parametrize("spec", ["sgd", "momentum", "nesterov", "qhm", "rule{ v = 0.5*v + g; step = -lr*(v + g)/2 }"])
def test_runs_settle_below_the_limit_and_grow_above_it(spec):
    hyper = {"momentum": 0.8} if spec in ("momentum", "nesterov", "qhm") else {}
    problem = optvis.problem("x**2/20 + y**2")
    top = limit(spec, 2.0, **hyper)
    for share in (0.97, 1.03):
        run = optvis.run(problem, optimizer_class(spec)(lr=share * top, **hyper), (0.0, 1.0), 600)
        assert (abs(run.y[run.last]) < 1.0) == (share < 1)


# --- in words -----------------------------------------------------------------------------------


def told(problem, spec="sgd", at=None, **hyper):
    problem = optvis.problem(problem)
    optimizer = optimizer_class(spec)(**hyper)
    return sentence(curvature(problem, *(at or problem.start)), optimizer.rule, optimizer.hyper)


SENTENCES = {
    0.95: "0.95 is 95 % of the limit 1.0: expect zig-zag along y, and about 7 steps halve the way along x",
    1.05: "1.05 is above the limit 1.0: it grows along y",
    1.0: "1.0 is the limit: it swings along y without end",
    0.3: "0.3 is 30 % of the limit 1.0: it settles along y without zig-zag, and about 23 steps halve the way along x",
    25.0: "25.0 is above the limit 1.0: it grows in every direction",
}


@pytest.mark.parametrize(("lr", "text"), SENTENCES.items())
def test_sentences_on_the_quadratic_valley(lr, text):
    assert told("quadratic-valley", lr=lr) == text


def test_other_sentences():
    assert told("quadratic-valley", "momentum", lr=0.1, momentum=0.9).startswith(
        "0.1 is 5 % of the limit 1.9: expect swings along y"
    )
    assert told("quadratic-valley", "momentum", momentum=1.0) == "with these settings no learning rate settles along y"
    assert told("quadratic-valley", "adam") == "the curvature is 2 along y, 20 times that along x"
    assert told("rosenbrock", lr=0.01, at=(1, 1)) == "0.01 is above the limit 0.002: it grows across the valley"
    assert told("hyperbolic-saddle", lr=0.1).endswith("of the limit 1.0: it settles along x without zig-zag; "
                                                      "the loss falls away along y")  # fmt: skip
    assert told("-x**2 - 2*y**2") == "the loss falls away in every direction: no learning rate settles here"
    assert told("-x**2") == "the loss falls away along x: no learning rate settles here"
    assert told("x + y") == "the loss is flat here"
    assert told("sphere", lr=2.0) == "2.0 is above the limit 1.0: it grows in every direction"


AXES = {0: "along y", 8: "along y", 13: "across the valley", 77: "across the valley", 83: "along x"}


@pytest.mark.parametrize(("degrees", "name"), AXES.items())
def test_an_axis_is_named_within_ten_degrees(degrees, name):
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    problem = optvis.problem(f"({c}*x + {s}*y)**2/20 + ({c}*y - {s}*x)**2")
    assert curvature(problem, 1, 1).direction(1) == name


def test_other_directions():
    valley, saddle = curvature(PROBLEMS["rosenbrock"], 1, 1), curvature(optvis.problem("x*y"), 0, 0)
    assert (valley.direction(0), valley.direction(1)) == ("along the valley", "across the valley")
    assert (saddle.direction(0), saddle.direction(1)) == ("at a slant", "across the valley")
    assert curvature(optvis.problem("x**2 + 1.003*y**2"), 1, 1).direction(1) == "in every direction"


def test_the_slowest_part_of_the_motion_is_told():
    for lr, manner in {0.66: "zig-zag", 0.1: "swings"}.items():
        assert f"expect {manner} along y" in told("quadratic-valley", "nesterov", lr=lr, momentum=0.9)
    assert "without zig-zag" in told("quadratic-valley", "nesterov", lr=0.001, momentum=0.9)


def test_a_rule_without_finite_numbers_has_no_limit_and_warns_nobody():
    assert limit("rule{ v = 0.5*v + g/v; m = m*1e300*1e300; step = -lr*(v + m + theta/0) }", 2.0) is None
