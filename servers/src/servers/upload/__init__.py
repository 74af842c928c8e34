# SPDX-License-Identifier: BSD-3-Clause
"""Servers that take files, and a proxy that cuts uploads."""

from .cut import CutProxy, cut_proxy
from .dav import DAVServer, dav_server

__all__ = ["CutProxy", "DAVServer", "cut_proxy", "dav_server"]
