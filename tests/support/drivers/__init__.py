# SPDX-License-Identifier: BSD-3-Clause
"""The places that the suite of all drivers uses."""

from .grid import SFTPSite, XRootDSite
from .sites import SITES, LocalSite, ServedSite, Site, WritableSite
from .streams import PipeSite, fill_pipe

__all__ = ["SITES", "LocalSite", "ServedSite", "Site", "WritableSite", "fill_pipe"]

SITES["root"] = XRootDSite
SITES["sftp"] = SFTPSite
SITES["fd"] = PipeSite
