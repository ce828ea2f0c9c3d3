"""Hyperparameters: the numbers in an optimizer's constructor, with their defaults, ranges and scales."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from optvis.foundation.errors import InputError

Scale = Literal["linear", "log", "one-minus", "switch"]
BELOW_ONE = math.nextafter(1.0, 0.0)
HUGE = 1e150
"""Larger numbers would overflow when squared."""


@dataclass(frozen=True)
class Hyperparameter:
    """One number in an optimizer's constructor.

    Attributes
    ----------
    default, low, high
        The value when none is given, and the range of a slider.
    scale
        How a slider spreads the range: ``linear``; ``log``; ``one-minus``, which is ``1 - value``
        on a logarithmic scale, as suits momentum and betas; ``switch``, which is 0 or 1.
    zero
        The left end of a logarithmic slider stands for 0.
    main
        Shown at once; the others are folded away.
    least, most
        What is legal; it may be more than a slider covers.
    """

    name: str
    default: float
    low: float
    high: float
    scale: Scale
    meaning: str
    zero: bool = False
    main: bool = True
    least: float = 0.0
    most: float = HUGE

    def reaching(self, value: float) -> Hyperparameter:
        """Return the hyperparameter with a logarithmic slider that reaches two decades below a value and one above.

        What suits a steep function, or a flat one, may lie beyond the usual range.
        """
        if self.scale != "log" or value <= 0:
            return self
        power = math.log10(min(max(value, 1.0 / HUGE), HUGE))
        low = min(self.low, max(10.0 ** math.floor(power - 2), 1.0 / HUGE))
        return replace(self, low=low, high=max(self.high, min(10.0 ** math.ceil(power + 1), self.most)))

    def check(self, value: Any) -> Any:
        """Return ``value`` as a float, or as a float array of lanes.

        Raises
        ------
        InputError
            When it is not a finite number within the legal range.
        """
        if type(value) is float and self.scale != "switch" and self.least <= value <= self.most:
            return value  # as mostly; it need not become an array and a float again
        try:
            values = np.asarray(value, dtype=float)
        except (TypeError, ValueError, OverflowError):
            raise InputError(f"{self.name} must be {self._legal()}, not {value!r}") from None
        if values.ndim > 1 or values.size == 0:
            raise InputError(f"{self.name} must be a number, or one for each lane, not of the shape {values.shape}")
        legal = (values >= self.least) & (values <= self.most)  # false for nan
        if self.scale == "switch":
            legal &= values == np.round(values)
        if not np.all(legal):
            wrong = float(np.extract(~legal, values)[0])
            raise InputError(f"{self.name} must be {self._legal(wrong)}, not {wrong:g}")
        return float(values) if values.ndim == 0 else values

    def _legal(self, wrong: float = math.nan) -> str:
        """Words for what is legal; a limit that is no more than the size of floats only where it was passed."""
        if self.scale == "switch":
            return "0 (off) or 1 (on)"
        if self.most == HUGE and self.least != -HUGE and not HUGE < wrong < math.inf:
            return f"a number from {self.least:g} up"
        low, high = (f"{limit:g}".replace("e+", "e") for limit in (self.least, self.most))
        return f"a number from {low} to {'below 1' if self.most == BELOW_ONE else high}"


def learning_rate(default: float, *, high: float = 10.0) -> Hyperparameter:
    """``lr``: the factor in front of every step."""
    return Hyperparameter(
        "lr", default, 1e-4, high, "log", "learning rate: the factor in front of every step", zero=True
    )


def momentum(default: float, *, main: bool = True) -> Hyperparameter:
    """``momentum``: the share of the velocity that is kept at every update."""
    return Hyperparameter(
        "momentum", default, 0.0, 0.9999, "one-minus", "share of the velocity kept at every update", main=main, most=2.0
    )


def decay(name: str, default: float) -> Hyperparameter:
    """``beta1``, ``alpha``, ``rho``, …: the weight of the past in a moving average."""
    return Hyperparameter(
        name, default, 0.0, 0.9999, "one-minus", "weight of the past in the moving average", most=BELOW_ONE
    )


def dampening() -> Hyperparameter:
    """``dampening``: how much less than the full gradient enters the velocity."""
    return Hyperparameter(
        "dampening", 0.0, 0.0, 1.0, "linear", "share of the gradient kept out of the velocity", main=False, most=1.0
    )


def weight_decay(default: float = 0.0, *, main: bool = False) -> Hyperparameter:
    """``weight_decay``: a pull of every parameter towards 0."""
    return Hyperparameter(
        "weight_decay", default, 1e-5, 1.0, "log", "pull of every parameter towards 0", zero=True, main=main
    )


def lr_decay() -> Hyperparameter:
    """``lr_decay``: how fast the learning rate falls with the number of updates."""
    return Hyperparameter(
        "lr_decay", 0.0, 1e-4, 1.0, "log", "fall of the learning rate with the number of updates", zero=True, main=False
    )


def epsilon(default: float, *, main: bool = False) -> Hyperparameter:
    """``eps``: added to a denominator so that it is never 0."""
    return Hyperparameter("eps", default, 1e-16, 1.0, "log", "added to the denominator", zero=True, main=main)


def accumulator(default: float) -> Hyperparameter:
    """``initial_accumulator``: the sum of squares before the first gradient."""
    return Hyperparameter(
        "initial_accumulator",
        default,
        1e-4,
        10.0,
        "log",
        "sum of squares before the first gradient",
        zero=True,
        main=False,
    )


def fraction(name: str, default: float, meaning: str, *, main: bool = True) -> Hyperparameter:
    """Return a weight between 0 and 1."""
    return Hyperparameter(name, default, 0.0, 1.0, "linear", meaning, main=main, most=1.0)


def switch(name: str, meaning: str) -> Hyperparameter:
    """Return a switch: off (0) or on (1)."""
    return Hyperparameter(name, 0.0, 0.0, 1.0, "switch", meaning, main=False, most=1.0)


def named(name: str) -> Hyperparameter:
    """Guess range, scale and default of a hyperparameter of a typed rule from its name."""
    match name:
        case "lr":
            return learning_rate(0.1)
        case "momentum":
            return momentum(0.9)
        case "beta1" | "beta" | "alpha" | "rho" | "decay":
            return decay(name, 0.9)
        case "beta2" | "beta3":
            return decay(name, 0.999)
        case "eps" | "epsilon":
            return Hyperparameter(name, 1e-8, 1e-16, 1.0, "log", "added to the denominator", zero=True, main=False)
        case "weight_decay" | "wd":
            return Hyperparameter(name, 0.01, 1e-5, 1.0, "log", "pull of every parameter towards 0", zero=True)
        case _:
            return Hyperparameter(name, 0.5, 0.0, 1.0, "linear", "a number of this rule", least=-HUGE)


SYMBOLS = {
    "alpha": "α", "beta": "β", "beta1": "β₁", "beta2": "β₂", "beta3": "β₃", "rho": "ρ", "eps": "ε", "epsilon": "ε",
    "nu": "ν", "nu1": "ν₁", "nu2": "ν₂", "gamma": "γ", "delta": "δ", "mu": "μ", "eta": "η", "kappa": "κ", "tau": "τ",
    "lambda_": "λ", "weight_decay": "λ decay", "wd": "λ decay", "momentum_decay": "ψ decay",
    "initial_accumulator": "h₀",
}  # fmt: skip
"""How hyperparameters stand in papers."""


def symbol(name: str) -> str:
    """Return how a hyperparameter is written on screen."""
    return SYMBOLS.get(name, name.replace("_", " "))
