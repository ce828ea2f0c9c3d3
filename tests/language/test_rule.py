"""The language of rules, and optimizers made of rules that a user types."""

import math
import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optvis import optimizers
from optvis.engine.trajectory import run
from optvis.foundation.errors import InputError
from optvis.language.rule import MAX_LINES, UNSEEN, RuleError, parse_rule
from optvis.optimizers.base import RuleOptimizer, typed_rule
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class
from optvis.problems.problem import problem

ADAM = CATALOGUE["adam"].rule


def test_free_names_are_hyperparameters_and_names_read_first_are_state():
    rule = parse_rule("g = g + wd*theta\nv = momentum*v - lr*g\nlook = momentum*v\nstep = look - lr*g")
    assert rule.hyperparameters == ("wd", "momentum", "lr")
    assert rule.states == ("v",)
    assert [name for name, _ in rule.assignments] == ["g", "v", "look", "step"]


def test_step_may_be_state_too():
    """Momentum in one line: the last step is carried on."""
    one_line = optimizer_class("rule{ step = momentum*step - lr*g }")(momentum=0.9, lr=0.1)
    valley = problem("quadratic-valley")
    np.testing.assert_allclose(
        run(valley, one_line, steps=30).x, run(valley, optimizers.Momentum(lr=0.1), steps=30).x, rtol=1e-9
    )


def test_lines_are_parted_by_semicolons_too_and_comments_do_not_count():
    first = parse_rule("v = m*v + g # heavy ball\n\n  step = -lr*v")
    assert first == parse_rule("v = m*v + g; step = -lr*v;")
    assert first.text == "v = m*v + g\nstep = -lr*v"


def test_where_chooses_number_by_number():
    rule = parse_rule("step = where(g > limit, -limit, -g)")
    assert rule.apply(1, 0.0, 3.0, (), (2.0,)) == (-2.0,)
    assert rule.apply(1, 0.0, 1.0, (), (2.0,)) == (-1.0,)
    assert rule.apply(1, np.zeros(3), np.array([3.0, 1.0, -5.0]), (), (2.0,))[0].tolist() == [-2.0, -1.0, 5.0]


@pytest.mark.parametrize("op", ["<", "<=", ">", ">=", "==", "!="])
@pytest.mark.parametrize("g", [-1.0, 0.0, 1.0, math.nan])
def test_comparisons(op, g):
    rule = parse_rule(f"step = where(g {op} 0, 1, 2)")
    expected = 1.0 if eval(f"g {op} 0", {"g": g}) else 2.0
    assert rule.apply(1, 0.0, g, (), ()) == (expected,)
    assert rule.apply(1, np.zeros(1), np.array([g]), (), ())[0] == [expected]


def test_what_raises_on_floats_is_done_again_with_inf_and_nan():
    rule = parse_rule("step = t + 0*n; n = 1/g")
    assert rule.apply(3, 0.0, 0.0, (2.0,), ()) == (3.0, math.inf)


def test_t_counts_the_updates_from_1():
    optimizer = optimizer_class("rule{ step = t }")()
    params = {"x": 0.0}
    for _ in range(4):
        optimizer.update(params, {"x": 0.0})
    assert params["x"] == 1 + 2 + 3 + 4


NUMBERS = st.one_of(
    st.sampled_from([0.0, -0.0, 1e300, -1e300, 1e-300, math.inf, -math.inf, math.nan]), st.floats(-5, 5)
)


@pytest.mark.parametrize("name", CATALOGUE)
@given(theta=NUMBERS, g=NUMBERS, state=st.floats(0, 2), t=st.integers(1, 2000))
@settings(max_examples=60)
def test_floats_and_arrays_give_the_same_inf_and_nan(name, theta, g, state, t):
    """One update from equal state, whatever overflows; nothing is printed."""
    optimizer = CATALOGUE[name]
    hyper = tuple(
        h.default for name in optimizer.rule.hyperparameters for h in optimizer.hyperparameters if h.name == name
    )
    states = (state,) * len(optimizer.rule.states)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        on_floats = optimizer.rule.apply(t, theta, g, states, hyper)
        on_arrays = optimizer.rule.apply(t, np.array([theta]), np.array([g]), tuple(map(np.array, states)), hyper)
    assert all(type(value) is float for value in on_floats)
    np.testing.assert_allclose(
        np.array(on_floats), np.array([np.ravel(v)[0] for v in on_arrays]), rtol=1e-12, atol=1e-300
    )


def test_every_result_of_an_update_on_arrays_has_their_shape():
    rule = parse_rule("n = n + 1; step = -lr")
    step, n = rule.apply(1, np.zeros((2, 3)), np.zeros((2, 3)), (np.zeros((2, 3)),), (0.1,))
    assert np.broadcast_shapes(np.shape(step), (2, 3)) == np.shape(n) == (2, 3)
    optimizer = optimizer_class("rule{ n = n + 1; step = -lr }")(lr=0.5)
    params = {"w": np.zeros((2, 3))}
    optimizer.update(params, {"w": np.zeros((2, 3))})
    assert params["w"].tolist() == [[-0.5] * 3] * 2
    assert optimizer.n["w"].shape == (2, 3)


BAD = {
    "": "the rule never assigns step",
    "v = g": "the rule never assigns step",
    "step": "line 1 of the rule: 'step' assigns nothing; write name = expression",
    "step == g": "assigns nothing",
    "v = g\nstep = -lr*": r"line 2 of the rule: .*the text ends \(column 12\)",
    "step = -lr*g)": r"no '\(' for this '\)'",
    "step = __import__(1)": "'__import__' is not a function here",
    "step = g.real": "'.' is not allowed",
    "step = 'x'": "is not allowed",
    "step = g[0]": "is not allowed",
    "step = lambda": "lambda cannot be the name of a number",
    "step = _x": "'_x' is not known here",
    "_x = g\nstep = g": "'_x' cannot be assigned",
    "2x = g\nstep = g": "'2x' cannot be assigned",
    "class = g\nstep = g": "'class' cannot be assigned",
    "ü = g\nstep = g": "cannot be assigned",
    "theta = g\nstep = g": "theta has a meaning of its own",
    "t = g\nstep = g": "t has a meaning of its own",
    "pi = 3\nstep = g": "pi has a meaning of its own",
    "sin = 3\nstep = g": "sin has a meaning of its own",
    "update = 3\nstep = g": "update has a meaning of its own",
    "step = update*g": "update cannot be the name of a number",
    "step = g < 1": "comparisons such as '<' are not allowed outside the condition of where",
    "step = where(g, 1, 2)": "expected a comparison",
    "step = where(g > 1, 2)": "where takes 3 arguments, not 2",
    "step = where(0 < g < 1, 1, 2)": r"expected '\)'",
    "step = " + "(" * 500: "nested",
    "step = " + "g+" * 2000: "characters",
    "; ".join(["v = g"] * (MAX_LINES + 1)): f"at most {MAX_LINES} are allowed",
    "step = -hyper*g": "hyper cannot be the name of a number",
    "step = -lr*sqrt*g": r"sqrt is a function: write sqrt\(…\)",
    "step = -lr*where": r"where is a function: write where\(…\)",
}


@pytest.mark.parametrize(("text", "message"), BAD.items())
def test_what_is_no_rule_is_refused(text, message):
    with pytest.raises(InputError, match=message) as caught:
        parse_rule(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", UNSEEN)
def test_what_a_rule_cannot_see_is_no_hyperparameter(name):
    with pytest.raises(RuleError, match=f"line 2 of the rule: {name} is not known") as refused:
        parse_rule(f"a = g\n  b = 2*{name} # why\nstep = -lr*b")
    assert (refused.value.line, refused.value.column) == (2, 7)
    assert parse_rule(f"{name} = 2*g; step = {name}").hyperparameters == (), "its own name it may have"


def test_a_semicolon_within_a_comment_is_comment():
    rule = parse_rule("v = g # velocity; v = 3*g\nstep = -lr*v # old; step = -10*lr*v")
    assert rule.text == "v = g\nstep = -lr*v"
    assert parse_rule("a = g; step = a # b; c = 1").text == "a = g\nstep = a"
    with pytest.raises(RuleError, match="line 3 of the rule"):
        parse_rule("a = g; b = a # c; d\nstep = (")


def test_a_number_may_have_any_name_that_is_left():
    """Names that mean something to Python's classes do not disturb the optimizer."""
    optimizer = optimizer_class("rule{ step = -self*g - cls*g - args }")
    made = optimizer(**{"self": 0.1, "cls": 0.0, "args": 0.0})
    params = {"x": 1.0}
    made.update(params, {"x": 1.0})
    assert params["x"] == 0.9


@given(st.text("gtv=*-+()0123 ;\nwhere<>,lr#", max_size=40))
@settings(max_examples=300)
def test_any_text_is_a_rule_or_an_input_error(text):
    try:
        rule = parse_rule(f"{text}\nstep = g")
    except InputError:
        return
    states, hyper = (0.5,) * len(rule.states), (0.5,) * len(rule.hyperparameters)
    assert len(rule.apply(1, 1.0, 1.0, states, hyper)) == 1 + len(rule.states)


# --- a rule of one's own as an optimizer --------------------------------------------------------


def test_a_typed_rule_is_an_optimizer():
    own = optimizer_class("rule{ v = momentum*v - lr*g; step = v }")
    assert own.name == "rule{ v = momentum*v - lr*g; step = v }"
    assert {hyper.name: hyper.scale for hyper in own.hyperparameters} == {"momentum": "one-minus", "lr": "log"}
    assert issubclass(own, RuleOptimizer)
    assert optimizer_class(own.name).rule == own.rule


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_rule_of_the_catalogue_can_be_typed_again(name):
    known = CATALOGUE[name]
    own = typed_rule(f"rule{{ {known.rule.text.replace(chr(10), '; ')} }}")
    values = {hyper.name: hyper.default for hyper in known.hyperparameters}
    valley = problem("quadratic-valley")
    np.testing.assert_array_equal(run(valley, own(**values), steps=30).x, run(valley, known(**values), steps=30).x)
    assert own.rule.states == known.rule.states


@pytest.mark.parametrize(
    ("spec", "is_rule"),
    [
        ("rule{ step = -g }", True),
        (" rule {step=-g} ", True),
        ("rule{\nstep = -g\n}", True),
        ("adam", False),
        ("rule{", False),
        ("rule{ step = -g", False),
        ("rule{ step = -g } 1", False),
        ("adam{ step = -g }", False),
    ],
)
def test_a_rule_is_known_by_its_braces(spec, is_rule):
    if is_rule:
        assert optimizer_class(spec).rule.hyperparameters == ()
    else:
        with pytest.raises(InputError, match="in braces"):
            typed_rule(spec)
    if not is_rule and "{" in spec:
        with pytest.raises(InputError, match=f"'{re.escape(spec)}' is no optimizer"):
            optimizer_class(spec)


def test_one_line_of_adam_can_be_changed():
    """Adam without the correction of v for its start at 0: the first steps are far longer."""
    text = ADAM.text.replace("v_hat = v/(1 - beta2**t)", "v_hat = v")
    values = {hyper.name: hyper.default for hyper in CATALOGUE["adam"].hyperparameters}
    changed = optimizer_class(f"rule{{ {text} }}")(**values)
    valley = problem("quadratic-valley")
    first = run(valley, changed, steps=1)
    assert abs(first.x[1] - first.x[0]) == pytest.approx(0.3 / math.sqrt(0.001), rel=1e-4)


def test_school_notation_in_a_rule_only_where_names_stay_names():
    for written, meant in {"step = -2g": "step = -2*g", "step = -lr*(1 - b)g": "step = -lr*(1 - b)*g",
                           "step = -lr*max(|g|, 1)": "step = -lr*maximum(abs(g), 1)"}.items():  # fmt: skip
        assert parse_rule(written).assignments == parse_rule(meant).assignments
    assert parse_rule("step = -xy*g").hyperparameters == ("xy",)
