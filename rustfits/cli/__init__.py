# SPDX-License-Identifier: BSD-3-Clause
"""The command line: ``rustfits pack`` and ``rustfits unpack``."""

from rustfits.cli.command import main

__all__ = ["main"]
