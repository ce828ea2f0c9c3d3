"""The optimizers: one page of mathematics, their hyperparameters, and how sliders run along these.

Imports foundation and language.
"""

from optvis.optimizers.catalogue import (
    CATALOGUE,
    QHM,
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdaMax,
    AdamW,
    AMSGrad,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    QHAdam,
    RAdam,
    RMSprop,
    optimizer_class,
)

__all__ = [
    "CATALOGUE",
    "QHM",
    "SGD",
    "AMSGrad",
    "AdaDelta",
    "AdaGrad",
    "AdaMax",
    "Adam",
    "AdamW",
    "Lion",
    "Momentum",
    "NAdam",
    "Nesterov",
    "QHAdam",
    "RAdam",
    "RMSprop",
    "optimizer_class",
]
