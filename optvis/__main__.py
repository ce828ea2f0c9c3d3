"""`python -m optvis`, and the `optvis` command."""

import sys

from optvis.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
