"""Arrows, scaling and sub-steps follow from the lines of a rule, whatever the rule."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optvis
from optvis.explain.arrows import arrows, scaling
from optvis.explain.stages import sub_steps
from optvis.explain.update import explain
from optvis.foundation.errors import InputError
from optvis.landscape.curvature import curvature
from optvis.landscape.gradient_error import gradient_error
from optvis.language.rule_analysis import structure
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class
from optvis.problems.problem import Plane

PROBLEMS = ["quadratic-valley", "rosenbrock", "himmelblau", "ackley"]
ALL_ON = {
    "weight_decay": 0.3,
    "dampening": 0.25,
    "lr_decay": 0.1,
    "initial_accumulator": 0.5,
    "centered": 1,
    "nu2": 0.6,
}
TYPED = {
    "rule{ v = beta*v + g; step = -lr*v }": 2,
    "rule{ v = momentum*v - lr*g; w = v; step = w }": 2,
    "rule{ step = -lr*g + 0.1*(theta - sign(theta)) }": 2,
    "rule{ step = -(lr*g - wd*theta) + 0.01 }": 3,
    "rule{ step = (1 - beta)*(g - theta)*lr/(abs(g) + 1) }": 2,
    "rule{ step = -lr*g/(abs(g) + eps) }": 1,
    "rule{ step = (g - theta)*(g + theta) }": 1,
    "rule{ step = sign(-lr*g - theta) }": 1,
    "rule{ d = g + theta; step = -lr*d*d }": 1,
}


def run(spec, problem="quadratic-valley", steps=8, **hyper):
    cls = optimizer_class(spec)
    known = {h.name for h in cls.hyperparameters}
    return optvis.run(optvis.problem(problem), cls(**{k: v for k, v in hyper.items() if k in known}), steps=steps)


def of_kind(found, kind):
    return [arrow for arrow in found if arrow.kind == kind]


def vector(arrow):
    return np.subtract(arrow.tip, arrow.tail)


def assert_terms_add_up(t, k):
    found = arrows(t, k)
    (step,) = of_kind(found, "step")
    here, after = (np.array([t.x[row], t.y[row]]) for row in (k, k + 1))
    size = np.abs([here, after]).max()
    assert np.allclose(step.tail, here, rtol=0, atol=0)
    assert np.allclose(step.tip, after, rtol=1e-12, atol=1e-12 * size)
    terms = of_kind(found, "term")
    assert len(terms) != 1
    end = step.tail
    for term in terms:
        assert term.tail == end
        end = term.tip
    if terms:
        longest = max(size, *(np.abs([term.tail, term.tip]).max() for term in terms))
        assert np.allclose(end, step.tip, rtol=0, atol=1e-12 * longest)
    return terms


@pytest.mark.parametrize("hyper", [{}, ALL_ON], ids=["defaults", "all on"])
@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("name", CATALOGUE)
def test_terms_add_up_to_the_step(name, problem, hyper):
    t = run(name, problem, **hyper)
    for k in range(min(t.last, 8)):
        assert_terms_add_up(t, k)


@pytest.mark.parametrize(("spec", "count"), TYPED.items())
def test_terms_of_a_typed_rule(spec, count):
    t = run(spec, steps=4)
    assert len(structure(optimizer_class(spec).rule).terms) == count
    for k in range(min(t.last, 4)):
        assert len(assert_terms_add_up(t, k)) == (count if count > 1 else 0)


names = st.sampled_from(["g", "theta", "v", "a", "m", "lr", "beta", "t", "0.5", "2"])


def expressions():
    binary = lambda parts: st.builds("({} {} {})".format, parts, st.sampled_from("+-*/"), parts)  # noqa: E731
    unary = lambda parts: st.builds(  # noqa: E731
        "{}({})".format, st.sampled_from(["-", "sqrt", "abs", "sign"]), parts
    )
    return st.recursive(names, lambda parts: binary(parts) | unary(parts), max_leaves=8)


rules = st.builds(
    "rule{{ v = beta*v + {}; a = {}; m = 0.5*m + {}; step = {} }}".format,
    expressions(), expressions(), expressions(), expressions(),
)  # fmt: skip


@pytest.mark.slow
@given(rules)
@settings(max_examples=250, deadline=None)
def test_terms_of_any_rule_add_up(spec):
    t = run(spec, steps=3)
    for k in range(min(t.last, 3)):
        found = arrows(t, k)
        step, terms = of_kind(found, "step"), of_kind(found, "term")
        if not step or len(terms) < len(structure(optimizer_class(spec).rule).terms):
            continue  # something is not finite, or 0 by a constant
        longest = max([1.0, *(np.abs([arrow.tail, arrow.tip]).max() for arrow in (*terms, *step))])
        assert not terms or np.allclose(terms[-1].tip, step[0].tip, rtol=0, atol=1e-12 * longest)
    captions = sub_steps(optimizer_class(spec).rule)
    assert captions[0].kind == "gradient"
    assert captions[-1].kind == "move"
    assert sorted(index for stage in captions for index in stage.lines) == [0, 1, 2, 3, 4]


def test_a_rule_as_large_as_is_allowed_does_no_harm():
    lines = ["v0 = g"] + [f"v{i} = {'-1*' * 60}v{i - 1}*{'2*' * 90}lr" for i in range(1, 38)]
    spec = "rule{ " + "; ".join(lines) + "; step = v37 + 0*g }"
    assert arrows(run(spec, steps=1), 0)
    doubling = ["a0 = g"] + [f"a{i} = a{i - 1}*a{i - 1} + a{i - 1}" for i in range(1, 38)]
    assert arrows(run("rule{ " + "; ".join(doubling) + "; step = -lr*a37 }", steps=1), 0)


TERMS = {
    "sgd": ["from g", "from θ"], "momentum": ["from v", "from g"], "nesterov": ["from v", "from g"],
    "adagrad": [], "rmsprop": ["from b", "from g"], "adadelta": [], "adam": [], "adamw": ["from m", "from θ"],
    "amsgrad": [], "nadam": [], "radam": [], "adamax": [], "lion": ["from m and g", "from θ"],
    "qhm": ["from m", "from g"], "qhadam": ["from m", "from g"],
}  # fmt: skip


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_terms_of_the_catalogue(name):
    found = of_kind(arrows(run(name, momentum=0.5, **ALL_ON), 3), "term")
    assert [term.name for term in found] == TERMS[name]


def test_without_weight_decay_there_is_no_term_for_it_at_any_step():
    for k in range(4):
        assert of_kind(arrows(run("sgd"), k), "term") == []
        assert [term.symbol for term in of_kind(arrows(run("sgd", weight_decay=0.1), k), "term")] == [
            "−η·g",
            "−η·weight_decay·θ",
        ]


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_gradient_arrow_is_a_step_of_plain_gradient_descent(name):
    t = run(name)
    for k in range(4):
        (arrow,) = of_kind(arrows(t, k), "gradient")
        plain = -t.hyper["lr"] * np.array([t.grad["x"][k, 0], t.grad["y"][k, 0]])
        assert np.allclose(vector(arrow), plain, rtol=1e-9, atol=1e-9)
        assert arrow.symbol == "−η·g"


WITH_FIRST_MOMENT = ("adam", "adamw", "amsgrad", "nadam", "radam", "adamax", "lion", "qhm", "qhadam")
VELOCITY = {
    "momentum": ("velocity", "v", "v", 1.0),
    "nesterov": ("velocity", "v", "v", 1.0),
    "rmsprop": ("first moment", "−η·b", "b", -1.0),
    **dict.fromkeys(WITH_FIRST_MOMENT, ("first moment", "−η·m", "m", -1.0)),
}


@pytest.mark.parametrize("name", CATALOGUE)
def test_velocities_and_first_moments(name):
    t = run(name)
    found = of_kind(arrows(t, 3), "velocity")
    if name not in VELOCITY:
        assert found == []
        return
    (arrow,) = found
    word, symbol, state, sign = VELOCITY[name]
    assert (arrow.name, arrow.symbol) == (word, symbol)
    scale = sign * (t.hyper["lr"] if word == "first moment" else 1.0)
    wanted = scale * np.array([t.state[state][key][4, 0] for key in ("x", "y")])
    assert np.allclose(vector(arrow), wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("spec", "symbol"),
    {
        "rule{ v = momentum*v + lr*g; step = -v }": "−v",
        "rule{ v = momentum*v - g; step = lr*v }": "η·v",
        "rule{ c = 1 - beta; h = c*g; m = beta*m + h; step = -lr*m }": "−η·m",
        "rule{ m = beta*m + (1 - beta)*g; step = -0.1*m }": "−m",
    }.items(),
)
def test_velocities_of_typed_rules_point_along_the_step(spec, symbol):
    found = arrows(run(spec), 3)
    (velocity,), (step,) = of_kind(found, "velocity"), of_kind(found, "step")
    assert velocity.symbol == symbol
    assert vector(velocity) @ vector(step) > 0


def test_averages_of_squares_are_no_velocity():
    for spec in (
        "rule{ v = beta*v + g**2; step = -lr*g/sqrt(v) }",
        "rule{ u = maximum(beta*u, abs(g)); step = -lr*g/u }",
    ):
        assert of_kind(arrows(run(spec, "sphere"), 2), "velocity") == []


class Learner:
    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, params, grads):
        for k in params:
            params[k] = params[k] - self.lr * grads[k]


def test_a_class_has_a_gradient_and_a_step():
    t = optvis.run(optvis.problem("sphere"), Learner(), steps=3)
    gradient, step = arrows(t, 1)
    assert (gradient.kind, step.kind) == ("gradient", "step")
    assert np.allclose(vector(gradient), vector(step))
    assert len(arrows(t, 3)) == 1
    assert scaling(t, 1) is None


def test_arrows_that_are_not_finite_are_left_out():
    t = run("sgd", "rosenbrock", steps=60, lr=10.0)
    assert t.outcome.kind == "diverged"
    for k in range(t.steps + 1):
        for arrow in arrows(t, k):
            assert np.isfinite([arrow.tail, arrow.tip]).all()
    assert arrows(t, t.steps) == ()


# --- scaling ------------------------------------------------------------------------------------

DIVISORS = {
    "adagrad": lambda t, k, key: math.sqrt(t.state["h"][key][k + 1, 0]),
    "rmsprop": lambda t, k, key: math.sqrt(t.state["v"][key][k + 1, 0]),
    "adadelta": lambda t, k, key: (
        math.sqrt(t.state["v"][key][k + 1, 0] + 1e-6) / math.sqrt(t.state["u"][key][k, 0] + 1e-6)
    ),
    "amsgrad": lambda t, k, key: math.sqrt(t.state["v_max"][key][k + 1, 0]),
    "adamax": lambda t, k, key: t.state["u"][key][k + 1, 0],
    **dict.fromkeys(
        ["adam", "adamw", "nadam", "qhadam", "radam"], lambda t, k, key: math.sqrt(t.state["v"][key][k + 1, 0])
    ),
}


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("name", CATALOGUE)
def test_scaling_is_what_the_rule_divides_by(name, problem):
    t = run(name, problem, steps=15)
    for k in (0, 3, 9, 12):
        found = scaling(t, k)
        if name not in DIVISORS:
            assert found is None
        elif name == "radam" and k < 5:  # not yet rectified
            assert found == (1.0, 1.0)
        elif np.isfinite(t.loss[k]):
            x, y = (1 / DIVISORS[name](t, k, key) for key in ("x", "y"))
            assert found == pytest.approx((x / max(x, y), y / max(x, y)), rel=1e-5, abs=1e-7)


def test_scaling_of_typed_rules():
    for text in ("-lr*g/(abs(g) + eps)", "-lr*g*(abs(g) + eps)**-1", "-lr*(1/(abs(g) + eps))*g", "-lr*g/d", "-s*g"):
        spec = f"rule{{ d = abs(g) + eps; s = lr/d; step = {text} }}"
        t = run(spec)
        x, y = (1 / abs(t.grad[key][2, 0]) for key in ("x", "y"))
        assert scaling(t, 2) == pytest.approx((x / max(x, y), y / max(x, y)), rel=1e-5, abs=1e-7)
    for text in ("-lr*g/(1 - beta**t)", "-lr*sign(g)", "-lr*g"):
        assert scaling(run(f"rule{{ step = {text} }}"), 2) is None


# --- sub-steps ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_line_belongs_to_one_sub_step(name):
    rule = CATALOGUE[name].rule
    stages = sub_steps(rule)
    assert [index for stage in stages for index in stage.lines] == list(range(len(rule.assignments) + 1))
    assert stages[0].kind == "gradient"
    assert stages[0].caption.startswith("evaluate the gradient g")
    assert [stage.kind for stage in stages].count("move") == 1
    assert stages[-1].kind == "move"
    updated = [rule.assignments[i][0] for stage in stages if stage.kind == "moments" for i in stage.lines]
    assert sorted(updated) == sorted(rule.states)
    assert sum("divide by" in stage.caption for stage in stages) == (name in DIVISORS)
    assert all(stage.caption for stage in stages)


def captions(spec, **hyper):
    optimizer = optimizer_class(spec)(**hyper)
    return [(stage.kind, stage.caption) for stage in sub_steps(optimizer.rule, optimizer.hyper)]


def test_captions_are_made_of_the_lines():
    assert captions("adam") == [
        ("gradient", "evaluate the gradient g"),
        ("moments", "update m, v"),
        ("scale", "work out m̂, v̂; then divide by √v̂ + ε, on each axis by its own"),
        ("move", "move by Δθ"),
    ]
    assert captions("sgd", weight_decay=0.1) == [
        ("gradient", "evaluate the gradient g; then replace g by g + weight_decay·θ"),
        ("move", "move by Δθ, the sum of −η·g and −η·weight_decay·θ"),
    ]
    assert captions("adagrad")[2] == ("scale", "divide by √h + ε, on each axis by its own")
    assert captions("nadam")[1] == ("schedule", "set μ, μ_next for this step")
    assert captions("rule{ step = -lr*g - 0.1*n; n = n + abs(step) }") == [
        ("gradient", "evaluate the gradient g"),
        ("move", "move by Δθ, the sum of −η·g and −0.1·n; then update n"),
    ]


# --- parameters that are arrays -----------------------------------------------------------------


def network():
    """A loss over a matrix and a number, drawn on a slanted plane."""
    plane = Plane(
        {"w": np.array([[1.0, 2.0], [0.5, -1.0]]), "b": 0.5},
        {"w": np.array([[1.0, 0.0], [0.0, 0.5]]), "b": 0.0},
        {"w": np.array([[0.0, 1.0], [-1.0, 0.0]]), "b": 1.0},
        (-3.0, 3.0, -3.0, 3.0),
    )

    def loss(params):
        return (np.asarray(params["w"]) ** 2).sum(axis=(0, 1)) + (np.asarray(params["b"]) - 1) ** 2

    return replace(optvis.problem("x"), name="net", loss=loss, plane=plane, formula=None, start=(1.0, -0.5))


@pytest.mark.parametrize("name", CATALOGUE)
def test_parameters_that_are_arrays_are_explained_and_drawn_too(name):
    t = optvis.run(network(), CATALOGUE[name](), (1.0, -0.5), 4)
    lines = explain(t, 2)
    for key in ("w", "b"):
        assert lines[-1].value[key] == pytest.approx(t.params[key][3, ..., 0], rel=1e-12)
    shown = lines[-1].with_numbers("w", (0, 1), digits=15).split(" = ")[-1].replace("−", "-")
    assert float(shown) == pytest.approx(t.params["w"][3, 0, 1, 0], rel=1e-12)
    (step,) = of_kind(arrows(t, 2), "step")
    assert (*step.tail, *step.tip) == pytest.approx((t.x[2], t.y[2], t.x[3], t.y[3]), rel=1e-12)
    assert scaling(t, 2) is None


def test_curvature_on_a_plane_through_parameters():
    found = curvature(network(), 0.3, -0.2)
    u, v = network().plane.u, network().plane.v
    dot = lambda p, q: float((p["w"] * q["w"]).sum() + p["b"] * q["b"])  # noqa: E731
    assert found.hessian == pytest.approx(
        2 * np.array([[dot(u, u), dot(u, v)], [dot(u, v), dot(v, v)]]), rel=1e-6, abs=1e-6
    )
    with pytest.raises(InputError, match="the loss is not a formula"):
        gradient_error(network(), "central")
