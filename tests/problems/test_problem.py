"""The catalogue of problems, formulas typed by a user, and the plane that is drawn."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optvis.engine.trajectory import run
from optvis.foundation.errors import InputError
from optvis.language.expression import FormulaError
from optvis.language.formula import parse_formula
from optvis.optimizers.catalogue import CATALOGUE as OPTIMIZERS
from optvis.problems.gradient import numerical_gradient
from optvis.problems.problem import CATALOGUE, Plane, problem

NAMES = [
    "quadratic-valley", "sphere", "rosenbrock", "beale", "booth", "himmelblau", "rastrigin", "ackley",
    "styblinski-tang", "six-hump-camel", "three-hump-camel", "goldstein-price", "matyas", "mccormick", "easom",
    "levy-13", "griewank", "bukin-6", "eggholder", "monkey-saddle", "hyperbolic-saddle",
]  # fmt: skip
SADDLES = ("monkey-saddle", "hyperbolic-saddle")
MINIMA = [(name, minimum) for name, known in CATALOGUE.items() for minimum in known.minima]

every_problem = pytest.mark.parametrize("name", CATALOGUE)
WITH_MINIMUM = [name for name, known in CATALOGUE.items() if known.minima]
SMOOTH = [(name, minimum) for name, minimum in MINIMA if minimum.kind == "smooth"]

every_minimum = pytest.mark.parametrize(("name", "minimum"), MINIMA, ids=lambda value: str(getattr(value, "x", value)))


def grid(known, points=200):
    """Points spread evenly over a problem's domain, and their losses."""
    xmin, xmax, ymin, ymax = known.plane.bounds
    x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(xmin, xmax, points), np.linspace(ymin, ymax, points)))
    return x, y, known.loss({"x": x, "y": y})


def height(known):
    """How far the loss typically lies above its lowest value: what a tolerance is relative to."""
    _, _, loss = grid(known)
    return float(np.median(loss) - loss.min())


# --- the catalogue ------------------------------------------------------------------------------


def test_the_catalogue_has_the_promised_names():
    assert list(CATALOGUE) == NAMES


@every_problem
def test_a_problem_says_what_a_reader_wants_to_know(name):
    known = CATALOGUE[name]
    assert known.name == name
    assert known.title
    assert known.title != name
    assert known.teaches.endswith(".")
    assert any(part.strip("()").isdigit() and len(part.strip("()")) == 4 for part in known.source.split()), "a year"


@every_problem
def test_start_and_minima_lie_in_the_domain(name):
    known = CATALOGUE[name]
    xmin, xmax, ymin, ymax = known.plane.bounds
    for x, y in [known.start, *((minimum.x, minimum.y) for minimum in known.minima)]:
        assert xmin <= x <= xmax
        assert ymin <= y <= ymax


@every_minimum
def test_a_minimum_has_the_listed_value(name, minimum):
    known = CATALOGUE[name]
    found = known.loss({"x": minimum.x, "y": minimum.y})
    assert found == pytest.approx(minimum.value, rel=1e-13, abs=1e-13 * height(known))


@every_minimum
def test_the_minima_of_a_problem_are_equally_deep(name, minimum):
    # Local minima are not listed, so that the lowest known loss is the value of any of them.
    assert minimum.value == CATALOGUE[name].minima[0].value


@pytest.mark.parametrize(("name", "minimum"), SMOOTH, ids=lambda value: str(getattr(value, "x", value)))
def test_the_gradient_vanishes_at_a_smooth_minimum(name, minimum):
    known = CATALOGUE[name]
    gradient = numerical_gradient(known.loss, {"x": minimum.x, "y": minimum.y}, h=1e-20, scheme="complex-step")
    xmin, xmax, _, _ = known.plane.bounds
    # In double precision a minimum cannot be placed better than this: curvature times the rounding of x and y.
    tolerance = 1e-12 * height(known) / (xmax - xmin)
    curvature = max(abs(second_derivative(known, minimum, axis)) for axis in "xy")
    tolerance += 4 * curvature * np.spacing(max(abs(minimum.x), abs(minimum.y)))
    assert math.hypot(gradient["x"], gradient["y"]) <= tolerance


def second_derivative(known, at, axis, h=1e-4):
    """Curvature along one axis."""
    here = {"x": at.x, "y": at.y}
    ahead, behind = ({**here, axis: here[axis] + step} for step in (h, -h))
    return (known.loss(ahead) - 2 * known.loss(here) + known.loss(behind)) / h**2


@pytest.mark.parametrize("name", [name for name, minimum in MINIMA if minimum.kind == "kink"])
def test_at_a_kink_every_way_leads_up_at_a_slope(name):
    known = CATALOGUE[name]
    (minimum,) = known.minima
    for angle in np.linspace(0, 2 * np.pi, 24, endpoint=False):
        near = {"x": minimum.x + 1e-6 * math.cos(angle), "y": minimum.y + 1e-6 * math.sin(angle)}
        # A smooth minimum would rise by about curvature · 1e-12; a kink by slope · 1e-6.
        assert known.loss(near) - minimum.value > 1e-9


def test_the_minimum_of_eggholder_lies_on_an_edge_beyond_which_it_falls_on():
    known = CATALOGUE["eggholder"]
    (minimum,) = known.minima
    assert minimum.kind == "edge"
    assert minimum.x == known.plane.bounds[1]
    gradient = numerical_gradient(known.loss, {"x": minimum.x, "y": minimum.y})
    assert gradient["x"] < -0.1
    assert gradient["y"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", WITH_MINIMUM)
def test_a_search_of_the_domain_finds_nothing_below_the_minimum(name):
    known = CATALOGUE[name]
    lowest = min(minimum.value for minimum in known.minima)
    found, x, y = search(known)
    assert found >= lowest - 1e-9 * height(known)
    # The search is good enough to trust: it comes as low as the minimum, at one of its places.
    assert found <= lowest + 1e-3 * height(known)
    xmin, xmax, ymin, ymax = known.plane.bounds
    distances = [
        math.hypot((x - minimum.x) / (xmax - xmin), (y - minimum.y) / (ymax - ymin)) for minimum in known.minima
    ]
    assert min(distances) < 0.01 or name == "bukin-6"  # all along its valley Bukin's loss is below 0.05


def search(known, rounds=60):
    """Look at a grid, then shrink a box round each of the best points, within the domain."""
    bounds = known.plane.bounds
    x, y, loss = grid(known, 300)
    random = np.random.default_rng(7)
    best = np.argsort(loss)[:40]
    x, y, loss = x[best], y[best], loss[best]
    reach = np.array([bounds[1] - bounds[0], bounds[3] - bounds[2]]) / 150
    for _ in range(rounds):
        try_x = np.clip(x + reach[0] * random.uniform(-1, 1, (60, x.size)), *bounds[:2])
        try_y = np.clip(y + reach[1] * random.uniform(-1, 1, (60, y.size)), *bounds[2:])
        tried = known.loss({"x": try_x, "y": try_y})
        row, lane = tried.argmin(axis=0), np.arange(x.size)
        better = tried[row, lane] < loss
        x, y = np.where(better, try_x[row, lane], x), np.where(better, try_y[row, lane], y)
        loss = np.where(better, tried[row, lane], loss)
        reach *= 0.75
    winner = loss.argmin()
    return loss[winner], x[winner], y[winner]


@pytest.mark.parametrize(("name", "count"), [("himmelblau", 4), ("six-hump-camel", 2), ("rosenbrock", 1)])
def test_every_global_minimum_is_listed(name, count):
    assert len({(minimum.x, minimum.y) for minimum in CATALOGUE[name].minima}) == count


@pytest.mark.parametrize("name", SADDLES)
def test_a_saddle_has_no_minimum_and_says_so(name):
    known = CATALOGUE[name]
    assert known.minima == ()
    assert "no minimum" in known.teaches
    assert numerical_gradient(known.loss, {"x": 0.0, "y": 0.0}) == pytest.approx({"x": 0, "y": 0}, abs=1e-7)
    far = 100 * grid(known)[2].min()
    x, y, _ = grid(known)
    assert known.loss({"x": 100 * x, "y": 100 * y}).min() < far, "it falls without end"


def test_only_saddles_are_without_a_minimum():
    assert {name for name, known in CATALOGUE.items() if not known.minima} == set(SADDLES)


# --- suggested settings -------------------------------------------------------------------------


@every_problem
def test_there_is_a_suggestion_for_every_optimizer(name):
    suggested = CATALOGUE[name].suggested
    assert set(suggested.lr) == set(OPTIMIZERS)
    assert 10 <= suggested.steps <= 1000


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@every_problem
def test_the_suggested_settings_lead_down(name, optimizer):
    known = CATALOGUE[name]
    trajectory = run(known, OPTIMIZERS[optimizer](lr=known.suggested.lr[optimizer]))
    assert trajectory.outcome.kind not in ("diverged", "growing")
    assert trajectory.loss[-1] < trajectory.loss[0]
    xmin, xmax, ymin, ymax = known.plane.bounds
    far = np.hypot((trajectory.x - trajectory.x[0]) / (xmax - xmin), (trajectory.y - trajectory.y[0]) / (ymax - ymin))
    assert far.max() > 0.02, "something to see on the map"
    inside = (trajectory.x >= xmin) & (trajectory.x <= xmax) & (trajectory.y >= ymin) & (trajectory.y <= ymax)
    assert inside.mean() > 0.8, "most of it within what is drawn"


def test_the_quadratic_valley_suggests_the_textbook_comparison():
    known = CATALOGUE["quadratic-valley"]
    assert known.start == (-7, 2)
    assert known.suggested.steps == 30
    lr = {name: known.suggested.lr[name] for name in ("sgd", "momentum", "adagrad", "adam")}
    assert lr == {"sgd": 0.95, "momentum": 0.1, "adagrad": 1.5, "adam": 0.3}


# --- names and formulas -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["rosenbrock", " Rosenbrock ", "ROSENBROCK"])
def test_case_and_white_space_do_not_matter_in_a_name(text):
    assert problem(text) is CATALOGUE["rosenbrock"]


@pytest.mark.parametrize("text", ["six hump camel", "Six_Hump_Camel", "six-hump-camel"])
def test_a_name_may_be_written_with_spaces_or_underscores(text):
    assert problem(text) is CATALOGUE["six-hump-camel"]


@every_problem
def test_a_catalogue_formula_typed_by_hand_is_the_same_function(name):
    known = CATALOGUE[name]
    x, y, loss = grid(known, 20)
    typed = problem(known.formula.text)
    np.testing.assert_array_equal(typed.loss({"x": x, "y": y}), loss)
    assert typed.loss({"x": 0.3, "y": -1.7}) == known.loss({"x": 0.3, "y": -1.7})


def test_a_typed_formula():
    typed = problem(" x**2/20 + y**2 ")
    assert typed.name == "x**2/20 + y**2"
    assert typed.title == parse_formula("x**2/20 + y**2").display
    assert typed.plane.bounds == (-10, 10, -10, 10)
    assert typed.start == pytest.approx((-7, 6))
    assert typed.minima == ()
    assert typed.suggested.steps == 100
    assert typed.suggested.lr == {}
    assert type(typed.loss({"x": 1.0, "y": 2.0})) is float


@pytest.mark.parametrize("text", ["x", "e", "-y", "pi", "2"])
def test_a_single_name_of_the_language_is_a_formula(text):
    assert problem(text).formula == parse_formula(text)


def test_the_start_of_a_formula_follows_its_bounds():
    assert problem("x + y", bounds=(0, 1, 100, 200)).start == pytest.approx((0.15, 180))


def test_bounds_and_start_of_a_catalogue_problem_can_be_chosen():
    chosen = problem("rosenbrock", bounds=[0, 2, 0, 2], start=(0.5, 1))
    assert chosen.plane.bounds == (0, 2, 0, 2)
    assert chosen.start == (0.5, 1)
    assert (chosen.minima, chosen.suggested) == (CATALOGUE["rosenbrock"].minima, CATALOGUE["rosenbrock"].suggested)
    assert CATALOGUE["rosenbrock"].plane.bounds == (-2, 2, -1, 3), "the catalogue is as before"


def test_a_minimum_on_the_edge_holds_for_its_own_bounds_only():
    assert problem("eggholder", bounds=(-512, 512, -512, 512)).minima
    assert problem("eggholder", bounds=(-600, 600, -600, 600)).minima == ()


@pytest.mark.parametrize(
    ("text", "meant"), [("rosenbrok", "rosenbrock"), ("Himmelblaw", "himmelblau"), ("camel", "six-hump-camel")]
)
def test_a_misspelt_name_gets_the_nearest(text, meant):
    with pytest.raises(InputError, match=f"no problem called '{text}'; did you mean .*{meant}") as caught:
        problem(text)
    assert not isinstance(caught.value, FormulaError)


@pytest.mark.parametrize("text", ["zzzzzz", "hello world", "abc-def"])
def test_a_strange_name_is_told_where_the_names_are(text):
    with pytest.raises(InputError, match=r"no problem called .* \(optvis list problems shows all"):
        problem(text)


@pytest.mark.parametrize(("text", "column"), [("x +", 4), ("x-z", 3), ("sin", 1), ("x**2 + rosenbrock", 8), ("", 1)])
def test_a_broken_formula_gets_the_error_of_a_formula(text, column):
    with pytest.raises(FormulaError) as caught:
        problem(text)
    assert caught.value.column == column


@pytest.mark.parametrize(
    "bounds",
    [
        (1, 1, 0, 1),
        (0, 1, 2, 1),
        (0, 1, 0, math.nan),
        (0, math.inf, 0, 1),
        (-1e200, 1e200, 0, 1),
        (1, 1 + 1e-13, 0, 1),
        (0, 1, 0),
        (0, 1, 0, 1, 0),
        (0, 1, 0, "one"),
        5,
    ],
)
def test_unusable_bounds_are_refused_in_one_sentence(bounds):
    for text in ("sphere", "x + y"):
        with pytest.raises(InputError, match="^the bounds") as caught:
            problem(text, bounds=bounds)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "start", [(math.nan, 0), (0, -math.inf), (10**400, 0), (1e200, 0), (1,), (1, 2, 3), "ab", None]
)
def test_an_unusable_start_is_refused_in_one_sentence(start):
    if start is None:
        assert problem("sphere", start=None).start == CATALOGUE["sphere"].start
        return
    for text in ("sphere", "x + y"):
        with pytest.raises(InputError, match="^the start must be two numbers x,y") as caught:
            problem(text, start=start)
        assert "\n" not in str(caught.value)


# --- the plane ----------------------------------------------------------------------------------

small = st.floats(-100, 100)
SHAPES = {"w": (3, 2), "b": (3,), "c": ()}


@st.composite
def planes(draw):
    """Planes through the parameters of `SHAPES`, spanned well enough to invert."""
    entries = st.floats(-3, 3).map(lambda value: round(value, 3))
    origin, u, v = ({key: draw(arrays(float, shape, elements=entries)) for key, shape in SHAPES.items()} for _ in "ouv")
    flat = [np.concatenate([part.ravel() for part in direction.values()]) for direction in (u, v)]
    lengths = [np.linalg.norm(one) for one in flat]
    assume(min(lengths) > 0.1)
    assume(abs(flat[0] @ flat[1]) < 0.95 * lengths[0] * lengths[1])
    return Plane(origin, u, v, (-1, 1, -1, 1))


@given(planes(), small, small)
def test_coordinates_undo_point(plane, a, b):
    params = plane.point(a, b)
    assert {key: np.shape(value) for key, value in params.items()} == SHAPES
    assert plane.coordinates(params) == pytest.approx((a, b), abs=1e-6)


@given(planes(), arrays(float, (2, 4, 5), elements=small))
def test_coordinates_undo_point_for_steps_and_lanes(plane, ab):
    a, b = ab
    params = plane.point(a, b)
    assert {key: value.shape for key, value in params.items()} == {"w": (4, 3, 2, 5), "b": (4, 3, 5), "c": (4, 5)}
    np.testing.assert_allclose(plane.coordinates(params), ab, atol=1e-6)


@given(planes(), st.data())
def test_coordinates_are_those_of_the_nearest_point(plane, data):
    params = {key: data.draw(arrays(float, shape, elements=st.floats(-10, 10))) for key, shape in SHAPES.items()}

    def distance(a, b):
        point = plane.point(a, b)
        return sum(np.sum((params[key] - point[key]) ** 2) for key in SHAPES)

    a, b = plane.coordinates(params)
    for da, db in [(0.1, 0), (-0.1, 0), (0, 0.1), (0, -0.1)]:
        assert distance(a, b) <= distance(a + da, b + db) + 1e-6


@given(small, small)
def test_the_plane_of_a_formula_is_the_identity(x, y):
    plane = problem("x + y").plane
    assert plane.point(x, y) == {"x": x, "y": y}
    assert type(plane.point(x, y)["x"]) is float
    assert plane.coordinates({"x": x, "y": y}) == (x, y)


@pytest.mark.parametrize("lost", [math.inf, math.nan])
def test_a_lost_coordinate_does_not_spoil_the_other(lost):
    a, b = problem("x + y").plane.coordinates({"x": np.array([lost, 1.0]), "y": np.array([2.0, lost])})
    np.testing.assert_array_equal(a, [lost, 1.0])
    np.testing.assert_array_equal(b, [2.0, lost])


@pytest.mark.parametrize(("u", "v"), [((1, 2), (2, 4)), ((0, 0), (1, 0)), ((1, 0), (0, 0))])
def test_directions_that_span_no_plane_are_refused(u, v):
    with pytest.raises(ValueError, match="span"):
        Plane({"x": 0.0, "y": 0.0}, dict(zip("xy", u, strict=True)), dict(zip("xy", v, strict=True)), (0, 1, 0, 1))
