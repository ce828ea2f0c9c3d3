"""The document, and what is drawn of it.

A `Session` says what to compute and show; it holds intent only, so that a setting that nobody made
by hand (None, or a hyperparameter that is not listed) follows the problem's suggestion. `resolve`
turns it into a `Scene`: the problem, the settings that hold and the trajectories.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from optvis.document.layouts import WINDOW_LAYOUTS
from optvis.engine.preparation import checked_steps, suggested_values
from optvis.engine.trajectory import Trajectory, run_in_slices
from optvis.foundation.checked import flag, one_of, several_of, whole_number, words
from optvis.foundation.errors import InputError
from optvis.foundation.slices import eager
from optvis.landscape.loss_surface import LossScale, loss_scale
from optvis.landscape.profile_lines import through_minimum
from optvis.optimizers.base import RuleOptimizer
from optvis.optimizers.catalogue import optimizer_class
from optvis.problems.gradient import Scheme, parse_scheme
from optvis.problems.problem import Bounds, Problem, Segment, checked_segment, problem

MAX_RUNS = 64
MAX_STEPS_OF_ALL = 8_000_000
"""Of the runs of a session together; each takes some hundred bytes."""
MAX_SWARM = 100_000
STYLES = 64
"""Looks of runs: eight whole lines in eight colours, then the same colours with each of seven dash patterns."""
COLORS = 8
MAX_SEED = 2**63 - 1


@dataclass(frozen=True)
class View:
    """How a session is shown.

    Attributes
    ----------
    levels
        Contour levels and colours: linear, logarithmic, or chosen by the function's range.
    aspect
        ``equal``: one unit is as long on x as on y; ``free``: the map fills its place.
    layout
        One of `optvis.document.layouts.WINDOW_LAYOUTS`: one ``map`` with all runs, small ``multiples`` with
        one panel per run, the 3-D ``surface``, the ``basins`` that every start of the domain falls into, or a
        ``sweep`` over hyperparameters.
    charts
        Which charts are shown, in their order.
    loss_axis
        Of all charts of what is never negative.
    against
        What the charts have along: the step, or the loss evaluations spent.
    colormap
        Of the filled map.
    color_bar, contour_labels
        Whether a key says which colour of the map is which loss, and whether contour lines say their losses.
    chosen
        The run that is inspected and that has arrows, counted from 0.
    arrows
        What is drawn at the head of the chosen run.
    field
        Arrows of −∇f over the map, and how their lengths follow its norm.
    lens
        ``gradient`` shades the map with the error of the numerical gradient.
    basins
        What a basin map shows of every start: the minimum it reaches, the steps to get there, or the
        final loss.
    basins_of
        The chosen run, or each visible one in a panel of its own.
    sweep_x, sweep_y
        The chosen run's hyperparameters on the axes of a sweep map; ``sweep_y`` may be ``steps``, for
        the loss after every step. Empty: its first two.
    sweep_shows
        The final loss, the steps to the target, or the outcome.
    swarm
        How many starts move over the map at once; 0 for none.
    profile
        The ends ax, ay, bx, by of a line over the map, along which a chart shows the loss; None for no line.
    """

    levels: Literal["auto", "linear", "log"] = "auto"
    aspect: Literal["free", "equal"] = "free"
    layout: str = "map"
    charts: tuple[Literal["loss", "slope", "length", "distance", "x", "y"], ...] = ("loss",)
    loss_axis: Literal["log", "linear"] = "log"
    against: Literal["steps", "evaluations"] = "steps"
    colormap: Literal["viridis", "cividis"] = "viridis"
    color_bar: Literal["on", "off"] = "on"
    contour_labels: Literal["off", "on"] = "off"
    chosen: int = 0
    arrows: tuple[Literal["gradient", "velocity", "scaling", "step"], ...] = ()
    field: Literal["off", "linear", "log", "equal"] = "off"
    lens: Literal["none", "gradient"] = "none"
    basins: Literal["minimum", "steps", "loss"] = "minimum"
    basins_of: Literal["chosen", "each"] = "chosen"
    sweep_x: str = ""
    sweep_y: str = ""
    sweep_shows: Literal["loss", "steps", "outcome"] = "loss"
    swarm: int = 0
    profile: Segment | None = None

    def __post_init__(self) -> None:
        """Refuse what no session file could hold either; lists become tuples."""
        for name, (choices, are_several) in _choices().items():
            what = name.replace("_", " ")
            given = getattr(self, name)
            taken = several_of(what, given, choices) if are_several else one_of(what, given, choices)
            object.__setattr__(self, name, taken)
        words("sweep_x", self.sweep_x)
        words("sweep_y", self.sweep_y)
        whole_number("chosen", self.chosen, 0, MAX_RUNS)
        whole_number("swarm", self.swarm, 0, MAX_SWARM)
        if self.profile is not None:
            object.__setattr__(self, "profile", checked_segment(self.profile))


@lru_cache
def _choices() -> dict[str, tuple[tuple[str, ...], bool]]:
    """The names that each choice of a view has, and whether it may have several of them."""
    found: dict[str, tuple[tuple[str, ...], bool]] = {"layout": (tuple(WINDOW_LAYOUTS), False)}
    for name, hint in get_type_hints(View).items():
        if get_origin(hint) is Literal:
            found[name] = get_args(hint), False
        elif get_origin(hint) is tuple and get_args(hint)[-1] is Ellipsis:
            found[name] = get_args(get_args(hint)[0]), True
    return found


CHOICES: dict[str, tuple[str, ...]] = {name: choices for name, (choices, _) in _choices().items()}
"""The names that each choice of a view has."""


@dataclass(frozen=True)
class RunSpec:
    """One optimizer with its settings.

    Attributes
    ----------
    optimizer
        A catalogue name, or ``rule{ … }``.
    hyper
        Name and value of what was set by hand, sorted by name; a dict becomes such a tuple.
    style
        0 to 63: which colour, dash pattern and marker; up to 7 whole lines.
    label
        A name of the user's own; empty for the optimizer's title.
    """

    optimizer: str
    hyper: tuple[tuple[str, float], ...] = ()
    style: int = 0
    visible: bool = True
    label: str = ""

    def __post_init__(self) -> None:
        words("optimizer", self.optimizer)
        words("label", self.label)
        flag("visible", self.visible)
        whole_number("style", self.style, 0, STYLES - 1)
        if isinstance(self.hyper, Mapping):
            values = ((name, _as_float(name, value)) for name, value in self.hyper.items())
            object.__setattr__(self, "hyper", tuple(sorted(values)))
        elif not isinstance(self.hyper, tuple):
            raise InputError(f"hyperparameters are given by name, as in {{'lr': 0.1}}, not {self.hyper!r}")

    def with_hyper(self, name: str, value: float | None) -> RunSpec:
        """Set one hyperparameter by hand, or with None give it back to the suggestion."""
        if value is not None:
            return self.with_values({name: value})
        return replace(self, hyper=tuple(pair for pair in self.hyper if pair[0] != name))

    def with_values(self, values: Mapping[str, float]) -> RunSpec:
        """Set several hyperparameters by hand."""
        return replace(self, hyper={**dict(self.hyper), **values})  # type: ignore[arg-type]


def _as_float(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError(f"{name} must be a number, not {value!r}") from None


@dataclass(frozen=True)
class Session:
    """Everything that says what to compute and show; no results.

    Attributes
    ----------
    problem
        A catalogue name or a formula.
    bounds
        Domain to draw, xmin, xmax, ymin, ymax; None for the problem's.
    start
        x, y; None for the problem's.
    steps
        Updates; None for the problem's suggestion.
    gradient
        As `optvis.problems.gradient.parse_scheme` reads it.
    seed
        For whatever is drawn at random.
    """

    problem: str
    bounds: Bounds | None = None
    start: tuple[float, float] | None = None
    steps: int | None = None
    gradient: str = "central:0.0001"
    seed: int = 0
    runs: tuple[RunSpec, ...] = ()
    view: View = View()

    def __post_init__(self) -> None:
        words("problem", self.problem)
        if not isinstance(self.view, View):
            raise InputError(f"the view of a session is made by View(…), not {self.view!r}")
        if isinstance(self.runs, (str, RunSpec)) or not isinstance(self.runs, Iterable):
            raise InputError(f"the runs of a session stand in a list, as in [RunSpec('adam')], not {self.runs!r}")
        object.__setattr__(self, "runs", tuple(self.runs))
        for spec in self.runs:
            if not isinstance(spec, RunSpec):
                raise InputError(f"a run of a session is made by RunSpec('adam'), not {spec!r}")
        whole_number("seed", self.seed, 0, MAX_SEED)

    @property
    def chosen(self) -> int | None:
        """Which run is inspected: the one the view names, or where it is switched off the next one that is on.

        Where all are off, the one that is named; None where there are none.
        """
        if not self.runs:
            return None
        named = min(self.view.chosen, len(self.runs) - 1)
        order = [*range(named, len(self.runs)), *reversed(range(named))]
        return next((index for index in order if self.runs[index].visible), named)

    def with_run(self, index: int, spec: RunSpec) -> Session:
        """Replace one run."""
        return replace(self, runs=(*self.runs[:index], spec, *self.runs[index + 1 :]))

    def with_suggested_settings(self) -> Session:
        """Give steps, start, domain and learning rates back to the problem's suggestions."""
        runs = tuple(spec.with_hyper("lr", None) for spec in self.runs)
        return replace(self, bounds=None, start=None, steps=None, runs=runs)

    def with_problem(self, name: str) -> Session:
        """Minimise a problem of the catalogue with its own domain and start; a profile line is laid anew."""
        session = replace(self, problem=name, bounds=None, start=None)
        if self.view.profile is None or name == self.problem:
            return session
        minimised = session_problem(name, None)
        line = through_minimum(minimised, minimised.start, minimised.plane.bounds)
        return replace(session, view=replace(self.view, profile=line))

    @property
    def has_patterns(self) -> bool:
        """Whether every run has a dash pattern."""
        return bool(self.runs) and all(spec.style >= COLORS for spec in self.runs)

    def with_patterns(self, on: bool = True) -> Session:
        """Give every run a dash pattern that goes with its colour, for print and for who sees no colours; or none."""
        styles = [spec.style % COLORS for spec in self.runs]
        styles = [COLORS * (1 + color % (COLORS - 1)) + color if on else color for color in styles]
        runs = (replace(spec, style=style) for spec, style in zip(self.runs, styles, strict=True))
        return replace(self, runs=tuple(runs))

    def free_style(self) -> int:
        """The first style that no run has, or the one that the fewest have."""
        used = [spec.style for spec in self.runs]
        return min(range(STYLES), key=lambda style: (used.count(style), style))


@dataclass(frozen=True, eq=False)
class SceneRun:
    """One run of a scene.

    Attributes
    ----------
    optimizer
        Its class.
    label
        For legends: the user's own, or the title with what tells it from others of the same title.
    hyper
        The settings that hold: by hand, else suggested, else the default.
    trajectory
        The same object as in the previous scene where nothing it depends on has changed.
    """

    spec: RunSpec
    optimizer: type[RuleOptimizer]
    label: str
    hyper: dict[str, float]
    trajectory: Trajectory


@dataclass(frozen=True, eq=False)
class Scene:
    """A session resolved into what is drawn."""

    session: Session
    problem: Problem
    start: tuple[float, float]
    steps: int
    gradient: Scheme
    runs: tuple[SceneRun, ...]
    scale: LossScale

    @property
    def bounds(self) -> Bounds:
        """The domain: xmin, xmax, ymin, ymax."""
        return self.problem.plane.bounds

    @property
    def visible_runs(self) -> tuple[SceneRun, ...]:
        """The runs that are switched on."""
        return tuple(run for run in self.runs if run.spec.visible)

    @property
    def chosen(self) -> SceneRun | None:
        """The run that is inspected, as `Session.chosen` says."""
        index = self.session.chosen
        return None if index is None or index >= len(self.runs) else self.runs[index]


@lru_cache(maxsize=64)
def session_problem(text: str, bounds: Bounds | None) -> Problem:
    """Return the problem of a session; the same object for the same text and bounds."""
    return problem(text, bounds=bounds)


def effective_hyper(spec: RunSpec, problem: Problem) -> dict[str, float]:
    """Return the settings that hold for a run: by hand, else the problem's suggestion, else the default.

    Raises
    ------
    InputError
        For an unknown optimizer or hyperparameter, or a value that is not legal.
    """
    optimizer = optimizer_class(spec.optimizer)
    return optimizer(**(suggested_values(optimizer, problem) | dict(spec.hyper))).hyper


def resolve_in_slices(session: Session, previous: Scene | None = None) -> Generator[float, None, Scene]:
    """Compute the scene of a session.

    Trajectories of ``previous`` are kept where problem, optimizer, settings, start, steps and
    gradient scheme are the same, whatever the style.

    Raises
    ------
    InputError
        When something in the session cannot be used.
    """
    if not isinstance(session, Session):
        raise InputError(f"what is resolved is made by Session(…), not {session!r}")
    if not isinstance(previous, Scene | None):
        raise InputError(f"the scene before is what resolve has returned, or None, not {previous!r}")
    if len(session.runs) > MAX_RUNS:
        raise InputError(f"a session has at most {MAX_RUNS} runs, not {len(session.runs)}")
    minimised = session_problem(session.problem, session.bounds)
    start = minimised.start if session.start is None else session.start
    steps = checked_steps(minimised.suggested.steps if session.steps is None else session.steps)
    if len(session.runs) * steps > MAX_STEPS_OF_ALL:
        raise InputError(
            f"{len(session.runs)} runs of {steps:,} steps are more than {MAX_STEPS_OF_ALL:,} steps in all; "
            f"take at most {MAX_STEPS_OF_ALL // len(session.runs):,} steps, or fewer runs"
        )
    scheme = parse_scheme(session.gradient)
    settings = [effective_hyper(spec, minimised) for spec in session.runs]
    known = {} if previous is None else {_key(previous, run): run.trajectory for run in previous.runs}
    scale = loss_scale(minimised, session.view.levels)
    scene = Scene(session, minimised, start, steps, scheme, (), scale)
    labels = _labels(session.runs, settings)
    runs: list[SceneRun] = []
    waiting = [
        run_in_slices(minimised, optimizer_class(spec.optimizer)(**hyper), start, steps, scheme)
        for spec, hyper in zip(session.runs, settings, strict=True)
    ]
    yield 0.0
    for index, (spec, hyper, slices) in enumerate(zip(session.runs, settings, waiting, strict=True)):
        key = _run_key(scene, spec, hyper)
        trajectory = known.get(key)
        while trajectory is None:
            try:
                yield (index + next(slices)) / len(waiting)
            except StopIteration as end:
                trajectory = end.value
        known[key] = trajectory
        runs.append(SceneRun(spec, optimizer_class(spec.optimizer), labels[index], hyper, trajectory))
    return replace(scene, runs=tuple(runs))


resolve = eager(resolve_in_slices)


def _key(scene: Scene, run: SceneRun) -> tuple[Any, ...]:
    return _run_key(scene, run.spec, run.hyper)


def _run_key(scene: Scene, spec: RunSpec, hyper: dict[str, float]) -> tuple[Any, ...]:
    optimizer = optimizer_class(spec.optimizer)
    return scene.problem, optimizer.name, tuple(hyper.items()), scene.start, scene.steps, scene.gradient


def _labels(specs: tuple[RunSpec, ...], settings: list[dict[str, float]]) -> list[str]:
    """Titles, and where a title stands twice the hyperparameters that differ."""
    titles = [optimizer_class(spec.optimizer).title for spec in specs]
    labels = []
    for spec, title, hyper in zip(specs, titles, settings, strict=True):
        twins = [other for other, t in zip(settings, titles, strict=True) if t == title]
        differing = [name for name in hyper if len({twin.get(name) for twin in twins}) > 1]
        detail = ", ".join(f"{name} {hyper[name]:g}" for name in differing)
        labels.append(spec.label or (f"{title} ({detail})" if detail else title))
    return labels
