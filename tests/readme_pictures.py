"""The pictures of the README: ``python -m tests.readme_pictures [NAMES]``; not run by pytest.

Each is drawn by a process of its own, as a user would draw it.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "pictures"

# With the arguments of `optvis render` that draw them
RENDERED = {
    "textbook.png": "textbook --view figure --charts loss,slope,distance",
    "multiples.png": "textbook --view multiples",
    "four-minima.gif": "four-minima --size 720,540 --fps 15 --step 60",
    "surface.png": "saddle-escape --view surface",
    "arrows.png": "-p quadratic-valley -O adam --steps 30 --step 4 --size 1000,660 "
    "--arrows gradient,velocity,scaling,step --field linear",
    "too-fast.png": "too-fast",
    "ravine.png": "ravine --theme dark --size 900,600",
    "basins.png": "-p himmelblau -O momentum:lr=0.02 --view basins --size 900,580",
    "sweep.png": "-p quadratic-valley -O momentum --steps 60 --view sweep --size 1000,660",
    "profile.png": "-p himmelblau -O momentum:lr=0.01 -O adam:lr=0.3 --steps 60 --view figure --size 620,500 "
    "--start 0,-3.25 --profile=-4.6,-3.9,4.4,2.6",
    "swarm.gif": "-p himmelblau -O adam --swarm 1000 --size 400,300 --fps 12 --step 36",
}
# Painted by the window itself, by tests/window_pictures.py
OF_THE_WINDOW = ("sliders.png", "tune.png", "items.png")
NAMES = (*RENDERED, *OF_THE_WINDOW)


def main(names):
    """Draw these pictures, or all, and return the exit status; the first error ends it."""
    for name in names:
        if name not in NAMES:
            print(f"pictures: error: there is no picture {name!r}; there are {', '.join(NAMES)}", file=sys.stderr)
            return 2
    FOLDER.mkdir(exist_ok=True)
    for name in names or NAMES:
        print(f"drawing {name}", flush=True)
        file = str(FOLDER / name)
        command = (
            ["optvis", "render", *RENDERED[name].split(), "-o", file]
            if name in RENDERED
            else ["tests.window_pictures", name, file]
        )
        status = subprocess.run([sys.executable, "-m", *command]).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
