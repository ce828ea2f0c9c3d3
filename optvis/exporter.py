"""What the window exports with. The command line hands it over, so that the window imports no export."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from optvis.picture import Picture
from optvis.session import Scene, Session

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage


class Exporter:
    """Writes what `optvis render` and `optvis run` write; `optvis.gui.exporter` says what the window needs.

    Every method raises `InputError` when it cannot do its work; then no file has changed.
    """

    def picture(self, scene: Scene, wanted: Picture) -> Generator[float, None, None]:
        """Write the picture or the animation that is wanted, in slices."""
        from optvis.export import render_in_slices

        return render_in_slices(scene, wanted)

    def image(self, scene: Scene, wanted: Picture) -> QImage:
        """Draw the picture that is wanted, for the clipboard."""
        from optvis.export.stills import still

        return still(scene, wanted)

    def data(self, scene: Scene, file: str) -> None:
        """Write the trajectories as CSV, JSON or NPZ, by the file's ending."""
        from optvis.export.data import write_data

        write_data(scene, file)

    def script(self, session: Session, file: str) -> None:
        """Write the session as a Python script."""
        from optvis.export.script import write_script

        write_script(session, file)

    def command(self, session: Session) -> str:
        """Return the session as a line for the shell."""
        from optvis.command import render_command

        return render_command(session)
