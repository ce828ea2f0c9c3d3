"""The files that travel with the program: icons, presets, samples."""

from pathlib import Path

_HERE = Path(__file__).resolve().parents[1]
_PLACES = (
    _HERE / "assets",  # an installed wheel
    _HERE.parent / "assets",  # the checkout, and an installation that points to it
)


def path(name: str) -> Path:
    """Return where a file or folder that travels with the program lies.

    Parameters
    ----------
    name
        Its place below ``assets``, parted by ``/``: ``"presets/textbook.json"``.

    Raises
    ------
    FileNotFoundError
        If this installation does not have it.
    """
    for place in _PLACES:
        if (found := place / name).exists():
            return found
    raise FileNotFoundError(
        f"optvis's own file {name} is missing in {_HERE}: this installation is incomplete, install optvis again"
    )
