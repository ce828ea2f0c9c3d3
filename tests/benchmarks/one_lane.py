"""Five runs of one lane, 10,000 steps with everything recorded, against the textbook's loop and torch.optim.

The baseline is written as a learner writes it: a dict of two floats, a numerical gradient that walks
over an array of two, losses with NumPy functions, and a list of positions, losses and gradients (which
ours records as well, and the inner state besides).
"""

import importlib.util
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import optvis.optimizers
from optvis.engine.trajectory import run as run_ours
from optvis.problems.problem import Problem, problem
from tests.benchmarks.ratio import Comparison, compare

STEPS = 10_000
RUNS = 5  # one after the other, so that what other work has put out of the caches counts for little

Loss = Callable[[Any, Any], Any]


def quadratic_valley(x: Any, y: Any) -> Any:
    """Saitoh (2016)."""
    return x**2 / 20.0 + y**2


def rosenbrock(x: Any, y: Any) -> Any:
    """Rosenbrock (1960)."""
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def ackley(x: Any, y: Any) -> Any:
    """Ackley (1987)."""
    bowl = -20 * np.exp(-0.2 * np.sqrt(0.5 * (x**2 + y**2)))
    return 20 + np.e + bowl - np.exp(0.5 * (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)))


class SGD:
    """The textbook's."""

    def __init__(self, lr: float) -> None:
        self.lr = lr

    def update(self, params: dict[str, Any], grads: dict[str, Any]) -> None:
        """Take one step."""
        for key in params:
            params[key] -= self.lr * grads[key]


class Adam:
    """The textbook's, which folds both corrections into the rate."""

    def __init__(self, lr: float, beta1: float = 0.9, beta2: float = 0.999) -> None:
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.t = 0
        self.m: dict[str, Any] = {}
        self.v: dict[str, Any] = {}

    def update(self, params: dict[str, Any], grads: dict[str, Any]) -> None:
        """Take one step."""
        if not self.m:
            self.m = {key: np.zeros_like(value) for key, value in params.items()}
            self.v = {key: np.zeros_like(value) for key, value in params.items()}
        self.t += 1
        lr = self.lr * np.sqrt(1.0 - self.beta2**self.t) / (1.0 - self.beta1**self.t)
        for key in params:
            self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
            self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
            params[key] -= lr * self.m[key] / (np.sqrt(self.v[key]) + 1e-7)


def numerical_gradient(f: Callable[[Any], Any], x: Any, h: float = 1e-4) -> Any:
    """Central differences, one entry of the array after the other."""
    grad = np.zeros_like(x)
    walk = np.nditer(x, flags=["multi_index"], op_flags=[["readwrite"]])
    while not walk.finished:
        at = walk.multi_index
        kept = x[at]
        x[at] = kept + h
        ahead = f(x)
        x[at] = kept - h
        behind = f(x)
        grad[at] = (ahead - behind) / (2 * h)
        x[at] = kept
        walk.iternext()
    return grad


def textbook(loss: Loss, optimizer: Any, start: tuple[float, float], steps: int) -> list[tuple[Any, ...]]:
    """x, y, loss and the two slopes of every step but the last, which has no slopes."""
    params = {"x": start[0], "y": start[1]}
    history: list[tuple[Any, ...]] = []
    for _ in range(steps):
        gradient = numerical_gradient(lambda xy: loss(xy[0], xy[1]), np.array([params["x"], params["y"]]))
        history.append((params["x"], params["y"], loss(params["x"], params["y"]), gradient[0], gradient[1]))
        optimizer.update(params, {"x": gradient[0], "y": gradient[1]})
    history.append((params["x"], params["y"], loss(params["x"], params["y"])))
    return history


LOSSES: dict[str, Loss] = {"quadratic-valley": quadratic_valley, "rosenbrock": rosenbrock, "ackley": ackley}
OPTIMIZERS: dict[str, tuple[type, type]] = {
    "sgd": (SGD, optvis.optimizers.SGD),
    "adam": (Adam, optvis.optimizers.Adam),
}


def torch_eager(optimizer: str, lr: float, start: tuple[float, float], steps: int) -> list[tuple[float, ...]]:
    """The quadratic valley with autograd and torch.optim, as its manual does."""
    import torch

    x, y = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in start)
    made = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]([x, y], lr=lr)
    history = []
    for _ in range(steps):
        made.zero_grad()
        loss = x**2 / 20.0 + y**2
        loss.backward()
        history.append((x.item(), y.item(), loss.item(), x.grad.item(), y.grad.item()))
        made.step()
    return history


def run(repeats: int) -> Iterator[Comparison]:
    """Every loss with every optimizer, at the rate that the catalogue suggests."""
    has_torch = importlib.util.find_spec("torch") is not None
    if not has_torch:
        print("  without torch.optim: torch is not installed")
    for name, loss in LOSSES.items():
        chosen = problem(name)
        for optimizer, (theirs, ours) in OPTIMIZERS.items():
            lr = chosen.suggested.lr[optimizer]
            # They do the same; only briefly, for Ackley's ripples magnify the different place of eps.
            mine = run_ours(chosen, ours(lr=lr), steps=3)
            book = np.array([row[:2] for row in textbook(loss, theirs(lr), chosen.start, 3)])
            np.testing.assert_allclose(np.column_stack([mine.x, mine.y]), book, rtol=0, atol=1e-4)

            def ours_again(ours: type = ours, lr: float = lr, chosen: Problem = chosen) -> None:
                for _ in range(RUNS):
                    run_ours(chosen, ours(lr=lr), steps=STEPS)

            yield compare(
                f"{name}, {optimizer}",
                ours_again,
                lambda theirs=theirs, lr=lr, loss=loss, chosen=chosen: [
                    textbook(loss, theirs(lr), chosen.start, STEPS) for _ in range(RUNS)
                ],
                repeats,
                wanted=40 if name == "quadratic-valley" else None,
            )
            if has_torch and name == "quadratic-valley":
                yield compare(
                    f"{name}, {optimizer}, against torch",
                    ours_again,
                    lambda optimizer=optimizer, lr=lr, chosen=chosen: [
                        torch_eager(optimizer, lr, chosen.start, STEPS) for _ in range(RUNS)
                    ],
                    min(repeats, 2),
                    wanted=500,
                )
