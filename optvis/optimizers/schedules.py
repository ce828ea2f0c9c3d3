"""How the learning rate changes from update to update, each schedule an expression of a rule.

``k`` counts the updates from 0, ``lr`` is the optimizer's own learning rate. Names and parameters are those of
`torch.optim.lr_scheduler`, and so are the numbers (PyTorch 2.13); ``inverse-time`` is that of Keras.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from optvis.optimizers.hyperparameter import Hyperparameter


@dataclass(frozen=True)
class Schedule:
    """A schedule: its parameters, and lines in which they stand as ``{name}``.

    Attributes
    ----------
    lines
        Lines before ``rate``; they may use ``k`` and ``lr``.
    rate
        The learning rate of the update.
    momentum
        The momentum of the update where the schedule cycles it too, else empty.
    choices
        Parameters that are words, with the words there are; the first is the default.
    """

    name: str
    about: str
    rate: str
    parameters: tuple[Hyperparameter, ...] = ()
    lines: tuple[str, ...] = ()
    momentum: str = ""
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _count(name: str, default: float, high: float, meaning: str) -> Hyperparameter:
    return Hyperparameter(name, default, 1.0, high, "linear", meaning, least=1e-9)


def _factor(name: str, default: float, meaning: str, high: float = 1.0) -> Hyperparameter:
    return Hyperparameter(name, default, 0.0, high, "linear", meaning)


def _rate(name: str, default: float, meaning: str) -> Hyperparameter:
    return Hyperparameter(name, default, 1e-4, 10.0, "log", meaning, zero=True)


_GAMMA = "factor of every fall"
_ITERS = _count("total_iters", 5.0, 200.0, "updates until the full rate")
MILESTONES = "milestones"
"""A parameter that is a list: ``milestones=10/20``."""

_ONE_CYCLE_TURN = "{pct_start}*{total_steps} - 1"
_ONE_CYCLE_ENDS = "{max_lr}/{div_factor}"
_CYCLE = (
    "turn = {step_size_up}/({step_size_up} + {step_size_down})",
    "through = k/({step_size_up} + {step_size_down}) - floor(k/({step_size_up} + {step_size_down}))",
    "height = where(through <= turn, through/turn, (through - 1)/(turn - 1))",
)

SCHEDULES: dict[str, Schedule] = {
    schedule.name: schedule
    for schedule in (
        Schedule(
            "step",
            "falls by a factor after every so many updates",
            "lr*{gamma}**floor(k/{step_size})",
            (_count("step_size", 30.0, 200.0, "updates between falls"), _factor("gamma", 0.1, _GAMMA)),
        ),
        Schedule("multi-step", "falls by a factor at milestones", "lr*{gamma}**({milestones})",
                 (_factor("gamma", 0.1, _GAMMA),)),
        Schedule("exponential", "falls by a factor with every update", "lr*{gamma}**k",
                 (_factor("gamma", 0.95, "factor of every update"),)),
        Schedule("multiplicative", "is multiplied with every update", "lr*{factor}**k",
                 (_factor("factor", 0.95, "factor of every update", 1.1),)),
        Schedule("constant", "a share of the rate for the first updates", "lr*where(k < {total_iters}, {factor}, 1)",
                 (_factor("factor", 1 / 3, "share of the rate"), _ITERS)),
        Schedule(
            "linear",
            "goes in a line from one share of the rate to another",
            "lr*({start_factor} + ({end_factor} - {start_factor})*minimum(k, {total_iters})/{total_iters})",
            (
                _factor("start_factor", 1 / 3, "share of the rate at first"),
                _factor("end_factor", 1.0, "share of the rate in the end"),
                _ITERS,
            ),
        ),
        Schedule(
            "polynomial",
            "falls to 0 as a power of the updates that are left",
            "lr*(1 - minimum(k, {total_iters})/{total_iters})**{power}",
            (_count("total_iters", 5.0, 200.0, "updates until 0"), _factor("power", 1.0, "the power", 4.0)),
        ),
        Schedule(
            "cosine",
            "falls as half a cosine, and rises again after it (Loshchilov & Hutter, 2017, without restarts)",
            "{eta_min} + (lr - {eta_min})*(1 + cos(pi*k/{T_max}))/2",
            (_count("T_max", 50.0, 500.0, "updates until the lowest rate"), _rate("eta_min", 0.0, "the lowest rate")),
        ),
        Schedule(
            "cosine-restarts",
            "falls as half a cosine and begins anew (Loshchilov & Hutter, 2017, eq. 5)",
            "{eta_min} + (lr - {eta_min})*(1 + cos(pi*(k - begun)/period))/2",
            (
                _count("T_0", 10.0, 200.0, "updates of the first fall"),
                _factor("T_mult", 1.0, "how many times as long every fall is as the one before", 4.0),
                _rate("eta_min", 0.0, "the lowest rate"),
            ),
            (
                "turn = where({T_mult} > 1, floor(log(1 + k/{T_0}*({T_mult} - 1))/log(maximum({T_mult}, 1.0001))"
                " + 1e-9), floor(k/{T_0}))",
                "period = {T_0}*where({T_mult} > 1, {T_mult}**turn, 1)",
                "begun = where({T_mult} > 1, {T_0}*({T_mult}**turn - 1)/(maximum({T_mult}, 1.0001) - 1), {T_0}*turn)",
            ),
        ),
        Schedule(
            "one-cycle",
            "up to a high rate and down to nearly none, momentum the other way (Smith & Topin, 2019)",
            "",  # made by `one_cycle`
            (
                _rate("max_lr", 1.0, "the highest rate"),
                _count("total_steps", 100.0, 1000.0, "updates of the cycle"),
                _factor("pct_start", 0.3, "share of the updates in which it rises"),
                Hyperparameter("div_factor", 25.0, 1.0, 100.0, "log", "the highest rate over the first", least=1e-9),
                Hyperparameter(
                    "final_div_factor", 1e4, 1.0, 1e6, "log", "the first rate over the last", main=False, least=1e-9
                ),
                _factor("base_momentum", 0.85, "momentum where the rate is highest"),
                _factor("max_momentum", 0.95, "momentum at both ends"),
            ),
            choices={
                "anneal_strategy": ("cos", "linear"), "three_phase": ("false", "true"),
                "cycle_momentum": ("true", "false"),
            },
        ),
        Schedule(
            "cyclic",
            "a triangle between two rates, momentum the other way (Smith, 2017)",
            "",  # made by `cyclic`
            (
                _rate("base_lr", 0.01, "the lowest rate"),
                _rate("max_lr", 0.2, "the highest rate"),
                _count("step_size_up", 20.0, 200.0, "updates in which it rises"),
                _count("step_size_down", 20.0, 200.0, "updates in which it falls"),
                _factor("gamma", 1.0, "factor of every update, for exp_range"),
                _factor("base_momentum", 0.8, "momentum where the rate is highest"),
                _factor("max_momentum", 0.9, "momentum where it is lowest"),
            ),
            _CYCLE,
            choices={"mode": ("triangular", "triangular2", "exp_range"), "cycle_momentum": ("true", "false")},
        ),
        Schedule("inverse-time", "falls as one over the time (Robbins & Monro, 1951)", "lr/(1 + {decay}*k)",
                 (_factor("decay", 0.1, "fall with every update"),)),
        Schedule(
            "inverse-sqrt",
            "falls as one over the root of the time, after a rise where there is one (Vaswani et al., 2017)",
            "lr*where({warmup} > 0, minimum((k + 1)/maximum({warmup}, 1e-9), sqrt({warmup}/(k + 1))), 1/sqrt(1 + k))",
            (Hyperparameter("warmup", 0.0, 0.0, 100.0, "linear", "updates in which it rises"),),
        ),
    )
}  # fmt: skip
"""By name."""

WARMUP = Schedule(
    "warmup",
    "a rise in a line from a share of the rate, before whatever follows (Goyal et al., 2017)",
    "lr*({start_factor} + (1 - {start_factor})*k/{total_iters})",
    (_factor("start_factor", 0.1, "share of the rate at first"), _ITERS),
)


def lines_of(schedule: Schedule, words: dict[str, str]) -> tuple[tuple[str, ...], str, str]:
    """Return the lines, the rate and the momentum of a schedule whose parameters that are words have been chosen."""
    if schedule.name == "one-cycle":
        return _one_cycle(words)
    if schedule.name == "cyclic":
        return _cyclic(words)
    return schedule.lines, schedule.rate, schedule.momentum


def _one_cycle(words: dict[str, str]) -> tuple[tuple[str, ...], str, str]:
    """Two phases, or three, each from one value to another by a cosine or in a line."""
    is_cosine, has_three = words["anneal_strategy"] == "cos", words["three_phase"] == "true"
    lines = [f"rise = {_ONE_CYCLE_TURN}"]
    lines += ["fall = 2*{pct_start}*{total_steps} - 2" if has_three else "fall = {total_steps} - 1"]
    lines += ["end = {total_steps} - 1"] if has_three else []

    def between(first: str, last: str, since: str, until: str) -> str:
        share = f"(k - {since})/({until} - {since})" if since != "0" else f"k/{until}"
        if is_cosine:
            return f"({last}) + (({first}) - ({last}))/2*(1 + cos(pi*{share}))"
        return f"({first}) + (({last}) - ({first}))*{share}"

    low = _ONE_CYCLE_ENDS
    least = f"{low}/{{final_div_factor}}"
    down = between("{max_lr}", low if has_three else least, "rise", "fall")
    if has_three:
        down = f"where(k <= fall, {down}, {between(low, least, 'fall', 'end')})"
    rate = f"where(k <= rise, {between(low, '{max_lr}', '0', 'rise')}, {down})"
    if words["cycle_momentum"] == "false":
        return tuple(lines), rate, ""
    back = between("{base_momentum}", "{max_momentum}", "rise", "fall")
    back = f"where(k <= fall, {back}, {{max_momentum}})" if has_three else back
    momentum = f"where(k <= rise, {between('{max_momentum}', '{base_momentum}', '0', 'rise')}, {back})"
    return tuple(lines), rate, momentum


def _cyclic(words: dict[str, str]) -> tuple[tuple[str, ...], str, str]:
    scale = {
        "triangular": "1",
        "triangular2": "0.5**floor(k/({step_size_up} + {step_size_down}))",
        "exp_range": "{gamma}**k",
    }[words["mode"]]
    rate = f"{{base_lr}} + ({{max_lr}} - {{base_lr}})*height*{scale}"
    if words["cycle_momentum"] == "false":
        return _CYCLE, rate, ""
    return _CYCLE, rate, f"{{max_momentum}} - ({{max_momentum}} - {{base_momentum}})*height*{scale}"
