"""What one can do with the list of runs: each function makes a new session of an old one."""

from __future__ import annotations

from dataclasses import replace

from optvis.document.session import RunSpec, Session, effective_hyper, session_problem
from optvis.optimizers.catalogue import optimizer_class

Runs = tuple[RunSpec, ...]


def added(session: Session, optimizer: str) -> Session:
    """Append a run of an optimizer, with suggested settings and a style of its own."""
    return replace(session, runs=(*session.runs, RunSpec(optimizer, style=session.free_style())))


def chosen(session: Session, index: int) -> Session:
    """Choose the run that is inspected; one that is switched off cannot be while others are on."""
    named = _naming(session, index)
    return named if named.chosen == index else session


def _naming(session: Session, index: int) -> Session:
    """Name this run as the chosen one, whether it is on or off."""
    return replace(session, view=replace(session.view, chosen=index))


def removed(session: Session, index: int) -> Session:
    """Take a run away; when it was the chosen one, the run that takes its place is."""
    rest = replace(session, runs=session.runs[:index] + session.runs[index + 1 :])
    return _naming(rest, session.view.chosen - 1) if index < session.view.chosen else rest


def duplicated(session: Session, index: int) -> Session:
    """Put a copy in another style after a run."""
    copy = replace(session.runs[index], style=session.free_style())
    return _inserted(session, index + 1, copy)


def moved(session: Session, index: int, to: int) -> Session:
    """Take a run out and put it back so that it becomes number ``to``, clipped to the list."""
    order = [*range(index), *range(index + 1, len(session.runs))]
    order.insert(min(max(to, 0), len(order)), index)
    new = replace(session, runs=tuple(session.runs[at] for at in order))
    return _naming(new, order.index(session.view.chosen)) if session.view.chosen in order else new


def with_rule(session: Session, index: int, rule: str, *, as_new: bool = False) -> Session:
    """Give a run, or a new one after it, another rule; values that hold now stay where the rule has them.

    So only what was changed in the rule changes the trajectory.
    """
    spec = session.runs[index]
    now = effective_hyper(spec, session_problem(session.problem, session.bounds))
    defaults = {hyper.name: hyper.default for hyper in optimizer_class(rule).hyperparameters}
    kept = sorted((name, now[name]) for name in defaults if name in now and now[name] != defaults[name])
    title = spec.label or optimizer_class(spec.optimizer).title
    label = title if title.endswith("edited") else f"{title}, edited"
    edited = replace(spec, optimizer=rule, hyper=tuple(kept), label=label)
    if not as_new:
        return session.with_run(index, edited)
    return _inserted(session, index + 1, replace(edited, style=session.free_style()))


def _inserted(session: Session, index: int, spec: RunSpec) -> Session:
    """Put a run in; the chosen one stays the same run."""
    new = replace(session, runs=(*session.runs[:index], spec, *session.runs[index:]))
    return _naming(new, session.view.chosen + 1) if index <= session.view.chosen < len(session.runs) else new


def matched(old: Runs, new: Runs) -> list[int | None]:
    """Tell for each new run which old one it is, if any.

    First the same object, wherever it has moved to; then the same optimizer at the same place; then
    the same optimizer anywhere. A view keeps what it shows of a run by this.
    """
    found: list[int | None] = [None] * len(new)
    free = list(range(len(old)))

    def pair(same: object, at: int, candidates: list[int]) -> None:
        for candidate in candidates:
            if candidate in free and callable(same) and same(old[candidate], new[at]):
                found[at] = candidate
                free.remove(candidate)
                return

    for at in range(len(new)):
        pair(lambda a, b: a is b, at, [at, *free])
    for at in range(len(new)):
        if found[at] is None:
            pair(lambda a, b: a.optimizer == b.optimizer, at, [at])
    for at in range(len(new)):
        if found[at] is None:
            pair(lambda a, b: a.optimizer == b.optimizer, at, list(free))
    return found
