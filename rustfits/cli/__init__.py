# SPDX-License-Identifier: BSD-3-Clause
"""The command line: ``rustfits pack``, ``rustfits unpack`` and ``rustfits drivers``."""

from rustfits.cli.command import main

__all__ = ["main"]
