"""The explanation of a step: its numbers are those of the run, and its mathematics can be read."""

import html
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optvis
from optvis.engine.preparation import suggested_values
from optvis.explain.update import explain, legend, rule_of
from optvis.foundation.errors import InputError
from optvis.language.notation import number, symbol, symbols
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class

TYPED = {
    "clipped": "rule{ n = maximum(abs(g), 1); g = g/n; v = momentum*v + g; step = -lr*v }",
    "step is state": "rule{ step = 0.5*step - lr*g }",
    "after the step": "rule{ d = sqrt(v) + eps; v = beta*v + (1 - beta)*g**2; step = -lr*(g/(d + 1) - 0.1*sign(theta));"
    " u = u + step**2 }",
    "twice": "rule{ v = beta*v; v = v + g; step = -lr*v; step = minimum(maximum(step, -1), 1) }",
    "constants": "rule{ c = lr*pi; k = where(t < 3, c, c/2); step = -k*g }",
}
OPTIMIZERS = {**{name: name for name in CATALOGUE}, **TYPED}
PROBLEMS = ["quadratic-valley", "rosenbrock", "himmelblau", "ackley", "-x**2*y"]


def optimizer(spec, **hyper):
    return optimizer_class(spec)(**hyper)


def run(spec, problem="quadratic-valley", steps=12, **hyper):
    return optvis.run(optvis.problem(problem), optimizer(spec, **hyper), steps=steps)


def last_of(lines, name):
    return [line for line in lines if line.name == name][-1]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("spec", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_numbers_are_those_of_the_run(spec, problem):
    t = run(spec, problem, steps=25)
    for k in range(min(t.last, 25)):
        lines = explain(t, k)
        for key in ("x", "y"):
            for name, record in t.state.items():
                if (wanted := record[key][k + 1, 0]) == wanted:  # a row that diverged has no state after it
                    assert last_of(lines, name).value[key] == pytest.approx(wanted, rel=1e-12, abs=1e-300)
            position = t.params[key][k + 1, 0]
            step = last_of(lines, "step").value[key]
            assert t.params[key][k, 0] + step == pytest.approx(position, rel=1e-12, abs=1e-300)
            assert lines[-1].value[key] == pytest.approx(position, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("spec", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_lines_are_the_rules_in_their_order_and_the_move_ends_them(spec):
    t = run(spec)
    lines = explain(t, 3)
    assert [line.name for line in lines] == [*(name for name, _ in rule_of(t).assignments), "theta"]
    assert [line.kind for line in lines].count("step") == 1
    assert lines[-1].kind == "move"
    assert lines[-1].text == "θ ← θ + Δθ"
    for line in lines:
        if line.name in t.state and line.name != "step":
            assert line.kind == "state"


def _arithmetic(text):
    """Evaluate a line with numbers the way a reader does, with Python's own parser."""
    superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
    text = re.sub(
        f"[{superscripts}]+", lambda m: "**(" + m[0].translate(str.maketrans(superscripts, "0123456789-")) + ")", text
    )
    text = re.sub(r"√([\d.∞]+|nan)", r"sqrt(\1)", text).replace("√", "sqrt").replace("^", "**")
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = text.replace("·", "*").replace("−", "-").replace("π", "pi")
    names = {"sqrt": math.sqrt, "abs": abs, "maximum": max, "minimum": min, "pi": math.pi,
             "sign": lambda a: (a > 0) - (a < 0)}  # fmt: skip
    return eval(text, names)


@pytest.mark.parametrize("spec", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_the_arithmetic_can_be_followed_by_hand(spec):
    t = run(spec, "himmelblau")
    checked = 0
    for line in explain(t, 4):
        for key in ("x", "y"):
            left, *right = line.with_numbers(key, digits=15).split(" = ")
            if " if " in left or "√maximum" in left:  # not Python's way to write it
                continue
            value = _arithmetic(right[-1] if right else left)
            assert _arithmetic(left) == pytest.approx(value, rel=1e-8, abs=1e-10)
            assert value == pytest.approx(line.value[key], rel=1e-12)
            checked += 1
    assert checked >= 4


def test_the_lines_of_adam_read_as_in_the_paper():
    assert [line.text for line in explain(run("adam"), 2)] == [
        "g ← g + weight_decay·θ",
        "m ← β₁·m + (1 − β₁)·g",
        "v ← β₂·v + (1 − β₂)·g²",
        "m̂ = m/(1 − β₁ᵗ)",
        "v̂ = v/(1 − β₂ᵗ)",
        "Δθ = −η·m̂/(√v̂ + ε)",
        "θ ← θ + Δθ",
    ]
    assert legend(CATALOGUE["adam"].rule) == (("β₁", "beta1"), ("β₂", "beta2"), ("η", "lr"), ("ε", "eps"))


def test_a_line_of_momentum_with_its_numbers():
    t = optvis.run(optvis.problem("x**2 + y**2"), optimizer("rule{ v = momentum*v - lr*g; step = v }"), (1, -2), 3)
    first, second = explain(t, 0)[0], explain(t, 1)[0]
    assert first.with_numbers("x", digits=3) == "0.9·0 − 0.1·2 = −0.2"
    assert first.with_numbers("y", digits=3) == "0.9·0 − 0.1·(−4) = 0.4"
    assert second.with_numbers("x", digits=3) == "0.9·(−0.2) − 0.1·1.6 = −0.34"
    assert explain(t, 1)[1].with_numbers("x", digits=3) == "−0.34"  # step = v: nothing to work out


@pytest.mark.parametrize("spec", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_html_says_the_same(spec):
    for line in explain(run(spec), 3):
        plain = re.sub("</?su[bp]>", "", line.html)
        assert "<" not in plain
        assert ">" not in plain
        strip = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹ᵗ", "0123456789t", "()^_")
        assert html.unescape(plain).translate(strip) == line.text.translate(strip)


def test_rows_run_from_the_start_to_the_update_that_would_come_next():
    short, long = run("adam", steps=5), run("adam", steps=6)
    assert explain(short, 5)[-1].value["x"] == long.params["x"][6, 0]
    for k in (-1, 6):
        with pytest.raises(IndexError, match=f"no row {k}"):
            explain(short, k)


def test_after_divergence_the_numbers_are_nan_and_nothing_fails():
    t = run("sgd", steps=400, lr=10.0)
    assert t.outcome.kind == "diverged"
    line = explain(t, t.steps)[-1]
    assert math.isnan(line.value["x"])
    assert "nan" in line.with_numbers("x")


def test_a_lane_is_explained_like_a_lone_run():
    p = optvis.problem("rosenbrock")
    rates = np.array([0.1, 0.2, 0.3])
    lanes = optvis.run(p, optimizer("adam", lr=rates), (np.array([1.0, -1.0, 0.5]), np.array([0.0, 1.0, 2.0])), 6)
    for key in ("x", "y"):
        assert explain(lanes, 4, lane=1)[-1].value[key] == pytest.approx(lanes.params[key][5, 1], rel=1e-12)
    assert "0.2" in last_of(explain(lanes, 4, lane=1), "step").with_numbers("x")


class Plain:
    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, params, grads):
        for k in params:
            params[k] = params[k] - self.lr * grads[k]


class SGD(Plain):
    """Called like one of the catalogue."""


@pytest.mark.parametrize("cls", [Plain, SGD])
def test_a_class_has_no_lines(cls):
    t = optvis.run(optvis.problem("sphere"), cls(), steps=2)
    assert rule_of(t) is None
    with pytest.raises(InputError, match="no lines"):
        explain(t, 0)


# --- notation -----------------------------------------------------------------------------------

SYMBOLS = {
    "lr": "η", "lr_decay": "lr_decay", "step": "Δθ", "theta": "θ", "eps": "ε", "epsilon": "ε", "beta1": "β₁",
    "nu2": "ν₂", "m_hat": "m\u0302", "v_bar": "v\u0304", "mu_next": "μ_next", "weight_decay": "weight_decay",
    "momentum": "momentum", "g": "g", "v2": "v₂", "delta": "δ", "v_max": "v_max", "h0_hat": "h\u0302₀",
}  # fmt: skip


@pytest.mark.parametrize(("name", "shown"), SYMBOLS.items())
def test_symbols(name, shown):
    assert symbol(name) == shown


@given(st.lists(st.sampled_from([*SYMBOLS, "eta", "m_tilde", "alpha", "a", "eps1"]), unique=True))
def test_two_names_of_a_rule_never_look_the_same(names):
    for is_html in (False, True):
        texts = [piece.text for piece in symbols(names, html=is_html).values()]
        assert len(set(texts)) == len(names)


NUMBERS = {
    0.0: "0", 1.0: "1", -0.158: "−0.158", 1 / 3: "0.33333", 1e-8: "10⁻⁸", -1e-8: "−10⁻⁸", 1.2e-5: "1.2·10⁻⁵",
    123456.7: "1.2346·10⁵", math.inf: "∞", -math.inf: "−∞",
}  # fmt: skip


@pytest.mark.parametrize(("value", "shown"), NUMBERS.items())
def test_numbers(value, shown):
    assert number(value).text == shown
    assert number(-0.0).text == "0"
    assert number(math.nan).text == "nan"
    assert number(1.2e-5, html=True).text == "1.2·10<sup>−5</sup>"


@given(st.floats(-1e6, 1e6, allow_subnormal=False), st.floats(-1e6, 1e6, allow_subnormal=False))
@settings(max_examples=200, deadline=None)
def test_signs_and_powers_of_ten_are_never_misread(a, b):
    a, b = (float(f"{v:.4g}") for v in (a, b))
    rule = (
        "rule{ p = a*theta**2; q = a - theta; r = -theta - -a; s = (a - theta)*(a/(theta + 1e7)); step = -(a*theta) }"
    )
    t = optvis.run(optvis.problem("x + y"), optimizer(rule, a=a), (b, 0.0), 1)
    for line in explain(t, 0)[:-1]:
        left = line.with_numbers("x", digits=17).split(" = ")[0]
        assert _arithmetic(left) == pytest.approx(line.value["x"], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("steps", [300, 2_500], ids=["by a loop", "by machine code"])
@pytest.mark.parametrize("name", CATALOGUE)
def test_the_numbers_are_those_of_the_run_bit_by_bit(name, steps):
    """Also late, when a running product of beta differs from its power in the last bits."""
    of = optvis.problem("himmelblau")
    t = optvis.run(of, CATALOGUE[name](**suggested_values(CATALOGUE[name], of)), steps=steps)
    for k in (0, 1, 57, 290):
        for key, moved in explain(t, k)[-1].value.items():
            assert moved == t.params[key][k + 1, 0], k
