"""What the window asks of the program that opens it: files and pictures of what it shows."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

from PyQt6.QtGui import QImage

from optvis.picture import Picture
from optvis.session import Scene, Session


class Exporter(Protocol):
    """Every method raises `InputError` when it cannot do its work; then no file has changed."""

    def picture(self, scene: Scene, wanted: Picture) -> Generator[float, None, None]:
        """Write a picture or an animation in slices that yield the share that is done; closed, it leaves no file."""

    def image(self, scene: Scene, wanted: Picture) -> QImage:
        """Draw a picture."""

    def data(self, scene: Scene, file: str) -> None:
        """Write trajectories as CSV, JSON or NPZ, by the file's ending."""

    def script(self, session: Session, file: str) -> None:
        """Write a Python script."""

    def command(self, session: Session) -> str:
        """Return a line for the shell."""
