# SPDX-License-Identifier: BSD-3-Clause
"""OpenSSH's sshd with SFTP, a host key and a user key of its own."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from pathlib import Path

from .daemon import Daemon

_CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
MaxStartups 100
"""


class SSHServer(Daemon):
    """A running sshd. The user of the tests may log in with the key in `home`."""

    program = "sshd"
    package = "openssh-server"
    ready = re.compile(r"Server listening on \S+ port (\d+)")

    def prepare(self) -> None:
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where sshd gives up its privileges
        for name in ("host_key", "user_key"):
            self.keygen(self.folder / name)
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        #: A home folder for clients: its ``.ssh`` knows the host and has the key.
        self.home = self.folder / "home"
        (self.home / ".ssh").mkdir(parents=True, mode=0o700)
        for suffix in ("", ".pub"):
            source = self.folder / f"user_key{suffix}"
            target = self.home / ".ssh" / f"id_ecdsa{suffix}"
            target.write_bytes(source.read_bytes())
            target.chmod(0o600)
        self.environment = {"HOME": str(self.home), "USER": self.user, "LOGNAME": self.user}

    @staticmethod
    def keygen(path: Path) -> None:
        """Write a new key to `path` and ``path.pub``."""
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-C", "rustfits", "-f", str(path)],
            stdin=subprocess.DEVNULL,
            check=True,
        )

    def start(self) -> None:
        if not self.port:
            self.port = free_port()  # sshd cannot choose one
        super().start()
        self.know_host(self.home / ".ssh" / "known_hosts")

    def know_host(self, path: Path, key: Path | None = None) -> None:
        """Write a list of known hosts with this server, or with another key for it."""
        public = (key or self.folder / "host_key").with_suffix(".pub").read_text().split()
        path.write_text(f"[127.0.0.1]:{self.port} {public[0]} {public[1]}\n")

    def command(self) -> list[str]:
        config = self.folder / "sshd_config"
        config.write_text(_CONFIG.format(port=self.port, folder=self.folder))
        return [self.path, "-D", "-e", "-f", str(config)]

    def url(self, path: str = "", *, user: str | None = None) -> str:
        """The URL of a file below `root`."""
        login = f"{user}@" if user else ""
        return f"sftp://{login}127.0.0.1:{self.port}{self.root}/{path}"


def free_port() -> int:
    """A port that is free at this moment."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
