"""The catalogue of optimizers: each one a short text of mathematics.

The base class, the hyperparameters and rules typed by a user are in `optvis.optimizers.base`; the
language of the rules is described in `optvis.language.rule`. In the docstrings g is the gradient, θ the
parameter, t = 1, 2, … the update number.
"""

from __future__ import annotations

from optvis.foundation.errors import InputError, nearest
from optvis.optimizers.base import RuleOptimizer, typed_rule
from optvis.optimizers.composed import composed, is_composed, split
from optvis.optimizers.hyperparameter import (
    accumulator,
    dampening,
    decay,
    epsilon,
    fraction,
    learning_rate,
    lr_decay,
    momentum,
    switch,
    weight_decay,
)


class SGD(RuleOptimizer):
    """Gradient descent: a step against the gradient, its length proportional to it.

    Cauchy (1847); Robbins & Monro (1951) for the stochastic case.
    """

    name, title = "sgd", "SGD"
    hyperparameters = (learning_rate(0.1), weight_decay())
    mathematics = """
        g = g + weight_decay*theta
        step = -lr*g
    """


class Momentum(RuleOptimizer):
    """Gradient descent of a heavy ball: a velocity gathers the gradients.

    Polyak (1964), eq. 9. The first gradient enters undamped, as in PyTorch.
    """

    name, title = "momentum", "Momentum"
    hyperparameters = (learning_rate(0.1), momentum(0.9), dampening(), weight_decay())
    mathematics = """
        g = g + weight_decay*theta
        v = momentum*v - lr*g*where(t == 1, 1, 1 - dampening)
        step = v
    """


class Nesterov(RuleOptimizer):
    """Momentum that looks ahead: the gradient counts once more after the velocity is updated.

    Nesterov (1983), in the form of Sutskever et al. (2013), eq. 3-4, rewritten for θ at the
    looked-ahead point.
    """

    name, title = "nesterov", "Nesterov"
    hyperparameters = (learning_rate(0.1), momentum(0.9), dampening(), weight_decay())
    mathematics = """
        g = g + weight_decay*theta
        v = momentum*v - lr*g*where(t == 1, 1, 1 - dampening)
        step = momentum*v - lr*g
    """


class AdaGrad(RuleOptimizer):
    """A learning rate for every parameter that shrinks with the squares of its gradients so far.

    Duchi, Hazan & Singer (2011), the diagonal form of their figure 1.
    """

    name, title = "adagrad", "AdaGrad"
    hyperparameters = (learning_rate(1.0), lr_decay(), epsilon(1e-10), accumulator(0.0), weight_decay())
    mathematics = """
        g = g + weight_decay*theta
        h = where(t == 1, initial_accumulator, h) + g**2
        step = -lr/(1 + (t - 1)*lr_decay) * g/(sqrt(h) + eps)
    """


class RMSprop(RuleOptimizer):
    """AdaGrad that forgets: a moving average of the squared gradients scales the step.

    Tieleman & Hinton (2012), lecture 6.5; centered as in Graves (2013), eq. 38-45.
    """

    name, title = "rmsprop", "RMSprop"
    hyperparameters = (
        learning_rate(0.1),
        decay("alpha", 0.99),
        momentum(0.0, main=False),
        epsilon(1e-8),
        switch("centered", "subtract the squared mean gradient"),
    )
    mathematics = """
        v = alpha*v + (1 - alpha)*g**2
        a = alpha*a + (1 - alpha)*g
        b = momentum*b + g/(sqrt(where(centered > 0, v - a**2, v)) + eps)
        step = -lr*b
    """


class AdaDelta(RuleOptimizer):
    """RMSprop whose step has the units of θ: the average of past steps sets its length.

    Zeiler (2012), algorithm 1; lr scales the result and is 1 in the paper.
    """

    name, title = "adadelta", "AdaDelta"
    hyperparameters = (learning_rate(1.0, high=1000.0), decay("rho", 0.9), epsilon(1e-6, main=True))
    mathematics = """
        v = rho*v + (1 - rho)*g**2
        delta = sqrt(u + eps)/sqrt(v + eps)*g
        u = rho*u + (1 - rho)*delta**2
        step = -lr*delta
    """


class Adam(RuleOptimizer):
    """Moving averages of the gradient and of its square, both corrected for starting at 0.

    Kingma & Ba (2015), algorithm 1.
    """

    name, title = "adam", "Adam"
    hyperparameters = (learning_rate(0.3), decay("beta1", 0.9), decay("beta2", 0.999), epsilon(1e-8), weight_decay())
    mathematics = """
        g = g + weight_decay*theta
        m = beta1*m + (1 - beta1)*g
        v = beta2*v + (1 - beta2)*g**2
        m_hat = m/(1 - beta1**t)
        v_hat = v/(1 - beta2**t)
        step = -lr*m_hat/(sqrt(v_hat) + eps)
    """


class AdamW(RuleOptimizer):
    """Adam with weight decay apart from the gradient.

    Loshchilov & Hutter (2019), algorithm 2.
    """

    name, title = "adamw", "AdamW"
    hyperparameters = (
        learning_rate(0.3),
        decay("beta1", 0.9),
        decay("beta2", 0.999),
        epsilon(1e-8),
        weight_decay(0.01, main=True),
    )
    mathematics = """
        m = beta1*m + (1 - beta1)*g
        v = beta2*v + (1 - beta2)*g**2
        m_hat = m/(1 - beta1**t)
        v_hat = v/(1 - beta2**t)
        step = -lr*(m_hat/(sqrt(v_hat) + eps) + weight_decay*theta)
    """


class AMSGrad(RuleOptimizer):
    """Adam whose scaling never lets go: it divides by the largest average seen so far.

    Reddi, Kale & Kumar (2018), algorithm 2, with Adam's corrections as in PyTorch.
    """

    name, title = "amsgrad", "AMSGrad"
    hyperparameters = (learning_rate(0.3), decay("beta1", 0.9), decay("beta2", 0.999), epsilon(1e-8))
    mathematics = """
        m = beta1*m + (1 - beta1)*g
        v = beta2*v + (1 - beta2)*g**2
        v_max = maximum(v_max, v)
        m_hat = m/(1 - beta1**t)
        v_hat = v_max/(1 - beta2**t)
        step = -lr*m_hat/(sqrt(v_hat) + eps)
    """


class NAdam(RuleOptimizer):
    """Adam with Nesterov's look ahead and a momentum that warms up.

    Dozat (2016), algorithm 2, with the schedule of its section 3 (mu below).
    """

    name, title = "nadam", "NAdam"
    hyperparameters = (
        learning_rate(0.3), decay("beta1", 0.9), decay("beta2", 0.999), epsilon(1e-8),
        fraction("momentum_decay", 0.004, "how fast the momentum warms up", main=False),
    )  # fmt: skip
    mathematics = """
        mu = beta1*(1 - 0.5*0.96**(t*momentum_decay))
        mu_next = beta1*(1 - 0.5*0.96**((t + 1)*momentum_decay))
        mu_product = where(t == 1, 1, mu_product)*mu
        m = beta1*m + (1 - beta1)*g
        v = beta2*v + (1 - beta2)*g**2
        m_hat = mu_next*m/(1 - mu_product*mu_next) + (1 - mu)*g/(1 - mu_product)
        v_hat = v/(1 - beta2**t)
        step = -lr*m_hat/(sqrt(v_hat) + eps)
    """


class RAdam(RuleOptimizer):
    """Adam that trusts its scaling only once enough gradients were seen.

    Liu et al. (2020), algorithm 2: r is the length of the approximated simple moving average.
    """

    name, title = "radam", "RAdam"
    hyperparameters = (learning_rate(0.3), decay("beta1", 0.9), decay("beta2", 0.999), epsilon(1e-8))
    mathematics = """
        m = beta1*m + (1 - beta1)*g
        v = beta2*v + (1 - beta2)*g**2
        m_hat = m/(1 - beta1**t)
        r_end = 2/(1 - beta2) - 1
        r = r_end - 2*t*beta2**t/(1 - beta2**t)
        rectified = sqrt(maximum(0, (r - 4)*(r - 2)*r_end/((r_end - 4)*(r_end - 2)*r)))
        step = -lr*m_hat*where(r > 5, rectified*sqrt(1 - beta2**t)/(sqrt(v) + eps), 1)
    """


class AdaMax(RuleOptimizer):
    """Adam that scales by the largest recent gradient instead of the mean square.

    Kingma & Ba (2015), algorithm 2.
    """

    name, title = "adamax", "AdaMax"
    hyperparameters = (learning_rate(0.3), decay("beta1", 0.9), decay("beta2", 0.999), epsilon(1e-8))
    mathematics = """
        m = beta1*m + (1 - beta1)*g
        u = maximum(beta2*u, abs(g) + eps)
        step = -lr/(1 - beta1**t)*m/u
    """


class Lion(RuleOptimizer):
    """Steps of one length: only the sign of an averaged gradient counts.

    Chen et al. (2023), algorithm 2.
    """

    name, title = "lion", "Lion"
    hyperparameters = (learning_rate(0.1), decay("beta1", 0.9), decay("beta2", 0.99), weight_decay())
    mathematics = """
        c = sign(beta1*m + (1 - beta1)*g)
        m = beta2*m + (1 - beta2)*g
        step = -lr*(c + weight_decay*theta)
    """


class QHM(RuleOptimizer):
    """A weighted average of a momentum step and a plain one.

    Ma & Yarats (2019), eq. 3-4; their rule of thumb is nu = 0.7, momentum = 0.999.
    """

    name, title = "qhm", "QHM"
    hyperparameters = (learning_rate(0.1), momentum(0.999), fraction("nu", 0.7, "share of momentum in the step"))
    mathematics = """
        m = momentum*m + (1 - momentum)*g
        step = -lr*(nu*m + (1 - nu)*g)
    """


class QHAdam(RuleOptimizer):
    """Adam with quasi-hyperbolic averages above and below the line.

    Ma & Yarats (2019), section 4 and appendix.
    """

    name, title = "qhadam", "QHAdam"
    hyperparameters = (
        learning_rate(0.3), decay("beta1", 0.995), decay("beta2", 0.999),
        fraction("nu1", 0.7, "share of the averaged gradient in the step"),
        fraction("nu2", 1.0, "share of the averaged square in the scaling"),
        epsilon(1e-8),
    )  # fmt: skip
    mathematics = """
        m = beta1*m + (1 - beta1)*g
        v = beta2*v + (1 - beta2)*g**2
        m_hat = m/(1 - beta1**t)
        v_hat = v/(1 - beta2**t)
        step = -lr*(nu1*m_hat + (1 - nu1)*g)/(sqrt(nu2*v_hat + (1 - nu2)*g**2) + eps)
    """


CATALOGUE: dict[str, type[RuleOptimizer]] = {
    optimizer.name: optimizer
    for optimizer in (
        SGD, Momentum, Nesterov, AdaGrad, RMSprop, AdaDelta, Adam, AdamW, AMSGrad, NAdam, RAdam, AdaMax,
        Lion, QHM, QHAdam,
    )
}  # fmt: skip
"""The built-in optimizers by name, in the order they are listed."""


def optimizer_class(spec: str) -> type[RuleOptimizer]:
    """Return the optimizer of a catalogue name, of ``rule{ … }``, or of either with hooks and schedules round it.

    Raises
    ------
    InputError
        With the nearest names when there is none of that name, or when the text is not a rule.
    """
    if is_composed(spec):
        base, parts = split(spec)
        return composed(optimizer_class(base), parts)
    if "{" in spec:
        return typed_rule(spec)
    name = spec.strip().lower()
    if name not in CATALOGUE:
        raise InputError(
            f"there is no optimizer called '{spec.strip()}'{nearest(name, CATALOGUE) or ';'}"
            " optvis list optimizers shows all, and a rule of one's own is written rule{ step = -lr*g }"
        )
    return CATALOGUE[name]
