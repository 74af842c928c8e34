# SPDX-License-Identifier: BSD-3-Clause
"""Daemons of Debian on loopback: XRootD, GridFTP and sshd, with throw-away keys and certificates.

Each has a folder of its own, because other users than that of the tests may serve it::

    from servers.grid import XRootDServer

    with XRootDServer() as server:
        (server.root / "a.fits").write_bytes(content)
        server.url("a.fits")            # "root://127.0.0.1:40123//a.fits"
        server.environment              # what a client needs to log in

`shared` starts one of a kind for the whole process.
"""

from .authority import GridAuthority
from .daemon import Daemon, shared
from .gridftp import GridFTPServer
from .sshd import SSHServer
from .xrootd import XRootDKeyServer, XRootDServer

__all__ = [
    "Daemon",
    "GridAuthority",
    "GridFTPServer",
    "SSHServer",
    "XRootDKeyServer",
    "XRootDServer",
    "shared",
]
