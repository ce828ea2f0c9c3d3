"""Hooks and schedules: the numbers of PyTorch, DeZero and Keras, and one text for all of it.

The references in ``data/hooks.json`` and ``data/schedules.json`` say what they were computed with.
"""

import json
from pathlib import Path

import numpy as np
import pytest

import optvis
from optvis import optimizers, problem, run
from optvis.document.command_options import run_spec
from optvis.document.session import RunSpec, Session, resolve
from optvis.document.session_file import from_json, to_json
from optvis.document.shell_line import option_text
from optvis.explain.update import explain
from optvis.foundation.errors import InputError
from optvis.kernels.kernel import Kernel
from optvis.optimizers.catalogue import CATALOGUE, optimizer_class
from optvis.optimizers.hooks import HOOKS
from optvis.optimizers.schedules import SCHEDULES

DATA = Path(__file__).parent / "data"
HOOK_CASES = json.loads((DATA / "hooks.json").read_text(encoding="utf-8"))
SCHEDULE_CASES = json.loads((DATA / "schedules.json").read_text(encoding="utf-8"))
VALLEY = problem("quadratic-valley")

NAMES = {
    "StepLR": "step", "MultiStepLR": "multi-step", "ExponentialLR": "exponential", "ConstantLR": "constant",
    "LinearLR": "linear", "PolynomialLR": "polynomial", "CosineAnnealingLR": "cosine",
    "CosineAnnealingWarmRestarts": "cosine-restarts", "OneCycleLR": "one-cycle", "CyclicLR": "cyclic",
    "MultiplicativeLR": "multiplicative", "InverseTime": "inverse-time", "InverseSqrt": "inverse-sqrt",
    "InverseSqrtWarmup": "inverse-sqrt",
}  # fmt: skip


def said(value):
    if isinstance(value, bool):
        return str(value).lower()
    return "/".join(map(str, value)) if isinstance(value, list) else repr(value).strip("'")


def part(name, parameters):
    if name == "freeze":
        return f"freeze:{'xy'[parameters['index']]}"
    words = ",".join(f"{key}={said(value)}" for key, value in parameters.items() if value is not None)
    return f"{name}:{words}" if words else name


def schedule_text(case):
    if case["schedule"] == "SequentialLR":
        both = case["parameters"]
        warm = part("warmup", {key: both[key] for key in ("start_factor", "total_iters")})
        return f"{warm} | {part(NAMES[both['then']], both['then_parameters'])}"
    parameters = dict(case["parameters"])
    if case["schedule"] == "CyclicLR" and parameters["step_size_down"] is None:
        parameters["step_size_down"] = parameters["step_size_up"]
    return part(NAMES[case["schedule"]], parameters)


def hooks_text(hooks):
    return " | ".join(
        part(hook["hook"].replace("_", "-"), {key: value for key, value in hook.items() if key != "hook"})
        for hook in hooks
    )


def base_text(optimizer):
    hyper = ",".join(f"{key}={value!r}" for key, value in optimizer.items() if key != "name")
    return f"{optimizer['name'].lower()}:{hyper}"


TIMED = [case for case in SCHEDULE_CASES["cases"] if case["schedule"] in (*NAMES, "SequentialLR")]


@pytest.mark.parametrize("case", HOOK_CASES["single"], ids=lambda case: hooks_text(case["hooks"]))
def test_a_gradient_after_hooks(case):
    """SGD with a rate of 1 moves by the gradient that it sees."""
    optimizer = optvis.optimizer(f"sgd:lr=1.0 | {hooks_text(case['hooks'])}")
    params = {"x": case["p"][0], "y": case["p"][1]}
    optimizer.update(params, {"x": case["g"][0], "y": case["g"][1]})
    moved = [case["p"][0] - params["x"], case["p"][1] - params["y"]]
    assert moved == pytest.approx(case["result"], abs=2e-15)


@pytest.mark.parametrize(
    "case", HOOK_CASES["cases"], ids=lambda case: f"{case['optimizer']['name']} {hooks_text(case['hooks'])}"
)
def test_whole_runs_with_hooks(case):
    """Gradients by hand, as in the references; on floats and as lanes."""
    text = f"{base_text(case['optimizer'])} | {hooks_text(case['hooks'])}"

    def slopes(x, y):
        if case["function"].startswith("x**2"):
            return x / 10, 2 * y
        return -2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)

    for lift in (float, lambda value: np.array([value, 0.5 * value])):
        optimizer = optvis.optimizer(text)
        params = dict(zip("xy", map(lift, case["start"]), strict=True))
        rows = [[np.ravel(params[key])[0] for key in "xy"]]
        for _ in range(len(case["rows"]) - 1):
            optimizer.update(params, dict(zip("xy", slopes(params["x"], params["y"]), strict=True)))
            rows.append([np.ravel(params[key])[0] for key in "xy"])
        assert np.abs(np.array(rows) - case["rows"]).max() <= 1e-12 + 100 * case["sensitivity"]


@pytest.mark.parametrize("case", TIMED, ids=schedule_text)
def test_the_learning_rate_of_every_update(case):
    base = "momentum" if case.get("momentum_of") != "Adam" else "adam"
    optimizer = optvis.optimizer(f"{base}:lr={case['base_lr']!r} | {schedule_text(case)}")
    t = run(VALLEY, optimizer, steps=len(case["lr"]))
    assert t.lr.shape == (len(case["lr"]),)
    assert np.abs(t.lr - case["lr"]).max() <= 1e-12


@pytest.mark.parametrize("case", SCHEDULE_CASES["runs"], ids=lambda case: f"{case['optimizer']} {case['schedule']}")
def test_whole_runs_with_a_schedule(case):
    """Momentum keeps the textbook's place of the rate, inside of the velocity."""
    name = case["optimizer"].split()[0].lower()
    momentum = f",momentum={case['momentum']}" if name == "momentum" and "cycled" not in case["optimizer"] else ""
    optimizer = optvis.optimizer(f"{name}:lr={case['lr']!r}{momentum} | {schedule_text(case)}")
    params = {"x": case["start"][0], "y": case["start"][1]}
    rows = [case["start"]]
    for _ in range(60):
        optimizer.update(params, {"x": params["x"] / 10, "y": 2 * params["y"]})
        rows.append([params["x"], params["y"]])
    assert np.abs(np.array(rows) - case.get("textbook_rows", case["rows"])).max() <= 1e-12


LINES = {
    "hooks": "adam:lr=0.2,beta1=0.8 | weight-decay:rate=0.3 | clip-norm:max_norm=0.4",
    "the contract": "adam:lr=0.2,beta1=0.8 | weight-decay:rate=0.3 | clip-norm:max_norm=0.4"
    " | warmup:start_factor=0.1,total_iters=6 | cosine:T_max=30,eta_min=0.01",
    "twice the same hook": "sgd | clip-value:value=2 | weight-decay:rate=0.1 | clip-value:value=0.5",
    "a rule": "rule{ v = momentum*v - lr*|g|*sign(g); step = v }:lr=0.1,momentum=0.9 | normalise | step:step_size=10",
    "frozen": "momentum:lr=0.1 | freeze:x | decoupled-decay:rate=0.1",
    "words": "momentum | one-cycle:anneal_strategy=linear,three_phase=true,total_steps=40",
    "milestones": "sgd:lr=0.5 | multi-step:milestones=10/20,gamma=0.3",
    "restarts": "adam | cosine-restarts:T_0=5,T_mult=2",
    "cyclic": "lion | cyclic:mode=triangular2,step_size_up=4,step_size_down=6",
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_one_text_for_all_of_it(line):
    spec = run_spec(line)
    again = option_text(spec)
    assert run_spec(again) == spec
    assert option_text(run_spec(again)) == again
    session = Session("quadratic-valley", steps=25, runs=(spec,))
    assert from_json(to_json(session)) == session
    scene = resolve(session)
    t = run(VALLEY, optvis.optimizer(line), steps=25)
    assert optimizer_class(spec.optimizer).suggested_as in {*CATALOGUE, spec.optimizer.split(" | ")[0]}
    if "lr" in dict(spec.hyper) or "lr" not in scene.runs[0].hyper:
        assert np.array_equal(scene.runs[0].trajectory.x, t.x)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
@pytest.mark.parametrize("of", ["quadratic-valley", "rosenbrock", "x**4 - x*y + y**2"])
def test_all_paths_give_the_same_bits(line, of, monkeypatch):
    """A lone run, a step of a longer one, a lane, and without machine code."""
    where, optimizer = problem(of), optvis.optimizer(line)
    lone = run(where, optimizer, steps=60)
    longer = run(where, optimizer, steps=2_100)
    lanes = run(where, optimizer, start=(np.full(5, where.start[0]), np.full(5, where.start[1])), steps=60)
    monkeypatch.setattr("optvis.kernels.kernel.llvm_works", lambda: False, raising=False)
    for other in (longer.x[:61], lanes.x[:, 0], lanes.x[:, 4]):
        assert np.array_equal(lone.x, other, equal_nan=True)
    assert Kernel is not None


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_the_lines_have_the_numbers_of_the_run(line):
    t = run(VALLEY, optvis.optimizer(line), steps=12)
    for k in (0, 3, 11):
        moved = explain(t, k)[-1]
        for key in "xy":
            assert moved.value[key] == t.params[key][k + 1, 0]


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("parts", ["clip-norm:max_norm=0.5 | cosine:T_max=20", "freeze:y | exponential:gamma=0.9"])
def test_every_optimizer_can_be_surrounded(name, parts):
    t = run(VALLEY, optvis.optimizer(f"{name} | {parts}"), steps=40)
    assert t.optimizer.startswith(f"{name} | ")
    assert np.isfinite(t.loss).all()
    if "freeze" in parts:
        assert (t.y == t.y[0]).all()
        assert all((values["y"] == 0).all() for values in t.state.values()), "its state is left alone"
        plain = run(VALLEY, optvis.optimizer(f"{name} | exponential:gamma=0.9"), steps=40)
        assert np.allclose(t.x, plain.x, rtol=1e-8), "but for the rounding of the numerical gradient"


def test_a_lone_number_is_the_first_parameter():
    assert run_spec("adam:lr=0.1 | clip-norm:1 | exponential:0.9") == run_spec(
        "adam:lr=0.1 | clip-norm:max_norm=1 | exponential:gamma=0.9"
    )


def test_with_hooks_is_the_line():
    made = optimizers.Adam(lr=0.2).with_hooks("weight-decay:rate=0.3", "clip-norm:max_norm=0.4")
    made = made.with_hooks("cosine:T_max=9")
    line = optvis.optimizer("adam:lr=0.2 | weight-decay:rate=0.3 | clip-norm:max_norm=0.4 | cosine:T_max=9")
    assert made.hyper == line.hyper
    assert type(made) is type(line)


def test_the_rate_of_many_lanes_and_of_none():
    rates = np.array([0.1, 0.2, 0.4])
    t = run(VALLEY, optimizers.SGD(lr=rates), steps=7)
    assert t.lr.tolist() == [rates.tolist()] * 7
    decays = optvis.optimizer("sgd:lr=0.5 | exponential:gamma=0.5")
    many = type(decays)(**(decays.hyper | {"exponential_gamma": np.array([1.0, 0.5])}))
    assert run(VALLEY, many, steps=3).lr.tolist() == [[0.5, 0.5], [0.5, 0.25], [0.5, 0.125]]
    assert run(VALLEY, optimizers.SGD(lr=0.1), steps=2).lr.tolist() == [0.1, 0.1]
    with pytest.raises(InputError, match="has no learning rate"):
        run(VALLEY, optvis.optimizer("rule{ step = -0.1*g }"), steps=2).lr  # noqa: B018


def test_norms_go_over_all_parameters_of_any_shape():
    optimizer = optvis.optimizer("rule{ step = -norm(g)*sign(g) + 0*dot(g, theta) + 0*sum(g) + 0*max(g) }")
    rng = np.random.default_rng(0)
    grads = {"w": rng.normal(size=(3, 2, 4)), "b": rng.normal(size=4)}
    params = {key: np.zeros_like(value) for key, value in grads.items()}
    optimizer.update(params, grads)
    norms = np.sqrt((grads["w"] ** 2).sum(axis=(0, 1)) + grads["b"] ** 2)
    assert np.allclose(params["w"], -norms * np.sign(grads["w"]), rtol=1e-14, atol=0)
    assert np.allclose(params["b"], -norms * np.sign(grads["b"]), rtol=1e-14, atol=0)


WRONG = {
    "sgd | clip": "there is no hook or schedule 'clip'; did you mean clip-norm",
    "sgd | clip-norm:max=1": "clip-norm has no parameter 'max'; did you mean max_norm?",
    "sgd | clip-norm:max_norm": "is not parameter=value",
    "sgd | clip-norm:max_norm=much": "max_norm must be a number, not 'much'",
    "sgd | clip-norm:max_norm=-1": "max_norm must be a number from 0 up",
    "sgd | clip-norm:": "after 'clip-norm:' comes parameter=value",
    "sgd | cosine | step": "there are two schedules, cosine and step; leave out one",
    "sgd | cosine | normalise": "a schedule such as cosine comes after all hooks",
    "sgd | cosine | warmup": "warmup stands once, before the schedule",
    "sgd | freeze:": "freeze needs the name of a parameter, as in freeze:x",
    "sgd | multi-step:gamma=0.5": "multi-step needs its milestones",
    "sgd | multi-step:milestones=a/b": "milestones are whole numbers parted by /",
    "sgd | one-cycle:anneal_strategy=sin": "anneal_strategy must be cos or linear, not 'sin'",
    "sgd |": "there is no hook or schedule ''",
    "adamm | cosine": "there is no optimizer called 'adamm'",
    "rule{ step = -0.1*g } | cosine": "has no learning rate lr for the schedule cosine",
}


@pytest.mark.parametrize(("line", "message"), WRONG.items())
def test_what_cannot_be_composed_is_one_sentence(line, message):
    with pytest.raises(InputError) as refused:
        optvis.optimizer(line)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_parameter_that_is_not_there_cannot_be_frozen():
    with pytest.raises(InputError, match="there is no parameter 'z' to freeze; there are x, y"):
        run(VALLEY, optvis.optimizer("sgd | freeze:z"), steps=3)


def test_everything_of_the_contract_is_there():
    wanted = {"step", "multi-step", "exponential", "constant", "linear", "polynomial", "cosine", "cosine-restarts",
              "one-cycle", "cyclic", "multiplicative", "inverse-time", "inverse-sqrt"}  # fmt: skip
    assert wanted <= set(SCHEDULES)
    assert {"weight-decay", "decoupled-decay", "clip-norm", "clip-value", "normalise"} <= set(HOOKS)


def test_a_session_has_the_same_run():
    spec = RunSpec("sgd | clip-norm | step", {"lr": 0.9, "clip_norm_max_norm": 0.5, "step_step_size": 4.0})
    run_of = resolve(Session("quadratic-valley", steps=9, runs=(spec,))).runs[0]
    assert run_of.label == "SGD + clip norm + step"
    assert run_of.trajectory.lr[:6].tolist() == pytest.approx([0.9] * 4 + [0.09] * 2)
