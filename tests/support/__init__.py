# SPDX-License-Identifier: BSD-3-Clause
"""What the test modules share, and where the checkout is."""

from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
ROOT = TESTS.parent
