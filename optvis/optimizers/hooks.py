"""What is done to a gradient before an optimizer sees it, and to its step afterwards: each hook a line of a rule.

The names and parameters are those of PyTorch where it has them; DeZero's ``WeightDecay`` and ``ClipGrad`` are the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from optvis.optimizers.hyperparameter import Hyperparameter


@dataclass(frozen=True)
class Hook:
    """A hook: its parameters, and lines in which they stand as ``{name}``.

    Attributes
    ----------
    before
        Lines that change ``g``.
    after
        Lines that change ``step``; ``lr`` in them is the learning rate of the update.
    """

    name: str
    about: str
    parameters: tuple[Hyperparameter, ...] = ()
    before: str = ""
    after: str = ""


def _amount(name: str, default: float, low: float, high: float, meaning: str) -> Hyperparameter:
    return Hyperparameter(name, default, low, high, "log", meaning, zero=True)


HOOKS: dict[str, Hook] = {
    hook.name: hook
    for hook in (
        Hook(
            "weight-decay",
            "pull of every parameter towards 0, as part of the gradient (Krogh & Hertz, 1992)",
            (_amount("rate", 0.01, 1e-5, 1.0, "weight of the parameter in the gradient"),),
            before="g = g + {rate}*theta",
        ),
        Hook(
            "decoupled-decay",
            "pull towards 0 beside the gradient, in proportion to the learning rate (Loshchilov & Hutter, 2019)",
            (_amount("rate", 0.01, 1e-5, 1.0, "share of the parameter for a learning rate of 1"),),
            after="step = step - lr*{rate}*theta",
        ),
        Hook(
            "clip-value",
            "no coordinate of the gradient beyond a value",
            (_amount("value", 1.0, 1e-3, 100.0, "largest size of a coordinate of the gradient"),),
            before="g = minimum(maximum(g, -{value}), {value})",
        ),
        Hook(
            "clip-norm",
            "a gradient longer than this is shortened to it, over all parameters (Pascanu, Mikolov & Bengio, 2013)",
            (_amount("max_norm", 1.0, 1e-3, 100.0, "largest length of the gradient"),),
            before="g = g*minimum({max_norm}/(norm(g) + 1e-6), 1)",
        ),
        Hook(
            "normalise",
            "every gradient has length 1, over all parameters; one of length 0 stays",
            before="g = where(norm(g) > 0, g/norm(g), g)",
        ),
    )
}
"""By name."""

FREEZE = "freeze"
"""``freeze:x``: that parameter does not move, and what the optimizer keeps of it stays as it is."""
