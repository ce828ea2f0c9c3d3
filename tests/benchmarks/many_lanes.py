"""512² lanes × 200 steps of Adam on Himmelblau with a setting of its own for every lane, on one core.

Ours carries lanes in blocks through the compiled kernel, and looks out for divergence, movement and a
target on the way. Against it stand a fused loop written for numba, with constants for hyperparameters
and nothing to look out for (the limit; ours is to be at least half as fast); NumPy; torch on whole
arrays; and `jax.jit(vmap(scan))`. All of them take central differences in double precision. What is not
installed is left out. The last rows are a whole basin map with its judgement, on all cores, and one of
2,048² pixels.
"""

import contextlib
import importlib.util
import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import numpy as np

from optvis.engine.kernel_inputs import KernelLanes
from optvis.engine.preparation import run_settings
from optvis.kernels.kernel import kernel
from optvis.maps.basins import basin_map
from optvis.optimizers import Adam
from optvis.problems.problem import problem
from tests.benchmarks.ratio import Comparison, compare

SIDE, STEPS, H, BLOCK = 512, 200, 1e-4, 2_048
LR, BETA1, BETA2, EPS = 0.2, 0.9, 0.999, 1e-8
Lanes = tuple[Any, Any]


def starts() -> Lanes:
    """x and y of all lanes."""
    axis = np.linspace(-5, 5, SIDE)
    x, y = np.meshgrid(axis, axis)
    return x.ravel(), y.ravel()


def ours(over: Callable[..., Any] = map) -> Lanes:
    """The kernel, block by block, in the way in which a function is mapped over blocks."""
    count = SIDE * SIDE
    hyper = [np.full(count, value) for value in (LR, BETA1, BETA2, EPS)]
    of = problem("himmelblau")
    settings = run_settings(of, Adam(*hyper), starts(), STEPS, f"central:{H}")
    made = kernel(of.formula, Adam.rule, "central")
    assert made is not None, "llvmlite does not work here"
    x, y = np.empty((2, count))

    def carry(first: int) -> None:
        place = slice(first, min(first + BLOCK, count))
        lanes = KernelLanes(settings, made, place)
        made.advance(lanes.start, 0, STEPS + 1, STEPS, lanes.hyper, lanes.settings, lanes.track)
        x[place], y[place] = lanes.start[:2, : lanes.count]

    list(over(carry, range(0, count, BLOCK)))
    return x, y


def on_all_cores() -> Lanes:
    """The kernel on a thread for every core."""
    with ThreadPoolExecutor() as pool:
        return ours(pool.map)


def with_numba() -> Callable[[], Lanes]:
    """A loop written by hand; constants for hyperparameters."""
    import numba

    @numba.njit(error_model="numpy")  # type: ignore[misc]
    def fused(x, y, steps, lr, beta1, beta2, eps, h, block):  # type: ignore[no-untyped-def]
        m, n, v, w = np.empty(block), np.empty(block), np.empty(block), np.empty(block)
        for first in range(0, x.size, block):
            xs, ys = x[first : first + block], y[first : first + block]
            m[:] = n[:] = v[:] = w[:] = 0.0
            power1 = power2 = 1.0
            for _ in range(steps):
                power1 *= beta1
                power2 *= beta2
                for i in range(xs.size):
                    a, b = xs[i], ys[i]
                    right = ((a + h) ** 2 + b - 11) ** 2 + ((a + h) + b**2 - 7) ** 2
                    left = ((a - h) ** 2 + b - 11) ** 2 + ((a - h) + b**2 - 7) ** 2
                    above = (a**2 + (b + h) - 11) ** 2 + (a + (b + h) ** 2 - 7) ** 2
                    below = (a**2 + (b - h) - 11) ** 2 + (a + (b - h) ** 2 - 7) ** 2
                    g, k = (right - left) / (2 * h), (above - below) / (2 * h)
                    m[i] = beta1 * m[i] + (1 - beta1) * g
                    n[i] = beta1 * n[i] + (1 - beta1) * k
                    v[i] = beta2 * v[i] + (1 - beta2) * g * g
                    w[i] = beta2 * w[i] + (1 - beta2) * k * k
                    xs[i] = a - lr * (m[i] / (1 - power1)) / (math.sqrt(v[i] / (1 - power2)) + eps)
                    ys[i] = b - lr * (n[i] / (1 - power1)) / (math.sqrt(w[i] / (1 - power2)) + eps)

    def carried() -> Lanes:
        x, y = (axis.copy() for axis in starts())
        fused(x, y, STEPS, LR, BETA1, BETA2, EPS, H, 512)
        return x, y

    return carried


def himmelblau(x: Any, y: Any) -> Any:
    """Himmelblau (1972)."""
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def adam(sqrt: Any, x: Any, y: Any, m: Lanes, v: Lanes, t: Any) -> tuple[Any, Any, Lanes, Lanes]:
    """One update with whole arrays, whatever kind they are of."""
    g = (himmelblau(x + H, y) - himmelblau(x - H, y)) / (2 * H)
    k = (himmelblau(x, y + H) - himmelblau(x, y - H)) / (2 * H)
    m = (BETA1 * m[0] + (1 - BETA1) * g, BETA1 * m[1] + (1 - BETA1) * k)
    v = (BETA2 * v[0] + (1 - BETA2) * g * g, BETA2 * v[1] + (1 - BETA2) * k * k)
    first, second = 1 - BETA1**t, 1 - BETA2**t
    x = x - LR * (m[0] / first) / (sqrt(v[0] / second) + EPS)
    y = y - LR * (m[1] / first) / (sqrt(v[1] / second) + EPS)
    return x, y, m, v


def with_numpy() -> Lanes:
    """Whole arrays."""
    x, y = starts()
    zero = np.zeros_like(x)
    m, v = (zero, zero), (zero, zero)
    for t in range(1, STEPS + 1):
        x, y, m, v = adam(np.sqrt, x, y, m, v, t)
    return x, y


def with_torch() -> Callable[[], Lanes]:
    """Whole tensors on one thread."""
    import torch

    torch.set_num_threads(1)

    def carried() -> Lanes:
        x, y = (torch.from_numpy(axis) for axis in starts())
        zero = torch.zeros_like(x)
        m, v = (zero, zero), (zero, zero)
        with torch.no_grad():
            for t in range(1, STEPS + 1):
                x, y, m, v = adam(torch.sqrt, x, y, m, v, t)
        return x.numpy(), y.numpy()

    return carried


def with_jax() -> Callable[[], Lanes]:
    """A scan over the steps of one lane, mapped over all of them and compiled."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def lane(x: Any, y: Any) -> Lanes:
        def update(carry: Any, t: Any) -> Any:
            return adam(jnp.sqrt, *carry, t), None

        zero = jnp.zeros_like(x)
        (x, y, _, _), _ = jax.lax.scan(update, (x, y, (zero, zero), (zero, zero)), jnp.arange(1.0, STEPS + 1))
        return x, y

    compiled = jax.jit(jax.vmap(lane))

    def carried() -> Lanes:
        x, y = compiled(*starts())
        return np.asarray(x), np.asarray(y)

    return carried


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and the threads that begin in it, on one core where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


OTHERS: dict[str, tuple[str, Callable[[], Callable[[], Lanes]], float]] = {
    "a fused loop in numba, constant settings": ("numba", with_numba, 0.5),
    "NumPy": ("numpy", lambda: with_numpy, 4),
    "torch, whole tensors": ("torch", with_torch, 1),
    "jax.jit(vmap(scan))": ("jax", with_jax, 1),
}


def run(repeats: int) -> Iterator[Comparison]:
    """Everything that is installed; all of them must end at the same places."""
    expected = np.stack(ours())
    with one_core():
        for name, (module, make, wanted) in OTHERS.items():
            if importlib.util.find_spec(module) is None:
                print(f"  without {name}: {module} is not installed")
                continue
            other = make()
            found = np.stack(other())
            # Starts beside a border between basins may go either way with the last bit
            share = np.mean(np.abs(found - expected).max(axis=0) < 1e-3)
            assert share > 0.99, f"{name} ends elsewhere: {share:.1%} agree"
            yield compare(name, ours, other, min(repeats, 5), wanted=wanted)

    def mapped(side: int) -> None:
        basin_map(problem("himmelblau"), Adam(lr=LR), side, STEPS)

    few = min(repeats, 3)
    yield compare(
        "a basin map of 512² and its lanes alone, on all cores", lambda: mapped(SIDE), on_all_cores, few, wanted=0.5
    )
    yield compare("a basin map of 512² on all cores, and NumPy's steps alone", lambda: mapped(SIDE), with_numpy, few)
    yield compare("a basin map of 512², and one of 2,048²", lambda: mapped(SIDE), lambda: mapped(2_048), 1)
