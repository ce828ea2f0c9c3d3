"""Computing what the sliders of all runs would do, and painting it into their grooves."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator, Hashable
from functools import partial
from time import perf_counter
from weakref import WeakKeyDictionary

from PyQt6.QtCore import QObject, QTimer

from optvis.document.session import Scene, SceneRun
from optvis.engine.preparation import run_settings
from optvis.gui.settings.runs_panel import RunsPanel
from optvis.gui.state.refinement import Refinement
from optvis.gui.state.store import Store
from optvis.gui.widgets.value_slider import ValueSlider
from optvis.maps.slider_sweeps import COARSE, FINE, Groove, grooves_in_slices
from optvis.optimizers.hyperparameter import Hyperparameter

REST_MS = 250
"""So long after the last change grooves are refined."""
STALE_MS = 200
"""So long a groove may stay that is of settings that no longer hold, while the new one is computed."""
PATIENCE = 0.5
"""Seconds of computing that the grooves of a run may take; beyond it they stay coarse, or plain."""

_FIRST_GUESS = 0.05  # seconds after which it can be told how long the rest will take
_MAX_KEPT = 1_000


class GroovePainter(QObject):
    """Keeps the grooves of a panel's sliders up to date with the scene.

    After every new scene what is not known of it is computed in slices, coarsely; at rest it is refined.
    A newer edit comes first: computing stops, and begins anew with its scene. A groove is known by all that
    it depends on, so that a slider that moves keeps its own and only the others of its run are new.
    Folded sliders are left out until they can be seen.

    Attributes
    ----------
    refinement
        Of what is known of the grooves.
    """

    def __init__(self, store: Store, panel: RunsPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._panel = store, panel
        self._is_on = True
        self._known: OrderedDict[Hashable, Groove | None] = OrderedDict()  # None: it would take too long
        self._passes = 0
        self._served: dict[int, int] = {}  # in which pass a run had its turn
        self.refinement: Refinement[None] = Refinement(self, REST_MS)
        self._stale: WeakKeyDictionary[ValueSlider, float] = WeakKeyDictionary()  # since when
        self._ageing = QTimer(self)
        self._ageing.setSingleShot(True)
        self._ageing.setInterval(STALE_MS)
        self._ageing.timeout.connect(self._show_all)
        store.sessionChanged.connect(self.refinement.cancel)
        store.sceneChanged.connect(self._follow)
        panel.unfolded.connect(self._follow)
        self._follow()

    @property
    def is_on(self) -> bool:
        """Whether grooves are painted."""
        return self._is_on

    @property
    def is_settled(self) -> bool:
        """Whether everything is painted as finely as it will be."""
        return not self.refinement.is_running

    def set_on(self, on: bool) -> None:
        """Paint grooves, or leave them plain and compute nothing."""
        self._is_on = on
        self._follow()

    def _follow(self) -> None:
        if not self._is_on:
            self._ageing.stop()
            self.refinement.cancel()
            for card in self._panel.cards:
                for slider in card.sliders.values():
                    slider.set_groove(None)
            return
        if not self._store.is_busy:
            self._show_all()
            scene = self._store.scene
            shown = tuple(slider.hyper for card in self._panel.cards for slider in card.shown_sliders())
            self.refinement.want((scene, shown), [partial(self._computing, scene, each) for each in (COARSE, FINE)])
            self._ageing.start()

    def _computing(self, scene: Scene, cells: int) -> Generator[float, None, None]:
        """Compute what is not known so finely, one run after the other, and show it."""
        if cells == FINE:
            for key in [key for key, groove in self._known.items() if groove is None]:
                del self._known[key]  # it may only have been a busy moment
        self._passes += 1
        missing = {index: self._missing(scene, index, cells) for index in range(len(scene.runs))}
        waiting = {index: sliders for index, sliders in missing.items() if sliders}
        while waiting:
            index = min(waiting, key=self._urgency)  # asked anew each time, for the panel may be scrolled
            run, sliders = scene.runs[index], waiting.pop(index)
            found = yield from self._patiently(scene, run, sliders, cells)
            for hyper in sliders:
                key = _key(scene, run, hyper)
                self._known[key] = self._known.get(key) if found is None else found[hyper.name]
            self._served[index] = self._passes
            self._show(scene, index)
        while len(self._known) > _MAX_KEPT:
            self._known.popitem(last=False)

    def _missing(self, scene: Scene, index: int, cells: int) -> list[Hyperparameter]:
        """The sliders of a run of which less is known than is wanted, and that can be seen."""
        missing = []
        for slider in self._panel.cards[index].shown_sliders():
            key = _key(scene, scene.runs[index], slider.hyper)
            groove = self._known.get(key)
            if key not in self._known or (groove is not None and len(groove.values) < cells):
                missing.append(slider.hyper)
        return missing

    def _patiently(
        self, scene: Scene, run: SceneRun, sliders: list[Hyperparameter], cells: int
    ) -> Generator[float, None, dict[str, Groove] | None]:
        """Compute; None where it takes too long."""
        optimizer = run.optimizer(**run.hyper)
        settings = run_settings(scene.problem, optimizer, scene.start, scene.steps, scene.gradient)
        slices = grooves_in_slices(settings, sliders, cells)
        spent = 0.0
        while True:
            began = perf_counter()
            try:
                share = next(slices)
            except StopIteration as end:
                found: dict[str, Groove] = end.value
                return found
            if share > 0:  # until then a kernel is made
                spent += perf_counter() - began
                if spent > min(_FIRST_GUESS, PATIENCE) and spent > share * PATIENCE:
                    return None
            yield share

    def _urgency(self, index: int) -> tuple[object, ...]:
        """What is dragged, can be seen, has waited longest, is shown on the map, and is inspected comes first."""
        card = self._panel.cards[index]
        is_dragged = any(slider.slider is not None and slider.slider.isSliderDown() for slider in card.shown_sliders())
        is_chosen = index == self._store.session.chosen
        hidden = card.visibleRegion().isEmpty()
        return not is_dragged, hidden, self._served.get(index, 0), not card.spec.visible, not is_chosen

    def _show_all(self) -> None:
        if not self._store.is_busy:
            for index in range(len(self._panel.cards)):
                self._show(self._store.scene, index)

    def _show(self, scene: Scene, index: int) -> None:
        """Paint what is known; a groove that is computed anew may stay for a moment, so that nothing flickers."""
        for slider in self._panel.cards[index].sliders.values():
            key = _key(scene, scene.runs[index], slider.hyper)
            if key in self._known:
                self._known.move_to_end(key)
                self._stale.pop(slider, None)
                slider.set_groove(self._known[key], scene.session.view.colormap)
            elif slider.groove is not None:
                since = self._stale.setdefault(slider, perf_counter())
                if perf_counter() - since >= STALE_MS / 1000:
                    slider.set_groove(None)


def _key(scene: Scene, run: SceneRun, hyper: Hyperparameter) -> Hashable:
    """All that a groove depends on: everything but the value of its own slider."""
    others = tuple(item for item in run.hyper.items() if item[0] != hyper.name)
    return scene.problem, run.optimizer, others, scene.start, scene.steps, scene.gradient, hyper
