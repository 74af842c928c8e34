# SPDX-License-Identifier: BSD-3-Clause
"""The program ``globus-url-copy``: facts and ranges of a file on a GridFTP server."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator

__all__ = ["PROGRAM", "Copy", "CopyError"]

PROGRAM = "globus-url-copy"
_CHUNK_BYTES = 1 << 20
# Limit of the messages in bytes.
_MAX_SAID = 64 << 10
# The facts of a file in the reply to MLST (RFC 3659), such as " Type=file;Size=5; /a.fits".
_FACTS = re.compile(r"^ ?((?:[A-Za-z][\w.]*=[^;\r\n]*;)+) ", re.MULTILINE)

# The reply of a server that does not know the command.
_NO_MLST = re.compile(r"^50[0-4][ -]", re.MULTILINE)


class CopyError(Exception):
    """The program failed: the end of its messages."""


class Copy:
    """The program for one URL."""

    def __init__(self, program: str, url: str) -> None:
        self._program = program
        self._url = url

    def facts(self, seconds: float) -> dict[str, str]:
        """Return the facts of the file by their names in lower case; empty: the server has none.

        No option of the program prints them. With ``-sync`` it requests them and compares them with
        the target, for which standard output is no good, so that it ends. ``-dbg`` prints the
        replies of the server.

        Raises
        ------
        CopyError
            The server refuses or cannot be reached.
        """
        arguments = ["-dbg", "-sync", "-sync-level", "2", self._url, "-"]
        said = ""
        try:
            for _ in self._run(arguments, _CHUNK_BYTES, seconds):
                pass
        except CopyError as failure:
            said = str(failure)
        found = _FACTS.search(said)
        if found:
            words = (fact.partition("=") for fact in found[1].split(";") if fact)
            facts = {name.lower(): value for name, _, value in words}
            return facts if facts.get("size", "").isdigit() else {}
        if _NO_MLST.search(said):
            return {}
        raise CopyError(_errors(said))

    def read(self, span: tuple[int, int] | None, seconds: float) -> Iterator[bytes]:
        """Yield the bytes of a range, or of the whole file (None), as they arrive.

        Raises
        ------
        CopyError
            The transfer failed.
        """
        arguments = [self._url, "-"]
        limit = None
        if span is not None:
            limit = span[1] - span[0]
            part = ["-partial-offset", str(span[0]), "-partial-length", str(limit)]
            arguments = [*part, *arguments]
        try:
            yield from self._run(arguments, limit, seconds)
        except CopyError as failure:
            raise CopyError(_errors(str(failure))) from None

    def _run(self, arguments: list[str], limit: int | None, seconds: float) -> Iterator[bytes]:
        """Run the program and yield its standard output, at most `limit` bytes."""
        with tempfile.TemporaryFile() as messages:
            process = subprocess.Popen(
                [self._program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=messages,
                env={**os.environ, "LC_ALL": "C"},
            )
            late = threading.Event()
            timer = threading.Timer(seconds, _kill, (process, late))
            if seconds > 0:
                timer.start()
            try:
                yield from _output(process, limit)
                code = process.wait()
            finally:
                timer.cancel()
                process.kill()
                process.wait()
                assert process.stdout is not None
                process.stdout.close()
            if late.is_set():
                raise CopyError(f"timeout after {seconds:g} seconds")
            if code != 0:
                messages.seek(0)
                said = messages.read(_MAX_SAID).decode("utf-8", "replace")
                raise CopyError(said or f"exit status {code}")


def _kill(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _output(process: subprocess.Popen[bytes], limit: int | None) -> Iterator[bytes]:
    """Yield what a process writes; a process that writes more than `limit` bytes is killed."""
    assert process.stdout is not None
    left = limit
    while left is None or left > 0:
        chunk = process.stdout.read(_CHUNK_BYTES if left is None else min(_CHUNK_BYTES, left))
        if not chunk:
            return
        if left is not None:
            left -= len(chunk)
        yield chunk
    if process.stdout.read(1):
        process.kill()
        raise CopyError(f"the server sent more than the {limit} bytes of the range")


def _errors(said: str) -> str:
    """Return the errors among the messages of the program."""
    at = said.find("error:")
    return said[at + len("error:") :] if at >= 0 else said[-400:]
