# SPDX-License-Identifier: BSD-3-Clause
"""GridFTP for one user, who has a certificate. Its anonymous mode serves only ``ftp://``."""

from __future__ import annotations

import os
import pwd
import re

from .authority import GridAuthority
from .daemon import Daemon

# Number of the user without rights, on Debian.
_USER = 65534


class GridFTPServer(Daemon):
    """A running GridFTP server."""

    program = "globus-gridftp-server"
    package = "globus-gridftp-server-progs"
    ready = re.compile(r"Server listening at \S+:(\d+)")

    def __init__(self, *, trusts: GridFTPServer | None = None, without: str = "") -> None:
        # Another server with the same certificates and the same user. New keys take a second.
        self._trusts = trusts
        # Commands of FTP that the server does not know, separated by commas.
        self._without = without
        super().__init__()

    def prepare(self) -> None:
        if self._trusts is not None:
            self._server_environment = self._trusts._server_environment
            self.environment = self._trusts.environment
            return
        authority = GridAuthority(self.folder / "tls")
        certificate, key = authority.issue("localhost", server=True)
        gridmap = self.folder / "gridmap"
        # root may not log in, and an unprivileged server can serve only itself.
        user = pwd.getpwuid(os.geteuid() or _USER).pw_name
        gridmap.write_text(f'"/O=rustfits tests/CN=fits user" {user}\n')
        common = {"X509_CERT_DIR": str(authority.folder)}
        self._server_environment = {
            **common,
            "X509_USER_CERT": str(certificate),
            "X509_USER_KEY": str(key),
            "GRIDMAP": str(gridmap),
        }
        certificate, key = authority.issue("fits user", server=False)
        self.environment = {
            **common,
            "X509_USER_CERT": str(certificate),
            "X509_USER_KEY": str(key),
        }

    def start_environment(self) -> dict[str, str]:
        return {**super().start_environment(), **self._server_environment}

    def command(self) -> list[str]:
        # It says where it listens only if it chooses the port.
        return [
            self.path,
            "-no-detach",
            "-allow-disabled-login",
            *("-control-interface", "127.0.0.1", "-data-interface", "127.0.0.1"),
            *("-p", str(self.port)),
            *(("-disable-command-list", self._without) if self._without else ()),
        ]

    def url(self, path: str = "") -> str:
        """The URL of a file below `root`."""
        return f"gsiftp://localhost:{self.port}{self.root}/{path}"
