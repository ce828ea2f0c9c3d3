"""How hyperparameters are written on screen."""

from __future__ import annotations

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
