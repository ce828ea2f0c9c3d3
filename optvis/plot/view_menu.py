"""The menu of a view: show all, ranges that are typed, and what a drag does."""

from __future__ import annotations

from pyqtgraph.graphicsItems.ViewBox.ViewBoxMenu import ViewBoxMenu

_LEFT_OUT = (
    "label", "linkCombo", "autoRadio", "autoPercentSpin", "manualRadio", "invertCheck", "mouseCheck",
    "visibleOnlyCheck", "autoPanCheck",
)  # fmt: skip
"""What pyqtgraph offers and a `PlotBox` cannot paint, or what it would undo at the next edit."""


class ViewMenu(ViewBoxMenu):  # type: ignore[misc]
    """`pyqtgraph`'s menu without what would break the look of a plot."""

    def __init__(self, view: object) -> None:
        super().__init__(view)
        self.viewAll.setText("Show all")
        for name, axis in zip("xy", self.ctrl, strict=True):
            for widget in _LEFT_OUT:
                getattr(axis, widget).hide()
            axis.minText.setAccessibleName(f"{name} from")
            axis.maxText.setAccessibleName(f"{name} to")
        pan, zoom = self.mouseModes
        pan.setText("Moves the view")
        zoom.setText("Zooms to a rectangle")
        self.actions()[-1].setText("A drag")
