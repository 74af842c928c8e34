# SPDX-License-Identifier: BSD-3-Clause
"""``python -m rustfits``: the command line."""

import sys

from rustfits.cli import main

if __name__ == "__main__":
    sys.exit(main())
