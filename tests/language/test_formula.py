"""The language of formulas: what gets through, what it means, and that floats and arrays agree."""

import math
import re
import warnings

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from optvis.foundation.errors import InputError
from optvis.language.expression import CONSTANTS, FUNCTIONS, MAX_LENGTH, FormulaError
from optvis.language.formula import parse_formula

# --- random formulas ----------------------------------------------------------------------------

NUMBERS = st.sampled_from(["0", "1", "2", "0.5", "3", "1e3", "1e200", ".1", "1e-200"])
LEAVES = st.one_of(st.sampled_from(["x", "y", "x", "y", "pi", "e"]), NUMBERS)
POSITIONS = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e-300, 1e300, -1e200, math.inf, -math.inf, math.nan]),
    st.floats(-10, 10),
    st.floats(),
)


def trees(operators, functions, leaves=LEAVES):
    """Texts of formulas, every operation in parentheses."""

    def grow(inner):
        return st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(operators), inner),
            st.builds("(-{})".format, inner),
            *(
                st.builds(f"{name}({', '.join(['{}'] * FUNCTIONS[name])})".format, *[inner] * FUNCTIONS[name])
                for name in functions
            ),
        )

    return st.recursive(leaves, grow, max_leaves=12)


# These are rounded correctly, or not at all, by `math` and by NumPy: no bit may differ.
EXACT = trees(["+", "-", "*", "/"], ["abs", "sqrt", "sign", "floor"])


def both(text, x, y):
    formula = parse_formula(text)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return formula.scalar(x, y), float(formula.vector(np.array([x]), np.array([y]))[0])


@given(EXACT, POSITIONS, POSITIONS)
@settings(max_examples=300)
@example("(1 / (x - x))", 1.0, 0.0)
@example("(x / 0)", -1.0, 0.0)
@example("(floor(x) * 0)", math.inf, 0.0)
@example("sqrt((-(x * x)))", 1.0, 0.0)
def test_floats_and_arrays_give_the_same_with_operations_that_are_exact(text, x, y):
    on_floats, on_arrays = both(text, x, y)
    assert on_floats == on_arrays or (math.isnan(on_floats) and math.isnan(on_arrays))
    assert type(on_floats) is float


@given(st.sampled_from(sorted(FUNCTIONS)), POSITIONS, POSITIONS)
@settings(max_examples=500)
@example("exp", 1000.0, 0.0)
@example("log", 0.0, 0.0)
@example("log", -1.0, 0.0)
@example("sin", math.inf, 0.0)
@example("cosh", 1e4, 0.0)
@example("arcsin", 2.0, 0.0)
@example("minimum", math.nan, 1.0)
@example("minimum", 1.0, math.nan)
@example("maximum", math.nan, 1.0)
@example("maximum", 1.0, math.nan)
@example("sign", math.nan, 0.0)
@example("floor", -math.inf, 0.0)
@example("floor", math.nan, 0.0)
def test_every_function_has_the_same_inf_and_nan_on_floats_and_on_arrays(name, x, y):
    text = f"{name}({', '.join('xy'[: FUNCTIONS[name]])})"
    on_floats, on_arrays = both(text, x, y)
    expected = getattr(np, name)
    with np.errstate(all="ignore"):
        oracle = float(expected(*(np.float64(v) for v in (x, y)[: FUNCTIONS[name]])))
    np.testing.assert_equal(on_arrays, oracle)
    np.testing.assert_allclose(on_floats, on_arrays, rtol=1e-14, atol=5e-324)


@given(POSITIONS, POSITIONS)
@settings(max_examples=500)
@example(-8.0, 1 / 3)
@example(0.0, -1.0)
@example(-0.0, -1.0)
@example(10.0, 400.0)
@example(-10.0, 401.0)
@example(1.0, math.nan)
def test_powers_have_the_same_inf_and_nan_on_floats_and_on_arrays(x, y):
    on_floats, on_arrays = both("x**y", x, y)
    with np.errstate(all="ignore"):
        np.testing.assert_equal(on_arrays, np.power(np.array([x]), np.array([y]))[0])
    np.testing.assert_allclose(on_floats, on_arrays, rtol=1e-13, atol=5e-324)


@given(st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0]), POSITIONS)
@example(0.5, -math.inf)
@example(-1.0, -0.0)
@example(0.0, math.nan)
def test_powers_that_are_written_as_numbers_are_the_same_on_floats_and_on_arrays(exponent, x):
    on_floats, on_arrays = both(f"x**({exponent})", x, 0.0)
    np.testing.assert_allclose(on_floats, on_arrays, rtol=1e-14, atol=5e-324)


@given(st.integers(-3, 8), st.floats(-5, 5))
def test_whole_powers_are_powers(n, x):
    on_floats, on_arrays = both(f"x**{n}" if n >= 0 else f"x**({n})", x, 0.0)
    assert on_floats == on_arrays or on_floats == pytest.approx(on_arrays, rel=1e-14)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(on_floats, np.power(x, float(n)), rtol=1e-14)


# --- meaning ------------------------------------------------------------------------------------


@st.composite
def written_in_python(draw):
    """A flat text without parentheses round operations, so that precedence decides."""
    signs = st.sampled_from(["", "", "-", "+", "--"])
    parts = [draw(signs) + draw(st.sampled_from(["x", "y", "2", "3", "(x + y)", "0.5"]))]
    for _ in range(draw(st.integers(0, 6))):
        operator = draw(st.sampled_from([" + ", " - ", "*", "/", "**", "-", "/"]))
        parts.append(operator + draw(signs) + draw(st.sampled_from(["x", "y", "2", "0.5", "(x - 3)"])))
    return "".join(parts)


@given(written_in_python())
@settings(max_examples=400)
@example("-x**2")
@example("2**-x")
@example("2**x**2")
@example("-2**2")
@example("x/y/2")
@example("x - y - 2")
@example("x*-y")
def test_precedence_is_that_of_python(text):
    x, y = 1.25, 0.75
    try:
        expected = eval(text, {}, {"x": x, "y": y})
    except (OverflowError, ZeroDivisionError):
        return
    if isinstance(expected, complex) or not math.isfinite(expected):
        return
    assert parse_formula(text).scalar(x, y) == pytest.approx(expected, rel=1e-12)
    assert parse_formula(text.replace("**", "^")).tree == parse_formula(text).tree


def test_caret_binds_like_a_power():
    assert parse_formula("-x^2").scalar(3.0, 0.0) == -9.0
    assert parse_formula("2^x^2").scalar(3.0, 0.0) == 512.0
    assert parse_formula("2*x^2").scalar(3.0, 0.0) == 18.0


@pytest.mark.parametrize("name", CONSTANTS)
def test_constants(name):
    assert parse_formula(name).scalar(0.0, 0.0) == getattr(math, name)


def test_a_tower_of_powers_is_inf_at_once():
    assert parse_formula("9**9**9**9").scalar(0.0, 0.0) == math.inf
    assert parse_formula("x + 9**9**9**9").vector(np.zeros(2), np.zeros(2)).tolist() == [math.inf, math.inf]


def test_numbers_are_floats():
    assert parse_formula("1/2").scalar(0.0, 0.0) == 0.5
    assert parse_formula("10**20 + 1 - 10**20").scalar(0.0, 0.0) == 0.0
    assert parse_formula("1e999").scalar(0.0, 0.0) == math.inf


@pytest.mark.parametrize("text", ["1", "x", "y", "x + y", "0*x"])
def test_vectors_have_the_shape_of_the_positions_and_are_new(text):
    x, y = np.zeros((3, 4)), np.ones((3, 4))
    value = parse_formula(text).vector(x, y)
    assert value.shape == (3, 4)
    value += 1
    assert not x.any()
    assert (y == 1).all()


def test_integers_are_not_divided_as_integers():
    assert parse_formula("x/2 + y**2").vector(np.array([1]), np.array([3]))[0] == 9.5


# --- what does not get through ------------------------------------------------------------------

HOSTILE = {
    "an import": "__import__('os').system('true')",
    "an attribute": "x.real",
    "an attribute of a number": "1 .real",
    "a string": "'x'",
    "a subscript": "x[0]",
    "a list": "[x]",
    "a lambda": "lambda: 1",
    "a lambda in use": "(lambda x: x)(1)",
    "a keyword": "x if y else 1",
    "and": "x and y",
    "not": "not x",
    "a comparison": "x < y",
    "an equation": "x = 1",
    "a walrus": "(x := 1)",
    "two statements": "x; y",
    "two lines": "x\ny",
    "a comment": "x # y",
    "a keyword argument": "sin(x=1)",
    "an unpacking": "sin(*x)",
    "where, which is for rules": "where(x > 0, x, y)",
    "another name": "z",
    "a dunder": "__builtins__",
    "another function": "eval(x)",
    "a function as a number": "sin + 1",
    "a number as a function": "2 3",
    "no argument": "sin()",
    "too many arguments": "sin(x, y)",
    "too few arguments": "arctan2(x)",
    "no operator": "(x) 2",
    "a function of who knows what": "sin 2x",
    "a power of a function": "sin^2 x",
    "an open absolute value": "|x",
    "a closed absolute value": "x|",
    "a root of nothing": "√",
    "very many bars": "|" * 1001,
    "very many roots": "√" * 500 + "x",
    "no operand": "x +",
    "an operator of integers": "x // y",
    "a remainder": "x % y",
    "matrices": "x @ y",
    "a complex number": "1j",
    "hexadecimal": "0x10",
    "grouped digits": "1_000",
    "an f-string": 'f"{x}"',
    "nothing": "",
    "white space": " \t\n ",
    "a null byte": "x\0y",
    "an open parenthesis": "(x",
    "a closed parenthesis": "x)",
    "an empty parenthesis": "()",
    "other digits": "٣ + x",
    "another alphabet": "х + у",
    "a picture": "x + 🦄",
    "half a pair": "x + \ud800",
    "very many parentheses": "(" * 1000 + "x" + ")" * 1000,
    "endlessly many parentheses": "(" * 100_000,
    "very many signs": "-" * 1500 + "x",
    "very many powers": "**".join(["x"] * 500),
    "very many calls": "sin(" * 300 + "x" + ")" * 300,
    "a very long sum": "+".join(["x"] * 900),
    "a very long text": "x+" * 500_000 + "x",
    "a very long number": "9" * 1_000_000,
    "a very long name": "a" * 1_000_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(5)
def test_what_is_no_formula_is_refused_with_its_column(text):
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    message = str(caught.value)
    assert 1 <= caught.value.column <= len(text) + 1
    assert f"(column {caught.value.column})" in message
    assert len(message) < 400
    assert "\n" not in message


COLUMNS = {
    "x + z": (5, "'z' is not known here; the names are x, y, pi, e"),
    "x + ": (4, "the text ends"),
    "2*(x + 1": (9, "to close the parenthesis"),
    "sin(x)) + 1": (7, "no '(' for this ')'"),
    "x $ y": (3, "'$' is not allowed"),
    "(x) 2": (5, "written with *"),
    "1 + foo(x)": (5, "did you mean floor?"),
    "1 + q(x)": (5, "the functions are sin, cos"),
    "1 + lg(x)": (5, "did you mean log or log10"),
    "x2 + y": (1, r"did you mean x**2 or 2*x?"),
    "sin 2x": (1, "write sin(…) with parentheses"),
    "max(x)": (1, "max takes 2 arguments, not 1"),
    "x + ln": (5, "ln is a function: write ln(…)"),
    "x < 1": (3, "comparisons such as '<' are not allowed"),
    "arctan2(x)": (1, "takes 2 arguments, not 1"),
}


@pytest.mark.parametrize(("text", "column", "message"), [(text, *rest) for text, rest in COLUMNS.items()])
def test_an_error_names_the_place_and_what_is_allowed(text, column, message):
    with pytest.raises(FormulaError, match=re.escape(message)) as caught:
        parse_formula(text)
    assert caught.value.column == column


@given(st.one_of(st.text(max_size=40), st.text("xy+-*/^()., 0123456789einsqrtabp", max_size=40)))
@settings(max_examples=400)
def test_any_text_is_a_formula_or_a_formula_error(text):
    column = 1
    try:
        formula = parse_formula(text)
    except FormulaError as error:
        formula, column = parse_formula("x"), error.column
    assert 1 <= column <= len(text) + 1
    assert isinstance(formula.scalar(0.5, -math.inf), float)
    assert formula.vector(np.zeros(3), np.zeros(3)).shape == (3,)


def test_the_longest_text_that_is_allowed_is_parsed():
    text = "x+" * 150 + "x"
    assert parse_formula(text.ljust(MAX_LENGTH)).scalar(1.0, 0.0) == 151.0


# --- for people ---------------------------------------------------------------------------------

DISPLAYED = {
    "x**2/20 + y**2": "x²/20 + y²",
    "(1-x)**2 + 100*(y-x**2)**2": "(1 − x)² + 100·(y − x²)²",
    "-x^2": "−x²",
    "(-x)**2": "(−x)²",
    "x - (y - 1)": "x − (y − 1)",
    "x/(2*y)": "x/(2·y)",
    "(x*2)/y": "x·2/y",
    "sqrt(abs(x))": "√|x|",
    "sin(3*pi*x)**2": "sin(3·π·x)²",
    "x**-1": "x^(−1)",
    "x**y**2": "x^(y²)",
    "(x**2)**3": "(x²)³",
    "x**10": "x¹⁰",
}


@pytest.mark.parametrize(("text", "shown"), DISPLAYED.items())
def test_display(text, shown):
    assert parse_formula(text).display == shown


@given(trees(["+", "-", "*", "/", "**"], ["sin", "minimum"], st.sampled_from(["x", "y", "2", "0.5"])))
@settings(max_examples=300)
def test_what_is_displayed_can_be_pasted_back(text):
    formula = parse_formula(text)
    again = parse_formula(formula.display)
    assert again.display == formula.display
    for x, y in ((0.75, 1.5), (-2.0, 0.25)):
        # a + (b + c) is displayed without parentheses, and then rounds otherwise
        first, second = formula.scalar(x, y), again.scalar(x, y)
        if math.isfinite(first) and 1e-3 < abs(first) < 1e3:
            assert second == pytest.approx(first, rel=1e-6)


def test_formulas_are_equal_when_they_mean_the_same():
    assert parse_formula("x^2 + y") == parse_formula(" x ** 2+y ")
    assert parse_formula("x + y") != parse_formula("y + x")
    assert len({parse_formula("x*2"), parse_formula("x * 2")}) == 1


# --- complex-step -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["abs", "sign", "floor", "minimum", "maximum"])
def test_what_is_not_analytic_is_named_and_refused_on_complex_numbers(name):
    formula = parse_formula(f"x**2 + {name}({', '.join('xy'[: FUNCTIONS[name]])})")
    assert formula.not_analytic == (name,)
    with pytest.raises(
        InputError, match=f"complex-step cannot differentiate {name} in .*; choose the gradient central"
    ):
        formula.vector(1j, 1j)


def test_a_typed_formula_may_be_stripped():
    assert parse_formula("  x + y ").text == "x + y"


# --- as it is written at school ---------------------------------------------------------------------

SCHOOL = {
    "2x": "2*x",
    "10y": "10*y",
    "3(y-1)^2": "3*(y - 1)**2",
    "x^2 + 3(y-1)^2": "x**2 + 3*(y - 1)**2",
    "2x^2+5y^2": "2*x**2 + 5*y**2",
    "(x-1)(y+2)": "(x - 1)*(y + 2)",
    "x(y+1)": "x*(y + 1)",
    "xy": "x*y",
    "3xy^2": "3*x*y**2",
    "x y": "x*y",
    "xsin(y)": "x*sin(y)",
    "sin(x)cos(y)": "sin(x)*cos(y)",
    "2pi x": "2*pi*x",
    "2πx": "2*pi*x",
    "ex": "e*x",
    "1/2x": "1/2*x",
    "-2x": "-2*x",
    "|y|": "abs(y)",
    "2|x| + |y - |x||": "2*abs(x) + abs(y - abs(x))",
    "|x||y|": "abs(x)*abs(y)",
    "|x|y|x|": "abs(x)*y*abs(x)",
    "ln(x)": "log(x)",
    "max(x, y) + min(x, 2)": "maximum(x, y) + minimum(x, 2)",
    "pow(x, 3)": "x**3",
    "hypot(x, y)": "sqrt(x**2 + y**2)",
    "atan2(y, x) + asin(x/9)": "arctan2(y, x) + arcsin(x/9)",
    "sin x": "sin(x)",
    "sin x^2 + cos y": "sin(x**2) + cos(y)",
    "sqrt x + 1": "sqrt(x) + 1",
    "√x": "sqrt(x)",
    "2√(x + 1)": "2*sqrt(x + 1)",
    "x² + y⁻²": "x**2 + y**-2",
    "x·y − 3×x ÷ y": "x*y - 3*x/y",
}


@pytest.mark.parametrize(("written", "meant"), SCHOOL.items())
def test_school_notation_means_what_it_says_to_the_bit(written, meant):
    formula, plain = parse_formula(written), parse_formula(meant)
    assert formula.tree == plain.tree
    assert formula.text == written, "the document keeps what was typed"
    assert formula.display == plain.display
    assert both(written, 1.25, -0.5) == both(meant, 1.25, -0.5) or np.isnan(both(meant, 1.25, -0.5)).all()


@pytest.mark.parametrize("written", SCHOOL)
def test_what_is_displayed_can_be_typed_again(written):
    formula = parse_formula(written)
    assert parse_formula(formula.display).display == formula.display
