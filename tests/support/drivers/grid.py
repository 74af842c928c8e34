# SPDX-License-Identifier: BSD-3-Clause
"""Files of daemons that run once for all tests: each site has a folder of its own below the root."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import ClassVar

from servers.grid import Daemon, SSHServer, XRootDServer, shared

from .sites import ServedSite


class DaemonSite(ServedSite):
    """Files of a daemon."""

    kind: ClassVar[type[Daemon]]

    def __enter__(self) -> DaemonSite:
        self.server = self.start()
        self.place = Path(tempfile.mkdtemp(dir=self.server.root))
        self.place.chmod(0o755)
        self._before = dict(os.environ)
        os.environ.update(self.server.environment)
        return self

    def __exit__(self, *failure: object) -> None:
        """Leave the daemon running."""
        for name in self.server.environment:
            if name in self._before:
                os.environ[name] = self._before[name]
            else:
                del os.environ[name]

    def start(self) -> Daemon:
        return shared(self.kind)

    def publish(self, content: bytes) -> str:
        path = self.place / "a.fits"
        path.write_bytes(content)
        os.utime(path, ns=(0, len(content) * 10**9))
        return self.url(path)

    def missing(self) -> str:
        return self.url(self.place / "none.fits")

    def url(self, path: Path) -> str:
        return str(self.server.url(str(path.relative_to(self.server.root))))


class XRootDSite(DaemonSite):
    """Files of an XRootD server."""

    kind = XRootDServer

    def forbidden(self) -> str:
        path = self.place / "secret.fits"
        path.write_bytes(bytes(2880))
        path.chmod(0)
        return self.url(path)


class SFTPSite(DaemonSite):
    """Files of sshd, which serves the user of the tests, who may read all files."""

    kind = SSHServer
