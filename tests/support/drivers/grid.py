# SPDX-License-Identifier: BSD-3-Clause
"""Files of daemons that run once for all tests: each site has a folder of its own below the root."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from servers.grid import XRootDServer, shared

from .sites import ServedSite


class XRootDSite(ServedSite):
    """Files of an XRootD server."""

    def __enter__(self) -> XRootDSite:
        self.server = shared(XRootDServer)
        self.place = Path(tempfile.mkdtemp(dir=self.server.root))
        self.place.chmod(0o755)
        return self

    def __exit__(self, *failure: object) -> None:
        """Leave the daemon running."""

    def start(self) -> XRootDServer:
        return self.server

    def publish(self, content: bytes) -> str:
        path = self.place / "a.fits"
        path.write_bytes(content)
        os.utime(path, ns=(0, len(content) * 10**9))
        return self.url(path)

    def missing(self) -> str:
        return self.url(self.place / "none.fits")

    def forbidden(self) -> str:
        path = self.place / "secret.fits"
        path.write_bytes(bytes(2880))
        path.chmod(0)
        return self.url(path)

    def url(self, path: Path) -> str:
        return self.server.url(str(path.relative_to(self.server.root)))
