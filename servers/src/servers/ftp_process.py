# SPDX-License-Identifier: BSD-3-Clause
"""The process behind `servers.ftp`: ``python ftp_process.py '{settings}'``, prints its port."""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import sys
import threading
import warnings
from typing import Any

warnings.simplefilter("ignore")  # asyncore and friends, which pyftpdlib brings along

from pyftpdlib.authorizers import DummyAuthorizer  # noqa: E402
from pyftpdlib.filesystems import AbstractedFS, FilesystemError  # noqa: E402
from pyftpdlib.handlers import FTPHandler, ThrottledDTPHandler, TLS_DTPHandler, TLS_FTPHandler  # noqa: E402
from pyftpdlib.ioloop import IOLoop, _read, _write  # noqa: E402
from pyftpdlib.servers import FTPServer  # noqa: E402

FAULTS = ("cut", "short", "slow", "nosize", "refuse", "full", "straysize", "strayretr")
USER = "astro"
PASSWORD = "p@ss:w/rd %41"


class Loop(IOLoop):  # type: ignore[misc]
    """The loop of pyftpdlib, which no longer sends an event to a new connection with an old descriptor.

    pyftpdlib dispatches the events of one poll by descriptor. A new connection may reuse the descriptor of one that
    closes in the same poll, and then receives the event of the closed one. A data connection then sends "226 Transfer
    complete" before the client requests a file. A control connection closes.
    """

    def poll(self, timeout: float | None) -> None:
        owners = dict(self.socket_map)
        for descriptor, event in self._poller.poll(-1 if timeout is None else timeout):
            owner = self.socket_map.get(descriptor)
            if owner is None or owner is not owners.get(descriptor):
                continue
            if event & self._ERROR and not event & self.READ:
                owner.handle_close()
                continue
            if event & self.READ and owner.readable():
                _read(owner)
            if event & self.WRITE and not owner._closed and owner.writable():
                _write(owner)


class HalfFile(io.FileIO):
    """A file that ends, or breaks, in its middle."""

    def __init__(self, path: str, breaks: bool) -> None:
        super().__init__(path, "rb")
        self._left = os.path.getsize(path) // 2
        self._breaks = breaks

    def read(self, size: int = -1) -> bytes:  # type: ignore[override]
        if self._left == 0 and self._breaks:
            raise OSError("broken on purpose")
        piece = super().read(self._left if size < 0 else min(size, self._left)) or b""
        self._left -= len(piece)
        return piece


class FullDisk(io.FileIO):
    """A file on a disk that is full after some bytes."""

    def write(self, data: Any) -> int:  # type: ignore[override]
        if self.tell() + len(data) > 200_000:
            raise OSError(errno.ENOSPC, "no space left on purpose")
        return super().write(data)


class FaultyFS(AbstractedFS):  # type: ignore[misc]
    """The folder, with the faults that a path's first folder asks for."""

    def fault(self, path: str) -> str:
        first = os.path.relpath(path, self.root).split(os.sep)[0]
        return first if first in FAULTS else ""

    def real(self, path: str) -> str:
        fault = self.fault(path)
        if not fault:
            return path
        return os.path.join(self.root, os.path.relpath(path, os.path.join(self.root, fault)))

    def open(self, filename: str, mode: str) -> Any:
        fault = self.fault(filename)
        if fault == "refuse":
            raise FilesystemError("refused on purpose")
        if fault in ("cut", "short"):
            return HalfFile(self.real(filename), breaks=fault == "cut")
        if fault == "full" and "w" in mode:
            return FullDisk(self.real(filename), "wb")
        return super().open(self.real(filename), mode)

    def chdir(self, path: str) -> None:
        if not os.path.isdir(self.real(path)):  # the folders of faults do not exist
            raise FilesystemError("no such folder")
        self.cwd = self.fs2ftp(path)

    def getsize(self, path: str) -> int:
        return int(super().getsize(self.real(path)))

    def getmtime(self, path: str) -> float:
        return float(super().getmtime(self.real(path)))

    def isfile(self, path: str) -> bool:
        return bool(super().isfile(self.real(path)))

    def rename(self, src: str, dst: str) -> None:
        super().rename(self.real(src), self.real(dst))

    def remove(self, path: str) -> None:
        super().remove(self.real(path))

    def lexists(self, path: str) -> bool:
        return bool(super().lexists(self.real(path)))


def main(settings: dict[str, Any]) -> None:
    authorizer = DummyAuthorizer()
    if settings["anonymous"]:
        authorizer.add_anonymous(settings["root"])
    perm = "elradfmw" if settings["writable"] else "elr"
    authorizer.add_user(USER, PASSWORD, settings["root"], perm=perm)

    log = open(settings["log"], "a", buffering=1)  # noqa: SIM115  it lives as long as the process
    strays: dict[str, bool] = {}
    base: Any = TLS_FTPHandler if settings["pem"] else FTPHandler
    data: Any = TLS_DTPHandler if settings["pem"] else ThrottledDTPHandler

    class DataHandler(data):  # type: ignore[misc]
        def handle_error(self) -> None:
            # The method of pyftpdlib prints a traceback even for an intended fault.
            self._resp = ("426 Internal error; transfer aborted.", logging.debug)
            self.close()

    class Handler(base):  # type: ignore[misc]
        use_sendfile = False
        abstracted_fs = FaultyFS
        dtp_handler = DataHandler

        def pre_process_command(self, line: str, cmd: str, arg: str) -> None:
            secure = bool(settings["pem"]) and self._ssl_established
            log.write(json.dumps([cmd, "" if cmd == "PASS" else arg, secure]) + "\n")
            super().pre_process_command(line, cmd, arg)

        def stray(self, fault: str) -> None:
            """Send a stray reply on every other call."""
            strays[fault] = not strays.get(fault, False)
            if strays[fault]:
                self.respond("226 Transfer complete.")

        def ftp_SIZE(self, path: str) -> None:
            if self.fs.fault(path) == "straysize":
                self.stray("straysize")
            if self.fs.fault(path) == "nosize":
                self.respond("502 not told on purpose")
            else:
                super().ftp_SIZE(path)

        def ftp_RETR(self, file: str) -> Any:
            if self.fs.fault(file) == "strayretr":
                self.stray("strayretr")
            if (
                self.fs.fault(file) == "slow"
                and self.data_channel is not None
                and not settings["pem"]
            ):
                self.data_channel.write_limit = 65536
            return super().ftp_RETR(file)

    Handler.authorizer = authorizer
    Handler.banner = "test server"
    Handler.auth_failed_timeout = 0.1
    if settings["pem"]:
        Handler.certfile = settings["pem"]
        Handler.tls_control_required = True
        Handler.tls_data_required = True
    logging.disable(logging.CRITICAL)

    server = FTPServer((settings["host"], 0), Handler, ioloop=Loop())
    server.max_cons = 256
    server.max_cons_per_ip = 0

    def end_with_parent() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=end_with_parent, daemon=True).start()
    print(server.address[1], flush=True)
    server.serve_forever(handle_exit=False)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
