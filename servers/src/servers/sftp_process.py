# SPDX-License-Identifier: BSD-3-Clause
"""An SFTP server (paramiko's): ``python sftp_process.py root user password``, prints its port."""

from __future__ import annotations

import os
import socket
import sys
import threading
import warnings
from typing import Any

warnings.simplefilter("ignore")

import paramiko  # noqa: E402

ROOT, USER, PASSWORD = sys.argv[1:]


class Handle(paramiko.SFTPHandle):  # type: ignore[misc]
    def stat(self) -> Any:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class Folder(paramiko.SFTPServerInterface):  # type: ignore[misc]
    """Can only be read."""

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(os.stat(ROOT + self.canonicalize(path)))
        except OSError as failure:
            return paramiko.SFTPServer.convert_errno(failure.errno)

    lstat = stat

    def open(self, path: str, flags: int, attributes: Any) -> Any:
        try:
            file = open(ROOT + self.canonicalize(path), "rb")  # noqa: SIM115  the handle's
        except OSError as failure:
            return paramiko.SFTPServer.convert_errno(failure.errno)
        handle = Handle(flags)
        handle.readfile = file
        return handle


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
