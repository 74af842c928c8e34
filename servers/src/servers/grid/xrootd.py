# SPDX-License-Identifier: BSD-3-Clause
"""XRootD: everybody may read; or those with a key (sss), also over TLS."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from .authority import GridAuthority
from .daemon import Daemon

#: The user that Debian's package makes. XRootD refuses to run as root.
_USER = "xrootd"


class XRootDServer(Daemon):
    """A running XRootD server."""

    program = "xrootd"
    package = "xrootd-server"
    ready = re.compile(r"xrootd anon@\S+:(\d+) initialization completed")
    has_keys = False

    def __init__(self, moved_to: int | None = None) -> None:
        #: Port of the server that has the files below ``/moved``.
        self._moved_to = moved_to
        super().__init__()

    def prepare(self) -> None:
        for name in ("adm", "run"):
            (self.folder / name).mkdir()
        self._lines = [
            "xrd.allow host localhost",
            "all.export /",
            f"oss.localroot {self.root}",
            f"all.adminpath {self.folder}/adm",
            f"all.pidpath {self.folder}/run",
        ]
        if self._moved_to is not None:
            self._lines.append(f"xrootd.redirect 127.0.0.1:{self._moved_to} /moved")
        if self.has_keys:
            self._prepare_keys()
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                if path.name != "client.keytab":
                    shutil.chown(path, _USER)

    def _prepare_keys(self) -> None:
        keys, kept = self.folder / "server.keytab", self.folder / "client.keytab"
        subprocess.run(
            ["xrdsssadmin", "-k", "tests", "-u", "fits", "-g", "fits", "add", str(keys)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
        kept.write_bytes(keys.read_bytes())
        for path in (keys, kept):
            path.chmod(0o600)
        authority = GridAuthority(self.folder / "tls")
        certificate, key = authority.issue("localhost", server=True)
        self._lines += [
            f"xrd.tls {certificate} {key}",
            f"xrd.tlsca certdir {authority.folder}",
            "xrootd.tls capable all",
            "xrootd.seclib libXrdSec.so",
            f"sec.protocol sss -s {keys}",
            "sec.protbind * only sss",
        ]
        self.environment = {"XrdSecSSSKT": str(kept), "X509_CERT_DIR": str(authority.folder)}

    def command(self) -> list[str]:
        lines = [f"xrd.port {self.port or 'any'}", *self._lines]
        config = self.folder / "xrootd.cfg"
        config.write_text("\n".join(lines) + "\n")
        user = ["-R", _USER] if os.geteuid() == 0 else []
        return [self.path, *user, "-c", str(config)]

    def url(self, path: str = "", *, scheme: str = "root", host: str = "127.0.0.1") -> str:
        """The URL of a file below `root`."""
        return f"{scheme}://{host}:{self.port}//{path}"


class XRootDKeyServer(XRootDServer):
    """XRootD for clients with a key (sss), which may use TLS."""

    has_keys = True
