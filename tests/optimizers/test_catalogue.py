"""The catalogue of optimizers against reference trajectories of other libraries."""

import inspect
import json
import re
from pathlib import Path

import numpy as np
import pytest

from optvis import optimizers
from optvis.foundation.errors import InputError
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class

REFERENCES = json.loads((Path(__file__).parent / "data" / "optimizer_trajectories.json").read_text(encoding="utf-8"))
CASES = REFERENCES["cases"]
CASE_NAMES = [f"{case['optimizer']}-{i}" for i, case in enumerate(CASES)]
GRADIENTS = {
    "x**2/20 + y**2": lambda x, y: (x / 10, 2 * y),
    "(1-x)**2 + 100*(y-x**2)**2": lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
}

# Rules that are not in the catalogue; the language of rules must be able to say them.
MORE_RULES = {
    "Rprop": """
        s = sign(g*previous)
        d = where(t == 1, lr, minimum(maximum(d*where(s > 0, etaplus, where(s < 0, etaminus, 1)), step_min), step_max))
        g = where(s < 0, 0, g)
        previous = g
        step = -d*sign(g)
    """,
    "ASGD": """
        eta = where(t == 1, lr, eta)
        mu = where(t == 1, 1, mu)
        step = -lambd*eta*theta - eta*g
        average = where(mu == 1, theta + step, average + mu*(theta + step - average))
        eta = lr/(1 + lambd*lr*t)**alpha
        mu = 1/maximum(1, t - t0)
    """,
    "Yogi": """
        m = beta1*where(t == 1, initial_accumulator, m) + (1 - beta1)*g
        v = where(t == 1, initial_accumulator, v)
        v = v - (1 - beta2)*sign(v - g**2)*g**2
        step = -lr*m/(1 - beta1**t)/(sqrt(v/(1 - beta2**t)) + eps)
    """,
    "AdaBelief": """
        m = beta1*m + (1 - beta1)*g
        s = beta2*s + (1 - beta2)*(g - m)**2 + eps
        step = -lr*m/(1 - beta1**t)/(sqrt(s/(1 - beta2**t)) + eps)
    """,
    "Adan": """
        d = where(t == 1, 0, g - previous)
        m = beta1*m + (1 - beta1)*g
        k = beta2*k + (1 - beta2)*d
        n = beta3*n + (1 - beta3)*(g + beta2*d)**2
        previous = g
        moved = theta - lr*(m/(1 - beta1**t) + beta2*k/(1 - beta2**t))/(sqrt(n/(1 - beta3**t)) + eps)
        step = moved/(1 + lr*weight_decay) - theta
    """,
    "signSGD": "step = -lr*sign(g)",
}


def optimizer_of(case):
    name, hyper = case["optimizer"], {key: float(value) for key, value in case["hyper"].items()}
    if name in MORE_RULES:
        text = "; ".join(inspect.cleandoc(MORE_RULES[name]).splitlines())
        return optimizer_class(f"rule{{ {text} }}")(**hyper)
    return getattr(optimizers, name)(**hyper)


@pytest.mark.parametrize("case", CASES, ids=CASE_NAMES)
def test_positions_are_those_of_other_libraries_on_floats(case):
    optimizer, gradient = optimizer_of(case), GRADIENTS[case["function"]]
    params = dict(zip("xy", case["start"], strict=True))
    for update in range(1, max(map(int, case["rows"])) + 1):
        optimizer.update(params, dict(zip("xy", gradient(params["x"], params["y"]), strict=True)))
        if row := case["rows"].get(str(update)):
            assert (params["x"], params["y"]) == pytest.approx(row, rel=0, abs=1e-9), f"update {update}"
        if row := case.get("averaged", {}).get(str(update)):
            assert (optimizer.average["x"], optimizer.average["y"]) == pytest.approx(row, rel=0, abs=1e-9)
    assert type(params["x"]) is float


@pytest.mark.parametrize("case", CASES, ids=CASE_NAMES)
def test_positions_are_those_of_other_libraries_on_lanes(case):
    """Three lanes of which the middle one is the reference, in one array of shape (2, 3) for x and y."""
    optimizer, gradient = optimizer_of(case), GRADIENTS[case["function"]]
    params = {"w": np.array(case["start"])[:, None] * [0.5, 1.0, 0.9]}
    with np.errstate(all="ignore"):  # the neighbours may run off
        for update in range(1, max(map(int, case["rows"])) + 1):
            optimizer.update(params, {"w": np.stack(gradient(*params["w"]))})
            if row := case["rows"].get(str(update)):
                np.testing.assert_allclose(params["w"][:, 1], row, rtol=0, atol=1e-9)


def test_every_optimizer_of_the_catalogue_has_a_reference():
    assert {optimizer.__name__ for optimizer in CATALOGUE.values()} | set(MORE_RULES) == {c["optimizer"] for c in CASES}


def test_names_are_those_of_the_contract():
    names = "sgd momentum nesterov adagrad rmsprop adadelta adam adamw amsgrad nadam radam adamax lion qhm qhadam"
    assert list(CATALOGUE) == names.split()
    assert [CATALOGUE[name].__name__.lower() for name in CATALOGUE] == names.split()


def test_settings_of_the_references_are_constructor_arguments():
    for case in CASES:
        if case["optimizer"] not in MORE_RULES:
            arguments = inspect.signature(getattr(optimizers, case["optimizer"])).parameters
            assert case["hyper"].keys() <= arguments.keys()


@pytest.mark.parametrize("optimizer", CATALOGUE.values(), ids=CATALOGUE)
def test_every_hyperparameter_is_described_and_its_default_lies_on_the_slider(optimizer):
    assert re.search(r"\((18|19|20)\d\d\)", optimizer.__doc__), "the docstring names the paper and its year"
    for hyper in optimizer.hyperparameters:
        assert hyper.meaning
        assert hyper.check(hyper.default) == hyper.default
        assert hyper.low <= hyper.default <= hyper.high or (hyper.zero and hyper.default == 0)
        assert hyper.least <= hyper.low < hyper.high <= hyper.most
        scales = {"lr": "log", "eps": "log", "momentum": "one-minus", "beta1": "one-minus", "beta2": "one-minus"}
        assert hyper.scale == scales.get(hyper.name, hyper.scale)
        assert hyper.zero <= (hyper.scale == "log")


@pytest.mark.parametrize("optimizer", CATALOGUE.values(), ids=CATALOGUE)
def test_one_update_on_floats_and_on_lanes_agrees(optimizer):
    """From equal state with equal gradients, over updates with gradients of every size and sign."""
    gradients = np.random.default_rng(1).normal(size=(20, 5)) * 10.0 ** np.arange(-2, 3)
    gradients[3] = 0.0
    lanes, theta = optimizer(), {"w": np.linspace(-3, 3, 5)}
    alone = [(optimizer(), {"w": float(w)}) for w in theta["w"]]
    for row in gradients:
        lanes.update(theta, {"w": row})
        for (one, params), g in zip(alone, row, strict=True):
            one.update(params, {"w": float(g)})
        np.testing.assert_allclose(theta["w"], [params["w"] for _, params in alone], rtol=1e-12)


@pytest.mark.parametrize("optimizer", CATALOGUE.values(), ids=CATALOGUE)
def test_a_hyperparameter_per_lane_is_the_same_as_lanes_with_one_each(optimizer):
    name = optimizer.hyperparameters[0].name
    values = np.array([0.01, 0.1, 0.5])
    together, theta = optimizer(**{name: values}), {"w": np.array([[1.0, 1.0, 1.0], [-2.0, -2.0, -2.0]])}
    for _ in range(3):
        together.update(theta, {"w": 2 * theta["w"]})
    for lane, value in enumerate(values):
        one, alone = optimizer(**{name: float(value)}), {"w": np.array([[1.0], [-2.0]])}
        for _ in range(3):
            one.update(alone, {"w": 2 * alone["w"]})
        np.testing.assert_allclose(theta["w"][:, lane], alone["w"][:, 0], rtol=1e-12)


def test_integers_are_parameters_too():
    params = {"x": 3, "w": np.array([1, 2])}
    optimizers.SGD(lr=0.5).update(params, {"x": 1, "w": np.array([1, 1])})
    assert params["x"] == 2.5
    assert params["w"].tolist() == [0.5, 1.5]


def test_the_gradients_handed_in_are_not_changed():
    grads = {"w": np.array([1.0, 2.0])}
    optimizers.Adam(weight_decay=0.5).update({"w": np.array([3.0, 4.0])}, grads)
    assert grads["w"].tolist() == [1.0, 2.0]


BAD = {
    "an unknown name": (
        lambda: optimizers.Adam(learning_rate=0.1),
        r"Adam has no hyperparameter 'learning_rate'.* it has lr",
    ),
    "a slip": (lambda: optimizers.Adam(beta_1=0.1), r"did you mean beta1"),
    "nan": (lambda: optimizers.SGD(lr=float("nan")), r"lr must be a number from 0 up, not nan"),
    "infinite": (lambda: optimizers.SGD(lr=float("inf")), r"lr must be a number from 0 up, not inf"),
    "too large": (lambda: optimizers.SGD(lr=1e200), r"lr must be a number from 0 to 1e150, not 1e\+200"),
    "endless": (lambda: optimizers.SGD(lr=10**400), r"lr must be a number from 0 up, not 1000"),
    "one bad lane": (lambda: optimizers.SGD(lr=[0.1, -2, 0.3]), r"lr must be a number from 0 up, not -2"),
    "a table": (lambda: optimizers.SGD(lr=[[0.1, 0.2]]), r"lr must be .* one for each lane, not of the shape \(1, 2\)"),
    "no lanes": (lambda: optimizers.SGD(lr=[]), r"lr must be .* one for each lane, not of the shape \(0,\)"),
    "negative": (lambda: optimizers.SGD(lr=-1), r"lr must be a number from 0 up, not -1"),
    "text": (lambda: optimizers.SGD(lr="big"), r"lr must be a number from 0 up, not 'big'"),
    "a beta of 1": (lambda: optimizers.Adam(beta1=1.0), r"beta1 must be a number from 0 to below 1, not 1"),
    "half a switch": (lambda: optimizers.RMSprop(centered=2), r"centered must be 0 \(off\) or 1 \(on\), not 2"),
    "too many": (lambda: optimizers.SGD(1, 2, 3), r"SGD has 2 hyperparameters, not 3"),
    "twice": (lambda: optimizers.SGD(1, lr=2), r"SGD got lr twice"),
    "a word of Python": (lambda: optimizers.SGD(**{"self": 1}), r"SGD has no hyperparameter 'self'"),
    "no optimizer": (lambda: optimizer_class("adm"), r"no optimizer called 'adm'; did you mean adam"),
    "nothing": (lambda: optimizer_class(""), r"no optimizer called ''"),
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_switches_take_0_and_1_only():
    with pytest.raises(InputError, match="centered must be 0"):
        optimizers.RMSprop(centered=0.5)


def test_a_name_may_be_written_in_capitals():
    assert optimizer_class(" Adam ") is optimizers.Adam


def test_repr_can_be_read():
    assert repr(optimizers.SGD(lr=0.5)) == "SGD(lr=0.5, weight_decay=0.0)"
