# SPDX-License-Identifier: BSD-3-Clause
"""A daemon in the foreground that ends with this process."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import abstractmethod
from pathlib import Path
from typing import TypeVar

from ..server import Server

# A shell starts the daemon, and ends it when its own standard input ends, as it does when this process is killed.
_SHELL = 'log=$1; shift; "$@" >"$log" 2>&1 & echo $!; cat >/dev/null; kill $! 2>/dev/null; wait'
_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"

_Some = TypeVar("_Some", bound="Daemon")


class Daemon(Server):
    """A daemon of Debian. `folder` has its files and may be read by its user; `root` is what it serves."""

    #: Program and Debian package.
    program: str
    package: str
    #: What its log says when it is ready; group 1 is the port.
    ready: re.Pattern[str]

    def __init__(self) -> None:
        found = shutil.which(self.program, path=_PATH)
        if found is None:
            raise RuntimeError(
                f"{self.program} is not installed (Debian: apt-get install {self.package})"
            )
        self.path = found
        #: 0 before the first start.
        self.port = 0
        #: Environment variables with which a client logs in.
        self.environment: dict[str, str] = {}
        self._shell: subprocess.Popen[str] | None = None
        # Other users must be able to pass through, so it is not below a folder of pytest.
        self.folder = Path(tempfile.mkdtemp(prefix=f"rustfits-{self.program}-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.root = self.folder / "data"
        self.root.mkdir()
        self._starts = 0
        try:
            self.prepare()
            self.start()
        except BaseException:
            self.close()
            raise

    def prepare(self) -> None:
        """Write keys and other files that the daemon needs."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command line; port 0 means any free one."""

    @abstractmethod
    def url(self, path: str = "") -> str:
        """Return the URL of a file below `root`."""

    def start_environment(self) -> dict[str, str]:
        """Return the environment of the daemon."""
        return {"PATH": _PATH, "LC_ALL": "C"}

    def start(self) -> None:
        """Start the daemon, again on the same port after `kill`."""
        self._starts += 1
        log = self.folder / f"log-{self._starts}"
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _SHELL, "sh", str(log), *self.command()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.start_environment(),
            start_new_session=True,
        )
        assert self._shell.stdout is not None
        self.pid = int(self._shell.stdout.readline())
        self.port = self._await_port(log)

    def _await_port(self, log: Path) -> int:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            port = self.port if self.port and _listens(self.port) else self._port_in(log)
            if port:
                return port
            time.sleep(0.02)
        raise RuntimeError(f"{self.program} does not start: {log.read_text()[-2000:]}")

    def _port_in(self, log: Path) -> int:
        found = self.ready.search(log.read_text(errors="replace")) if log.exists() else None
        return int(found[1]) if found else 0

    def kill(self) -> None:
        """Kill the daemon in the middle of what it does, with the processes of its connections."""
        children = [self.pid]
        for pid in children:
            tasks = Path(f"/proc/{pid}/task").glob("*/children")
            children += [int(word) for task in tasks for word in task.read_text().split()]
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        self._end()

    def _end(self) -> None:
        shell, self._shell = self._shell, None
        if shell is None:
            return
        assert shell.stdin is not None and shell.stdout is not None
        shell.stdin.close()
        try:
            shell.wait(10)
        except subprocess.TimeoutExpired:
            os.kill(self.pid, signal.SIGKILL)
            shell.wait()
        shell.stdout.close()

    def close(self) -> None:
        """Stop the daemon and remove its files."""
        self._end()
        shutil.rmtree(self.folder, ignore_errors=True)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


_shared: dict[type[Daemon], Daemon] = {}


def shared(kind: type[_Some]) -> _Some:
    """A daemon of this kind that runs until this process ends."""
    found = _shared.get(kind)
    if not isinstance(found, kind):
        found = kind()
        _shared[kind] = found
        atexit.register(_close, found, os.getpid())
    return found


def _close(daemon: Daemon, pid: int) -> None:
    if os.getpid() == pid:  # not a forked child
        daemon.close()
