"""What every value of a slider would do, against lone runs and what is known."""

from dataclasses import replace

import numpy as np
import pytest

import optvis
from optvis.document.session import RunSpec, effective_hyper
from optvis.draw.paint.theme import LIGHT
from optvis.draw.sweeps.slider_strip import groove_image
from optvis.engine.outcome import KINDS
from optvis.engine.preparation import run_settings
from optvis.explain.stability import stability_limit
from optvis.foundation.slices import finish
from optvis.language.rule import parse_rule
from optvis.maps.slider_sweeps import COARSE, FINE, grooves_in_slices
from optvis.maps.slider_words import describe
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class
from optvis.optimizers.slider_scale import POSITIONS, position_of, value_at
from optvis.problems.tolerances import tolerances, usual_target

CASES = [
    ("sgd", "quadratic-valley"),
    ("momentum", "rosenbrock"),
    ("nesterov", "himmelblau"),
    ("adagrad", "ackley"),
    ("rmsprop", "beale"),
    ("amsgrad", "three-hump-camel"),
    ("adam", "quadratic-valley"),
    ("adamax", "six-hump-camel"),
    ("lion", "hyperbolic-saddle"),
    ("rule{ step = -lr*g/(abs(g) + c) }", "x**2 + 3*y**2 + x*y"),
]


def sliders_of(optimizer, names=None):
    known = optimizer_class(optimizer).hyperparameters
    return [hyper for hyper in known if hyper.scale != "switch" and (names is None or hyper.name in names)]


def grooves(optimizer, problem, steps=60, names=None, cells=COARSE, gradient="central:1e-4", **hyper):
    problem = optvis.problem(problem) if isinstance(problem, str) else problem
    hyper = effective_hyper(RunSpec(optimizer, hyper), problem)
    return finish(
        grooves_in_slices(
            run_settings(problem, optimizer_class(optimizer)(**hyper), problem.start, steps, gradient),
            sliders_of(optimizer, names),
            cells,
        )
    )


def bad(groove):
    return groove.ends("diverged", "growing")


@pytest.mark.parametrize(("optimizer", "name"), CASES)
def test_every_cell_is_what_a_lone_run_would_do(optimizer, name):
    problem = optvis.problem(name)
    settings = effective_hyper(RunSpec(optimizer), problem)
    for slider, groove in grooves(optimizer, problem).items():
        for cell in {0, 1, 17, 30, 40, 50, COARSE - 1, groove.best} - {None}:
            changed = settings | {slider: float(groove.values[cell])}
            alone = optvis.run(problem, optimizer_class(optimizer)(**changed), steps=60)
            assert list(KINDS)[groove.kind[cell]] == alone.outcome.kind, (slider, changed)
            assert groove.loss[cell] == pytest.approx(alone.outcome.loss, rel=1e-6, nan_ok=True), (slider, changed)


@pytest.mark.parametrize("cells", [COARSE, FINE])
def test_cells_are_positions_of_the_slider(cells):
    for slider in sliders_of("adam"):
        wide = slider.reaching(3e-6) if slider.name == "lr" else slider
        problem = optvis.problem("sphere")
        hyper = effective_hyper(RunSpec("adam"), problem)
        (groove,) = finish(
            grooves_in_slices(run_settings(problem, CATALOGUE["adam"](**hyper), (1.0, 1.0), 5), [wide], cells)
        ).values()
        assert len(groove.values) == cells
        assert groove.slider == wide
        assert (groove.positions[0], groove.positions[-1]) == (0, POSITIONS)
        assert (np.diff(groove.positions) > 0).all()
        assert np.ptp(np.diff(groove.positions)) <= 1, "evenly spread"
        assert groove.values.tolist() == [value_at(wide, int(position)) for position in groove.positions]


def test_sliders_of_one_pass_are_the_sliders_alone():
    together = grooves("adam", "rosenbrock")
    assert list(together) == [slider.name for slider in sliders_of("adam")]
    for name, groove in together.items():
        alone = grooves("adam", "rosenbrock", names=[name])[name]
        for field in ("loss", "kind", "settled", "quality", "as_good"):
            np.testing.assert_array_equal(getattr(groove, field), getattr(alone, field))
        assert groove.best == alone.best


def test_nothing_is_run_without_sliders():
    assert grooves("adam", "sphere", names=[]) == {}


def test_a_slider_has_all_other_settings_as_they_are():
    slow, fast = (grooves("momentum", "quadratic-valley", names=["momentum"], lr=lr)["momentum"] for lr in (0.01, 0.5))
    assert (slow.loss != fast.loss).all()
    same = [grooves("momentum", "quadratic-valley", names=["lr"], lr=lr)["lr"] for lr in (0.01, 0.5)]
    np.testing.assert_array_equal(same[0].loss, same[1].loss)


@pytest.mark.parametrize(
    ("optimizer", "hyper", "limit"),
    [
        ("sgd", {}, 1.0),
        ("momentum", {"momentum": 0.9}, 1.9),
        ("momentum", {"momentum": 0.5}, 1.5),
        ("nesterov", {"momentum": 0.9}, 0.67857),
    ],
)
def test_the_cliff_is_where_theory_has_it(optimizer, hyper, limit):
    """2(1 + β)/λ, and Nesterov's 2(1 + β)/((1 + 2β)λ), with λ = 2 across the valley."""
    rule = CATALOGUE[optimizer].rule
    settings = effective_hyper(RunSpec(optimizer, hyper), optvis.problem("quadratic-valley"))
    assert stability_limit(rule, settings, 2.0) == pytest.approx(limit, rel=1e-3)
    groove = grooves(optimizer, "quadratic-valley", steps=2_000, names=["lr"], cells=FINE, **hyper)["lr"]
    edge = int(np.searchsorted(groove.values, limit))
    assert not bad(groove)[: edge - 1].any()
    assert bad(groove)[edge + 1 :].all()
    converged = np.flatnonzero(groove.ends("converged"))
    assert edge - 2 <= converged[-1] <= edge


@pytest.mark.parametrize(("optimizer", "name"), CASES)
def test_the_best_is_the_lowest_and_the_brightest(optimizer, name):
    for groove in grooves(optimizer, name).values():
        usable = ~groove.ends("diverged")
        heights = np.where(usable, groove.loss, np.inf)
        small, beside = tolerances(optvis.problem(name)), np.pad(heights, 1, mode="edge")
        worst = np.maximum(beside[:-2], beside[2:])  # of the two beside
        with np.errstate(invalid="ignore"):
            sure = worst <= np.maximum(usual_target(optvis.problem(name)), small.lowest + 10 * (heights - small.lowest))
        lowest = heights[sure if sure.any() else usable].min()
        assert usable[groove.best]
        assert groove.as_good[groove.best]
        assert groove.loss[groove.best] <= lowest + 1e-4 * max(1.0, abs(lowest))
        assert ((groove.quality >= 0) & (groove.quality <= 1)).all()
        assert (groove.quality[~usable] == 0).all()
        order = np.argsort(groove.loss[usable], kind="stable")
        assert (np.diff(groove.quality[usable][order]) <= 1e-12).all(), "lower losses are no duller"


def test_of_equal_losses_the_one_that_is_there_first_is_the_best():
    groove = grooves("sgd", "sphere", steps=500, names=["lr"], cells=FINE)["lr"]
    assert groove.ends("converged").sum() > 20, "all as low as can be told"
    first, last = groove.values[groove.as_good][[0, -1]]
    assert first <= 0.505 <= last <= 1.1 * first, "a Newton step, or as near to it as movement is told"
    assert first <= groove.values[groove.best] <= last
    assert groove.settled[groove.best] == groove.settled[groove.ends("converged")].min()


def test_where_everything_diverges_nothing_is_best():
    groove = grooves("sgd", "quadratic-valley", steps=300, names=["weight_decay"], lr=50.0)["weight_decay"]
    assert groove.ends("diverged").all()
    assert groove.best is None
    assert not groove.as_good.any()
    assert (groove.quality == 0).all()


def test_a_setting_without_effect():
    groove = grooves("nadam", "sphere", names=["momentum_decay"], lr=0.0)["momentum_decay"]
    assert groove.makes_no_difference
    assert not grooves("nadam", "sphere", names=["lr"])["lr"].makes_no_difference


def test_who_starts_at_the_minimum_has_nothing_to_gain():
    problem = replace(optvis.problem("sphere"), start=(0.0, 0.0))
    groove = grooves("sgd", problem, names=["lr"])["lr"]
    assert (groove.quality == 1).all()


def test_a_rule_and_a_scheme_that_are_not_compiled_give_the_same():
    plain = grooves("adam", "rosenbrock", steps=20, gradient="complex-step")
    for name, groove in grooves("adam", "rosenbrock", steps=20).items():
        np.testing.assert_array_equal(groove.kind, plain[name].kind)
        np.testing.assert_allclose(groove.loss, plain[name].loss, rtol=1e-3)


def test_it_comes_in_slices_and_can_be_dropped():
    problem = optvis.problem("ackley")
    hyper = effective_hyper(RunSpec("adam"), problem)
    slices = grooves_in_slices(
        run_settings(problem, CATALOGUE["adam"](**hyper), problem.start, 3_000), sliders_of("adam")
    )
    shares = []
    while len(shares) < 6 or shares[-1] == 0:
        shares.append(next(slices))
    slices.close()
    assert shares == sorted(shares)
    assert 0 < shares[-1] < 1


def test_positions_are_read_back():
    for slider in sliders_of("adam"):
        (groove,) = grooves("adam", "sphere", names=[slider.name], steps=2).values()
        back = [position_of(groove.slider, float(value)) for value in groove.values]
        assert np.abs(np.array(back) - groove.positions).max() <= 2


def test_a_typed_rule_has_grooves():
    assert parse_rule("step = -lr*g/(abs(g) + c)").hyperparameters == ("lr", "c")
    assert list(grooves("rule{ step = -lr*g/(abs(g) + c) }", "sphere")) == ["lr", "c"]


def test_a_value_that_is_good_alone_has_no_notch():
    """At the very value 0.5 the rule jumps to the minimum; a position beside it goes far beyond."""
    rule = "rule{ step = where(abs(lr - 0.5) < 0.01, -theta, where(lr > 0.3, 1e3, -lr*g)) }"
    groove = grooves(rule, "sphere", names=["lr"], cells=FINE, lr=0.1)["lr"]
    alone = np.flatnonzero(np.abs(groove.values - 0.5) < 0.01)
    assert len(alone) == 1
    assert groove.loss[alone[0]] == 0.0
    assert groove.values[groove.best] < 0.3


def test_a_start_without_a_loss_blames_no_value():
    groove = grooves("sgd", "sqrt(x - 9) + y**2", names=["lr"])["lr"]
    assert groove.begins_nowhere
    assert describe(groove) == "f is not defined at the start"
    image = groove_image(groove, 200, 12, 6, 1.0, LIGHT, "viridis")
    assert {image.pixelColor(x, 5).name() for x in range(200)} == {LIGHT.panel.name()}
