"""Boxes that list the runs, to choose one of those that are on."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtGui import QStandardItemModel
from PyQt6.QtWidgets import QComboBox


def offer_those_on(box: QComboBox, are_on: Iterable[bool]) -> None:
    """Let only those runs be chosen that are switched on; where none is, every one can be."""
    states, model = list(are_on), box.model()
    assert isinstance(model, QStandardItemModel)
    for row, is_on in enumerate(states):
        item = model.item(row)
        assert item is not None
        item.setEnabled(is_on or not any(states))
