"""What an edit is called in the Edit menu, read off the sessions before and after it."""

from __future__ import annotations

from dataclasses import fields

from optvis.document.session import RunSpec, Session, View
from optvis.optimizers.catalogue import optimizer_class

SESSION_NAMES = {
    "problem": "problem",
    "bounds": "domain",
    "start": "start point",
    "steps": "steps",
    "gradient": "gradient",
    "seed": "seed",
}
RUN_NAMES = {"optimizer": "rule", "hyper": "settings", "style": "style", "visible": "on or off", "label": "name"}
VIEW_NAMES = {
    "levels": "contour levels",
    "aspect": "aspect",
    "swarm": "swarm",
    "profile": "profile line",
    "layout": "panels",
    "charts": "charts",
    "loss_axis": "axis of the charts",
    "against": "axis of the charts",
    "colormap": "colours",
    "color_bar": "colour bar",
    "contour_labels": "losses on contours",
    "chosen": "chosen run",
    "arrows": "arrows",
    "field": "gradient field",
    "lens": "gradient lens",
    "basins": "what basins show",
    "basins_of": "whose basins",
    "sweep_x": "axes of the sweep",
    "sweep_y": "axes of the sweep",
    "sweep_shows": "what the sweep shows",
}
"""Where an edit changes several, its name is that of the first here."""


def edit_name(before: Session, after: Session) -> str:
    """Return the name of the edit that led from one session to another: ``Adam lr``, ``start point``.

    Empty where they are equal, as after a drag back to where it began.
    """
    changed = _changed(before, after) - {"view"}
    if "problem" in changed:
        return SESSION_NAMES["problem"]  # the rest followed it
    if len(changed) > 1:
        return "suggested settings" if after == before.with_suggested_settings() else "settings"
    if changed == {"runs"}:
        return _name_of_runs(before.runs, after.runs)
    if changed:
        return SESSION_NAMES[changed.pop()]
    view = _changed(before.view, after.view)
    return next((name for attribute, name in VIEW_NAMES.items() if attribute in view), "")


def _changed(before: Session | RunSpec | View, after: Session | RunSpec | View) -> set[str]:
    """The fields in which two of a kind differ."""
    return {field.name for field in fields(before) if getattr(before, field.name) != getattr(after, field.name)}


def _name_of_runs(before: tuple[RunSpec, ...], after: tuple[RunSpec, ...]) -> str:
    if len(before) != len(after):
        longer, shorter, verb = (after, before, "added") if len(after) > len(before) else (before, after, "removed")
        place = next((at for at, spec in enumerate(shorter) if spec != longer[at]), len(shorter))
        return f"{_title(longer[place])} {verb}"
    places = [at for at, spec in enumerate(before) if spec != after[at]]
    if len(places) == 1:
        return _name_of_run(before[places[0]], after[places[0]])
    is_moved = all(before.count(spec) == after.count(spec) for spec in before)
    return "order of the runs" if is_moved else "settings of the runs"


def _name_of_run(before: RunSpec, after: RunSpec) -> str:
    changed = _changed(before, after)
    what = next(name for attribute, name in RUN_NAMES.items() if attribute in changed)
    if changed == {"hyper"}:
        values = {name for name, _ in set(before.hyper) ^ set(after.hyper)}
        what = values.pop() if len(values) == 1 else what
    if changed == {"visible"}:
        what = "on" if after.visible else "off"
    return f"{_title(before)} {what}"


def _title(spec: RunSpec) -> str:
    return spec.label or optimizer_class(spec.optimizer).title
