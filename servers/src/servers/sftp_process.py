# SPDX-License-Identifier: BSD-3-Clause
"""An SFTP server (paramiko's): ``python sftp_process.py root user password [writable] [full]``, prints its port.

With ``writable``, files can be created, renamed and removed. With ``full``, they can have up to 200,000 bytes.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any

warnings.simplefilter("ignore")

import paramiko  # noqa: E402

ROOT, USER, PASSWORD, *MORE = sys.argv[1:]
WRITABLE, FULL = "writable" in MORE, "full" in MORE


class Handle(paramiko.SFTPHandle):  # type: ignore[misc]
    def write(self, offset: int, data: bytes) -> int:
        if FULL and offset + len(data) > 200_000:
            return int(paramiko.SFTP_FAILURE)
        return int(super().write(offset, data))

    def stat(self) -> Any:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class Folder(paramiko.SFTPServerInterface):  # type: ignore[misc]
    """The folder below `ROOT`."""

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(os.stat(ROOT + self.canonicalize(path)))
        except OSError as failure:
            return paramiko.SFTPServer.convert_errno(failure.errno)

    lstat = stat

    def open(self, path: str, flags: int, attributes: Any) -> Any:
        writes = WRITABLE and flags & os.O_WRONLY
        try:
            file = open(ROOT + self.canonicalize(path), "wb" if writes else "rb")  # noqa: SIM115  the handle's
        except OSError as failure:
            return paramiko.SFTPServer.convert_errno(failure.errno)
        handle = Handle(flags)
        if writes:
            handle.writefile = file
        handle.readfile = file
        return handle

    @staticmethod
    def change(change: Callable[..., None], *paths: str) -> int:
        if not WRITABLE:
            return int(paramiko.SFTP_PERMISSION_DENIED)
        try:
            change(*paths)
        except OSError as failure:
            return int(paramiko.SFTPServer.convert_errno(failure.errno))
        return int(paramiko.SFTP_OK)

    def posix_rename(self, old: str, new: str) -> int:
        return self.change(os.replace, ROOT + self.canonicalize(old), ROOT + self.canonicalize(new))

    rename = posix_rename

    def remove(self, path: str) -> int:
        return self.change(os.remove, ROOT + self.canonicalize(path))

    def list_folder(self, path: str) -> Any:
        made = []
        for entry in os.scandir(ROOT + self.canonicalize(path)):
            attributes = paramiko.SFTPAttributes.from_stat(entry.stat())
            attributes.filename = entry.name
            made.append(attributes)
        return made


class Login(paramiko.ServerInterface):  # type: ignore[misc]
    def check_auth_password(self, user: str, password: str) -> int:
        good = (user, password) == (USER, PASSWORD)
        return int(paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED)

    def get_allowed_auths(self, user: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, channel: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)


key = paramiko.ECDSAKey.generate()
kept = []


def serve(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    transport = paramiko.Transport(connection)
    transport.add_server_key(key)
    transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Folder)
    kept.append(transport)
    try:
        transport.start_server(server=Login())
    except (paramiko.SSHException, EOFError):
        transport.close()


def accept(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=accept, args=(listener,), daemon=True).start()
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
os._exit(0)
