"""``python -m limner.cli``: the same program as ``limner``."""

import sys

from limner.cli import main

if __name__ == "__main__":
    sys.exit(main())
